"""What the model has read so far, token by token, and how much of it the next prompt can keep."""

import ctypes
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engines.errors import ParleyError
from engines.llm.llama.library import LOG, C, M
from engines.llm.llama.media import Slice, Unit, border
from engines.llm.llama.model import Model

BATCH = 512  # tokens read in one call at most
STEPS = (64, 256, BATCH)  # how many at once; fewer cost a third of the speed
PATIENCE = 0.2  # seconds a call should take: on a GPU a cancel is only heard after it
CELLS = 256  # llama.cpp allocates its cache in multiples of this
CHECKPOINTS = 8
CHECKPOINT_BYTES = 512 << 20
PARTIAL = 1  # LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY: the state that cannot be cut back
FULL, INTERRUPTED = 1, 2  # what llama_decode returns besides success and errors
STRIDE = 512
KV_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q8_0": 8, "bf16": 30}  # name -> ggml_type


class NoRoom(ParleyError):
    def __init__(self, size: int, detail: str) -> None:
        super().__init__(
            f"There is not enough memory to read {size:,} tokens with this model.",
            "Choose a shorter context in Preferences, or a smaller model.",
            detail,
        )


class Broken(ParleyError):
    def __init__(self, code: int, detail: str) -> None:
        super().__init__(
            "The model could not go on.", "Try again.", f"llama_decode returned {code}\n{detail}"
        )


class ContextFull(Exception):
    """There is no room for one more token."""


@dataclass(frozen=True)
class Checkpoint:
    """The state of a recurrent model after its first `length` tokens."""

    length: int
    data: ctypes.Array


class Memory:
    """One llama context, holding one sequence.

    `tokens` is exactly what the context has read, whatever was cancelled or failed before; of a
    picture all or nothing. kv is how exactly it is remembered; flash: the quick way of attention,
    where it can be done, without which what is remembered cannot be packed.
    """

    def __init__(
        self, model: Model, size: int, threads: int, kv: str = "f16", flash: bool = True
    ) -> None:
        self.size = size  # tokens that may be read and written together
        self.tokens: list[Unit] = []
        self.place = 0  # position of the next token: not their count where pictures take less
        # reads a slice: (context, it, its position, tokens at once, between) -> as llama_decode
        self.decode: Callable[[Any, Slice, int, int, Any], int] | None = None
        self._model = model
        self.checkpoints: list[Checkpoint] = []
        self.step = STEPS[0]
        self._interrupted = False
        self._batch = C.llama_batch_init(BATCH, 0, 1)
        params = C.llama_context_default_params()
        params.n_ctx = -(-size // CELLS) * CELLS
        params.n_batch = params.n_ubatch = BATCH
        params.n_seq_max = 1
        params.kv_unified = True
        params.swa_full = True  # a window that forgot cells could not go back to an earlier turn
        params.n_outputs_max = 1  # else there would be room for the logits of a whole batch
        params.type_k = params.type_v = KV_TYPES[kv]
        auto, off = C.LLAMA_FLASH_ATTN_TYPE_AUTO, C.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.flash_attn_type = auto if flash else off
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        LOG.take_errors()
        self.pointer = C.llama_init_from_model(model.pointer, params)
        if not self.pointer:
            C.llama_batch_free(self._batch)
            raise NoRoom(size, LOG.take_errors())
        self._memory = C.llama_get_memory(self.pointer)
        self._abort = C.ggml_abort_callback(lambda _: self._interrupted)
        self._never = C.ggml_abort_callback()
        self._between = M.mtmd_helper_post_decode_callback(
            lambda _batch, _: INTERRUPTED if self._interrupted else 0
        )
        self._prepare_batch()

    def interrupt(self) -> None:
        """Leave the batch being read; from another thread. Works on the CPU only."""
        self._interrupted = True

    def keep(self, prompt: Sequence[Unit]) -> int:
        """Forget all but the longest usable beginning of this prompt; how long that is.

        At least one token of the prompt is left to read, for its logits.
        """
        self._cut(max(min(shared(self.tokens, prompt), len(prompt) - 1), 0))
        return len(self.tokens)

    def read(self, prompt: Sequence[Unit], marks: Sequence[int] = ()) -> Iterator[int]:
        """Read what is left of the prompt after keep(); yields how much is read after each batch.

        At the marks (lengths of the prompt), and where the reading begins, the state of a recurrent
        model is kept, so that a prompt which goes on from there need not be read from the start.
        """
        if self._model.recurrent and self.tokens:
            self._keep_checkpoint()
        stops = sorted({m for m in marks if self._model.recurrent and 0 < m < len(prompt)})
        C.llama_set_abort_callback(self.pointer, self._abort, None)
        try:
            while (start := len(self.tokens)) < len(prompt):
                if isinstance(unit := prompt[start], Slice):
                    self._read_slice(unit)
                else:
                    mark = next((m for m in stops if m > start), len(prompt))
                    part = words(prompt[start : min(start + self.step, mark)])
                    self._read_batch(part, len(prompt))
                if len(self.tokens) in stops:
                    self._keep_checkpoint()
                yield len(self.tokens)
        finally:
            self._interrupted = False
            C.llama_set_abort_callback(self.pointer, self._never, None)

    def add(self, token: int) -> None:
        """Read one token; raises ContextFull."""
        if len(self.tokens) >= self.size:
            raise ContextFull
        batch = self._batch
        batch.n_tokens = 1
        self._token[0] = token
        self._position[0] = self.place
        self._wanted[0] = 1
        code = C.llama_decode(self.pointer, batch)
        if code == FULL:
            raise ContextFull
        if code:
            self._fail(code)
        self.tokens.append(token)
        self.place += 1

    def clear(self) -> None:
        C.llama_memory_clear(self._memory, False)
        self.tokens.clear()
        self.place = 0
        self.checkpoints.clear()

    def close(self) -> None:
        if self.pointer:
            C.llama_free(self.pointer)
            C.llama_batch_free(self._batch)
            self.pointer = None

    def _prepare_batch(self) -> None:
        def array(kind: type, pointer: object) -> ctypes.Array:
            return ctypes.cast(pointer, ctypes.POINTER(kind * BATCH)).contents  # type: ignore

        self._token = array(ctypes.c_int32, self._batch.token)
        self._position = array(ctypes.c_int32, self._batch.pos)
        self._wanted = array(ctypes.c_int8, self._batch.logits)
        for n in range(BATCH):
            self._batch.n_seq_id[n] = 1
            self._batch.seq_id[n][0] = 0

    def _read_batch(self, part: Sequence[int], whole: int) -> None:
        start, count = len(self.tokens), len(part)
        self._batch.n_tokens = count
        self._token[:count] = part
        self._position[:count] = range(self.place, self.place + count)
        self._wanted[:count] = [0] * count
        self._wanted[count - 1] = start + count == whole
        began = time.perf_counter()
        code = C.llama_decode(self.pointer, self._batch)
        if code == INTERRUPTED:
            self._interrupted = False  # whoever wants the job to end closes it at the next yield
            self._cut(start, damaged=True)
        elif code:
            self._fail(code)
        else:
            self.tokens += part
            self.place += count
            if count == self.step:  # a rest of a few tokens says little
                self.adapt(count / (time.perf_counter() - began))

    def _read_slice(self, part: Slice) -> None:
        start = len(self.tokens)
        assert self.decode is not None  # whoever makes slices can read them
        code = self.decode(self.pointer, part, self.place, self.step, self._between)
        if code == INTERRUPTED:
            self._interrupted = False
            self._cut(start, damaged=True)
        elif code:
            self._fail(code)
        else:
            self.tokens += [part] * part.tokens
            self.place += part.positions

    def adapt(self, rate: float) -> None:
        """Choose how many tokens to read at once; only a clear difference changes it."""
        fitting = max((s for s in STEPS if s <= rate * PATIENCE), default=STEPS[0])
        if fitting > self.step or rate * PATIENCE * 2 < self.step:
            self.step = fitting

    def _fail(self, code: int) -> None:
        self.clear()
        raise Broken(code, LOG.take_errors())

    def _cut(self, length: int, *, damaged: bool = False) -> None:
        """Keep at most the first `length` tokens; fewer where the model cannot go back to them.

        damaged: the state of a recurrent model is not to be trusted, even at its full length.
        """
        if length == len(self.tokens) and not damaged:
            return
        length, place = border(self.tokens, length)
        self.checkpoints = [c for c in self.checkpoints if c.length <= length]
        if length and self._model.recurrent:
            self._go_back()
        elif length and C.llama_memory_seq_rm(self._memory, 0, place, -1):
            del self.tokens[length:]
            self.place = place
            if C.llama_memory_seq_pos_min(self._memory, 0) > 0:  # cells of a window are gone
                self.clear()
        else:
            self.clear()

    def _go_back(self) -> None:
        """To the last checkpoint, else to the beginning."""
        if not self.checkpoints:
            return self.clear()
        last = self.checkpoints[-1]
        place = border(self.tokens, last.length)[1]
        data = ctypes.cast(last.data, ctypes.POINTER(ctypes.c_uint8))
        size = len(last.data)
        if C.llama_state_seq_set_data_ext(
            self.pointer, data, size, 0, PARTIAL
        ) and C.llama_memory_seq_rm(self._memory, 0, place, -1):
            del self.tokens[last.length :]
            self.place = place
            return None
        return self.clear()

    def _keep_checkpoint(self) -> None:
        length = len(self.tokens)
        if self.checkpoints and self.checkpoints[-1].length == length:
            return
        size = C.llama_state_seq_get_size_ext(self.pointer, 0, PARTIAL)
        if not 0 < size <= CHECKPOINT_BYTES:
            return
        data = (ctypes.c_uint8 * size)()
        if C.llama_state_seq_get_data_ext(self.pointer, data, size, 0, PARTIAL) != size:
            return
        others = [c for c in self.checkpoints if c.length < length]
        room = min(CHECKPOINTS, CHECKPOINT_BYTES // size)
        self.checkpoints = [*others, Checkpoint(length, data)][-room:]


def words(part: Sequence[Unit]) -> list[int]:
    """The tokens before the first slice."""
    found: list[int] = []
    for unit in part:
        if isinstance(unit, Slice):
            break
        found.append(unit)
    return found


def shared(one: Sequence[Unit], other: Sequence[Unit]) -> int:
    """How many tokens two sequences have in common at their beginning."""
    length = min(len(one), len(other))
    for start in range(0, length, STRIDE):
        end = min(start + STRIDE, length)
        if one[start:end] != other[start:end]:
            return next(n for n in range(start, end) if one[n] != other[n])
    return length
