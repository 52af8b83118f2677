"""Loads large models one by one, each in a fork of its own, and tells what they really take.

Run as a program: `python -m tests.data.taking FOLDER` takes the name of a case on each line of
its input, and prints a line of JSON for it.
"""

import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engines import machine
from engines.llm.llama import engine as heavy
from engines.llm.llama.loading import this_machine
from engines.llm.llama.memory import BATCH
from engines.messages import Chat, Look, Text, Turn
from engines.models import fit
from engines.models.fit import Wishes
from engines.models.projector import check_projector
from tests.data import large_models
from tests.data.large_models import Shape
from tests.data.tiny_projectors import Shape as EyeShape

LONG = "hello this is some text " * 26  # more than a batch of tokens
EYES = EyeShape(image=224, patch=16, width=512, hidden=2048, blocks=6, heads=8)


@dataclass(frozen=True)
class Case:
    shape: Shape
    context: int = 8192
    kv: str = "f16"
    eyes: bool = False


PLAIN = Shape(blocks=6, width=512, hidden=1024, heads=8, shared=4, packing="F32")
USUAL = Shape(blocks=4, width=768, hidden=2048, heads=12, shared=4)
CASES = {
    "plain": Case(PLAIN),
    "many layers": Case(Shape(blocks=24, width=256, hidden=768, heads=8, shared=8)),
    "few wide layers": Case(Shape(blocks=2, width=1024, hidden=2048, heads=16, shared=4)),
    "one head of keys": Case(replace(PLAIN, shared=1), 32768),
    "all heads of keys": Case(replace(USUAL, shared=12, packing="Q8_0")),
    "a long context": Case(Shape(blocks=6, width=256, hidden=512, heads=4, shared=4), 32768),
    "a large vocabulary": Case(replace(PLAIN, blocks=2, width=256, heads=4, words=60000), 2048),
    "Q4_0": Case(replace(USUAL, packing="Q4_0")),
    "Q4_K": Case(replace(USUAL, packing="Q4_K", ends="Q6_K", words=16000)),
    "a tied table": Case(replace(USUAL, packing="Q4_0", blocks=2, words=50000, tied=True), 2048),
    "experts": Case(replace(PLAIN, blocks=2, packing="Q8_0", experts=16)),
    "a window": Case(replace(PLAIN, heads=4, shared=1, window=512, packing="Q8_0"), 32768),
    "packed keys": Case(PLAIN, 32768, "q8_0"),
    "closely packed keys": Case(PLAIN, 32768, "q4_0"),
    "exact keys": Case(PLAIN, 8192, "f32"),
    "a projector": Case(PLAIN, eyes=True),
}


def write(folder: Path, name: str) -> Path:
    case, place = CASES[name], folder / name.replace(" ", "-")
    place.mkdir()
    if case.eyes:
        large_models.projector(place / "mmproj-model.gguf", EYES, case.shape.width)
    return large_models.write(place / "model.gguf", case.shape)


def taken(path: Path, case: Case) -> dict[str, Any]:
    """Bytes: of memory the process takes more than before, and what was forecast."""
    here = this_machine([])
    before = machine.held()
    loaded = heavy.create(path, Wishes(case.context, case.kv, 0), 0, lambda _: True)
    loaded.memory.step = BATCH  # at once, however slow the machine is
    if case.eyes:
        picture = Look("a picture", 300, 200, bytes(300 * 200 * 3))
        list(loaded.run(picture))
    list(loaded.run(Chat((Turn("user", (Text(LONG),)),), max_tokens=2)))
    eyes = check_projector(path.with_name("mmproj-model.gguf"), PLAIN.width) if case.eyes else None
    expected = fit.forecast(
        *(fit.of_file(path), here, case.context, case.kv), projector=eyes.takes if eyes else 0
    )
    said = loaded.loaded()
    return {
        "took": machine.held() - before,
        "forecast": expected.memory,
        "said": said.took,
        "thought": said.forecast,
    }


def main() -> None:
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        name = line.strip()
        case, path = CASES[name], write(folder, name)
        if (child := os.fork()) == 0:
            print(json.dumps({"name": name, **taken(path, case)}), flush=True)  # noqa: T201
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
