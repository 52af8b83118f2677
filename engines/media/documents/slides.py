"""PPTX: what is written on each slide, and the notes to it."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from engines.media.documents import packed
from engines.media.documents.bounds import Text
from engines.media.documents.tables import markdown
from engines.messages import Event

DEEPEST = 20  # groups in groups


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    import pptx  # noqa: F401

    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    import pptx

    packed.check(data)
    slides, taken = pptx.Presentation(io.BytesIO(data)).slides, Text()
    if not len(slides):
        yield taken.page(1, 1, "(There are no slides in this file.)")
    for number, slide in enumerate(slides, start=1):
        yield taken.page(number, len(slides), taken.joined(_slide(slide)))
        if taken.over:
            return


def _slide(slide: Any) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        yield f"# {title.text_frame.text}\n"
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None and frame.text.strip():
            yield f"\nNotes: {frame.text}"


def _shape(shape: Any, depth: int = 0) -> Iterator[str]:
    if getattr(shape, "has_table", False):
        yield ""
        yield from markdown([cell.text for cell in row.cells] for row in shape.table.rows)
        yield ""
    elif shape.has_text_frame and shape.text_frame.text.strip():
        yield shape.text_frame.text.replace("\v", "\n")
    elif depth < DEEPEST:
        for inner in getattr(shape, "shapes", ()):
            yield from _shape(inner, depth + 1)
