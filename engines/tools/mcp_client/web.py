"""A server at an address as the other end: the protocol over HTTP, with an end to every answer."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx2
from mcp.client.streamable_http import streamable_http_client

from engines.errors import ParleyError
from engines.tools.mcp_client.heard import LONGEST, Heard

CONNECT = 10.0  # seconds


class TooMuch(httpx2.TransportError):
    pass


class Bounded(httpx2.AsyncByteStream):
    """The body of an answer, up to a size."""

    def __init__(self, stream: httpx2.AsyncByteStream, heard: Heard) -> None:
        self._stream, self._heard = stream, heard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            self._heard.received += len(chunk)
            if size > LONGEST:
                self._heard.trouble = f"It sent more than {LONGEST >> 20} MB at once."
                raise TooMuch(self._heard.trouble)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class Counted(httpx2.AsyncBaseTransport):
    """Counts what goes out and comes back, and takes no more than it should."""

    def __init__(self, heard: Heard) -> None:
        self._inner, self._heard = httpx2.AsyncHTTPTransport(trust_env=False), heard

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._heard.sent += int(request.headers.get("content-length", 0))
        answer = await self._inner.handle_async_request(request)
        if answer.status_code in (401, 403):
            self._heard.trouble = "It asks for a key, or refuses the one in its headers."
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise TooMuch("a compressed answer, though none was asked for")
        stream = answer.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=Bounded(stream, self._heard),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def address_of(
    url: str, headers: Mapping[str, str], seconds: float, heard: Heard
) -> AsyncGenerator[tuple]:
    """Be connected with a server. Never a proxy from the environment, never another address."""
    try:
        client = httpx2.AsyncClient(
            headers={**headers, "Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(seconds, connect=CONNECT),
            transport=Counted(heard),
            trust_env=False,
        )
        httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        words = "This is not an address Parley can use."
        raise ParleyError(words, "Correct it, then try again.", type(error).__name__) from error
    async with (
        client,
        # saying goodbye would be one more exchange, after the seal was shut
        streamable_http_client(url, http_client=client, terminate_on_close=False) as streams,
    ):
        yield streams
