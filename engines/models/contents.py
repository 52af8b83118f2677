"""Reads the description in a GGUF, its keys and its tensor table, within fixed limits."""

import math
import struct
from dataclasses import dataclass
from typing import Any

from engines.errors import ModelRefused
from engines.models.binary import BinaryFile
from engines.models.formats import what_it_is
from engines.models.tensors import Tensor, end_of_data, read_tensor

MAGIC = b"GGUF"
KEYS_LIMIT = 4096
TENSORS_LIMIT = 65536
KEY_LENGTH_LIMIT = 65535
DESCRIPTION_LIMIT = 128 << 20  # bytes of keys and tensor table; real ones stay below 32 MiB
TEXTS_LIMIT = 1 << 21  # texts and lists inside lists, all together: bounds the time a file can take
KEPT_NUMBERS = 4096  # longer lists of numbers are checked for their place and not read
ALIGNMENTS = (32, 1 << 20)  # below 32 ggml finds its tensors unaligned and aborts
DEPTH_LIMIT = 2

NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?"} | {
    10: "<Q",
    11: "<q",
    12: "<d",
}
SIZES = {kind: struct.calcsize(code) for kind, code in NUMBERS.items()}
U16, U32, I32, F32, TEXT, LIST = 2, 4, 5, 6, 8, 9
VOCABULARY = "tokenizer."
KEPT_TEXTS = "tokenizer.ggml.tokens"  # the one list of texts whose entries are looked at


@dataclass(frozen=True)
class Array:
    """A list of the file; items is None where only its place was checked."""

    kind: int  # type number of the elements
    count: int
    items: tuple[Any, ...] | list[bytes] | None = None


@dataclass(frozen=True)
class Contents:
    """Of one file: values by key (int, float, bool, str or Array), their types, and the tensors."""

    values: dict[str, Any]
    types: dict[str, int]
    tensors: list[Tensor]
    size: int  # the file's, in bytes
    start: int = 0  # where the tensors' data begins, in bytes


class DescriptionReader:
    """Reads one file from front to back; raises ModelRefused at the first thing that is wrong."""

    def __init__(self, file: BinaryFile) -> None:
        self._file = file
        self._texts = 0

    def read(self) -> Contents:
        values, types, tensors = self._read_description({}, {})
        start = self._check_data(tensors, alignment(values, types))
        return Contents(values, types, tensors, self._file.size, start)

    def read_start(self) -> tuple[dict[str, Any], list[Tensor]]:
        """What stands in the first bytes of a file; tensors only where all of their table does."""
        values: dict[str, Any] = {}
        try:
            return values, self._read_description(values, {})[2]
        except ModelRefused:
            return values, []

    def _read_description(
        self, values: dict[str, Any], types: dict[str, int]
    ) -> tuple[dict[str, Any], dict[str, int], list[Tensor]]:
        self._read_magic()
        n_tensors = self._count("n_tensors", TENSORS_LIMIT, "tensors")
        n_keys = self._count("n_kv", KEYS_LIMIT, "facts about itself")
        for _ in range(n_keys):
            key = self._read_key()
            if key in values:
                raise ModelRefused("it says the same thing twice", key)
            types[key] = self._file.u32(key)
            values[key] = self._read_value(key, types[key])
        return values, types, self._read_tensors(n_tensors)

    def begin(self) -> dict[str, Any]:
        """The facts in front of the vocabulary; quick, and content with the start of a file."""
        self._read_magic()
        self._count("n_tensors", TENSORS_LIMIT, "tensors")
        values: dict[str, Any] = {}
        try:
            for _ in range(self._count("n_kv", KEYS_LIMIT, "facts about itself")):
                key = self._read_key()
                if key.startswith(VOCABULARY):
                    break
                values[key] = self._read_value(key, self._file.u32(key))
        except ModelRefused:  # as much as is here
            if not values:
                raise
        return values

    def _read_magic(self) -> None:
        start = self._file.read(min(512, self._file.size), "magic")
        if start[:4] != MAGIC:
            raise ModelRefused(f"it is {what_it_is(start)}", start[:16].hex(" "))
        if len(start) < 24:
            raise ModelRefused("it ends too early: there is hardly more than its first word")
        version = int.from_bytes(start[4:8], "little")
        if version & 0xFFFF == 0:
            raise ModelRefused("it was made for big-endian computers", f"version {version:#x}")
        if version == 1:
            raise ModelRefused("it is in version 1 of GGUF, which nothing reads any more")
        if version not in (2, 3):
            raise ModelRefused(
                f"it is in version {version} of GGUF, and Parley reads versions 2 and 3"
            )
        self._file.rewind(8)

    def _count(self, field: str, limit: int, what: str) -> int:
        count = self._file.u64(field)
        if count > limit:
            raise ModelRefused(f"it claims to hold {count} {what}, more than any model", field)
        return count

    def _read_key(self) -> str:
        raw = self._file.string("a key", KEY_LENGTH_LIMIT)
        key = raw.decode("ascii", "backslashreplace")
        if not key or not key.isprintable() or not raw.isascii():
            raise ModelRefused("the name of a fact in it is damaged", key[:100])
        return key

    def _read_value(self, key: str, kind: int) -> Any:
        if self._file.position > DESCRIPTION_LIMIT:
            raise ModelRefused("its description is larger than that of any model", key)
        if kind in NUMBERS:
            return struct.unpack(NUMBERS[kind], self._file.read(SIZES[kind], key))[0]
        if kind == TEXT:
            return self._file.string(key).decode("utf-8", "replace")
        if kind == LIST:
            return self._read_list(key, 1)
        raise ModelRefused("a fact in it is of a kind that does not exist", f"{key}: type {kind}")

    def _read_list(self, key: str, depth: int) -> Array:
        kind, count = self._file.u32(key), self._file.u64(key)
        if kind in NUMBERS:
            return self._read_numbers(key, kind, count)
        if kind not in (TEXT, LIST):
            raise ModelRefused("a list in it is of a kind that does not exist", f"{key}: {kind}")
        self._texts += count
        if self._texts > TEXTS_LIMIT:
            raise ModelRefused(f"a list in it claims {count} entries, more than any model", key)
        if kind == TEXT:
            self._file.need(count * 8, key)
            if key == KEPT_TEXTS and depth == 1:
                return Array(kind, count, self._file.strings(count, key))
            self._file.skip_strings(count, key)
            return Array(kind, count)
        if depth == DEPTH_LIMIT:
            raise ModelRefused("lists in it are nested too deeply", key)
        self._file.need(count * 12, key)
        for _ in range(count):
            self._read_list(key, depth + 1)
        return Array(kind, count)

    def _read_numbers(self, key: str, kind: int, count: int) -> Array:
        if count > KEPT_NUMBERS:
            self._file.skip(count * SIZES[kind], key)
            return Array(kind, count)
        raw = self._file.read(count * SIZES[kind], key)
        return Array(kind, count, struct.unpack(f"<{count}{NUMBERS[kind][1]}", raw))

    def _read_tensors(self, count: int) -> list[Tensor]:
        tensors = [read_tensor(self._file) for _ in range(count)]
        names = {tensor.name for tensor in tensors}
        if len(names) < count:
            raise ModelRefused("it holds two tensors of the same name")
        return tensors

    def _check_data(self, tensors: list[Tensor], alignment: int) -> int:
        """Where it begins."""
        start = math.ceil(self._file.position / alignment) * alignment
        end = start + end_of_data(tensors, alignment)
        if tensors and end > self._file.size:
            raise ModelRefused(
                f"it is not complete: {portion(self._file.size, end)} are there",
                f"{self._file.size} of {end} bytes",
            )
        return start


def alignment(values: dict[str, Any], types: dict[str, int]) -> int:
    step = values.get("general.alignment", 32)
    if types.get("general.alignment", U32) != U32:
        raise ModelRefused("its alignment is not a number it can be", "general.alignment")
    if not ALIGNMENTS[0] <= step <= ALIGNMENTS[1] or step & (step - 1):
        raise ModelRefused("its alignment is not a number it can be", f"general.alignment: {step}")
    return step


def portion(there: int, wanted: int) -> str:
    """Two sizes in the unit of the larger one: "1.2 of 2.5 GB"."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if wanted >= unit:
            return f"{there / unit:.1f} of {wanted / unit:.1f} {name}"
    return f"{there} of {wanted} bytes"
