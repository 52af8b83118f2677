"""A bound on memory, so that a file made for it cannot take all there is."""

from engines import jail

SPARE = 2 << 30  # bytes beside what a model itself takes


def limit(size: int) -> None:
    """size is that of the model's files; half-precision numbers take twice that once loaded."""
    jail.bound_memory(4 * size + SPARE)
