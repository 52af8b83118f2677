"""PDF: the text of each page; a page without text that shows something is a scan."""

from collections.abc import Callable, Iterator
from typing import Any

from engines.errors import ParleyError
from engines.media.documents.bounds import Text
from engines.media.pictures import pixels
from engines.messages import Event, Pixels

SCANS = 20  # pages that come as pictures
LITTLE = 20  # letters: a page number on a scan does not make it text
PAGES = 20_000
TOO_MANY = "(This page is a scan. Only the first {} are shown as pictures.)"


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    import pypdfium2  # noqa: F401

    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        raise _in_words(error) from error
    if count == 0:
        raise ParleyError("This PDF has no pages.", "Save or download it again.")
    taken, scans = Text(), 0
    for number in range(min(count, PAGES)):
        try:
            page = document[number]
            text, drawn = _text(page), _drawn(page)
        except pypdfium2.PdfiumError:
            yield taken.page(number + 1, count, "(This page is damaged.)")
            continue
        scan = drawn and sum(map(str.isalnum, text)) < LITTLE
        if scan and scans >= SCANS:
            text, scan = f"{text}\n{TOO_MANY.format(SCANS)}", False
        yield taken.page(number + 1, count, text, scan)
        if scan:
            scans += 1
            yield _picture(page, longest)
        page.close()
        if taken.over:
            return


def _in_words(error: Exception) -> ParleyError:
    said = str(error)
    if "assword" in said:
        return ParleyError(
            "This PDF is locked with a password.", "Save it without one and try again.", said
        )
    if "ecurity" in said:
        return ParleyError("This PDF is locked in a way Parley does not know.", "", said)
    return ParleyError("This PDF is damaged and cannot be read.", "Download it again.", said)


def _text(page: Any) -> str:
    text = page.get_textpage()
    try:
        return text.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "")
    finally:
        text.close()


def _drawn(page: Any) -> bool:
    return next(iter(page.get_objects(max_depth=1)), None) is not None


def _picture(page: Any, longest: int) -> Pixels:
    """The page as it would be printed."""
    width, height = page.get_size()
    scale = longest / max(width, height)
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
    image = bitmap.to_pil().convert("RGB")
    made = pixels(image, image.size, "PDF")
    bitmap.close()
    return made
