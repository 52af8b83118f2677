"""The one way from the shelf of models to the network: each place is asked about beforehand.

A token is told to the hub alone, never to a place it sends on to.
"""

import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache, partial
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import (
    HTTPError,
    LocationParseError,
    LocationValueError,
    ProxyError,
    ProxySchemeUnknown,
    SSLError,
)

from engines.errors import ParleyError
from engines.models.fetching.troubles import (
    BrokenOff,
    Busy,
    NotPermitted,
    Odd,
    Stopped,
    Unreachable,
    Untrusted,
)
from engines.tools.web.limits import within

NAME = "Parley/0.1"
HOPS = 5
LONGEST = 8000  # characters of an address; signed ones are long
PORTS = {"http": 80, "https": 443}
DIRECT = "direct"  # as a proxy: none, whatever the system says
RESET = re.compile(r";\s*t=(\d{1,6})")  # seconds until the hub's limit counts anew
PASSING = {408, 425, 429, 500, 502, 503, 504}  # statuses that may be another one soon

ALL = (Exception,)
NO_ADDRESS = "sends on to what is no address"


@dataclass(frozen=True)
class Patience:
    """How long one waits for others. All in seconds."""

    tries: int = 6  # in a row that brought nothing
    first: float = 1.0  # before the second try, then twice as long each time
    longest: float = 30.0
    asked: float = 120.0  # waits for whoever asks to wait, up to this
    connect: float = 10.0
    read: float = 30.0  # without a byte
    slowest: float = 300.0  # bytes a second; another connection may be better
    stalled: float = 90.0  # in which nothing at all comes, over no connection

    def pause(self, failed: int) -> float:
        return min(self.first * 2 ** (failed - 1), self.longest)


def never() -> bool:
    return False


def place_of(url: str) -> str:
    """host, or host:port where that is not the usual one. Raises ValueError for what is none."""
    parts = _split(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("not an address of the web")
    if len(url) > LONGEST or re.search(r"[\s\\\x00-\x1f\x7f]", url) or not url.isascii():
        raise ValueError("not an address of the web")
    return parts


class Answer:
    """An answer whose body is still to be read, or a trouble with it."""

    def __init__(self, response: BaseHTTPResponse, url: str) -> None:
        self._response, self.url = response, url
        self.status, self.headers = response.status, response.headers
        self.linked = ""  # the hash that the hub said when it sent us on

    def read(self, count: int) -> bytes:
        """At most so many bytes; b"" at the end. Raises BrokenOff."""
        try:
            return self._response.read1(count, decode_content=False)
        except (HTTPError, OSError, ValueError) as error:
            raise BrokenOff(place_of(self.url), repr(error)) from error

    def end(self) -> None:
        """The connection is kept for the next question if everything was read."""
        with suppress(HTTPError, OSError):
            if self._response.length_remaining == 0:
                self._response.release_conn()
            else:
                self._response.close()

    def interrupt(self) -> None:
        """From another thread: whoever reads it now gets an error at once."""
        with suppress(HTTPError, OSError, ValueError, RuntimeError):
            self._response.shutdown()


class Web:
    """Questions to one hub and to the places it sends on to. Safe for several threads."""

    def __init__(
        self,
        endpoint: str,
        token: str = "",
        proxy: str = "",
        permits: Callable[[str], bool] | None = None,
        patience: Patience = Patience(),  # noqa: B008 frozen
    ) -> None:
        """proxy: an address, "" for the system's, or DIRECT. permits is called in any thread."""
        self.endpoint = endpoint.strip().rstrip("/")
        try:
            self.place = place_of(self.endpoint)
        except ValueError:
            words = "The address of the hub is none."
            raise ParleyError(words, "One looks like https://huggingface.co.") from None
        self._token, self._proxy = token.strip(), proxy.strip()
        if not self._token.isascii() or not self._token.isprintable() or " " in self._token:
            raise ParleyError("The token is none.", "Copy it again from the hub's page.")
        self._permits = permits or (lambda place: place == self.place)
        self.patience = patience
        self._lock, self._pools = threading.Lock(), dict[str, urllib3.PoolManager]()

    def ask(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        cancelled: Callable[[], bool] = never,
        waits: Callable[[str], None] = lambda _: None,
    ) -> Answer:
        """GET with as many tries as patience has; any status but those that pass by themselves.

        waits is told in words what is waited for. Raises ParleyErrors, Stopped.
        """
        failed = 0
        while True:
            try:
                answer = self.once(url, headers)
                if answer.status not in PASSING:
                    return answer
                wait, trouble = self._wait(answer)
                answer.end()
            except Unreachable as error:
                wait, trouble = 0.0, error
            failed += 1
            if failed >= self.patience.tries or wait > self.patience.asked:
                raise trouble
            waits(trouble.message)
            self.rest(max(wait, self.patience.pause(failed)), cancelled)

    def read(self, url: str, headers: Mapping[str, str], most: int) -> tuple[Answer, bytes]:
        """All of an answer, at most so many bytes of it; tried again where it breaks off."""
        failed = 0
        while True:
            try:
                return within(self.patience.stalled, partial(self._whole, url, headers, most), ALL)
            except (BrokenOff, TimeoutError) as error:
                failed += 1
                if failed >= self.patience.tries or isinstance(error, TimeoutError):
                    raise Unreachable(self.place, repr(error)) from error
            self.rest(self.patience.pause(failed), never)

    def _whole(self, url: str, headers: Mapping[str, str], most: int) -> tuple[Answer, bytes]:
        answer = self.ask(url, headers)
        try:
            return answer, _all(answer, most)
        finally:
            answer.end()

    def once(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """One try, redirects followed. Unreachable may pass by itself; the others do not."""
        sender, linked = "", ""
        for _ in range(HOPS):
            response = self._exchange(url, headers or {}, sender)
            where = response.headers.get("location")
            if response.status not in (301, 302, 303, 307, 308) or not where:
                answer = Answer(response, url)
                answer.linked = linked
                return answer
            linked = linked or response.headers.get("x-linked-etag", "").strip('"')
            response.close()  # a page that says so is not read: it may be of any size
            sender = place_of(url)
            try:
                further = urljoin(url, where)
            except ValueError:
                raise Odd(sender, NO_ADDRESS, where[:500]) from None
            if url.startswith("https:") and not further.startswith("https:"):
                raise Odd(sender, "sends on to where anybody could read along")
            url = further
        raise Odd(self.place, "sends from one place to another without end")

    def _exchange(self, url: str, headers: Mapping[str, str], sender: str) -> BaseHTTPResponse:
        try:
            place = place_of(url)
        except ValueError:
            raise Odd(sender or self.place, NO_ADDRESS, url[:500]) from None
        if not self._permits(place):
            raise NotPermitted(place, sender)
        sent = {"User-Agent": NAME, "Accept-Encoding": "identity", **headers}
        if self._token and self._own(url):
            sent["Authorization"] = f"Bearer {self._token}"
        wait = urllib3.Timeout(connect=self.patience.connect, read=self.patience.read)
        try:
            return self._pool(url).request(
                "GET",
                url,
                headers=sent,
                timeout=wait,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except (SSLError, ProxyError) as error:
            raise _explained(place, error) from error
        except (LocationParseError, LocationValueError, UnicodeError) as error:
            raise Odd(sender or self.place, NO_ADDRESS, url[:500]) from error
        except (HTTPError, OSError) as error:
            raise Unreachable(place, repr(error)) from error

    def _own(self, url: str) -> bool:
        """The same host, port and kind of connection as the hub's."""
        same = urlsplit(url).scheme == urlsplit(self.endpoint).scheme
        return same and place_of(url) == self.place

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = proxy_for(url, self._proxy)
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = _pools(proxy)
            return self._pools[proxy]

    def _wait(self, answer: Answer) -> tuple[float, ParleyError]:
        wait = retry_after(answer.headers.get("retry-after", ""))
        if not wait and (told := RESET.search(answer.headers.get("ratelimit", ""))):
            wait = float(told[1])
        return wait, Busy(place_of(answer.url), wait, f"status {answer.status}")

    def rest(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        """Raises Stopped as soon as somebody stops it."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if cancelled():
                raise Stopped
            time.sleep(min(left, 0.05))

    def close(self) -> None:
        with self._lock:
            for pools in self._pools.values():
                pools.clear()


def _all(answer: Answer, most: int) -> bytes:
    pieces, size = [], 0
    while size < most and (piece := answer.read(min(most - size, 1 << 20))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def retry_after(said: str) -> float:
    """Seconds, from either form of the header; 0 where it says nothing of use."""
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", said.strip()):
        return float(said)
    try:
        return max(parsedate_to_datetime(said).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0


def proxy_for(url: str, chosen: str) -> str:
    """The proxy's address, "" for none. This computer itself is reached without the system's."""
    parts = urlsplit(url)
    if chosen:
        written = chosen if "://" in chosen else f"http://{chosen}"
        return "" if chosen == DIRECT else written
    host = parts.hostname or ""
    if host == "localhost" or _is_loopback(host) or proxy_bypass(host):
        return ""
    found = getproxies()
    said = found.get(parts.scheme) or found.get("all", "")
    return said if not said or "://" in said else f"http://{said}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def certificates() -> ssl.SSLContext:
    """Those this system trusts."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


def _pools(proxy: str) -> urllib3.PoolManager:
    size = 16  # connections to one place that are kept
    if not proxy:
        return urllib3.PoolManager(maxsize=size, ssl_context=certificates())
    try:
        parts = urlsplit(proxy)
        said = (
            f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
        )
        headers = urllib3.make_headers(proxy_basic_auth=said) if said else None
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return urllib3.ProxyManager(
            bare, maxsize=size, proxy_headers=headers, ssl_context=certificates()
        )
    except (ProxySchemeUnknown, LocationParseError, ValueError) as error:
        words = "The proxy in Preferences is none Parley can use."
        hint = "It looks like http://proxy.example.org:3128; SOCKS is not understood."
        raise ParleyError(words, hint, repr(error)) from error


def _explained(place: str, error: HTTPError) -> ParleyError:
    if isinstance(error, ProxyError):
        return Unreachable(f"The proxy on the way to {place}", repr(error))
    if "CERTIFICATE" in str(error).upper():
        return Untrusted(place, repr(error))
    return Unreachable(place, repr(error))
