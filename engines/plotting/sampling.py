"""Points of a curve: close enough together to look smooth, with gaps where it jumps."""

from typing import Any

from engines.errors import ParleyError
from engines.plotting.curves import Curve, Values

POINTS = 2001
STEEP = 0.03  # of what is seen: a step so high between two points is looked at closely
MOST_STEEP = 200  # such places in one curve
HALVINGS = 40
STAYS = 0.3  # of a step that is left after all the halvings: then it is a jump
GROWTH = 3.0  # a curve that is so much higher close to its highest point has no highest point
NEAR = 0.1  # of the height: an end farther away than that is not drawn to
WIDE = 3.0  # times its usual height: only then a curve without bounds is cut
MARGIN = 1.5  # usual heights seen above and below


def sample(curve: Curve, start: float, end: float) -> tuple[Any, Any, bool]:
    """x, y with nan in the gaps, and whether it grows without bounds. Raises ParleyError."""
    import numpy as np

    with np.errstate(all="ignore"):
        x = np.linspace(start, end, POINTS)
        y = values(curve, x)
        if not np.isfinite(y).any():
            raise ParleyError(
                f"{curve.text[:60]} has no values from {start:g} to {end:g}.",
                "Choose another range.",
            )
        endless = grows(curve, x, y)
        x, y = with_ends(curve, x, y)
        return *with_gaps(curve, x, y, endless), endless


def values(curve: Curve, x: Values) -> Values:
    import numpy as np

    y = np.array(np.broadcast_to(np.asarray(curve.values(x), float), x.shape))
    y[~np.isfinite(y)] = np.nan
    return y


def grows(curve: Curve, x: Values, y: Values) -> bool:
    """Whether it is far higher just beside the highest point found."""
    import numpy as np

    found = np.abs(y)
    at = int(np.nanargmax(found))
    close = np.linspace(x[max(at - 1, 0)], x[min(at + 1, len(x) - 1)], POINTS)
    near = np.abs(values(curve, close))
    return bool(np.nanmax(near) > GROWTH * max(found[at], 1e-300))


def with_ends(curve: Curve, x: Values, y: Values) -> tuple[Values, Values]:
    """A curve that ends, as a half circle does, is drawn to its end, unless that is far away."""
    import numpy as np

    here = np.isfinite(y)
    at = np.flatnonzero(here[:-1] != here[1:])[:MOST_STEEP]
    inside, outside = np.where(here[at], (x[at], x[at + 1]), (x[at + 1], x[at]))
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        has = np.isfinite(values(curve, middle))
        inside, outside = np.where(has, middle, inside), np.where(has, outside, middle)
    ends = values(curve, inside)
    low, high = np.nanmin(y), np.nanmax(y)
    near = (ends >= low - NEAR * (high - low)) & (ends <= high + NEAR * (high - low))
    return np.insert(x, at[near] + 1, inside[near]), np.insert(y, at[near] + 1, ends[near])


def with_gaps(curve: Curve, x: Values, y: Values, endless: bool) -> tuple[Values, Values]:
    import numpy as np

    low, high = usual(y) if endless else (np.nanmin(y), np.nanmax(y))
    steps = np.abs(np.diff(y))
    steep = np.flatnonzero(steps > STEEP * max(high - low, 1e-300))
    steep = steep[np.argsort(steps[steep])][-MOST_STEEP:]
    gaps = [n for n in steep if jumps(curve, x[n], x[n + 1], y[n], y[n + 1])]
    middles = (x[np.array(gaps, int)] + x[np.array(gaps, int) + 1]) / 2
    at = np.array(gaps, int) + 1
    return np.insert(x, at, middles), np.insert(y, at, np.nan)


def jumps(curve: Curve, a: float, b: float, low: float, high: float) -> bool:
    """Whether the step between two points stays a step however closely one looks."""
    import numpy as np

    first = abs(high - low)
    for _ in range(HALVINGS):
        middle = (a + b) / 2
        if middle in (a, b):
            break
        (value,) = values(curve, np.array([middle]))
        if not np.isfinite(value):
            return True
        if abs(value - low) >= abs(high - value):
            b, high = middle, value
        else:
            a, low = middle, value
    return bool(abs(high - low) > STAYS * first)


def usual(y: Values) -> tuple[float, float]:
    """Where the curve is most of the time."""
    import numpy as np

    low, high = np.nanpercentile(y, (10, 90))
    return float(low), float(high)


def view(sampled: list[tuple[Any, Any, bool]]) -> tuple[float, float]:
    """The lowest and highest y to show, for all curves together."""
    import numpy as np

    bounds = []
    for _, y, endless in sampled:
        low, high = float(np.nanmin(y)), float(np.nanmax(y))
        if endless:
            a, b = usual(y)
            if high - low > WIDE * (b - a) > 0:
                low, high = max(low, a - MARGIN * (b - a)), min(high, b + MARGIN * (b - a))
        bounds.append((low, high))
    low, high = min(b[0] for b in bounds), max(b[1] for b in bounds)
    if high - low < 1e-12 * max(abs(low), abs(high), 1e-300):
        room = abs(high) / 2 or 1.0
        return low - room, high + room
    if 0 < low < 0.35 * high or high < 0 and low < 0 and abs(high) < 0.35 * abs(low):
        low, high = min(low, 0.0), max(high, 0.0)  # zero is near: show it
    room = (high - low) * 0.06
    return low - room, high + room
