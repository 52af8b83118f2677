"""A proxy on this computer, which leads names nobody has to a server of a test."""

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

KEPT = ("range", "accept", "user-agent", "authorization", "if-range")
DROPPED = ("connection", "transfer-encoding")


@contextmanager
def serving(names):
    """names: host -> host:port where it really is; where servers send on to, they are named so.

    Yields the address, and the hosts that were asked for.
    """
    asked = []

    def named(value):
        for name, real in names.items():
            value = value.replace(f"http://{real}/", f"http://{name}/")
        return value

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            at = urlsplit(self.path)
            asked.append(at.netloc)
            there = http.client.HTTPConnection(names.get(at.netloc, at.netloc), timeout=30)
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() in KEPT}
                there.request("GET", f"{at.path}?{at.query}", headers=headers)
                with there.getresponse() as answer:
                    self.pass_on(answer)
            except OSError:
                pass  # whoever asked has heard enough
            finally:
                there.close()
                self.close_connection = True

        def pass_on(self, answer):
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in DROPPED:
                    self.send_header(key, named(value))
            self.send_header("Connection", "close")
            self.end_headers()
            while piece := answer.read(1 << 14):
                self.wfile.write(piece)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
