"""A server at an address that speaks MCP over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from engines.options import option
from engines.protocol import EngineSpec, Kind

if TYPE_CHECKING:
    from engines.tools.mcp_client.engine import McpEngine


@dataclass(frozen=True)
class Options:
    name: str = option("", "")
    url: str = option("", "")
    headers: tuple[tuple[str, str], ...] = option((), "")
    seconds: int = option(30, "")  # a call may take
    place: str = option("", "")  # the address: host or host:port


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> McpEngine:
    from engines.tools.mcp_client.engine import connected
    from engines.tools.mcp_client.heard import Heard
    from engines.tools.mcp_client.web import address_of

    words = [word for _, value in options.headers for word in (value, *value.split())]
    words += [value for _, value in parse_qsl(urlsplit(options.url).query)]
    heard = Heard(secrets=tuple(words))
    transport = address_of(options.url, dict(options.headers), options.seconds, heard)
    return connected(options, transport, heard, progress)


SPEC = EngineSpec(
    "services",
    Kind.TOOL,
    "Programs elsewhere",
    Options,
    create,
    imports=("engines.tools.mcp_client.engine", "engines.tools.mcp_client.web"),
    network=True,
    configured=True,
    read=lambda model: (),
)
