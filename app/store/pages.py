"""Reading rows out of a database file page by page, for when its trees are broken.

After https://www.sqlite.org/fileformat2.html, sections 1.6 (pages) and 2.1 (records).
"""

import struct
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path

PAGE = 4096  # as app/store/connection.py makes them
LEAF_OF_TABLE = 0x0D
LONGEST = 64 * 1024 * 1024  # bytes of a row; a greater length is damage
Value = None | int | float | str | bytes
Bytes = mmap | bytes
SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes of the serial types 0 to 9


def rows(file: Path) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Rowid and values of every row that stands whole on a page: of all tables, old ones too."""
    with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as data:
        yield from _rows(data)


def _rows(data: mmap) -> Iterator[tuple[int, tuple[Value, ...]]]:
    for start in range(0, len(data) - PAGE + 1, PAGE):
        header = start + (100 if start == 0 else 0)
        if data[header] == LEAF_OF_TABLE:
            count = min(_short(data, header + 3), PAGE // 4)
            for cell in range(count):
                place = _short(data, header + 8 + 2 * cell)
                if 8 <= place < PAGE - 4 and (row := _row(data, start, place)):
                    yield row


def fold_in(file: Path, log: Path) -> None:
    """Write the pages of a log into its database, up to its last commit, and remove the log."""
    if not log.exists():
        return
    data, pending = log.read_bytes(), []
    with file.open("r+b") as target:
        for at in range(32, len(data) - PAGE - 23, PAGE + 24):
            if data[at + 8 : at + 16] != data[16:24]:  # left from before the log was begun anew
                break
            pending.append((_long(data, at), data[at + 24 : at + 24 + PAGE]))
            if _long(data, at + 4):  # a commit
                for number, page in pending:
                    target.seek((number - 1) * PAGE)
                    target.write(page)
                pending.clear()
    log.unlink()


def _row(data: Bytes, page: int, place: int) -> tuple[int, tuple[Value, ...]] | None:
    try:
        length, at = _varint(data, page + place)
        rowid, at = _varint(data, at)
        if not 0 < length < LONGEST:
            return None
        return rowid, _record(_payload(data, page, at, length))
    except (IndexError, ValueError, struct.error):  # what such bytes lead to when they are noise
        return None


def _payload(data: Bytes, page: int, at: int, length: int) -> bytes:
    """The bytes of a row, from its page and from the chain of pages it overflows to."""
    most, least = PAGE - 35, (PAGE - 12) * 32 // 255 - 23
    local = length
    if length > most:
        local = least + (length - least) % (PAGE - 4)
        local = local if local <= most else least
    if at + local > page + PAGE:
        raise ValueError("a row that leaves its page")
    pieces, missing = [data[at : at + local]], length - local
    following = _long(data, at + local) if missing else 0
    while missing > 0:
        start = (following - 1) * PAGE
        if start < 0 or start + PAGE > len(data):
            raise ValueError("a chain that leaves the file")
        pieces.append(data[start + 4 : start + 4 + min(missing, PAGE - 4)])
        missing -= PAGE - 4
        following = _long(data, start)
    return b"".join(pieces)


def _record(payload: bytes) -> tuple[Value, ...]:
    end, at = _varint(payload, 0)
    kinds, values = [], []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    for kind in kinds:
        size = SIZES[kind] if kind < len(SIZES) else (kind - 12) // 2
        if at + size > len(payload):
            raise ValueError("a value that leaves its row")
        values.append(_value(kind, payload[at : at + size]))
        at += size
    return tuple(values)


def _value(kind: int, raw: bytes) -> Value:
    if kind in (0, 8, 9):
        return {0: None, 8: 0, 9: 1}[kind]
    if kind < 7:
        return int.from_bytes(raw, "big", signed=True)
    if kind == 7:
        return struct.unpack(">d", raw)[0]
    if kind < 12:
        raise ValueError("a kind of value there is not")
    return raw.decode("utf-8", "replace") if kind % 2 else raw


def _varint(data: Bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next one begins."""
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9


def _short(data: Bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _long(data: Bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
