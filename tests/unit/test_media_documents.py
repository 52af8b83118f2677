"""Documents as text: every format, tables, scans, and bounds."""

import io
import zipfile

import pytest

from engines.errors import ParleyError
from engines.media.documents import bounds, packed, pdf, tables
from engines.media.documents.reading import reader
from engines.messages import Page, Pixels
from tests.data import documents, hostile_media
from tests.data.documents import SCAN, WORDS, written


def read(data, name, longest=100):
    return list(reader(data, name)(data, longest))


def texts(data, name):
    found = read(data, name)
    assert [(one.number, one.of) for one in found] == [
        (n + 1, len(found)) for n in range(len(found))
    ]
    return [one.text for one in found]


@pytest.mark.parametrize("name", documents.ALL)
def test_every_format_is_text_whatever_its_ending_says(name):
    data = documents.ALL[name]()
    assert WORDS in "\n".join(texts(data, name))
    if name not in ("a.html", "a.txt"):
        assert texts(data, "letter.bin") == texts(data, name)


def test_a_word_document_keeps_its_order_headings_and_tables():
    (text,) = texts(documents.docx(), "a.docx")
    parts = ["## Kitchen", WORDS, "- salt", "| thing | a\\|b |", "| --- | --- |", "| kettle | 1 |"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_sheet_is_a_page_and_its_values_are_written_as_people_do():
    sums, aside = texts(documents.xlsx(), "a.xlsx")
    assert (
        f"# Sums\n\n| what | when | sum |\n| --- | --- | --- |\n| {WORDS} | 2026-01-02 | 0.3 |"
        in sums
    )
    assert "|  |  |  |  | 12 |" in sums
    assert "# Aside (hidden)" in aside
    assert "empty" in aside


def test_slides_have_titles_and_notes():
    one, two = texts(documents.pptx(), "a.pptx")
    assert one == f"# Slide 1\n\n{WORDS}\n\nNotes: Say it slowly."
    assert two.startswith("# Slide 2")
    assert "Notes: Say it slowly." in texts(documents.odp(), "a.odp")[0]


def test_repeated_cells_are_not_unrolled_without_end():
    (text,) = texts(documents.ods(repeated=1_000_000_000), "a.ods")
    assert text.count(WORDS) <= tables.ROWS + 1
    assert "rest was left out" in text


def test_a_book_is_read_in_its_order():
    first, last = texts(documents.epub(), "a.epub")
    assert first == f"# First\n{WORDS}"
    assert last == "# Last\nThe end."


def test_rich_text_has_its_letters():
    (text,) = texts(documents.rtf(), "a.rtf")
    assert text == f"{WORDS} bold wörld\n€ {{x}}\N{GRINNING FACE}"


def test_a_page_of_a_pdf_that_is_a_scan_comes_as_a_picture():
    data = documents.pdf(written(WORDS), SCAN, b"", written("2") + b" " + SCAN)
    text, scan, pixels, empty, numbered, _ = read(data, "a.pdf")
    assert text == Page(1, 4, WORDS)
    assert scan == Page(2, 4, "", scan=True)
    assert isinstance(pixels, Pixels)
    assert (pixels.width, pixels.height) == (100, 50)
    left, right = pixels.rgb[3 * 2510 :][:3], pixels.rgb[3 * 2590 :][:3]
    assert (left, right) == (b"\xff\0\0", b"\xff\xff\xff")
    assert empty == Page(3, 4, "")
    assert numbered.scan


def test_so_many_scans_come_as_pictures_and_the_rest_is_told():
    found = read(documents.pdf(*[SCAN] * (pdf.SCANS + 2)), "a.pdf", 20)
    assert sum(isinstance(one, Pixels) for one in found) == pdf.SCANS
    assert "is a scan" in found[-1].text


def test_text_without_end_is_cut_with_a_note(monkeypatch):
    monkeypatch.setattr(bounds, "LARGEST", 50)
    (page,) = read(b"word " * 1000, "a.txt")
    assert page.text.startswith("word word")
    assert page.text.endswith("(The rest of this document was left out: it is too long.)")
    assert len(page.text) < 200
    first, second = read(documents.pdf(*[written("x" * 30)] * 5), "a.pdf")
    assert second.text.endswith("too long.)")
    assert first.of == 5


def test_a_reader_that_takes_too_long_gives_what_it_has(monkeypatch):
    monkeypatch.setattr(bounds, "SECONDS", -1.0)
    (page,) = read(documents.pdf(*[written(WORDS)] * 5), "a.pdf")
    assert (
        page.text
        == f"{WORDS}\n\n(The rest of this document was left out: it takes too long to read.)"
    )


def locked_pdf():
    encrypt = b"100 0 obj<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -1>>endobj\n" % (
        b"o" * 32,
        b"u" * 32,
    )
    data = documents.pdf(written(WORDS), extra=encrypt)
    return data.replace(b"trailer<<", b"trailer<</Encrypt 100 0 R/ID[(a)(a)]")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.4 nothing", "damaged"),
        (locked_pdf(), "password"),
        (b"PK\x03\x04 nothing", "damaged"),
        (documents.packed({"a.txt": "x"}), "an archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old or locked Office"),
        (bytes(1000), "no text"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"MZ\x90\0" + bytes(60), "a program"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_document_is_said(data, words):
    with pytest.raises(ParleyError, match=words) as caught:
        read(data, "letter.pdf")
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_an_archive_that_unpacks_to_too_much_is_not_handed_on(monkeypatch):
    monkeypatch.setattr(packed, "UNPACKED", 1 << 20)
    file = io.BytesIO(documents.docx())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/a.bin", bytes(2 << 20))
    with pytest.raises(ParleyError, match="unpacks to more than"):
        read(file.getvalue(), "a.docx")


def test_a_tree_that_would_not_fit_is_not_grown(monkeypatch):
    monkeypatch.setattr(packed, "TAGS", 100)
    with pytest.raises(ParleyError, match="too many parts"):
        read(documents.docx(), "a.docx")
    assert texts(documents.xlsx(), "a.xlsx")


def test_words_in_controls_boxes_and_suggestions_are_read_and_deleted_ones_are_not():
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    again = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    run = "<w:r><w:t>{}</w:t></w:r>"
    box = f"<w:r><w:txbxContent><w:p>{run.format('boxed')}</w:p></w:txbxContent></w:r>"
    body = (
        f"<w:sdt><w:sdtContent><w:p>{run.format('controlled')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:ins>{run.format('added')}</w:ins><w:del><w:r><w:delText>gone</w:delText></w:r>"
        f"</w:del><w:r><w:tab/><w:t>end</w:t></w:r></w:p><w:p><mc:AlternateContent><mc:Choice>{box}"
        f"</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:p>"
    )
    document = f"<w:document {space} {again}><w:body>{body}</w:body></w:document>"
    parts = hostile_media.members("a.docx") | {"word/document.xml": document}
    assert texts(documents.packed(parts), "a.docx") == ["controlled\nadded\tend\n\nboxed"]
