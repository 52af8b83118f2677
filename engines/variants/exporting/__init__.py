"""Variants as files that other programs read: each with what could not be carried, in words."""

from engines.variants.exporting.card import card, card_json
from engines.variants.exporting.exported import Exported
from engines.variants.exporting.modelfile import modelfile

__all__ = ["Exported", "card", "card_json", "modelfile"]
