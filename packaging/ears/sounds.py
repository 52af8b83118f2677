"""What happens to a clean voice on its way: speed, rooms, noise, small loudspeakers and level."""

from functools import cache
from random import Random

import numpy as np

RATE = 16_000
SPEED = (0.9, 1.12)
QUIET, LOUD = 0.03, 0.95  # peak of what is heard
NOISY, ROOM, BAND = 0.65, 0.3, 0.25  # chances
NEAREST, FARTHEST = 5, 35  # dB of speech over noise


def changed(rng: Random, pcm: np.ndarray) -> tuple[np.ndarray, float]:
    """Faster or slower, with pitch and vocal tract; and by how much."""
    speed = rng.uniform(*SPEED)
    at = np.arange(0, len(pcm) - 1, speed, dtype=np.float32)
    sound = np.interp(at, np.arange(len(pcm)), pcm.astype(np.float32))
    return sound.astype(np.float32) / 32768, speed


def heard(
    rng: Random, sound: np.ndarray, noises: list[np.ndarray], harsh: float = 1.0
) -> np.ndarray:
    """In a room, with noise, through a microphone. Silence around it is part of the sound.

    harsh: share of the usual chance that any of these happens.
    """
    random = np.random.default_rng(rng.getrandbits(32))
    level = max(1e-4, float(np.sqrt(np.mean(sound[sound != 0.0] ** 2))) if sound.any() else 0.05)
    if rng.random() < harsh * ROOM:
        sound = _inside(sound, rng.choice(rooms()))
    if rng.random() < harsh * NOISY:
        noise = _noise(rng, random, noises, len(sound))
        wanted = level * 10 ** (-rng.uniform(NEAREST, FARTHEST) / 20)
        sound = sound + noise * (wanted / max(1e-6, float(np.sqrt(np.mean(noise**2)))))
    if rng.random() < harsh * BAND:
        sound = _through(rng, sound)
    if rng.random() < 0.5:  # the last bit of a real microphone is never quite still
        sound = sound + random.standard_normal(len(sound), np.float32) * 10 ** rng.uniform(-5, -3.5)
    peak = max(1e-6, float(np.abs(sound).max()))
    wanted = QUIET * (LOUD / QUIET) ** rng.random()
    sound = sound * (wanted / peak)
    return np.clip(sound * (1.6 if rng.random() < 0.04 else 1.0), -1, 1).astype(np.float32)


def _noise(
    rng: Random, random: np.random.Generator, noises: list[np.ndarray], length: int
) -> np.ndarray:
    bank = rng.choice([*bank_of_noise(), *noises])
    start = rng.randrange(max(1, len(bank) - length))
    noise = np.resize(bank[start : start + length], length)
    if rng.random() < 0.3:
        swell = np.interp(np.arange(length), np.linspace(0, length, 8), random.random(8))
        noise = noise * swell.astype(np.float32)
    return noise


def _through(rng: Random, sound: np.ndarray) -> np.ndarray:
    """A tilt, or a small loudspeaker's or a telephone's band."""
    if rng.random() < 0.5:
        tilt = np.float32(rng.uniform(-0.7, 0.7))
        return sound - tilt * np.concatenate((sound[:1], sound[:-1]))
    spectrum = np.fft.rfft(sound, _roomy(len(sound)))
    pitch = np.linspace(0, RATE / 2, len(spectrum))
    low, high = rng.uniform(50, 350), rng.uniform(3000, 7500)
    gain = 1 / (1 + (low / np.maximum(pitch, 1)) ** 4) / (1 + (pitch / high) ** 8)
    return np.fft.irfft(spectrum * gain)[: len(sound)].astype(np.float32)


def _inside(sound: np.ndarray, room: np.ndarray) -> np.ndarray:
    size = _roomy(len(sound) + len(room))
    made = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)
    return made[: len(sound)].astype(np.float32)


def _roomy(length: int) -> int:
    """A length whose spectrum is quick to compute."""
    return -(-length // 4096) * 4096


@cache
def rooms() -> list[np.ndarray]:
    """What a clap would sound like: the clap, a few walls, a fading rest."""
    random = np.random.default_rng(1)
    made = []
    for _ in range(48):
        fade = random.uniform(0.08, 0.5)  # seconds to a thousandth
        length = int(RATE * fade)
        time = np.arange(length) / RATE
        rest = random.standard_normal(length) * np.exp(-6.9 * time / fade)
        rest[: int(0.003 * RATE)] = 0
        rest *= random.uniform(0.05, 0.5) / np.sqrt(np.sum(rest**2))
        rest[0] = 1
        made.append(rest.astype(np.float32))
    return made


@cache
def bank_of_noise() -> list[np.ndarray]:
    """Hiss, rumble, hum, clicks; 20 s each."""
    random = np.random.default_rng(2)
    length = 20 * RATE
    time = np.arange(length) / RATE
    made = [coloured(random, length, power) for power in (0, 0.5, 1, 1.5, 2, -0.5)]
    for base in (50, 60, 100, 180):
        tones = [np.sin(2 * np.pi * base * k * time) / k for k in range(1, 9)]
        made.append(np.sum(tones, 0).astype(np.float32) + 0.1 * made[1])
    clicks = (random.random(length) < 4 / RATE) * random.standard_normal(length)
    made.append(np.convolve(clicks, np.exp(-np.arange(400) / 60), "same").astype(np.float32))
    return made


def coloured(random: np.random.Generator, length: int, power: float) -> np.ndarray:
    """Noise whose energy falls with the power of its pitch."""
    spectrum = np.fft.rfft(random.standard_normal(length))
    spectrum *= np.maximum(np.arange(len(spectrum)), 20.0) ** (-power / 2)
    noise = np.fft.irfft(spectrum, length)
    return (noise / noise.std()).astype(np.float32)
