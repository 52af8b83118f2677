"""Small files that unpack to large ones, put together byte by byte; and headers that lie."""

import struct
import zlib
from functools import cache

MEGABYTE = 1 << 20


@cache
def packed(part, level=6):
    """A piece of deflated data that can be repeated."""
    packer = zlib.compressobj(level, wbits=-15)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


END = b"\x03\x00"  # an empty last block


@cache
def repeated(part, times):
    """(deflated, crc, size) of a part so many times."""
    crc = 0
    for _ in range(times):
        crc = zlib.crc32(part, crc)
    return packed(part) * times + END, crc, len(part) * times


def between(head, part, times, tail):
    """The same with something before and behind it."""
    crc = zlib.crc32(head)
    for _ in range(times):
        crc = zlib.crc32(part, crc)
    data = packed(head) + packed(part) * times + packed(tail) + END
    return data, zlib.crc32(tail, crc), len(head) + len(part) * times + len(tail)


def archive(members, claimed=None):
    """A zip of members: name -> bytes, or (deflated, crc, size). claimed: the size it tells."""
    out, listed = bytearray(), bytearray()
    for name, content in members.items():
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            content = packed(content) + END, zlib.crc32(content), len(content)
        data, crc, size = content
        size = claimed if claimed is not None else min(size, 0xFFFFFFFE)
        about = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(data), size, len(name), 0)
        listed += b"PK\x01\x02" + struct.pack("<H", 20) + about
        listed += struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name.encode()
        out += b"PK\x03\x04" + about + name.encode() + data
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(listed), len(out), 0)
    return bytes(out + listed + b"PK\x05\x06" + end)


def zeros(size):
    """A zlib stream of nothing but zeros."""
    whole, rest = divmod(size, MEGABYTE)
    data = b"\x78\x01" + packed(bytes(MEGABYTE)) * whole + packed(bytes(rest)) + END
    return data + struct.pack(">I", (size % 65521) << 16 | 1)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png(width, height, data=None, *, bits=8, colours=2, before=(), after=()):
    """data None: black (or transparent) all over. before, after: further chunks."""
    if data is None:
        row = 1 + (width * bits * CHANNELS[colours] + 7) // 8
        data = zeros(row * height)
    head = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    chunks = [(b"IHDR", head), *before, (b"IDAT", data), *after, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def gif(width, height, frames=1, size=None):
    """Each frame as large as told, of a single pixel of data."""
    picture = size or (width, height)
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, *picture, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


def webp(width, height, frames=b""):
    """An animation on a canvas of that size."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    body += b"ANIM" + struct.pack("<I", 6) + bytes(6) + frames
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def bmp(width, height, bits=24):
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 100, 0, 0, 54) + head + bytes(100)


def tiff(*directories, strip=b"", loop=False):
    """Directories of {tag: (type, count, value)}; loop: the last one leads to the first."""
    out = bytearray(b"II*\0" + struct.pack("<I", 8))
    for number, tags in enumerate(directories):
        after = len(out) + 2 + 12 * len(tags) + 4
        last = number == len(directories) - 1
        out += struct.pack("<H", len(tags))
        for tag, (kind, count, value) in sorted(tags.items()):
            out += struct.pack("<HHII", tag, kind, count, value)
        out += struct.pack("<I", (8 if loop else 0) if last else after)
    return bytes(out) + strip


def page(width, height, at=0, **more):
    """A directory for tiff: a grey picture whose strip lies at that place."""
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: at, 277: 1, 278: height}
    tags[279] = min(width * height, 2**32 - 1)
    made = {tag: (4, 1, value) for tag, value in tags.items()}
    return made | {int(tag): value for tag, value in more.items()}


def jpeg_of(base, width, height):
    """A JPEG that says another size."""
    for mark in (b"\xff\xc0", b"\xff\xc2"):
        place = base.find(mark)
        if place > 0:
            size = struct.pack(">HH", height, width)
            return base[: place + 5] + size + base[place + 9 :]
    raise AssertionError("no frame header")


def icon(*pictures, count=None):
    """An ICO of files in PNG or BMP."""
    out = struct.pack("<HHH", 0, 1, count if count is not None else len(pictures))
    place = 6 + 16 * len(pictures)
    for data in pictures:
        out += struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(data), place)
        place += len(data)
    return out + b"".join(pictures)


def wav(rate, size, channels=1):
    body = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * 2, 2 * channels, 16)
    body += b"data" + struct.pack("<I", size) + bytes(size)
    return b"RIFF" + struct.pack("<I", len(body)) + body
