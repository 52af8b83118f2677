"""What a model is changed with while it is open: LoRA adapters and control vectors.

The model's weights stay as they are. What it has read was read with what was set then, so it is put
aside when something else is set.
"""

import ctypes
import math
import os
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engines import machine
from engines.errors import ParleyError
from engines.llm.llama.aside import Asides
from engines.llm.llama.library import LOG, Buffer, C
from engines.llm.llama.loading import Opened, on_card
from engines.messages import Adapted, AdaptersHeld, Event, Progress
from engines.models.adapter import HASH, Adapter, BadAdapter, Base, check_adapter
from engines.models.fit.plans import gigabytes

MOST = 16  # at once
# The library makes room for what it computes with adapters; with these it counts on a few alone,
# and ends the process where there are more (llama_context::graph_max_nodes of 0c1e57098).
FEW = 4
OF_FEW = {
    *("bailingmoe3", "deepseek4", "dflash", "glm5-next", "hrm_text", "hy_v4", "kimi-k3"),
    *("kimi-linear", "minimax-01", "minimax-m3", "nanbeige", "qwen35", "qwen35moe"),
    *("qwen3next", "qwen4exp"),
}
KEPT = 4  # loaded, with those in use
UNUSED = 600.0  # seconds, then the next question gives back what it takes
SCALES = 100.0
SPARE = 1.1  # of the file's size: what loading takes besides
LARGE = 1e30  # no number of a direction is, so that their sum can be one


class NoFolder(ParleyError):
    def __init__(self) -> None:
        super().__init__(
            "The adapters of this variant cannot be read.", "Open the model again, then try again."
        )


class TooMany(ParleyError):
    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"This model takes {most} adapters at once, and these are {count}.",
            "Set the scale of some of them to 0.",
        )


class NoSuchScale(ParleyError):
    def __init__(self, scale: float) -> None:
        super().__init__(
            "This adapter cannot be applied so strongly.",
            f"Choose a scale between {-SCALES:.0f} and {SCALES:.0f}.",
            f"{scale}",
        )


class NoMemory(ParleyError):
    def __init__(self, adapter: Adapter, detail: str) -> None:
        super().__init__(
            f"There is not enough memory for the adapter {adapter.name}"
            f" ({gigabytes(adapter.size)}).",
            "Close other programs, or set its scale to 0.",
            detail,
        )


@dataclass
class Held:
    """One that was loaded."""

    adapter: Adapter
    pointer: Any = None  # the library's, of a LoRA
    numbers: array = field(default_factory=lambda: array("f"))  # of a control vector's directions
    buffers: tuple[Buffer, ...] = ()  # what the library took for it
    used: float = 0.0


class Adapters:
    """Of one context. folder: where the files are, named by their hash; None: there are none."""

    def __init__(self, folder: Path | None, base: Base, opened: Opened) -> None:
        self._folder, self._on_card = folder, bool(opened.plan.layers)
        self._model, self._memory = opened.model.pointer, opened.memory
        self._layers = C.llama_model_n_layer(self._model)  # without those that guess ahead
        self._base = replace(base, blocks=self._layers)
        self._most = FEW if base.architecture in OF_FEW else MOST
        self._asides = Asides(opened.memory)
        self._held: dict[str, Held] = {}
        self._told: tuple[str, ...] = ()  # the app knows of these
        self.set: tuple[Adapted, ...] = ()  # what the model is changed with now

    @property
    def held(self) -> AdaptersHeld:
        """Those in memory, and what the library took for them."""
        some = self._held.values()
        buffers = [one for held in some for one in held.buffers]
        on_cards = sum(one.size for one in buffers if on_card(one))
        here = sum(one.size for one in buffers) - on_cards
        here += sum(one.numbers.itemsize * len(one.numbers) for one in some)
        return AdaptersHeld(tuple(self._held), here, on_cards)

    def use(self, wanted: Sequence[Adapted]) -> Iterator[Event]:
        """Change the model with these and no others; what it read otherwise is not in its memory.

        Raises ParleyError: where one is refused everything stays as it was.
        """
        asked = effective(wanted)
        if len(asked) > self._most:
            raise TooMany(len(asked), self._most)
        self._release(asked)
        self._asides.tidy()
        if asked != self.set:
            yield from self._hold(asked)
            self._apply(asked)
        if self._told != (there := tuple(self._held)):
            self._told = there
            yield self.held

    def close(self) -> None:
        """Free them. The context they were set in goes before, the model after."""
        self._asides.forget()
        for sha256 in list(self._held):
            self._free(sha256)

    def _hold(self, asked: Sequence[Adapted]) -> Iterator[Event]:
        """Load those that are not in memory."""
        for n, one in enumerate(asked):
            if one.sha256 not in self._held:
                yield Progress("loading", n, len(asked))
                self._held[one.sha256] = self._load(one, asked)
            self._check(one)
        for one in (*self.set, *asked):
            self._held[one.sha256].used = time.monotonic()

    def _apply(self, asked: tuple[Adapted, ...]) -> None:
        before, self.set = self.set, asked
        self._asides.change(before, asked)
        if steered(asked) != steered(before) and self._steer(asked):
            errors = LOG.take_errors()
            self._steer(())
            self._mix(())
            self.set = ()
            self._memory.clear()
            raise ParleyError("This adapter could not be applied.", "Try again.", errors)
        self._mix(asked)

    def _mix(self, asked: tuple[Adapted, ...]) -> None:
        """Set the LoRA adapters among these."""
        loras = [one for one in asked if one.kind == "lora"]
        pointers = [self._held[one.sha256].pointer for one in loras]
        several = (C.llama_adapter_lora_p_ctypes * max(len(loras), 1))(*pointers)
        scales = (ctypes.c_float * max(len(loras), 1))(*(one.scale for one in loras))
        C.llama_set_adapters_lora(self._memory.pointer, several, len(loras), scales)

    def _steer(self, asked: tuple[Adapted, ...]) -> int:
        """Set the sum of the control vectors among these; not 0 where the library could not."""
        width, vectors = self._base.width, steered(asked)
        if not vectors:
            return C.llama_set_adapter_cvec(self._memory.pointer, None, 0, width, 0, 0)
        last = self._layers - 1
        summed = array("f", bytes(4 * width * last))  # of every layer: the library keeps old ones
        for one in vectors:
            held = self._held[one.sha256]
            first, final = one.layers or (1, last)
            for n, block in enumerate(held.adapter.blocks):
                if first <= block <= final:
                    add(summed, width * (block - 1), held.numbers, width * n, width, one.scale)
        numbers = (ctypes.c_float * len(summed)).from_buffer(summed)
        about = (len(summed), width, 1, last)
        return C.llama_set_adapter_cvec(self._memory.pointer, numbers, *about)

    def _check(self, one: Adapted) -> None:
        adapter = self._held[one.sha256].adapter
        if adapter.kind != one.kind:
            kinds = {"lora": "a LoRA adapter", "control": "a control vector"}
            raise BadAdapter(adapter.name, f"it is {kinds[adapter.kind]}")

    def _load(self, one: Adapted, asked: Sequence[Adapted]) -> Held:
        if self._folder is None:
            raise NoFolder
        if not HASH.fullmatch(one.sha256):
            raise BadAdapter(one.sha256[:8], "it has no name a file could have")
        adapter = check_adapter(self._folder / f"{one.sha256}.gguf", self._base)
        self._make_room(adapter, asked)
        return self._lora(adapter) if adapter.kind == "lora" else directions(adapter)

    def _make_room(self, adapter: Adapter, asked: Sequence[Adapted]) -> None:
        """Where memory is short those go that are not in use. A card says no by itself."""
        if self._on_card:
            return
        wanted = adapter.size * SPARE
        if machine.memory()[1] < wanted:
            self._release(asked, most=0)
            self._asides.forget()
        if (free := machine.memory()[1]) < wanted:
            raise NoMemory(adapter, f"{gigabytes(free)} are free")

    def _lora(self, adapter: Adapter) -> Held:
        LOG.take_errors()
        LOG.take_buffers()
        pointer = C.llama_adapter_lora_init(self._model, os.fsencode(adapter.path))
        errors = LOG.take_errors()
        if not pointer and "alloc" in errors:
            raise NoMemory(adapter, errors)
        if not pointer:  # an object, also where it points nowhere
            raise BadAdapter(adapter.name, "llama.cpp refuses it", errors)
        return Held(adapter, pointer, buffers=tuple(LOG.take_buffers()))

    def _release(self, asked: Sequence[Adapted], most: int = KEPT) -> None:
        """Free those that nobody used for long, and the oldest of too many."""
        needed = {one.sha256 for one in (*self.set, *asked)}
        idle = sorted((h for h in self._held if h not in needed), key=lambda h: self._held[h].used)
        too_many = len(needed | self._held.keys()) - max(most, len(needed))
        for n, sha256 in enumerate(idle):
            if n < too_many or time.monotonic() - self._held[sha256].used > UNUSED:
                self._free(sha256)

    def _free(self, sha256: str) -> None:
        if pointer := self._held.pop(sha256).pointer:
            C.llama_adapter_lora_free(pointer)


def effective(wanted: Sequence[Adapted]) -> tuple[Adapted, ...]:
    """What has an effect, in one order; the scales of what is named twice add up."""
    scales: dict[tuple, float] = {}
    for one in wanted:
        if not math.isfinite(one.scale) or abs(one.scale) > SCALES:
            raise NoSuchScale(one.scale)
        key = (one.kind, one.sha256, one.layers if one.kind == "control" else None)
        scales[key] = scales.get(key, 0.0) + one.scale
    found = [Adapted(sha, kind, s, layers) for (kind, sha, layers), s in scales.items() if s]
    return tuple(sorted(found, key=lambda one: (one.kind, one.sha256, one.layers or ())))


def steered(asked: Sequence[Adapted]) -> tuple[Adapted, ...]:
    """The control vectors among these."""
    return tuple(one for one in asked if one.kind == "control")


def directions(adapter: Adapter) -> Held:
    """Reads a checked control vector's numbers."""
    numbers = array("f")
    try:
        with adapter.path.open("rb") as file:
            for place in adapter.places:
                file.seek(place)
                numbers.fromfile(file, adapter.width)
    except (OSError, EOFError) as error:
        raise BadAdapter(adapter.name, "it could not be read to its end", str(error)) from error
    if not max(map(abs, numbers)) < LARGE or not math.isfinite(sum(numbers)):  # sum: not a number
        raise BadAdapter(adapter.name, "some of its numbers are none")
    return Held(adapter, numbers=numbers)


def add(to: array, at: int, numbers: array, start: int, count: int, scale: float) -> None:
    """Add count numbers, times scale, to those that begin at `at`."""
    summed = zip(to[at : at + count], numbers[start : start + count], strict=True)
    to[at : at + count] = array("f", [there + scale * more for there, more in summed])
