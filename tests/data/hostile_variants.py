"""Files that pretend to be variants, each harmful or broken in a way of its own.

corpus() makes them all; run it on its own to take them in as Parley would and to be told what came
of it: python -m tests.data.hostile_variants FOLDER, where FOLDER has corpus/ and out/. Every write
outside out/ is reported, and so is whatever is raised that is no BadVariant.
"""

import gzip
import hashlib
import io
import json
import os
import random
import stat
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engines.variants.checked import BadVariant
from engines.variants.file import read
from engines.variants.knowledge import Knowledge

MEMORY = 700 << 20  # bytes of address space for taking them in
CHANGES = ("os.rename", "os.mkdir", "os.symlink", "os.link", "os.remove", "os.chmod", "os.truncate")
TOML = "variant.toml"
TEXT = b"The key hangs behind the door.\n"
READ, COPY, FINE = "refused when read", "refused when unpacked", "taken"


@dataclass
class Member:
    name: str | bytes
    data: bytes
    method: int = 0
    flags: int = 0
    mode: int = stat.S_IFREG | 0o644
    system: int = 3
    size: int = -1  # that is claimed; -1: the true one
    crc: int = -1
    at: int = -1  # where its local header is claimed to be

    @property
    def packed(self):
        if self.method != 8:
            return self.data
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.data) + packer.flush()


def archive(*members, count=-1, listed=-1, begins=-1, before=b"", after=b"", comment=b"", more=b""):
    """The bytes of a ZIP; count, listed and begins are what its end claims of its list."""
    body, rows = io.BytesIO(), list[bytes]()
    body.write(before)
    for one in members:
        name = one.name.encode() if isinstance(one.name, str) else one.name
        packed, at = one.packed, body.tell() if one.at < 0 else one.at
        size = len(one.data) if one.size < 0 else one.size
        crc = zlib.crc32(one.data) if one.crc < 0 else one.crc
        flags = one.flags | (0 if name.isascii() else 0x800)
        known = struct.pack("<HHHHHLLL", 20, flags, one.method, 0, 33, crc, len(packed), size)
        if one.at < 0:
            body.write(b"PK\x03\x04" + known + struct.pack("<HH", len(name), 0) + name + packed)
        row = b"PK\x01\x02" + struct.pack("<BB", 20, one.system) + known
        row += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, one.mode << 16, at) + name
        rows.append(row)
    start, listing = body.tell(), b"".join(rows)
    body.write(listing + more + b"PK\x05\x06")
    count = len(members) if count < 0 else count
    listed = len(listing) if listed < 0 else listed
    begins = start if begins < 0 else begins
    body.write(struct.pack("<HHHHLLH", 0, 0, count, count, listed, begins, len(comment)) + comment)
    return body.getvalue() + after


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=not name.isprintable() and max(map(ord, name)) < 0x10000)


def knowing(*files: tuple[str, bytes], head: str = 'name = "x"', **claims) -> bytes:
    """variant.toml that speaks of files."""
    lines = [head]
    for name, data in files:
        sha256 = claims.get("sha256", hashlib.sha256(data).hexdigest())
        size = claims.get("size", len(data))
        lines += [f'[[knowledge]]\nname = {quoted(name)}\nsha256 = "{sha256}"\nsize = {size}']
    return "\n".join(lines).encode()


def toml(data: bytes | str, **more) -> Member:
    return Member(TOML, data.encode() if isinstance(data, str) else data, **more)


def with_text(**more) -> bytes:
    """A good variant but for what is another in its text file."""
    return archive(toml(knowing(("a.txt", TEXT))), Member("a.txt", TEXT, **more))


GOOD = with_text()
NAMES = (
    *("../x.txt", "..\\x.txt", "a/../../x.txt", "/etc/x.txt", "//server/x.txt", "C:x.txt"),
    *("C:\\x.txt", "\\\\server\\x.txt", "~/x.txt", "./x.txt", "folder/x.txt", "folder/", "..", "."),
    *("x\0.txt", "x\n.txt", "x\x1b[2J.txt", "x\u202etxt.exe", "x\u2066.txt", "x\u200b.txt"),
    *("x.", "x ", " x", "CON", "con.txt", "nul.gguf", "COM1.txt", "lpt\u00b9", "conin$"),
    *("x" * 300, "", "VARIANT.TOML", "variant.toml ", "variant.toml.", "variant.toml/", ".hidden"),
    *("%2e%2e/x", "\uff0e\uff0e/x", "..\u2215x", "e\u0301.txt", "-rf", "a:b.txt", "a|b", "$(x)"),
    *("*.txt", "a?.txt", "a<b", 'a"b', "`x`", "a;b", "\ufeffx", "\U000e0041x", "\ud7ff\ufffe"),
)
KINDS = (stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK)
BAD_TOML = {
    "empty": "",
    "no text": b"\xff\xfe\x00",
    "utf-16": 'name = "x"'.encode("utf-16"),
    "NUL": b'name = "x\0"',
    "html": "<html></html>",
    "unterminated": 'name = "x',
    "unterminated long": 'name = """x' + "\n" * 1000,
    "twice": 'name = "x"\nname = "y"',
    "surrogate": 'name = "\\ud800"',
    "lists": "name = " + "[" * 100_000,
    "lists closed": "name = " + "[" * 5_000 + "]" * 5_000,
    "tables": "name = " + "{a=" * 100_000,
    "dotted": "a" + ".a" * 300_000 + " = 1",
    "headed": "[" + "a." * 300_000 + "a]\n" + "k = 1\n" * 10,
    "headed and full": f"[{'.'.join('a' * 150_000)}]\n"
    + "".join(f"k{n}=1\n" for n in range(60_000)),
    "quoted and deep": "[" + ".".join(['"a"'] * 150_000) + "]\n" + "k=1\n" * 50_000,
    "after a text": 'name = """\n"""\n[' + "a." * 300_000 + "a]",
    "many tables": "[[tests]]\n" * 100_000,
    "many keys": 'name = "x"\n' + "".join(f"k{n} = 1\n" for n in range(80_000)),
    "long key": "k" * 900_000 + " = 1",
    "digits": 'name = "x"\ncontext = ' + "9" * 900_000,
    "hexadecimal": 'name = "x"\ncontext = 0x' + "f" * 900_000,
    "infinite": 'name = "x"\nminutes = inf',
    "no number": 'name = "x"\nminutes = nan',
    "float too large": 'name = "x"\nminutes = 1e999',
    "whole too large": 'name = "x"\nminutes = ' + "9" * 400,
    "a date": "name = 2026-11-26",
    "a list": 'name = ["x"]',
    "a table": "[name]\nx = 1",
    "a number": "name = 1",
    "code": 'name = "x"\ncode = "import os"',
    "grants": 'name = "x"\n[grants]\ntools = ["python"]',
    "a path": 'name = "x"\n[base]\npath = "/etc/passwd"',
    "a command": 'name = "x"\n[[mcp]]\ncommand = "sh"',
    "in a check": 'name = "x"\n[[tests]]\nquestion = "q"\nchecks = [{kind = "python", text = "1"}]',
    "no check": 'name = "x"\n[[tests]]\nquestion = "q"\nchecks = []',
    "newer": 'name = "x"\nformat = 2\nfuture = 1',
    "format as text": 'name = "x"\nformat = "1"',
    "format below": 'name = "x"\nformat = -1',
    "id": 'name = "x"\nid = "../../x"',
    "no name": 'line = "x"',
    "blank name": 'name = "  "',
    "long name": f'name = "{"x" * 100}"',
    "turned name": 'name = "x\\u202egpj.exe"',
    "hidden instructions": 'name = "x"\ninstructions = "\\U000e0041\\U000e0042"',
    "escape": 'name = "x"\ninstructions = "\\u001b]8;;x"',
    "long instructions": f'name = "x"\ninstructions = "{"x" * 300_000}"',
    "voice": 'name = "x"\n[voice]\nname = "../../voice"',
    "colour": 'name = "x"\n[look]\ncolour = "url(x)"',
    "tools": 'name = "x"\ntools = ["rm -rf /"]',
    "schema": f"name = \"x\"\njson_schema = '{'[' * 190_000}'",
    "both": 'name = "x"\ngrammar = "root ::= x"\njson_schema = "{}"',
    "negative size": knowing(("a.txt", b""), size=-1),
    "size": knowing(("a.txt", b""), size=3_000_000_000),
    "no hash": knowing(("a.txt", b""), sha256=""),
    "large hash": knowing(("a.txt", b""), sha256="A" * 64),
    "picture": f'name = "x"\n[look.picture]\nname = "x.svg"\nsha256 = "{"a" * 64}"\nsize = 1',
    "adapter": f'name = "x"\n[[adapters]]\nfile = {{name="a.pkl", sha256="{"a" * 64}", size=1}}',
    "spaces": " " * (2 << 20),
}
STRANGE_FLAGS = (0x1, 0x20, 0x40, 0x2000, 0x41)
METHODS = (1, 6, 9, 12, 14, 93, 95, 98, 99, 0xFFFF)


def corpus() -> Iterator[tuple[str, str, bytes, str]]:
    """(class, what, the bytes of a file, what has to come of it)"""
    yield "good", "as it should be", GOOD, FINE
    yield from named()
    for kind in KINDS:
        for system in (3, 0):
            yield "no file", f"{kind:o} {system}", with_text(mode=kind | 0o777, system=system), READ
        yield "no file", f"toml {kind:o}", archive(toml('name = "x"', mode=kind | 0o777)), READ
    yield from twice()
    yield from sizes()
    for flags in STRANGE_FLAGS:
        yield "encrypted", f"{flags:#x}", with_text(flags=flags), READ
        yield "encrypted", f"toml {flags:#x}", archive(toml('name = "x"', flags=flags)), READ
    for method in METHODS:
        yield "method", f"{method}", with_text(method=method), READ
        yield "method", f"toml {method}", archive(toml('name = "x"', method=method)), READ
    yield from hashes()
    yield from torn()
    for what, text in BAD_TOML.items():
        yield "bad TOML", what, archive(toml(text)), READ
        if len(text) > 10_000:
            yield "bad TOML", f"{what}, packed", archive(toml(text, method=8)), READ
    yield from others()


def named():
    for name in NAMES:
        extra = archive(toml(knowing()), Member(name, TEXT))
        yield "name", f"unspoken of {name[:20]!r}", extra, READ
        spoken = archive(toml(knowing((name, TEXT))), Member(name, TEXT))
        yield "name", f"spoken of {name[:20]!r}", spoken, READ
    for raw in (b"\xff\xfe.txt", b"\x80..\x81", b"a\x00b"):
        yield "name", f"raw {raw!r}", archive(toml(knowing()), Member(raw, TEXT, flags=0x800)), READ


def twice():
    one, two = Member("a.txt", TEXT), Member("a.txt", b"other")
    told = toml(knowing(("a.txt", TEXT)))
    yield "twice", "a file", archive(told, one, two), READ
    yield "twice", "variant.toml", archive(toml('name = "x"'), toml('name = "y"')), READ
    yield "twice", "in capitals", archive(told, one, Member("A.TXT", TEXT)), READ
    yield (
        "twice",
        "TOML in capitals",
        archive(toml('name = "x"'), Member("Variant.toml", b"")),
        READ,
    )
    both = knowing(("a.txt", TEXT), ("a.txt", TEXT))
    yield "twice", "spoken of", archive(toml(both), one), READ
    yield (
        "twice",
        "spoken of in capitals",
        archive(toml(knowing(("a.txt", TEXT), ("A.txt", TEXT)))),
        READ,
    )
    at = len(archive(told)) - 22 - 46 - len(TOML)
    shared = [Member(f"{n}.txt", TEXT, at=at) for n in range(40)]
    spoken = toml(knowing(*((f"{n}.txt", TEXT) for n in range(40))))
    yield "twice", "one for many", archive(spoken, one, *shared), READ


def sizes():
    zeros = bytes(50 << 20)
    told = toml(knowing(("a.txt", zeros[:1000])))
    for method in (0, 8):
        more = zeros if method else zeros[: 1 << 20]
        yield (
            "size",
            f"more than claimed {method}",
            archive(told, Member("a.txt", more, method=method, size=1000)),
            COPY,
        )
        yield (
            "size",
            f"less than claimed {method}",
            archive(told, Member("a.txt", zeros[:10], method=method, size=1000)),
            COPY,
        )
        text = b'name = "x"' + b" " * (50 << 20 if method else 2 << 20)
        yield "size", f"TOML {method}", archive(toml(text, method=method)), READ
        yield (
            "size",
            f"TOML claims little {method}",
            archive(toml(text, method=method, size=9)),
            READ,
        )
    bomb = toml(knowing(("a.txt", b""), size=60 << 20, sha256="a" * 64))
    yield (
        "size",
        "a bomb of the size it says",
        archive(bomb, Member("a.txt", bytes(60 << 20), method=8)),
        COPY,
    )
    much = toml(knowing(("a.txt", b""), size=1 << 31))
    yield "size", "a giant", archive(much, Member("a.txt", b"", size=1 << 31)), READ
    yield "size", "a giant in the list", archive(told, Member("a.txt", b"", size=0xFFFFFFFF)), READ
    for count in (300, 5_000, 60_000):
        many = [Member(f"{n}", b"") for n in range(count)]
        yield "size", f"{count} files", archive(toml('name = "x"'), *many), READ
    yield "size", "a list of 4 GB", archive(toml('name = "x"'), listed=0xFFFFFFF0), READ
    yield "size", "a list beyond the end", archive(toml('name = "x"'), begins=0xFFFFFFF0), READ
    yield "size", "more in the count than there is", archive(toml('name = "x"'), count=60_000), FINE
    wide = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 1 << 50, 0)
    end = b"PK\x06\x06" + wide + b"PK\x06\x07" + struct.pack("<LQL", 0, len(GOOD), 1)
    yield "size", "a list of a petabyte", archive(toml('name = "x"'), more=end), READ
    deep = archive(toml('name = "x"'), Member("a.txt", GOOD))
    yield "size", "a file nobody speaks of", deep, READ


def hashes():
    yield (
        "hash",
        "other contents",
        archive(toml(knowing(("a.txt", TEXT))), Member("a.txt", TEXT[::-1])),
        COPY,
    )
    yield (
        "hash",
        "other hash",
        archive(toml(knowing(("a.txt", TEXT), sha256="a" * 64)), Member("a.txt", TEXT)),
        COPY,
    )
    yield "hash", "other check sum", with_text(crc=1), COPY
    yield (
        "hash",
        "other size",
        archive(toml(knowing(("a.txt", TEXT), size=5)), Member("a.txt", TEXT)),
        READ,
    )
    yield "hash", "not there", archive(toml(knowing(("a.txt", TEXT)))), READ
    yield "hash", "TOML not there", archive(Member("a.txt", TEXT)), READ
    yield "hash", "check sum of TOML", archive(toml('name = "x"', crc=1)), READ
    yield (
        "hash",
        "header elsewhere",
        archive(toml(knowing(("a.txt", TEXT))), Member("a.txt", TEXT, at=7)),
        READ,
    )
    far = Member("a.txt", TEXT, at=0xFFFFFF00)
    yield "hash", "header beyond the end", archive(toml(knowing(("a.txt", TEXT))), far), COPY
    swapped = Member("a.txt", TEXT, at=0)  # its header is that of variant.toml
    yield "hash", "header of another", archive(toml(knowing(("a.txt", TEXT))), swapped), COPY


def torn():
    dice = random.Random(20)
    for at in range(0, len(GOOD), max(len(GOOD) // 30, 1)):
        yield "torn", f"after {at} bytes", GOOD[:at], READ
    for n in range(60):
        data = bytearray(GOOD)
        for _ in range(dice.choice((1, 3, 20))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        yield "torn", f"changed {n}", bytes(data), ""
    for n in range(20):
        at, count = dice.randrange(len(GOOD)), dice.randrange(1, 60)
        yield "torn", f"without {n}", GOOD[:at] + GOOD[at + count :], ""
    yield "torn", "bytes before", archive(toml('name = "x"'), before=b"#!/bin/sh\n"), READ
    yield "torn", "bytes after", archive(toml('name = "x"'), after=bytes(70_000)), READ
    yield "torn", "a comment", archive(toml('name = "x"'), comment=b"c" * 60_000), FINE


def others():
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as opened:
        info = tarfile.TarInfo("../variant.toml")
        opened.addfile(info)
    office = io.BytesIO()
    with zipfile.ZipFile(office, "w") as opened:
        opened.writestr("word/document.xml", "<w/>")
    kinds = {
        "nothing": b"",
        "a byte": b"P",
        "PK": b"PK\x03\x04",
        "an empty ZIP": archive(),
        "random": random.Random(2).randbytes(5000),
        "zeros": bytes(5000),
        "PNG": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "GGUF": b"GGUF\3\0\0\0" + bytes(100),
        "PDF": b"%PDF-1.7\n",
        "SQLite": b"SQLite format 3\0" + bytes(100),
        "gzip": gzip.compress(GOOD),
        "tar": tar.getvalue(),
        "Office": office.getvalue(),
        "TOML": b'name = "x"\n',
        "JSON": b'{"name": "x"}',
    }
    for what, data in kinds.items():
        yield "another format", what, data, READ


def main(place: Path) -> None:
    """Takes in everything below place/corpus and says what came of each, as JSON."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    out, outside, found = place / "out", list[str](), {}
    os.chdir(place)
    files = sorted((place / "corpus").iterdir())
    sys.addaudithook(lambda event, arguments: watch(event, arguments, out, outside))
    for file in files:
        try:
            found[file.name] = taken(file, out)
        except Exception as error:  # noqa: BLE001 that is what is looked for
            found[file.name] = f"raised {error!r}"[:300]
        for left in out.iterdir():
            if left.suffix == ".tmp":
                outside.append(f"left {left.name}")
            left.unlink()
    print(json.dumps({"found": found, "outside": outside}))  # noqa: T201


def taken(file: Path, out: Path) -> str:
    """How far it comes, as Parley would take it in."""
    try:
        opened = read(file)
    except BadVariant as error:
        return in_words(error) or READ
    try:
        for number, one in enumerate(opened.variant.attached()):
            opened.copy(one, out / f"{number}")
        Knowledge.of(opened).whole(1000)
    except BadVariant as error:
        return in_words(error) or COPY
    return FINE


def in_words(error: BadVariant) -> str:
    """What is wrong with what is said."""
    fine = error.message.isprintable() and len(error.message) < 300 and error.message.endswith(".")
    return "" if fine else f"said {error.message[:300]!r}"


def watch(event: str, arguments: tuple, out: Path, outside: list[str]) -> None:
    if event == "open":
        name, _, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    else:
        name, writes = arguments[0] if arguments else 0, event in CHANGES
    if writes and not isinstance(name, int):
        at = Path(os.fsdecode(name))
        if not at.parent.resolve().is_relative_to(out):
            outside.append(f"{event} {at}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
