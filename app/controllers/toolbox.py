"""The tools a model is offered, and a call's way through consent and the seal to its process."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.consent import ConsentController, Matter
from app.controllers.offered import (
    ASKS,
    NOT_OFFERED,
    Offered,
    as_setting,
    built_in,
    doubts,
    for_people,
    in_full,
    question_about,
    title_of,
)
from app.controllers.preferences import PreferencesController
from app.controllers.seal import SealController
from app.controllers.shown import ShownToolSetting
from app.store.conversations import Store, StoredPart
from app.store.permissions import NOT_ANSWERED, NOT_ASKED
from engines import registry
from engines.messages import (
    ENDINGS,
    Act,
    CallTool,
    Done,
    Event,
    Failed,
    Loaded,
    Sent,
    ToolCall,
    ToolPicture,
    ToolResult,
    ToolsFound,
)
from engines.tools.registry import Effect, all_tools, where_to

log = logging.getLogger(__name__)
REFUSED = "The person does not allow this. Go on without it, or tell them what you would need."
LOCKED = "The network is locked: nothing may leave this computer. Answer without it."
NOWHERE = (
    "This call names no address that may be asked, or none is set under Tools. An address looks "
    "like https://example.org/page and has no user name in it."
)
HANDED_OVER = "opened in your browser"  # what it sends and gets is not seen by Parley
UNHEARD = "No result."
CHANGED = "This tool has changed since you last saw it."
RESTLESS = "This tool changes all the time and is not run. Answer without it."
MOST_CHANGES = 3  # of a tool during one call
PROGRAM = "mcp"  # origin of everything another program says


class Taken(msgspec.Struct, frozen=True):
    """What came of a call: the result for the model, and pictures for the person."""

    result: ToolResult
    pictures: tuple[StoredPart, ...] = ()


class Home(Protocol):
    """How the tools of one engine are started: what its jail lets through."""

    def __call__(self) -> tuple[Any, dict[str, Any]]:
        """Options of the engine, and read, write and network for EngineLink.open."""
        ...


class Running(msgspec.Struct):
    """The one call that is being run."""

    call: ToolCall
    offered: Offered
    places: tuple[str, ...]
    taken: Callable[[Taken], None]
    entries: dict[str, int] = {}  # of the log, by place
    asked: set[str] = set()  # places an exchange was told of
    acted: bool = False
    result: ToolResult | None = None
    pictures: list[StoredPart] = []
    opened: bool = False  # the seal, for its places
    tainted: bool = False
    said: str = ""
    changes: int = 0  # times the tool was found to be another one during this call
    changed: bool = False  # it was, and has not been asked about anew


class ToolboxController(QObject):
    changed = Signal()  # what is offered
    acted = Signal(object, object, object)  # Act, the ToolCall it is for, conversation or None

    def __init__(
        self,
        links: Mapping[str, Any],
        homes: Mapping[str, Home],
        store: Store,
        consent: ConsentController,
        seal: SealController,
        preferences: PreferencesController,
        parent: QObject | None = None,
    ) -> None:
        """links and homes have one entry for every engine of tools."""
        super().__init__(parent)
        self._links, self._homes, self._store = dict(links), dict(homes), store
        self._consent, self._seal, self._preferences = consent, seal, preferences
        self._engines: dict[str, str] = {}  # home -> engine, where their names differ
        self._more: list[Callable[[], Mapping[str, Offered]]] = []
        self._opened: set[str] = set()
        self._running: Running | None = None
        self._conversation: int | None = None
        self._job: tuple[str, int] = ("", -1)
        self.unusable: dict[str, str] = {}  # tool -> why it cannot be used here
        for home, link in self._links.items():
            link.event.connect(partial(self._on_event, home))
        seal.shut_for.connect(self._on_shut)

    # what is offered

    def schemas(self) -> tuple[dict[str, Any], ...]:
        return tuple(one.schema for one in self.offered().values())

    def offered(self) -> dict[str, Offered]:
        if not self._preferences.settings.use_tools:
            return {}
        off = self._preferences.tools_off
        ours = {
            name: built_in(one)
            for name, one in all_tools().items()
            if one.home in self._links and name not in off and name not in self.unusable
        }
        for more in self._more:
            ours |= {k: v for k, v in more().items() if k not in off and k not in ours}
        return ours

    def offer_more(self, more: Callable[[], Mapping[str, Offered]]) -> None:
        """more: tools of others as they are now; their homes are added below.

        A name belongs to whom it was offered by first.
        """
        self._more.append(more)

    def add_home(self, home: str, engine: str, link: Any, start: Home) -> None:
        self._links[home], self._homes[home], self._engines[home] = link, start, engine
        link.event.connect(partial(self._on_event, home))

    def tools(self) -> tuple[ShownToolSetting, ...]:
        off = self._preferences.tools_off
        return tuple(
            ShownToolSetting(
                name,
                title_of(name),
                for_people(one.description),
                one.effect.value,
                name not in off and name not in self.unusable,
                self.unusable.get(name, ""),
            )
            for name, one in all_tools().items()
            if one.home in self._links
        )

    def everything(self) -> tuple[ShownToolSetting, ...]:
        """With the tools of plugins and programs that are on."""
        others = (as_setting(n, one) for n, one in self.offered().items() if one.tool is None)
        return (*self.tools(), *others)

    @Slot(str, bool)
    def set_on(self, name: str, on: bool) -> None:
        self._preferences.set_tool(name, on)
        self.changed.emit()

    def grants_changed(self, home: str) -> None:
        """What the jail of a home lets through is another now: the process starts anew."""
        if home in self._opened:
            self._opened.discard(home)
            self._links[home].unload()

    def warm(self, home: str) -> None:
        """Start the process of a home before its first call."""
        if home not in self._opened:
            options, grants = self._homes[home]()
            engine = self._engines.get(home, home)
            self._links[home].open(engine, Path(), options, **grants)
            self._opened.add(home)

    # one call

    def run(
        self,
        call: ToolCall,
        conversation: int | None,
        tainted: bool,
        taken: Callable[[Taken], None],
        said: str = "",
    ) -> None:
        """taken is called once, at the latest after stop was not called. One call at a time.

        said: the words of the person and what searches found, where an address may come from.
        """
        made = Running(call, NOT_OFFERED, (), taken, tainted=tainted, said=said)
        self._begin(made, conversation)

    def _begin(self, running: Running, conversation: int | None) -> None:
        call, everything = running.call, self.offered()
        self._running, self._conversation = running, conversation
        offered = everything.get(call.name)
        if offered is None:
            words = f"There is no tool {call.name!r}. There are: {', '.join(everything)}."
            return self._end(ToolResult(call.id, words, error=True))
        running.offered, running.places = offered, self._places(call, offered)
        places = running.places
        if places and self._seal.locked:
            return self._end(ToolResult(call.id, LOCKED, error=True))
        if offered.effect is Effect.SENDS and not places:
            return self._end(ToolResult(call.id, NOWHERE, error=True))
        if offered.effect not in ASKS and not places:
            return self._allowed()
        again = ""
        if places:
            described = any(o.tool is None and o.home != offered.home for o in everything.values())
            again = doubts(call, offered, running.said, running.tainted, described)
        matter = Matter(offered.title, offered.hash, places, conversation, again)
        question = question_about(call, offered, places, again)
        if running.changes:
            question = replace(question, warning=f"{CHANGED} {again}".strip())
        if places:
            self._seal.want(places, offered.title, question.what)
        return self._consent.ask(matter, question, self._on_answer)

    def _places(self, call: ToolCall, offered: Offered) -> tuple[str, ...]:
        if offered.tool is None:
            return offered.places
        return where_to(offered.tool, call.arguments, self._homes[offered.home]()[0])

    def stop(self) -> None:
        """The answer was stopped; taken is not called any more."""
        self._consent.withdraw()
        home, job = self._job
        if job >= 0:
            self._links[home].cancel(job)
        self._seal.want((), "", "")
        if running := self._running:
            self._shut(running)
            if job >= 0 and running.offered.tool is None:
                self.grants_changed(home)  # it goes on with the call, whatever it is told
        self._running, self._job = None, ("", -1)

    def _on_answer(self, yes: bool) -> None:
        running = self._running
        if running is None:
            return
        self._seal.want((), "", "")
        if yes and not self._seal.locked:
            self._allowed()
        else:
            words = LOCKED if yes else REFUSED
            self._end(ToolResult(running.call.id, words, error=True))

    def _allowed(self) -> None:
        """Write down what leaves before it leaves, then run."""
        running = self._running
        assert running
        if not running.places:
            return self._submit()
        what = in_full(running.call, running.offered)

        def recorded(left: Sequence[str], entry: int) -> None:
            if self._running is not running:
                return
            running.entries[running.places[len(running.entries)]] = entry
            if left:
                self._seal.record(running.offered.title, left[0], what, partial(recorded, left[1:]))
            else:
                self._submit()

        running.opened = True
        for place in running.places:
            self._seal.open_for(place, running.offered.title, once=True)
        first, *rest = running.places
        return self._seal.record(running.offered.title, first, what, partial(recorded, rest))

    def _submit(self) -> None:
        running = self._running
        assert running
        offered, home = running.offered, running.offered.home
        sends = offered.tool is None or offered.effect is Effect.SENDS
        if sends and not all(self._seal.permits(place) for place in running.places):
            return self._end(ToolResult(running.call.id, REFUSED, error=True))
        self.warm(home)
        call = replace(running.call, name=offered.own_name or running.call.name)
        request = CallTool(call, running.places, offered.digest)
        self._job = (home, self._links[home].submit(request))
        return None

    def _on_event(self, home: str, job: int, event: Event) -> None:
        if isinstance(event, Loaded) and event.jail:
            self._not_closed(home, event.jail)
        running = self._running
        if running is None or (home, job) != self._job:
            return
        match event:
            case ToolPicture():
                running.pictures.append(self._keep(running.call.id, event))
            case Act() if running.offered.tool:  # of ours alone
                self._act(running, event)
            case Sent(where, _, sent, received) if where in running.entries:
                running.asked.add(where)
                outcome = "" if received else NOT_ANSWERED
                self._seal.complete(running.entries[where], sent, received, outcome)
            case ToolResult():
                ours = running.offered.tool is not None
                running.result = event if ours else replace(event, origin=PROGRAM)
                self._mark_unasked(running)
            case ToolsFound():
                running.changed = True
        if isinstance(event, Done) and running.changed and running.result is None:
            self._ask_anew(running)
        elif isinstance(event, ENDINGS):
            words = f"{event.message} {event.hint}" if isinstance(event, Failed) else UNHEARD
            self._end(running.result or ToolResult(running.call.id, words, error=True))

    def _mark_unasked(self, running: Running) -> None:
        """Who tells of every exchange, as our own tools do: with others nobody spoke."""
        if running.offered.tool or running.offered.tells:
            for place, entry in running.entries.items():
                if place not in running.asked:
                    self._seal.complete(entry, 0, 0, NOT_ASKED)

    def _ask_anew(self, running: Running) -> None:
        """The tool is another one than the person saw: nothing was run."""
        self._job = ("", -1)
        self._shut(running)
        running.changes, running.changed = running.changes + 1, False
        running.entries, running.asked = {}, set()
        if running.changes > MOST_CHANGES:
            self._end(ToolResult(running.call.id, RESTLESS, error=True))
        else:
            self._begin(running, self._conversation)

    def _shut(self, running: Running) -> None:
        """Only what was opened for this call: another one may need the same address."""
        if running.opened:
            running.opened = False
            self._seal.shut_once(running.places)

    def _not_closed(self, home: str, why: str) -> None:
        """The jail of a home does not hold: what must not be used without one is switched off."""
        spec = registry.all_specs().get(home)  # None: another program, in a jail of its own
        if spec and spec.locked:
            names = [name for name, one in all_tools().items() if one.home == home]
            self.unusable |= dict.fromkeys(names, why)
            self.changed.emit()

    def _act(self, running: Running, act: Act) -> None:
        """Only what the tool that was called is there for, and once; whatever its process says."""
        tool = running.offered.tool
        if tool and tool.acts and tool.acts == act.kind and not running.acted:
            running.acted = True
            for place, entry in running.entries.items():
                running.asked.add(place)
                self._seal.complete(entry, 0, 0, HANDED_OVER)
            self.acted.emit(act, running.call, self._conversation)
        else:
            log.warning("%s wanted to %s", running.call.name, act.kind[:40])

    def _keep(self, call: str, picture: ToolPicture) -> StoredPart:
        about = {
            "id": call,
            "width": picture.width,
            "height": picture.height,
            "title": picture.title,
        }
        sha256 = self._store.add_attachment(picture.png)
        return StoredPart("picture", msgspec.json.encode(about).decode(), sha256)

    def _end(self, result: ToolResult) -> None:
        running, self._running, self._job = self._running, None, ("", -1)
        assert running
        self._shut(running)
        running.taken(Taken(result, tuple(running.pictures)))

    @Slot(str)
    def _on_shut(self, place: str) -> None:
        """Whoever was started with the network open ends now, unless it is at work elsewhere."""
        busy = self._running
        at_work = busy.offered.home if busy and place not in busy.places else ""
        for home in self._opened - {at_work}:
            if self._homes[home]()[1].get("network"):
                self._opened.discard(home)
                self._links[home].unload()
