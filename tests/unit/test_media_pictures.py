"""Pictures as plain colours: formats, orientation, colours, boxes and bounds."""

import io

import pytest
from PIL import Image

from engines.errors import ParleyError
from engines.media import pictures
from engines.media.pictures import decoded

pictures.prepare()
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def corners(mode="RGB", size=(64, 48)):
    """Red, green, blue and white quarters, row by row."""
    image = Image.new("RGB", size, WHITE)
    half = size[0] // 2, size[1] // 2
    image.paste(RED, (0, 0, *half))
    image.paste(GREEN, (half[0], 0, size[0], half[1]))
    image.paste(BLUE, (0, half[1], half[0], size[1]))
    return image.convert(mode)


def encoded(image, format="PNG", **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def seen(found):
    """The colours in the middle of the four quarters, as one reads."""
    image = Image.frombytes("RGB", (found.width, found.height), found.rgb)
    across, down = (
        (found.width // 4, found.width * 3 // 4),
        (found.height // 4, found.height * 3 // 4),
    )
    return [image.getpixel((x, y)) for y in down for x in across]


def close(colours, expected, by=12):
    pairs = zip(colours, expected, strict=True)
    return all(abs(a - b) <= by for one, other in pairs for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    "format", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF", "ICO"]
)
def test_every_format_shows_its_colours(format):
    found = decoded(encoded(corners(), format), 1000)
    assert found.format == format
    assert (found.whole_width, found.whole_height) == (found.width, found.height)
    if format != "ICO":
        assert (found.width, found.height) == (64, 48)
        assert close(
            seen(found), [RED, GREEN, BLUE, WHITE], 25 if format in ("AVIF", "HEIF") else 12
        )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_and_so_does_its_box(orientation):
    upright = corners()
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # PIL's transposes that undo an orientation
    stored = upright.transpose(back[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    for format in ("JPEG", "TIFF", "PNG"):
        data = encoded(stored, format, exif=exif)
        found = decoded(data, 1000)
        assert (found.width, found.height, found.whole_width) == (64, 48, 64), format
        assert close(seen(found), [RED, GREEN, BLUE, WHITE]), format
        part = decoded(data, 1000, (0.5, 0.0, 1.0, 0.5))
        assert (part.width, part.height, part.whole_width) == (32, 24, 32), format
        assert close(seen(part), [GREEN] * 4), format


def test_what_is_no_picture_is_named():
    with pytest.raises(ParleyError, match="Photoshop") as caught:
        decoded(b"8BPS" + bytes(100), 100)
    assert "PNG or JPEG" in caught.value.hint
