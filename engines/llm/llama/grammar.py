"""A grammar in GBNF that every further token must fit."""

import ctypes

from engines.errors import ParleyError
from engines.llm.llama.library import LOG, C
from engines.llm.llama.vocabulary import Vocabulary

LONGEST = 1 << 20  # characters


class BadGrammar(ParleyError):
    def __init__(self, detail: str) -> None:
        super().__init__("The form asked for cannot be used.", "Correct it and try again.", detail)


class Grammar:
    """The state of one answer in its grammar; close() frees it."""

    def __init__(self, vocabulary: Vocabulary, gbnf: str) -> None:
        if not gbnf.strip() or "\0" in gbnf or len(gbnf) > LONGEST:
            raise BadGrammar("a grammar is some text of at most a million characters")
        LOG.take_errors()
        self.pointer = C.llama_sampler_init_grammar(vocabulary.pointer, gbnf.encode(), b"root")
        if not self.pointer:  # adding this NULL to a chain would end the process
            raise BadGrammar(LOG.take_errors())
        self._one = (C.llama_token_data * 1)()
        self._array = C.llama_token_data_array(
            data=ctypes.cast(self._one, C.llama_token_data_p), size=1, selected=-1, sorted=False
        )

    def allows(self, token: int) -> bool:
        self._one[0].id, self._one[0].logit = token, 1.0
        self._array.size = 1
        C.llama_sampler_apply(self.pointer, ctypes.byref(self._array))
        return self._one[0].logit > -1e30

    def accept(self, token: int) -> None:
        """Go on by a token that allows() said yes to; any other would end the process."""
        C.llama_sampler_accept(self.pointer, token)

    def close(self) -> None:
        if self.pointer:
            C.llama_sampler_free(self.pointer)
            self.pointer = None
