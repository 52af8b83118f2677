"""What was said, as files: kept until its words are in a conversation, or the person drops it."""

import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject

from app.audio import wav
from app.background import Background
from engines.errors import ParleyError

log = logging.getLogger(__name__)
NAME = re.compile(r"(\d+)-(\d+)-(take|draft)\.wav")
SHORTEST = 0.3  # seconds; a file that ends before has nothing said in it


class Kept(Struct, frozen=True):
    """A take on disk. All of it is in the name of the file, which no crash can tear apart."""

    said: int  # UTC milliseconds, never twice
    conversation: int = 0  # 0: one that had not begun
    draft: bool = False  # its words are in the message that is being written there
    seconds: float = 0.0  # as far as it is known

    @property
    def name(self) -> str:
        return f"{self.said}-{self.conversation}-{'draft' if self.draft else 'take'}.wav"


class Takes(QObject):
    """The folder of them. Slow things happen one after another, off the GUI thread."""

    def __init__(self, folder: Path, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self._background = folder, background
        self._last = 0
        self._waiting: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []
        self._working = False

    def path(self, kept: Kept) -> Path:
        return self._folder / kept.name

    def begin(self, conversation: int | None) -> Kept:
        """A name for what is said next. Whether it can be written is seen when it is."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._last = max(self._last + 1, time.time_ns() // 1_000_000)
        return Kept(self._last, conversation or 0)

    def settle(self, kept: Kept, pcm: bytes) -> None:
        """Put what was heard (16 kHz, mono, s16) in place of what the microphone gave."""
        self._later(lambda: wav.write(self.path(kept), pcm))

    def move(self, kept: Kept, conversation: int | None, draft: bool) -> Kept:
        """The same take somewhere else."""
        moved = replace(kept, conversation=conversation or 0, draft=draft)
        if moved.name != kept.name:
            self._later(lambda: self.path(kept).replace(self.path(moved)))
        return moved

    def remove(self, kept: Kept) -> None:
        self._later(lambda: self.path(kept).unlink(missing_ok=True))

    def after(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do work when all that was asked before is done; done gets its result, or its error."""
        self._waiting.append((work, done))
        self._go_on()

    def left_over(self, done: Callable[[list[Kept]], None]) -> None:
        """What the sessions before could not bring into a conversation, oldest first."""
        self.after(self._look, lambda found: done(found if isinstance(found, list) else []))

    def stop(self) -> None:
        """Do what still waits: a file that stays is offered again at the next start."""
        for work, _ in self._waiting:
            _try(work)
        self._waiting.clear()

    def _look(self) -> list[Kept]:
        found = []
        for file in sorted(self._folder.glob("*.wav")):
            if not (match := NAME.fullmatch(file.name)):
                continue
            lasts = wav.seconds(file)
            if lasts < SHORTEST:
                file.unlink(missing_ok=True)
                continue
            said, conversation = int(match[1]), int(match[2])
            found.append(Kept(said, conversation, match[3] == "draft", lasts))
        return found

    def _later(self, work: Callable[[], Any]) -> None:
        self.after(work, lambda _: None)

    def _go_on(self) -> None:
        if self._working or not self._waiting:
            return
        self._working = True
        work, done = self._waiting[0]

        def over(result: Any) -> None:
            self._working = False
            if self._waiting and self._waiting[0][0] is work:
                self._waiting.pop(0)
            done(result)
            self._go_on()

        self._background.run(lambda _: _try(work), over, over)


def _try(work: Callable[[], Any]) -> Any:
    """A full or missing disk costs this file, never the words that are on the screen."""
    try:
        return work()
    except (OSError, ValueError, ParleyError) as error:
        log.warning("a take could not be kept as it should: %s", error)
        return error
