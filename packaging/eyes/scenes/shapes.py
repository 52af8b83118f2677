"""Fourteen shapes as outlines in a square from -1 to 1, y downwards."""

from functools import cache

import numpy as np
from PIL import ImageDraw

from scenes.colours import RGB

TURNS = {  # by how many degrees either way a shape may lean and still be called so
    "circle": 0,
    "square": 14,
    "triangle": 25,
    "rectangle": 18,
    "star": 36,
    "heart": 18,
    "diamond": 8,
    "pentagon": 36,
    "hexagon": 30,
    "oval": 20,
    "cross": 14,
    "arrow": 12,
    "crescent": 30,
    "ring": 0,
}
SHAPES = tuple(TURNS)
PLURALS = {shape: f"{shape}s" for shape in SHAPES} | {"cross": "crosses"}
PLAIN = ("circle", "square", "triangle", "star", "heart", "diamond", "cross", "ring")
DIRECTIONS = ("right", "down", "left", "up")  # quarter turns of an arrow


def outline(shape: str, wide: float = 1.0, lean: float = 0.0) -> np.ndarray:
    """Points [n, 2] of a shape, made `wide` times wider and leaning by `lean` degrees."""
    points = _points(shape) * (wide, 1.0)
    angle = np.deg2rad(lean)
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])


def draw(
    paper: ImageDraw.ImageDraw,
    shape: str,
    centre: tuple[float, float],
    radius: float,
    fill: RGB | None,
    edge: RGB | None,
    line: float,
    lean: float = 0.0,
    wide: float = 1.0,
) -> None:
    """Fills the shape, draws its edge `line` pixels wide, or both."""
    if shape == "ring":
        x, y = centre
        box = (x - radius, y - radius, x + radius, y + radius)
        paper.ellipse(box, outline=fill or edge, width=max(2, round(radius * 0.34)))
        return
    spots = outline(shape, wide, lean) * radius + centre
    flat = spots.ravel().tolist()
    if fill is not None:
        paper.polygon(flat, fill=fill)
    if edge is not None:
        paper.line([*flat, *flat[:4]], fill=edge, width=max(2, round(line)), joint="curve")


def _around(count: int, start: float = -90.0) -> np.ndarray:
    angles = np.deg2rad(start + np.arange(count) * 360 / count)
    return np.stack([np.cos(angles), np.sin(angles)], 1)


@cache
def _points(shape: str) -> np.ndarray:
    match shape:
        case "circle" | "ring":
            return _around(48)
        case "oval":
            return _around(48) * (1.0, 0.58)
        case "square":
            return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 0.84
        case "rectangle":
            return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (1.0, 0.52)
        case "triangle":
            return np.array([[0, -0.95], [1, 0.8], [-1, 0.8]])
        case "diamond":
            return np.array([[0, -1], [0.68, 0], [0, 1], [-0.68, 0]])
        case "pentagon":
            return _around(5)
        case "hexagon":
            return _around(6, 0)
        case "star":
            points = _around(10)
            points[1::2] *= 0.42
            return points
        case "cross":
            return np.array(
                [[-1, -3], [1, -3], [1, -1], [3, -1], [3, 1], [1, 1], [1, 3], [-1, 3]]
                + [[-1, 1], [-3, 1], [-3, -1], [-1, -1]]
            ) / (3.1, 3.1)
        case "arrow":
            return np.array(
                [[-1, -0.28], [0.1, -0.28], [0.1, -0.75], [1, 0], [0.1, 0.75], [0.1, 0.28]]
                + [[-1, 0.28]]
            )
        case "crescent":
            outer = _around(40, 45)[:31]  # open to the right
            inner = (outer[::-1] - (-0.2, 0)) * (0.62, 0.78) + (0.14, 0)
            return np.concatenate([outer, inner])
        case "heart":
            t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
            x = np.sin(t) ** 3
            y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16
            return np.stack([x, y * 0.95], 1)
    raise ValueError(shape)
