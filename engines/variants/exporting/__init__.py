"""Variants as files that other programs read."""

from engines.variants.exporting.exported import Exported
from engines.variants.exporting.modelfile import modelfile

__all__ = ["Exported", "modelfile"]
