"""Measures the starter's eyes on pictures kept for the test, through Parley's own engines.

    python packaging/eyes/evaluate.py MATERIALS [--starter FOLDER] [--eyes FOLDER] [--count 100]

Of each family so many scenes of the split "held out" are drawn from a seed. The starter is asked
the family's own question; then Describe's words are tried without it. A table, and as the last
line one JSON object. By chance: what the commonest answer alone would get.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import scenes
from scenes import Scene, materials

ROOT = Path(__file__).parents[2]
sys.path[1:1] = [str(ROOT), str(ROOT / "packaging" / "starter")]

import labels  # noqa: E402
from scores import Score, total  # noqa: E402  packaging/starter
from telling import TOLD, holds, question  # noqa: E402

from engines.llm import starter  # noqa: E402
from engines.messages import Chat, Look, Picture, Sampling, Text, TextDelta, Turn  # noqa: E402

SEED = 4712
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)


class Seeing:
    """The starter as it is shipped, asked about one picture at a time."""

    def __init__(self, folder: Path) -> None:
        options = starter.Options(context=2048, threads=1)
        self._engine = starter.create(folder / "parley-starter.gguf", options, lambda _: True)

    def ask(self, pixels: np.ndarray, *questions: str) -> list[str]:
        """One after the other, in one conversation."""
        high, wide = pixels.shape[:2]
        list(self._engine.run(Look("shown", wide, high, pixels.tobytes())))
        turns: list[Turn] = []
        said: list[str] = []
        for asked in questions:
            parts = (Text(asked),) if turns else (Picture("shown", wide, high), Text(asked))
            turns.append(Turn("user", parts))
            events = self._engine.run(Chat(tuple(turns), (), GREEDY, max_tokens=60))
            said.append("".join(one.text for one in events if isinstance(one, TextDelta)).strip())
            turns.append(Turn("assistant", (Text(said[-1]),)))
        return said


def drawn(family: str, count: int, split: str) -> list[Scene]:
    rng = np.random.default_rng((SEED, scenes.FAMILIES.index(family)))
    return [scenes.scene(rng, split, family) for _ in range(count)]


def answers(
    seeing: Seeing, family: str, made: list[Scene], show: int
) -> tuple[Score, Score, float]:
    """The family's own question, all questions word for word, and chance."""
    right, exact, of, wanted = 0, 0, 0, Counter()
    for one in made:
        told = TOLD[family](one)
        asked = question(one, told)
        said = seeing.ask(one.pixels, asked)[0]
        hit = holds(said, told)
        right, wanted[told] = right + hit, wanted[told] + 1
        if not hit and show > 0:
            show -= 1
            print(f"    {asked!r} -> {said!r}, not {told!r}")
        for other, answer in one.questions:
            exact += seeing.ask(one.pixels, other)[0] == answer
            of += 1
    return Score(right, len(made)), Score(exact, of), wanted.most_common(1)[0][1] / len(made)


def described(eyes: Path, made: list[Scene]) -> Score:
    """How often the likeliest of labels.txt is one that fits."""
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    known = (eyes / "labels.txt").read_text("utf-8").splitlines()
    reader = Tokenizer.from_file(str(eyes / "tokenizer.json"))
    words = np.array([one.ids for one in reader.encode_batch(known)], np.int64)
    pixels = np.stack([one.pixels for one in made]).transpose(0, 3, 1, 2).astype(np.float32)
    sessions = [
        InferenceSession(str(eyes / f"{one}.onnx"), providers=["CPUExecutionProvider"])
        for one in ("vision", "text")
    ]
    seen, read = (
        np.asarray(session.run(None, {session.get_inputs()[0].name: given})[0])
        for session, given in zip(sessions, (pixels / 127.5 - 1, words), strict=True)
    )
    best = (seen @ read.T).argmax(1)
    fits = [labels.fitting(known, one.caption, one.facts) for one in made]
    return Score(sum(fit[at] == labels.YES for fit, at in zip(fits, best, strict=True)), len(made))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("materials", type=Path)
    parser.add_argument("--starter", type=Path, default=ROOT / "resources" / "starter")
    parser.add_argument("--eyes", type=Path, default=ROOT / "resources" / "eyes")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--split", choices=scenes.SPLITS, default="held out")
    parser.add_argument("--families", nargs="*", default=list(TOLD))
    parser.add_argument("--show", type=int, default=0, help="wrong answers of each family")
    chosen = parser.parse_args()
    materials.use(chosen.materials)
    seeing, found = Seeing(chosen.starter), {}
    print("family             its question                        word for word   chance  Describe")
    for family in chosen.families:
        made = drawn(family, chosen.count, chosen.split)
        right, exact, chance = answers(seeing, family, made, chosen.show)
        fits = described(chosen.eyes, made)
        print(f"{family:14} {right}   {exact}   {chance:.1%}   {fits}", flush=True)
        found[family] = {
            "right": right.as_json(),
            "exact": exact.as_json(),
            "chance": round(chance, 4),
            "described": fits.as_json(),
        }
    sums = total(Score(one["right"]["right"], one["right"]["of"]) for one in found.values())
    print(f"{'all':14} {sums}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
