"""What a variant is made of, for the pages that build one: nothing but data."""

from engines.variants.variant import (
    Adapter,
    Attached,
    Base,
    Check,
    Example,
    Look,
    Sampling,
    Test,
    Variant,
    Voice,
)

__all__ = [
    "Adapter",
    "Attached",
    "Base",
    "Check",
    "Example",
    "Look",
    "Sampling",
    "Test",
    "Variant",
    "Voice",
]
