"""llama.cpp's C functions, through the ctypes layer of llama-cpp-python and nothing above it."""

import ctypes
import importlib
import importlib.metadata
import importlib.util
import itertools
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from engines.errors import ParleyError

DEVICE_CPU, DEVICE_GPU, DEVICE_IGPU = 0, 1, 2  # ggml_backend_dev_type
ATTR_UNKNOWN, ATTR_CONTROL, ATTR_USER_DEFINED = 1, 8, 16  # llama_token_attr
VOCAB_SPM = 1  # llama_vocab_type
TYPE_F32, TYPE_F16, TYPE_I64 = 0, 1, 27  # ggml_type
ROW, UNLIMITED = 1 << 10, 1 << 44  # bytes
# what llama.cpp calls information is of interest only when something is wrong
LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.WARNING, 4: logging.ERROR}
CONTINUED = 5  # the level of a piece that belongs to the line before
# packings whose weights the library rearranges when they are loaded, by what a processor can do
# (ggml_repack_get_optimal_repack_type and the buffer of AMX)
REARRANGED = {
    "AVX2": ("Q4_0", "Q4_K", "IQ4_NL", "MXFP4"),
    "AVX512": ("Q2_K",),
    "AMX_INT8": ("Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS"),
    "DOTPROD": ("Q4_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "MXFP4", "Q8_0"),
    "MATMUL_INT8": ("Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0"),
    "KLEIDIAI": ("Q4_0", "Q8_0"),
    "VXE": ("Q4_0",),
}
EACH = "lora for '"  # it warns of each matrix of an adapter that lies beside rearranged weights
# what it tells of memory: where, what for, and MiB
BUFFER = re.compile(r"(\S+)\s+(model|KV|RS|compute|output|LoRA) buffer size = +([0-9.]+) MiB")

log = logging.getLogger("llama.cpp")


class NotInstalled(ParleyError):
    def __init__(self, detail: str) -> None:
        super().__init__(
            "The library that runs models is not installed.",
            "Start Parley again with packaging/bootstrap.py: it builds what is missing.",
            detail,
        )


def load(name: str) -> ModuleType:
    """Import a module of llama_cpp without running the __init__ of its package.

    That would bring the high-level class and with it numpy, diskcache and its pickles.
    """
    found = importlib.util.find_spec("llama_cpp") if "llama_cpp" not in sys.modules else None
    if found is not None:
        sys.modules["llama_cpp"] = importlib.util.module_from_spec(found)
    try:
        return importlib.import_module(f"llama_cpp.{name}")
    except (ImportError, OSError, RuntimeError) as error:
        raise NotInstalled(str(error)) from error


def version() -> str:
    try:
        return f"llama.cpp (llama-cpp-python {importlib.metadata.version('llama-cpp-python')})"
    except importlib.metadata.PackageNotFoundError:  # a packaged app may leave that out
        return f"llama.cpp {C.llama_version().decode()}"


C = load("llama_cpp")
M = load("mtmd_cpp")  # eyes and ears
VERSION = version()  # asked now: a jailed process could not look it up


@dataclass(frozen=True)
class Buffer:
    """Memory the library took, or would take, in bytes."""

    where: str  # "CPU", "CPU_Mapped", "CPU_REPACK", "Vulkan0"
    use: str  # "model", "KV", "RS", "compute", "output" or "LoRA"
    size: int


class Log:
    """Takes what the library would print, and keeps the last errors for the person's details."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._buffers: list[Buffer] = []
        self._level = logging.DEBUG
        self._line = b""
        self.callback = C.llama_log_callback(self._take)
        self.of_senses = C.llama_log_callback(self._take_errors_alone)

    def _take(self, level: int, text: bytes, _: Any) -> None:
        if level != CONTINUED:
            self._level = LEVELS.get(level, logging.DEBUG)
        self._line += text
        if text.endswith(b"\n"):
            line, self._line = self._line.decode("utf-8", "replace").strip(), b""
            if line:
                self._write(line)

    def _take_errors_alone(self, level: int, text: bytes, user: Any) -> None:
        """mtmd would print what it is given, words too."""
        if LEVELS.get(level) == logging.ERROR:
            self._take(level, text, user)

    def _write(self, line: str) -> None:
        if self._level >= logging.ERROR:
            self.errors = [*self.errors[-4:], line]
        if found := BUFFER.search(line):
            size = round(float(found[3]) * (1 << 20))
            self._buffers = [*self._buffers[-99:], Buffer(found[1], found[2], size)]
        # a refused file or grammar is told to the person: for the log it is no more than a note
        level = logging.DEBUG if EACH in line else min(self._level, logging.INFO)
        log.log(level, "%s", line)

    def take_errors(self) -> str:
        lines, self.errors = self.errors, []
        return "\n".join(lines)

    def take_buffers(self) -> list[Buffer]:
        """Those of which it told since they were taken the last time."""
        found, self._buffers = self._buffers, []
        return found


LOG = Log()
C.llama_log_set(LOG.callback, None)
M.mtmd_helper_log_set(LOG.of_senses, None)  # sets mtmd's own too


@dataclass(frozen=True)
class Device:
    kind: int
    name: str
    memory: int  # bytes in all; 0 where the driver does not say
    free: int = 0  # of them, now


def devices() -> list[Device]:
    """What the library can compute on; loads its back ends on the first call."""
    ggml, base = shared("ggml"), shared("ggml-base")
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    base.ggml_backend_dev_description.restype = ctypes.c_char_p
    base.ggml_backend_dev_description.argtypes = [ctypes.c_void_p]
    base.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    base.ggml_backend_dev_memory.argtypes = [
        ctypes.c_void_p,
        *[ctypes.POINTER(ctypes.c_size_t)] * 2,
    ]
    if not ggml.ggml_backend_dev_count():  # built with its back ends as separate files
        ggml.ggml_backend_load_all_from_path.argtypes = [ctypes.c_char_p]
        ggml.ggml_backend_load_all_from_path(str(_folder()).encode())
    found = []
    for n in range(ggml.ggml_backend_dev_count()):
        device = ggml.ggml_backend_dev_get(n)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        base.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
        name = (base.ggml_backend_dev_description(device) or b"").decode("utf-8", "replace")
        found.append(Device(base.ggml_backend_dev_type(device), name, total.value, free.value))
    return found


class Pool(ctypes.Structure):
    """ggml_init_params"""

    _fields_ = (
        ("size", ctypes.c_size_t),
        ("place", ctypes.c_void_p),
        ("without_memory", ctypes.c_bool),
    )


def longest(number: int) -> int:
    """Bytes of the longest tensor that this one of gpus() works on; 0 where it sets no limit.

    Where what is remembered of a block is longer, the library ends the process.
    """
    base, device = shared("ggml-base"), _pointers()[number]
    for name in ("ggml_init", "ggml_new_tensor_2d", "ggml_new_tensor_1d", "ggml_set_rows"):
        getattr(base, name).restype = ctypes.c_void_p
    base.ggml_init.argtypes = [Pool]
    base.ggml_new_tensor_2d.argtypes = [ctypes.c_void_p, ctypes.c_int, *[ctypes.c_int64] * 2]
    base.ggml_new_tensor_1d.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int64]
    base.ggml_set_rows.argtypes = [ctypes.c_void_p] * 4
    base.ggml_free.argtypes = [ctypes.c_void_p]
    base.ggml_backend_dev_supports_op.restype = ctypes.c_bool
    base.ggml_backend_dev_supports_op.argtypes = [ctypes.c_void_p] * 2

    def takes(rows: int) -> bool:
        pool = base.ggml_init(Pool(1 << 16, None, True))
        kept = base.ggml_new_tensor_2d(pool, TYPE_F16, ROW // 2, rows)
        read = base.ggml_new_tensor_2d(pool, TYPE_F32, ROW // 2, 1)
        where = base.ggml_new_tensor_1d(pool, TYPE_I64, 1)
        writing = base.ggml_set_rows(pool, kept, read, where)
        can = base.ggml_backend_dev_supports_op(device, writing)
        base.ggml_free(pool)
        return can

    can, cannot = 0, UNLIMITED // ROW
    if takes(cannot) or not takes(1):  # what does not do even this has no such limit to tell of
        return 0
    while cannot - can > 1:
        middle = (can + cannot) // 2
        can, cannot = (middle, cannot) if takes(middle) else (can, middle)
    return can * ROW


def _pointers() -> list[int]:
    """ggml_backend_dev_t of each of gpus()."""
    ggml, kinds = shared("ggml"), (DEVICE_GPU, DEVICE_IGPU)
    all_of_them = devices()
    return [ggml.ggml_backend_dev_get(n) for n, one in enumerate(all_of_them) if one.kind in kinds]


class Feature(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("value", ctypes.c_char_p))


def features() -> set[str]:
    """What the library uses of the processor, by its own names."""
    devices()  # loads its back ends
    ggml, base = shared("ggml"), shared("ggml-base")
    ggml.ggml_backend_reg_by_name.restype = ctypes.c_void_p
    ggml.ggml_backend_reg_by_name.argtypes = [ctypes.c_char_p]
    base.ggml_backend_reg_get_proc_address.restype = ctypes.c_void_p
    base.ggml_backend_reg_get_proc_address.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    cpu = ggml.ggml_backend_reg_by_name(b"CPU")
    place = cpu and base.ggml_backend_reg_get_proc_address(cpu, b"ggml_backend_get_features")
    if not place:
        return set()
    ask = ctypes.CFUNCTYPE(ctypes.POINTER(Feature), ctypes.c_void_p)(place)
    listed = ask(cpu)
    return {one.name.decode() for one in itertools.takewhile(lambda one: one.name, iter_of(listed))}


def iter_of(listed: Any) -> Iterator[Any]:
    """The items of a C array whose end is marked by an empty one."""
    return (listed[n] for n in itertools.count())


def repacked() -> tuple[str, ...]:
    """Names of the packings whose weights are rearranged, and so take memory of their own."""
    known = features()
    if "REPACK" not in known:
        known &= {"AMX_INT8", "KLEIDIAI"}
    return tuple(sorted({name for feature in known for name in REARRANGED.get(feature, ())}))


def gpus() -> list[Device]:
    return [device for device in devices() if device.kind in (DEVICE_GPU, DEVICE_IGPU)]


def _folder() -> Path:
    return Path(C._base_path)


def shared(name: str) -> ctypes.CDLL:
    """A library of ggml, the very one that llama.cpp works with.

    Its folder may hold each library under several names: opened by another name it would be a
    second one, with devices of its own. What llama.cpp has loaded is found through it.
    """
    if name in ("ggml", "ggml-base") and sys.platform != "win32":
        return C._lib
    extensions = importlib.import_module("llama_cpp._ctypes_extensions")
    return extensions.load_shared_library(name, _folder())
