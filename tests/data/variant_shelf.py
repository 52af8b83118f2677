"""A folder of the web on this computer, as a plain file server gives it, with faults on demand."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class Shelved:
    def __init__(self, folder, address):
        self.folder, self.address = folder, address
        self.asked = []  # paths
        self.ranges = True  # it gives parts of files
        self.cut = 0  # so many answers break off in the middle
        self.instead = {}  # path -> (status, headers, body)


@contextmanager
def serving(folder: Path):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = unquote(self.path).lstrip("/")
            shelved.asked.append(path)
            if path in shelved.instead:
                return self.tell(*shelved.instead[path])
            file = folder / path
            if not file.is_file():
                return self.tell(404, {}, b"no such file")
            data = file.read_bytes()
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if not found or not shelved.ranges:
                return self.tell(200, {}, data)
            start, end = int(found[1]), min(int(found[2]), len(data) - 1)
            said = {"Content-Range": f"bytes {start}-{end}/{len(data)}"}
            return self.tell(206, said, data[start : end + 1])

        def tell(self, status, headers, body):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if shelved.cut and len(body) > 1000:
                shelved.cut -= 1
                body = body[: len(body) // 2]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    shelved = Shelved(folder, f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield shelved
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
