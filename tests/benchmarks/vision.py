"""How quick the eyes and the reader of text are, against the bare libraries in the same run.

    python tests/benchmarks/vision.py [--blocks 9] [--pages 3] [--threads 2]

Eyes: pictures in a second through the engine (checked, brought to size, encoded) against plain
onnxruntime fed with the same pictures made ready before; in turns. Reader: a page of 50 lines,
1108 × 1568 pixels, through the engine against rapidocr called directly with as many threads.
Ratios are of processor time, which other programs hardly spoil; below 1 the engine is quicker. The
last line is one JSON object.
"""

import argparse
import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app import paths, seeing  # noqa: E402
from engines.messages import Embed, Lines, Look, ReadText, Vector  # noqa: E402
from engines.process import SET  # noqa: E402

os.environ |= SET

import numpy  # noqa: E402
import onnxruntime  # noqa: E402
import rapidocr  # noqa: E402
from PIL import Image, ImageDraw, ImageFont  # noqa: E402

from engines.vision import eyes, folders, ocr, pictures  # noqa: E402

BATCH = 16
WORDS = "the clocks of the town struck nine and people walked home with bread under their arms"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--blocks", type=int, default=9)
    options.add_argument("--pages", type=int, default=3)
    options.add_argument("--threads", type=int, default=2)
    given = options.parse_args()
    figures = look(given.blocks) | read(given.pages, given.threads)
    figures["most_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def look(blocks: int) -> dict[str, float]:
    folder = paths.resource(seeing.EYES)
    engine = eyes.create(folder, eyes.Options(threads=1), lambda _: True)
    how = folders.check(folder, ()).preparing
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    bare = onnxruntime.InferenceSession(str(folder / "vision.onnx"), settings)
    name = bare.get_inputs()[0].name
    looks = tuple(noise(seed) for seed in range(BATCH))
    ready = pictures.prepare(looks, how)

    def ours() -> None:
        assert sum(isinstance(one, Vector) for one in engine.run(Embed(looks))) == BATCH

    def theirs() -> None:
        assert len(bare.run(None, {name: ready})[0]) == BATCH

    pairs = in_turns(ours, theirs, blocks)
    return compared("eyes", pairs) | {
        "eyes_pictures_per_cpu_second": BATCH / statistics.median(a[0] for a, _ in pairs),
        "bare_pictures_per_cpu_second": BATCH / statistics.median(b[0] for _, b in pairs),
        "eyes_pictures_per_second": BATCH / statistics.median(a[1] for a, _ in pairs),
    }


def noise(seed: int) -> Look:
    rng = numpy.random.default_rng(seed)
    rough = rng.integers(0, 256, (12, 16, 3), dtype=numpy.uint8).repeat(40, 0).repeat(40, 1)
    return Look(str(seed), 640, 480, rough.tobytes())


def read(pages: int, threads: int) -> dict[str, float]:
    engine = ocr.create(Path(), ocr.Options(threads=threads), lambda _: True)
    name = "EngineConfig.onnxruntime.intra_op_num_threads"
    bare = rapidocr.RapidOCR(params={"Global.log_level": "critical", name: threads})
    page, lines = paper()
    wrapped = Look("page", *page.size, page.tobytes())
    pixels = numpy.asarray(page)[:, :, ::-1].copy()
    found: dict[str, list[str]] = {}

    def ours() -> None:
        [answer] = [one for one in engine.run(ReadText(wrapped)) if isinstance(one, Lines)]
        found["ours"] = [one.text for one in answer.lines]

    def theirs() -> None:
        found["theirs"] = list(bare(pixels).txts or ())

    pairs = in_turns(ours, theirs, pages)
    return compared("page", pairs) | {
        "page_cpu_seconds": statistics.median(a[0] for a, _ in pairs),
        "page_seconds": statistics.median(a[1] for a, _ in pairs),
        "bare_page_cpu_seconds": statistics.median(b[0] for _, b in pairs),
        "lines_right": sum(a == b for a, b in zip(found["ours"], lines, strict=False)) / len(lines),
        "bare_lines_right": sum(a == b for a, b in zip(found["theirs"], lines, strict=False))
        / len(lines),
    }


def paper() -> tuple[Image.Image, list[str]]:
    page = Image.new("RGB", (1108, 1568), "white")
    pen = ImageDraw.Draw(page)
    face = ImageFont.truetype(str(paths.resource("fonts/Inter_400Regular.ttf")), 20)
    words, lines = WORDS.split(), []
    for number in range(50):
        line = ""
        while pen.textlength(f"{line} {words[0]}", font=face) < 960:
            line = f"{line} {words[0]}".strip()
            words.append(words.pop(0))
        pen.text((70, 40 + 29 * number), line, font=face, fill="black")
        lines.append(line)
    return page, lines


Spent = tuple[float, float]  # seconds of the processor, seconds of the clock


def in_turns(
    ours: Callable[[], None], theirs: Callable[[], None], blocks: int
) -> list[tuple[Spent, Spent]]:
    """What each block cost both, after one that nobody counts; who begins changes."""
    ours()
    theirs()
    found = []
    for number in range(blocks):
        both = (ours, theirs) if number % 2 else (theirs, ours)
        spent = {one: clocked(one) for one in both}
        found.append((spent[ours], spent[theirs]))
    return found


def clocked(work: Callable[[], None]) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def compared(name: str, pairs: list[tuple[Spent, Spent]]) -> dict[str, float]:
    ratios = [ours[0] / theirs[0] for ours, theirs in pairs]
    chance = random.Random(1)
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(1000))
    low, high = medians[25], medians[974]
    return {
        f"{name}_ratio_to_bare": statistics.median(ratios),
        f"{name}_ratio_low": low,
        f"{name}_ratio_high": high,
    }


if __name__ == "__main__":
    main()
