"""One life of the audio process, as the window's side sees it."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from app.audio import messages
from app.audio.messages import Order, Report
from engines.process import spawn
from engines.wire import Wire

COMMAND = (sys.executable, "-m", "app.audio")  # packaged: (its own name, "--audio")
UTF8 = {"PYTHONUTF8": "1"}
GRACE = 4.0  # seconds; the last of a take must reach a slow disk


class AudioProcess:
    """Started at once. told is called from a thread with each report, and with None at the end."""

    def __init__(self, told: Callable[[Report | None], None], log: Path | None) -> None:
        self._told, self._log = told, log
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._ended = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._live, name="audio", daemon=True)
        self._thread.start()

    def send(self, order: Order) -> None:
        """Never waits. What a dead process does not take is lost."""
        self._orders.put(order)

    def end(self) -> None:
        """Ask it to leave. Does not wait."""
        if not self._ended:
            self._ended = True
            self._orders.put(None)

    def kill(self) -> None:
        if self._process:
            self._process.kill()

    def join(self) -> None:
        """Wait until it is gone, after GRACE seconds at most."""
        self._thread.join(GRACE)
        self.kill()
        self._thread.join()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _live(self) -> None:
        try:
            self._process = process = spawn(COMMAND, self._log, os.environ | UTF8)
        except OSError as error:
            self._told(messages.Unusable(str(error)))
            self._told(None)
            return
        assert process.stdin and process.stdout
        wire = Wire(process.stdout, process.stdin, Report)
        threading.Thread(target=self._write, args=(wire, process.stdin), daemon=True).start()
        with process.stdout, suppress(EOFError, ValueError):
            while True:
                self._told(wire.receive()[1])
        process.kill()  # it has closed its output, or speaks nonsense
        process.wait()
        self._orders.put(None)
        self._told(None)

    def _write(self, wire: Wire, pipe: IO[bytes]) -> None:
        with suppress(OSError), pipe:
            while (order := self._orders.get()) is not None:
                wire.send(0, order)
