"""What is done with a model that is here: it is used for its job, or goes to the trash."""

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFile, QObject, Signal

from app.background import Background
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.controllers.undo import UndoStack
from engines.errors import ParleyError
from engines.models.found import Found
from engines.stt import folders as whispers
from engines.tts import voices as pipers
from engines.vision import folders as clips

EARS, VOICE, EYES = "ears", "voice", "eyes"
UNDO = "Undo"
NEEDED = "Looking with it needs packages that are fetched in Preferences, Pictures."


class Using(QObject):
    changed = Signal()  # what is in use, or what is here
    notice = Signal(object)

    def __init__(
        self,
        preferences: PreferencesController,
        models: ModelController,
        background: Background,
        undo: UndoStack,
        own: Path,
        parent: QObject | None = None,
    ) -> None:
        """own: Parley's folder of models."""
        super().__init__(parent)
        self._preferences, self._models, self._background = preferences, models, background
        self._undo, self._own = undo, own
        models.changed.connect(lambda _: self.changed.emit())
        preferences.voice_changed.connect(lambda *_: self.changed.emit())
        preferences.changed.connect(lambda name, _: self.changed.emit() if name == EYES else None)

    def chosen(self, job: str) -> str:
        """The path of what is in use for a job; "" is what came with Parley, "?" a server."""
        if job in ("talk", "see"):
            return "?" if self._models.server else self._preferences.model
        if job == "find":
            return self._preferences.settings.eyes
        return getattr(self._preferences.voice, EARS if job == "listen" else VOICE)

    def in_use(self, one: Found) -> bool:
        return same(self.chosen(one.job), one.path)

    def use_own(self, job: str) -> None:
        if job in ("talk", "see"):
            self._models.open_starter()
        else:
            self._set(job, "")

    def use(self, one: Found) -> None:
        if one.job in ("talk", "see"):
            self._models.open_file(str(one.path))
            return
        checks: dict[str, Callable[[Path], Any]] = {
            "listen": whispers.check,
            "speak": pipers.check,
            "find": lambda path: clips.check(path, ()),
        }

        def accept(_: object) -> None:
            self._set(one.job, str(one.path))

        self._background.run(lambda _: checks[one.job](one.path), accept, self._failed)

    def _set(self, job: str, path: str) -> None:
        if job == "find":
            self._preferences.set(EYES, path)
            if path:
                self.notice.emit(Notice("Pictures are looked at with it from now on.", NEEDED))
        else:
            self._preferences.set_voice(EARS if job == "listen" else VOICE, path)

    # into the trash, and back

    def remove(self, one: Found, title: str, others: Iterable[Found]) -> None:
        """Only of Parley's own folder. others: the rest that is here, whose files stay."""
        if self.in_use(one):
            words = f"{title} is in use."
            self.notice.emit(
                Notice(words, "Choose another one first, then remove it.", kind="error")
            )
            return
        kept = {file for other in others if other.path != one.path for file in other.files}
        files = files_of(one, kept)
        if not files or not all(file.is_relative_to(self._own) for file in files):
            words = f"{title} does not lie in Parley's own folder, so Parley leaves it alone."
            self.notice.emit(
                Notice(words, "Remove it with the program it belongs to.", kind="error")
            )
            return

        def gone(moved: list[tuple[Path, Path]]) -> None:
            self._undo.push(f"removing {title}", lambda: self._restore(moved))
            self.notice.emit(Notice(f"{title} is in the trash.", action=UNDO))
            self.changed.emit()

        self._background.run(lambda _: trash(files, self._own), gone, self._failed)

    def _restore(self, moved: list[tuple[Path, Path]]) -> None:
        self._background.run(lambda _: restore(moved), lambda _: self.changed.emit(), self._failed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ParleyError):
            notice = Notice(error.message, error.hint, error.detail, kind="error")
        else:
            hint = "Look at the folder and the disk."
            notice = Notice("That did not work.", hint, repr(error), kind="error")
        self.notice.emit(notice)
        self.changed.emit()


def same(chosen: str, path: Path) -> bool:
    if not chosen or chosen == "?":
        return False
    return Path(chosen) == path or Path(chosen).resolve() == path.resolve()


def files_of(one: Found, kept: set[Path]) -> list[Path]:
    """What goes with it: a whole folder where the folder is the model."""
    if one.path.is_dir():
        return [one.path]
    return [file for file in one.files if file not in kept]


def trash(files: Iterable[Path], root: Path) -> list[tuple[Path, Path]]:
    """Into the system's trash, else into a bin of Parley's own: (where it was, where it is).

    Raises ParleyError; then nothing has moved.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for file in files:
            moved.append((file, _away(file, root)))
    except OSError as error:
        restore(moved)
        words = "It could not be moved to the trash."
        raise ParleyError(words, "Look whether a program has it open.", str(error)) from error
    for file, _ in moved:
        _tidy(file.parent, root)
    return moved


def _away(file: Path, root: Path) -> Path:
    """QFile.moveToTrash answers (True, where it is) or False."""
    answer: Any = QFile.moveToTrash(str(file))
    done, place = answer if isinstance(answer, tuple) else (answer, "")
    if done and place:
        return Path(place)
    own = root.with_name("bin")  # a disk without a trash
    own.mkdir(exist_ok=True, mode=0o700)
    number = sum(1 for _ in own.iterdir())
    target = own / f"{number}-{file.name}"
    shutil.move(file, target)
    return target


def _tidy(folder: Path, root: Path) -> None:
    """Folders that are empty now go as well."""
    with suppress(OSError):
        while folder != root and folder.is_relative_to(root) and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def restore(moved: Iterable[tuple[Path, Path]]) -> None:
    """Raises ParleyError where it is not in the trash any more."""
    for was, now in moved:
        if was.exists():
            continue
        try:
            was.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(now, was)
        except OSError as error:
            words = f"{was.name} could not be brought back."
            hint = "The trash may have been emptied. Fetch it again."
            raise ParleyError(words, hint, str(error)) from error
