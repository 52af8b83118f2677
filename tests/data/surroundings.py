"""What there is around a process that should be locked in, and what it must not reach."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def surroundings(folder: Path) -> Iterator[dict[str, Any]]:
    """A secret, a process of the same person, and ports that listen: the argument of probes.py."""
    for name in ("home", "out"):
        (folder / name).mkdir()
    (folder / "home/secret").write_text("private")
    abstract = f"parley-{os.getpid()}-{folder.name}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as by_name,
        subprocess.Popen(["sleep", "600"], env={"KEY": "private"}) as victim,
    ):
        by_path.bind(str(folder / "socket"))
        by_name.bind("\0" + abstract)
        by_path.listen()
        by_name.listen()
        yield {
            "secret": str(folder / "home/secret"),
            "victim": victim.pid,
            "port": tcp.getsockname()[1],
            "path": str(folder / "socket"),
            "abstract": abstract,
            "out": "",
        }
        victim.kill()
