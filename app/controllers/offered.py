"""What a model is offered, and how the person is asked about a call of it."""

from typing import Any

import msgspec

from app.controllers.consent import hash_of
from app.controllers.shown import ShownQuestion, ShownToolSetting, title_of
from engines.messages import ToolCall
from engines.tools.registry import Effect, Tool

TAINTED = (
    "Text from elsewhere (a page, a file, a variant or another program) is in this conversation. "
    "It may be what asks for this, and not you."
)
MADE_UP = (
    "The model put this address together: it is neither in your words nor in a search result. "
    "It may carry something out of this conversation."
)
ASKS = (Effect.WRITES, Effect.RUNS, Effect.SENDS)
ACTS = {"open": "open", "remind": "set"}
VERBS = {Effect.WRITES: "write", Effect.RUNS: "run", Effect.SENDS: "send"}
DESCRIBED = (
    "Another program has described its own tools to the model in this conversation. "
    "It may be what asks for this, and not you."
)


class Offered(msgspec.Struct, frozen=True):
    """One tool as a model is told of it, and how it is run."""

    schema: dict[str, Any]
    home: str
    effect: Effect
    hash: str
    title: str
    tool: Tool | None = None  # None for those of another program, which have what follows
    command: str = ""  # what is started, or the address
    about: str = ""  # what the program says of the tool
    own_name: str = ""  # its name there
    digest: str = ""  # of what the person sees; the engine runs no other
    places: tuple[str, ...] = ()  # where every call may send to
    maker: str = "program"  # or plugin
    tells: bool = False  # of every exchange with the network, as our own tools do


def built_in(tool: Tool) -> Offered:
    schema = tool.schema()
    return Offered(
        schema,
        tool.home,
        tool.effect,
        hash_of(tool.home, "", schema),
        title_of(tool.name),
        tool,
    )


YOURS = (("the person's", "your"), ("the person", "you"), ("their own", "your own"))
NOT_OFFERED = Offered({}, "", Effect.PURE, "", "")


def for_people(description: str) -> str:
    """The first sentence of what a model is told of a tool, said to the person themselves."""
    words = " ".join(description.split())
    end = words.find(". ")
    first = words[: end + 1] if end > 0 else words
    for theirs, yours in YOURS:
        first = first.replace(theirs, yours)
    return first


def as_setting(name: str, offered: Offered) -> ShownToolSetting:
    """A tool of others that is on, for a list of all there are."""
    words = for_people(offered.about) or offered.command
    return ShownToolSetting(name, offered.title, words, offered.effect.value, on=True)


def doubts(
    call: ToolCall, offered: Offered, said: str, tainted: bool, described: bool = False
) -> str:
    """Why a call that sends is asked about even where it is allowed; "" for no reason."""
    found = [TAINTED] if tainted else []
    if described and not tainted:
        found.append(DESCRIBED)
    if offered.tool and offered.tool.quoted:
        address = str(call.arguments.get(offered.tool.quoted, "")).strip()
        if bare(address) not in said.lower():
            found.insert(0, MADE_UP)
    return " ".join(found)


def bare(address: str) -> str:
    """Without what people leave out when they write an address."""
    return address.lower().removeprefix("https://").removeprefix("http://").rstrip("/")


def in_full(call: ToolCall, offered: Offered) -> str:
    """Everything the call would hand over, for people."""
    if len(call.arguments) == 1:
        return str(next(iter(call.arguments.values())))
    return "\n".join(f"{name}: {value}" for name, value in call.arguments.items())


def question_about(
    call: ToolCall, offered: Offered, places: tuple[str, ...], again: str
) -> ShownQuestion:
    acts = offered.tool.acts if offered.tool else ""
    verb = ACTS.get(acts) or VERBS[Effect.SENDS if places else offered.effect]
    words = f"May the tool “{offered.title}” {verb} this?"
    choices = ShownQuestion.__struct_defaults__[-1]
    if again:  # a lasting yes would not count the next time
        choices = tuple(one for one in choices if one[0] in ("once", "never"))
    what = in_full(call, offered)
    if offered.tool is None:
        what += f"\n\nBy the {offered.maker}: {offered.command}"
        what += f"\nIt says of this tool: {offered.about}" if offered.about else ""
    return ShownQuestion(call.id, words, what.strip(), places, again, choices)
