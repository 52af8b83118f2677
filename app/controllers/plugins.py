"""Plugins: taken in and allowed by the person, started here, their tools offered to the model.

What is allowed holds for the files as they were looked at: a changed file is another plugin.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from app import plugins
from app.background import Background
from app.controllers.live import Live
from app.controllers.offered import Offered
from app.controllers.plugin_offers import (
    EFFECTS,
    clashes,
    home_of,
    listed,
    offered,
    plan,
    usable_folders,
)
from app.controllers.plugin_rows import row
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.controllers.shown_plugins import ShownPlugin
from app.controllers.toolbox import ToolboxController
from app.controllers.undo import UndoStack
from app.plugins import Agreed, Found
from app.programs import key_of
from engines.errors import ParleyError
from engines.messages import ENDINGS, Event, Failed, ListTools, ToolsFound
from engines.plugins import about, contents
from engines.plugins.contents import Contents
from engines.tools.plugins import Options
from engines.tools.registry import Effect

log = logging.getLogger(__name__)
LONGER = 40.0  # seconds the link waits beyond what a call and the start before it may take
ENGINES_WORD = "The model"  # how the process of any engine speaks of itself
ANOTHER = "This is not what you looked at any more. Look at it again."
NOT_DONE = "That did not work."


class PluginsController(QObject):
    changed = Signal()
    notice = Signal(object)  # Notice
    looked = Signal(object)  # ShownPlan of what would be added, or the trouble with it as str

    def __init__(
        self,
        preferences: PreferencesController,
        toolbox: ToolboxController,
        undo: UndoStack,
        background: Background,
        new_link: Callable[[], Any],
        place: Path,
        unusable: str = "",
        parent: QObject | None = None,
    ) -> None:
        """place: where each has its folder; unusable: why none can be used here, in words."""
        super().__init__(parent)
        self._preferences, self._toolbox, self._undo = preferences, toolbox, undo
        self._background, self._new_link, self._place = background, new_link, place
        self.unusable = unusable
        self._agreed = preferences.plugins
        self._found: dict[str, Found] = {}
        self._links: dict[str, Any] = {}  # by home, also of plugins that were removed
        self._live: dict[str, Live] = {}  # of those that were asked for their tools
        self._queue: list[str] = []  # to be asked, one after another
        self._offers: dict[str, Offered] = {}
        self._clashes: dict[str, str] = {}
        self._moved = 0  # times a plugin was added, removed or brought back
        self._waiting: Contents | None = None  # looked at, and not added yet
        toolbox.offer_more(lambda: self._offers)
        toolbox.changed.connect(self.changed)

    # what is shown

    def rows(self) -> tuple[ShownPlugin, ...]:
        def shown(found: Found) -> ShownPlugin:
            agreed, live = self._agreed.get(found.key), self._live.get(found.key)
            why = self.unusable or self._clashes.get(found.key, "")
            off, trouble = self._preferences.tools_off, self._preferences.folder_trouble
            return row(found, agreed, live, self.awake(found.key), why, off, trouble)

        return tuple(map(shown, self._found.values()))

    def awake(self, key: str, effects: Sequence[Effect] = EFFECTS) -> bool:
        """Whether one of its processes is there."""
        homes = (home_of(key, effect) for effect in effects)
        return any(self._links[h].state in ("ready", "busy") for h in homes if h in self._links)

    # how they lie in their folder

    def start(self) -> None:
        """After the window is up."""

        def tidied(_: None) -> None:
            self.look()

        self._background.run(lambda _: plugins.forget_removed(self._place), tidied, self._failed_to)

    @Slot()
    def look(self) -> None:
        """See what is there now, and what of it changed."""
        done = partial(self._on_look, self._moved)
        self._background.run(lambda _: plugins.look(self._place), done, self._failed_to)

    def _on_look(self, moved: int, found: dict[str, Found]) -> None:
        if moved != self._moved:
            return self.look()  # something was added or removed meanwhile
        before, self._found = self._found, found
        for key in before:
            if key not in found or found[key].digest != before[key].digest:
                self._end(key)
        for key in found:
            if self._allowed(key) and not self._agreed[key].tools and key not in self._live:
                self._queue.append(key)
        self._tell()
        return self._next()

    def _failed_to(self, error: Exception) -> None:
        known = isinstance(error, ParleyError)
        words = error.message if known else NOT_DONE
        hint = error.hint if known else getattr(error, "strerror", "") or str(error)
        self.notice.emit(Notice(words, hint, str(error), kind="error"))

    def _allowed(self, key: str) -> bool:
        """Whether it may run: these files, and switched on."""
        found, agreed = self._found.get(key), self._agreed.get(key)
        if found is None or agreed is None or self.unusable:
            return False
        return agreed.on and not found.trouble and found.digest == agreed.digest

    # set up by the person

    @Slot(str)
    def look_at(self, path: str) -> None:
        """Read what would be added: a folder, its plugin.toml, or a ZIP. Nothing of it runs."""
        self._waiting = None

        def read(read: Contents) -> None:
            self._waiting = read
            key = self._key(read)
            before = self._found.get(key)
            prints = before.prints if before else None
            self.looked.emit(plan(plugins.as_found(key, read), before, prints))

        def failed(error: Exception) -> None:
            known = isinstance(error, ParleyError)
            self.looked.emit(f"{error.message} {error.hint}".strip() if known else str(error))

        place = Path(path).parent if Path(path).name == about.FILE else Path(path)
        self._background.run(lambda _: contents.read(place), read, failed)

    def _key(self, read: Contents) -> str:
        """Of the plugin that has this name already, else a new one."""
        for key, found in self._found.items():
            if found.about.name == read.about.name and not found.trouble:
                return key
        return key_of(read.about.name, self._found)

    @Slot()
    def add(self) -> None:
        """Take in what was looked at, and allow it: only the person's click leads here."""
        read, self._waiting = self._waiting, None
        if read is None:
            return
        key = self._key(read)
        agreed = self._agreed.get(key)

        def kept(before: Path | None) -> None:
            self._moved += 1
            self._undo.push("Add plugin", partial(self._put_back, key, before, agreed))
            self.notice.emit(Notice(f"{read.about.name} was added.", action="Undo"))
            self._found = dict(sorted({**self._found, key: plugins.as_found(key, read)}.items()))
            self.allow(key, read.digest)

        self._background.run(lambda _: plugins.keep(read, self._place, key), kept, self._failed_to)

    @Slot()
    def leave(self) -> None:
        """What was looked at is not added."""
        self._waiting = None

    @Slot(str, str)
    def allow(self, key: str, digest: str) -> None:
        """Its files as they were looked at: their digest says which."""
        found = self._found.get(key)
        if found is None or found.trouble or found.digest != digest:
            return self.notice.emit(Notice(ANOTHER, kind="error"))
        before = self._agreed.get(key, Agreed(key, digest))
        new = {"digest": digest, "prints": found.prints, "on": True, "tools": ()}
        self._agreed[key] = replace(before, **new)
        self._end(key)
        self._save()
        return self._ask(key)

    @Slot(str, bool)
    def set_on(self, key: str, on: bool) -> None:
        if agreed := self._agreed.get(key):
            self._end(key)
            self._keep(replace(agreed, on=on))
            if not agreed.tools:
                self._ask(key)

    def choose_folder(self, key: str, name: str, path: str) -> str:
        """Let a plugin have a folder for what it wants one for. Returns "" or why it cannot be."""
        if trouble := self._preferences.folder_trouble(path):
            return trouble
        self._set_folders(key, self._agreed[key].folders | {name: str(Path(path).resolve())})
        return ""

    def take_folder(self, key: str, name: str) -> None:
        left = {n: path for n, path in self._agreed[key].folders.items() if n != name}
        self._set_folders(key, left)

    def _set_folders(self, key: str, folders: dict[str, str]) -> None:
        """Its processes end, and are started with the next call as they are now set up."""
        self._grants_changed(key)
        self._keep(replace(self._agreed[key], folders=folders))

    def set_seconds(self, key: str, seconds: int) -> None:
        """How long its start may take, and each call."""
        self._grants_changed(key)
        self._keep(replace(self._agreed[key], seconds=min(max(seconds, 1), 600)))

    @Slot(str)
    def remove(self, key: str) -> None:
        name, agreed = self._found[key].about.name, self._agreed.get(key)

        def gone(kept: Path | None) -> None:
            self._moved += 1
            if kept is None:  # it was not there any more
                return self.look()
            self._undo.push("Remove plugin", partial(self._put_back, key, kept, agreed))
            self.notice.emit(Notice(f"{name} was removed.", action="Undo"))
            self._forget(key)
            return self.look()

        self._end(key)
        self._background.run(lambda _: plugins.put_away(self._place, key), gone, self._failed_to)

    def _put_back(self, key: str, kept: Path | None, agreed: Agreed | None) -> None:
        def back(_: None) -> None:
            self._moved += 1
            self._forget(key)
            if agreed:
                self._keep(agreed)
            self.look()

        self._end(key)
        work = partial(plugins.bring_back, self._place, key, kept)
        self._background.run(lambda _: work(), back, self._failed_to)

    @Slot(str)
    def retry(self, key: str) -> None:
        """Look at its files anew, and ask it for its tools where they may run."""
        self._end(key)
        if agreed := self._agreed.get(key):
            self._keep(replace(agreed, tools=()))
        self.look()

    # their processes

    def stop(self) -> None:
        """For good: first all are asked to leave, then all are waited for."""
        self._queue.clear()
        for link in self._links.values():
            link.unload()
        for link in self._links.values():
            link.stop()

    def _link(self, key: str, effect: Effect) -> Any:
        """Of the home of its tools with this effect, which runs nothing yet."""
        home = home_of(key, effect)
        if home not in self._links:
            link = self._links[home] = self._new_link()
            self._toolbox.add_home(home, "plugins", link, partial(self._how, key, effect))
            link.event.connect(partial(self._on_event, key, effect))
            link.state_changed.connect(self._on_state)
        return self._links[home]

    def _how(self, key: str, effect: Effect) -> tuple[Any, dict[str, Any]]:
        """Options of its engine, and what its jail lets through: no more than the effect needs."""
        found, agreed = self._found.get(key), self._agreed.get(key)
        if found is None or agreed is None:
            return Options(), {}
        folders = usable_folders(found, agreed, self._preferences.folder_trouble)
        if effect is Effect.PURE:
            folders = {}
        writes = effect in (Effect.WRITES, Effect.SENDS)
        write = {one.name: path for one, path in folders.items() if writes and one.write}
        given = {one.name: path for one, path in folders.items()}
        own = self._place / key
        about = (str(own), agreed.digest, tuple(given.items()), tuple(write), agreed.seconds)
        read = [own, *(Path(path) for name, path in given.items() if name not in write)]
        grants = {"read": read, "write": [*map(Path, write.values())]}
        return Options(*about), grants | {"network": effect is Effect.SENDS}

    def _next(self) -> None:
        if self._queue and not any(live.asking for live in self._live.values()):
            self._ask(self._queue.pop(0))

    def _ask(self, key: str) -> None:
        """Have it say what it offers, in the process that may do least."""
        if not self._allowed(key):
            return self._next()
        link = self._link(key, Effect.PURE)
        live = self._live[key] = Live(link)
        live.asking = True
        link.set_patience(patience(self._agreed[key]))
        self._toolbox.grants_changed(home_of(key, Effect.PURE))
        self._toolbox.warm(home_of(key, Effect.PURE))
        live.job = link.submit(ListTools())
        return self._tell()

    def _end(self, key: str) -> None:
        """Nothing of it runs any more."""
        self._queue = [one for one in self._queue if one != key]
        self._live.pop(key, None)
        self._grants_changed(key)
        self._tell()

    def _grants_changed(self, key: str) -> None:
        for effect in EFFECTS:
            if home_of(key, effect) in self._links:
                self._toolbox.grants_changed(home_of(key, effect))

    def _on_event(self, key: str, effect: Effect, job: int, event: Event) -> None:
        live = self._live.get(key)
        asked = effect is Effect.PURE and live is not None and job == live.job
        match event:
            case ToolsFound(found) if key in self._agreed and (asked or self._allowed(key)):
                self._keep(replace(self._agreed[key], tools=listed(found)))
            case Failed() if asked and live:
                ours = event.message.startswith(ENGINES_WORD)
                name = self._found[key].about.name if key in self._found else key
                words = f"{name} ended unexpectedly." if ours else event.message
                live.why = f"{words} {event.hint}".strip() if not ours else words
            case Failed():
                self.look()  # perhaps its files changed
        if asked and live and isinstance(event, ENDINGS):
            live.asking, live.job = False, -1
            self._tell()
            self._next()

    @Slot()
    def _on_state(self) -> None:
        self.changed.emit()

    def _forget(self, key: str) -> None:
        self._agreed.pop(key, None)
        self._save()

    def _keep(self, agreed: Agreed) -> None:
        self._agreed[agreed.key] = agreed
        self._save()

    def _save(self) -> None:
        self._preferences.keep_plugins(self._agreed.values())
        self._tell()

    def _tell(self) -> None:
        """What is offered is what is allowed, works, and has a name of its own."""
        usable = [
            (self._found[key], self._agreed[key])
            for key in self._found
            if self._allowed(key) and not (key in self._live and self._live[key].why)
        ]
        self._clashes = clashes(usable)
        self._offers = {}
        for found, agreed in usable:
            for tool in agreed.tools if found.key not in self._clashes else ():
                made = offered(found, agreed, tool)
                self._link(found.key, made.effect).set_patience(patience(agreed))
                self._offers[tool["name"]] = made
        self._toolbox.changed.emit()


def patience(agreed: Agreed) -> float:
    return 2 * agreed.seconds + LONGER
