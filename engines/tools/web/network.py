"""The one way from the tools of the web to the network.

Every connection is made by Door: only to a place the person opened for this call, and only to an
IP address looked at beforehand, which is the one that is then used.
"""

import ssl
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from socket import IPPROTO_TCP, SOCK_STREAM, gaierror, getaddrinfo

import httpcore2
import httpx2

from engines.errors import ParleyError
from engines.messages import Sent
from engines.tools.registry import Use
from engines.tools.web.addresses import Address, may_connect, permitted
from engines.tools.web.limits import within

NAME = "Parley/0.1"  # said to every place, so that its keepers know who asks
SECONDS = 20.0  # one exchange, from the name to the last byte
CONNECT = 6.0  # seconds to reach one IP address
LARGEST = 10_000_000  # bytes of an answer, unpacked; the rest is not fetched
TRIED = 3  # IP addresses of one name at most
NEVER = "It was not contacted."
OWN = (
    "{} is on this computer or its own network. Such pages are read only when “Pages on the own "
    "network” is switched on under Tools."
)

# (host, port) -> the (IP address, port) it is at, the best first; raises OSError
Resolve = Callable[[str, int], list[tuple[str, int]]]


def resolve(host: str, port: int) -> list[tuple[str, int]]:
    found = getaddrinfo(host, port, type=SOCK_STREAM, proto=IPPROTO_TCP)
    return [(str(at[0]), int(at[1])) for _, _, _, _, at in found]


@cache
def certificates() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


@dataclass
class Spent:
    """What one exchange took so far. Sizes in bytes, before TLS."""

    until: float  # time.monotonic when it is to be over
    contacted: bool = False
    sent: int = 0
    received: int = 0

    def left(self, wish: float | None) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time is over")
        return min(left, wish or left)


class Line(httpcore2.NetworkStream):
    """A connection that counts, and ends when the time is over however slowly bytes arrive."""

    def __init__(self, stream: httpcore2.NetworkStream, spent: Spent) -> None:
        self._stream, self._spent = stream, spent

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found = self._stream.read(max_bytes, self._spent.left(timeout))
        self._spent.received += len(found)
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._spent.sent += len(buffer)
        self._stream.write(buffer, self._spent.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> "Line":
        wait = self._spent.left(timeout)
        return Line(self._stream.start_tls(ssl_context, server_hostname, wait), self._spent)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class Door(httpcore2.NetworkBackend):
    """Makes connections, and refuses to."""

    def __init__(self, allowed: tuple[str, ...], own_network: bool, spent: Spent) -> None:
        self._allowed, self._own, self._spent = allowed, own_network, spent
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        if not permitted(host, port, self._allowed):
            raise ParleyError(f"{host} was not allowed by the person.", NEVER)
        failed: Exception | None = None
        for number, at in self._numbers(host, port)[:TRIED]:
            self._spent.contacted = True
            try:
                wait = self._spent.left(min(timeout or CONNECT, CONNECT))
                return Line(self._inner.connect_tcp(number, at, wait), self._spent)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore2.ConnectError("no address")

    def _numbers(self, host: str, port: int) -> list[tuple[str, int]]:
        """Where a host is. One forbidden address among several forbids them all."""
        try:
            look = partial(resolve, host, port)
            found = within(self._spent.left(None), look, (OSError, UnicodeError))
        except (gaierror, UnicodeError) as error:
            raise ParleyError(f"There is no {host}, or no network.", NEVER, str(error)) from error
        if not all(may_connect(number, self._own) for number, _ in found):
            raise ParleyError(OWN.format(host), NEVER)
        return found

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        raise ParleyError("The web does not lead to programs on this computer.")


class Transport(httpx2.HTTPTransport):
    """The library's own, but that its connections are made by a Door."""

    def __init__(self, door: Door) -> None:
        # Not its own __init__: it knows no parameter for this. No proxy of the environment either.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=certificates(), network_backend=door, max_connections=1
        )


@dataclass(frozen=True)
class Answer:
    status: int
    headers: httpx2.Headers
    body: bytes = b""
    cut: bool = False  # there was more
    charset: str = ""  # as the headers say


@dataclass
class Network:
    """Exchanges within one call of a tool. Nothing is kept between them: no cookie, no key."""

    use: Use
    own_network: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        address: Address,
        form: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        largest: int = LARGEST,
        body: bytes | None = None,
    ) -> Answer:
        """GET, or POST of a form or a body; redirects are not followed. Raises ParleyError."""
        spent = Spent(time.monotonic() + seconds)
        method = "GET" if form is None and body is None else "POST"
        try:
            with _in_words(address.place, seconds):
                headers = {"User-Agent": NAME, "Accept-Encoding": "gzip, deflate", **self.headers}
                about = {"headers": headers, "data": form, "content": body}
                request = httpx2.Request(method, address.url, **about)
                with Transport(Door(self.use.allowed, self.own_network, spent)) as transport:
                    response = transport.handle_request(request)
                    try:
                        return _read(response, largest)
                    finally:
                        response.close()
        finally:
            if spent.contacted:
                self.use.origin = "web"  # also for an error, which may quote what came
                what = f"{method} {address.url.partition(address.place)[2]}"
                self.use.tell(Sent(address.place, what, spent.sent, spent.received))


def _read(response: httpx2.Response, largest: int) -> Answer:
    pieces, size = [], 0
    for piece in response.iter_bytes():  # at most a megabyte each, however small it came
        pieces.append(piece)
        size += len(piece)
        if size > largest:
            break
    body = b"".join(pieces)
    charset = response.charset_encoding or ""
    return Answer(response.status_code, response.headers, body[:largest], size > largest, charset)


@contextmanager
def _in_words(place: str, seconds: float) -> Generator[None]:
    """Turns what the libraries raise into words."""
    try:
        yield
    except (httpx2.TimeoutException, httpcore2.TimeoutException, TimeoutError) as error:
        words = f"{place} took longer than {seconds:.0f} seconds."
        raise ParleyError(words, "", repr(error)) from error
    except (httpx2.ConnectError, ssl.SSLError) as error:
        if "CERTIFICATE" in str(error).upper():
            words = f"{place} could not prove that it is {place}, so it was told nothing."
        else:
            words = f"{place} cannot be reached."
        raise ParleyError(words, "", repr(error)) from error
    except httpx2.DecodingError as error:
        raise ParleyError(f"What {place} sent cannot be unpacked.", "", repr(error)) from error
    except httpx2.InvalidURL as error:
        raise ParleyError(f"The address of {place} is none.", "", repr(error)) from error
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        words = f"{place} broke the connection off, or sent what is not HTTP."
        raise ParleyError(words, "", repr(error)) from error
