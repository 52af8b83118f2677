"""A server that speaks OpenAI's chat completions protocol as llama-server does, with a script."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def text(words):
    """Chunks of an answer, a word at a time."""
    pieces = [{"content": word} for word in words.split(" ")]
    pieces = [{"content": f"{p['content']} "} for p in pieces[:-1]] + pieces[-1:]
    return [*pieces, "stop"]


def calls(*wanted):
    """Chunks of calls of tools, (name, arguments), with the arguments in pieces."""
    chunks = []
    for place, (name, arguments) in enumerate(wanted):
        written = arguments if isinstance(arguments, str) else json.dumps(arguments)
        half = len(written) // 2
        begun = {"index": place, "id": f"id{place}", "function": {"name": name, "arguments": ""}}
        chunks.append({"tool_calls": [begun]})
        for piece in (written[:half], written[half:]):
            chunks.append({"tool_calls": [{"index": place, "function": {"arguments": piece}}]})
    return [*chunks, "tool_calls"]


class Script:
    """Answers in the order they are asked for, and what the server was asked."""

    def __init__(self, *answers, key="", models=("tiny",)):
        self.answers, self.key, self.models = list(answers), key, models
        self.asked, self.address = [], ""


@contextmanager
def serving(script):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):  # noqa: N802
            if self.path == "/v1/models":
                self._send(200, {"data": [{"id": name} for name in script.models]})
            else:
                self._send(404, {"error": {"message": "no such place"}})

        def do_POST(self):  # noqa: N802
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.asked.append(body)
            if script.key and self.headers.get("Authorization") != f"Bearer {script.key}":
                return self._send(401, {"error": {"message": "wrong key"}})
            answer = script.answers.pop(0)
            if isinstance(answer, tuple):
                return self._send(*answer)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for delta in answer:
                if delta == "break":
                    return self.connection.close()
                if delta == "hang":
                    return time.sleep(30)
                if delta == "garbage":
                    self._chunk("data: {this is no json\n\n")
                elif isinstance(delta, str):
                    usage = {"prompt_tokens": 7, "completion_tokens": 3}
                    self._event({"delta": {}, "finish_reason": delta}, usage)
                else:
                    self._event({"delta": delta, "finish_reason": None})
            return self._chunk("data: [DONE]\n\n")

        def _event(self, choice, usage=None):
            event = {"choices": [choice]} | ({"usage": usage} if usage else {})
            self._chunk(f"data: {json.dumps(event)}\n\n")

        def _chunk(self, written):
            self.wfile.write(written.encode())
            self.wfile.flush()

        def _send(self, status, body):
            written = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        script.address = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield script
        server.shutdown()
        thread.join()
