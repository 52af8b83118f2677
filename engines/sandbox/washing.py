"""Pictures of strangers: decoded in a cell that has no files, and written anew outside of it.

What comes out of that cell is nothing but colours, so a decoder that was taken over can show
other colours and do no more.
"""

import io
from typing import NamedTuple

import msgspec

from engines.messages import Picture
from engines.sandbox.cell import Cell

PIXELS = 20_000_000  # of a picture that is decoded at all
SIDE = 2048  # pixels of a picture that is kept
MODE, CHANNELS = "RGB", 3


class Colours(NamedTuple):
    width: int
    height: int
    data: bytes


def washed(cell: Cell, pictures: list[bytes]) -> list[Picture]:
    """Those that could be read."""
    if not pictures:
        return []
    answer = cell.run(lambda: msgspec.msgpack.encode(decoded(pictures))).answer
    try:
        found = msgspec.msgpack.decode(answer, type=list[Colours])
    except (msgspec.DecodeError, ValueError):
        return []
    return [written(one) for one in found[: len(pictures)] if whole(one)]


def decoded(pictures: list[bytes]) -> list[Colours]:
    """In the cell."""
    from PIL import Image

    found = []
    for data in pictures:
        try:
            picture = Image.open(io.BytesIO(data), formats=["PNG"])
            if picture.width * picture.height > PIXELS:
                continue
            picture = picture.convert("RGBA")
        except Exception:  # a decoder may raise anything
            continue
        picture.thumbnail((SIDE, SIDE))
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture)
        found.append(Colours(*picture.size, paper.convert(MODE).tobytes()))
    return found


def whole(colours: Colours) -> bool:
    width, height, data = colours
    return 0 < width <= SIDE and 0 < height <= SIDE and len(data) == width * height * CHANNELS


def written(colours: Colours) -> Picture:
    from PIL import Image

    file = io.BytesIO()
    size = colours.width, colours.height
    Image.frombytes(MODE, size, colours.data).save(file, "PNG")
    return Picture(file.getvalue(), *size)
