"""Where things go on the paper, and what their places are called."""

import numpy as np

Spot = tuple[float, float]
PLACES = {
    "top left": "in the top left corner",
    "top": "at the top",
    "top right": "in the top right corner",
    "left": "on the left",
    "centre": "in the centre",
    "right": "on the right",
    "bottom left": "in the bottom left corner",
    "bottom": "at the bottom",
    "bottom right": "in the bottom right corner",
}
SIDES = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}
LEAST_STEP = 34  # pixels of the paper between two in a row: less could not be told apart
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}


def at(place: str, size: tuple[int, int], radius: float, rng: np.random.Generator) -> Spot:
    """A spot that is clearly at the place."""
    wide, high = size
    x = _along(wide, radius, "left" in place, "right" in place, rng)
    y = _along(high, radius, "top" in place, "bottom" in place, rng)
    return x, y


def scattered(
    rng: np.random.Generator, size: tuple[int, int], radii: list[float], gap: float = 1.12
) -> list[Spot] | None:
    """Spots for discs that neither touch nor leave the paper; None where luck fails."""
    wide, high = size
    spots: list[Spot] = []
    for radius in radii:
        for x, y in rng.random((40, 2)):
            spot = radius + x * (wide - 2 * radius), radius + y * (high - 2 * radius)
            if all(
                np.hypot(spot[0] - u, spot[1] - v) > (radius + other) * gap
                for (u, v), other in zip(spots, radii, strict=False)
            ):
                spots.append(spot)
                break
        else:
            return None
    return spots


def in_rows(
    rng: np.random.Generator, size: tuple[int, int], count: int
) -> tuple[list[Spot], float]:
    """Spots in even rows, and how large a disc on each may be."""
    wide, high = size
    rows = int(rng.integers(1, 4)) if count > 3 else int(rng.integers(1, 3))
    rows = min(rows, count)
    columns = -(-count // rows)
    rows = -(-count // columns)
    if wide < high and rng.random() < 0.7:
        rows, columns = columns, rows
    step = min(wide / columns, high / rows) * rng.uniform(0.75, 1.0)
    if step < LEAST_STEP:
        rows = columns = int(np.ceil(np.sqrt(count)))
        step = min(wide, high) / rows
    radius = step / 2 * rng.uniform(0.55, 0.88)
    left = (wide - step * columns) * rng.uniform(0.1, 0.9)
    top = (high - step * rows) * rng.uniform(0.1, 0.9)
    spots = []
    for index in range(count):
        row, column = divmod(index, columns)
        spots.append((left + step * (column + 0.5), top + step * (row + 0.5)))
    return spots, radius


def group(
    rng: np.random.Generator, size: tuple[int, int], count: int
) -> tuple[list[Spot], list[float]]:
    """Spots and sizes for `count` things, scattered or in rows."""
    if rng.random() < 0.65:
        short = min(size)
        most = 0.46 / np.sqrt(count) if count > 1 else 0.42
        base = short * rng.uniform(0.55, 0.95) * most
        even = rng.random() < 0.5
        radii = [base if even else base * rng.uniform(0.7, 1.05) for _ in range(count)]
        spots = scattered(rng, size, radii)
        if spots is not None:
            return spots, radii
    spots, radius = in_rows(rng, size, count)
    return spots, [radius] * count


def side(one: Spot, other: Spot) -> str:
    """Where the first lies seen from the other."""
    x, y = one[0] - other[0], one[1] - other[1]
    if abs(x) > abs(y):
        return "left" if x < 0 else "right"
    return "above" if y < 0 else "below"


def beside(
    rng: np.random.Generator, size: tuple[int, int], where: str, first: float, second: float
) -> tuple[Spot, Spot]:
    """Two spots, the first lying `where` seen from the second; radii given."""
    wide, high = size
    along, across = (wide, high) if where in ("left", "right") else (high, wide)
    apart = (first + second) * rng.uniform(1.1, 1.35)
    apart = min(apart, along - first - second)
    start = first + rng.random() * max(0.0, along - apart - first - second)
    middle = across / 2 + rng.uniform(-0.16, 0.16) * across
    drift = rng.uniform(-0.2, 0.2) * apart
    near = float(np.clip(middle, first, across - first))
    far = float(np.clip(middle + drift, second, across - second))
    one, two = (start, near), (start + apart, far)
    if where in ("right", "below"):
        one, two = (along - one[0], near), (along - two[0], far)
    if where in ("above", "below"):
        one, two = one[::-1], two[::-1]
    return one, two


def _along(length: float, radius: float, low: bool, high: bool, rng: np.random.Generator) -> float:
    room = max(0.0, length * 0.27 - radius)
    if low:
        return radius + rng.random() * room * 0.8
    if high:
        return length - radius - rng.random() * room * 0.8
    return length / 2 + rng.uniform(-0.06, 0.06) * length
