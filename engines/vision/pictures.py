"""Pictures on their way into a model: checked, brought to its size, and their colours named."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engines.errors import ParleyError
from engines.messages import Look
from engines.vision.folders import Preparing

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

    Array = numpy.ndarray[Any, Any]

MOST = 50_000_000  # pixels
LONGEST_SHAPE = 8  # times as long as it is wide; of what is longer the middle is looked at
SMALL = 64  # pixels of the side on which colours are counted
LEAST = 0.04  # share of a colour that is named
PREVAILS = 0.6  # of the pixels of a thing have its colour


def checked(look: Look) -> Look:
    """Raises ParleyError where it is no picture."""
    pixels = look.width * look.height
    if look.width < 1 or look.height < 1 or pixels > MOST or len(look.rgb) != 3 * pixels:
        detail = f"{look.width} × {look.height}, {len(look.rgb)} bytes"
        raise ParleyError("This is not a picture Parley can look at.", "Try another one.", detail)
    return look


def image(look: Look) -> "Image":
    from PIL import Image

    return Image.frombuffer("RGB", (look.width, look.height), checked(look).rgb)


def prepare(pictures: Sequence[Look], how: Preparing) -> "Array":
    """Pictures as the model wants them: float32, (count, 3, height, width)."""
    import numpy

    rows = [numpy.asarray(_fitted(image(one), how), dtype="f4") for one in pictures]
    mean, std = (numpy.array(n, "f4") for n in (how.mean, how.std))
    scaled = (numpy.stack(rows) / numpy.float32(255) - mean) / std
    return numpy.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def _fitted(picture: "Image", how: Preparing) -> "Image":
    """As open_clip's own transform does it."""
    from PIL import Image

    size = (how.width, how.height)
    filters = Image.Resampling
    kind = filters.BILINEAR if how.interpolation == "bilinear" else filters.BICUBIC
    if how.resize == "squash":
        return picture.resize(size, kind)
    picture = _not_too_long(picture)
    shares = picture.width / size[0], picture.height / size[1]
    if how.resize == "shortest" and size[0] == size[1]:
        short = min(picture.size)
        wanted = tuple(size[0] if n == short else int(size[0] * n / short) for n in picture.size)
    else:
        ratio = max(shares) if how.resize == "longest" else min(shares)
        wanted = tuple(max(1, round(n / ratio)) for n in picture.size)
    return _middle(picture.resize((wanted[0], wanted[1]), kind), size, how.fill)


def _not_too_long(picture: "Image") -> "Image":
    width, height = picture.size
    longest = LONGEST_SHAPE * min(width, height)
    wide, high = min(width, longest), min(height, longest)
    left, top = (width - wide) // 2, (height - high) // 2
    return picture.crop((left, top, left + wide, top + high))


def _middle(picture: "Image", size: tuple[int, int], fill: int) -> "Image":
    """Cut to size, or surrounded with fill where it is smaller."""
    from PIL import Image

    wide, high = (max(0, size[n] - picture.size[n]) for n in (0, 1))
    if wide or high:
        whole = (picture.width + wide, picture.height + high)
        around = Image.new("RGB", whole, (fill, fill, fill))
        around.paste(picture, (wide // 2, high // 2))
        picture = around
    left, top = (round((picture.size[n] - size[n]) / 2) for n in (0, 1))
    return picture.crop((left, top, left + size[0], top + size[1]))


def colours(look: Look) -> tuple[tuple[str, float], ...]:
    """The names of its main colours, the largest first, with their shares of the picture."""
    import numpy

    small = image(look).reduce(max(1, max(look.width, look.height) // (4 * SMALL)))
    small = small.resize((SMALL, SMALL), 0)  # the nearest: mixed colours are nobody's
    hue, colour, light = (
        numpy.asarray(band, dtype="f4").reshape(-1) for band in small.convert("HSV").split()
    )
    names, counts = numpy.unique(
        _named(hue * 360 / 255, colour / 255, light / 255), False, False, True
    )[:2]
    found = sorted(zip(names, counts / counts.sum(), strict=True), key=lambda one: -one[1])
    return tuple((str(name), float(share)) for name, share in found if share >= LEAST)


def colour_of(pixels: "Array") -> str:
    """The name most of these pixels (uint8 [n, 3], RGB) have; "" where no colour prevails."""
    import numpy
    from PIL import Image

    bands = Image.fromarray(pixels[None]).convert("HSV").split()
    hue, colour, light = (numpy.asarray(band, dtype="f4").reshape(-1) for band in bands)
    names, counts = numpy.unique(
        _named(hue * 360 / 255, colour / 255, light / 255), False, False, True
    )[:2]
    return str(names[counts.argmax()]) if counts.max() > PREVAILS * len(pixels) else ""


def _named(hue: "Array", colour: "Array", light: "Array") -> "Array":
    """The name of each pixel's colour: hue in degrees, saturation and value from 0 to 1."""
    import numpy

    ends = (15, 42, 68, 160, 195, 255, 290, 335)
    wheel = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "red")
    names = numpy.array(wheel, dtype="U9")[numpy.searchsorted(ends, hue)]
    warm = (hue >= 15) & (hue < 50)
    names[warm & (light < 0.65)] = "brown"
    names[warm & (colour < 0.4) & (light >= 0.65)] = "beige"
    names[((hue < 15) | (hue >= 335)) & (colour < 0.55) & (light > 0.75)] = "pink"
    plain = (colour < 0.12) | (light < 0.16)
    for name, least in (("black", 0.0), ("grey", 0.2), ("white", 0.87)):
        names[plain & (light >= least)] = name
    return names
