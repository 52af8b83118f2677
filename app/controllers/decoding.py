"""From files to what a turn holds of them: bytes are kept, and read by the jailed engines."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from app.background import Background
from app.controllers import attached
from app.controllers.attached import AboutDocument, AboutPicture
from app.controllers.chips import Source
from app.controllers.jobs import Jobs, trouble
from app.resting import Resting
from app.store.conversations import Store, StoredPart
from engines import registry
from engines.errors import ParleyError
from engines.media import kinds
from engines.messages import (
    ENDINGS,
    Done,
    Event,
    Failed,
    Frame,
    Loaded,
    Page,
    Pixels,
    Preview,
    ReadDocument,
    ReadFrames,
    ReadPicture,
)

LONGEST = 1568  # pixels of the longer side of what a model gets
PREVIEW = 1600  # of what the window shows
LARGEST = 60 << 20  # bytes of a file: more does not fit one message to the engine
FILM_ENGINE = "film"
AGAIN = "Try again."
NOTHING = Failed("Nothing could be read of it.", "Save it in another format and attach that.")
NO_PICTURES = Failed("There is no picture in this film.", "Its words may be written down.")


class Read:
    """What became of a file: parts of a turn, and the pixels of its pictures by their hash."""

    def __init__(self) -> None:
        self.parts: list[StoredPart] = []
        self.pixels: dict[str, Pixels] = {}


Got = Callable[[Read], None]
FailedBy = Callable[[Failed], None]


class Decoding(QObject):
    """done or failed is called once; who does not wait any more ignores it."""

    def __init__(
        self,
        media: Resting,
        film: Any,
        store: Store,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._media = Jobs(media.link, media.warm, self)
        self._film = Films(film, self)
        self._store, self._background = store, background

    def warm(self) -> None:
        """A file is on its way."""
        self._media.warm()

    def sort(self, source: Source, done: Callable[[str], None], failed: FailedBy) -> None:
        """done gets what a file is by what is in it: picture, document, film or sound."""
        path = Path(source.path)
        work = partial(sorted_out, path)
        self._background.run(lambda _: work(), done, partial(_said, source.name, failed))

    def keep(
        self, source: Source, data: bytes, done: Callable[[str], None], failed: FailedBy
    ) -> None:
        """Put the original among the attachments: done gets its sha256."""

        def work(_: Any) -> str:
            return self._store.add_attachment(data or whole(Path(source.path)))

        self._background.run(work, done, partial(_said, source.name, failed))

    def picture(self, source: Source, original: str, done: Got, failed: FailedBy) -> None:
        def got(events: list[Event]) -> None:
            pixels = next((e for e in events if isinstance(e, Pixels)), None)
            small = next((e for e in events if isinstance(e, Preview)), None)
            if pixels is None:
                return failed(NOTHING)
            return self._settle(source, [(source, pixels, small, original)], [], done, failed)

        request = partial(ReadPicture, longest=LONGEST, preview=PREVIEW, box=source.box or WHOLE)
        self._ask(source.name, original, request, got, failed)

    def pixels(self, part: StoredPart, done: Callable[[Pixels], None], failed: FailedBy) -> None:
        """A picture of a turn once more, as the model gets it."""
        one = attached.about(part)

        def got(events: list[Event]) -> None:
            pixels = next((e for e in events if isinstance(e, Pixels)), None)
            return done(pixels) if pixels else failed(NOTHING)

        if one is None:
            return failed(NOTHING)
        request = partial(ReadPicture, longest=LONGEST, box=one.box or WHOLE)
        return self._ask(one.name, part.attachment, request, got, failed)

    def document(
        self, source: Source, original: str, most: int, room: int, done: Got, failed: FailedBy
    ) -> None:
        """most pages as pictures; room for so many characters, 0 where nobody knows."""

        def got(events: list[Event]) -> None:
            pages = [e for e in events if isinstance(e, Page)]
            if not pages:
                return failed(NOTHING)
            about = fitting(source.name, pages, room)
            scans = scanned(events)
            if len(scans) < (count := sum(page.scan for page in pages)):
                note = f"The first {len(scans)} of {count} pages that are pictures."
                about = AboutDocument(about.name, about.pages, about.text, joined(about.note, note))
            found = [
                (
                    Source("picture", f"Page {page.number}", of=source.name, page=page.number),
                    p,
                    s,
                    "",
                )
                for page, p, s in scans
            ]
            first = [attached.stored(about, original)]
            return self._settle(source, found, first, done, failed)

        request = partial(ReadDocument, name=source.name, longest=LONGEST, preview=LONGEST)
        self._ask(source.name, original, request, got, failed, keep=Scans(most))

    def film(self, source: Source, count: int, done: Got, failed: FailedBy) -> None:
        def got(events: list[Event]) -> None:
            frames = framed(events)
            if not frames:
                return failed(NO_PICTURES)
            found = [
                (Source("picture", attached.clock(f.at), of=source.name, at=f.at), p, s, "")
                for f, p, s in frames
            ]
            return self._settle(source, found, [], done, failed)

        self._film.read(Path(source.path), count, got, failed)

    def let_go(self, source: Source) -> None:
        """Nobody waits for this film any more."""
        self._film.drop(Path(source.path))

    def _ask(
        self,
        name: str,
        original: str,
        request: Callable[[bytes], Any],
        got: Callable[[list[Event]], None],
        failed: FailedBy,
        keep: Callable[[Event], bool] = lambda _: True,
    ) -> None:
        def read(data: bytes) -> None:
            self._media.ask(request(data), gathering(got, failed, keep))

        file = self._store.attachment(original)
        self._background.run(
            lambda _: file.read_bytes(), read, lambda error: failed(_gone(name, error))
        )

    def _settle(
        self,
        source: Source,
        found: Sequence[tuple[Source, Pixels, Preview | None, str]],
        first: list[StoredPart],
        done: Got,
        failed: FailedBy,
    ) -> None:
        """Keep the previews and give every picture its name. Without an original (a page, a
        frame) the preview is it: it is as large as what the model gets."""

        def work(_: Any) -> Read:
            read = Read()
            read.parts += first
            for one, pixels, small, original in found:
                kept = self._store.add_attachment(small.data) if small else ""
                name = hash_of(pixels)
                about = AboutPicture(
                    *(one.name, pixels.whole_width, pixels.whole_height, pixels.format, name),
                    *((pixels.width, pixels.height), one.box, one.of, one.page, one.at),
                    note=pixels.note,
                )
                read.parts.append(attached.stored(about, original or kept))
                if kept:
                    read.parts.append(StoredPart(attached.PREVIEW, "", kept))
                read.pixels[name] = pixels
            return read

        self._background.run(work, done, partial(_said, source.name, failed))


class Films(QObject):
    """Films one after another: the engine is opened with each."""

    def __init__(self, link: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._jobs = link, Jobs(link, parent=self)
        self._waiting: list[tuple[Path, int, Callable[[list[Event]], None], FailedBy]] = []
        self._now: Path | None = None

    def read(
        self, path: Path, count: int, got: Callable[[list[Event]], None], failed: FailedBy
    ) -> None:
        self._waiting.append((path, count, got, failed))
        self._next()

    def drop(self, path: Path) -> None:
        self._waiting = [one for one in self._waiting if one[0] != path]
        if self._now == path:
            self._link.unload()

    def _next(self) -> None:
        if self._now is not None or not self._waiting:
            return None
        path, count, got, failed = self._waiting.pop(0)
        self._now = path
        if not path.is_file():
            return self._over(partial(failed, _gone(path.name)))
        options = registry.all_specs()[FILM_ENGINE].options()
        self._link.open(FILM_ENGINE, path, options)
        over = gathering(
            lambda events: self._over(partial(got, events)),
            lambda why: self._over(partial(failed, why)),
        )
        return self._jobs.ask(ReadFrames(count, LONGEST, LONGEST), over)

    def _over(self, tell: Callable[[], None]) -> None:
        self._now = None
        self._link.unload()
        tell()
        self._next()


class Scans:
    """Which events of a document are kept: pictures of the first pages only, as they are large."""

    def __init__(self, most: int) -> None:
        self._left = most

    def __call__(self, event: Event) -> bool:
        if isinstance(event, Page) and event.scan:
            self._left -= 1
        return self._left >= 0 or isinstance(event, Page | Loaded)


WHOLE = (0.0, 0.0, 1.0, 1.0)


def gathering(
    got: Callable[[list[Event]], None],
    failed: FailedBy,
    keep: Callable[[Event], bool] = lambda _: True,
) -> Callable[[Event], None]:
    events: list[Event] = []

    def hears(event: Event) -> None:
        if isinstance(event, Done):
            got(events)
        elif isinstance(event, ENDINGS):
            failed(trouble(event))
        elif keep(event):
            events.append(event)

    return hears


def scanned(events: list[Event]) -> list[tuple[Page, Pixels, Preview]]:
    return _grouped(events, lambda event: isinstance(event, Page) and event.scan)


def framed(events: list[Event]) -> list[tuple[Frame, Pixels, Preview]]:
    return _grouped(events, lambda event: isinstance(event, Frame))


def _grouped(events: list[Event], begins: Callable[[Event], bool]) -> list[Any]:
    """What begins a picture, with the Pixels and the Preview that follow it."""
    found: list[Any] = []
    for place, event in enumerate(events):
        if begins(event):
            after = events[place + 1 : place + 3]
            pixels = next((e for e in after if isinstance(e, Pixels)), None)
            small = next((e for e in after if isinstance(e, Preview)), None)
            if pixels and small:
                found.append((event, pixels, small))
    return found


def fitting(name: str, pages: Sequence[Page], room: int) -> AboutDocument:
    """As many whole pages as there is room for; of a single one that is too long its beginning."""
    of = max(page.of for page in pages)
    texts = [f"[Page {p.number}]\n{p.text}" if of > 1 else p.text for p in pages if p.text.strip()]
    kept, used = [], 0
    for text in texts:
        if room and used + len(text) > room:
            break
        kept.append(text)
        used += len(text) + 2
    note = ""
    if len(kept) < len(texts):
        if not kept:
            kept, note = [texts[0][:room]], "Only the beginning fits this model."
        else:
            note = f"The first {len(kept)} of {of} pages fit this model."
    return AboutDocument(name, of, "\n\n".join(kept), note)


def joined(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def hash_of(pixels: Pixels) -> str:
    """The name of a picture for models: its size and every pixel."""
    seen = hashlib.sha256(f"{pixels.width}x{pixels.height}:".encode())
    seen.update(pixels.rgb)
    return seen.hexdigest()


def sorted_out(path: Path) -> str:
    """picture, document, film or sound. Raises ParleyError for what nothing here can read."""
    head = beginning(path)
    if not (role := kinds.role(head, path.name)):
        raise kinds.refused(kinds.what(head), kinds.DOCUMENT)
    return role


def beginning(path: Path) -> bytes:
    if path.is_dir():
        raise ParleyError(f"{path.name} is a folder.", "Attach the files in it.")
    try:
        with path.open("rb") as file:
            return file.read(kinds.HEAD)
    except OSError as error:
        raise ParleyError(*_words_gone(path.name), str(error)) from error


def whole(path: Path) -> bytes:
    """Raises ParleyError in words."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            words = f"{path.name} has {size / 1e6:,.0f} MB; Parley reads up to 60 MB."
            raise ParleyError(words, "Make it smaller, or attach a part of it.")
        return path.read_bytes()
    except OSError as error:
        raise ParleyError(*_words_gone(path.name), str(error)) from error


def _words_gone(name: str) -> tuple[str, str]:
    return f"{name} could not be read.", "Is it still there?"


def _gone(name: str, error: Exception | None = None) -> Failed:
    return Failed(*_words_gone(name), str(error or ""))


def _said(name: str, failed: FailedBy, error: Exception) -> None:
    if isinstance(error, ParleyError):
        failed(Failed(error.message, error.hint, error.detail))
    else:
        failed(Failed(f"{name} could not be kept.", AGAIN, str(error)))
