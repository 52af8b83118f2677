"""Says in words what a file is when it is not a GGUF."""

# How a file begins -> what it is, as the end of "it is …".
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or a PyTorch checkpoint, which can hold programs"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a compressed archive: unpack it first"),
    (b"BZh", "a compressed archive: unpack it first"),
    (b"\xfd7zXZ\x00", "a compressed archive: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a compressed archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed archive: unpack it first"),
    (b"Rar!\x1a\x07", "a compressed archive: unpack it first"),
    (b"\x80\x02", "a Python pickle, which can hold programs"),
    (b"\x80\x03", "a Python pickle, which can hold programs"),
    (b"\x80\x04", "a Python pickle, which can hold programs"),
    (b"\x80\x05", "a Python pickle, which can hold programs"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF\r\n\x1a\n", "a Keras or HDF5 file"),
    (b"lmgg", "in the old GGML format, from before GGUF"),
    (b"fmgg", "in the old GGML format, from before GGUF"),
    (b"tjgg", "in the old GGJT format, from before GGUF"),
    (b"algg", "an adapter in the old GGLA format, from before GGUF"),
    (b"FUGG", "a GGUF with all its bytes in reverse order"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"version https://git-lfs", "only a pointer of Git LFS: the model itself was not downloaded"),
)
PAGE = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<body", b"<!--")


def what_it_is(start: bytes) -> str:
    """What a file beginning with these bytes (512 are enough) is, as the end of "it is …"."""
    if not start:
        return "empty"
    if not start.strip(b"\0"):
        return "full of zeros, as a download leaves it that never arrived"
    for beginning, words in BEGINNINGS:
        if start.startswith(beginning):
            return words
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(PAGE):
        return "a web page: the download brought the page about the model, not the model"
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 1 << 30:
        return "a safetensors file: Parley needs the same model as GGUF"
    if text.startswith((b"{", b"[")):
        return "a JSON text"
    if is_text(start):
        return "a text"
    return "not a GGUF"


def is_text(start: bytes) -> bool:
    words = start.decode("utf-8", "replace").rstrip("\ufffd")  # the end may cut a character
    return "\ufffd" not in words and all(c.isprintable() or c in "\r\n\t\f" for c in words)
