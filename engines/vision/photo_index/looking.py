"""Photos of a folder as plain pixels, with what their camera says of when they were taken.

They are decoded in processes of their own (engines/media/apart.py), several by each; a photo that
ends its process is tried once more alone, and is then one that cannot be read.
"""

import io
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from engines.errors import ParleyError
from engines.media import apart, pictures, previews
from engines.media.apart import Apart, Bounds
from engines.media.kinds import LARGEST
from engines.messages import Event, Photo, Pixels, Progress
from engines.vision.photo_index.walking import path_of

LONGEST = 480  # pixels of a side that eyes get to see; a quarter of what most cameras make
THUMB = 256  # pixels of the longer side of the small picture
QUALITY = 84
SECONDS = 20  # of computing a photo may take; so many together, and 2 more for each further one
MEMORY = 1 << 30  # bytes
TAKEN, ORIGINAL, EXIF = 0x0132, 0x9003, 0x8769  # tags: when it was changed, taken; where these lie


class Looked(NamedTuple):
    """A photo; sizes in pixels, upright. taken in seconds of the camera's clock, 0: unknown."""

    width: int  # of what eyes see
    height: int
    rgb: bytes
    whole_width: int
    whole_height: int
    taken: int
    size: int  # of the file, bytes
    modified: int  # ns
    thumb: bytes  # JPEG


class Looker:
    """Works only while it is iterated; stop ends the process that decodes."""

    together = 16 if apart.DIVIDES else 1

    def __init__(self) -> None:
        self._apart = Apart()
        pictures.prepare()

    def stop(self) -> None:
        """Called from another thread."""
        self._apart.stop()

    def look(self, paths: Sequence[bytes]) -> Iterator[tuple[int, Looked | None]]:
        """(place in paths, what it is), in order; None where it cannot be read."""
        start = 0
        while start < len(paths):
            at = start
            try:
                for place, looked in self._together(paths[start:]):
                    at = start + place + 1
                    yield start + place, looked
                return
            except ParleyError:  # at is the one that ended it
                if len(paths) > 1:
                    yield from ((at, looked) for _, looked in self.look([paths[at]]))
                else:
                    yield at, None
                start = at + 1

    def _together(self, paths: Sequence[bytes]) -> Generator[tuple[int, Looked | None]]:
        files = tuple(path_of(one) for one in paths)
        bounds = Bounds("picture", SECONDS + 2 * (len(paths) - 1), MEMORY, files)
        about = Photo(0, b"")
        for event in self._apart.run(lambda: decode(paths), bounds):
            match event:
                case Photo(width=0):
                    yield event.key, None
                case Photo():
                    about = event
                case Pixels():
                    yield about.key, looked(event, about)


def decode(paths: Iterable[bytes]) -> Iterator[Event]:
    """In the process of its own: for each a Photo and its Pixels, or a Photo without a width.

    key is the place in paths; path holds the size and time of the file.
    """
    for place, path in enumerate(paths):
        yield Progress("looking", place, 0)
        try:
            data, about = read(path)
            pixels = pictures.decoded(data, LONGEST)
        except (ParleyError, OSError):
            yield Photo(place, b"")
            continue
        facts = f"{about.st_size} {about.st_mtime_ns}".encode()
        whole = pixels.whole_width, pixels.whole_height
        yield Photo(place, facts, *whole, taken(data))
        yield pixels


def read(path: bytes) -> tuple[bytes, os.stat_result]:
    """A plain file of a size that is decoded; opening it never waits, whatever it became."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        about = os.fstat(file.fileno())
        if about.st_size > LARGEST:
            raise ParleyError("This file is too large to be looked at.")
        return file.read(LARGEST + 1), about


def taken(data: bytes) -> int:
    """Seconds of the camera's clock since 1970; 0 where it does not say."""
    from PIL import Image

    with suppress(Exception), Image.open(io.BytesIO(data)) as image:
        exif: Any = image.getexif()
        said = exif.get_ifd(EXIF).get(ORIGINAL) or exif.get(TAKEN)
        when = datetime.fromisoformat(str(said)[:19].replace(":", "-", 2)).replace(tzinfo=UTC)
        if 1900 < when.year < 2200:
            return int(when.timestamp())
    return 0


def looked(pixels: Pixels, about: Photo) -> Looked:
    """Outside of that process: nothing it says is trusted but as numbers and colours."""
    size, modified = map(int, about.path.split())
    about_it = (about.width, about.height, about.taken, size, modified)
    return Looked(pixels.width, pixels.height, pixels.rgb, *about_it, thumb(pixels))


def thumb(pixels: Pixels) -> bytes:
    from PIL import Image

    fits = pixels.width * pixels.height * 3 == len(pixels.rgb)
    if not fits or not 0 < max(pixels.width, pixels.height) <= LONGEST:
        raise ParleyError("This picture is damaged.", "", f"{pixels.width} × {pixels.height}")
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb)
    file = io.BytesIO()
    previews.smaller(image, THUMB).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
