"""Servers that speak MCP over HTTP on the loopback: a good one by the library, and bad ones."""

import gzip
import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "canary-5521"


def double(number: int) -> int:
    return 2 * number


@contextmanager
def good_server(about="Doubles a number."):
    """Its address, and the headers of the requests it got; about may be changed meanwhile."""
    import uvicorn
    from mcp.server.mcpserver import MCPServer

    server = MCPServer("doubler")
    server.add_tool(double, description=about)
    app, headers = server.streamable_http_app(), []

    async def noting(scope, receive, send):
        headers.append(dict(scope.get("headers", ())))
        await app(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(noting, log_level="critical", ws="none", lifespan="on")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", headers
        finally:
            running.should_exit = True
            thread.join()


@contextmanager
def bad_server(mode, elsewhere=""):
    """Its address, and the paths that were asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):  # noqa: N802
            self._send(405, b"")

        def do_POST(self):  # noqa: N802
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, request.get("method")))
            answer = {"jsonrpc": "2.0", "id": request.get("id"), "result": {}}
            body = json.dumps(answer).encode()
            match mode:
                case "redirecting":
                    self._send(307, b"", Location=elsewhere)
                case "flooding":
                    self._send(200, b'"' + b"x" * 20_000_000 + b'"')
                case "packed":
                    packed = gzip.compress(b" " * 50_000_000 + body)
                    self._send(200, packed, **{"Content-Encoding": "gzip"})
                case "refusing":
                    self._send(401, b"no")
                case _:
                    self._send(200, b"<html>hello</html>", **{"Content-Type": "text/html"})

        def _send(self, status, body, **headers):
            self.send_response(status)
            about = {"Content-Type": "application/json", "Content-Length": len(body)} | headers
            for name, value in about.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/mcp", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
