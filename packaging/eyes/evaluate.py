"""Measures the starter's eyes on pictures kept for the test, through Parley's own engines.

    python packaging/eyes/evaluate.py MATERIALS [--starter FOLDER] [--eyes FOLDER] [--count 200]

Each of the questions of heldout.py is asked of the shipped starter, greedily, as the app asks it:
told what programs read in the picture; of the same starter without that; and of the eyes alone:
which of the captions lies nearest. A table, and as the last line one JSON object. With
--without-programs nothing is read.
"""

import argparse
import json
import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import heldout
import numpy as np
from PIL import Image
from scenes import materials

ROOT = Path(__file__).parents[2]
sys.path[1:1] = [str(ROOT), str(ROOT / "packaging" / "starter")]

from scores import Score  # noqa: E402  packaging/starter

from app.controllers.found import found as found_words  # noqa: E402
from engines.llm import starter  # noqa: E402
from engines.messages import (  # noqa: E402
    Chat,
    Describe,
    Described,
    Lines,
    Look,
    Part,
    Picture,
    ReadText,
    Sampling,
    Text,
    TextDelta,
    Turn,
)
from engines.vision import eyes as eyes_engine  # noqa: E402
from engines.vision import ocr  # noqa: E402

PICTURES = ROOT / "tests" / "data" / "eyes" / "pictures"
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)


class Speaking:
    """The starter as it is shipped, and what reads the text in pictures for it."""

    def __init__(self, folder: Path, eyes: Path) -> None:
        options = starter.Options(context=2048, threads=1)
        self._engine = starter.create(folder / "parley-starter.gguf", options, lambda _: True)
        self._eyes = eyes_engine.create(eyes, eyes_engine.Options(), lambda _: True)
        self._reader = ocr.create(Path(), ocr.Options(threads=1), lambda _: True)

    def read(self, pixels: np.ndarray) -> str:
        """What programs say of it."""
        found = next(e for e in self._reader.run(ReadText(_look(pixels))) if isinstance(e, Lines))
        seen = next(e for e in self._eyes.run(Describe(_look(pixels))) if isinstance(e, Described))
        return found_words(seen, found).read

    def ask(self, pixels: np.ndarray, *questions: str, read: str = "") -> list[str]:
        """One after the other, in one conversation, in turns as the app makes them."""
        look = _look(pixels)
        list(self._engine.run(look))
        shown: list[Part] = [Picture(look.hash, look.width, look.height), Text("\n")]
        shown += [Text(f"{read}\n\n")] if read else []
        turns: list[Turn] = []
        said: list[str] = []
        for asked in questions:
            turns.append(Turn("user", (*([] if turns else shown), Text(asked))))
            events = self._engine.run(Chat(tuple(turns), (), GREEDY, max_tokens=60))
            said.append("".join(one.text for one in events if isinstance(one, TextDelta)).strip())
            turns.append(Turn("assistant", (Text(said[-1]),)))
        return said


def _look(pixels: np.ndarray) -> Look:
    high, wide = pixels.shape[:2]
    return Look(sha256(pixels.tobytes()).hexdigest(), wide, high, pixels.tobytes())


class Looking:
    """The eyes alone: both towers."""

    def __init__(self, folder: Path) -> None:
        from onnxruntime import InferenceSession
        from tokenizers import Tokenizer

        self._reader = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._vision, self._text = (
            InferenceSession(str(folder / f"{one}.onnx"), providers=["CPUExecutionProvider"])
            for one in ("vision", "text")
        )

    def nearest(self, pixels: np.ndarray, captions: tuple[str, ...]) -> int:
        words = [one.ids for one in self._reader.encode_batch(list(captions))]
        given = pixels.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1
        seen = np.asarray(self._vision.run(None, {"pictures": given})[0])
        read = np.asarray(self._text.run(None, {"words": np.array(words, np.int64)})[0])
        return int((read @ seen[0]).argmax())


def pictures(speaking: Speaking, reading: bool) -> None:
    """The twenty of pictures.py, each asked twice."""
    right = [0, 0]
    listed = tomllib.loads((PICTURES / "questions.toml").read_text("utf-8"))["picture"]
    for one in listed:
        with Image.open(PICTURES / one["file"]) as image:
            pixels = np.asarray(image.convert("RGB"))
        read = speaking.read(pixels) if reading else ""
        said = speaking.ask(pixels, one["question"], one["again_question"], read=read)
        hits = []
        for number, (text, way) in enumerate(zip(said, ("", "again_"), strict=True)):
            asked = heldout.Asked(
                pixels,
                one[f"{way}question"],
                tuple(one[f"{way}answers"]),
                tuple(one.get(f"{way}wrong", ())),
                (),
                0,
            )
            hits.append(heldout.answered(text, asked))
            right[number] += hits[-1]
        print(f"    {one['file']}: {said[0]!r} {hits[0]}, then {said[1]!r} {hits[1]}")
    told = "told what programs read" if reading else "on its own"
    print(f"twenty pictures, {told}: {right[0]} right, {right[1]} of the second questions")


def told_of(
    kind: str,
    asked: list[heldout.Asked],
    said: list[str],
    alone: list[str],
    near: list[bool],
    show: int,
) -> dict[str, Any]:
    """Prints a row of the table; the same as JSON."""
    hits, own = (
        [heldout.answered(text, one) for text, one in zip(texts, asked, strict=True)]
        for texts in (said, alone)
    )
    wrong = [(one, text) for one, text, hit in zip(asked, said, hits, strict=True) if not hit]
    for one, text in wrong[:show]:
        print(f"    {one.question!r} -> {text!r}, not {one.right[0]!r}")
    scores = {
        "starter": Score(sum(hits), len(hits)),
        "without programs": Score(sum(own), len(own)),
        "alone": Score(sum(near), len(near)),
    }
    chance = heldout.chance(asked)
    row = "   ".join(f"{name} {score}" for name, score in scores.items())
    print(f"{kind:14} {row}   chance {chance:.1%}", flush=True)
    return {name: score.as_json() for name, score in scores.items()} | {"chance": round(chance, 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("materials", type=Path)
    parser.add_argument("--starter", type=Path, default=ROOT / "resources" / "starter")
    parser.add_argument("--eyes", type=Path, default=ROOT / "resources" / "eyes")
    parser.add_argument("--count", type=int, default=heldout.COUNT)
    parser.add_argument("--kinds", nargs="*", default=list(heldout.KINDS))
    parser.add_argument("--show", type=int, default=0, help="wrong answers of each kind")
    parser.add_argument("--without-programs", action="store_true")
    chosen = parser.parse_args()
    reading = not chosen.without_programs
    materials.use(chosen.materials)
    speaking, looking, found = Speaking(chosen.starter, chosen.eyes), Looking(chosen.eyes), {}
    for kind in chosen.kinds:
        asked = heldout.questions(kind, chosen.count)
        alone = [speaking.ask(one.pixels, one.question)[0] for one in asked]
        said = alone
        if reading:
            told = [speaking.read(one.pixels) for one in asked]
            said = [
                speaking.ask(one.pixels, one.question, read=read)[0] if read else own
                for one, read, own in zip(asked, told, alone, strict=True)
            ]
        near = [looking.nearest(one.pixels, one.captions) == one.index for one in asked]
        found[kind] = told_of(kind, asked, said, alone, near, chosen.show)
    for way in (True, False) if reading else (False,):
        pictures(speaking, way)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
