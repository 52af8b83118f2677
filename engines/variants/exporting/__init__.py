"""Variants as files that other programs read: each with what could not be carried, in words."""

from engines.variants.exporting.card import LONGEST_FILE, card, card_json, png
from engines.variants.exporting.exported import Exported
from engines.variants.exporting.modelfile import modelfile

__all__ = ["LONGEST_FILE", "Exported", "card", "card_json", "modelfile", "png"]
