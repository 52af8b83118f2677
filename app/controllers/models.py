"""Which model is open, what is known about it, and how it is doing."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.background import Background, Task
from app.controllers.abilities import rows_of
from app.controllers.addresses import all_here
from app.controllers.file_names import FileNames, is_blob
from app.controllers.loaded_words import rows_of_memory, size_words, takes_in
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice, ShownModel
from app.controllers.spared_card import TO_DO, SparedCard
from app.store.conversations import Store
from engines import registry
from engines.messages import (
    Abilities,
    AdaptersHeld,
    Done,
    Event,
    Failed,
    Loaded,
    Progress,
    Sent,
    TextDelta,
    ThoughtDelta,
)
from engines.models import hashing
from engines.outcomes import Learnt

log = logging.getLogger(__name__)
SERVER = "openai"  # the engine that asks a server
FAR = Notice(
    "Computers beyond this one do not help: what is sent to them could be read on the way.",
    "Bring them here with ssh -L, and name the port on 127.0.0.1 in Preferences.",
    kind="error",
)
STARTER = "starter"  # the engine of the model that came with Parley
PLAIN = "llama_cpp"  # that of every other file
FREE = "With other programs closed, or a smaller model, there is more room."
STATES = {"stopped": "resting", "loading": "loading", "ready": "ready", "busy": "busy"}


class ModelController(QObject):
    changed = Signal(object)  # ShownModel
    notice = Signal(object)  # Notice
    sent = Signal(object)  # engines.messages.Sent: a server of the person's was asked something

    def __init__(
        self,
        link: Any,
        store: Store,
        background: Background,
        preferences: PreferencesController,
        starter: Path,
        help: Path,
        engine: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.link = link
        self._store, self._background, self._preferences = store, background, preferences
        self._starter, self._help, self._engine = starter, help, engine
        self._path = Path()
        self._names = FileNames(background, self)
        self._names.changed.connect(lambda: self.changed.emit(self.model))
        for path in preferences.recent:
            self._names.of(path)
        self._server = ""  # host or host:port of the server in use; "" for a file
        self._server_name = ""
        self._good: Path | None = None  # the last file that loaded
        self.spared = SparedCard()
        self._loaded: Loaded | None = None
        self._held = AdaptersHeld()
        self._hash, self._hashing = "", None
        self._waiting: list[tuple[Callable[[Any, str], None], Any]] = []
        self._state, self._words, self._speed = "none", "", ""
        self._gave_up = ""  # what the person was told last that the model had to do without
        self.learnt: Callable[[], tuple[Learnt, ...]] = tuple  # what models took before
        self.adapters: Path | None = None  # the folder of adapters a model may be changed with
        link.event.connect(self._on_event)
        link.state_changed.connect(self._on_state)
        preferences.engine_changed.connect(self._reload)

    @property
    def server(self) -> str:
        """Host or host:port of the server that answers; "" for a model on this computer."""
        return self._server

    @property
    def ready(self) -> bool:
        return self._state == "ready"

    @property
    def is_starter(self) -> bool:
        return not self._server and self._path == self._starter

    @property
    def is_read_to(self) -> bool:
        """It sees, and is told the text programs read in pictures: the starter's engine asks so."""
        return self.sees and self.is_starter and self._engine == PLAIN

    @property
    def senses(self) -> tuple[bool, bool, bool]:
        """It sees, it hears, it is read to."""
        return self.sees, self.hears, self.is_read_to

    @property
    def known(self) -> bool:
        """What the open model can do is known, also while it rests; False while it first loads."""
        return self._loaded is not None

    @property
    def sees(self) -> bool:
        return self._loaded is not None and self._loaded.sees

    @property
    def hears(self) -> bool:
        return self._loaded is not None and self._loaded.hears

    @property
    def can(self) -> Abilities | None:
        """What the server in use can do; None for a model on this computer, or not known yet."""
        return self._loaded.can if self._loaded else None

    @property
    def context(self) -> int:
        """Tokens it remembers, 0 where nobody knows."""
        return self._loaded.context if self._loaded else 0

    @property
    def model(self) -> ShownModel:
        return ShownModel(
            name=self._name(),
            state=self._state,
            words=self._status(),
            facts=self._rows(),
            warning=self._loaded.jail if self._loaded else "",
            starter=self.is_starter,
        )

    @property
    def still_takes(self) -> int:
        """Bytes the model will take that it does not hold now: it rests, or is being loaded."""
        if self._state in ("ready", "busy") or not self._path.is_file():
            return 0
        return self._path.stat().st_size

    def recent(self) -> list[tuple[str, str]]:
        return [(self._names.of(path), path) for path in self._preferences.recent]

    def facts(self) -> dict[str, Any]:
        """What an answer remembers of the model that gave it."""
        loaded = self._loaded or Loaded()
        facts = {"model": self._name(), "hash": self._hash}
        return facts | {"runner": loaded.runner, "device": loaded.device}

    def when_identified(self, callback: Callable[[Any, str], None], about: Any) -> None:
        """Call callback(about, hash) when the open file's SHA-256 is known, perhaps at once."""
        if self._hash:
            callback(about, self._hash)
        elif self._hashing:
            self._waiting.append((callback, about))

    # What the person does

    @Slot(str)
    def open_file(self, path: str) -> None:
        file = Path(path).expanduser().absolute()
        if not file.is_file():
            words = f"There is no file at {file}."
            self.notice.emit(Notice(words, "Open another model.", kind="error"))
        else:
            self._open(file)

    @Slot()
    def open_starter(self) -> None:
        self._open(self._starter)

    def open_server(self, where: str, options: Any, name: str = "") -> None:
        """Ask this server from now on, which is at where; options are those of `openai`."""
        self._path, self._loaded, self._speed, self._words = Path(), None, "", ""
        self._server, self._server_name = where, name or where
        self._forget_hash()
        self.link.open(SERVER, Path(), options, network=True)
        self.changed.emit(self.model)

    @Slot()
    def release(self) -> None:
        """Give the memory back now; the next question loads the model again."""
        self.link.unload()

    def _open(self, file: Path) -> None:
        self._path, self._loaded, self._speed, self._words = file, None, "", ""
        self._server = ""
        self._identify(file)
        if self.is_starter and self._engine == PLAIN:
            self._start_starter()
        else:
            options = self._options()
            helpers = getattr(options, "helpers", "")
            if helpers and not all_here(helpers):
                options = replace(options, helpers="")
                self.notice.emit(FAR)
                helpers = ""
            grants = {"network": True} if helpers else {}
            self.link.open(self._engine, file, options, read=self._granted(options), **grants)
        self.changed.emit(self.model)

    def _options(self) -> Any:
        """As the person chose them, with what was learnt about memory, and where adapters are."""
        options = self.spared.asked(self._path, self._preferences.engine_options())
        if not hasattr(options, "learnt"):
            return options
        return replace(options, learnt=self.learnt(), adapters=str(self.adapters or ""))

    def _granted(self, options: Any) -> tuple[Path, ...]:
        """Folders the jail lets it read, with what is put into them later."""
        folder = getattr(options, "adapters", "")
        return (Path(folder),) if folder else ()

    def _start_starter(self) -> None:
        """In front of the starter stands what answers from the help pages."""
        chosen = vars(self._options()) | {"helpers": ""}  # it needs none
        options = registry.all_specs()[STARTER].options(**chosen, help=str(self._help))
        self.link.open(STARTER, self._path, options, read=(self._help, *self._granted(options)))

    @Slot(str, object)
    def _reload(self, _option: str, _value: Any) -> None:
        self.spared.forget()
        if self._path != Path():
            self._open(self._path)

    # What the engine says

    @Slot(str)
    def _on_state(self, state: str) -> None:
        self._state = STATES.get(state, state)
        if self._state != "loading":
            self._words = ""
        self.changed.emit(self.model)

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        match event:
            case Progress(stage, done, total) if total:
                share = f"{100 * done // total} %"
                self._words = f"Loading {share}" if stage == "loading" else f"Reading {share}"
                self.changed.emit(self.model)
            case TextDelta() | ThoughtDelta() if self._words:
                self._words = ""
                self.changed.emit(self.model)
            case Sent():
                self.sent.emit(event)
            case Loaded() if job == 0:
                self._loaded, self._held = event, AdaptersHeld()
            case AdaptersHeld():
                self._held = event
                self.changed.emit(self.model)
            case Done() if job == 0:
                self._opened()
            case Done(usage=usage) if usage.output_tokens > 1 and usage.output_seconds > 0:
                self._speed = f"{usage.output_tokens / usage.output_seconds:,.0f} tok/s"
                self.changed.emit(self.model)
            case Failed() if job == 0 and self.spared.again(event, self._path, self._options()):
                self._open(self._path)
            case Failed() if job == 0:
                self._refused(event)

    def _opened(self) -> None:
        without = self.spared.said(self._path)
        said = without or (self._loaded.gave_up if self._loaded else "")
        if said and said != self._gave_up:  # not again each time it comes back from resting
            hint = TO_DO if without else FREE
            self.notice.emit(Notice(f"{self._name()} is open. {said}", hint))
        self._gave_up = said
        if not self._server:
            self._good = self._path
            self._preferences.model_opened("" if self.is_starter else str(self._path))
        self.changed.emit(self.model)

    def _refused(self, failed: Failed) -> None:
        """Say why, and go back to the model that worked: a bad file must not cost the good one."""
        hint, bad, name = failed.hint, self._path, self._server or self._file_name()
        back = self._good if self._good not in (None, bad) else self._starter
        if back and back != bad and back.is_file():
            self._open(back)
            hint = f"{hint} {self._name()} is open instead."
        else:
            self._state = "failed"
            self.changed.emit(self.model)
        message = f"{name} could not be opened. {failed.message}"
        self.notice.emit(Notice(message, hint, failed.detail, kind="error"))

    # Who the file is

    def _identify(self, file: Path) -> None:
        self._forget_hash()
        try:
            about = file.stat()
        except OSError as error:
            log.info("no facts about %s: %s", file.name, error)
            return
        key = (str(file), about.st_size, about.st_mtime_ns, about.st_ino)
        if known := self._store.known_hash(*key):
            self._hash = known
            return

        def hashed(sha256: str) -> None:
            self._store.remember_hash(*key, sha256)
            self._hash, self._hashing = sha256, None
            waiting, self._waiting = self._waiting, []
            for callback, about_what in waiting:
                callback(about_what, sha256)
            self.changed.emit(self.model)

        def work(task: Task) -> str:
            return hashing.sha256(file, cancelled=lambda: task.cancelled)

        self._hashing = self._background.run(work, hashed, self._not_hashed)

    def _forget_hash(self) -> None:
        if self._hashing:
            self._hashing.cancel()
        self._hash, self._hashing, self._waiting = "", None, []

    def _not_hashed(self, error: Exception) -> None:
        self._hashing = None
        log.info("the file could not be hashed: %s", error)

    # Words

    def _name(self) -> str:
        if self._engine == "echo":
            return "Echo"
        if self._loaded and self._loaded.name and not is_blob(self._loaded.name):
            return self._loaded.name
        if self.is_starter:
            return "Parley starter"
        return self._server or self._names.of(str(self._path))

    def _file_name(self) -> str:
        name = self._path.name
        return self._names.of(str(self._path)) if is_blob(name) else name

    def _status(self) -> str:
        if self._words:
            return self._words
        ready = f"Ready · {self._speed}" if self._speed else "Ready"
        words = {"none": "No model", "loading": "Loading…", "ready": ready, "busy": "Writing…"}
        words |= {"resting": "Resting, memory given back", "failed": "Not running"}
        return words[self._state]

    def _rows(self) -> tuple[tuple[str, str], ...]:
        loaded = self._loaded
        if self._server:
            return self._rows_of_server()
        rows = [("Weights", str(self._path))]
        if loaded:
            rows += [
                ("Size", size_words(loaded.size)),
                ("Parameters", count_words(loaded.parameters)),
                ("Architecture", loaded.architecture),
                ("Quantisation", loaded.quantisation),
                ("Licence", loaded.licence or "not stated in the file"),
                ("SHA-256", self._hash or ("being computed…" if self._hashing else "")),
                ("Origin", "Came with Parley" if self.is_starter else "A file of yours"),
                ("Runner", loaded.runner),
                ("Device", loaded.device),
                ("Takes in", takes_in(loaded)),
                ("Context", f"{loaded.context:,} of {loaded.context_trained:,} tokens"),
                *rows_of_memory(loaded, self._held),
                ("Chat template", "its own" if loaded.own_template else "none; ChatML is used"),
                ("Guarded", loaded.jail or "yes: no network, no other files"),
            ]
        return tuple((label, value) for label, value in rows if value)

    def _rows_of_server(self) -> tuple[tuple[str, str], ...]:
        model = self._loaded.name if self._loaded else ""
        named = self._server_name not in ("", self._server)
        server = f"{self._server_name}, {self._server}" if named else self._server
        rows = [("Model", model), ("Server", server), ("Weights", "not on this computer")]
        if self.can:
            rows += rows_of(self.can)
        if self._loaded and self._loaded.jail:
            rows.append(("Guarded", self._loaded.jail))
        return tuple((label, value) for label, value in rows if value)


def count_words(count: int) -> str:
    return f"{count / 1e9:.1f} billion" if count >= 1e9 else f"{count / 1e6:.1f} million"
