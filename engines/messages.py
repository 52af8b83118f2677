"""Everything that crosses the process boundary: plain frozen data and nothing else.

Messages travel as msgpack and are decoded against the unions at the end of this file, so a
worker that was taken over can send wrong data but never code.
"""

from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True, tag=True):
    pass


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


Part = Text | ToolCall | ToolResult


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


class Prefill(Message, frozen=True):
    """Bring these turns into the cache and say nothing; gives way to any Chat."""

    turns: tuple[Turn, ...]
    tools: tuple[dict[str, Any], ...] = ()


class CallTool(Message, frozen=True):
    call: ToolCall
    allowed: tuple[str, ...] = ()  # addresses (host or host:port) the person opened for this call
    digest: str = ""  # of a program's tool as the person saw it; another one is not run


class Hear(Message, frozen=True):
    """The next piece of what a microphone gave. A take is what is said in one go."""

    take: int  # another number begins anew
    pcm: bytes  # interleaved samples
    rate: int  # Hz
    channels: int
    sample: str = "s16"  # or "u8", "s32", "f32": little-endian
    last: bool = False  # nothing follows in this take


class Transcribe(Message, frozen=True):
    """What is said in up to two minutes of sound."""

    pcm: bytes  # 16 kHz, mono, s16
    language: str = ""  # as "en"; "" finds out
    before: str = ""  # what was said just before it
    hotwords: str = ""  # rare words that are likely, as names in the conversation
    draft: bool = False  # quick, for the screen while the person still speaks
    patient: bool = False  # as right as can be, for files: a wide search, no hurry


class Speak(Message, frozen=True):
    """Say these words, which are ready to be spoken (engines/tts/reading.py)."""

    text: str
    speed: float = 1.0  # 2.0 is twice as fast
    speaker: int = -1  # of a voice with several; -1 is its own choice


class ReadSound(Message, frozen=True):
    """So many seconds, from at on, of the sound file this engine was opened with.

    The place is always said, because the process may be another one by now.
    """

    at: float  # seconds from the start of the file
    seconds: float
    pause: float = 0.0  # seconds before the end in which it may stop, where it is quietest


class WriteSound(Message, frozen=True):
    """Make a file of these samples, piece by piece: the last one ends it."""

    pcm: bytes  # mono, s16
    rate: int  # Hz, the same in every piece
    format: str  # "wav" or "mp3"
    last: bool = False


class ListTools(Message, frozen=True):
    """Ask a program that speaks MCP what it offers."""


class Cancel(Message, frozen=True):
    pass


# Events come back. Every job ends with exactly one Done, Cancelled or Failed.


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


class Progress(Message, frozen=True):
    """How far a long step is; sent at least every 200 ms of work where the library allows."""

    stage: str  # "loading", "reading" (the prompt) or "hearing" (speech)
    done: int
    total: int


class TextDelta(Message, frozen=True):
    text: str
    tokens: int = 1  # tokens sampled since the last delta, so that a stopped answer is counted too


class ThoughtDelta(Message, frozen=True):
    """Reasoning the model marked as such; never part of the answer."""

    text: str
    tokens: int = 1


class Picture(Message, frozen=True):
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


class Heard(Message, frozen=True):
    """What became of a piece of a take."""

    take: int
    pcm: bytes  # 16 kHz, mono, s16; all pieces together are the take
    speech: tuple[float, ...] = ()  # how likely it is speech, for each further 32 ms of the take
    loud: tuple[float, ...] = ()  # the loudest sample of each of these, 0 to 1
    level: float = 0.0  # loudest sample of this piece, 0 to 1


class Word(Message, frozen=True):
    """start and end in seconds from the start of the sound it was heard in."""

    text: str
    start: float
    end: float


class Transcript(Message, frozen=True):
    """One stretch of speech as text; several may follow one another in a job."""

    text: str
    start: float = 0.0  # seconds from the start of the sound
    end: float = 0.0
    language: str = ""
    words: tuple[Word, ...] = ()  # where the model tells
    sure: float = 0.0  # mean log-probability of a token; nearer 0 is surer


class Unheard(Message, frozen=True):
    """There is no text, and why: "silence", "noise" or "unsure"; before Done."""

    why: str


class Pcm(Message, frozen=True):
    """A piece of sound: mono, s16."""

    pcm: bytes
    rate: int  # Hz


class Spoken(Message, frozen=True):
    """Where a word of Speak.text lies in its sound; comes before or with that sound."""

    place: int  # of its first character in the text
    length: int
    start: float  # seconds from the start of this job's sound
    end: float


class Encoded(Message, frozen=True):
    """Bytes of a sound file that belong at this place: the header comes again when all is known."""

    data: bytes
    place: int  # from the start of the file; never beyond what was written before


class Done(Message, frozen=True):
    """reason is "stop", "length" (max_tokens), "context" (no room left), "tools", or when a
    sound file has no more: "end", or "damaged" where something in it could not be read."""

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
    | Progress
    | TextDelta
    | ThoughtDelta
    | TurnsDropped
    | ToolsDropped
    | Picture
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
