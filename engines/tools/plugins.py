"""A plugin of the person's: its tools, in a process that may do what its tools' effect needs.

There is one such engine for each plugin and effect: a tool that only calculates runs where there is
no folder, one that reads where nothing can be written, one that sends where the network is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines import jail
from engines.errors import ParleyError
from engines.messages import (
    CallTool,
    Done,
    Event,
    ListTools,
    Loaded,
    Request,
    Sent,
    ToolResult,
    ToolsFound,
)
from engines.options import option
from engines.plugins import contents
from engines.protocol import EngineSpec, Kind
from engines.tools.engine import shortened
from engines.tools.registry import Use
from engines.tools.strangers import checked, clean, digest

if TYPE_CHECKING:
    from engines.plugins.contents import Contents
    from engines.plugins.keeping import Kept

LARGEST = 64_000  # characters of a result
ORIGIN = "mcp"  # another program's words
NO_JAIL = "Plugins are off, because this system cannot lock them in."
CHANGED = "{} has changed since it was allowed."
LOOK = "It has to be allowed anew, on the page Tools."


@dataclass(frozen=True)
class Options:
    folder: str = option("", "")  # where its files lie
    digest: str = option("", "")  # of the files the person agreed to
    folders: tuple[tuple[str, str], ...] = option((), "")  # its name for one, the person's folder
    write: tuple[str, ...] = option((), "")  # names of those it may write to
    seconds: int = option(30, "")  # its start may take, and each call


class PluginEngine:
    """Its process is started with the first request, and again after it was ended."""

    def __init__(self, options: Options) -> None:
        self._options, self._kept = options, None
        self._kept: Kept | None = None
        self._contents: Contents | None = None
        self._seen: Any = None  # signature of the files that were read
        self._tools: tuple[dict[str, Any], ...] = ()

    def loaded(self) -> Loaded:
        return Loaded(name="Plugin")

    def run(self, request: Request) -> Generator[Event, None, Done]:
        match request:
            case ListTools():
                yield ToolsFound(self._listed())
            case CallTool():
                yield from self._call(request)
            case _:
                raise ParleyError("A plugin cannot answer this.", "", type(request).__name__)
        return Done()

    def interrupt(self) -> None:
        if kept := self._kept:
            kept.kill()

    def close(self) -> None:
        if self._kept:
            self._kept.close()

    def _listed(self) -> tuple[dict[str, Any], ...]:
        """What it offers, checked; from here on it runs."""
        read = self._unchanged()
        if self._kept is None or self._kept.over:
            self._kept = self._started(read)
            found = self._kept.ask(ListTools(), self._options.seconds)
            told = found.tools if isinstance(found, ToolsFound) else ()
            effects = {str(one.get("name")): one.get("effect") for one in told}
            self._tools = tuple(one | {"effect": effects[one["name"]]} for one in checked(told))
        return self._tools

    def _unchanged(self) -> Contents:
        """Its files as the person agreed to them. Raises ParleyError for any others."""
        folder = Path(self._options.folder)
        seen = contents.signature(folder)
        if self._contents is None or seen != self._seen:
            self._contents, self._seen = contents.read(folder), seen
        if self._contents.digest != self._options.digest:
            raise ParleyError(CHANGED.format(self._contents.about.name), LOOK)
        return self._contents

    def _started(self, read: Contents) -> Kept:
        from engines.plugins.keeping import Kept, Rights

        folders = dict(self._options.folders)
        can_write = [Path(folders[name]) for name in self._options.write if name in folders]
        can_read = [Path(one) for one in folders.values() if Path(one) not in can_write]
        return Kept(read, folders, Rights(can_read, can_write))

    def _call(self, request: CallTool) -> Generator[Event]:
        """Run the tool, if it is still the one the person saw."""
        from engines.plugins.network import Fetching

        call, found = request.call, self._listed()
        tool = next((one for one in found if one["name"] == call.name), None)
        if tool is None or digest(tool) != request.digest:
            yield ToolsFound(found)
            return
        assert self._kept
        told: list[Event] = []
        fetching = Fetching(Use(None, request.allowed, told.append))
        try:
            answer = self._kept.ask(request, self._options.seconds, fetching.fetch)
        except ParleyError as error:
            answer = ToolResult(call.id, f"{error.message} {error.hint}".strip(), error=True)
        yield from summed(one for one in told if isinstance(one, Sent))
        text, wrong = (answer.text, answer.error) if isinstance(answer, ToolResult) else ("", True)
        yield ToolResult(call.id, shortened(clean(text, LARGEST)), wrong, ORIGIN)


def summed(told: Iterable[Sent]) -> Iterable[Sent]:
    """All exchanges of a call with one place as one."""
    sums: dict[str, Sent] = {}
    for one in told:
        before = sums.get(one.where, Sent(one.where, "", 0, 0))
        sent, received = before.sent + one.sent, before.received + one.received
        sums[one.where] = Sent(one.where, f"{before.what} {one.what}".strip(), sent, received)
    return sums.values()


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> PluginEngine:
    if jail.gap(jail.probe()):
        raise ParleyError(NO_JAIL)
    return PluginEngine(options)


SPEC = EngineSpec(
    "plugins",
    Kind.TOOL,
    "Plugins",
    Options,
    create,
    network=True,
    configured=True,
    forks=True,
    locked=True,
    read=lambda model: (),
)
