"""An index of packages on this computer, as pip asks it, with packages of a few hundred bytes."""

import base64
import hashlib
import io
import threading
import time
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def wheel(name, version="1.0", needs=(), filler=0):
    """(file name, bytes) of a package whose module says its version."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    about = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    about += [f"Requires-Dist: {one}" for one in needs]
    files = {
        f"{module}/__init__.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": "\n".join(about) + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if filler:
        files[f"{module}/filler.bin"] = "x" * filler
    rows = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        rows.append(f"{path},sha256={digest.decode()},{len(text)}")
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for path, text in files.items():
            made.writestr(path, text)
    return f"{module}-{version}-py3-none-any.whl", data.getvalue()


class Index:
    """What it offers, and how it behaves."""

    def __init__(self):
        self.wheels = {}  # package -> (file name, bytes)
        self.lies = set()  # packages whose hash on the page is another one
        self.stalls = threading.Event()  # set: files stop half way until it is cleared
        self.asked = []
        self.address = ""

    def offer(self, name, **more):
        self.wheels[name] = wheel(name, **more)


@contextmanager
def serving(index):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            index.asked.append(self.path)
            parts = [part for part in self.path.split("/") if part]
            if parts[:1] == ["simple"] and parts[-1] in index.wheels:
                self._page(parts[-1])
            elif parts[:1] == ["files"] and parts[-1] in dict(index.wheels.values()):
                self._file(dict(index.wheels.values())[parts[-1]])
            else:
                self.send_error(404)

        def _page(self, name):
            file, data = index.wheels[name]
            digest = hashlib.sha256(b"other" if name in index.lies else data).hexdigest()
            text = f'<!DOCTYPE html><a href="/files/{file}#sha256={digest}">{file}</a>'
            self._send("text/html", text.encode())

        def _file(self, data):
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            half = len(data) // 2
            self.wfile.write(data[:half])
            self.wfile.flush()
            while index.stalls.is_set():
                time.sleep(0.02)
            self.wfile.write(data[half:])

        def _send(self, kind, data):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def handle(self):
            try:
                super().handle()
            except OSError:  # whoever asked is gone
                self.close_connection = True

        def log_message(self, *_): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    index.address = f"http://127.0.0.1:{server.server_address[1]}/simple/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        index.stalls.clear()
        server.shutdown()
        server.server_close()
