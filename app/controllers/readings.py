"""What engines say of a file, put together: pages that fit, pictures with what they are of."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from app.controllers.attached import AboutDocument
from app.controllers.jobs import trouble
from engines.messages import (
    ENDINGS,
    Done,
    Event,
    Failed,
    Frame,
    Loaded,
    Page,
    Pcm,
    Pixels,
    Preview,
)

FailedBy = Callable[[Failed], None]
Got = Callable[[list[Event]], None]


class Scans:
    """Which events of a document are kept: pictures of the first pages only, as they are large."""

    def __init__(self, most: int) -> None:
        self._left = most

    def __call__(self, event: Event) -> bool:
        if isinstance(event, Page) and event.scan:
            self._left -= 1
        return self._left >= 0 or isinstance(event, Page | Loaded)


def gathering(
    got: Got,
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


def scanned(events: list[Event]) -> list[tuple[Page, tuple[Pixels, Preview]]]:
    return _grouped(events, lambda event: isinstance(event, Page) and event.scan)


def framed(events: list[Event]) -> list[tuple[Frame, tuple[Pixels, Preview]]]:
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
                found.append((event, (pixels, small)))
    return found


def document_of(name: str, events: list[Event], room: int) -> AboutDocument:
    """What a turn holds of a document; room for so many characters."""
    pages = [event for event in events if isinstance(event, Page)]
    about = fitting(name, pages, room)
    shown, count = len(scanned(events)), sum(page.scan for page in pages)
    if shown < count:
        note = f"The first {shown} of {count} pages that are pictures."
        return AboutDocument(about.name, about.pages, about.text, joined(about.note, note))
    return about


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


def hash_of(given: Pixels | Pcm) -> str:
    """The name of a picture or a sound for models: its shape, and every pixel or sample."""
    if isinstance(given, Pcm):
        seen = hashlib.sha256(f"{given.rate}:".encode())
        seen.update(given.pcm)
    else:
        seen = hashlib.sha256(f"{given.width}x{given.height}:".encode())
        seen.update(given.rgb)
    return seen.hexdigest()
