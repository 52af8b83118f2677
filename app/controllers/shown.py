"""What pages show: plain values, worded by controllers so that views decide nothing."""

import msgspec


class ShownQuestion(msgspec.Struct, frozen=True):
    """A tool may not go on before the person has chosen; no answer counts as no."""

    key: str  # of the call; goes back with the choice
    words: str  # what it wants: "May the tool web search ask en.wikipedia.org?"
    what: str = ""  # in full what would be sent, run or written; may be long and have lines
    where: tuple[str, ...] = ()  # addresses it would be sent to
    warning: str = ""  # why this is asked again, or what to look out for
    choices: tuple[tuple[str, str], ...] = (
        ("once", "Once"),
        ("conversation", "In this conversation"),
        ("always", "Always"),
        ("never", "Never"),
    )  # (choice, words on its button); the harmless one is the last


class ShownPicture(msgspec.Struct, frozen=True):
    """A picture a tool made."""

    path: str  # of the PNG file, named by its hash
    width: int  # pixels
    height: int
    title: str = ""


def title_of(name: str) -> str:
    """ "web_search" is "Web search" on the screen."""
    return name.replace("_", " ").capitalize().replace("python", "Python")


class ShownTool(msgspec.Struct, frozen=True):
    """One use of a tool inside an answer."""

    name: str
    arguments: str  # as the model wrote them, for people
    result: str = ""  # "" while it runs
    error: bool = False
    code: str = ""  # Python it was given: shown as code, with Copy
    question: ShownQuestion | None = None
    pictures: tuple[ShownPicture, ...] = ()

    @property
    def title(self) -> str:
        return title_of(self.name)


class ShownError(msgspec.Struct, frozen=True):
    message: str  # what did not work
    hint: str = ""  # what to do next
    detail: str = ""  # for "copy details"


Part = tuple[float, float, float, float]  # left, top, right, bottom as shares of a picture


class ShownAttachment(msgspec.Struct, frozen=True):
    """A picture, document, film or sound: with the message being written, or in a turn."""

    key: str  # of the chip; in a turn its place among the attachments
    kind: str  # picture, document, film or sound
    name: str
    words: str = ""  # "1,920 × 1,080", "12 pages", "Being read…", or what did not work
    hint: str = ""  # what to do next, where something did not work
    state: str = "ready"  # reading, looking (the model encodes it), ready or failed
    preview: str = ""  # path of a small picture Parley made itself; "" while there is none
    width: int = 0  # of the whole picture, or of the part in box, in pixels
    height: int = 0
    box: Part | None = None  # only this part of it is asked about
    at: float = -1.0  # seconds into the film; -1 for what is no frame
    of: str = ""  # name of the document or film it is a page or frame of
    found: str = ""  # what programs found in it, for a model that does not see, or read for one
    seen: bool = False  # the model those words are for sees it too


class ShownTurn(msgspec.Struct, frozen=True):
    """One turn on the page. Turns with the same key are the same turn at different times."""

    key: int
    role: str  # "user" or "assistant"
    text: str = ""  # markdown for the assistant, plain for the person
    thought: str = ""  # the model's reasoning, folded away
    status: str = "done"  # done, waiting, streaming, stopped, interrupted, failed, length, context
    note: str = ""  # words for a status other than done, e.g. "Stopped by you."
    version: int = 1  # of versions: siblings made by editing or regenerating
    versions: int = 1
    facts: str = ""  # one line: model · tokens · speed · time
    tools: tuple[ShownTool, ...] = ()
    error: ShownError | None = None
    sound: bool = False  # what the person said can be heard again
    attachments: tuple[ShownAttachment, ...] = ()
    cut: bool = False  # the model did not see the turns before this one: draw the mark above it
    plain: bool = False  # only shown: nothing can be done with it
    changed: str = ""  # words of a line above it: another variant answers from here on
    heard: int = -1  # the person interrupted after so many characters of the text; -1: did not


class ShownConversation(msgspec.Struct, frozen=True):
    id: int
    title: str
    group: str  # heading it stands under: Pinned, Today, Yesterday, Last 7 days, a month
    pinned: bool = False
    snippet: str = ""  # the found words, in a search


class ShownModel(msgspec.Struct, frozen=True):
    """The model that is open or being opened; empty strings for what is not known yet."""

    name: str = ""
    state: str = "none"  # none, loading, ready, busy, resting (unloaded when idle), failed
    words: str = ""  # the state for people: "Loading 40 %", "Ready · 2.6 GB", "Reading 512 of 900"
    facts: tuple[tuple[str, str], ...] = ()  # for the card: (label, value)
    warning: str = ""  # what is not guarded on this system, in a sentence
    starter: bool = False


class ShownSeal(msgspec.Struct, frozen=True):
    """What may leave this computer. An address is host or host:port."""

    state: str = "shut"  # shut, open (for some addresses), locked (nobody may even ask)
    words: str = "Nothing leaves this computer"  # for the status bar
    open: tuple[tuple[str, str, str], ...] = ()  # (address, who, how long in words)
    wants: tuple[tuple[str, str, str], ...] = ()  # (address, who, with what): waits for an answer
    left: int = 0  # entries of the log since the start of Parley


class ShownSent(msgspec.Struct, frozen=True):
    """One line of the log of what left this computer."""

    key: int
    when: str
    who: str  # tool or model
    where: str
    what: str
    sent: int  # bytes
    received: int
    outcome: str = ""  # "", "not answered", …


class ShownToolSetting(msgspec.Struct, frozen=True):
    """A tool on the page of preferences."""

    name: str
    title: str
    words: str  # what it does
    effect: str  # pure, reads, writes, runs or sends
    on: bool
    off_words: str = ""  # why it cannot be used on this computer


class ShownPermission(msgspec.Struct, frozen=True):
    """One lasting answer of the person, which they may take back."""

    key: int
    tool: str
    words: str  # "Always", "Never", "In “Trip to Rome”"
    where: str = ""
    since: str = ""


class ShownReminder(msgspec.Struct, frozen=True):
    """What the person is to be told, or is told now."""

    key: int
    when: str
    about: str  # "" for a timer


class ShownPlan(msgspec.Struct, frozen=True):
    """A program that would be added, before anything of it is started."""

    name: str
    rows: tuple[tuple[str, str], ...]  # (label, value): what it runs, reads, is handed
    warnings: tuple[str, ...] = ()


class ShownProgram(msgspec.Struct, frozen=True):
    """A program that speaks MCP, as the person set it up."""

    key: str
    name: str
    runs: str  # the command line, or the address
    state: str  # off, starting, running, resting, failed
    words: str  # the state for people: "Running · 4 tools"
    on: bool
    elsewhere: bool = False  # a server at an address
    network: bool = False
    folders: tuple[tuple[str, str, bool], ...] = ()  # (path, words, whether it may change it)
    handed: tuple[str, ...] = ()  # names of what it is handed: environment or headers
    seconds: int = 30  # a call may take
    tools: tuple[ShownToolSetting, ...] = ()
    retry: str = ""  # words on the button that starts it anew, "" for none


class ShownTake(msgspec.Struct, frozen=True):
    """Sound of the person that no conversation has yet."""

    key: int
    words: str  # "Spoken, 4 s", "Not written down, 12 s"
    written: bool  # its words are in the message
    playing: bool = False


class ShownSoundFile(msgspec.Struct, frozen=True):
    """A sound file in the list of those that are written down."""

    key: int
    name: str
    path: str
    state: str  # waiting, writing, held (the person talks), stopped, failed, done
    words: str  # how far, and how long it still takes
    share: float  # of it that is done, -1 where nobody knows
    title: str = ""  # as the file says itself
    trouble: str = ""  # what did not work
    hint: str = ""  # what to do next
    text: bool = False  # some of it is written down


class ShownPhoto(msgspec.Struct, frozen=True):
    """A photo in the grid; empty words while nothing is known of it."""

    key: int
    name: str = ""
    path: str = ""
    words: str = ""  # when it was taken, how large it is
    folder: str = ""  # where it lies, for people
    preview: str = ""  # path of a small picture Parley made itself
    there: bool = True  # False: its drive or folder is away


class ShownPhotoFolder(msgspec.Struct, frozen=True):
    """A folder whose photos can be searched."""

    path: str
    words: str  # "12,410 photos · 3 could not be read"
    there: bool = True


class ShownPhotos(msgspec.Struct, frozen=True):
    """How far looking at photos is, and what the grid shows."""

    state: str = "none"  # none (no folder), looking, held, battery, failed, current
    words: str = ""  # "12,410 of 48,000 photos looked at · 3 min left"
    share: float = -1.0  # of all photos that is looked at, -1 where nobody knows
    heading: str = ""  # what the grid shows: "All photos", "Best matches for “red bicycle”"
    eyes: str = ""  # who found them, and what these can see
    own_eyes: bool = True  # those that came with Parley
    like: str = ""  # path of a small picture of what the others look like
    searching: bool = False


class ShownDevice(msgspec.Struct, frozen=True):
    """A microphone or a loudspeaker."""

    id: str  # "" for the system's choice
    name: str
    chosen: bool


class ShownSource(msgspec.Struct, frozen=True):
    """A model that hears, or a voice that speaks."""

    value: str  # its path, "" for the one that came with Parley
    name: str
    words: str  # what it is
    problem: str  # why it cannot be used, "" when it can
    chosen: bool


class ShownShelfModel(msgspec.Struct, frozen=True):
    """A model on the shelf: on this computer, or one that could be fetched."""

    key: str
    job: str  # talk, see, listen, speak, find
    title: str
    words: str = ""  # what it is good at, in a sentence
    size: str = ""  # "2.5 GB", "" where nobody knows yet
    licence: str = ""
    facts: tuple[tuple[str, str], ...] = ()  # for those who ask: quantisation, file, origin
    fit: str = "unknown"  # fits, tight, large (it does not fit), unknown
    fit_words: str = ""  # "Fits with room for 8,000 tokens, about 22 words a second here"
    state: str = "offered"  # here, away (its drive or folder is gone), offered, fetching
    source: str = ""  # whose folder it lies in: "Parley", "LM Studio", …
    in_use: bool = False
    recommended: bool = False
    unchecked: bool = False  # nobody has fetched it yet
    choices: int = 0  # packings (quantisations) to choose from, 0 where there is but one
    removable: bool = False  # it lies in Parley's own folder


class ShownChoice(msgspec.Struct, frozen=True):
    """One packing (quantisation) of a model that could be fetched."""

    key: str
    title: str  # "Balanced (Q4_K_M)"
    size: str
    fit: str = "unknown"
    fit_words: str = ""
    recommended: bool = False


class ShownFetch(msgspec.Struct, frozen=True):
    """Something that is being fetched, or was and is not whole."""

    key: str
    title: str
    state: str  # waiting, asking (the hub), fetching, checking, paused, failed, done
    words: str = ""  # "1.2 of 4.4 GB · 12 MB/s · 4 minutes left"
    share: float = -1.0  # of it that is here, -1 where nobody knows
    trouble: str = ""  # what did not work
    hint: str = ""  # what to do next


class ShownShelfFolder(msgspec.Struct, frozen=True):
    """A folder in which models are looked for."""

    path: str
    source: str  # "LM Studio", "A folder of yours"
    words: str = ""  # "3 models, 12 GB"
    there: bool = True
    removable: bool = False  # named by the person


class ShownMachine(msgspec.Struct, frozen=True):
    """What this computer is, as far as models care."""

    words: str = ""  # "16 GB of memory, 9 GB of it free · 4 cores · no graphics card"
    facts: tuple[tuple[str, str], ...] = ()
    measuring: bool = False


class ShownServer(msgspec.Struct, frozen=True):
    """A server of the person's that may answer in place of a model from here."""

    key: str
    name: str
    place: str  # host:port
    words: str = ""  # how it is, and what it can do
    trouble: bool = False  # the words say what did not work
    asking: bool = False  # it is being asked what it can do
    in_use: bool = False
    model: str = ""  # the chosen one, "" for the first it offers
    models: tuple[str, ...] = ()  # all it offers, where it said so
    facts: tuple[tuple[str, str], ...] = ()  # what it can do, and how it is known
    pictures: str = "found out"  # found out, yes, no
    sounds: str = "found out"
    has_key: bool = False
    key_words: str = ""  # where its key lies


class Notice(msgspec.Struct, frozen=True):
    """A sentence with at most one thing to do about it, shown where the action began."""

    message: str
    hint: str = ""
    detail: str = ""  # offered as "Copy details" when there is one
    action: str = ""  # the words on its button, e.g. "Undo"; "" for none
    kind: str = "info"  # info, error or reminder; the last two stay until they are closed
