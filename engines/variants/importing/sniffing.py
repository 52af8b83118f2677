"""A first look at a file, quick enough for the GUI thread: may it be a variant of any program?"""

import os
import re
from itertools import islice
from pathlib import Path
from typing import IO

from engines.variants.file import ENDING
from engines.variants.importing.card_png import SIGNATURE, TEXTS, chunks_of
from engines.variants.importing.gpt4all import SECTION
from engines.variants.importing.modelfile import recognise
from engines.variants.importing.taking import BadImport
from engines.variants.names import TOML

HEAD, TAIL = 16 << 10, 64 << 10  # bytes that are read
CHUNKS = 200  # of a picture; the texts of cards stand before its pixels or right behind them
KEYWORDS = (b"chara\0", b"ccv3\0")
MEMBERS = (TOML.encode(), b"card.json")
JSON = re.compile(  # any of these stands in no other JSON
    r'"chara_card_v[23]"|"first_mes"|"mes_example"|"llm\.prediction\.|"inference_params"'
    r'|"base_model_id"'
    r'|"object"\s*:\s*"assistant"|"(?:systemPrompt|promptTemplate|chatTemplate)"'
)
YAML = re.compile(r"^model:[ \t]*[\w./-]+[ \t]*$", re.MULTILINE)
ALSO = re.compile(r"^(?:base|config|metadataOverrides|customFields):", re.MULTILINE)


def may_be(path: Path) -> bool:
    """Reads a few kilobytes. False also of what cannot be read; read() has the last word."""
    try:
        if path.is_dir():
            return (path / TOML).is_file()
        if not path.is_file():
            return False
        with path.open("rb", buffering=0) as file:
            return path.suffix.lower() == ENDING or _looks_like_one(file)
    except (OSError, BadImport):
        return False


def _looks_like_one(file: IO[bytes]) -> bool:
    head = file.read(HEAD)
    if head.startswith(SIGNATURE):
        return any(_has_card(file, one) for one in islice(chunks_of(file), CHUNKS))
    if head.startswith((b"PK", b"\xff\xd8")):
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        tail = file.read(TAIL)
        return b"PK\x05\x06" in tail and any(name in tail for name in MEMBERS)
    if b"\0" in head:
        return False
    said = head.decode("utf-8-sig", "ignore")
    if said.lstrip()[:1] in ("{", "["):
        return bool(JSON.search(said) or SECTION.search(said))
    return recognise(said) or bool(YAML.search(said) and ALSO.search(said))


def _has_card(file: IO[bytes], chunk: tuple[bytes, int, int]) -> bool:
    kind, place, _ = chunk
    if kind not in TEXTS:
        return False
    file.seek(place)
    return file.read(6).lower().startswith(KEYWORDS)
