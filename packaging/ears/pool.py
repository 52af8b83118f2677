"""Makes a pool of spoken sayings on disk to learn from: shards of sound and what is said in them.

python packaging/ears/pool.py FOLDER [--first 0] [--shards 40]
"""

import argparse
import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import voices
from sayings import saying

SEED = 23
EACH = 500  # sayings in a shard
NATURAL = 0.5  # share in flite's voices, which were recorded from people; the others are espeak's


def shard(folder: Path, number: int, natural: float) -> None:
    rng = Random(f"{SEED} {number}")
    sounds: list[np.ndarray] = []
    told: list[dict[str, Any]] = []
    at = 0
    while len(told) < EACH:
        said = saying(rng)
        speak = voices.flite if rng.random() < natural else voices.espeak
        sound = speak(rng, said.words)
        sounds.append(sound.pcm)
        told.append(
            {**said._asdict(), "voice": sound.voice, "phones": sound.phones}
            | {"at": at, "length": len(sound.pcm)}
        )
        at += len(sound.pcm)
    name = folder / f"{number:04}"
    np.save(name.with_suffix(".npy"), np.concatenate(sounds))
    name.with_suffix(".json").write_text(json.dumps(told))  # last: the shard is whole now


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shards", type=int, default=40)
    parser.add_argument("--natural", type=float, default=NATURAL, help="share in flite's voices")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in range(options.first, options.first + options.shards):
        shard(options.folder, number, options.natural)
