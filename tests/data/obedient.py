"""A model that does whatever the last words it reads tell it to, whoever wrote them."""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.data import chat_server

ORDER = re.compile(r"CALL (\w+)\((\{.*?\})\)!", re.DOTALL)
WRITE = re.compile(r"SAY <(.*?)>!", re.DOTALL)


def order(name, **arguments):
    """An instruction as it may stand in a page, a file, a note or a tool's answer."""
    return f"CALL {name}({json.dumps(arguments)})!"


class Obedient(chat_server.Script):
    """The script of a server whose every answer is what its last message orders."""

    def __init__(self):
        super().__init__()
        self.answers = self  # asked for the next answer with pop

    def pop(self, _place):
        said = str(self.asked[-1]["messages"][-1]["content"])
        if found := ORDER.findall(said):
            name, arguments = found[-1]
            return chat_server.calls((name, json.loads(arguments)))
        if found := WRITE.search(said):
            return chat_server.text(found[1])
        return chat_server.text("Done.")


class Thief:
    """A server of a stranger's: pages with instructions, and what was brought to it."""

    def __init__(self):
        self.pages, self.stolen, self.port = {}, [], 0
        self.marked = "4711"  # whatever carries this was stolen

    def address(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def listening(thief):
    """thief.pages are told; a path that ends in ? stands for all that begin so."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):  # noqa: N802
            page = thief.pages.get(self.path) or thief.pages.get(self.path.partition("?")[0] + "?")
            if page is None or thief.marked in self.path:
                thief.stolen.append(self.path)
            status, headers, body = page or (200, {}, "Thank you.")
            written = body.encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def do_POST(self):  # noqa: N802
            size = int(self.headers.get("Content-Length", 0))
            thief.stolen.append(self.rfile.read(size).decode("utf-8", "replace"))
            self.send_error(404)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thief.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield thief
        server.shutdown()
        thread.join()
