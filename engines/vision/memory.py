"""A bound on memory, so that a file made for it cannot take all there is."""

import sys

SPARE = 2 << 30  # bytes beside what a model itself takes


def limit(size: int) -> None:
    """size is that of the model's files; half-precision numbers take twice that once loaded."""
    if sys.platform == "linux":
        import resource

        from engines import jail

        jail.lower(resource.RLIMIT_DATA, 4 * size + SPARE)
