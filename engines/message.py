"""What every message that crosses the process boundary is."""

import msgspec


class Message(msgspec.Struct, frozen=True, tag=True):
    pass
