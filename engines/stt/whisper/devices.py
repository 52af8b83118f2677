"""Where to compute: on the processor, or on a graphics card that has room beside the model."""

import ctypes
import logging
import sys
import tempfile

import ctranslate2
import numpy as np

from engines.llm.llama import threads

FREE = 1500 << 20  # bytes that stay free on the card
WORKING = 500 << 20  # bytes a loaded model needs besides its weights
MOST_THREADS = 4  # more do not help a model this small
NVML = ("libnvidia-ml.so.1", "nvml.dll")

log = logging.getLogger(__name__)


def choose(asked: str, size: int, promised: int) -> str:
    """ "cpu" or "cuda" for a model of so many bytes; promised bytes will still be taken by others.

    Careful: a card that does not say how much room it has is left to the language model.
    """
    if asked == "cpu" or not ctranslate2.get_cuda_device_count():
        return "cpu"
    if asked == "cuda":
        return "cuda"
    free = free_memory()
    return "cuda" if free is not None and free - promised - size - WORKING >= FREE else "cpu"


def thread_count(asked: int) -> int:
    return asked or min(threads.cores(), MOST_THREADS)


class _Memory(ctypes.Structure):
    _fields_ = [("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong)]
    _fields_ += [("used", ctypes.c_ulonglong)]


def free_memory() -> int | None:
    """Bytes free on the first card, as its driver says; None where nobody says."""
    try:
        nvml = ctypes.CDLL(NVML[sys.platform == "win32"])
        card, memory = ctypes.c_void_p(), _Memory()
        steps = (
            lambda: nvml.nvmlInit_v2(),
            lambda: nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(card)),
            lambda: nvml.nvmlDeviceGetMemoryInfo(card, ctypes.byref(memory)),
        )
        return memory.free if not any(step() for step in steps) else None
    except (OSError, AttributeError) as error:
        log.info("the graphics card's memory is not known: %s", error)
        return None


def usable() -> int:
    """How many cards a model can really run on. Ends this process where a library is missing.

    Only for a throwaway process: without cuDNN the first step on a card aborts.
    """
    count = ctranslate2.get_cuda_device_count()
    if count:
        try:
            trial("cuda")
        except OSError as error:  # nowhere to write in a jail: the trial outside has passed
            log.info("no trial here: %s", error)
    return count


def trial(device: str) -> None:
    """Load the smallest Whisper there can be and let it hear a second."""
    with tempfile.TemporaryDirectory() as folder:
        smallest().save(folder)
        model = ctranslate2.models.Whisper(folder, device)
        silence = ctranslate2.StorageView.from_array(np.zeros((1, 80, 100), np.float32))
        model.encode(silence, to_cpu=True)


def smallest() -> ctranslate2.specs.WhisperSpec:
    """One layer of each kind, all of ones."""
    width, words = 64, ["<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>", "a"]
    spec = ctranslate2.specs.WhisperSpec(1, 1, 1, 1)
    ones = lambda *shape: np.ones(shape, np.float32)  # noqa: E731
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = ones(width, 80, 3), ones(width)
    encoder.conv2.weight, encoder.conv2.bias = ones(width, width, 3), ones(width)
    encoder.position_encodings.encodings = ones(1500, width)
    decoder.position_encodings.encodings = ones(448, width)
    decoder.embeddings.weight = decoder.projection.weight = ones(len(words), width)
    layers = (*encoder.layer, *decoder.layer)
    norms = [encoder.layer_norm, decoder.layer_norm]
    for layer in layers:
        attentions = [layer.self_attention, *([layer.attention] if layer in decoder.layer else [])]
        for attention in attentions:
            norms.append(attention.layer_norm)
            for number, linear in enumerate(attention.linear):
                wide = (3, 1)[number] if len(attention.linear) == 2 else (1, 2, 1)[number]
                linear.weight, linear.bias = ones(wide * width, width), ones(wide * width)
        norms.append(layer.ffn.layer_norm)
        layer.ffn.linear_0.weight, layer.ffn.linear_0.bias = ones(4 * width, width), ones(4 * width)
        layer.ffn.linear_1.weight, layer.ffn.linear_1.bias = ones(width, 4 * width), ones(width)
    for norm in norms:
        norm.gamma, norm.beta = ones(width), ones(width)
    spec.register_vocabulary(words)
    spec.validate()
    spec.optimize()
    return spec
