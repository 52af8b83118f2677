"""Requests to measure with: families of sentences and a synthesiser that nothing was trained on.

"unheard" is festival with its voices ked and slt (HTS); "heard" the voices of the training, only
with sentences of held-out families, to be tuned on.
"""

from collections.abc import Container
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import sounds
import voices
from sayings import Saying, saying

SEED = 4712
RATE = voices.RATE
LEAD = 0.25  # seconds of silence before and after
NOISE = (None, 20, 10)  # dB of speech over noise


class Said(NamedTuple):
    saying: Saying
    voice: str
    pcm: np.ndarray  # int16, 16 kHz


def sayings(count: int, name: str, held: bool = True, known: Container[str] = ()) -> list[Saying]:
    """None of which are the known words."""
    rng = Random(f"{SEED} {name}")
    found: list[Saying] = []
    while len(found) < count:
        if (one := saying(rng, held)).words not in known:
            found.append(one)
    return found


def unheard(count: int, held: bool = True, known: Container[str] = ()) -> list[Said]:
    """So many sayings, each by both of festival's voices; not held: ways to ask that are known,
    but none of these very words."""
    said = sayings(count, "unheard", held, known)
    return [
        Said(one, sound.voice, sound.pcm)
        for voice in voices.FESTIVAL
        for one, sound in zip(
            said, voices.festival(voice, [one.words for one in said]), strict=True
        )
    ]


def heard(count: int) -> list[Said]:
    rng = Random(f"{SEED} voices")
    found = []
    for number, one in enumerate(sayings(count, "heard")):
        sound = (voices.flite, voices.espeak)[number % 2](rng, one.words)
        found.append(Said(one, sound.voice, sound.pcm))
    return found


def placed(pcm: np.ndarray, noise: float | None, seed: int) -> np.ndarray:
    """With silence around it, at half of full scale, in pink noise of so many dB below it."""
    lead = np.zeros(int(LEAD * RATE), np.float32)
    sound = pcm.astype(np.float32)
    sound = np.concatenate((lead, 0.5 * sound / max(1.0, float(np.abs(sound).max())), lead))
    random = np.random.default_rng(seed)
    hiss = random.standard_normal(len(sound), np.float32) * 1e-4
    if noise is not None:
        level = np.sqrt(np.mean(sound[len(lead) : -len(lead)] ** 2))
        hiss += sounds.coloured(random, len(sound), 1) * level * 10 ** (-noise / 20)
    return np.clip(sound + hiss, -1, 1).astype(np.float32)


def quiet(count: int) -> list[np.ndarray]:
    """Silence and noises of 1 to 6 seconds in which nobody speaks."""
    rng = Random(f"{SEED} quiet")
    bank = sounds.bank_of_noise()
    made = []
    for number in range(count):
        length = int(rng.uniform(1, 6) * RATE)
        noise = bank[number % len(bank)]
        start = rng.randrange(len(noise) - length)
        part = noise[start : start + length]
        loud = 0 if number % 4 == 0 else rng.uniform(0.001, 0.2)
        made.append((part * loud / np.abs(part).max()).astype(np.float32))
    return made


def people(folder: Path) -> list[tuple[str, np.ndarray]]:
    """The readable files of speech of real people, see shared/data."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".raw":
            pcm = np.frombuffer(path.read_bytes(), np.int16)
        else:
            try:
                pcm = voices.read(path)
            except Exception:  # noqa: BLE001 - broken on purpose
                continue
        if len(pcm) > RATE // 2:
            found.append((path.stem, pcm.astype(np.float32) / 32768))
    return found
