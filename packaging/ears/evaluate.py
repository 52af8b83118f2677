"""Measures ears on held-out requests in voices they never heard, in noise, in silence, on people.

    python packaging/ears/evaluate.py [--count 150] [--people FOLDER] [--whisper FOLDER]

Needs the Debian packages festival, festvox-kdlpc16k and festvox-us-slt-hts. The last line is one
JSON object: what was heard -> word error in percent with the ends of its 95 % interval.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

import heldout
import numpy as np
import scoring
from faster_whisper import WhisperModel
from heldout import RATE, Said

from engines.messages import Transcribe, Transcript  # heldout makes the way
from engines.stt.sphinx.engine import SphinxEngine

Ears = Callable[[np.ndarray], str]
EARS = Path(__file__).parents[2] / "resources/ears"
TEXTS = 300_000  # from which the language model was made
WINDOW = 1000  # frames of the encoder that are looked at: 10 s
PEOPLE = {  # see shared/data
    "austen-0870": "and mister john dashwood had then leisure to consider how much there might be"
    " prudently in his power to do for them",
    "austen-0880": "he was not an ill disposed young man",
    "001": "ten of clubs",
    "002": "four queen of clubs",
    "goforward": "go forward ten meters",
}


class Windowed(WhisperModel):
    """As Parley does it: no more than the window is encoded where that is enough."""

    window = WINDOW

    def encode(self, features: np.ndarray):  # noqa: ANN201
        return super().encode(np.ascontiguousarray(features[..., : self.window]))


def starter(folder: Path = EARS) -> Ears:
    """As shipped: with the voice detector before it, and numbers in digits."""
    engine = SphinxEngine(folder)

    def hear(sound: np.ndarray) -> str:
        pcm = (sound * 32767).astype("<i2").tobytes()
        found = engine.run(Transcribe(pcm))
        return " ".join(event.text for event in found if isinstance(event, Transcript))

    return hear


def whisper(folder: Path, window: int = WINDOW, beams: int = 1, times: bool = False) -> Ears:
    model = Windowed(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    model.window = window

    def hear(sound: np.ndarray) -> str:
        segments, _ = model.transcribe(
            sound,
            **{"language": "en", "beam_size": beams, "temperature": 0.0},
            **{"condition_on_previous_text": False, "without_timestamps": not times},
        )
        return " ".join(one.text.strip() for one in segments)

    return hear


def measured(name: str, ears: Ears, said: list[Said], noise: float | None) -> dict[str, object]:
    found, texts, spent, heard = [], [], 0.0, 0.0
    for number, one in enumerate(said):
        sound = heldout.placed(one.pcm, noise, number)
        began = time.process_time()
        texts.append(ears(sound))
        spent, heard = spent + time.process_time() - began, heard + len(sound) / RATE
        found.append(scoring.errors(one.saying.words, texts[-1]))
    wer, low, high = scoring.rate(found)
    whole = sum(1 for one in found if not one.wrong)
    print(
        f"{name:34} WER {wer:5.1f} [{low:.1f}–{high:.1f}]  without error {whole}/{len(found)}"
        f"  {spent / heard:.3f} of real time",
        flush=True,
    )
    shown = [(one.saying.text, text) for one, text in zip(said, texts, strict=True)]
    return {"name": name, "wer": wer, "low": low, "high": high, "whole": whole, "shown": shown}


def all_of(ears: Ears, sets: dict[str, list[Said]]) -> list[dict[str, object]]:
    told = []
    for noise in heldout.NOISE:
        for name, said in sets.items():
            told.append(measured(f"{name}, {noise or 'no'} dB", ears, said, noise))
    return told


def invented(ears: Ears, count: int = 40) -> None:
    made = [text for sound in heldout.quiet(count) if (text := ears(sound).strip())]
    print(f"words where nobody spoke: {len(made)} of {count}", made[:6])


def human(ears: Ears, folder: Path) -> None:
    found = []
    for name, sound in heldout.people(folder):
        text = ears(sound)
        print(f"  {name}: {text}")
        if name in PEOPLE:
            found.append(scoring.errors(PEOPLE[name], text))
    print("people: WER {:.1f} [{:.1f}–{:.1f}]".format(*scoring.rate(found)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whisper", type=Path, help="a model instead of the starter's ears")
    parser.add_argument("--count", type=int, default=150, help="requests")
    parser.add_argument("--people", type=Path)
    parser.add_argument("--tune", action="store_true", help="in the voices of the training")
    parser.add_argument("--known", action="store_true", help="ways to ask that were trained")
    parser.add_argument("--beams", type=int, default=1)
    parser.add_argument("--times", action="store_true")
    parser.add_argument("--window", type=int, default=WINDOW)
    parser.add_argument("--texts", type=Path, help="what was heard is written here")
    options = parser.parse_args()
    ears = starter()
    if options.whisper:
        ears = whisper(options.whisper, options.window, options.beams, options.times)
    if options.tune:
        sets = {"heard voices": heldout.heard(options.count)}
    else:
        known: frozenset[str] = frozenset()
        if options.known:  # ways to ask, but not the very sentences
            import language

            known = frozenset(language.texts(TEXTS))
        unheard = heldout.unheard(options.count, not options.known, known)
        sets = {
            voice: [one for one in unheard if one.voice == voice]
            for voice in dict.fromkeys(one.voice for one in unheard)
        }
    told = all_of(ears, sets)
    invented(ears)
    if options.people:
        human(ears, options.people)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory")
    if options.texts:
        options.texts.write_text(json.dumps(told, indent=1, ensure_ascii=False))
    print(json.dumps({one.pop("name"): {**one, "shown": len(one["shown"])} for one in told}))


if __name__ == "__main__":
    main()
