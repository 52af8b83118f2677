"""An ear for tests: which of several sentences a stretch of sound is, without any recogniser.

Log-mel spectra, compared by dynamic time warping (Sakoe and Chiba 1978) and divided by the
length of the path, so that neither pace, nor loudness, nor silence around the words matters.
"""

from collections.abc import Mapping

import numpy as np

RATE = 16_000  # Hz, of what is compared
FRAME, HOP, BANDS = 512, 256, 32  # samples, samples, mel bands from 100 to 7000 Hz
QUIET = 0.03  # of the loudest frame's energy; softer frames at the ends are silence


def which(heard: bytes, rate: int, said: Mapping[str, tuple[bytes, int]]) -> str:
    """The name of the sentence that sounds most like what was heard.

    Samples are mono s16 with their rate in Hz. Raises ValueError when there is only silence.
    """
    return min(distances(heard, rate, said).items(), key=lambda one: one[1])[0]


def distances(heard: bytes, rate: int, said: Mapping[str, tuple[bytes, int]]) -> dict[str, float]:
    """How far what was heard is from each sentence: 0 is the very same sound."""
    spectrum = spectra(heard, rate)
    return {name: warped(spectrum, spectra(*sound)) for name, sound in said.items()}


def spectra(pcm: bytes, rate: int) -> np.ndarray:
    """Normalised log-mel spectra of the loud part, shape (frames, BANDS)."""
    samples = resampled(np.frombuffer(pcm, "<i2").astype(np.float32) / 32768, rate)
    count = 1 + max(0, len(samples) - FRAME) // HOP
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[: count * HOP : HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME))) ** 2
    mel = power @ bands()
    energy = mel.sum(axis=1)
    loud = np.flatnonzero(energy > QUIET * energy.max()) if energy.max() > 1e-4 else []
    if len(loud) < 5:
        raise ValueError("there is only silence")
    kept = np.log(mel[loud[0] : loud[-1] + 1] + 1e-4)
    return (kept - kept.mean(axis=0)) / (kept.std() + 1e-6)


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == RATE:
        return samples
    count = int(len(samples) * RATE / rate)
    return np.interp(np.arange(count) * rate / RATE, np.arange(len(samples)), samples)


def bands() -> np.ndarray:
    """Triangles on the mel scale, shape (FRAME // 2 + 1, BANDS)."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (100, 7000))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(FRAME, 1 / RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling))


def warped(one: np.ndarray, other: np.ndarray) -> float:
    """The mean distance along the best path that pairs the frames of both."""
    far = np.sqrt(np.maximum(0, (one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T))
    best = np.full((len(one) + 1, len(other) + 1), np.inf)
    best[0, 0] = 0
    for total in range(2, len(one) + len(other) + 1):  # along the diagonals, all at once
        row = np.arange(max(1, total - len(other)), min(len(one), total - 1) + 1)
        column = total - row
        before = np.minimum(best[row - 1, column - 1], best[row - 1, column])
        before = np.minimum(before, best[row, column - 1])
        best[row, column] = before + far[row - 1, column - 1]
    return float(best[-1, -1] / (len(one) + len(other)))
