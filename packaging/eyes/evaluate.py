"""Measures the starter's eyes on pictures kept for the test, through Parley's own engines.

    python packaging/eyes/evaluate.py MATERIALS [--starter FOLDER] [--eyes FOLDER] [--count 200]

Each of the questions of heldout.py is asked of the shipped starter, greedily; and of the eyes
without it: which of the captions lies nearest. A table, and as the last line one JSON object.
"""

import argparse
import json
import sys
import tomllib
from hashlib import sha256
from pathlib import Path

import heldout
import numpy as np
from PIL import Image
from scenes import materials

ROOT = Path(__file__).parents[2]
sys.path[1:1] = [str(ROOT), str(ROOT / "packaging" / "starter")]

from scores import Score  # noqa: E402  packaging/starter

from engines.llm import starter  # noqa: E402
from engines.messages import Chat, Look, Picture, Sampling, Text, TextDelta, Turn  # noqa: E402

PICTURES = ROOT / "tests" / "data" / "eyes" / "pictures"
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)


class Speaking:
    """The starter as it is shipped."""

    def __init__(self, folder: Path) -> None:
        options = starter.Options(context=2048, threads=1)
        self._engine = starter.create(folder / "parley-starter.gguf", options, lambda _: True)

    def ask(self, pixels: np.ndarray, *questions: str) -> list[str]:
        """One after the other, in one conversation."""
        high, wide = pixels.shape[:2]
        name = sha256(pixels.tobytes()).hexdigest()
        list(self._engine.run(Look(name, wide, high, pixels.tobytes())))
        turns: list[Turn] = []
        said: list[str] = []
        for asked in questions:
            parts = (Text(asked),) if turns else (Picture(name, wide, high), Text(asked))
            turns.append(Turn("user", parts))
            events = self._engine.run(Chat(tuple(turns), (), GREEDY, max_tokens=60))
            said.append("".join(one.text for one in events if isinstance(one, TextDelta)).strip())
            turns.append(Turn("assistant", (Text(said[-1]),)))
        return said


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


def pictures(speaking: Speaking) -> None:
    """The twenty of pictures.py, each asked twice."""
    right = [0, 0]
    told = tomllib.loads((PICTURES / "questions.toml").read_text("utf-8"))["picture"]
    for one in told:
        with Image.open(PICTURES / one["file"]) as image:
            pixels = np.asarray(image.convert("RGB"))
        said = speaking.ask(pixels, one["question"], one["again_question"])
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
    print(f"twenty pictures: {right[0]} right, {right[1]} of the second questions")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("materials", type=Path)
    parser.add_argument("--starter", type=Path, default=ROOT / "resources" / "starter")
    parser.add_argument("--eyes", type=Path, default=ROOT / "resources" / "eyes")
    parser.add_argument("--count", type=int, default=heldout.COUNT)
    parser.add_argument("--kinds", nargs="*", default=list(heldout.KINDS))
    parser.add_argument("--show", type=int, default=0, help="wrong answers of each kind")
    chosen = parser.parse_args()
    materials.use(chosen.materials)
    speaking, looking, found = Speaking(chosen.starter), Looking(chosen.eyes), {}
    for kind in chosen.kinds:
        asked = heldout.questions(kind, chosen.count)
        said = [speaking.ask(one.pixels, one.question)[0] for one in asked]
        hits = [heldout.answered(text, one) for text, one in zip(said, asked, strict=True)]
        near = [looking.nearest(one.pixels, one.captions) == one.index for one in asked]
        wrong = [(one, text) for one, text, hit in zip(asked, said, hits, strict=True) if not hit]
        for one, text in wrong[: chosen.show]:
            print(f"    {one.question!r} -> {text!r}, not {one.right[0]!r}")
        scores = Score(sum(hits), len(hits)), Score(sum(near), len(near))
        chance = heldout.chance(asked)
        print(f"{kind:14} {scores[0]}   alone {scores[1]}   chance {chance:.1%}", flush=True)
        found[kind] = {
            "starter": scores[0].as_json(),
            "alone": scores[1].as_json(),
            "chance": round(chance, 4),
        }
    pictures(speaking)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
