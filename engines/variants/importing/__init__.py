"""Variants of other programs, read into ours: tells by its content what a file is.

All of it is plain Python over bounded text: it runs in Background. Pictures are only carried, never
decoded: that is for the media engine and its jail.
"""

from pathlib import Path

from engines.variants.importing import card, gpt4all, jan, lm_studio, modelfile, open_webui
from engines.variants.importing.contents import bytes_of, json_of, text_of, yaml_of
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
    try:
        return _of_text(text_of(bytes_of(path)), path)
    except RecursionError as error:
        raise BadImport("it is nested too deeply") from error


def _of_text(said: str, path: Path) -> tuple[Imported, ...]:
    taking = Taking(path)
    if said.lstrip()[:1] in ("{", "["):
        if gpt4all.recognise(said):
            return gpt4all.read_all(said, taking)
        return _of_json(json_of(said), taking)
    if modelfile.recognise(said):
        return (modelfile.read(said, taking),)
    if gpt4all.recognise(said):
        return gpt4all.read_all(said, taking)
    content = yaml_of(said)
    if lm_studio.recognise_yaml(content):
        return (lm_studio.read_yaml(content, taking),)
    raise BadImport("nothing in it looks like one")


def _of_json(content: object, taking: Taking) -> tuple[Imported, ...]:
    if card.recognise(content):
        return (card.read(content, taking),)
    if lm_studio.recognise(content):
        return (lm_studio.read(content, taking),)
    if open_webui.recognise(content):
        return open_webui.read_all(content, taking)
    if gpt4all.recognise_list(content):
        return gpt4all.read_list(content, taking)
    if jan.recognise(content):
        return (jan.read(content, taking),)
    raise BadImport("its JSON is of no kind that is known here")
