"""Variants of other programs, read into ours.

All of it is plain Python over bounded text: it runs in Background. Pictures are only carried, never
decoded: that is for the media engine and its jail.
"""

from engines.variants.importing.opening import read, read_all
from engines.variants.importing.taking import BadImport, Imported

__all__ = ["BadImport", "Imported", "read", "read_all"]
