"""What leaves the engine: pixels as a model wants them, and a small file the window may open.

Both are made from plain colours, outside of the process that read the file.
"""

import io
from collections.abc import Iterator
from typing import Any

from engines.errors import ParleyError
from engines.media.pictures import BROKEN, LONGEST, pixels
from engines.messages import Event, Pixels, Preview

FEW = 256  # colours of a drawing or a screenshot
QUALITY = 85
NEARLY = 1.25  # times as large as the pixels: a preview that is hardly larger is made of them


def needed(longest: int, preview: int) -> int:
    """How large a picture is decoded for both: pixels scaled twice would be less sharp."""
    return preview if preview > NEARLY * longest else longest


def shown(found: Pixels, longest: int, preview: int) -> Iterator[Event]:
    """Pixels of at most longest, and a Preview where one is asked for."""
    from PIL import Image

    size = found.width, found.height
    if not 0 < min(size) <= max(size) <= LONGEST or len(found.rgb) != 3 * size[0] * size[1]:
        raise ParleyError(BROKEN, "", f"{size}, {len(found.rgb)} bytes")
    image = Image.frombytes("RGB", size, found.rgb)
    if max(size) > longest:
        whole = found.whole_width, found.whole_height
        found = pixels(smaller(image, longest), whole, found.format, found.note)
    yield found
    if preview:
        small = smaller(image, preview)
        yield Preview(written(small), *small.size)


def smaller(image: Any, longest: int) -> Any:
    """At most so large; never made larger."""
    from PIL import Image

    share = longest / max(image.size)
    if share >= 1:
        return image
    size = tuple(max(1, round(side * share)) for side in image.size)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def written(image: Any) -> bytes:
    """PNG for what JPEG would blur, where it is not much larger."""
    jpeg = _saved(image, "JPEG", quality=QUALITY)
    if not image.getcolors(FEW):
        return jpeg
    png = _saved(image, "PNG")
    return png if len(png) < 2 * len(jpeg) else jpeg


def _saved(image: Any, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()
