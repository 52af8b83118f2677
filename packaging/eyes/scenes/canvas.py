"""The paper a scene is drawn on, and what becomes of it on its way to 128 x 128 pixels."""

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from scenes.colours import NAMES, RGB, colour

SIDE = 128
LONG = 256  # of a scene as it is drawn; halved at the end, which smooths every edge
CLEAR = 0.3
PADDING = 127  # what llama.cpp fills up to the square with
ASPECTS = (4 / 3, 3 / 4, 3 / 2, 2 / 3, 16 / 9, 9 / 16, 2.0, 1.25, 0.8)
FILLINGS = {
    "train": ("down", "across", "grain", "round", "halves", "dots", "clouds", "clouds"),
    "held out": ("slant", "stripes", "tiles"),
}
PLAIN = ("white", "white", "black", "grey", "yellow", "blue", "green", "pink", "orange", "purple")


class Canvas(NamedTuple):
    image: Image.Image  # RGB
    paper: ImageDraw.ImageDraw
    ground: str  # what the background is called: "white", or "" where no word fits
    behind: tuple[RGB, ...]  # the colours a thing on it has to stand out from
    clear: bool = False

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def share(self, rng: np.random.Generator, least: float, most: float) -> float:
        """How much of something a thing takes: in clear pictures never little."""
        part = rng.random()
        return least + (most - least) * (0.4 + 0.6 * part if self.clear else part)


def canvas(rng: np.random.Generator, split: str, aspect: float = 0.0, ground: str = "") -> Canvas:
    """Fresh paper; `ground` asks for a plain background of that colour.

    In training some pictures are clear, as most of those are that people ask about: plain, large,
    unspoiled. The test has none that were made so.
    """
    clear = split == "train" and bool(rng.random() < CLEAR)
    if not aspect:
        aspect = 1.0 if rng.random() < 0.55 else ASPECTS[rng.integers(len(ASPECTS))]
    size = (LONG, round(LONG / aspect)) if aspect >= 1 else (round(LONG * aspect), LONG)
    chance = rng.random()
    if ground or clear or chance < (0.5 if split == "train" else 0.35):
        name = ground or PLAIN[rng.integers(len(PLAIN))]
        shade = colour(rng, name)
        if name not in ("white", "black", "grey") and not ground and rng.random() < 0.5:
            name, shade = "", _pale(shade)
        image = Image.new("RGB", size, shade)
        image.info["clear"] = clear
        return Canvas(image, ImageDraw.Draw(image), name, (shade,), clear)
    one = _soft(rng)
    other = _near(rng, one)
    kinds = (
        ("down", "across", "grain", "round") if split == "train" else ("slant", "stripes", "tiles")
    )
    image = _filled(rng, size, kinds[rng.integers(len(kinds))], one, other)
    return Canvas(image, ImageDraw.Draw(image), "", (one, other))


def fit(image: Image.Image) -> np.ndarray:
    """The picture as a projector of a fixed square sees it: whole, centred on grey, uint8.

    To the last bit what llama.cpp makes of it, with its single-precision rounding of the sides.
    """
    wide, high = image.size
    scale = np.float32(SIDE) / np.float32(max(wide, high))
    size = _side(wide, scale), _side(high, scale)
    small = image.resize(size, Image.Resampling.BICUBIC) if image.size != size else image
    if size == (SIDE, SIDE):
        return np.asarray(small)
    square = np.full((SIDE, SIDE, 3), PADDING, np.uint8)
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    square[top : top + size[1], left : left + size[0]] = np.asarray(small)
    return square


def _side(length: int, scale: np.float32) -> int:
    return min(SIDE, int(np.ceil(np.float32(length) * scale)))


def spoil(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """What cameras, screens and files do to a picture, mildly: often nothing at all."""
    if image.info.get("clear"):
        return image
    chance = rng.random(6)
    if chance[0] < 0.12:
        image = image.filter(ImageFilter.BoxBlur(rng.uniform(0.4, 1.8)))
    if chance[1] < 0.06:  # a small file made bigger
        wide, high = image.size
        part = rng.uniform(0.28, 0.45)
        image = image.resize((round(wide * part), round(high * part)), Image.Resampling.BILINEAR)
    elif image.width + image.height > 3 * SIDE:
        image = image.reduce(2)
    if chance[2] < 0.2:
        image = _lit(rng, image)
    if chance[3] < 0.15:
        image = _noisy(rng, image)
    if chance[4] < 0.25:
        kept = io.BytesIO()
        image.save(kept, "JPEG", quality=int(rng.integers(35, 92)))
        image = Image.open(kept)
    return image


def _lit(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Lighter on one side than on the other, or all of it a little brighter or duller."""
    wide, high = image.size
    low, far = rng.uniform(0.8, 1.0, 2)
    across = np.linspace(low, far, wide, dtype=np.float32)
    down = np.linspace(1.0, rng.uniform(0.85, 1.08), high, dtype=np.float32)
    lit = np.asarray(image) * (down[:, None] * across)[..., None]
    return Image.fromarray(np.minimum(lit, 255).astype(np.uint8))


def _noisy(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    pixels = np.asarray(image).astype(np.int16)
    reach = int(rng.integers(4, 22))
    pixels += rng.integers(-reach, reach + 1, pixels.shape, dtype=np.int16)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _pale(shade: RGB) -> RGB:
    return tuple(channel // 4 + 190 for channel in shade)  # type: ignore[return-value]


def _soft(rng: np.random.Generator) -> RGB:
    shade = colour(rng, NAMES[rng.integers(len(NAMES))])
    chance = rng.random()
    if chance < 0.6:
        return _pale(shade)
    return tuple(channel // 4 + 12 for channel in shade)  # type: ignore[return-value]


def _near(rng: np.random.Generator, shade: RGB) -> RGB:
    moved = np.clip(np.array(shade) + rng.integers(-34, 35, 3), 0, 255)
    return int(moved[0]), int(moved[1]), int(moved[2])


def _filled(
    rng: np.random.Generator, size: tuple[int, int], kind: str, one: RGB, other: RGB
) -> Image.Image:
    wide, high = size
    if kind in ("stripes", "tiles"):
        step = int(rng.integers(14, 48))
        x, y = np.arange(wide) // step % 2, np.arange(high) // step % 2
        upright = rng.random() < 0.5
        mask = (x[None] ^ y[:, None]) if kind == "tiles" else (x[None] + 0 * y[:, None])
        if kind == "stripes" and not upright:
            mask = y[:, None] + 0 * x[None]
        return Image.composite(
            Image.new("RGB", size, one), Image.new("RGB", size, other), _mask(mask * 255.0)
        )
    if kind == "dots":
        return _dotted(rng, size, one, other)
    if kind == "clouds":
        coarse = rng.integers(-26, 27, (int(rng.integers(2, 9)), int(rng.integers(2, 9)), 3)) + one
        small = Image.fromarray(np.clip(coarse, 0, 255).astype(np.uint8))
        return small.resize(size, Image.Resampling.BICUBIC)
    x = np.linspace(0, 1, wide, dtype=np.float32)[None]
    y = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    if kind == "down":
        share = y + 0 * x
    elif kind == "across":
        share = x + 0 * y
    elif kind == "halves":
        share = ((x if rng.random() < 0.5 else y) > rng.uniform(0.3, 0.7)) + 0 * x * y
    elif kind == "slant":
        share = (x + y) / 2
    elif kind == "round":
        share = np.minimum(1, 2 * np.sqrt((x - 0.5) ** 2 + (y - 0.5) ** 2))
    else:
        coarse = rng.random((max(2, high // 4), max(2, wide // 4))) * 255
        grain = Image.fromarray(coarse.astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)
        return Image.composite(Image.new("RGB", size, one), Image.new("RGB", size, other), grain)
    return Image.composite(
        Image.new("RGB", size, one), Image.new("RGB", size, other), _mask(share * 255)
    )


def _dotted(rng: np.random.Generator, size: tuple[int, int], one: RGB, other: RGB) -> Image.Image:
    image = Image.new("RGB", size, one)
    paper = ImageDraw.Draw(image)
    step, radius = int(rng.integers(18, 44)), int(rng.integers(2, 6))
    for y in range(step // 2, size[1], step):
        for x in range(step // 2, size[0], step):
            paper.ellipse((x - radius, y - radius, x + radius, y + radius), fill=other)
    return image


def _mask(share: np.ndarray) -> Image.Image:
    return Image.fromarray(share.astype(np.uint8))
