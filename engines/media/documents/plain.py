"""Text files, in whatever encoding they were written."""

from collections.abc import Callable, Iterator
from functools import cache

from engines.errors import ParleyError
from engines.media.documents.bounds import LARGEST, Text
from engines.messages import Event
from engines.tools import texts

HEAD = 4 * LARGEST  # bytes: more text than that is not taken
BINARY = "This file holds no text that can be read."
HINT = "Save it as PDF, text or a picture."


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    return pages


@cache
def prepare_encodings() -> None:
    """Whichever a text is written in: no module can be read later."""
    import codecs

    from charset_normalizer.constant import IANA_SUPPORTED

    for name in IANA_SUPPORTED:
        codecs.lookup(name)


def pages(data: bytes, longest: int) -> Iterator[Event]:
    data = data[:HEAD]
    if texts.kind_of(data, ""):
        raise ParleyError(BINARY, HINT)
    yield Text().page(1, 1, texts.decoded(data).text)
