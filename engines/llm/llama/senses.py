"""Eyes and ears of a model: the projector beside it, through llama.cpp's mtmd.

Only pictures and sounds go through it, never words: those are placed around them by us.
"""

import ctypes
import os
import time
import weakref
from collections.abc import Generator
from typing import Any

from engines.errors import ParleyError
from engines.llm.llama.library import LOG, C, M
from engines.llm.llama.media import Gallery, Media, Slice, Unit
from engines.llm.llama.memory import BATCH
from engines.llm.llama.model import Model
from engines.llm.llama.samples import floats
from engines.messages import Event, Listen, Look, Picture, Progress, Seen
from engines.models.projector import Projector

TEXT = 0  # mtmd_input_chunk_type
STEPS = 64  # of the encoder's work between two looks at whether it was called off


class NotSeen(ParleyError):
    def __init__(self, what: str, detail: str) -> None:
        super().__init__(f"The model could not take in this {what}.", "Try another one.", detail)


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

    def __init__(self, projector: Projector, model: Model, gpu: bool, threads: int) -> None:
        self.projector = projector
        self.gallery = Gallery()
        self._model, self._gpu, self._threads = model, gpu, threads
        self._width = C.llama_model_n_embd_inp(model.pointer)  # of what is put in place of a token
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
            self._interrupted = False
            yield Progress("seeing", 0, 1)  # a cancel from before is heard here
            began = time.perf_counter()
            while not (units := self._taken(request)):
                self._interrupted = False
                yield Progress("seeing", 0, 1)  # whoever called it off closes it here
            seconds = time.perf_counter() - began
            self.gallery.put(request.hash, units)
        tokens = sum(unit.tokens if isinstance(unit, Slice) else 1 for unit in units)
        yield Seen(request.hash, tokens, seconds, self.projector.size)

    def units(self, part: Media) -> list[Unit]:
        """How a picture or sound stands in a prompt, also when it was not, or not yet, shown."""
        if (found := self.gallery.get(part.hash)) is None:
            found = self._chunks(self._empty(part), part.hash, encode=False)
            self.gallery.put(part.hash, found)
        return found

    def decode(self, context: int, part: Slice, place: int, batch: int, between: Any) -> int:
        """Let the model read a slice at this position; what llama_decode returns.

        between: the library's callback after each batch.
        """
        self._open()
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
        params = M.mtmd_context_params_default()
        params.use_gpu, params.n_threads = self._gpu, self._threads
        params.print_timings = params.warmup = False
        params.cb_eval = self._watch
        params.progress_callback = self._load
        LOG.take_errors()
        path = os.fsencode(self.projector.path)
        self._pointer = M.mtmd_init_from_file(path, self._model.pointer, params)
        errors = LOG.take_errors()
        if not self._pointer and not self._interrupted:
            raise NoSenses(errors)
        return bool(self._pointer)

    def _going_on(self, _node: int, asks: bool, _: object) -> bool:
        """Called for each step of the encoder's work; those it asks for are waited for."""
        if not asks:
            return not self._interrupted
        self._steps += 1
        return self._steps % STEPS == 0

    def _taken(self, request: Look | Listen) -> list[Unit]:
        """The tokens and encoded slices; [] when it was called off."""
        bitmap = self._bitmap(request) if self._open() else None
        if bitmap is None:
            return []
        units = self._chunks(bitmap, request.hash, encode=True)
        return [] if self._interrupted else units

    def _bitmap(self, request: Look | Listen) -> int:
        if isinstance(request, Listen):
            self._check_ears()
            rate = M.mtmd_get_audio_sample_rate(self._pointer)
            heard = floats(request.pcm, request.rate, rate)
            if not heard:
                raise NotSeen("sound", "it is empty")
            samples = (ctypes.c_float * len(heard)).from_buffer(heard)
            return M.mtmd_bitmap_init_from_audio(len(heard), samples)
        self._check_eyes()
        if not 0 < request.width * request.height * 3 == len(request.rgb):
            raise NotSeen("picture", f"{request.width} x {request.height}: {len(request.rgb)}")
        pixels = ctypes.cast(ctypes.c_char_p(request.rgb), ctypes.POINTER(ctypes.c_uint8))
        return M.mtmd_bitmap_init(request.width, request.height, pixels)

    def _empty(self, part: Media) -> int:
        """A bitmap that stands for what was not shown, of the same length."""
        while not self._open():
            self._interrupted = False
        if isinstance(part, Picture):
            self._check_eyes()
            return M.mtmd_bitmap_init(max(part.width, 1), max(part.height, 1), None)
        self._check_ears()
        rate = M.mtmd_get_audio_sample_rate(self._pointer)
        return M.mtmd_bitmap_init_from_audio(max(int(part.seconds * rate), 1), None)

    def _chunks(self, bitmap: int, hash: str, *, encode: bool) -> list[Unit]:
        """What the library makes of a bitmap, which is freed: marks around it, and slices."""
        part = M.mtmd_input_part(bitmap=bitmap)
        parts = (ctypes.POINTER(M.mtmd_input_part) * 1)(ctypes.pointer(part))
        chunks = M.mtmd_input_chunks_init()
        LOG.take_errors()
        try:
            if M.mtmd_tokenize_from_parts(self._pointer, chunks, parts, 1, False):
                raise NotSeen("picture or sound", LOG.take_errors())
            found: list[Unit] = []
            for n in range(M.mtmd_input_chunks_size(chunks)):
                chunk = M.mtmd_input_chunks_get(chunks, n)
                if M.mtmd_input_chunk_get_type(chunk) == TEXT:
                    found += tokens_of(chunk)
                else:
                    found.append(self._slice(chunk, hash, n, encode))
                if encode and self._interrupted:
                    break
            return found
        finally:
            M.mtmd_input_chunks_free(chunks)
            M.mtmd_bitmap_free(bitmap)

    def _slice(self, chunk: int, hash: str, number: int, encode: bool) -> Slice:
        tokens = M.mtmd_input_chunk_get_n_tokens(chunk)
        embeddings = None
        if encode:
            if M.mtmd_encode_chunk(self._pointer, chunk) and not self._interrupted:
                raise NotSeen("picture or sound", LOG.take_errors())
            size = tokens * self._width * ctypes.sizeof(ctypes.c_float)
            embeddings = ctypes.create_string_buffer(size)
            ctypes.memmove(embeddings, M.mtmd_get_output_embd(self._pointer), size)
        kept = M.mtmd_input_chunk_get_placeholder(chunk)
        positions = M.mtmd_input_chunk_get_n_pos(chunk)
        found = Slice(hash, number, tokens, positions, kept, embeddings)
        weakref.finalize(found, M.mtmd_input_chunk_free, kept).atexit = False
        return found

    def _check_eyes(self) -> None:
        if not M.mtmd_support_vision(self._pointer):
            raise Blind("This model hears, but it does not see.")

    def _check_ears(self) -> None:
        if not M.mtmd_support_audio(self._pointer):
            raise Blind("This model sees, but it does not hear.")


def tokens_of(chunk: int) -> list[int]:
    count = ctypes.c_size_t()
    tokens = M.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
    return tokens[: count.value] if tokens else []
