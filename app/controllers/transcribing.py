"""One sound file on its way to text: pieces out of one engine, into the one that understands."""

from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.subtitles import lines_of
from app.store.sound_files import Line
from engines.messages import (
    ENDINGS,
    Done,
    Event,
    Failed,
    Loaded,
    Pcm,
    ReadSound,
    Request,
    Transcribe,
    Transcript,
)

PIECE, PAUSE = 55.0, 25.0  # seconds: a piece is 30 to 55 long and ends where it is quietest
BYTES = 32_000  # a second
TRIES = 3  # of a piece, when an engine dies over it
READER = "sound_files"
BROKEN_OFF = Failed("Reading this file broke off.", "Continue it; what is written down is kept.")


class Ears(Protocol):
    """The engine that understands speech, started when it is needed (app.resting.Resting)."""

    link: Any

    def warm(self) -> None: ...


class Transcribing(QObject):
    """One file at a time. reader and ears belong to it alone; it can be held while others need
    the processor."""

    opened = Signal(object)  # Loaded: what the file says of itself
    heard = Signal(float, object)  # seconds from its start that are done now, list[Line] of them
    ended = Signal(bool)  # whether something of it could not be read
    failed = Signal(object)  # Failed, in words for the person

    def __init__(self, reader: Any, ears: Ears, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._ears = reader, ears
        self._path: Path | None = None  # None: nothing to do
        self._position = 0.0  # seconds that are done
        self._after = 0.0  # where the last line ended
        self._language = ""
        self._pcm = bytearray()  # the piece that is worked on
        self._reading = self._listening = -1  # the jobs
        self._opening = False  # the file; a process that died begins anew with the next piece
        self._last: str = ""  # how the file ended, when the piece is its last one
        self._lines: list[Line] = []
        self._tries = 0
        self._held = False
        reader.event.connect(self._on_read)
        ears.link.event.connect(self._on_heard)

    @property
    def busy(self) -> bool:
        return self._path is not None

    def begin(self, path: Path, position: float, language: str) -> None:
        """From position on, in seconds."""
        self.stop()
        self._path, self._position, self._language = path, position, language
        self._after, self._tries = position, 0
        self._open()

    def stop(self) -> None:
        """What of the piece was not written down yet is read again by the next begin."""
        self._path = None
        self._call_off()
        self._reader.unload()

    def hold(self, held: bool) -> None:
        """Leave the processor to others until it is let go; the piece is heard again then."""
        if held == self._held:
            return
        self._held = held
        if held and self._listening >= 0:
            job, self._listening = self._listening, -1
            self._ears.link.cancel(job)
        elif not held and self._pcm and self._reading < 0 and self._path:
            self._listen()

    def _call_off(self) -> None:
        for link, job in ((self._reader, self._reading), (self._ears.link, self._listening)):
            if job >= 0:
                link.cancel(job)
        self._reading = self._listening = -1
        self._last = ""
        self._pcm.clear()

    # Reading

    def _open(self) -> None:
        from engines.sound.files import Options

        assert self._path
        self._call_off()
        self._opening = True
        self._reader.open(READER, self._path, Options())

    def _read(self) -> None:
        self._pcm.clear()
        self._reading = self._reader.submit(ReadSound(self._position, PIECE, PAUSE))

    @Slot(int, object)
    def _on_read(self, job: int, event: Event) -> None:
        if self._path is None:
            return
        match event:
            case Loaded() if job == 0:
                self.opened.emit(event)
            case Done() if job == 0 and self._opening:
                self._opening = False
                self._read()
            case Failed() if job == 0:
                self._read_again(event)
            case Pcm(pcm=pcm) if job == self._reading:
                self._pcm += pcm
            case Done(reason=reason) if job == self._reading:
                self._reading = -1
                self._last = "" if reason == "stop" else reason
                self._listen()
            case _ if job == self._reading and isinstance(event, ENDINGS):
                self._reading = -1
                self._read_again(event)

    def _read_again(self, ending: Event) -> None:
        """The engine died or the file is broken for good: it is opened anew at the same place."""
        self._tries += 1
        if self._tries < TRIES and self._reader.state == "stopped":
            self._open()
        else:
            said = isinstance(ending, Failed) and self._reader.state != "stopped"
            self._give_up(ending if said else BROKEN_OFF)

    # Understanding

    def _listen(self) -> None:
        if not self._pcm:
            self._finish_piece()
        elif not self._held:
            self._ears.warm()
            self._lines = []
            self._submit(Transcribe(bytes(self._pcm), self._language, patient=True))

    def _submit(self, request: Request) -> None:
        self._listening = self._ears.link.submit(request)

    @Slot(int, object)
    def _on_heard(self, job: int, event: Event) -> None:
        if job != self._listening or self._path is None:
            return
        if isinstance(event, Transcript):
            floor = self._lines[-1].end if self._lines else self._after
            self._lines += lines_of(event, self._position, floor)
        elif isinstance(event, Done):
            self._listening = -1
            self._finish_piece()
        elif isinstance(event, ENDINGS):
            self._listening = -1
            self._listen_again(event)

    def _listen_again(self, ending: Event) -> None:
        self._tries += 1
        if self._tries < TRIES:
            self._listen()
        else:
            self._give_up(ending if isinstance(ending, Failed) else BROKEN_OFF)

    def _finish_piece(self) -> None:
        self._position += len(self._pcm) / BYTES
        self._pcm.clear()
        self._tries = 0
        lines, self._lines = self._lines, []
        if lines:
            self._after = lines[-1].end
        self.heard.emit(self._position, lines)
        if self._path is None:  # stopped by who heard it
            return
        if self._last:
            damaged = self._last == "damaged"
            self.stop()
            self.ended.emit(damaged)
        else:
            self._read()

    def _give_up(self, why: Event) -> None:
        self.stop()
        self.failed.emit(why)
