"""Pictures as plain colours: formats, orientation, colours, boxes and bounds."""

import gzip
import io
import re

import numpy
import pytest
from lxml import etree
from PIL import Image, ImageCms

from engines.errors import ParleyError
from engines.media import drawings, pictures
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
    for format in ("JPEG", "TIFF", "PNG", "WEBP", "AVIF"):
        data = encoded(stored, format, exif=exif, lossless=True)
        found = decoded(data, 1000)
        assert (found.width, found.height, found.whole_width) == (64, 48, 64), format
        assert close(seen(found), [RED, GREEN, BLUE, WHITE], 25), format
        part = decoded(data, 1000, (0.5, 0.0, 1.0, 0.5))
        assert (part.width, part.height, part.whole_width) == (32, 24, 32), format
        assert close(seen(part), [GREEN] * 4, 25), format


def test_what_is_no_picture_is_named():
    with pytest.raises(ParleyError, match="Photoshop") as caught:
        decoded(b"8BPS" + bytes(100), 100)
    assert "PNG or JPEG" in caught.value.hint


@pytest.mark.parametrize(
    ("image", "format", "options"),
    [
        (corners("CMYK"), "JPEG", {"quality": 95}),
        (corners("CMYK"), "TIFF", {}),
        (corners("P"), "PNG", {}),
        (corners("P"), "GIF", {}),
        (corners("RGBA"), "WEBP", {"lossless": True}),
        (corners("YCbCr"), "JPEG", {"quality": 95, "progressive": True}),
        (corners("LAB"), "TIFF", {}),
        (corners(), "TIFF", {"compression": "tiff_lzw"}),
        (corners(), "TIFF", {"compression": "jpeg", "quality": 95}),
        (corners(), "TIFF", {"compression": "tiff_adobe_deflate"}),
    ],
)
def test_colours_are_what_they_were_in_every_mode(image, format, options):
    assert close(
        seen(decoded(encoded(image, format, **options), 1000)), [RED, GREEN, BLUE, WHITE], 40
    )


def grey(found):
    return [colour[0] for colour in seen(found)]


def test_sixteen_bits_and_numbers_without_a_scale_are_made_eight():
    quarters = numpy.zeros((40, 40))
    quarters[:20, 20:], quarters[20:, :20], quarters[20:, 20:] = 0.25, 0.5, 1.0
    wide = Image.fromarray((quarters * 65535).astype("uint16"))
    for data in (encoded(wide), encoded(wide, "TIFF")):
        assert grey(decoded(data, 100)) == pytest.approx([0, 64, 128, 255], abs=2)
    real = Image.fromarray((quarters * 7 - 3).astype("float32"))
    assert grey(decoded(encoded(real, "TIFF"), 100)) == pytest.approx([0, 64, 128, 255], abs=2)
    empty = Image.fromarray(numpy.full((9, 9), numpy.nan, "float32"))
    assert decoded(encoded(empty, "TIFF"), 100).width == 9
    one_bit = Image.fromarray(quarters > 0.4)
    assert grey(decoded(encoded(one_bit), 100)) == [0, 0, 255, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode):
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (20, 0, 40, 40))
    image.paste((0, 0, 0, 128), (0, 20, 20, 40))
    expected = [0, 255, 127, 255]
    if mode == "P":
        image, expected = image.convert("P"), [0, 255, 0, 255]
        image.info["transparency"] = image.getpixel((30, 10))
    found = decoded(encoded(image.convert(mode)), 100)
    assert grey(found) == pytest.approx(expected, abs=3)


def swapped():
    """sRGB as a profile, but what is called red is green, and the other way round."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")


def test_colours_of_another_profile_are_made_those_of_a_screen():
    image = Image.new("RGB", (20, 20), (200, 30, 90))
    for mode, format in (("RGB", "PNG"), ("RGBA", "PNG"), ("RGB", "TIFF"), ("RGB", "WEBP")):
        data = encoded(image.convert(mode), format, icc_profile=swapped(), lossless=True)
        assert close(seen(decoded(data, 100)), [(30, 200, 90)] * 4, 2)
    for profile in (b"nonsense", b"x" * (pictures.PROFILE + 1), swapped()[:200]):
        data = encoded(image, "TIFF", icc_profile=profile)
        assert seen(decoded(data, 100)) == [(200, 30, 90)] * 4


def test_nothing_is_made_larger_and_a_box_is_cut_at_full_resolution():
    image = corners(size=(800, 600))
    image.putpixel((410, 10), (0, 0, 0))
    data = encoded(image)
    assert decoded(data, 5000).width == 800
    small = decoded(data, 80)
    assert (small.width, small.height, small.whole_width, small.whole_height) == (80, 60, 800, 600)
    part = decoded(data, 80, (0.5, 0.0, 0.6, 0.1))
    assert (part.width, part.height, part.whole_width, part.whole_height) == (80, 60, 80, 60)
    assert part.rgb[3 * (10 * 80 + 10) :][:3] == bytes(3)
    for box in ((0.99999, 0.99999, 1.0, 1.0), (-4.0, -4.0, 9.0, 9.0)):
        assert decoded(data, 80, box).width
    with pytest.raises(ParleyError, match="empty"):
        decoded(data, 80, (0.4, 0.4, 0.4, 0.5))
    nan = float("nan")
    with pytest.raises(ParleyError, match="empty"):
        decoded(data, 80, (nan, nan, nan, nan))


def test_a_photo_is_decoded_no_larger_than_needed(monkeypatch):
    sizes = []
    simple = pictures._simple
    monkeypatch.setattr(
        pictures, "_simple", lambda image: sizes.append(image.size) or simple(image)
    )
    photo = encoded(corners(size=(1600, 1200)), "JPEG", quality=95)
    assert close(seen(decoded(photo, 100)), [RED, GREEN, BLUE, WHITE])
    part = decoded(photo, 100, (0.5, 0.0, 1.0, 0.5))
    assert (part.width, part.whole_width) == (100, 800)
    assert close(seen(part), [GREEN] * 4)
    assert sizes == [(200, 150), (400, 300)]


def test_several_pictures_are_told_of():
    frames = [corners(), *(Image.new("RGB", (64, 48), one) for one in ("black", "grey"))]
    for format in ("GIF", "WEBP", "PNG", "AVIF"):
        data = encoded(frames[0], format, save_all=True, append_images=frames[1:])
        found = decoded(data, 100)
        assert found.note == "The first of 3 pictures.", format
        assert close(seen(found), [RED, GREEN, BLUE, WHITE], 40), format
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert decoded(data, 100).note == "The first of several pictures."
    assert decoded(encoded(corners()), 100).note == ""


class TestBounds:
    def test_too_many_pixels_are_refused_before_they_are_decoded(self):
        data = encoded(Image.new("1", (8000, 6300)))
        with pytest.raises(ParleyError, match="51 megapixels; Parley reads up to 50") as caught:
            decoded(data[:60] + bytes(100), 100)
        assert "cut" in caught.value.hint

    def test_a_shape_of_which_nothing_would_be_seen_is_said(self):
        data = encoded(Image.new("1", (100, 30_000)))
        with pytest.raises(ParleyError, match="100 × 30,000 pixels"):
            decoded(data, 1568)
        assert decoded(data, 1568, (0.0, 0.0, 1.0, 0.01)).height == 300
        assert decoded(encoded(Image.new("1", (100, 3000))), 100).width == 3

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (b"%!PS-Adobe", "PostScript"),
            (b"SIMPLE  =   T", "FITS"),
            (b"MZ\x90", "a program"),
            (b"%PDF-1.4", r"a document \(PDF\)"),
            (b"\0\0\0\x18ftypisom", r"a film \(MP4\)"),
            (b"\0\0\0\x18ftypcrx ", "raw photo"),
            (b"RIFF\0\0\0\0WAVE", "sound"),
            (b"<!DOCTYPE html><html><svg/>", "not a picture"),
            (b"\x1f\x8b\x08\0", "compressed"),
            (gzip.compress(b"text"), "compressed"),
            (b"\x89PNG\r\n\x1a\n", "damaged"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_is_refused_is_named(self, data, words):
        with pytest.raises(ParleyError, match=words) as caught:
            decoded(data, 100)
        assert caught.value.hint


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" %s>%s</svg>'
RECTANGLES = (
    b'<rect width="32" height="24" fill="red"/><rect x="32" width="32" height="24" fill="green"/>'
    b'<rect y="24" width="32" height="24" fill="blue"/>'
)


class TestDrawings:
    def test_a_drawing_is_as_large_as_asked_for_and_sharp_in_a_box(self):
        data = DRAWING % (b'width="64" height="48"', RECTANGLES)
        for whole in (data, b"<?xml version='1.0'?><!-- svg -->\n" + data, gzip.compress(data)):
            found = decoded(whole, 400)
            assert (found.width, found.height, found.format) == (400, 300, "SVG")
            assert seen(found) == [RED, GREEN, BLUE, WHITE]
        part = decoded(data, 400, (0.5, 0.0, 1.0, 0.5))
        assert (part.width, part.height) == (400, 300)
        assert seen(part) == [GREEN] * 4

    def test_what_lies_outside_or_runs_is_taken_out(self):
        root = etree.fromstring(
            DRAWING
            % (
                b'xmlns:xlink="http://www.w3.org/1999/xlink"',
                b'<script>1</script><image href="http://a/b.png"/><image href="/etc/b.png"/>'
                b'<image xlink:href="file:///b.png"/><image href="data:image/svg+xml,x"/>'
                b'<image href="data:image/png;base64,eA=="/><use href="#a"/><foreignObject/>',
            )
        )
        drawings.clean(root)
        left = etree.tostring(root).decode()
        assert "script" not in left and "foreign" not in left
        assert re.findall(r'href="([^"]*)', left) == [
            "data:image/png;base64,eA==",
            "#a",
        ]

    def test_one_that_draws_itself_without_end_is_refused(self):
        uses = b"".join(
            b'<g id="g%d">%s</g>' % (n, b'<use href="#g%d"/>' % (n - 1) * 10) for n in range(1, 8)
        )
        with pytest.raises(ParleyError, match="too many parts"):
            decoded(DRAWING % (b"", b'<g id="g0"/>' + uses), 100)
        loop = b'<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'
        with pytest.raises(ParleyError, match="damaged"):
            decoded(DRAWING % (b'width="9" height="9"', loop), 100)
