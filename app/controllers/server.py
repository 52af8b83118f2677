"""Servers of the person's, one of which may answer in place of a model on this computer."""

import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.abilities import rows_of, sentence_of
from app.controllers.addresses import is_here, place_of
from app.controllers.keys import KeysController
from app.controllers.models import SERVER, ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.seal import SealController
from app.controllers.shown import Notice, ShownModel, ShownServer
from app.controllers.undo import UndoStack
from app.servers import LONGEST_NAME, Remembered
from engines import registry
from engines.messages import Abilities, Done, Event, Failed, Loaded, Sent

WHO = "Model on a server"
ASKS = "asks what the server can do"
NO_ADDRESS = "Enter the address of the server, for instance http://127.0.0.1:8080/v1."
LOCKED = Notice(
    "The network is locked, so this server cannot be used.",
    "Unlock it in the status bar, then try again.",
    kind="error",
)
FIELDS = {"name", "address", "model", "pictures", "sounds"}  # what set() changes


class ServerController(QObject):
    changed = Signal()
    notice = Signal(object)  # Notice

    def __init__(
        self,
        models: ModelController,
        preferences: PreferencesController,
        seal: SealController,
        keys: KeysController,
        undo: UndoStack,
        asker: Any,
        parent: QObject | None = None,
    ) -> None:
        """asker is a link of its own: a server is asked while another model answers."""
        super().__init__(parent)
        self._models, self._preferences, self._seal = models, preferences, seal
        self._keys, self._undo, self._asker = keys, undo, asker
        self._can: dict[str, Abilities] = {}  # of the server with that key and its chosen model
        self._troubles: dict[str, str] = {}
        self._lie: dict[str, str] = {}  # where its key lies, in words
        self._waiting: list[str] = []  # to be asked; the first one is
        self._used = ""  # the key of the one that answers
        asker.event.connect(self._on_asked)
        models.sent.connect(self._on_sent)
        models.changed.connect(self._on_model)
        seal.shut_for.connect(self._on_shut)
        self._adopt()

    # what is shown

    def rows(self) -> tuple[ShownServer, ...]:
        return tuple(map(self._row, self._preferences.servers))

    def _row(self, one: Remembered) -> ShownServer:
        can, trouble = self._can.get(one.key), self._troubles.get(one.key, "")
        asking = one.key in self._waiting
        words = sentence_of(can) if can else "Not asked yet what it can do."
        words = "Asking what it can do…" if asking else trouble or words
        return ShownServer(
            *(one.key, one.name, place_of(one.address), words, bool(trouble) and not asking),
            asking=asking,
            in_use=self._in_use(one.key),
            model=one.model,
            models=can.models if can else (),
            facts=rows_of(can) if can else (),
            pictures=one.pictures,
            sounds=one.sounds,
            has_key=one.has_key,
            key_words=self._lie.get(one.key, ""),
        )

    # what the person does

    def add(self, address: str, name: str = "", secret: str = "") -> str:
        """Remember a server and ask it what it can do. Returns "" or why it cannot be."""
        address = address.strip()
        if not (place := place_of(address)):
            return f"This is not an address. {NO_ADDRESS}"
        name = name.strip()[:LONGEST_NAME] or place
        one = Remembered(secrets.token_hex(8), self._free(name), address, has_key=bool(secret))
        self._preferences.keep_servers([*self._preferences.servers, one])
        if secret:
            self._put_key(one, secret, lambda: self.look(one.key))
        else:
            self.look(one.key)
        return ""

    def set(self, key: str, field: str, value: str) -> str:
        """Change one of FIELDS. Returns "" or why it cannot be."""
        one = self._one(key)
        if one is None or field not in FIELDS:
            return "There is no such server any more."
        value = value.strip()
        if field == "address" and not place_of(value):
            return f"This is not an address. {NO_ADDRESS}"
        if field == "name":
            value = self._free(value[:LONGEST_NAME] or place_of(one.address), one.name)
        if getattr(one, field) != value:
            self._keep(msgspec.structs.replace(one, **{field: value}))
            if field != "name":
                self._again(key)
        return ""

    def set_key(self, key: str, secret: str) -> None:
        """ "" forgets it."""
        if one := self._one(key):
            self._keep(one := msgspec.structs.replace(one, has_key=bool(secret)))
            self._put_key(one, secret, lambda: self._again(key))

    def _again(self, key: str) -> None:
        """What was known of it counts no more."""
        self._can.pop(key, None)
        self.use(key) if self._in_use(key) else self.look(key)

    def _in_use(self, key: str) -> bool:
        return bool(self._models.server) and key == self._used

    @Slot(str)
    def forget(self, key: str) -> None:
        """Its key goes with it, and comes back with Undo."""
        one = self._one(key)
        if one is None:
            return
        servers = self._preferences.servers
        at = servers.index(one)
        self._preferences.keep_servers([other for other in servers if other.key != key])
        if self._in_use(key):
            self._models.open_starter()

        def dropped(secret: str) -> None:
            self._keys.forget(one.key_name)

            def back() -> None:
                kept = self._preferences.servers
                self._preferences.keep_servers([*kept[:at], one, *kept[at:]])
                self._keys.keep(one.key_name, secret) if secret else None
                self.changed.emit()

            self._undo.push(f"Forget {one.name}", back)
            told = f"{one.name} is forgotten."
            self.notice.emit(Notice(told, action="Undo"))

        self._with_key(one, dropped)
        self.changed.emit()

    @Slot(str)
    def look(self, key: str) -> None:
        """Ask a server what it can do. Beyond this computer the seal opens for this once."""
        if key not in self._waiting and self._one(key):
            self._waiting.append(key)
            self._troubles.pop(key, None)
            if len(self._waiting) == 1:
                self._ask()
            self.changed.emit()

    @Slot(str)
    def use(self, key: str) -> None:
        """From now on this server answers. Beyond this computer it opens the seal for its address.

        Only the person's click leads here: a start of Parley never connects by itself.
        """
        one = self._one(key)
        if one is None:
            return
        place = place_of(one.address)
        if not is_here(place) and self._seal.locked:
            self.notice.emit(LOCKED)
            return
        if not is_here(place):
            self._seal.open_for(place, WHO)

        def use(secret: str) -> None:
            self._used = key
            self._models.open_server(place, self._options(one, secret), one.name)
            self.changed.emit()

        self._logged(place, lambda: self._with_key(one, use))

    # asking

    def _ask(self) -> None:
        """The first that waits; those that cannot be asked say why."""
        while self._waiting:
            one = self._one(self._waiting[0])
            if one is None:
                self._waiting.pop(0)
            elif self._seal.locked and not is_here(place_of(one.address)):
                self._troubles[self._waiting.pop(0)] = f"{LOCKED.message} {LOCKED.hint}"
            else:
                self._ask_one(one)
                return

    def _ask_one(self, one: Remembered) -> None:
        place = place_of(one.address)
        if not is_here(place):
            self._seal.open_for(place, WHO, once=True)
        begin = partial(self._begin, one)
        self._logged(place, lambda: self._with_key(one, begin))

    def _begin(self, one: Remembered, secret: str) -> None:
        if one.key in self._waiting[:1]:
            options = self._options(one, secret, known=False)
            self._asker.open(SERVER, Path(), options, network=True)

    @Slot(int, object)
    def _on_asked(self, job: int, event: Event) -> None:
        if job or not self._waiting:
            return
        key = self._waiting[0]
        if isinstance(event, Loaded) and event.can:
            self._can[key] = event.can
        elif isinstance(event, Failed):
            self._can.pop(key, None)
            self._troubles[key] = f"{event.message} {event.hint}".strip()
        if isinstance(event, Done | Failed):
            self._waiting.pop(0)
            self._asker.unload()
            if one := self._one(key):
                self._seal.shut_once((place_of(one.address),))
            self._ask()
            self.changed.emit()

    # inside

    def _one(self, key: str) -> Remembered | None:
        return next((one for one in self._preferences.servers if one.key == key), None)

    def _keep(self, changed: Remembered) -> None:
        servers = self._preferences.servers
        kept = [changed if one.key == changed.key else one for one in servers]
        self._preferences.keep_servers(kept)
        self.changed.emit()

    def _free(self, name: str, own: str = "") -> str:
        """The name, with a number where another server has it."""
        taken = {one.name for one in self._preferences.servers} - {own}
        names = [name, *(f"{name} ({n})" for n in range(2, len(taken) + 3))]
        return next(one for one in names if one not in taken)

    def _options(self, one: Remembered, secret: str, known: bool = True) -> Any:
        """known: what was found out of it need not be found out again."""
        can = self._can.get(one.key) if known else None
        told = msgspec.json.encode(can).decode() if can else ""
        made = registry.all_specs()[SERVER].options
        return made(one.address, one.model, secret, one.pictures, one.sounds, told)

    def _with_key(self, one: Remembered, work: Callable[[str], None]) -> None:
        if one.has_key:
            self._keys.find(one.key_name, work)
        else:
            work("")

    def _put_key(self, one: Remembered, secret: str, done: Callable[[], None]) -> None:
        def kept(where: str) -> None:
            self._lie[one.key] = where
            done()
            self.changed.emit()

        self._keys.keep(one.key_name, secret, kept)

    def _logged(self, place: str, work: Callable[[], None]) -> None:
        """It stands in the log before anything leaves; of this computer itself nothing does."""
        if is_here(place):
            work()
            return

        def recorded(entry: int) -> None:
            self._seal.complete(entry, 0, 0)
            work()

        self._seal.record(WHO, place, ASKS, recorded)

    @Slot(str)
    def _on_shut(self, place: str) -> None:
        """The seal was shut for the server in use: its process ends, the starter takes over."""
        if place == self._models.server:
            self._models.open_starter()
            words = f"The network was shut for {place}."
            self.notice.emit(Notice(words, "The starter is open instead."))
        first = self._one(self._waiting[0]) if self._waiting else None
        if first and place_of(first.address) == place and self._asker.state != "stopped":
            self._troubles[self._waiting.pop(0)] = f"The network was shut for {place}."
            self._asker.unload()
            self._ask()
            self.changed.emit()

    @Slot(object)
    def _on_model(self, model: ShownModel) -> None:
        """What the one in use can do is known once it is loaded."""
        if self._models.server and self._models.can:
            if self._can.get(self._used) != self._models.can:
                self._can[self._used] = self._models.can
                self._troubles.pop(self._used, None)
                self.changed.emit()
        elif self._used and not self._models.server:
            self._used = ""
            self.changed.emit()

    @Slot(object)
    def _on_sent(self, sent: Sent) -> None:
        if not is_here(sent.where):

            def record(entry: int) -> None:
                self._seal.complete(entry, sent.sent, 0)

            self._seal.record(WHO, sent.where, sent.what, record)

    def _adopt(self) -> None:
        """The one server that an earlier Parley remembered; its key lay in the settings."""
        old = self._preferences.options_of(SERVER)
        if not old.address:
            return
        if not self._preferences.servers and (place := place_of(old.address)):
            key = secrets.token_hex(8)
            one = Remembered(key, place, old.address, old.model, has_key=bool(old.key))
            self._preferences.keep_servers([one])
            if old.key:
                self._put_key(one, old.key, lambda: None)
        self._preferences.forget_options(SERVER)
