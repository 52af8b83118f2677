"""A model file in memory: its weights and its vocabulary."""

import os
from collections.abc import Callable
from pathlib import Path

from engines.errors import ModelRefused, ParleyError
from engines.llm.llama.library import LOG, C
from engines.llm.llama.vocabulary import Vocabulary
from engines.models.gguf import Header


class NotLoaded(ParleyError):
    """The library refused a file that passed our own check; of_memory: there was too little."""

    def __init__(self, architecture: str, detail: str) -> None:
        self.of_memory = "alloc" in detail or "out of memory" in detail
        if "unknown model architecture" in detail:
            message = f"This kind of model ({architecture}) is newer than this Parley."
            hint = "Choose another model, or bring Parley up to date."
        elif self.of_memory:
            message, hint = "There is not enough memory for this model.", "Choose a smaller model."
        else:
            message = "This model could not be loaded."
            hint = "Download it again, or choose another model."
        super().__init__(message, hint, detail)


class Stopped(ParleyError):
    def __init__(self) -> None:
        super().__init__("Loading was stopped.", "Open the model again.")


class Model:
    """Owns the weights; close() frees them and everything that hangs on them must go before.

    mapped: the file stays where it is and is looked at; else its weights are read into memory.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        gpu_layers: int,
        progress: Callable[[float], bool],
        mapped: bool = True,
    ) -> None:
        self.header = header
        going_on = True

        def report(fraction: float, _: object) -> bool:
            nonlocal going_on
            going_on = going_on and progress(fraction)
            return going_on

        params = C.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.load_mode = C.LLAMA_LOAD_MODE_AUTO if mapped else C.LLAMA_LOAD_MODE_NONE
        if not gpu_layers:  # no card at all: it would take some of the work, and memory
            params.split_mode, params.main_gpu = C.LLAMA_SPLIT_MODE_NONE, -1
        params.progress_callback = callback = C.llama_progress_callback(report)
        LOG.take_errors()
        self.pointer = C.llama_model_load_from_file(os.fsencode(path), params)
        del callback  # it had to live until here
        errors = LOG.take_errors()
        if not self.pointer:
            raise NotLoaded(header.architecture, errors) if going_on else Stopped()
        if C.llama_model_has_encoder(self.pointer) or C.llama_model_is_diffusion(self.pointer):
            self.close()
            raise ModelRefused("it does not write one word after another, as chat models do")
        prefix = header.metadata.get("tokenizer.ggml.add_space_prefix", True)
        self.vocabulary = Vocabulary(self.pointer, add_space_prefix=bool(prefix))
        self.context_trained: int = C.llama_model_n_ctx_train(self.pointer)
        # its memory holds a state that moves on with every token and cannot be cut back
        self.recurrent = bool(
            C.llama_model_is_recurrent(self.pointer) or C.llama_model_is_hybrid(self.pointer)
        )

    def template(self, name: str = "") -> str | None:
        """The chat template the file brings, or the one for a purpose such as tool_use."""
        found = C.llama_model_chat_template(self.pointer, name.encode() or None)
        return found.decode("utf-8", "replace") if found else None

    def close(self) -> None:
        if self.pointer:
            C.llama_model_free(self.pointer)
            self.pointer = None


def file_state(path: Path) -> tuple[int, int, int] | None:
    """Changes when the file is written over; None when it is gone."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns, about.st_ino
