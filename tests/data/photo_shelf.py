"""A folder of photos drawn here, with what must not trouble a program that looks at them."""

import os
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

OLD = 1_600_000_000  # seconds: 13 September 2020
COLOURS = {
    "red": (220, 40, 40),
    "green": (40, 170, 80),
    "blue": (44, 92, 220),
    "yellow": (245, 200, 40),
    "purple": (140, 70, 200),
}
SHAPES = ("circle", "square", "triangle", "cross")
GROUNDS = {"white": (255, 255, 255), "paper": (238, 236, 228), "night": (30, 30, 40)}


def drawn(shape: str, colour: str, ground: str, size=(480, 480)) -> Image.Image:
    image = Image.new("RGB", size, GROUNDS[ground])
    draw, fill = ImageDraw.Draw(image), COLOURS[colour]
    x, y, r = size[0] / 2, size[1] / 2, min(size) * 0.3
    if shape == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill)
    elif shape == "square":
        draw.rectangle((x - r, y - r, x + r, y + r), fill)
    elif shape == "triangle":
        draw.polygon([(x, y - r), (x - r, y + r), (x + r, y + r)], fill)
    else:
        draw.rectangle((x - r, y - r / 3, x + r, y + r / 3), fill)
        draw.rectangle((x - r / 3, y - r, x + r / 3, y + r), fill)
    return image


def shelf(folder: Path) -> Path:
    """60 photos, "red circle white.jpg" … in folders by their ground; the names are hidden."""
    number = 0
    for ground in GROUNDS:
        for colour in COLOURS:
            for shape in SHAPES:
                made = folder / ground / f"{number:03}-{colour[0]}{shape[0]}.jpg"
                save(drawn(shape, colour, ground), made, OLD + number * 86_400)
                number += 1
    return folder


def save(image: Image.Image, path: Path, at: float = OLD, **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    os.utime(path, (at, at))
    return path


def plain(folder: Path, colours, count: int) -> Path:
    """So many photos of each colour alone, as tiny eyes tell them apart."""
    for name in colours:
        fill = COLOURS.get(name, (255, 255, 255))
        for number in range(count):
            save(Image.new("RGB", (320, 240), fill), folder / f"{name}-{number}.jpg", OLD + number)
    return folder


def hostile(folder: Path) -> int:
    """Files that are no photos, whatever they are called; how many of them look like one."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder.parent / "whole.jpg"
    drawn("circle", "red", "white").save(whole)
    data = whole.read_bytes()
    whole.unlink()
    broken = {
        "empty.jpg": b"",
        "short.jpg": data[:40],
        "noise.png": os.urandom(2000),
        "text.webp": b"This is no picture.",
        "bomb.png": bomb(60_000, 60_000),
        "thin.png": bomb(200_000, 1),
        "page.gif": b"<html><body>Not found</body></html>",
        "bad.tif": b"II*\0\xff\xff\xff\x7f" + b"\0" * 50,
        "bad.heic": b"\0\0\0\x18ftypheic" + b"\xff" * 200,
        "bad.avif": b"\0\0\0\x18ftypavif" + b"\xff" * 200,
        "bad.bmp": b"BM" + b"\xff" * 4 + bytes(4) + b"\xff" * 60,
    }
    for name, content in broken.items():
        (folder / name).write_bytes(content)
        os.utime(folder / name, (OLD, OLD))
    os.mkfifo(folder / "pipe.jpg")
    (folder / "loop").symlink_to(folder)
    (folder / "passwd.jpg").symlink_to("/etc/passwd")
    (folder / "folder.jpg").mkdir()
    return len(broken)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    made = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + made
