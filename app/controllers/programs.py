"""Programs that speak MCP: set up by the person, started here, their tools offered to the model.

A program's words about its tools are strangers' words in every conversation they are offered in:
while they are, whatever sends elsewhere asks every time, also where the person said "always".
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app import pasted, programs
from app.controllers.live import Live
from app.controllers.offered import Offered
from app.controllers.offering import effect, home_of, offers, place, title
from app.controllers.plans import folder_words, plan
from app.controllers.preferences import PreferencesController
from app.controllers.seal import SealController
from app.controllers.shown import Notice, ShownPlan, ShownProgram, ShownToolSetting
from app.controllers.toolbox import ToolboxController
from app.controllers.undo import UndoStack
from app.programs import Granted, Program
from engines import registry
from engines.errors import ParleyError
from engines.messages import ENDINGS, Event, Failed, ListTools, Sent, ToolResult, ToolsFound
from engines.tools.strangers import checked

log = logging.getLogger(__name__)
AGAIN = (2_000, 10_000, 60_000)  # ms until a program that died is started anew
LONGER = 30.0  # seconds the link waits beyond what a call may take
USUAL = 120.0  # seconds a link waits in any case
LOCKED = "The network is locked. Unlock it in the status bar, then try again."
ASKS = "Which tools do you have?"
ENGINES_WORD = "The model"  # how the process of any engine speaks of itself
AWAKE = ("ready", "busy")


class ProgramsController(QObject):
    changed = Signal()
    notice = Signal(object)  # Notice

    def __init__(
        self,
        preferences: PreferencesController,
        toolbox: ToolboxController,
        seal: SealController,
        undo: UndoStack,
        new_link: Callable[[], Any],
        own: Path,
        parent: QObject | None = None,
    ) -> None:
        """own: where each program gets a folder of its own, the only one it may always write to."""
        super().__init__(parent)
        self._preferences, self._toolbox, self._seal, self._undo = preferences, toolbox, seal, undo
        self._new_link, self._own = new_link, own
        self._programs = {one.key: one for one in preferences.programs}
        self._links: dict[str, Any] = {}  # also of programs that were removed
        self._live: dict[str, Live] = {}
        self._offers: dict[str, Offered] = {}
        self._queue: list[str] = []  # to be started one after another
        self._every = offers(self._programs.values())  # also of those that are off or down
        toolbox.offer_more(self.offered)
        toolbox.changed.connect(self.changed)

    # what is shown

    def rows(self) -> tuple[ShownProgram, ...]:
        return tuple(map(self._row, self._programs.values()))

    def _row(self, program: Program) -> ShownProgram:
        state, words, retry = self._state(program)
        off = self._preferences.tools_off
        names = {o.own_name: name for name, o in self._named(program).items()}
        tools = tuple(
            ShownToolSetting(
                names[one["name"]],
                title(program, one).partition(": ")[2].capitalize(),
                one["description"] or "It says nothing about this tool.",
                effect(program).value,
                names[one["name"]] not in off,
            )
            for one in program.tools
        )
        folders = tuple((f.path, folder_words(f.path, f.write), f.write) for f in program.folders)
        handed = tuple(program.environment or program.headers)
        facts = (program.runs, state, words, program.on, bool(program.url), program.network)
        return ShownProgram(
            program.key, program.name, *facts, folders, handed, program.seconds, tools, retry
        )

    def _named(self, program: Program) -> dict[str, Offered]:
        """Names as they are, or would be, offered."""
        return {name: o for name, o in self._every.items() if o.home == home_of(program.key)}

    def _state(self, program: Program) -> tuple[str, str, str]:
        """State, words for it, and words on the button that tries again."""
        live = self._live.get(program.key)
        count = len(program.tools)
        tools = f"{count} tool{'s' if count != 1 else ''}" if count else "no tools"
        if not program.on or live is None:
            return "off", "Off", ""
        if live.asking:
            return "starting", "Asking for its tools…" if program.url else "Starting…", ""
        if live.why:
            return "failed", live.why, "Try again"
        note = f" · {live.note}" if live.note else ""
        if live.link.state in AWAKE:
            return "running", f"Running · {tools}{note}", ""
        if not count:
            return "resting", "Not asked for its tools yet", "Connect"
        return "resting", f"Ready · {tools}{note}", ""

    # set up by the person

    def read(self, text: str) -> tuple[str, tuple[ShownPlan, ...]]:
        """What pasted settings would start, or first, in words, why they cannot be read."""
        try:
            found = pasted.read(text, tuple(self._programs.values()))
        except ParleyError as error:
            return f"{error.message} {error.hint}".strip(), ()
        return "", tuple(map(plan, found))

    def add(self, text: str) -> str:
        """Take what was read, and start it: only the person's click leads here."""
        try:
            found = pasted.read(text, tuple(self._programs.values()))
        except ParleyError as error:
            return f"{error.message} {error.hint}".strip()
        for program in found:
            allowed = [f for f in program.folders if not self._preferences.folder_trouble(f.path)]
            self._keep(replace(program, on=True, folders=tuple(allowed)))
            self._go_on(program.key, asked=True)
        return ""

    @Slot(str, bool)
    def set_on(self, key: str, on: bool) -> None:
        self._keep(replace(self._programs[key], on=on))
        if on:
            self._go_on(key, asked=True)
        else:
            self._leave(key)

    @Slot(str, bool)
    def set_network(self, key: str, network: bool) -> None:
        self._keep(replace(self._programs[key], network=network))
        self._anew(key)

    def set_seconds(self, key: str, seconds: int) -> None:
        self._keep(replace(self._programs[key], seconds=min(max(seconds, 1), 600)))
        self._anew(key)

    def add_folder(self, key: str, path: str) -> str:
        """Let a program read a folder. Returns "" or, in words, why it cannot be."""
        if trouble := self._preferences.folder_trouble(path):
            return trouble
        program, real = self._programs[key], str(Path(path).resolve())
        if real not in [one.path for one in program.folders]:
            self._keep(replace(program, folders=(*program.folders, Granted(real))))
            self._anew(key)
        return ""

    def set_write(self, key: str, path: str, write: bool) -> None:
        program = self._programs[key]
        changed = [Granted(f.path, write) if f.path == path else f for f in program.folders]
        self._keep(replace(program, folders=tuple(changed)))
        self._anew(key)

    def remove_folder(self, key: str, path: str) -> None:
        program = self._programs[key]
        left = tuple(one for one in program.folders if one.path != path)
        self._keep(replace(program, folders=left))
        self._anew(key)

    @Slot(str)
    def remove(self, key: str) -> None:
        before = list(self._programs.values())
        program = self._programs.pop(key)
        self._leave(key)
        self._save()
        self._undo.push("Remove program", partial(self._put_back, program, before))
        words = f"{program.name} was removed. Its own folder is kept."
        self.notice.emit(Notice(words, action="Undo"))

    def _put_back(self, program: Program, before: list[Program]) -> None:
        if program.key in self._programs:
            return
        known = {**self._programs, program.key: program}
        order = [one.key for one in before if one.key in known]
        order += [key for key in known if key not in order]
        self._programs = {key: known[key] for key in order}
        self._keep(program)
        if program.on:
            self._go_on(program.key, asked=True)

    @Slot(str)
    def retry(self, key: str) -> None:
        if key in self._programs and self._programs[key].on:
            self._go_on(key, asked=True)

    # their processes

    def start(self) -> None:
        """After the window is up: those that are on and need no network, one after another."""
        for key, program in self._programs.items():
            if program.on:
                self._begin(key)
                if not place(program):
                    self._queue.append(key)
        self._tell()
        self._next()

    def stop(self) -> None:
        """For good: first all are asked to leave, then all are waited for."""
        self._queue.clear()
        for link in self._links.values():
            link.unload()
        for link in self._links.values():
            link.stop()

    def _next(self) -> None:
        if self._queue and not any(live.asking for live in self._live.values()):
            self._go_on(self._queue.pop(0), asked=False)

    def _begin(self, key: str) -> Live:
        """Make the program's home, which runs nothing yet."""
        if key not in self._links:
            link = self._links[key] = self._new_link()
            home = home_of(key)
            self._toolbox.add_home(home, self._programs[key].engine, link, partial(self._how, key))
            link.event.connect(partial(self._on_event, key))
            link.state_changed.connect(self._on_state)
        if key not in self._live:
            self._live[key] = Live(self._links[key])
        return self._live[key]

    def _how(self, key: str) -> tuple[Any, dict[str, Any]]:
        """Options of its engine, and what its jail lets through."""
        program = self._programs[key]
        options = registry.all_specs()[program.engine].options
        about = {"name": program.name, "seconds": program.seconds, "place": place(program)}
        if program.url:
            headers = tuple(program.headers.items())
            return options(url=program.url, headers=headers, **about), {"network": True}
        own = self._own / program.key
        with suppress(OSError):  # then its start fails, and says so
            own.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = programs.found(program.command) or program.command[0]
        trouble = self._preferences.folder_trouble
        usable = [one for one in program.folders if not trouble(one.path)]
        lies = [p for p in programs.places(program.command) if not trouble(str(p))]
        read = [*lies, *(Path(one.path) for one in usable if not one.write)]
        write = [own, *(Path(one.path) for one in usable if one.write)]
        made = options(
            command=(file, *program.command[1:]),
            environment=tuple(program.environment.items()),
            own=str(own),
            folder=program.folder,
            **about,
        )
        return made, {"read": read, "write": write, "network": program.network}

    def _go_on(self, key: str, asked: bool) -> None:
        """Start it and have it say what it offers; beyond this computer only when asked to."""
        if key not in self._programs or not self._programs[key].on:
            return self._next()
        program, live = self._programs[key], self._begin(key)
        where = place(program)
        if live.asking or (where and not asked):
            return self._next()
        live.why, live.note = "", ""
        live.deaths = 0 if asked else live.deaths
        if where and self._seal.locked:
            live.why = LOCKED
            return self._tell()
        live.asking = True
        live.link.set_patience(max(USUAL, program.seconds + LONGER))
        self._tell()
        if not where:
            return self._ask(key)

        def recorded(entry: int) -> None:
            live.entry = entry
            if self._live.get(key) is live and live.asking and self._seal.permits(where):
                self._ask(key)

        self._seal.open_for(where, program.name, once=True)
        live.where = where
        return self._seal.record(program.name, where, ASKS, recorded)

    def _ask(self, key: str) -> None:
        live = self._live[key]
        self._toolbox.grants_changed(home_of(key))  # what may be left is ended
        self._toolbox.warm(home_of(key))
        live.job = live.link.submit(ListTools())

    def _anew(self, key: str) -> None:
        """It was set up differently: what runs ends, and is started so."""
        live = self._live.get(key)
        if live and self._programs[key].on:
            self._toolbox.grants_changed(home_of(key))
            live.asking, live.job = False, -1
            self._shut(live)
            self._go_on(key, asked=True)
        self._tell()

    def _leave(self, key: str) -> None:
        if live := self._live.pop(key, None):
            self._shut(live)
        self._toolbox.grants_changed(home_of(key))
        self._tell()
        self._next()

    def _on_event(self, key: str, job: int, event: Event) -> None:
        live, program = self._live.get(key), self._programs.get(key)
        if live is None or program is None:
            return None
        match event:
            case ToolsFound(found):
                self._found(live, program, checked(found))
            case ToolResult(error=False):
                live.deaths = 0
            case Sent(_, _, sent, received) if job == live.job and live.entry >= 0:
                self._seal.complete(live.entry, sent, received)
            case Failed():
                return self._failed(key, live, event)
        if job == live.job and isinstance(event, ENDINGS):
            self._asked(live)
        return None

    def _found(self, live: Live, program: Program, tools: tuple[dict[str, Any], ...]) -> None:
        if tools != program.tools:
            if program.tools:
                live.note = "they changed, so you are asked again"
            self._keep(replace(program, tools=tools))
        live.worked = True

    def _asked(self, live: Live) -> None:
        """It has said what it offers, or will not any more."""
        live.asking, live.job, live.entry = False, -1, -1
        self._shut(live)
        self._tell()
        self._next()

    def _shut(self, live: Live) -> None:
        """It needs nothing open any more to say what it offers."""
        where, live.where = live.where, ""
        if where:
            self._seal.shut_once((where,))

    def _failed(self, key: str, live: Live, failed: Failed) -> None:
        """Its tools are hidden while it is down; one that had worked is tried again by itself."""
        if live.why:
            return
        program = self._programs[key]
        words = f"{failed.message} {failed.hint}".strip()
        if failed.message.startswith(ENGINES_WORD):
            words = f"{program.name} ended unexpectedly."
        log.info("%s: %s", program.key, failed.message)
        live.why = words
        self._toolbox.grants_changed(home_of(program.key))
        if live.worked and not place(program) and live.deaths < len(AGAIN):
            QTimer.singleShot(AGAIN[live.deaths], self, partial(self._rise, key, live))
            live.deaths += 1
        self._asked(live)

    def _rise(self, key: str, live: Live) -> None:
        if self._live.get(key) is live and live.why:
            self._go_on(key, asked=False)

    @Slot()
    def _on_state(self) -> None:
        self.changed.emit()

    def _keep(self, program: Program) -> None:
        self._programs[program.key] = program
        self._save()

    def _save(self) -> None:
        self._preferences.keep_programs(self._programs.values())
        self._every = offers(self._programs.values())
        self._tell()

    def _tell(self) -> None:
        usable = [k for k, live in self._live.items() if not live.why and k in self._programs]
        homes = {home_of(k) for k in usable}
        self._offers = {name: o for name, o in self._every.items() if o.home in homes}
        self._toolbox.changed.emit()

    def offered(self) -> dict[str, Offered]:
        return self._offers
