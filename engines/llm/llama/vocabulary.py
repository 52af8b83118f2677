"""Text to tokens and back."""

import ctypes
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from engines.llm.llama.library import (
    ATTR_CONTROL,
    ATTR_UNKNOWN,
    ATTR_USER_DEFINED,
    VOCAB_SPM,
    C,
)

NONE = -1  # llama.cpp's id of a token the vocabulary does not have
# A line break never joins what follows it in a SentencePiece vocabulary with a space prefix.
BORDER = "\n"
REMEMBERED = 1 << 18  # tokens of texts kept for the next time they are asked for


class Vocabulary:
    """The tokens of one model; the model must outlive it."""

    def __init__(self, model: int, *, add_space_prefix: bool) -> None:
        self.pointer = C.llama_model_get_vocab(model)
        self.size = C.llama_vocab_n_tokens(self.pointer)
        self.bos = C.llama_vocab_bos(self.pointer)
        self.eos = C.llama_vocab_eos(self.pointer)
        self.add_bos = bool(C.llama_vocab_get_add_bos(self.pointer)) and self.bos != NONE
        self._space_prefix = add_space_prefix and self.is_sentencepiece
        self._border = self._tokenize(BORDER, False) if self._space_prefix else []
        self._buffer = ctypes.create_string_buffer(256)
        self._known: dict[tuple[str, bool, bool], list[int]] = {}
        self._known_tokens = 0

    @property
    def is_sentencepiece(self) -> bool:
        return C.llama_vocab_type(self.pointer) == VOCAB_SPM

    def tokens(self, text: str, *, special: bool, continues: bool = False) -> Sequence[int]:
        """The tokens of a text; special: the names of special tokens in it become those tokens.

        continues: the text goes on after other text, so no space is put before it.
        """
        key = (text, special, continues)
        if (found := self._known.get(key)) is None:
            found = self._continued(text, special) if continues else self._tokenize(text, special)
            self._remember(key, found)
        return found

    def piece(self, token: int, *, special: bool) -> bytes:
        """The bytes of a token; without special those of control tokens are empty."""
        room = len(self._buffer)
        length = C.llama_token_to_piece(self.pointer, token, self._buffer, room, 0, special)
        if length < 0:
            self._buffer = ctypes.create_string_buffer(-length)
            return self.piece(token, special=special)
        return self._buffer.raw[:length]

    def name(self, token: int) -> str:
        """How a template writes this token; "" for one the vocabulary does not have."""
        if token == NONE:
            return ""
        return (C.llama_vocab_get_text(self.pointer, token) or b"").decode("utf-8", "replace")

    def ends(self, token: int) -> bool:
        return C.llama_vocab_is_eog(self.pointer, token)

    def is_special(self, token: int) -> bool:
        """Cut out of a text before it is split into ordinary tokens."""
        kinds = ATTR_CONTROL | ATTR_UNKNOWN | ATTR_USER_DEFINED
        return bool(C.llama_vocab_get_attr(self.pointer, token) & kinds)

    @cached_property
    def control(self) -> "Names":
        """The tokens that steer the model and must not be typed by anybody."""
        kinds = ATTR_CONTROL | ATTR_UNKNOWN
        attr = C.llama_vocab_get_attr
        found = (t for t in range(self.size) if attr(self.pointer, t) & kinds)
        return Names(name for t in found if len(name := self.name(t)) > 1)

    def _continued(self, text: str, special: bool) -> list[int]:
        if not self._space_prefix:
            return self._tokenize(text, special)
        found = self._tokenize(BORDER + text, special)
        size = len(self._border)
        return found[size:] if found[:size] == self._border else self._tokenize(text, special)

    def _tokenize(self, text: str, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 2  # a token stands for a byte at least; SentencePiece may add a space
        found = (C.llama_token * room)()
        count = C.llama_tokenize(self.pointer, data, len(data), found, room, False, special)
        if count < 0:
            found = (C.llama_token * -count)()
            count = C.llama_tokenize(self.pointer, data, len(data), found, -count, False, special)
        return found[:count]

    def _remember(self, key: tuple[str, bool, bool], tokens: list[int]) -> None:
        self._known_tokens += len(tokens)
        while self._known_tokens > REMEMBERED and self._known:
            oldest = next(iter(self._known))
            self._known_tokens -= len(self._known.pop(oldest))
        self._known[key] = tokens


class Names:
    """The names of special tokens, thousands in some vocabularies, and where a text has one.

    Capitals do not matter: a template that changes words may change those.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower() for name in names}
        self._lengths = {len(name) for name in self._names}
        first = {letter for name in self._names for letter in (name[0], name[0].upper())}
        self._first = re.compile("|".join(map(re.escape, first))) if first else None

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    def places(self, text: str) -> Iterator[int]:
        """Where in a text a name begins."""
        for letter in self._first.finditer(text) if self._first else ():
            at = letter.start()
            if any(text[at : at + length].lower() in self._names for length in self._lengths):
                yield at
