"""One conversation with a program that speaks MCP, from a thread that may not wait for ever."""

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import mcp_types
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError

from engines.errors import ParleyError
from engines.tools.mcp_client.heard import Heard
from engines.tools.strangers import LONGEST_ABOUT, MOST_TOOLS, checked, clean, without

START = 20.0  # seconds until it must be ready
POLL = 0.1  # seconds between two looks whether starting was called off
PAGES = 8  # of a list of tools
LEAVE = 1.3  # seconds it has to leave
US = mcp_types.Implementation(name="Parley", version="1")

for name in ("mcp", "httpx2", "httpcore2", "asyncio"):  # they would log addresses and messages
    logging.getLogger(name).setLevel(logging.CRITICAL)


class Refused(Exception):
    """The program answered, and says that it cannot do this; worded for the model."""


class Session:
    """The library's client on an event loop in a thread of its own.

    Every method raises ParleyError when the program can no longer be used.
    """

    def __init__(
        self, name: str, transport: AbstractAsyncContextManager[Any], heard: Heard
    ) -> None:
        self._name, self._transport, self.heard = name, transport, heard
        self._loop = asyncio.new_event_loop()
        self._leave = asyncio.Event()
        self._waiting: concurrent.futures.Future[Any] | None = None
        self._client: Client | None = None
        self._life: concurrent.futures.Future[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def start(self, goes_on: Callable[[], bool]) -> None:
        """Connect; goes_on is asked now and then, False calls it off."""
        ready: concurrent.futures.Future[Client] = concurrent.futures.Future()
        self._life = self._begin(self._live(ready))
        for _ in range(round(START / POLL)):
            if not goes_on():
                raise ParleyError(f"Starting {self._name} was called off.")
            try:
                self._client = self._told(lambda: ready.result(POLL))
            except concurrent.futures.TimeoutError:
                continue
            except Refused as refused:
                raise self._failure(f"{self._name} refused to begin.", str(refused)) from refused
            return
        raise self._failure(f"{self._name} was not ready within {START:.0f} seconds.")

    @property
    def version(self) -> str:
        info = self._client.server_info if self._client else None
        return clean(f"{info.name} {info.version}", 80).replace("\n", " ") if info else ""

    def tools(self) -> tuple[dict[str, Any], ...]:
        """What it offers now, checked."""
        return self._wait(self._list(), START)

    def call(
        self, name: str, arguments: Mapping[str, Any], seconds: float
    ) -> mcp_types.CallToolResult:
        """Also raises Refused."""
        assert self._client
        return self._wait(self._client.call_tool(name, dict(arguments)), seconds)

    def interrupt(self) -> None:
        """From another thread: whoever waits here shall not."""
        if waiting := self._waiting:
            waiting.cancel()

    def close(self) -> None:
        """Say goodbye; what does not leave ends with this process."""
        self._loop.call_soon_threadsafe(self._leave.set)
        if self._life:
            with suppress(Exception):  # it is over, in whatever way
                self._life.result(LEAVE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(POLL)

    async def _live(self, ready: concurrent.futures.Future[Client]) -> None:
        """Connected from here to the end: the library wants both in one task."""
        try:
            async with Client(self._transport, cache=None, client_info=US) as client:
                ready.set_result(client)
                await self._leave.wait()
        except Exception as error:  # it crosses to the waiting thread
            if not ready.done():
                ready.set_exception(error)

    async def _list(self) -> tuple[dict[str, Any], ...]:
        assert self._client
        found: list[dict[str, Any]] = []
        cursor = None
        for _ in range(PAGES):
            page = await self._client.list_tools(cursor=cursor)
            for one in page.tools:
                about = {"description": one.description, "parameters": one.input_schema}
                found.append({"name": one.name} | about)
            cursor = page.next_cursor
            if cursor is None or len(found) >= MOST_TOOLS:
                break
        return checked(found)

    def _begin(self, work: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _wait(self, work: Coroutine[Any, Any, Any], seconds: float) -> Any:
        """The clock runs here, because a busy loop would not see its own."""
        self._waiting = waiting = self._begin(work)
        try:
            return self._told(lambda: waiting.result(seconds))
        except concurrent.futures.TimeoutError:
            waiting.cancel()
            raise self._failure(f"{self._name} did not answer within {seconds:g} s.") from None
        finally:
            self._waiting = None

    def _told(self, ask: Callable[[], Any]) -> Any:
        """The result of ask, or what came instead in our words."""
        try:
            return ask()
        except concurrent.futures.TimeoutError:
            raise
        except concurrent.futures.CancelledError as error:
            raise ParleyError(f"{self._name} was stopped.") from error
        except Exception as error:  # the library lets many kinds through
            raise self._worded(innermost(error)) from error

    def _worded(self, error: Exception) -> Exception:
        if isinstance(error, ParleyError):
            return error
        gone = self._life is None or self._life.done() or self.heard.trouble
        if isinstance(error, MCPError) and error.code == mcp_types.CONNECTION_CLOSED:
            gone = True
        if isinstance(error, MCPError) and not gone:
            return Refused(self._quoted(error.message) or "It says that it cannot do this.")
        if isinstance(error, RuntimeError | ValueError) and not gone and self._client:
            return Refused("It answered with something that could not be read.")
        if isinstance(error, MCPError | RuntimeError | ValueError) or not str(error):
            return self._failure(f"{self._name} ended or does not speak MCP.")
        return self._failure(f"{self._name} cannot be reached.", self._quoted(str(error)))

    def _failure(self, words: str, detail: str = "") -> ParleyError:
        """With what the program printed last, because that is where it says what it misses."""
        last = self.heard.printed.strip().splitlines()[-1:]
        said = f"It printed: “{self._quoted(last[0], 200)}”" if last else "Try again."
        hint = f"{self.heard.trouble} {said}".strip() if self.heard.trouble else said
        return ParleyError(words, hint, detail)

    def _quoted(self, text: str, longest: int = LONGEST_ABOUT) -> str:
        return clean(without(text, self.heard.secrets), longest)


def innermost(error: Exception) -> Exception:
    """The first of what a group of tasks raised together."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
