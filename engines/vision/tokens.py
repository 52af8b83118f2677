"""Words on their way into a model: cleaned and cut into the numbers of its tokenizer."""

import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from engines.vision.folders import EyesRefused, Wording

LONGEST = 2_000  # characters; no model reads as many
GONE = str.maketrans("", "", string.punctuation)


class Tokens(Protocol):
    def __call__(self, words: Sequence[str]) -> list[list[int]]:
        """A row of the model's context for each, filled up to its length."""
        ...


class FileTokens:
    """The tokenizer that lies beside a model. Raises EyesRefused."""

    def __init__(self, file: Path, how: Wording) -> None:
        from tokenizers import Tokenizer

        self._how = how
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(file))
        except Exception as error:  # noqa: BLE001  the library has no class of its own for it
            raise EyesRefused("its tokenizer.json is damaged", str(error)) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        if self._tokenizer.get_vocab_size() > how.vocabulary:
            detail = f"{self._tokenizer.get_vocab_size()} tokens for {how.vocabulary} rows"
            raise EyesRefused("its parts do not belong together", detail)

    def __call__(self, words: Sequence[str]) -> list[list[int]]:
        texts = [cleaned(one, self._how.cleaning) for one in words]
        return [fitted(one.ids, self._how) for one in self._tokenizer.encode_batch(texts)]


def cleaned(text: str, how: str) -> str:
    text = text[:LONGEST]
    if how == "canonicalize":
        text = text.replace("_", " ").translate(GONE)
    text = " ".join(text.split())
    return text if how == "whitespace" else text.lower()


def fitted(ids: Sequence[int], how: Wording) -> list[int]:
    """Cut to the context, with the last token kept: it is the one that says that this is all."""
    kept = list(ids[: how.context])
    if len(ids) > how.context:
        kept[-1] = ids[-1]
    return kept + [how.pad] * (how.context - len(kept))
