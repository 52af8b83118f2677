"""What pages show: plain values, worded by controllers so that views decide nothing."""

import msgspec


class ShownTool(msgspec.Struct, frozen=True):
    """One use of a tool inside an answer."""

    name: str
    arguments: str  # as the model wrote them, for people
    result: str = ""  # "" while it runs
    error: bool = False


class ShownError(msgspec.Struct, frozen=True):
    message: str  # what did not work
    hint: str = ""  # what to do next
    detail: str = ""  # for "copy details"


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
    cut: bool = False  # the model did not see the turns before this one: draw the mark above it


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


class Notice(msgspec.Struct, frozen=True):
    """A sentence with at most one thing to do about it, shown where the action began."""

    message: str
    hint: str = ""
    detail: str = ""  # offered as "Copy details" when there is one
    action: str = ""  # the words on its button, e.g. "Undo"; "" for none
    kind: str = "info"  # info or error
