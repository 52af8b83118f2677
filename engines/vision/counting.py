"""Separate things on an even ground: how many alike there are, and where a single one lies.

It is for drawings. Whatever is unclear (a photograph, a busy ground, things that touch, of several
sizes or colours) is refused: then nothing is said.
"""

from typing import TYPE_CHECKING, Any

from engines.senses import Things
from engines.vision.pictures import colour_of

if TYPE_CHECKING:
    import numpy
    from PIL import Image

    Array = numpy.ndarray[Any, Any]

LONGEST = 256  # pixels it is looked at with
SIDES, MOST = 40, 12  # pixels of the smallest side; things: more are a pattern
FAINT, NOISY = 25.0, 5.0  # distances in Lab: of things from their ground, of the ground from itself
STANDS_OUT = 0.28  # of the strongest distance
SPECK = 0.06  # of the largest thing's area
LEAST = 12  # pixels of a thing
NEAR = 0.25  # of a thing's sides: specks this near to it are parts of it
CROWDED, SOFT = 0.6, 0.5  # share of the picture things take; of half-way pixels beside them
SIZES, SHADES = 2.0, 30.0  # times in area, distance in Lab: within these, things are alike
EVEN, QUITE = 0.55, 0.9  # of the rim that must be of the ground; below, two colours are tried


ACROSS, DOWN = ("left", "", "right"), ("top", "", "bottom")
FIRST, MIDDLE, THIRD = (0.0, 0.32), (0.38, 0.62), (0.68, 1.0)  # between these it is unclear


def counted(image: "Image.Image") -> Things | None:
    return seen(image)[0]


def seen(image: "Image.Image") -> tuple[Things | None, str]:
    """image: RGB. The things and their colour; None where it is no drawing of things alike."""
    import cv2
    import numpy

    picture = numpy.asarray(image)
    if min(picture.shape[:2]) < SIDES:
        return None, ""
    share = LONGEST / max(picture.shape[:2])
    if share < 1:
        picture = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (3, 3), 0), cv2.COLOR_RGB2LAB)
    lab = lab.astype(numpy.float32)
    if (distance := _from_ground(lab)) is None:
        return None, ""
    strongest, (away, noise) = float(numpy.percentile(distance[0], 99.5)), distance
    edge = max(LEAST, 6 * noise, STANDS_OUT * strongest)
    mask = away > edge
    halfway = ((away > edge / 2) & ~mask).mean()
    if strongest < FAINT or mask.mean() > CROWDED or halfway > SOFT * mask.mean():
        return None, ""
    things = _alike(mask, lab)
    inside = cv2.erode(mask.astype(numpy.uint8), numpy.ones((3, 3), numpy.uint8)) > 0
    return things, colour_of(picture[inside]) if things and inside.any() else ""


def _from_ground(lab: "Array") -> "tuple[Array, float] | None":
    """How far each pixel is from the ground, and how far the ground is from itself."""
    import numpy

    high, wide = lab.shape[:2]
    down, across = numpy.mgrid[0:high, 0:wide].astype(numpy.float32)
    slope = numpy.stack([numpy.ones_like(down), across / wide, down / high], 2)
    rim = numpy.ones((high, wide), bool)
    edge = max(2, round(min(high, wide) * 0.03))
    rim[edge:-edge, edge:-edge] = False
    spots, shades = slope[rim], lab[rim]
    away = lab - slope @ _fitted(spots, shades)
    noise = float(numpy.median(numpy.linalg.norm(away[rim], axis=1)))
    even = _even(away[rim], noise) if noise <= NOISY else 0.0
    if even < QUITE and (two := _from_two(lab, shades)):
        return two
    return (numpy.linalg.norm(away, axis=2), noise) if even > EVEN else None


def _fitted(spots: "Array", shades: "Array") -> "Array":
    """A ground of one colour, or from one to another; things may reach the rim."""
    import numpy

    kept = numpy.ones(len(spots), bool)
    fit = numpy.zeros((3, 3), numpy.float32)
    for _ in range(4):
        fit = numpy.linalg.lstsq(spots[kept], shades[kept], rcond=None)[0]
        off = numpy.abs(spots @ fit - shades).max(1)
        kept = off <= max(2.0, 3 * float(numpy.median(off[kept])))
    return fit


def _even(off: "Array", noise: float) -> float:
    """Which share of the rim is of the ground."""
    import numpy

    return float((numpy.linalg.norm(off, axis=1) < max(6.0, 3 * noise)).mean())


def _from_two(lab: "Array", shades: "Array") -> "tuple[Array, float] | None":
    """A ground of stripes or tiles in two colours."""
    import cv2
    import numpy

    cv2.setRNGSeed(1)
    ends = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    middles = cv2.kmeans(shades, 2, None, ends, 3, cv2.KMEANS_PP_CENTERS)[2]  # pyright: ignore
    away = numpy.linalg.norm(lab[:, :, None] - middles, axis=3).min(2)
    off = numpy.linalg.norm(shades[:, None] - middles, axis=2).min(1)
    noise, apart = float(numpy.median(off)), float(numpy.linalg.norm(middles[0] - middles[1]))
    if noise > NOISY or (off < max(6.0, 4 * noise)).mean() < QUITE:
        return None
    # between two tiles lies every colour between theirs: that is no thing
    line = (middles[1] - middles[0]) / max(apart, 1e-3)
    along = numpy.clip((lab - middles[0]) @ line, 0, apart)
    between = numpy.linalg.norm(lab - middles[0] - along[:, :, None] * line, axis=2)
    return numpy.minimum(away, between), noise


def _alike(mask: "Array", lab: "Array") -> Things | None:
    import cv2
    import numpy

    count, places, about, middles = cv2.connectedComponentsWithStats(mask.astype(numpy.uint8))
    areas = about[1:, cv2.CC_STAT_AREA]
    if not len(areas):
        return None
    least = max(LEAST, SPECK * areas.max())
    found = [number for number in range(1, count) if about[number, cv2.CC_STAT_AREA] >= least]
    loose = [n for n in range(1, count) if 8 <= about[n, cv2.CC_STAT_AREA] < least]
    loose = [n for n in loose if not any(_at(middles[n], about[one]) for one in found)]
    if len(loose) > 2 or not 0 < len(found) <= MOST:
        return None
    sizes = [about[number, cv2.CC_STAT_AREA] for number in found]
    colours = [numpy.median(lab[places == number], axis=0) for number in found]
    apart = max(float(numpy.linalg.norm(one - colours[0])) for one in colours)
    if max(sizes) > SIZES * min(sizes) or apart > SHADES:
        return None
    x, y = middles[found[0]]
    high, wide = mask.shape
    return Things(len(found), _place(x / wide, y / high) if len(found) == 1 else "")


def _at(spot: "Array", box: "Array") -> bool:
    """A stalk drawn apart from its apple is a part of it."""
    left, top, wide, high = (int(one) for one in box[:4])
    x, y = spot[0] - left, spot[1] - top
    return -NEAR * wide <= x <= (1 + NEAR) * wide and -NEAR * high <= y <= (1 + NEAR) * high


def _place(x: float, y: float) -> str:
    across, down = (
        next((n for n, (low, far) in enumerate((FIRST, MIDDLE, THIRD)) if low <= at <= far), -1)
        for at in (x, y)
    )
    if across < 0 or down < 0:
        return ""
    beside, level = ACROSS[across], DOWN[down]
    if beside and level:
        return f"in the {level} {beside} corner"
    return f"on the {beside}" if beside else f"at the {level}" if level else "in the centre"
