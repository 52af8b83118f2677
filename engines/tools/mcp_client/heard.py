"""What is noted while a program is listened to."""

from dataclasses import dataclass, field

LONGEST = 8 << 20  # bytes of one message of a program
TAIL = 2000  # characters of what it printed beside


@dataclass
class Heard:
    secrets: tuple[str, ...] = ()  # never to be repeated
    trouble: str = ""  # why nothing more is taken from it, in words
    printed: str = ""  # the end of what it printed beside its messages
    sent: int = 0  # bytes
    received: int = 0
    garbage: int = field(default=0)  # lines that were no messages
