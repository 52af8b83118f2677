"""Everyday things with their names, as emoji in several styles and as icons of one colour."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from scenes import materials
from scenes.colours import RGB

_TABLE: dict[str, dict] = tomllib.loads((Path(__file__).parent / "things.toml").read_text("utf-8"))
_PLURALS: dict[str, str] = _TABLE.pop("plurals")
_ICONS: dict[str, list[str]] = _TABLE.pop("icons")
_GROUPS: list[list[str]] = _TABLE.pop("alike")["groups"]
ALSO: dict[str, list[str]] = _TABLE.pop("also")  # other words for a name
KINDS = tuple(_TABLE)
KIND = {name: kind for kind, names in _TABLE.items() for name in names}
NAMES = tuple(KIND)
CODES: dict[str, list[str]] = {
    name: codes for names in _TABLE.values() for name, codes in names.items()
}
ICONS = {name: _ICONS.get(name, [re.sub(r"\W", "-", name)]) for name in NAMES}
STYLES = {
    "train": ("noto", "twemoji", "fluent-flat", "fluent-modern"),
    "held out": ("openmoji-color",),
}
ICON_STYLES = {
    "train": ("lucide", "tabler", "tabler-filled"),
    "held out": ("phosphor", "phosphor-fill"),
}


RIM = 3  # pixels of a dark outline
INK = [0] * 48 + [255] * 208  # how sharp an edge has to be to be drawn
MANNERS = ("rimmed", "inked", "flat", "grey")
COLOURED = ("food", "plant", "face", "sign")  # not told apart without their colours


class Style(NamedTuple):
    names: tuple[str, ...]
    pictures: tuple[Image.Image, ...]  # RGBA, or L for icons, all of one size
    found: dict[str, tuple[int, ...]]  # the pictures of a name
    means: tuple[RGB, ...]  # what colour each is over all


def alike(one: str, other: str) -> bool:
    """Whether somebody may take one for the other, or one is part of the other."""
    if one.split()[-1] in other.split() or other.split()[-1] in one.split():
        return True
    return any(one in group and other in group for group in _GROUPS)


def plural(name: str) -> str:
    if name in _PLURALS:
        return _PLURALS[name]
    head, joint, rest = _split(name)
    if head[-1] == "y" and head[-2] not in "aeiou":
        return f"{head[:-1]}ies{joint}{rest}"
    ending = "es" if head.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{head}{ending}{joint}{rest}"


def styles(split: str, icons: bool = False) -> tuple[Style, ...]:
    """What the materials have of a split, ready to paste; none where there are no materials."""
    folder = materials.folder()
    return _styles(folder, split, icons) if folder else ()


@cache
def _styles(folder: Path, split: str, icons: bool) -> tuple[Style, ...]:
    names = (ICON_STYLES if icons else STYLES)[split]
    place = folder / ("icons" if icons else "things")
    return tuple(_opened(place / f"{one}.npz") for one in names if (place / f"{one}.npz").exists())


def _opened(path: Path) -> Style:
    with np.load(path) as kept:
        names = tuple(str(name) for name in kept["names"])
        pictures = tuple(Image.fromarray(one) for one in kept["pictures"])
    found: dict[str, tuple[int, ...]] = {}
    for index, name in enumerate(names):
        found[name] = (*found.get(name, ()), index)
    return Style(names, pictures, found, tuple(_mean(one) for one in pictures))


def _mean(picture: Image.Image) -> RGB:
    if picture.mode == "L":
        return 0, 0, 0
    red, green, blue, _ = np.asarray(picture.resize((1, 1), Image.Resampling.BOX))[0, 0].tolist()
    return red, green, blue


def in_manner(split: str, style: int, index: int, manner: str) -> Image.Image:
    """A picture of a style as another hand might draw it, so that no style is learned by heart."""
    folder = materials.folder()
    assert folder is not None
    return _in_manner(folder, split, style, index, manner)


@lru_cache(maxsize=1200)
def _in_manner(folder: Path, split: str, style: int, index: int, manner: str) -> Image.Image:
    picture = ImageOps.expand(_styles(folder, split, False)[style].pictures[index], RIM)
    alpha = picture.getchannel("A")
    dark = Image.new("RGB", picture.size, (22, 20, 24))
    match manner:
        case "grey":
            drawn = ImageOps.grayscale(picture).convert("RGB")
        case "flat":
            drawn = ImageOps.posterize(picture.convert("RGB"), 2)
        case _:
            drawn = picture.convert("RGB")
    if manner in ("inked", "flat"):
        edges = ImageOps.grayscale(picture).filter(ImageFilter.FIND_EDGES)
        drawn.paste(dark, (0, 0), edges.point(INK).filter(ImageFilter.MaxFilter(3)))
    if manner in ("rimmed", "inked"):
        drawn = Image.composite(drawn, dark, alpha)
        alpha = alpha.filter(ImageFilter.MaxFilter(2 * RIM - 1))
    drawn.putalpha(alpha)
    return drawn


def _split(name: str) -> tuple[str, str, str]:
    for joint in (" of ", " with ", " pointing "):
        if joint in name:
            head, rest = name.split(joint, 1)
            return head, joint, rest
    return name, "", ""
