"""Office documents, books and PDFs, as small as they can be."""

import datetime
import io
import zipfile
from pathlib import Path

FONTS = Path(__file__).parents[2] / "resources/fonts"
WORDS = "The kettle is on the blue shelf."
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"'
)


def packed(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def docx():
    import docx

    document = docx.Document()
    document.add_heading("Kitchen", 2)
    document.add_paragraph(WORDS)
    document.add_paragraph("salt", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("thing", "a|b", "kettle", "1"), strict=True):
        cell.text = text
    return saved(document)


def xlsx():
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sums"
    sheet.append(["what", "when", "sum"])
    sheet.append([WORDS, datetime.datetime(2026, 1, 2), 0.1 + 0.2])
    sheet["E5"] = 12.0
    book.create_sheet("Aside").sheet_state = "hidden"
    return saved(book)


def pptx():
    import pptx

    slides = pptx.Presentation()
    for number in (1, 2):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = f"Slide {number}"
        slide.placeholders[1].text = WORDS
        slide.notes_slide.notes_text_frame.text = "Say it slowly."
    return saved(slides)


def opendocument(kind, body):
    content = f"<office:document-content {OFFICE}><office:body><office:{kind}>{body}"
    content += f"</office:{kind}></office:body></office:document-content>"
    return packed(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content}
    )


def odt():
    return opendocument(
        "text",
        '<text:h text:outline-level="2">Kitchen</text:h>'
        f"<text:p>{WORDS.replace('blue', '<text:span>blue</text:span>')}</text:p>"
        "<text:list><text:list-item><text:p>salt</text:p></text:list-item></text:list>",
    )


def ods(repeated=3):
    return opendocument(
        "spreadsheet",
        f'<table:table table:name="Sums"><table:table-row table:number-rows-repeated="{repeated}">'
        f"<table:table-cell><text:p>{WORDS}</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table>',
    )


def odp():
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    notes = f"<presentation:notes>{box.format('Say it slowly.')}</presentation:notes>"
    page = f'<draw:page draw:name="One">{box.format(WORDS)}{notes}</draw:page>'
    return opendocument("presentation", page)


def epub():
    chapter = "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>{}</h1><p>{}</p></body></html>"
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<c><rootfile full-path="O/p.opf"/></c>',
            "O/p.opf": '<p><manifest><item id="a" href="a%20b.xhtml"/><item id="b" href="c.xhtml"/>'
            '</manifest><spine><itemref idref="b"/><itemref idref="a"/></spine></p>',
            "O/a b.xhtml": chapter.format("Last", "The end."),
            "O/c.xhtml": chapter.format("First", WORDS),
        }
    )


def rtf():
    return (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x;}" + WORDS.encode()
        + rb" \b bold\b0  w\'f6rld\par \u8364? \{x\}{\pict 0102}\uc0\u-10179\u-8704 }"
    )  # fmt: skip


def html():
    head = "<head><title>no</title><script>no</script></head>"
    return f"<html>{head}<body><h2>Kitchen</h2><p>{WORDS}</p><ul><li>salt</ul></body>".encode()


def pdf(*streams, size=(200, 100), extra=b"", page=b""):
    """A page for each content stream. extra: objects from number 100 on, page: of its entries."""
    count = len(streams)
    kids = b" ".join(b"%d 0 R" % (10 + 2 * n) for n in range(count))
    made = [
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\n" % (count, kids),
        b"3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n",
    ]
    about = b"/MediaBox[0 0 %d %d]/Resources<</Font<</F 3 0 R>>>>%s>>endobj\n" % (*size, page)
    for n, stream in enumerate(streams):
        head = b"%d 0 obj<</Type/Page/Parent 2 0 R/Contents %d 0 R" % (10 + 2 * n, 11 + 2 * n)
        body = b"%d 0 obj<</Length %d>>stream\n" % (11 + 2 * n, len(stream))
        made += [head, about, body, stream, b"\nendstream endobj\n"]
    return b"".join([*made, extra, b"trailer<</Root 1 0 R>>\n%%EOF"])


def written(text):
    """A content stream that writes this."""
    return b"BT /F 10 Tf 10 50 Td (%s) Tj ET" % text.encode("latin-1")


SCAN = b"1 0 0 rg 0 0 100 100 re f"  # the left half is red

ALL = {
    "a.pdf": lambda: pdf(written(WORDS)),
    "a.docx": docx,
    "a.xlsx": xlsx,
    "a.pptx": pptx,
    "a.odt": odt,
    "a.ods": ods,
    "a.odp": odp,
    "a.epub": epub,
    "a.rtf": rtf,
    "a.html": html,
    "a.txt": WORDS.encode,
}
