"""What a file is, by its first bytes. Its name is asked only where the bytes leave it open."""

from pathlib import PurePath
from typing import NamedTuple

from engines.errors import ParleyError

HEAD = 16_384  # bytes that are enough to tell
LARGEST = 60 << 20  # bytes of a file: more would not fit a message

PICTURE, DOCUMENT, FILM, SOUND, OTHER = "picture", "document", "film", "sound", ""


class What(NamedTuple):
    """A format: its short name, what it is to a person, and for OTHER how a person calls it."""

    name: str
    role: str
    called: str = ""


TEXT = What("TEXT", DOCUMENT)
ZIP = What("ZIP", OTHER, "an archive")
MP4 = What("MP4", FILM)
AS_PICTURE = "Save it as PNG or JPEG in the program it comes from."

MARKS: tuple[tuple[int, bytes, What], ...] = (  # (place, bytes there, what it is then)
    (0, b"\x89PNG\r\n\x1a\n", What("PNG", PICTURE)),
    (0, b"\xff\xd8\xff", What("JPEG", PICTURE)),
    (0, b"GIF87a", What("GIF", PICTURE)),
    (0, b"GIF89a", What("GIF", PICTURE)),
    (0, b"II*\0\x10\0\0\0CR", What("CR2", OTHER, "a raw photo of a camera")),
    (0, b"II*\0", What("TIFF", PICTURE)),
    (0, b"MM\0*", What("TIFF", PICTURE)),
    (0, b"II+\0", What("TIFF", PICTURE)),
    (0, b"MM\0+", What("TIFF", PICTURE)),
    (0, b"\0\0\1\0", What("ICO", PICTURE)),
    (0, b"8BPS", What("PSD", OTHER, "a Photoshop file")),
    (0, b"%!PS", What("EPS", OTHER, "a PostScript file")),
    (0, b"\xc5\xd0\xd3\xc6", What("EPS", OTHER, "a PostScript file")),
    (0, b"SIMPLE  =", What("FITS", OTHER, "a FITS file")),
    (0, b"gimp xcf", What("XCF", OTHER, "a GIMP file")),
    (0, b"\xff\x0a", What("JXL", OTHER, "a JPEG XL picture")),
    (0, b"\0\0\0\x0cJXL ", What("JXL", OTHER, "a JPEG XL picture")),
    (0, b"\0\0\0\x0cjP  ", What("JP2", OTHER, "a JPEG 2000 picture")),
    (0, b"\xff\x4f\xff\x51", What("JP2", OTHER, "a JPEG 2000 picture")),
    (0, b"\x76\x2f\x31\x01", What("EXR", OTHER, "an OpenEXR picture")),
    (0, b"#?RADIANCE", What("HDR", OTHER, "a Radiance picture")),
    (0, b"DDS ", What("DDS", OTHER, "a DirectX picture")),
    (0, b"qoif", What("QOI", OTHER, "a QOI picture")),
    (0, b"icns", What("ICNS", OTHER, "an Apple icon file")),
    (0, b"AT&TFORM", What("DJVU", OTHER, "a DjVu document")),
    (0, b"\xd7\xcd\xc6\x9a", What("WMF", OTHER, "a Windows metafile")),
    (40, b" EMF", What("EMF", OTHER, "a Windows metafile")),
    (0, b"FUJIFILMCCD-RAW", What("RAF", OTHER, "a raw photo of a camera")),
    (0, b"IIRO", What("ORF", OTHER, "a raw photo of a camera")),
    (0, b"IIU\0", What("RW2", OTHER, "a raw photo of a camera")),
    (0, b"{\\rtf", What("RTF", DOCUMENT)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", What("OLE", OTHER, "an old or locked Office file")),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", What("7Z", OTHER, "an archive")),
    (0, b"Rar!\x1a\x07", What("RAR", OTHER, "an archive")),
    (0, b"\x1f\x8b", What("GZIP", OTHER, "a compressed file")),
    (0, b"BZh", What("BZ2", OTHER, "a compressed file")),
    (0, b"\xfd7zXZ\0", What("XZ", OTHER, "a compressed file")),
    (0, b"\x28\xb5\x2f\xfd", What("ZST", OTHER, "a compressed file")),
    (0, b"MZ", What("EXE", OTHER, "a program")),
    (0, b"\x7fELF", What("ELF", OTHER, "a program")),
    (0, b"\xcf\xfa\xed\xfe", What("MACHO", OTHER, "a program")),
    (0, b"GGUF", What("GGUF", OTHER, "a model")),
    (0, b"SQLite format 3\0", What("SQLITE", OTHER, "a database")),
    (0, b"\x1aE\xdf\xa3", What("MATROSKA", FILM)),
    (0, b"FLV\1", What("FLV", FILM)),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", What("ASF", FILM)),
    (0, b"\0\0\1\xba", What("MPEG", FILM)),
    (0, b"\0\0\1\xb3", What("MPEG", FILM)),
    (0, b"OggS", What("OGG", SOUND)),
    (0, b"fLaC", What("FLAC", SOUND)),
    (0, b"ID3", What("MP3", SOUND)),
    (0, b"#!AMR", What("AMR", SOUND)),
    (0, b"caff", What("CAF", SOUND)),
    (0, b".snd", What("AU", SOUND)),
    (0, b"riff.\x91\xcf\x11", What("W64", SOUND)),
)
IN_RIFF = {
    b"WEBP": What("WEBP", PICTURE),
    b"AVI ": What("AVI", FILM),
    b"WAVE": What("WAV", SOUND),
    b"ACON": What("ANI", OTHER, "a mouse pointer"),
}
BRANDS = (  # of ISO media files, the telling ones first
    ((b"avif", b"avis"), What("AVIF", PICTURE)),
    (
        (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
        What("HEIF", PICTURE),
    ),
    ((b"crx ",), What("CR3", OTHER, "a raw photo of a camera")),
    ((b"M4A ", b"M4B "), What("M4A", SOUND)),
)
IN_TURN = What("HEIF", PICTURE)  # mif1, msf1: pictures of a kind that only the decoder finds out
PICTURES = (  # endings people know; what a file is, is looked up in it
    *(".png", ".jpg", ".jpeg", ".webp", ".gif", ".heic", ".heif", ".avif", ".tif", ".tiff"),
    *(".bmp", ".ico", ".svg", ".svgz"),
)
DOCUMENTS = (
    *(".pdf", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".ppsx", ".odt", ".ods"),
    *(".odp", ".rtf", ".epub", ".txt", ".md", ".csv", ".tsv", ".html", ".xml", ".json", ".log"),
)
FILMS = (
    *(".mp4", ".m4v", ".mov", ".3gp", ".mkv", ".webm", ".avi", ".wmv", ".flv", ".mpg", ".mpeg"),
    ".ogv",
)


def what(data: bytes) -> What:
    """Of a file that begins so; HEAD bytes are enough. TEXT where nothing tells otherwise."""
    head = data[:HEAD]
    for place, mark, found in MARKS:
        if head.startswith(mark, place):
            return found
    if head[:4] in (b"RIFF", b"RIFX"):
        return IN_RIFF.get(head[8:12], What("RIFF", OTHER, "an unknown file"))
    if head[4:8] == b"ftyp":
        return _branded(head)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return MP4
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return What("BMP", PICTURE)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return What("AIFF", SOUND)
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0 and head[1] & 6:
        return What("MP3", SOUND) if not head.startswith(b"\xff\xfe") else TEXT
    if b"%PDF-" in head[:1024]:
        return What("PDF", DOCUMENT)
    return _marked_up(head)


def role(data: bytes, name: str) -> str:
    """PICTURE, DOCUMENT, FILM, SOUND or OTHER: which reader a dropped file is for."""
    found = what(data)
    suffix = PurePath(name).suffix.lower()
    if found == ZIP or (found.name == "GZIP" and suffix == ".svgz"):
        return DOCUMENT if found == ZIP else PICTURE
    if found.name == "OGG" and suffix == ".ogv":
        return FILM
    if found.name in ("MATROSKA", "MP4", "ASF") and suffix in (".weba", ".mka", ".wma", ".m4a"):
        return SOUND
    if found.name == "OLE":
        return DOCUMENT  # whose reader knows what to say
    return found.role or OTHER


def refused(found: What, wanted: str) -> ParleyError:
    """The words for a file that is not what it was opened as: wanted is a role."""
    if found.role == OTHER:
        hint = AS_PICTURE if wanted == PICTURE else "Save it as PDF in the program it comes from."
        return ParleyError(f"This is {found.called}, which cannot be read.", hint, found.name)
    if found.role == SOUND:
        return ParleyError("This is sound.", "Open it as a sound file.", found.name)
    if wanted == PICTURE and found == TEXT:
        return ParleyError("This is not a picture.", AS_PICTURE, found.name)
    named = f"a {found.role} ({found.name})" if found != TEXT else "text"
    return ParleyError(f"This is {named}, not a {wanted}.", "Attach it as what it is.", found.name)


def _branded(head: bytes) -> What:
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    for named, found in BRANDS:
        if brands[0] in named:
            return found
    if brands[0] in (b"mif1", b"msf1"):
        avif = {b"avif", b"avis"} & set(brands)
        return BRANDS[0][1] if avif else IN_TURN
    return MP4


def _marked_up(head: bytes) -> What:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = head.decode("utf-16", "replace").encode()
    if start.startswith(b"<") and (b"<svg" in start or b":svg" in start):
        html = start[:1024].lower()
        if b"<html" not in html and b"<!doctype html" not in html:
            return What("SVG", PICTURE)
    return TEXT
