"""The loudness of a voice: one gain for all it says, so that no sentence jumps out."""

from collections.abc import Sequence
from typing import Any

TARGET = 10 ** (-20 / 20)  # of full scale: the mean power of speech
CEILING = 10 ** (-3 / 20)  # no sample is louder
KNEE = 10 ** (-6 / 20)  # from here on peaks are pressed together
STRONGEST = 30.0  # a voice that needs more gain is all but silent
FRAME = 0.02  # seconds
SPEECH = 0.1  # of the loudest frame: what is quieter is a pause
FADE = 0.005  # seconds


def gain_for(parts: Sequence[Any], rate: int) -> float:
    """The factor that brings this speech to the target; pauses do not count."""
    import numpy

    if not parts:
        return 1.0
    sound = numpy.concatenate(parts)
    size = max(int(FRAME * rate), 1)
    count = max(len(sound) // size, 1)
    frames = sound[: count * size].reshape(count, -1)
    powers = numpy.sqrt((frames.astype(numpy.float64) ** 2).mean(axis=1))
    loudest = powers.max()
    if loudest < TARGET / STRONGEST / 10:
        return 1.0
    level = numpy.sqrt((powers[powers > SPEECH * loudest] ** 2).mean())
    return float(min(TARGET / level, STRONGEST))


def as_pcm(sound: Any, gain: float, rate: int) -> bytes:
    """s16 with soft peaks, faded in and out so that nothing clicks where pieces meet."""
    import numpy

    louder = sound * gain
    size = numpy.abs(louder)
    room = CEILING - KNEE
    pressed = KNEE + room * numpy.tanh((size - KNEE) / room)
    louder = numpy.where(size > KNEE, numpy.sign(louder) * pressed, louder)
    length = min(int(FADE * rate), len(louder) // 2)
    if length:
        ramp = numpy.linspace(0, 1, length, endpoint=False)
        louder[:length] *= ramp
        louder[-length:] *= ramp[::-1]
    return (louder * 32767).astype("<i2").tobytes()
