"""Sound as an encoder wants it."""

import sys
from array import array

LOUDEST = 32768


def floats(pcm: bytes, rate: int, wanted: int) -> array:
    """Samples from -1 to 1 at the wanted rate, of mono s16; each is the mean of those it is for."""
    found = array("h", pcm[: len(pcm) // 2 * 2])
    if sys.byteorder == "big":
        found.byteswap()
    if rate == wanted or not found:
        return array("f", (sample / LOUDEST for sample in found))
    step, count = rate / wanted, int(len(found) * wanted / rate)
    last = len(found) - 1
    if step < 1:
        return array("f", (between(found, n * step, last) / LOUDEST for n in range(count)))
    sums = array("q", [0])
    for sample in found:
        sums.append(sums[-1] + sample)
    places = [min(int(n * step), last) for n in range(count + 1)]
    return array(
        "f",
        (
            (sums[max(end, start + 1)] - sums[start]) / max(end - start, 1) / LOUDEST
            for start, end in zip(places, places[1:], strict=False)
        ),
    )


def between(found: array, place: float, last: int) -> float:
    at = int(place)
    return found[at] + (found[min(at + 1, last)] - found[at]) * (place - at)
