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


@cache
def reader() -> Callable[[bytes, int], Iterator[Event]]:
    import codecs

    from charset_normalizer.constant import IANA_SUPPORTED

    for name in IANA_SUPPORTED:  # whichever it is written in: no module can be read later
        codecs.lookup(name)
    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    data = data[:HEAD]
    if texts.kind_of(data, ""):
        raise ParleyError(BINARY, HINT)
    yield Text().page(1, 1, texts.decoded(data).text)
