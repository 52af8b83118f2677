"""Sound as a microphone gives it becomes sound as the ears want it: 16 kHz, one channel."""

import av
import numpy as np
from av.audio.resampler import AudioResampler

from engines.errors import ParleyError
from engines.messages import Hear

RATE = 16_000  # Hz
RATES = (1_000, 768_000)
MOST_CHANNELS = 64
SAMPLES = {"u8": ("u1", 128, 128), "s16": ("<i2", 0, 1 << 15), "s32": ("<i4", 0, 1 << 31)}
SAMPLES |= {"f32": ("<f4", 0, 1)}  # name -> how numpy calls it, its silence, its loudest


class Unusual(ParleyError):
    def __init__(self, detail: str) -> None:
        super().__init__(
            "This microphone gives sound in a form that Parley cannot use.",
            "Choose another microphone.",
            detail,
        )


class Converter:
    """Turns the pieces of one sound into mono float32 at RATE; they may change their form."""

    def __init__(self) -> None:
        self._form: tuple[int, int, str] | None = None  # rate, channels, sample
        self._rest = b""  # less than a sample of every channel
        self._resampler: AudioResampler | None = None

    def convert(self, piece: Hear) -> np.ndarray:
        """The samples that are ready by now. Raises Unusual."""
        form = (piece.rate, piece.channels, piece.sample)
        check(*form)
        left = np.empty(0, np.float32)
        if form != self._form:
            left = self._finish()  # another device took over in the middle of a take
            self._form = form
        found = [left, self._resampled(self._mono(piece.pcm), piece.rate)]
        if piece.last:
            found.append(self._finish())
        return np.concatenate(found)

    def _mono(self, pcm: bytes) -> np.ndarray:
        """Numbers between -1 and 1; what is no number is silence."""
        assert self._form
        _, channels, sample = self._form
        kind, silence, loudest = SAMPLES[sample]
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % (np.dtype(kind).itemsize * channels)
        self._rest = pcm[whole:]
        numbers = np.frombuffer(pcm[:whole], kind).reshape(-1, channels)
        with np.errstate(all="ignore"):  # floats may hold anything
            mono = ((numbers.astype(np.float32) - silence) / loudest).mean(1, dtype=np.float32)
        return np.clip(np.nan_to_num(mono, posinf=0.0, neginf=0.0), -1.0, 1.0)

    def _resampled(self, mono: np.ndarray, rate: int) -> np.ndarray:
        if rate == RATE or not len(mono):
            return mono
        if self._resampler is None:
            self._resampler = AudioResampler("flt", "mono", RATE)
        frame = av.AudioFrame.from_ndarray(mono.reshape(1, -1), "flt", "mono")
        frame.sample_rate = rate
        return _joined(self._resampler.resample(frame))

    def _finish(self) -> np.ndarray:
        """What the resampler still holds back."""
        resampler, self._resampler, self._rest = self._resampler, None, b""
        return _joined(resampler.resample(None) if resampler else [])


def check(rate: int, channels: int, sample: str) -> None:
    if not RATES[0] <= rate <= RATES[1] or not 1 <= channels <= MOST_CHANNELS:
        raise Unusual(f"{rate} Hz, {channels} channels")
    if sample not in SAMPLES:
        raise Unusual(sample)


def _joined(frames: list[av.AudioFrame]) -> np.ndarray:
    parts = [frame.to_ndarray().ravel() for frame in frames]
    return np.clip(np.concatenate(parts), -1.0, 1.0) if parts else np.empty(0, np.float32)
