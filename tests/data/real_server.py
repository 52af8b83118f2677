"""llama-cpp-python's own server as a process on the loopback: a real one, with a real model."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

PATIENCE = 100  # seconds until it has loaded its model


class RealServer:
    def __init__(self, model, *more):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/v1"
        command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), *more]
        command += ["--port", str(port), "--n_ctx", "8192", "--n_threads", "1"]
        command += ["--verbose", "False"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def listens(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/models", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError("llama-cpp-python's server did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextmanager
def real_server(model, *more):
    one = RealServer(model, *more)
    try:
        one.listens()
        yield one
    finally:
        one.kill()
