"""Pictures of strangers as plain colours: upright, in sRGB, on white, no larger than asked."""

import io
import math
import re
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from engines.errors import ParleyError
from engines.media import drawings, kinds
from engines.media.kinds import What
from engines.messages import Pixels
from engines.senses import Box

MEGAPIXELS = 50  # of a picture that is decoded at all
LONGEST = 4096  # pixels of a side of what is handed on: more would not fit a message
THINNEST = 200  # times as long as wide
PROFILE = 4 << 20  # bytes of a colour profile that is believed
FRAMES = ("GIF", "WEBP", "AVIF", "HEIF", "PNG")  # that know how many pictures they hold
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

SMALLER = "Make it smaller, or cut out the part you want to ask about."
BROKEN = "This picture is damaged and cannot be shown."
AGAIN = "Save or download it again."
EMPTY = "This file is empty."

# orientation of EXIF -> (PIL.Image.Transpose, where an upright box lies in the picture as stored)
TURNS = {
    2: ("FLIP_LEFT_RIGHT", lambda a, b, c, d: (1 - c, b, 1 - a, d)),
    3: ("ROTATE_180", lambda a, b, c, d: (1 - c, 1 - d, 1 - a, 1 - b)),
    4: ("FLIP_TOP_BOTTOM", lambda a, b, c, d: (a, 1 - d, c, 1 - b)),
    5: ("TRANSPOSE", lambda a, b, c, d: (b, a, d, c)),
    6: ("ROTATE_270", lambda a, b, c, d: (b, 1 - c, d, 1 - a)),
    7: ("TRANSVERSE", lambda a, b, c, d: (1 - d, 1 - c, 1 - b, 1 - a)),
    8: ("ROTATE_90", lambda a, b, c, d: (1 - d, a, 1 - b, c)),
}


def prepare() -> None:
    """Import what opens a picture, so that no file is looked for later."""
    import pillow_heif
    from PIL import (  # noqa: F401
        AvifImagePlugin,
        IcoImagePlugin,
        Image,
        ImageCms,
        MpoImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    Image.preinit()
    PngImagePlugin.MAX_TEXT_CHUNK = PROFILE
    drawings.prepare()
    pillow_heif.register_heif_opener()
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 500_000  # Pillow raises at twice that: in nested ones too


def decoded(data: bytes, longest: int, box: Box = WHOLE, fonts: Path | None = None) -> Pixels:
    """fonts: the folder of those a drawing is written in.

    Raises ParleyError for what is refused, and whatever a decoder raises.
    """
    if not data:
        raise ParleyError(EMPTY, AGAIN)
    found, longest, box = kinds.what(data), min(longest, LONGEST), checked(box)
    if found.name == "GZIP":
        data = drawings.unpacked(data)
        found = kinds.what(data)
    if found.role != kinds.PICTURE:
        raise kinds.refused(found, kinds.PICTURE)
    if found.name == "SVG":
        return _drawn(data, longest, box, fonts)
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=[found.name]) as image:
            return _read(image, found, longest, box)
    except Image.DecompressionBombError as error:
        pixels = re.search(r"\d+", str(error))  # Pillow looks before we can
        raise too_many(int(pixels[0]) if pixels else 0, str(error)) from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ParleyError(BROKEN, AGAIN, f"{found.name}: {error}"[:500]) from error


def pixels(image: Any, whole: tuple[int, int], format: str, note: str = "") -> Pixels:
    """Of an image in RGB; whole: the size it had in the file."""
    return Pixels(image.width, image.height, image.tobytes(), whole[0], whole[1], format, note)


def checked(box: Box) -> Box:
    left, top, right, bottom = (min(1.0, max(0.0, side)) for side in box)
    if not (left < right and top < bottom):
        raise ParleyError("This part of the picture is empty.", "Draw a larger box.", repr(box))
    return left, top, right, bottom


def too_many(count: int, detail: str = "") -> ParleyError:
    has = f"{math.ceil(count / 1e6):,} megapixels" if count < 1e11 else "far too many pixels"
    return ParleyError(f"This picture has {has}; Parley reads up to {MEGAPIXELS}.", SMALLER, detail)


def check_shape(width: int, height: int) -> None:
    """Of the part that is asked for, in pixels."""
    if max(width, height) > THINNEST * min(width, height):
        long = "wide" if width > height else "high"
        words = (
            f"This picture is {width:,} × {height:,} pixels: too {long} for its size to be seen."
        )
        raise ParleyError(words, "Cut out the part you want to ask about.")


def _read(image: Any, found: What, longest: int, box: Box) -> Pixels:
    from PIL import Image

    if image.width * image.height > MEGAPIXELS * 1_000_000:
        raise too_many(image.width * image.height)
    turn = _turn(image, found)
    stored = turn[1](*box) if turn else box
    whole = _part(image.size, stored)
    width, height = whole[2] - whole[0], whole[3] - whole[1]
    check_shape(width, height)
    share = min(1.0, longest / max(width, height))
    size = max(1, round(width * share)), max(1, round(height * share))
    if share < 1:  # JPEG: decoded at a half, quarter or eighth where that is enough
        image.draft(None, (round(image.width * share * 2), round(image.height * share * 2)))
    image.load()
    note = _frames(image, found)
    plain = _simple(image)
    part = _part(plain.size, stored)
    if plain.size != size or part != (0, 0, *size):
        plain = plain.resize(size, Image.Resampling.LANCZOS, box=part, reducing_gap=3.0)
    plain = _on_white(_standard(plain, image.info.get("icc_profile")))
    if turn:
        plain = plain.transpose(Image.Transpose[turn[0]])
        if turn[0] not in ("FLIP_LEFT_RIGHT", "ROTATE_180", "FLIP_TOP_BOTTOM"):
            width, height = height, width
    return pixels(plain, (width, height), found.name, note)


def _drawn(data: bytes, longest: int, box: Box, fonts: Path | None) -> Pixels:
    """Of a part of a drawing more can be seen than of the whole."""
    share = max(box[2] - box[0], box[3] - box[1])
    side = min(round(longest / share), LONGEST) if share < 1 else min(longest, drawings.SIDE)
    image = drawings.rendered(data, side, fonts)
    part = image.crop(_part(image.size, box))
    check_shape(*part.size)
    part.thumbnail((longest, longest))
    grown = max(1.0, drawings.SIDE / max(image.size))
    whole = round(part.width * grown), round(part.height * grown)
    return pixels(_on_white(part), whole if share == 1 else part.size, "SVG")


def _turn(image: Any, found: What) -> Any:
    """How the picture is to be turned; None: it stands upright already."""
    if found.name == "TIFF":  # Pillow turns these itself
        return None
    with suppress(Exception):  # metadata that cannot be read is not there
        return TURNS.get(image.getexif().get(0x0112))
    return None


def _part(size: tuple[int, int], box: Box) -> tuple[int, int, int, int]:
    """The pixels a box touches, at least one."""
    (width, height), (left, top, right, bottom) = size, box
    x, y = min(int(left * width), width - 1), min(int(top * height), height - 1)
    return x, y, max(x + 1, round(right * width)), max(y + 1, round(bottom * height))


def _frames(image: Any, found: What) -> str:
    """A note where there is more than the picture that is shown."""
    with suppress(Exception):
        if found.name == "TIFF":  # which would be read to its end to be counted
            image.seek(1)
            return "The first of several pictures."
        if found.name in FRAMES and (count := getattr(image, "n_frames", 1)) > 1:
            return f"The first of {count} pictures."
    return ""


def _simple(image: Any) -> Any:
    """In a mode that can be scaled well: L, LA, RGB, RGBA, CMYK or LAB."""
    mode = image.mode
    if mode in ("P", "PA") or (mode in ("1", "L", "RGB") and "transparency" in image.info):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L")
    if mode in ("I", "F"):
        return _spread(image)
    if mode in ("L", "LA", "RGB", "RGBA", "CMYK", "LAB"):
        return image
    return image.convert("L" if mode == "1" else "RGBA" if mode in ("La", "RGBa") else "RGB")


def _spread(image: Any) -> Any:
    """Numbers without a scale of their own: from the least as black to the largest as white."""
    low, high = image.getextrema()
    if image.mode == "I" and low >= 0 and 255 < high < 65536:
        low, high = 0, 65535
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        low, high = 0, max(1.0, high if math.isfinite(high) else 1.0)
    step = 255 / (high - low)
    return image.point(lambda value: value * step - low * step).convert("L")


def _standard(image: Any, profile: bytes | None) -> Any:
    """In sRGB, as far as the profile can be read."""
    from PIL import ImageCms

    if not profile or len(profile) > PROFILE:
        return image
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    colours = image.convert({"RGBA": "RGB", "LA": "L"}.get(image.mode, image.mode))
    try:
        theirs = ImageCms.getOpenProfile(io.BytesIO(profile))
        ours = ImageCms.createProfile("sRGB")
        made: Any = ImageCms.profileToProfile(colours, theirs, ours, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    if alpha is not None:
        made.putalpha(alpha)
    return made


def _on_white(image: Any) -> Any:
    from PIL import Image

    if image.mode not in ("RGBA", "LA"):
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return paper
