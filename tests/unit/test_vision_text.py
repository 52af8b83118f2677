"""Text in pictures is read right, in the order in which people read it."""

from pathlib import Path

import pytest

from app import paths
from engines.errors import ParleyError
from engines.messages import Describe, Lines, Look, ReadText
from engines.senses import Line
from engines.vision import ocr
from engines.vision.order import as_one_reads

SAID = ("Invoice No. 20481", "Total 1,249.50 EUR")


def fonts():
    import matplotlib

    theirs = Path(matplotlib.get_data_path(), "fonts/ttf")
    ours = paths.resource("fonts")
    return {
        "sans": ours / "Inter_400Regular.ttf",
        "bold": ours / "Inter_700Bold.ttf",
        "code": ours / "JetBrainsMono_400Regular.ttf",
        "serif": theirs / "DejaVuSerif.ttf",
        "italic": theirs / "STIXGeneralItalic.ttf",
        "roman": theirs / "cmr10.ttf",
    }


def drawn(rows, font="sans", size=(420, 300), ink="black", paper="white", letters=26):
    """Rows of (left, top, words) as a picture."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", size, paper)
    pen, face = ImageDraw.Draw(picture), ImageFont.truetype(str(fonts()[font]), letters)
    for left, top, words in rows:
        pen.text((left, top), words, fill=ink, font=face)
    return picture


def look(picture):
    return Look("h", *picture.size, picture.tobytes())


@pytest.fixture(scope="module")
def reader():
    return ocr.create(Path(), ocr.Options(), lambda _: True)


def read(reader, picture):
    return [e for e in reader.run(ReadText(look(picture))) if isinstance(e, Lines)][0].lines


@pytest.mark.parametrize("font", ["sans", "bold", "code", "serif", "italic", "roman"])
def test_printed_words_are_read_letter_by_letter(reader, font):
    lines = read(reader, drawn([(20, 20, SAID[0]), (20, 76, SAID[1])], font))
    assert tuple(one.text for one in lines) == SAID
    assert all(one.sure > 0.85 for one in lines)
    for one, top in zip(lines, (20, 76), strict=True):
        assert 0 <= one.box[0] < 0.1 and one.box[2] > 0.4
        assert abs(one.box[1] * 300 - top) < 12 and one.box[3] > one.box[1]


def test_light_on_dark_and_upside_down(reader):
    dark = drawn([(20, 20, SAID[0])], ink="white", paper="#203040")
    assert [one.text for one in read(reader, dark)] == [SAID[0]]
    turned = drawn([(20, 40, "Total 1,249.50 EUR")]).rotate(180)
    assert [one.text for one in read(reader, turned)] == ["Total 1,249.50 EUR"]


@pytest.mark.parametrize("size", [(1, 1), (8, 900), (900, 6), (40, 40)], ids=str)
def test_nothing_to_read_and_slim_pictures(reader, size):
    from PIL import Image

    assert read(reader, Image.new("RGB", size, "white")) == ()


def test_text_in_a_slim_picture_is_where_it_is(reader):
    strip = drawn([(300, 3, "Exit here")], size=(900, 36))
    [line] = read(reader, strip)
    assert line.text == "Exit here"
    assert line.box[0] == pytest.approx(1 / 3, abs=0.02) and line.box[3] > 0.6


def test_what_is_no_picture_and_what_it_cannot_do(reader):
    with pytest.raises(ParleyError, match="not a picture"):
        list(reader.run(ReadText(Look("h", 5, 5, b"x"))))
    with pytest.raises(ParleyError, match="cannot do that"):
        list(reader.run(Describe(Look("h", 1, 1, b"xxx"))))


def line(text, left, top, right, bottom):
    return Line(text, (left, top, right, bottom), 1.0)


def order(lines):
    return [one.text for one in as_one_reads(lines[::-1])]


def test_columns_are_read_one_after_another_below_their_title():
    title = line("title", 0.1, 0.02, 0.9, 0.06)
    left = [line(f"l{n}", 0.05, 0.1 + 0.05 * n, 0.45, 0.13 + 0.05 * n) for n in range(5)]
    right = [line(f"r{n}", 0.55, 0.1 + 0.05 * n, 0.95, 0.13 + 0.05 * n) for n in range(5)]
    assert order([title, *left, *right]) == [one.text for one in (title, *left, *right)]


def test_rows_of_a_table_stay_rows():
    cells = [
        line(f"{row}{col}", 0.1 + 0.4 * col, 0.1 + 0.1 * row, 0.18 + 0.4 * col, 0.14 + 0.1 * row)
        for row in range(4)
        for col in range(2)
    ]
    assert order(cells) == ["00", "01", "10", "11", "20", "21", "30", "31"]


def test_a_crooked_row_is_read_from_the_left():
    words = [line(str(n), 0.1 + 0.2 * n, 0.5 - 0.004 * n, 0.25 + 0.2 * n, 0.54) for n in range(4)]
    assert order(words) == ["0", "1", "2", "3"]


def test_many_lines_at_one_place_end():
    assert len(as_one_reads([line(str(n), 0.1, 0.1, 0.2, 0.2) for n in range(500)])) == 500
