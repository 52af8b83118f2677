"""Everything that crosses the process boundary: plain frozen data and nothing else.

Messages travel as msgpack and are decoded against the unions at the end of this file, so a
worker that was taken over can send wrong data but never code.
"""

from typing import Any

from engines.message import Message
from engines.senses import (
    Describe,
    Described,
    Embed,
    Encoded,
    FindPhotos,
    Frame,
    Hear,
    Heard,
    Lines,
    Listen,
    Look,
    Page,
    Pcm,
    Photo,
    PhotosFound,
    Pixels,
    Preview,
    ReadDocument,
    ReadFrames,
    ReadPicture,
    ReadSound,
    ReadText,
    Scanned,
    ScanPhotos,
    Seen,
    ShowPhotos,
    Speak,
    Spoken,
    Transcribe,
    Transcript,
    Unheard,
    Unseen,
    Vector,
    WriteSound,
)

# Parts of a turn.


class Text(Message, frozen=True):
    text: str


class ToolCall(Message, frozen=True):
    """The model asks for a tool. Also an event, sent as soon as one call is complete."""

    id: str
    name: str
    arguments: dict[str, Any]


class ToolResult(Message, frozen=True):
    """What a tool answered. Also an event: the last one before Done of a CallTool job."""

    id: str
    text: str
    error: bool = False
    origin: str = ""  # "web", "file" or "mcp" where strangers may have written the text


class Picture(Message, frozen=True):
    """A picture in a turn, by the name a Look gave it; sizes in pixels."""

    hash: str
    width: int
    height: int


class Sound(Message, frozen=True):
    """Sound in a turn, for models that hear, by the name a Listen gave it."""

    hash: str
    seconds: float


Part = Text | Picture | Sound | ToolCall | ToolResult


class Turn(Message, frozen=True):
    """One turn of a conversation: role is "system", "user", "assistant" or "tool"."""

    role: str
    parts: tuple[Part, ...]


def plain(turn: Turn) -> str:
    """The text parts of a turn, joined."""
    return "".join(part.text for part in turn.parts if isinstance(part, Text))


class Sampling(Message, frozen=True):
    """How the next token is chosen. None means: what the model file recommends, else ours."""

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None  # None: a fresh one, reported in Done.seed


class Adapted(Message, frozen=True):
    """A LoRA adapter or control vector the answer is made with, by the SHA-256 of its file.

    kind is "lora" or "control"; the worker finds the file in the folder it was started with.
    layers: the first and the last one a control vector changes; None: all it has directions for.
    """

    sha256: str
    kind: str = "lora"
    scale: float = 1.0
    layers: tuple[int, int] | None = None


# Requests go from the app to an engine.


class Start(Message, frozen=True):
    """Job 0: jail yourself, then load this engine."""

    engine: str
    model: str
    options: dict[str, Any]
    read: tuple[str, ...] = ()  # files and folders the jail lets the worker read
    write: tuple[str, ...] = ()  # and write
    network: bool = False  # the jail leaves the network open; only for engines that declare it


class Chat(Message, frozen=True):
    turns: tuple[Turn, ...]
    tools: tuple[dict[str, Any], ...] = ()  # JSON schemas: name, description, parameters
    sampling: Sampling = Sampling()
    max_tokens: int = 4096
    stop: tuple[str, ...] = ()
    grammar: str = ""  # GBNF, or empty
    json_schema: str = ""  # a JSON schema as text, or empty; not together with grammar
    think: bool | None = None  # the template's enable_thinking; None leaves it to the template
    think_seconds: float = 0.0  # then a thought is ended, and the answer begins; 0: no limit
    adapters: tuple[Adapted, ...] = ()


class Prefill(Message, frozen=True):
    """Bring these turns into the cache and say nothing; gives way to any Chat or Look."""

    turns: tuple[Turn, ...]
    tools: tuple[dict[str, Any], ...] = ()
    adapters: tuple[Adapted, ...] = ()


class CallTool(Message, frozen=True):
    call: ToolCall
    allowed: tuple[str, ...] = ()  # addresses (host or host:port) the person opened for this call
    digest: str = ""  # of a program's tool as the person saw it; another one is not run


class ListTools(Message, frozen=True):
    """Ask a program that speaks MCP what it offers."""


class Cancel(Message, frozen=True):
    pass


# Events come back. Every job ends with exactly one Done, Cancelled or Failed.


class Abilities(Message, frozen=True):
    """What a server can do, as it says or as was tried: "yes", "no", or "" where nobody knows."""

    program: str = ""  # "llama-server", "Ollama"; "" for one that was not recognised
    streams: str = ""
    tools: str = ""
    pictures: str = ""
    sounds: str = ""
    probabilities: str = ""  # of each token
    context: int = 0  # tokens, 0 where it does not say
    models: tuple[str, ...] = ()  # all it offers
    asked: tuple[tuple[str, int], ...] = ()  # what was sent to find out, in words, and its bytes


class Loaded(Message, frozen=True):
    """What was loaded; comes before the Done of job 0. Sizes in bytes, lengths in tokens."""

    name: str = ""
    architecture: str = ""
    quantisation: str = ""
    parameters: int = 0
    size: int = 0
    context: int = 0
    context_trained: int = 0
    licence: str = ""
    device: str = ""  # "CPU, 1 thread" or the GPU's name
    runner: str = ""  # library and version
    jail: str = ""  # "" where the jail holds; else a sentence saying what is not guarded
    own_template: bool = True  # False: the file has no chat template and ChatML is used
    thinks: bool = False  # the template knows about thinking
    language: str = ""  # of a voice, by its name
    quality: str = ""  # of a voice, as its maker calls it: "medium"
    speakers: tuple[str, ...] = ()  # of a voice with several, by their numbers in Speak
    seconds: float = 0.0  # of a sound file, 0 where it does not say; architecture is its codec
    sees: bool = False  # takes Look: a projector lies beside the weights, or the server may see
    hears: bool = False  # takes Listen
    projector: str = ""  # file name of the projector, "" where there is none
    kv: str = ""  # how exactly it remembers what it read: "f16", "q8_0"
    layers: int = 0  # on the graphics card, of layers_total
    layers_total: int = 0
    forecast: int = 0  # bytes it was thought to take: in memory
    card_forecast: int = 0  # and on graphics cards
    took: int = 0  # bytes it takes, with all it will need for the longest question: in memory
    card_took: int = 0  # and on graphics cards
    corrected: float = 1.0  # both forecasts were multiplied by this, from what was learnt before
    reads: int = 0  # bytes of weights that are read for each token
    gave_up: str = ""  # what it had to do without for lack of memory, a sentence for the person
    can: Abilities | None = None  # of a server
    helpers: tuple[str, ...] = ()  # other computers that carry a part of it, as host:port


class AdaptersHeld(Message, frozen=True):
    """The adapters in memory, each by the SHA-256 of its file, after some came or went.

    What they take (bytes, in memory and on graphics cards) is not in Loaded.took.
    """

    sha256s: tuple[str, ...] = ()
    took: int = 0
    card_took: int = 0


class Progress(Message, frozen=True):
    """How far a long step is; sent at least every 200 ms of work where the library allows."""

    stage: str  # "loading", "reading" (the prompt), "hearing" (speech) or "seeing"
    done: int
    total: int


class TextDelta(Message, frozen=True):
    text: str
    tokens: int = 1  # tokens sampled since the last delta, so that a stopped answer is counted too


class ThoughtDelta(Message, frozen=True):
    """Reasoning the model marked as such; never part of the answer."""

    text: str
    tokens: int = 1


class ToolPicture(Message, frozen=True):
    """A tool made a picture; before its ToolResult. width and height in pixels."""

    png: bytes
    width: int
    height: int
    title: str = ""


class Act(Message, frozen=True):
    """What only the app can do for the person, already checked by the tool; before its ToolResult.

    kind "open": details has target. kind "remind": details has at (UTC ms) and about.
    """

    kind: str
    details: dict[str, Any]


class Sent(Message, frozen=True):
    """One exchange with the network, after it; where is host or host:port, sizes in bytes."""

    where: str
    what: str  # in words for the log: "GET /w/api.php?…"
    sent: int
    received: int


class ToolsFound(Message, frozen=True):
    """What a program that speaks MCP offers: JSON schemas as in Chat.tools.

    Alone before the Done of a CallTool it says: the tool is another one by now and was not run.
    """

    tools: tuple[dict[str, Any], ...]


class TurnsDropped(Message, frozen=True):
    """The oldest turns did not fit the context and are not seen by the model in this answer."""

    count: int


class ToolsDropped(Message, frozen=True):
    """The context is too short for what the tools say of themselves: this answer is without."""


class Usage(Message, frozen=True):
    """What an answer cost. Seconds are wall time inside the engine."""

    prompt_tokens: int = 0
    cached_tokens: int = 0  # of prompt_tokens, found in the cache
    output_tokens: int = 0
    prompt_seconds: float = 0.0
    output_seconds: float = 0.0


class Done(Message, frozen=True):
    """reason is "stop", "length" (max_tokens), "context" (no room left), "tools", "unseen", or when
    a sound file has no more: "end", or "damaged" where something in it could not be read."""

    reason: str = "stop"
    usage: Usage = Usage()
    seed: int = 0


class Cancelled(Message, frozen=True):
    pass


class Failed(Message, frozen=True):
    message: str  # shown to the person as it stands
    hint: str = ""  # what they can do about it
    detail: str = ""  # for the log and "copy details"


Request = (
    Start
    | Chat
    | Prefill
    | Look
    | Listen
    | ReadPicture
    | ReadDocument
    | ReadFrames
    | Embed
    | Describe
    | ReadText
    | ScanPhotos
    | FindPhotos
    | ShowPhotos
    | CallTool
    | ListTools
    | Hear
    | Transcribe
    | Speak
    | ReadSound
    | WriteSound
    | Cancel
)
Event = (
    Loaded
    | AdaptersHeld
    | Progress
    | TextDelta
    | ThoughtDelta
    | TurnsDropped
    | ToolsDropped
    | Seen
    | Unseen
    | Pixels
    | Preview
    | Page
    | Frame
    | Vector
    | Described
    | Lines
    | Photo
    | PhotosFound
    | Scanned
    | ToolPicture
    | Act
    | Sent
    | ToolsFound
    | ToolCall
    | ToolResult
    | Heard
    | Transcript
    | Unheard
    | Pcm
    | Spoken
    | Encoded
    | Done
    | Cancelled
    | Failed
)
Ending = Done | Cancelled | Failed
ENDINGS = (Done, Cancelled, Failed)
