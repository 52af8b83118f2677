"""The order in which lines of a picture are read: columns one after another, rows from the left."""

from collections.abc import Sequence

from engines.senses import Line

COLUMN = 3  # lines at least on either side of a gutter
WIDE = 5.0  # times as wide as high: the lines of a column of text, not the cells of a table
DEEPEST = 40

LEFT, TOP, RIGHT, BOTTOM = range(4)


def as_one_reads(lines: Sequence[Line], depth: int = 0) -> list[Line]:
    """Cut at the clearest gap between lines, and so on within both parts."""
    if len(lines) < 2 or depth > DEEPEST:
        return sorted(lines, key=lambda one: (one.box[TOP], one.box[LEFT]))
    parts = _columns(lines) or _apart(lines)
    if parts is None:  # nothing but one row
        return sorted(lines, key=lambda one: one.box[LEFT])
    return [one for part in parts for one in as_one_reads(part, depth + 1)]


def _columns(lines: Sequence[Line]) -> tuple[list[Line], list[Line]] | None:
    """Left and right of the widest gutter that no line crosses, where both sides are of text."""
    for place in _gaps(lines, LEFT, RIGHT):
        left = [one for one in lines if one.box[RIGHT] <= place]
        right = [one for one in lines if one.box[LEFT] >= place]
        if all(len(side) >= COLUMN and _is_text(side) for side in (left, right)):
            return left, right
    return None


def _apart(lines: Sequence[Line]) -> tuple[list[Line], list[Line]] | None:
    """Above and below the largest gap between rows; rows may touch by a part of their height."""
    middles = sorted(lines, key=lambda one: one.box[TOP] + one.box[BOTTOM])
    best, place = 0.0, 0
    low = middles[0].box[BOTTOM]
    for number, one in enumerate(middles[1:], 1):
        height = min(_height(one), _height(middles[number - 1]))
        gap = one.box[TOP] - low
        if gap > -0.4 * height and gap + height > best:
            best, place = gap + height, number
        low = max(low, one.box[BOTTOM])
    return (middles[:place], middles[place:]) if place else None


def _gaps(lines: Sequence[Line], start: int, end: int) -> list[float]:
    """The middles of what no line covers in one direction, the widest first."""
    found, reached = [], None
    for one in sorted(lines, key=lambda one: one.box[start]):
        if reached is not None and one.box[start] > reached:
            found.append((one.box[start] - reached, (one.box[start] + reached) / 2))
        reached = max(reached or 0.0, one.box[end])
    return [place for _, place in sorted(found, reverse=True)]


def _is_text(lines: Sequence[Line]) -> bool:
    shares = sorted((one.box[RIGHT] - one.box[LEFT]) / max(_height(one), 1e-6) for one in lines)
    return shares[len(shares) // 2] >= WIDE


def _height(one: Line) -> float:
    return one.box[BOTTOM] - one.box[TOP]
