"""Pictures, documents, films and sounds that nobody should trust, each broken in its own way.

KINDS: name -> make(dice), which gives a Hostile. course(count, seed) is a walk through all kinds.
"""

import base64
import io
import struct
import tempfile
import zlib
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from PIL import Image

from tests.data import bombs, documents
from tests.data.films import film as a_film
from tests.data.hostile_xml import SVG, XML_BOMBS, entities, nested, uses
from tests.data.sounds import encoded, tone

PICTURE, DOCUMENT, FILM, SOUND = "picture", "document", "film", "sound"
READ, WORDS, EITHER = "read", "words", "either"  # what is to become of it


class Hostile(NamedTuple):
    name: str
    data: bytes
    role: str = PICTURE
    expected: str = EITHER


KINDS = {}


def kind(function):
    KINDS[function.__name__] = function
    return function


def course(count, seed):
    """So many (kind, seed), every kind about as often as any other, in an order of its own."""
    dice = Random(seed)
    found = [(list(KINDS)[n % len(KINDS)], dice.randrange(1 << 32)) for n in range(count)]
    dice.shuffle(found)
    return found


def made(name, seed):
    return KINDS[name](Random(seed))


FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF", "ICO")


def saved(image, format, **options):
    import pillow_heif

    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


@cache
def good(format="PNG", mode="RGB", size=(96, 64)):
    image = Image.effect_noise(size, 90).convert(mode)
    return saved(image, format)


@cache
def good_document(name):
    return documents.ALL[name]()


@cache
def good_film(name, codec):
    with tempfile.TemporaryDirectory() as folder:
        return a_film(Path(folder) / name, seconds=2, codec=codec).read_bytes()


@cache
def good_sound(name):
    with tempfile.TemporaryDirectory() as folder:
        return encoded(Path(folder) / name, tone(2)).read_bytes()


def flipped(dice, data, most=40):
    data = bytearray(data)
    for _ in range(dice.randint(1, most)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def cut(dice, data):
    return data[: dice.randrange(1, len(data))]


@kind
def truncated_picture(dice):
    format = dice.choice(FORMATS)
    return Hostile(f"a.{format.lower()}", cut(dice, good(format)))


@kind
def flipped_picture(dice):
    format = dice.choice(FORMATS)
    return Hostile(f"a.{format.lower()}", flipped(dice, good(format)))


@kind
def truncated_document(dice):
    name = dice.choice([*documents.ALL])
    return Hostile(name, cut(dice, good_document(name)), DOCUMENT)


@kind
def flipped_document(dice):
    name = dice.choice([*documents.ALL])
    return Hostile(name, flipped(dice, good_document(name)), DOCUMENT)


@kind
def large_png(dice):
    """Every byte of it is there: 100 to 900 megapixels in some hundred kilobytes."""
    side = dice.choice([10_000, 13_000, 20_000, 30_000])
    colours, bits = dice.choice([(0, 8), (2, 8), (6, 8)] if side < 20_000 else [(0, 1), (0, 8)])
    return Hostile("a.png", bombs.png(side, side, colours=colours, bits=bits), expected=WORDS)


@kind
def large_header(dice):
    """Sizes that the file only claims."""
    side = dice.choice([16_000, 30_000, 60_000])
    found = dice.choice(
        [
            lambda: ("a.gif", bombs.gif(side, side)),
            lambda: ("a.gif", bombs.gif(10, 10, size=(side, side))),
            lambda: ("a.webp", bombs.webp(16_383, 16_383)),
            lambda: ("a.bmp", bombs.bmp(side, side)),
            lambda: ("a.bmp", bombs.bmp(2**31 - 1, 2**31 - 1)),
            lambda: ("a.tif", bombs.tiff(bombs.page(side, side, at=200))),
            lambda: ("a.tif", bombs.tiff(bombs.page(2**32 - 1, 2**32 - 1))),
            lambda: ("a.jpg", bombs.jpeg_of(good("JPEG"), 65_000, 65_000)),
            lambda: ("a.png", bombs.png(2**31 - 1, 2**31 - 1, zlib.compress(b"x"))),
            lambda: ("a.avif", large_box(good("AVIF"), side)),
            lambda: ("a.heic", large_box(good("HEIF"), side)),
        ]
    )()
    return Hostile(*found, expected=WORDS)


def large_box(data, side):
    """The box of the size, in AVIF and HEIC, says another one."""
    place = data.index(b"ispe") + 8
    return data[:place] + struct.pack(">II", side, side) + data[place + 8 :]


@kind
def thin(dice):
    width, height = dice.choice([(100, 100_000), (1, 30_000), (40_000, 50), (65_000, 1)])
    return Hostile("a.png", bombs.png(width, height, colours=0), expected=WORDS)


@kind
def many_directories(dice):
    count = dice.choice([100, 2_000, 10_000])
    pages = [bombs.page(4, 4, at=0)] * count
    return Hostile("a.tif", bombs.tiff(*pages, strip=bytes(16), loop=dice.random() < 0.5))


@kind
def strange_tiff(dice):
    """Counts, places and types that lead anywhere."""
    tag = dice.choice(
        [256, 258, 259, 262, 273, 277, 279, 282, 320, 330, 338, 339, 34665, 34675, 700]
    )
    value = (dice.randrange(14), dice.choice([0, 1, 2**16, 2**32 - 1]), dice.randrange(2**32))
    return Hostile(
        "a.tif", bombs.tiff(bombs.page(8, 8, at=200, **{str(tag): value}), strip=bytes(300))
    )


@kind
def animated(dice):
    frames = dice.choice([2, 200, 5_000])
    return Hostile("a.gif", bombs.gif(8, 8, frames, size=(1, 1)), expected=READ)


@kind
def no_frames(dice):
    found = dice.choice(
        [
            ("a.gif", b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0) + b";"),
            ("a.webp", bombs.webp(9, 9)),
            ("a.png", b"\x89PNG\r\n\x1a\n" + bombs.chunk(b"IEND", b"")),
            ("a.png", bombs.png(9, 9, b"")),
            ("a.png", bombs.png(0, 0, b"")),
            ("a.gif", bombs.gif(0, 0)),
            ("a.ico", bombs.icon()),
            ("a.tif", b"II*\0" + bytes(4)),
            ("a.svg", SVG % (b'width="0" height="0"', b"")),
            ("a.png", b""),
        ]
    )
    return Hostile(*found, expected=WORDS)


@kind
def unusual_colours(dice):
    mode, format = dice.choice(
        [
            *[("CMYK", "JPEG"), ("CMYK", "TIFF"), ("L", "JPEG"), ("1", "PNG"), ("P", "GIF")],
            *[("LA", "PNG"), ("PA", "TIFF"), ("I;16", "PNG"), ("I;16", "TIFF"), ("F", "TIFF")],
            *[("I", "TIFF"), ("LAB", "TIFF"), ("YCbCr", "TIFF"), ("1", "TIFF"), ("RGBA", "WEBP")],
        ]
    )
    image = Image.effect_noise((90, 60), 60)
    if mode == "LAB":
        image = Image.merge("LAB", [image] * 3)
    elif mode == "I;16":
        image = image.convert("I").convert("I;16")
    elif mode == "PA":
        image = image.convert("P").convert("PA")
    elif mode != "L":
        image = image.convert("RGB").convert(mode)
    return Hostile(f"a.{format.lower()}", saved(image, format), expected=READ)


@kind
def metadata(dice):
    """Directories of EXIF that lead to themselves, and lists without end."""
    loop = b"Exif\0\0" + bombs.tiff(
        {0x8769: (4, 1, 8), 0x8825: (4, 1, 8), 0x0112: (3, 1, dice.randrange(99))}, loop=True
    )
    lists = b"Exif\0\0" + bombs.tiff(
        {0x0112: (dice.randrange(13), 2**32 - 1, dice.randrange(2**32))}
    )
    exif = dice.choice(
        [loop, lists, b"Exif\0\0" + dice.randbytes(500), b"Exif\0\0MM\0*\xff\xff\xff\xff"]
    )
    format = dice.choice(["JPEG", "PNG", "WEBP"])
    data = saved(Image.new("RGB", (40, 30), "red"), format, exif=exif)
    return Hostile(f"a.{format.lower()}", data, expected=READ)


@kind
def profile(dice):
    size = dice.choice([1, 128, 5_000, 3_000_000, 12_000_000])
    icc = dice.choice(
        [bytes(size), dice.randbytes(min(size, 50_000)), icc_header(size) + bytes(size)]
    )
    format = dice.choice(["JPEG", "TIFF", "WEBP"])
    data = saved(Image.new("RGB", (40, 30), "red"), format, icc_profile=icc)
    return Hostile(f"a.{format.lower()}", data, expected=READ)


def icc_header(size):
    """Says that it is a profile of a printer with four thousand million tags."""
    head = struct.pack(">I4sI4s4s4s", size + 132, b"lcms", 0x04400000, b"prtr", b"RGB ", b"Lab ")
    return head + bytes(12) + b"acsp" + bytes(88) + b"\xff\xff\xff\xff"


@kind
def png_chunks(dice):
    text = b"a\0\0" + bombs.zeros(dice.choice([1, 64, 400]) * bombs.MEGABYTE)
    inside = dice.choice(
        [
            [(b"zTXt", text)],
            [(b"iTXt", b"a\0\1\0\0\0" + text[3:])],
            [(b"iCCP", text)],
            [(b"tEXt", b"a\0" + b"x" * 1000)] * 20_000,
            [(b"acTL", struct.pack(">II", 2**31 - 1, 0))],
            [(b"PLTE", b"abc" * 256)] * 300,
            [(b"eXIf", b"II*\0\x08\0\0\0\xff\xff")],
            [(b"tRNS", dice.randbytes(300))],
        ]
    )
    return Hostile("a.png", bombs.png(32, 32, before=inside))


@kind
def icon_in_icon(dice):
    inner = dice.choice(
        [
            bombs.png(30_000, 30_000, colours=0, bits=1),
            bombs.png(9_000, 9_000, colours=6),
            bombs.icon(bombs.icon(good("PNG"))),
            bombs.bmp(30_000, 60_000)[14:],
            dice.randbytes(200),
            good("JPEG"),
        ]
    )
    return Hostile("a.ico", bombs.icon(inner, count=dice.choice([None, 65_535])))


@cache
def progressive():
    return saved(Image.effect_noise((900, 600), 40), "JPEG", progressive=True, quality=40)


@kind
def jpeg_scans(dice):
    """A progressive picture that is drawn over and over again."""
    base = progressive()
    start, end = base.rindex(b"\xff\xda"), base.rindex(b"\xff\xd9")
    return Hostile("a.jpg", base[:end] + base[start:end] * dice.choice([20, 200]) + base[end:])


@kind
def drawing_entities(dice):
    return Hostile("a.svg", SVG_DOCTYPES[dice.randrange(len(SVG_DOCTYPES))], expected=WORDS)


SVG_DOCTYPES = [
    entities(depth, times, SVG % (b'width="9" height="9"', b"<text>&a%d;</text>" % (depth - 1)))
    for depth, times in ((10, 10), (20, 6), (3, 3000), (2, 200_000))
] + [
    b'<!DOCTYPE svg [<!ENTITY a "&b;"><!ENTITY b "&a;">]>' + SVG % (b"", b"<text>&a;</text>"),
    b'<!DOCTYPE svg [<!ENTITY %% p SYSTEM "file:///etc/passwd">%%p;]>' + SVG % (b"", b"&x;"),
]


@kind
def drawing_uses(dice):
    return Hostile(
        "a.svg", uses(dice.choice([8, 9, 20, 200]), dice.choice([8, 10])), expected=WORDS
    )


@kind
def drawing_deep(dice):
    tag = dice.choice([b"g", b"svg", b"a", b"clipPath", b"text", b"tspan"])
    return Hostile("a.svg", nested(tag, dice.choice([300, 5_000, 100_000])), expected=WORDS)


@kind
def drawing_heavy(dice):
    """Filters, patterns and dashes that cost more than they show."""
    inside = dice.choice(
        [
            b'<filter id="f" x="-9" y="-9" width="99" height="99"><feGaussianBlur stdDeviation='
            b'"900"/></filter><rect width="9" height="9" filter="url(#f)"/>',
            b'<pattern id="p" width="0.001" height="0.001" patternUnits="userSpaceOnUse">'
            b'<rect width="1" height="1"/></pattern><rect width="9" height="9" fill="url(#p)"/>',
            b'<path stroke="red" stroke-dasharray="0.0001" d="M0 0H9999999V9999999"/>',
            b'<image width="9" height="9" href="data:image/png;base64,%s"/>' % BOMB_IN_SVG,
            b'<path d="M%s"/>' % (b"0 0L9 9" * 50_000),
            b'<text font-size="99999999">x</text><rect x="-1e38" width="1e39" height="9"/>',
            b'<rect width="9" height="9" filter="url(#nowhere)" mask="url(#f)"/>',
        ]
    )
    return Hostile("a.svg", SVG % (b'width="9" height="9"', inside))


BOMB_IN_SVG = base64.b64encode(bombs.png(20_000, 20_000, colours=0, bits=1))


def outside(place):
    """Drawings that want something from elsewhere: place is an address, or a file."""
    shape = b'<rect width="9" height="9" %s/>'
    parts = [
        b'<image width="9" height="9" href="%s"/>',
        b'<image xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9" xlink:href="%s"/>',
        b'<use href="%s#a"/>',
        b'<style>@import url("%s"); rect { fill: url("%s#a") }</style>' + shape % b"",
        b'<filter id="f"><feImage href="%s"/></filter>' + shape % b'filter="url(#f)"',
        b'<script href="%s">fetch("%s")</script>' + shape % b"onload=\"fetch('%s')\"",
        b'<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml"'
        b' src="%s"/></foreignObject>',
        b'<text><tref href="%s"/></text><a href="%s">' + shape % b"" + b"</a>",
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="%s" parse="text"/>',
        b'<linearGradient id="g" href="%s#a"/>' + shape % b'fill="url(#g)"',
    ]
    whole = [SVG % (b'width="9" height="9"', one.replace(b"%s", place)) for one in parts]
    style = b'<?xml-stylesheet href="%s" type="text/css"?>' % place
    doctype = b'<!DOCTYPE svg SYSTEM "%s">' % place
    entity = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "%s">]>' % place
    plain = SVG % (b'width="9" height="9"', b'<rect width="9" height="9" fill="#010203"/>')
    whole += [
        style + plain,
        doctype + plain,
        entity + plain.replace(b"</svg>", b"<text>&x;</text></svg>"),
    ]
    return whole


@kind
def drawing_outside(dice):
    """What a loopback server would hear of is tried in a test of its own."""
    place = dice.choice([b"file:///etc/passwd", b"/etc/hostname", b"http://127.0.0.1:9/a.png"])
    return Hostile("a.svg", dice.choice(outside(place)))


@kind
def wrong_ending(dice):
    """Good files under the name of something else: what they are is looked up in them."""
    if dice.random() < 0.5:
        format = dice.choice(FORMATS)
        return Hostile(dice.choice(["a.pdf", "a.exe", "a"]), good(format), expected=READ)
    name = dice.choice(["a.docx", "a.xlsx", "a.pdf", "a.odt", "a.epub", "a.rtf"])
    return Hostile(dice.choice(["a.png", "a.txt", "a"]), good_document(name), DOCUMENT, READ)


@kind
def wrong_role(dice):
    """Good files handed to the wrong reader."""
    if dice.random() < 0.5:
        return Hostile("a.png", good_document(dice.choice([*documents.ALL])), expected=WORDS)
    return Hostile("a.docx", good(dice.choice(FORMATS)), DOCUMENT, WORDS)


@kind
def disguised(dice):
    """Formats that a library might open, and Parley does not."""
    start = dice.choice(
        [
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run",
            b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 30, 100) + bytes(22) + b"%!PS",
            b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30_000, 30_000, 8, 3),
            b"SIMPLE  =                    T" + b" " * 3000,
            b"MZ" + bytes(200),
            b"\x7fELF" + bytes(200),
            b"#!/bin/sh\nrm -rf /\n",
            b"<html><body><img src='http://127.0.0.1:9/'></body></html>",
            b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(200),
            b"gimp xcf file\0" + bytes(200),
            b"\x80\x04\x95\x0c\0\0\0\0\0\0\0\x8c\x05posix\x94.",
            b"\xd7\xcd\xc6\x9a" + bytes(100),
            b"P6 60000 60000 255\n" + bytes(100),
            b"#define a_width 60000\n#define a_height 60000\nstatic char a_bits[] = {",
        ]
    )
    return Hostile(dice.choice(["a.png", "a.jpg"]), start + dice.randbytes(50), expected=WORDS)


@kind
def polyglot(dice):
    data, role = dice.choice(
        [
            (good("GIF") + b"/*<script>alert(1)</script>*/", PICTURE),
            (good("JPEG") + good_document("a.docx"), PICTURE),
            (good("PNG") + b"<?php system($_GET[1]); ?>", PICTURE),
            (b"<!-- %PDF-1.4 -->" + good_document("a.pdf"), DOCUMENT),
            (good_document("a.pdf") + good_document("a.docx"), DOCUMENT),
            (good_document("a.docx") + good("PNG"), DOCUMENT),
        ]
    )
    return Hostile("a", data, role, READ)


@kind
def noise(dice):
    role = dice.choice([PICTURE, DOCUMENT])
    start = dice.choice(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"%PDF-1.7\n", b"PK\x03\x04"]
    )
    start += dice.choice([b"", b"GIF89a", b"RIFF\xff\xff\xff\x7fWEBPVP8 ", b"\0\0\0\x1cftypheic"])
    return Hostile("a", start + dice.randbytes(dice.choice([0, 1, 100, 50_000])), role)


WORD = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
)


@cache
def members(name):
    import zipfile

    with zipfile.ZipFile(io.BytesIO(good_document(name))) as file:
        return {one: file.read(one) for one in file.namelist()}


PARTS = {
    "a.docx": "word/document.xml",
    "a.xlsx": "xl/worksheets/sheet1.xml",
    "a.pptx": "ppt/slides/slide1.xml",
    "a.odt": "content.xml",
    "a.ods": "content.xml",
    "a.epub": "O/c.xhtml",
}


@kind
def zip_bomb(dice):
    """Half a gigabyte in half a megabyte; in some the archive lies about it."""
    name = dice.choice([*PARTS])
    bomb = bombs.repeated(b" " * bombs.MEGABYTE, 500)
    place = dice.choice([PARTS[name], "media/a.bin"])
    claimed = dice.choice([None, None, 2**31])
    return Hostile(name, bombs.archive(members(name) | {place: bomb}, claimed), DOCUMENT, WORDS)


@kind
def many_members(dice):
    extra = {f"m/{n}": b"" for n in range(30_000)}
    return Hostile("a.docx", bombs.archive(members("a.docx") | extra), DOCUMENT, WORDS)


@kind
def xml_bomb(dice):
    """Entities, depth and attributes without end in the main part of a document."""
    name = dice.choice([*PARTS])
    bomb = XML_BOMBS[dice.randrange(len(XML_BOMBS))]
    return Hostile(name, documents.packed(members(name) | {PARTS[name]: bomb}), DOCUMENT)


@kind
def many_elements(dice):
    """Not so much text, but a tree of it is too large."""
    crowd = bombs.between(
        WORD, b"<w:p/>" * 100_000, dice.choice([25, 100, 100]), b"</w:body></w:document>"
    )
    whole = members("a.docx") | {"word/document.xml": crowd}
    return Hostile("a.docx", bombs.archive(whole), DOCUMENT)


@kind
def endless_sheet(dice):
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    inside = dice.choice(
        [
            b'<dimension ref="A1:XFD1048576"/><sheetData/>',
            b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
            b'<sheetData><row r="1"><c r="A1" t="s"><v>99999</v></c></row></sheetData>',
            b'<sheetData><row r="x"><c r="ZZZZZ9"><v>1e999</v></c></row></sheetData>',
            b"<sheetData>" + b"<row><c><v>1</v></c></row>" * 200_000 + b"</sheetData>",
            b'<sheetData><row r="1"><c r="A1"><v>%s</v></c></row></sheetData>' % (b"9" * 400_000),
        ]
    )
    changed = {PARTS["a.xlsx"]: head + inside + b"</worksheet>"}
    return Hostile("a.xlsx", documents.packed(members("a.xlsx") | changed), DOCUMENT)


@kind
def repeated_cells(dice):
    return Hostile("a.ods", documents.ods(dice.choice([10**6, 10**9, 10**30])), DOCUMENT, READ)


@kind
def strange_pdf(dice):
    text = documents.written(documents.WORDS)
    form = b"100 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 100 0 R"
    form += b">>>>/Length 5>>stream\n/A Do\nendstream endobj\n"
    action = b"100 0 obj<</S/%s/JS(app.alert\\(1\\))/F(/bin/sh)/URI(http://127.0.0.1:9/)>>endobj\n"
    action %= dice.choice([b"JavaScript", b"Launch", b"URI", b"SubmitForm"])
    flate = zlib.compress(bytes(1000))
    for _ in range(8):
        flate = zlib.compress(flate)
    packed = b"100 0 obj<</Length %d/Filter[%s]>>stream\n%s\nendstream endobj\n"
    packed %= len(flate), b"/FlateDecode" * 9, flate
    listed, path = b"/Annots[" + b"100 0 R " * 9000 + b"]", b"9 9 l " * 100_000
    make, old, new = dice.choice(
        [  # (what makes the file, what is replaced in it, by what)
            (lambda: documents.pdf(text), b"/Kids[10 0 R]", b"/Kids[2 0 R]"),
            (lambda: documents.pdf(text), b"/Count 1", b"/Count 2147483647"),
            (lambda: documents.pdf(text), b"[0 0 200 100]", b"[nan 0 1e99 -5]"),
            (lambda: documents.pdf(b"/A Do", extra=form), b"/Font<<", USE + b"/Font<<"),
            (
                lambda: documents.pdf(text, extra=action),
                b"/Catalog",
                b"/Catalog/OpenAction 100 0 R",
            ),
            (lambda: documents.pdf(text, extra=action, page=listed), b"", b""),
            (lambda: documents.pdf(text, extra=packed), b"/Contents 11", b"/Contents 100"),
            (lambda: documents.pdf(documents.SCAN, size=(14_400_000, 14_400_000)), b"", b""),
            (lambda: documents.pdf(documents.SCAN, size=(1, 14_400)), b"", b""),
            (lambda: documents.pdf(documents.SCAN, size=(0, 0)), b"", b""),
            (lambda: documents.pdf(*[b""] * 10_000), b"", b""),
            (lambda: documents.pdf(b"q " * 200_000 + text), b"", b""),
            (lambda: documents.pdf(b"BT " + b"[" * 50_000 + b"] TJ ET"), b"", b""),
            (lambda: documents.pdf(b"0 0 m " + path + b"S", page=b"/UserUnit 1e9"), b"", b""),
        ]
    )
    return Hostile("a.pdf", make().replace(old, new) if old else make(), DOCUMENT)


USE = b"/XObject<</A 100 0 R>>"


@kind
def pdf_pictures(dice):
    """A page that holds a picture far larger than itself."""
    side = dice.choice([10_000, 30_000])
    data = bombs.zeros(side * side // 8)
    image = b"100 0 obj<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1" % (
        side,
        side,
    )
    image += b"/ColorSpace/DeviceGray/Filter/FlateDecode/Length %d>>stream\n" % len(data)
    whole = documents.pdf(
        b"q 200 0 0 100 0 0 cm /A Do Q", extra=image + data + b"\nendstream endobj\n"
    )
    return Hostile("a.pdf", whole.replace(b"/Font<<", USE + b"/Font<<"), DOCUMENT)


@kind
def strange_text(dice):
    data = dice.choice(
        [
            lambda: b"a" * 20_000_000,
            lambda: b"\xff\xfe" + dice.randbytes(20_001),
            lambda: b"\xef\xbb\xbf" + b"\xff" * 1000,
            lambda: "\u202e\u0000\u200b\U000e0041".encode() * 2000,
            lambda: b"\n" * 5_000_000,
            lambda: bytes(range(256)) * 100,
            lambda: b"\x1b]0;x\x07\x1b[2J" * 1000,
            lambda: "\ud800".encode("utf-16-le", "surrogatepass") * 900,
        ]
    )()
    return Hostile(dice.choice(["a.txt", "a.csv", "a.html", "a.md"]), data, DOCUMENT)


@kind
def strange_rich_text(dice):
    data = dice.choice(
        [
            lambda: b"{\\rtf1" + b"{" * 500_000,
            lambda: b"{\\rtf1" + b"}" * 500_000 + b"a",
            lambda: b"{\\rtf1\\ansicpg99999 \\'e4" + b"\\u-999999999?" * 1000,
            lambda: b"{\\rtf1\\uc4000000000 \\u8364 " + b"a" * 1000,
            lambda: b"{\\rtf1" + b"\\" * 500_001,
            lambda: b"{\\rtf1{\\object\\objdata " + b"41" * 500_000 + b"}}",
            lambda: b"{\\rtf1\\ansicpg932 " + b"\\'83\\'" * 1000,
        ]
    )()
    return Hostile("a.rtf", data, DOCUMENT)


@kind
def broken_film(dice):
    name, codec = dice.choice(
        [("a.mp4", "mpeg4"), ("a.webm", "libvpx"), ("a.avi", "mpeg4"), ("a.mkv", "mpeg4")]
    )
    whole = good_film(name, codec)
    found = dice.choice(
        [
            lambda: cut(dice, whole),
            lambda: flipped(dice, whole, 400),
            lambda: dice.randbytes(20_000),
            lambda: whole[:200] + bytes(len(whole)),
            lambda: whole.replace(b"mvhd", b"mvhx"),
            lambda: b"",
            lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
            lambda: bombs.wav(16_000, 1000),
        ]
    )
    return Hostile(name, found(), FILM)


@kind
def strange_sound(dice):
    found = dice.choice(
        [
            lambda: ("a.wav", bombs.wav(1, 200_000), WORDS),
            lambda: ("a.wav", bombs.wav(2**31 - 1, 200_000), WORDS),
            lambda: ("a.wav", bombs.wav(16_000, 200, channels=30_000), WORDS),
            lambda: ("a.wav", bombs.wav(16_000, 0), WORDS),
            lambda: ("a.mp3", flipped(dice, good_sound("a.mp3")), EITHER),
            lambda: ("opus.ogg", cut(dice, good_sound("opus.ogg")), EITHER),
        ]
    )
    name, data, expected = found()
    return Hostile(name, data, SOUND, expected)
