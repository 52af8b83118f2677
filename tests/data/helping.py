"""A computer that helps: llama.cpp's RPC server as a process on the loopback."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from engines.errors import ParleyError
from engines.llm.helping.asking import ask

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until it listens


class Helping:
    def __init__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.place = f"127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "tests.data.rpc_server", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def listens(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return ask(self.place)
            except ParleyError:
                time.sleep(0.1)
        raise AssertionError("llama.cpp's RPC server did not start")

    def end(self):
        self.process.kill()
        self.process.wait()


@contextmanager
def helping():
    one = Helping()
    try:
        one.listens()
        yield one
    finally:
        one.end()
