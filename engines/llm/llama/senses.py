"""Eyes and ears of a model: the projector beside it, through llama.cpp's mtmd.

Only pictures and sounds go through it, never words: those are placed around them by us.
"""

import ctypes
import math
import os
import time
import weakref
from array import array
from collections.abc import Generator, Sequence
from typing import Any

from engines.errors import ParleyError
from engines.llm.llama.library import LOG, C, M
from engines.llm.llama.media import KEPT, Gallery, Media, Slice, Unit
from engines.llm.llama.memory import BATCH
from engines.llm.llama.model import Model, file_state
from engines.llm.llama.samples import floats
from engines.messages import Event, Listen, Look, Picture, Progress, Seen
from engines.models.projector import Projector

TEXT = 0  # mtmd_input_chunk_type
FLOAT = ctypes.sizeof(ctypes.c_float)
STEPS = 64  # of the encoder's work between two looks at whether it was called off
SHARE = 4  # a picture of any size takes no more than this part of the context
# Tokens these kinds would let a picture have. Those that read all of it at once get one batch.
GENEROUS = {
    **dict.fromkeys(("qwen2vl_merger", "qwen2.5vl_merger", "qwen3vl_merger", "ling3vl"), 4096),
    **dict.fromkeys(("glm4v", "muse-glimmer", "kimik25"), 4096),
    **dict.fromkeys(("youtuvl", "hunyuanvl"), 16384),
    **dict.fromkeys(("pixtral", "kimivl"), 1024),
    **dict.fromkeys(("gemma4v", "gemma4uv"), BATCH),
}
# What was around a picture when these kinds were taught, beside the marks the library knows.
AROUND = {"gemma3": ("\n\n", "\n\n"), "mlp": ("", "\n"), "internvl": ("", "\n")}
SIDE = 1 << 14  # pixels of a picture's longer side
SHORTEST, LONGEST = 0.5, 600.0  # seconds of a sound; a shorter one is filled up with silence
RATES = (4000, 384_000)  # Hz


class NotSeen(ParleyError):
    def __init__(self, what: str, detail: str) -> None:
        super().__init__(f"The model could not take in this {what}.", "Try another one.", detail)


class TooMuch(ParleyError):
    def __init__(self, tokens: int, room: int) -> None:
        super().__init__(
            f"This is more than the model can keep in mind ({tokens:,} of {room:,} tokens).",
            "Show a part of it, or choose a longer context in Preferences.",
        )


class Blind(ParleyError):
    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message, "Choose a model that does.", detail)


class NoSenses(ParleyError):
    """The projector passed our own check and the library refused it."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "What this model sees or hears with (its projector) could not be loaded.",
            "Download the projector again, or choose a smaller model.",
            detail,
        )


class Senses:
    """The encoder is loaded with the first thing shown, and freed by close().

    interrupt() may be called from another thread, everything else not.
    """

    def __init__(
        self, projector: Projector, model: Model, room: int, gpu: bool, threads: int
    ) -> None:
        self.projector, self._room = projector, room
        self._width = C.llama_model_n_embd_inp(model.pointer)  # of what is put in place of a token
        # all that fits into the context is kept: a conversation need never ask for a picture twice
        self.gallery = Gallery(max(KEPT, room * self._width * FLOAT))
        self._model, self._gpu, self._threads = model, gpu, threads
        self._state = file_state(projector.path)
        self._interrupted = False
        self._steps = 0
        self._watch = C.ggml_backend_sched_eval_callback(self._going_on)
        self._load = M.mtmd_progress_callback(lambda _share, _: not self._interrupted)
        self._pointer = None

    def take(self, request: Look | Listen) -> Generator[Event, None, None]:
        """Encode a picture or sound and keep it; ends with Seen."""
        units = self.gallery.get(request.hash)
        seconds = 0.0
        if units is None or not self.gallery.encoded(request.hash):
            yield from self.opened()
            began = time.perf_counter()
            while not (units := self._taken(request)):
                yield self._afresh()
            seconds = time.perf_counter() - began
            self.gallery.put(request.hash, units)
        tokens = sum(unit.tokens if isinstance(unit, Slice) else 1 for unit in units)
        yield Seen(request.hash, tokens, seconds, self.projector.size)

    def opened(self) -> Generator[Event, None, None]:
        """Load the encoder; whoever calls that off closes it at a yield."""
        yield self._afresh()
        while not self._open():
            yield self._afresh()

    def _afresh(self) -> Progress:
        self._interrupted = False
        return Progress("seeing", 0, 1)

    def units(self, part: Media) -> list[Unit]:
        """How a picture or sound stands in a prompt, also when it was not, or not yet, shown.

        The encoder is loaded before.
        """
        if (found := self.gallery.get(part.hash)) is None:
            found = self._chunks(self._empty(part), part.hash, encode=False)
            self.gallery.put(part.hash, found)
        return found

    def decode(self, context: int, part: Slice, place: int, batch: int, between: Any) -> int:
        """Let the model read a slice at this position; what llama_decode returns.

        between: the library's callback after each batch.
        """
        whole = M.mtmd_decode_use_non_causal(self._pointer, part.chunk)
        embeddings = ctypes.cast(part.embeddings, ctypes.POINTER(ctypes.c_float))  # type: ignore
        after = C.llama_pos()
        return M.mtmd_helper_decode_image_chunk(
            *(self._pointer, context, part.chunk, embeddings, place, 0),
            *(BATCH if whole else batch, ctypes.byref(after)),
            *(between, None),
        )

    def interrupt(self) -> None:
        self._interrupted = True

    def close(self) -> None:
        if self._pointer:
            M.mtmd_free(self._pointer)
            self._pointer = None

    def _open(self) -> bool:
        """Load the encoder where it is not; False when it was called off."""
        if self._pointer:
            return True
        if file_state(self.projector.path) != self._state:
            raise NoSenses("it was changed after it was checked")
        errors = ""
        for gpu in (True, False) if self._gpu else (False,):  # where the card has no room for it
            if errors := self._try(gpu):
                continue
            return bool(self._pointer)
        raise NoSenses(errors)

    def _try(self, gpu: bool) -> str:
        """Why it cannot be loaded; "" where it was, or was called off."""
        params = M.mtmd_context_params_default()
        params.use_gpu, params.n_threads = gpu, self._threads
        params.print_timings = False
        params.warmup = gpu  # which tells whether the card can do the quick kind of attention
        params.image_max_tokens = self._most()
        params.cb_eval = self._watch
        params.progress_callback = self._load
        LOG.take_errors()
        path = os.fsencode(self.projector.path)
        self._pointer = M.mtmd_init_from_file(path, self._model.pointer, params)
        errors = LOG.take_errors()
        return "" if self._pointer or self._interrupted else errors or "no reason was given"

    def _most(self) -> int:
        """Tokens of a picture; -1 leaves it to the projector."""
        usual = GENEROUS.get(self.projector.kind, 0)
        return min(usual, max(self._room // SHARE, 256)) or -1

    def _going_on(self, _node: int, asks: bool, _: object) -> bool:
        """Called for each step of the encoder's work; those it asks for are waited for."""
        if not asks:
            return not self._interrupted
        self._steps += 1
        return self._steps % STEPS == 0

    def _taken(self, request: Look | Listen) -> list[Unit]:
        """The tokens and encoded slices; [] when it was called off."""
        units = self._chunks(self._bitmap(request), request.hash, encode=True)
        return [] if self._interrupted else units

    def _bitmap(self, request: Look | Listen) -> int:
        if isinstance(request, Listen):
            self._check_ears()
            heard = self._heard(request)
            samples = (ctypes.c_float * len(heard)).from_buffer(heard)
            return M.mtmd_bitmap_init_from_audio(len(heard), samples)
        self._check_eyes()
        sides = request.width, request.height
        if not all(0 < side <= SIDE for side in sides) or 3 * math.prod(sides) != len(request.rgb):
            raise NotSeen("picture", f"{request.width} x {request.height}: {len(request.rgb)}")
        pixels = ctypes.cast(ctypes.c_char_p(request.rgb), ctypes.POINTER(ctypes.c_uint8))
        return M.mtmd_bitmap_init(request.width, request.height, pixels)

    def _heard(self, request: Listen) -> array:
        seconds = len(request.pcm) / 2 / request.rate if request.rate > 0 else 0.0
        if len(request.pcm) < 2 or not RATES[0] <= request.rate <= RATES[1]:
            raise NotSeen("sound", f"{len(request.pcm)} bytes at {request.rate} Hz")
        if seconds > LONGEST:
            raise ParleyError("This sound is too long to be heard at once.", "Show a part of it.")
        rate = M.mtmd_get_audio_sample_rate(self._pointer)
        heard = floats(request.pcm, request.rate, rate)
        return heard + array("f", bytes(FLOAT * max(int(SHORTEST * rate) - len(heard), 0)))

    def _empty(self, part: Media) -> int:
        """A bitmap that stands for what was not shown, of the same length."""
        if isinstance(part, Picture):
            self._check_eyes()
            width, height = (min(max(side, 1), SIDE) for side in (part.width, part.height))
            return M.mtmd_bitmap_init(width, height, None)
        self._check_ears()
        rate = M.mtmd_get_audio_sample_rate(self._pointer)
        seconds = min(max(part.seconds, SHORTEST), LONGEST)
        return M.mtmd_bitmap_init_from_audio(int(seconds * rate), None)

    def _chunks(self, bitmap: int, hash: str, *, encode: bool) -> list[Unit]:
        """What the library makes of a bitmap, which is freed: marks around it, and slices."""
        part = M.mtmd_input_part(bitmap=bitmap)
        parts = (ctypes.POINTER(M.mtmd_input_part) * 1)(ctypes.pointer(part))
        chunks = M.mtmd_input_chunks_init()
        LOG.take_errors()
        try:
            if M.mtmd_tokenize_from_parts(self._pointer, chunks, parts, 1, False):
                raise NotSeen("picture or sound", LOG.take_errors())
            listed = [
                M.mtmd_input_chunks_get(chunks, n) for n in range(M.mtmd_input_chunks_size(chunks))
            ]
            tokens = sum(map(M.mtmd_input_chunk_get_n_tokens, listed))
            if encode and tokens > self._room:
                raise TooMuch(tokens, self._room)
            before, after = AROUND.get(self.projector.kind, ("", ""))
            found: list[Unit] = [*self._words(before)]
            for n, chunk in enumerate(listed):
                if M.mtmd_input_chunk_get_type(chunk) == TEXT:
                    found += self._marks(chunk)
                else:
                    found.append(self._slice(chunk, hash, n, encode))
                if encode and self._interrupted:
                    break
            found += self._words(after)
            return found
        finally:
            M.mtmd_input_chunks_free(chunks)
            M.mtmd_bitmap_free(bitmap)

    def _slice(self, chunk: int, hash: str, number: int, encode: bool) -> Slice:
        tokens = M.mtmd_input_chunk_get_n_tokens(chunk)
        embeddings = self._encoded(chunk, tokens) if encode else None
        kept = M.mtmd_input_chunk_get_placeholder(chunk)
        positions = M.mtmd_input_chunk_get_n_pos(chunk)
        found = Slice(hash, number, tokens, positions, kept, embeddings)
        weakref.finalize(found, M.mtmd_input_chunk_free, kept).atexit = False
        return found

    def _encoded(self, chunk: int, tokens: int) -> ctypes.Array | None:
        """None when it was called off."""
        failed = M.mtmd_encode_chunk(self._pointer, chunk)
        if self._interrupted:
            return None
        if failed:
            raise NotSeen("picture or sound", LOG.take_errors())
        size = tokens * self._width * FLOAT
        embeddings = ctypes.create_string_buffer(size)
        ctypes.memmove(embeddings, M.mtmd_get_output_embd(self._pointer), size)
        return embeddings

    def _words(self, text: str) -> Sequence[int]:
        known = self._model.vocabulary
        return known.tokens(text, special=False, continues=True) if text else ()

    def _marks(self, chunk: int) -> list[int]:
        """The tokens of one of the library's marks; those a vocabulary does not have are -1."""
        count = ctypes.c_size_t()
        pointer = M.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
        tokens = pointer[: count.value] if pointer else []
        if not all(0 <= token < self._model.vocabulary.size for token in tokens):
            raise NoSenses("it marks pictures with tokens that this model does not have")
        return tokens

    def _check_eyes(self) -> None:
        if not M.mtmd_support_vision(self._pointer):
            raise Blind("This model hears, but it does not see.")

    def _check_ears(self) -> None:
        if not M.mtmd_support_audio(self._pointer):
            raise Blind("This model sees, but it does not hear.")
