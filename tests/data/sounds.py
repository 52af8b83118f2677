"""Sound made on the spot, and what was made of it."""

import math
import struct


def tone(seconds, rate=16_000, hertz=440.0, loud=9000):
    """Mono, s16."""
    count = round(seconds * rate)
    turn = 2 * math.pi * hertz / rate
    return struct.pack(f"<{count}h", *(int(loud * math.sin(turn * n)) for n in range(count)))


def silence(seconds, rate=16_000):
    return bytes(2 * round(seconds * rate))


def crossings(pcm):
    """How often the sound passes zero upwards: its pitch times its length."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)
    return sum(a < 0 <= b for a, b in zip(samples, samples[1:], strict=False))


def assembled(events):
    """The file that came as Encoded events."""
    made = bytearray()
    for one in events:
        assert one.place <= len(made)
        made[one.place : one.place + len(one.data)] = one.data
    return bytes(made)
