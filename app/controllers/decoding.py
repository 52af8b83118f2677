"""From files to what a turn holds of them: bytes are kept, and read by the jailed engines."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject

from app.audio import wav
from app.audio.samples import Shape
from app.background import Background
from app.controllers import attached
from app.controllers.attached import AboutPicture, AboutSound
from app.controllers.chips import Source
from app.controllers.jobs import Jobs
from app.controllers.opened import Opened
from app.controllers.originals import failure, gone, sorted_out, whole
from app.controllers.readings import (
    FailedBy,
    Scans,
    document_of,
    framed,
    gathering,
    hash_of,
    scanned,
)
from app.resting import Resting
from app.store.conversations import Store, StoredPart
from engines.messages import (
    Event,
    Failed,
    Page,
    Pcm,
    Pixels,
    Preview,
    ReadDocument,
    ReadFrames,
    ReadPicture,
    ReadSound,
)

LONGEST = 1568  # pixels of the longer side of what a model gets
PREVIEW = 1600  # of what the window shows
WHOLE = (0.0, 0.0, 1.0, 1.0)
MOST_SOUND = 300  # seconds a model is given to hear
CUT = f"Only the first {MOST_SOUND // 60} minutes of it."
FILMS, SOUNDS = "film", "sound_files"  # engines
NOTHING = Failed("Nothing could be read of it.", "Save it in another format and attach that.")
NO_PICTURES = Failed("There is no picture in this film.", "Its words may be written down.")
NO_SOUND = Failed("There is no sound in this file.", "Choose another one.")

Sensed = Pixels | Pcm  # what a model looks at or listens to


class Read:
    """What became of a file: parts of a turn, and what a model takes in, by its hash."""

    def __init__(self) -> None:
        self.parts: list[StoredPart] = []
        self.sensed: dict[str, Sensed] = {}


class One(NamedTuple):
    """A picture in a file. Without an original (a page, a frame) its preview is it, which is as
    large as what the model gets."""

    source: Source
    pixels: Pixels
    preview: Preview | None
    original: str = ""


Got = Callable[[Read], None]


class Decoding(QObject):
    """done or failed is called once; who does not wait any more ignores it."""

    def __init__(
        self,
        media: Resting,
        film: Any,
        sound: Any,
        store: Store,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._media = Jobs(media.link, media.warm, self)
        self._films, self._sounds = Opened(film, FILMS, self), Opened(sound, SOUNDS, self)
        self._store, self._background = store, background

    def warm(self) -> None:
        """Start what reads pictures and documents: a file is on its way."""
        self._media.warm()

    def sort(self, source: Source, done: Callable[[str], None], failed: FailedBy) -> None:
        """done gets what a file is by what is in it: picture, document, film or sound."""
        self._beside(source, partial(sorted_out, Path(source.path)), done, failed)

    def keep(
        self, source: Source, data: bytes, done: Callable[[str], None], failed: FailedBy
    ) -> None:
        """Put the original among the attachments: done gets its sha256."""

        def work() -> str:
            return self._store.add_attachment(data or whole(Path(source.path)))

        self._beside(source, work, done, failed)

    def picture(self, source: Source, original: str, done: Got, failed: FailedBy) -> None:
        def got(events: list[Event]) -> None:
            pixels = next((e for e in events if isinstance(e, Pixels)), None)
            small = next((e for e in events if isinstance(e, Preview)), None)
            if pixels is None:
                return failed(NOTHING)
            found = [One(source, pixels, small, original)]
            return self._beside(source, lambda: self._kept(found), done, failed)

        request = partial(ReadPicture, longest=LONGEST, preview=PREVIEW, box=source.box or WHOLE)
        self._ask(source, original, request, got, failed)

    def document(
        self, source: Source, original: str, most: int, room: int, done: Got, failed: FailedBy
    ) -> None:
        """most pages as pictures; room for so many characters."""

        def got(events: list[Event]) -> None:
            if not any(isinstance(event, Page) for event in events):
                return failed(NOTHING)

            def work() -> Read:
                about = document_of(source.name, events, room)
                found = [
                    One(Source("picture", f"Page {p.number}", of=source.name, page=p.number), *two)
                    for p, two in scanned(events)
                ]
                return self._kept(found, attached.stored(about, original))

            return self._beside(source, work, done, failed)

        request = partial(ReadDocument, name=source.name, longest=LONGEST, preview=LONGEST)
        self._ask(source, original, request, got, failed, keep=Scans(most))

    def film(self, source: Source, count: int, done: Got, failed: FailedBy) -> None:
        def got(events: list[Event]) -> None:
            found = [
                One(Source("picture", attached.clock(f.at), of=source.name, at=f.at), *two)
                for f, two in framed(events)
            ]
            if not found:
                return failed(NO_PICTURES)
            return self._beside(source, lambda: self._kept(found), done, failed)

        self._films.read(Path(source.path), ReadFrames(count, LONGEST, LONGEST), got, failed)

    def sound(self, source: Source, done: Got, failed: FailedBy) -> None:
        def got(events: list[Event]) -> None:
            pieces = [event for event in events if isinstance(event, Pcm)]
            if not pieces:
                return failed(NO_SOUND)

            def work() -> Read:
                heard = Pcm(b"".join(piece.pcm for piece in pieces), pieces[0].rate)
                size, name = len(heard.pcm), hash_of(heard)
                head = wav.header(Shape(heard.rate, 1, "s16"), size)
                seconds = size / 2 / heard.rate
                note = CUT if seconds > MOST_SOUND - 1 else ""
                about = AboutSound(source.name, seconds, name, note)
                read = Read()
                kept = self._store.add_attachment(head + heard.pcm)
                read.parts.append(attached.stored(about, kept))
                read.sensed[name] = heard
                return read

            return self._beside(source, work, done, failed)

        self._sounds.read(Path(source.path), ReadSound(0.0, MOST_SOUND), got, failed)

    def let_go(self, source: Source) -> None:
        """Nobody waits for this film or sound any more."""
        for opened in (self._films, self._sounds):
            opened.drop(Path(source.path))

    def again(self, part: StoredPart, done: Callable[[Sensed], None], failed: FailedBy) -> None:
        """A picture or sound of a turn once more, as the model gets it."""
        one = attached.about(part)

        def heard() -> Pcm:
            return Pcm(*wav.read(self._store.attachment(part.attachment)))

        def got(events: list[Event]) -> None:
            pixels = next((e for e in events if isinstance(e, Pixels)), None)
            return done(pixels) if pixels else failed(NOTHING)

        match one:
            case AboutPicture():
                request = partial(ReadPicture, longest=LONGEST, box=one.box or WHOLE)
                source = Source("picture", one.name)
                self._ask(source, part.attachment, request, got, failed)
            case AboutSound():
                self._beside(Source("sound", one.name), heard, done, failed)
            case _:
                failed(NOTHING)

    def _ask(
        self,
        source: Source,
        original: str,
        request: Callable[[bytes], Any],
        got: Callable[[list[Event]], None],
        failed: FailedBy,
        keep: Callable[[Event], bool] = lambda _: True,
    ) -> None:
        def read(data: bytes) -> None:
            self._media.ask(request(data), gathering(got, failed, keep))

        def lost(error: Exception) -> None:
            failed(Failed(*gone(source.name), str(error)))

        def work(_: Any) -> bytes:
            return self._store.attachment(original).read_bytes()

        self._background.run(work, read, lost)

    def _kept(self, found: Sequence[One], *first: StoredPart) -> Read:
        """Keep the previews and give every picture its name."""
        read = Read()
        read.parts += first
        for one, pixels, preview, original in found:
            kept = self._store.add_attachment(preview.data) if preview else ""
            name = hash_of(pixels)
            about = AboutPicture(
                *(one.name, pixels.whole_width, pixels.whole_height, pixels.format, name),
                *((pixels.width, pixels.height), one.box, one.of, one.page, one.at, pixels.note),
            )
            read.parts.append(attached.stored(about, original or kept))
            if kept:
                read.parts.append(StoredPart(attached.PREVIEW, "", kept))
            read.sensed[name] = pixels
        return read

    def _beside(
        self,
        source: Source,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: FailedBy,
    ) -> None:
        """Beside the GUI thread."""
        self._background.run(
            lambda _: work(), done, lambda error: failed(failure(source.name, error))
        )
