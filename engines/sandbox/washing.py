"""Pictures of strangers: decoded in a cell that has no files, and written anew outside of it.

What comes out of that cell is nothing but colours, so a decoder that was taken over can show
other colours and do no more.
"""

import io
from typing import NamedTuple

import msgspec

from engines.messages import ToolPicture
from engines.sandbox.cell import Cell, read, readable
from engines.sandbox.script import Drawn

PIXELS = 20_000_000  # of a picture that is decoded at all
SIDE = 2048  # pixels of a picture that is kept
TITLE = 200  # characters
MODE, CHANNELS = "RGB", 3


class Colours(NamedTuple):
    width: int
    height: int
    data: bytes


def washed(cell: Cell, drawn: list[Drawn]) -> list[ToolPicture]:
    """Those that could be read."""
    if not drawn:
        return []
    most = len(drawn) * (SIDE * SIDE * CHANNELS + 100)
    data = [one.data for one in drawn]
    outcome = cell.run(lambda: msgspec.msgpack.encode([*map(decoded, data)]), most=most)
    found = read(outcome.answer, list[Colours | None]) or []
    pairs = zip(found, drawn, strict=False)
    return [written(colours, one.title) for colours, one in pairs if colours and whole(colours)]


def decoded(data: bytes) -> Colours | None:
    """In the cell; None for what cannot be read."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        if picture.width * picture.height > PIXELS:
            return None
        picture = picture.convert("RGBA")
    except Exception:  # a decoder may raise anything
        return None
    picture.thumbnail((SIDE, SIDE))
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return Colours(*picture.size, paper.convert(MODE).tobytes())


def whole(colours: Colours) -> bool:
    width, height, data = colours
    return 0 < width <= SIDE and 0 < height <= SIDE and len(data) == width * height * CHANNELS


def written(colours: Colours, title: str) -> ToolPicture:
    from PIL import Image

    file = io.BytesIO()
    size = colours.width, colours.height
    Image.frombytes(MODE, size, colours.data).save(file, "PNG")
    return ToolPicture(file.getvalue(), *size, readable(title)[:TITLE])
