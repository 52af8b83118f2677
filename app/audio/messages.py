"""What the window and its audio process say to each other, and what `Sound` tells others."""

from typing import NamedTuple

import msgspec


class Device(NamedTuple):
    id: str  # stays the same over restarts
    name: str
    default: bool  # the system's choice


class Captured(NamedTuple):
    """The next piece of a take, as engines.messages.Hear wants it."""

    take: int
    pcm: bytes  # interleaved whole frames; may be empty in the last one
    rate: int  # Hz; may change within a take, when another device takes over
    channels: int
    sample: str  # "u8", "s16", "s32" or "f32", little-endian
    last: bool  # nothing follows in this take


class Trouble(NamedTuple):
    """What did not work, in words."""

    part: str  # "microphone" or "loudspeaker"
    message: str
    hint: str
    over: bool  # the take or the speech has ended by it; else it goes on


class Message(msgspec.Struct, frozen=True, tag=True):
    pass


# Orders go to the audio process.


class Use(Message, frozen=True):
    """Ids of devices; "" is the system's choice."""

    microphone: str
    loudspeaker: str


class Begin(Message, frozen=True):
    take: int
    file: str  # a WAV file; goes on where it ends


class End(Message, frozen=True):
    take: int


class Open(Message, frozen=True):
    """Have the loudspeaker ready."""


class Play(Message, frozen=True):
    speech: int
    pcm: bytes  # mono, s16
    rate: int  # Hz
    begins: float = 0.0  # seconds of this speech that were heard before this process began


class Finish(Message, frozen=True):
    speech: int


class Silence(Message, frozen=True):
    speech: int


Order = Use | Begin | End | Open | Play | Finish | Silence


# Reports come back.


class Ready(Message, frozen=True):
    """The first report of a process: from here on it is Qt's sound that may stand still."""


class Devices(Message, frozen=True):
    """What there is; at the beginning, and again with every change."""

    microphones: tuple[Device, ...]
    loudspeakers: tuple[Device, ...]


class Opened(Message, frozen=True):
    """A stream runs, on this device."""

    part: str
    id: str
    name: str


class Lost(Message, frozen=True):
    """The device gives nothing and takes nothing any more. The process ends after this."""

    part: str


class Missing(Message, frozen=True):
    """There is no such device. It is taken as soon as there is one."""

    part: str
    ends: bool  # there is none of the other part either; the process ends, and the next looks anew


class Gone(Message, frozen=True):
    """The sound server went away, or came too late for Qt. The process ends after this."""


class Unusable(Message, frozen=True):
    """Qt has no sound on this computer."""

    detail: str


class Piece(Message, frozen=True):
    captured: Captured


class Level(Message, frozen=True):
    peak: float  # 0 to 1


class Unwritten(Message, frozen=True):
    """The file of the take cannot be written; it is tried again."""

    take: int
    reason: str


class HeardSoFar(Message, frozen=True):
    speech: int
    seconds: float


class Finished(Message, frozen=True):
    speech: int


class Silenced(Message, frozen=True):
    speech: int
    seconds: float


Report = (
    Ready | Devices | Opened | Lost | Missing | Gone | Unusable | Piece | Level | Unwritten
    | HeardSoFar | Finished | Silenced
)  # fmt: skip
