"""What a model has read is put aside while it is changed, for whoever comes back to how it was."""

import ctypes
import mmap
import time
from dataclasses import dataclass

from engines import machine
from engines.llm.llama.library import C
from engines.llm.llama.media import Unit
from engines.llm.llama.memory import Checkpoint, Memory
from engines.messages import Adapted

WORTH = 32  # tokens; fewer are quickly read again
KEPT = 4
ROOM = 512 << 20  # bytes, of all together
SHARE = 4  # and no more than this part of what is free
UNUSED = 600.0  # seconds
GROWS = 4  # a conversation that was put aside may be longer by this part the next time

Changes = tuple[Adapted, ...]


@dataclass
class Read:
    """What was read with some changes, as the library writes it down."""

    tokens: list[Unit]
    place: int
    checkpoints: list[Checkpoint]
    data: mmap.mmap
    length: int  # bytes of data
    since: float

    @property
    def size(self) -> int:
        return self.length + states(self.checkpoints)


class Asides:
    """Of one memory; the longest ago goes first."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._kept: dict[Changes, Read] = {}
        # to go to and fro is quick where memory need not be fetched from the system each time
        self._spare: mmap.mmap | None = None

    def change(self, before: Changes, after: Changes) -> None:
        """The memory holds what was read with `before`; then what was read with `after`."""
        self.tidy()
        self._put(before)
        self._memory.clear()
        if found := self._kept.pop(after, None):
            if not bring(self._memory, found):
                self._memory.clear()
            self._spare = found.data

    def tidy(self) -> None:
        """Give back what nobody came back to for long."""
        for changes, read in list(self._kept.items()):
            if time.monotonic() - read.since > UNUSED:
                del self._kept[changes]
        if not self._kept:
            self._spare = None

    def forget(self) -> None:
        self._kept.clear()
        self._spare = None

    def _put(self, changes: Changes) -> None:
        self._kept.pop(changes, None)
        if len(self._memory.tokens) < WORTH:
            return
        size = C.llama_state_seq_get_size(self._memory.pointer, 0)
        whole = size + states(self._memory.checkpoints)
        if not size or whole > min(ROOM, machine.memory()[1] // SHARE):
            return
        while self._kept and (len(self._kept) >= KEPT or self._size() + whole > ROOM):
            del self._kept[next(iter(self._kept))]
        data, self._spare = self._spare, None
        if data is None or len(data) < size:
            data = mmap.mmap(-1, size + size // GROWS)  # what is not touched takes no memory
        if C.llama_state_seq_get_data(self._memory.pointer, bytes_of(data), size, 0) == size:
            self._kept[changes] = written_down(self._memory, data, size)

    def _size(self) -> int:
        return sum(read.size for read in self._kept.values())


def written_down(memory: Memory, data: mmap.mmap, length: int) -> Read:
    tokens, checkpoints = [*memory.tokens], [*memory.checkpoints]
    return Read(tokens, memory.place, checkpoints, data, length, time.monotonic())


def bring(memory: Memory, read: Read) -> bool:
    """Back into an empty memory."""
    if not C.llama_state_seq_set_data(memory.pointer, bytes_of(read.data), read.length, 0):
        return False
    memory.tokens, memory.place, memory.checkpoints = read.tokens, read.place, read.checkpoints
    return True


def states(checkpoints: list[Checkpoint]) -> int:
    """Bytes of a recurrent model's."""
    return sum(ctypes.sizeof(one.data) for one in checkpoints)


def bytes_of(data: mmap.mmap) -> ctypes.Array:
    return (ctypes.c_uint8 * len(data)).from_buffer(data)
