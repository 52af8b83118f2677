"""Other computers that lend one model their memory, through llama.cpp's RPC: are they there?

The library ends its process where one of them does not answer, so each is asked here first.
The protocol has neither a key nor a secret: it belongs in a network of one's own.
Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/rpc/README.md
"""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from engines.errors import ParleyError

PROTOCOL = 7  # the first number of its version, as llama.cpp's ggml-rpc.h has it
PORT = 50052  # where llama.cpp's server listens unless told otherwise
PATIENCE = 5.0  # seconds
MOST = 16  # computers, by the library
HELLO, COUNT, MEMORY = 14, 15, 11  # commands
CAPABILITIES = bytes(24)  # none but plain TCP
SENT = struct.Struct("<BQ")  # command, bytes that follow
START = "Start llama.cpp's ggml-rpc-server there, with --host and its address in your network."


@dataclass(frozen=True)
class Helper:
    place: str  # host:port
    free: int = 0  # bytes of memory, of all its devices
    total: int = 0
    devices: int = 0


def places_of(text: str) -> tuple[str, ...]:
    """The computers named in a line, each as host:port. Raises ParleyError for what is none."""
    found = tuple(dict.fromkeys(place_of(one) for one in text.replace(",", " ").split()))
    if len(found) > MOST:
        raise ParleyError(f"No more than {MOST} computers can help.", "Name fewer.")
    return found


def place_of(named: str) -> str:
    host, colon, port = named.rpartition(":")
    if not colon:
        host, port = named, str(PORT)
    fits = host and all(one.isalnum() or one in ".-_" for one in host) and host.isascii()
    if not fits or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise ParleyError(
            f"{named[:80]!r} is not the address of a computer.", f"For instance 192.168.1.7:{PORT}."
        )
    return f"{host}:{int(port)}"


def ask(place: str) -> Helper:
    """What a computer lends. Raises ParleyError in words; takes some seconds at most."""
    host, _, port = place.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), PATIENCE) as line:
            line.settimeout(PATIENCE)
            major, minor, patch = called(line, HELLO, CAPABILITIES, 4 + len(CAPABILITIES))[:3]
            if major != PROTOCOL:
                raise ParleyError(
                    f"The llama.cpp at {place} is of another time than Parley's.",
                    f"Bring both up to date: it speaks version {major} and Parley {PROTOCOL}.",
                    f"{major}.{minor}.{patch}",
                )
            (devices,) = struct.unpack("<I", called(line, COUNT, b"", 4))
            sizes = [
                struct.unpack("<QQ", called(line, MEMORY, struct.pack("<I", n), 16))
                for n in range(min(devices, MOST))
            ]
    except TimeoutError as error:
        words = f"The computer at {place} does not answer, or helps another program now."
        raise ParleyError(words, START, repr(error)) from error
    except OSError as error:
        raise ParleyError(
            f"The computer at {place} cannot be reached.", START, str(error)
        ) from error
    except (ValueError, struct.error) as error:
        words = f"What answers at {place} is not llama.cpp's RPC server."
        raise ParleyError(words, START, str(error)) from error
    return Helper(place, sum(free for free, _ in sizes), sum(all for _, all in sizes), len(sizes))


def called(line: socket.socket, command: int, body: bytes, expected: int) -> bytes:
    """What a command answers. Raises ValueError where it is of another length."""
    line.sendall(SENT.pack(command, len(body)) + body)
    (size,) = struct.unpack("<Q", received(line, 8))
    if size != expected:
        raise ValueError(f"an answer of {size} bytes to command {command}")
    return received(line, size)


def received(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = line.recv(size - len(data))
        if not piece:
            raise ValueError("the answer ended early")
        data += piece
    return data


def all_of(places: Iterable[str]) -> tuple[list[Helper], list[ParleyError]]:
    """Those that answer, and why the others do not."""
    there: list[Helper] = []
    troubles: list[ParleyError] = []
    for place in places:
        try:
            there.append(ask(place))
        except ParleyError as error:
            troubles.append(error)
    return there, troubles
