"""A program of the person's that speaks MCP on its input and output, in the jail of its engine.

The program inherits the jail: only its own folder and those granted to it, and no network unless
it was opened for it. Whatever it starts ends with this process.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engines.options import option
from engines.protocol import EngineSpec, Kind

if TYPE_CHECKING:
    from engines.tools.mcp_client.engine import McpEngine

# Where programs look for a place of their own; all of them get the one folder they may write to.
OWN = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True)
class Options:
    name: str = option("", "")
    command: tuple[str, ...] = option((), "")
    environment: tuple[tuple[str, str], ...] = option((), "")  # beside what every engine gets
    own: str = option("", "")  # the folder that is its home
    folder: str = option("", "")  # to start it in; "" is its own
    seconds: int = option(30, "")  # a call may take
    place: str = option("", "")  # where it may send, in words; "" without the network


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> McpEngine:
    from engines.tools.mcp_client.engine import connected
    from engines.tools.mcp_client.heard import Heard
    from engines.tools.mcp_client.pipes import pipe_to

    heard = Heard(secrets=tuple(value for _, value in options.environment))
    environment = os.environ | dict.fromkeys(OWN, options.own) | dict(options.environment)
    folder = options.folder or options.own
    transport = pipe_to(options.command, environment, folder, heard)
    return connected(options, transport, heard, progress)


SPEC = EngineSpec(
    "programs",
    Kind.TOOL,
    "Programs",
    Options,
    create,
    imports=("engines.tools.mcp_client.engine", "engines.tools.mcp_client.pipes"),
    network=True,
    programs=True,
    configured=True,
    read=lambda model: (),
)
