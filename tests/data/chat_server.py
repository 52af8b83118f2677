"""A server that speaks OpenAI's chat completions protocol as llama-server does, with a script."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from engines.llm.server.probing import QUESTION


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


CAN = ("tools", "pictures", "logprobs", "streams")


class Script:
    """Answers in the order they are asked for, and what the server was asked.

    What is only asked to find out what it can do is answered apart: can names what it does,
    ignores what it takes and does not read, facts what it tells at other places.
    """

    def __init__(self, *answers, key="", models=("tiny",), can=CAN, ignores=(), facts=None):
        self.answers, self.key, self.models = list(answers), key, models
        self.can, self.ignores, self.facts = can, ignores, facts or {}
        self.busy = 0  # times it says that it is loading its model
        self.asked, self.tried, self.told, self.address = [], [], [], ""

    def entries(self):
        return [one if isinstance(one, dict) else {"id": one} for one in self.models]

    def trial(self, body):
        """Status and answer of a question that only tries what the server can do."""
        added = {
            "tools": "tools" in body,
            "pictures": isinstance(body["messages"][0]["content"], list),
        }
        tokens = 10
        for name, there in added.items():
            if there and name not in (*self.can, *self.ignores):
                return 400, {"error": {"message": f"{name} are not for me"}}
            tokens += 90 * (there and name in self.can)
        choice = {"index": 0, "delta": {"content": "Yes"}, "finish_reason": None}
        if "logprobs" in body and "logprobs" in self.can:
            choice["logprobs"] = {"content": [{"token": "Yes", "logprob": -0.1}]}
        return 200, (choice, {"prompt_tokens": tokens, "completion_tokens": 1})


def tries(body):
    content = body["messages"][-1]["content"]
    words = content if isinstance(content, str) else content[0].get("text", "")
    return words == QUESTION and body["max_tokens"] == 2


@contextmanager
def serving(script):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):  # noqa: N802
            refused = script.key and self.headers.get("Authorization") != f"Bearer {script.key}"
            if self.path == "/v1/models" and script.busy:
                script.busy -= 1
                self._send(503, {"error": {"message": "Loading model"}})
            elif self.path == "/v1/models" and refused:
                self._send(401, {"error": {"message": "wrong key"}})
            elif self.path == "/v1/models":
                self._send(200, {"data": script.entries()})
            elif self.path in script.facts:
                self._send(200, script.facts[self.path])
            else:
                self._send(404, {"error": {"message": "no such place"}})

        def do_POST(self):  # noqa: N802
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path in script.facts:
                script.told.append(body)
                return self._send(200, script.facts[self.path])
            if self.path != "/v1/chat/completions":
                return self._send(404, {"error": {"message": "no such place"}})
            if tries(body):
                script.tried.append(body)
                return self._try(*script.trial(body))
            script.asked.append(body)
            if script.key and self.headers.get("Authorization") != f"Bearer {script.key}":
                return self._send(401, {"error": {"message": "wrong key"}})
            answer = script.answers.pop(0)
            if isinstance(answer, tuple):
                return self._send(*answer)
            self._begin()
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

        def _try(self, status, answer):
            if status != 200:
                return self._send(status, answer)
            choice, usage = answer
            if "streams" not in script.can:
                whole = {"message": {"content": "Yes"}, "finish_reason": "stop"}
                return self._send(200, {"choices": [whole | choice], "usage": usage})
            self._begin()
            self._event(choice)
            self._event({"delta": {}, "finish_reason": "length"}, usage)
            return self._chunk("data: [DONE]\n\n")

        def _begin(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()

        def _event(self, choice, usage=None):
            event = {"choices": [choice]} | ({"usage": usage} if usage else {})
            self._chunk(f"data: {json.dumps(event)}\n\n")

        def _chunk(self, written):
            self.wfile.write(written.encode())
            self.wfile.flush()

        def _send(self, status, body):
            written = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
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
