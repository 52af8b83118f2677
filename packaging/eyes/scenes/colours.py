"""Eleven colours by their everyday names, each with the range that nobody would call otherwise."""

import colorsys

import numpy as np

RGB = tuple[int, int, int]
RANGES = {  # hue in degrees, saturation, value
    "red": ((-6, 5), (0.8, 1.0), (0.7, 1.0)),
    "orange": ((25, 34), (0.85, 1.0), (0.93, 1.0)),
    "yellow": ((50, 58), (0.7, 1.0), (0.93, 1.0)),
    "green": ((95, 150), (0.55, 1.0), (0.4, 0.82)),
    "blue": ((207, 236), (0.65, 1.0), (0.55, 1.0)),
    "purple": ((270, 290), (0.5, 0.9), (0.45, 0.8)),
    "pink": ((322, 346), (0.3, 0.58), (0.94, 1.0)),
    "brown": ((18, 28), (0.6, 0.8), (0.35, 0.52)),
    "black": ((0, 360), (0.0, 0.3), (0.0, 0.13)),
    "white": ((0, 360), (0.0, 0.02), (0.96, 1.0)),
    "grey": ((0, 360), (0.0, 0.05), (0.42, 0.64)),
}
NAMES = tuple(RANGES)
LEAST_CONTRAST = 130  # summed over the three channels, weighted as the eye does


def colour(rng: np.random.Generator, name: str) -> RGB:
    """Some colour that the name fits."""
    (h0, h1), (s0, s1), (v0, v1) = RANGES[name]
    a, b, c = rng.random(3)
    h, s, v = h0 + a * (h1 - h0), s0 + b * (s1 - s0), v0 + c * (v1 - v0)
    red, green, blue = colorsys.hsv_to_rgb(h / 360 % 1, s, v)
    return round(red * 255), round(green * 255), round(blue * 255)


def contrast(one: RGB, other: RGB) -> float:
    """How easily two colours are told apart: 0 to 765."""
    weights = (0.9, 1.5, 0.6)
    return sum(weight * abs(a - b) for weight, a, b in zip(weights, one, other, strict=True))


def against(
    rng: np.random.Generator, names: list[str], *behind: RGB, least: float = LEAST_CONTRAST
) -> tuple[str, RGB]:
    """One of `names` with a shade that stands out from all of `behind`; black or white where
    none does."""
    for index in rng.permutation(len(names)):
        shade = colour(rng, names[index])
        if all(contrast(shade, other) >= least for other in behind):
            return names[index], shade
    dark = sum(behind[0]) < 380
    name = "white" if dark else "black"
    return name, colour(rng, name)
