"""Speech for tests, by the voice that comes with Parley, and sounds that are none."""

import subprocess
import sys
import tempfile
import wave
from functools import cache
from pathlib import Path

import numpy as np

from engines.messages import Hear, Pcm, Speak
from engines.tts import espeak

ROOT = Path(__file__).parents[2]
RATE = 16_000  # Hz, of everything here: mono, s16


@cache
def spoken(text):
    """A sentence, with a fifth of a second of silence around it.

    Said in a process of its own: once piper has used its espeak here, ours sounds different.
    """
    command = [sys.executable, "-m", "tests.data.speech", text]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return silence(0.2) + said.stdout + silence(0.2)


def say(text):
    """The sentence alone, as Parley's first voice says it."""
    from engines.sound.hearing.samples import Converter

    said = [e for e in espeak.Espeak(espeak.Options()).run(Speak(text)) if isinstance(e, Pcm)]
    pcm = b"".join(piece.pcm for piece in said)
    return pcm16(Converter().convert(Hear(1, pcm, said[0].rate, 1, last=True)))


@cache
def flite(text, voice="rms"):
    """The same by another program, which has to be installed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        with wave.open(str(path)) as said:
            assert said.getframerate() == RATE
            return silence(0.2) + said.readframes(said.getnframes()) + silence(0.2)


def pcm16(sound):
    return np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def silence(seconds):
    return bytes(2 * round(seconds * RATE))


def _times(seconds):
    return np.arange(round(seconds * RATE)) / RATE


def noise(seconds, loud=0.1):
    return pcm16(np.random.default_rng(1).normal(0, loud, len(_times(seconds))))


def hum(seconds):
    """Of the mains, with its overtones."""
    return pcm16(sum(0.1 / n * np.sin(2 * np.pi * 50 * n * _times(seconds)) for n in (1, 2, 3, 5)))


def tone(seconds, hertz=440.0, loud=0.3):
    return pcm16(loud * np.sin(2 * np.pi * hertz * _times(seconds)))


def burst(seconds):
    """A knock or a cough: noise that fades within a tenth of a second."""
    at = _times(seconds)
    fading = np.where(at > 0.5, np.exp(-(at - 0.5) / 0.03), 0.0)
    return pcm16(np.random.default_rng(2).normal(0, 0.5, len(at)) * fading)


if __name__ == "__main__":
    sys.stdout.buffer.write(say(sys.argv[1]))
