"""Variants of other programs, read into ours: tells by its content what a file is.

All of it is plain Python over bounded text: it runs in Background. Pictures are only carried, never
decoded: that is for the media engine and its jail.
"""

import zipfile
from pathlib import Path

from engines.variants.importing import card, gpt4all, jan, lm_studio, modelfile, open_webui
from engines.variants.importing.archives import own, read_archive
from engines.variants.importing.card_png import SIGNATURE as PNG
from engines.variants.importing.card_png import read_png
from engines.variants.importing.contents import bytes_of, json_of, text_of, yaml_of
from engines.variants.importing.data_urls import kind
from engines.variants.importing.sniffing import may_be
from engines.variants.importing.taking import BadImport, Imported, Taking
from engines.variants.names import TOML

__all__ = ["BadImport", "Imported", "may_be", "read", "read_all"]

ZIP, JPEG, GGUF = b"PK\x03\x04", b"\xff\xd8\xff", b"GGUF"
NAMES = ("Modelfile", "model.yaml", "assistant.json", "preset.json", "card.json")


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
        return _of_folder(path) if path.is_dir() else _of_file(path)
    except RecursionError as error:
        raise BadImport("it is nested too deeply") from error
    except OSError as error:
        raise BadImport("it cannot be read", str(error)) from error


def _of_folder(path: Path) -> tuple[Imported, ...]:
    """A variant that is stored as a folder, or one in which some program keeps its own."""
    if (path / TOML).exists():
        return (own(path),)
    for name in NAMES:
        if (path / name).is_file():
            return _of_file(path / name)
    raise BadImport("there is none in this folder")


def _of_file(path: Path) -> tuple[Imported, ...]:
    if path.name == TOML:  # its files lie beside it
        return (own(path.parent),)
    if not path.is_file():  # a pipe would never end
        raise BadImport("it is not there, or no file")
    with path.open("rb") as file:
        head = file.read(16)
    taking = Taking(path)
    if head.startswith(ZIP) or (head.startswith(JPEG) and zipfile.is_zipfile(path)):
        return (read_archive(path, taking),)
    if head.startswith(PNG):
        return (read_png(path, taking),)
    if head.startswith(GGUF):
        raise BadImport("it is a model, which is opened on the page Models")
    if kind(head):
        raise BadImport("only a picture in PNG carries a character card")
    return _of_text(text_of(bytes_of(path)), taking)


def _of_text(said: str, taking: Taking) -> tuple[Imported, ...]:
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
