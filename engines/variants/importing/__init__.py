"""Variants of other programs, read into ours: tells by its content what a file is.

All of it is plain Python over bounded text: it runs in Background. Pictures are only carried, never
decoded: that is for the media engine and its jail.
"""

from pathlib import Path

from engines.variants.importing import card, modelfile
from engines.variants.importing.contents import bytes_of, json_of, text_of
from engines.variants.importing.taking import BadImport, Imported, Taking

__all__ = ["BadImport", "Imported", "read", "read_all"]


def read(path: Path) -> Imported:
    """The variant of a file; where it holds several, the first. Raises ParleyError."""
    found = read_all(path)
    if len(found) == 1:
        return found[0]
    more = f"{len(found) - 1} more variants are in the same file."
    return found[0]._replace(left_out=(*found[0].left_out, more))


def read_all(path: Path) -> tuple[Imported, ...]:
    """Every variant of a file, at least one. Raises ParleyError.

    May take a second for a large file: not for the GUI thread.
    """
    data = bytes_of(path)
    return _of_text(text_of(data), path)


def _of_text(said: str, path: Path) -> tuple[Imported, ...]:
    if said.lstrip()[:1] in ("{", "["):
        return _of_json(json_of(said), path)
    if modelfile.recognise(said):
        return (modelfile.read(said, Taking(path)),)
    raise BadImport("nothing in it looks like one")


def _of_json(content: object, path: Path) -> tuple[Imported, ...]:
    if card.recognise(content):
        return (card.read(content, Taking(path)),)
    raise BadImport("its JSON is of no kind that is known here")
