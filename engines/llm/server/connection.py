"""One address that speaks OpenAI's protocol; every exchange with it fails in words."""

import json
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from engines.errors import ParleyError
from engines.llm.enclosing import refuses_media

CONNECT = 5.0  # seconds
SILENCE = 300.0  # seconds without a byte: a long prompt on a slow machine is silent for so long
LONGEST = 32 << 20  # bytes of one answer; more is not an answer
LONGEST_FACTS = 8 << 20  # bytes of what a server tells of itself; it may have a thousand models
CHECK = "Check the address on the page of servers (File > Use a server)."
KEY = "Enter another key on the page of servers (File > Use a server)."
LOADING = 503  # the model is being loaded there

Json = dict[str, Any]


class Refused(ParleyError):
    """The server answered, and would not."""

    def __init__(self, code: int, words: str, hint: str, said: str) -> None:
        super().__init__(words, hint, f"{code} {said}"[:2000])
        self.code = code


class Server:
    def __init__(self, address: str, key: str = "") -> None:
        import httpx2

        self._library = httpx2
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            self.url = httpx2.URL(address.strip().rstrip("/") + "/")
        except httpx2.InvalidURL as error:
            raise ParleyError("This is not an address.", CHECK, str(error)) from error
        if self.url.scheme not in ("http", "https") or not self.url.host:
            raise ParleyError("A server's address begins with http:// or https://.", CHECK)
        timeout = httpx2.Timeout(SILENCE, connect=CONNECT)
        # never a proxy or a key from the environment, never on to another address
        try:
            self._client = httpx2.Client(headers=headers, timeout=timeout, trust_env=False)
        except (UnicodeError, ValueError) as error:
            raise ParleyError("This cannot be a key.", KEY, type(error).__name__) from error
        self.asked: list[tuple[str, int]] = []  # what was sent, in words, and its bytes
        self._running: Any = None  # the answer that streams in
        self._left = False

    @property
    def where(self) -> str:
        host = f"[{self.url.host}]" if ":" in self.url.host else self.url.host
        return f"{host}:{self.url.port}" if self.url.port else host

    def use_version(self) -> None:
        """From now on the places are below v1, as nearly every server has them."""
        self.url = self.url.join("v1/")

    @property
    def bare(self) -> bool:
        """The address as it was typed names no place on the server."""
        return self.url.path == "/"

    @property
    def root(self) -> Any:
        """Where a server's own places are, beside those of the protocol."""
        path = self.url.path.removesuffix("/").removesuffix("/v1")
        return self.url.copy_with(path=f"{path}/")

    def models(self) -> list[Json] | None:
        """What the server offers, each with an id; None where it does not say.

        503 and refusals of the key are raised, whatever else went wrong is words too.
        """
        with self.words():
            answer = self._ask("GET", self.url.join("models"))
            if answer.status_code == 404:
                return None
            self.check(answer)
            listed = answer.json().get("data")
        if not isinstance(listed, list):
            return None
        return [one for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]

    def fact(self, path: str, body: Json | None = None) -> Json:
        """What a place of this server's own tells; {} where there is none or none that is read."""
        try:
            with self.words():
                answer = self._ask("POST" if body else "GET", self.root.join(path), body)
                found = answer.json() if answer.status_code == 200 else {}
        except ParleyError:
            return {}
        return found if isinstance(found, dict) else {}

    def _ask(self, method: str, url: Any, body: Json | None = None) -> Any:
        content = json.dumps(body).encode() if body else b""
        self.asked.append((f"{method} {url.path}", len(content)))
        with self._client.stream(
            method, url, content=content, timeout=CONNECT * 2, headers=JSON if body else {}
        ) as answer:
            data = b""
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > LONGEST_FACTS:
                    raise ValueError("a server that tells too much of itself")
        return self._library.Response(answer.status_code, content=data)

    def stream(self, body: Json, beat: float = 0.0) -> "Iterator[Json | None]":
        """Each event of an answer; one that does not stream is one event.

        With beat, None comes every so many seconds in which the server was silent.
        """
        answered: queue.SimpleQueue[Json | Exception | None] = queue.SimpleQueue()
        self._left = False
        reader = threading.Thread(target=self._read, args=(body, answered), daemon=True)
        reader.start()
        try:
            while True:
                try:
                    event = answered.get(timeout=beat or None)
                except queue.Empty:
                    yield None
                    continue
                if event is None:
                    return
                if isinstance(event, Exception):
                    with self.words():
                        raise event
                yield event
        finally:
            self.leave()
            reader.join(CONNECT)

    def _read(self, body: Json, answered: "queue.SimpleQueue[Json | Exception | None]") -> None:
        """In a thread of its own, so that a server that is silent can be left."""
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        url = self.url.join("chat/completions")
        self.asked.append((f"POST {url.path}", len(content)))
        try:
            with self._client.stream("POST", url, content=content, headers=JSON) as answer:
                self._running = answer
                if self._left:
                    return
                for event in self._events(answer):
                    answered.put(event)
        except (ParleyError, ValueError, TypeError, KeyError, AttributeError) as error:
            answered.put(error)
        except (self._library.HTTPError, self._library.StreamError, OSError, RuntimeError) as error:
            answered.put(error)
        finally:
            self._running = None
            answered.put(None)

    def _events(self, answer: Any) -> Iterator[Json]:
        if answer.status_code != 200:
            answer.read()
            self.check(answer)
        if "event-stream" not in answer.headers.get("Content-Type", "event-stream"):
            answer.read()
            yield answer.json()
            return
        received = 0
        for line in answer.iter_lines():
            received += len(line)
            if received > LONGEST:
                raise ParleyError("The server's answer has no end.", "Try again.")
            if not line.startswith("data:"):
                continue
            data = line[5:].strip()
            if data == "[DONE]":
                yield {"choices": [{"finish_reason": "stop"}]}
                return
            event = json.loads(data)
            if not isinstance(event, dict):
                raise ValueError("an event that is no object")
            yield event

    def leave(self) -> None:
        """Let the running answer go, from any thread: the server may stop writing it."""
        self._left = True
        if (answer := self._running) is not None:
            with suppress(OSError, AttributeError, KeyError):
                taken = answer.extensions["network_stream"].get_extra_info("socket")
                taken.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.leave()
        self._client.close()

    def check(self, answer: Any) -> None:
        """Raises Refused for every answer but a good one."""
        code = answer.status_code
        if code == 200:
            return
        try:
            error = answer.json().get("error", {})
            said = error.get("message", "") if isinstance(error, dict) else error
        except (ValueError, AttributeError):
            said = answer.text
        said = str(said)[:200]
        words = {
            401: ("The server refuses the key.", KEY),
            403: ("The server refuses the key.", KEY),
            404: ("The server does not know this model or address.", CHECK),
            429: ("The server has too much to do.", "Wait a little and try again."),
            LOADING: ("The server is not ready yet.", "Wait a little and try again."),
        }
        if refuses_media(code, said):
            words[code] = (
                "The server's model does not take pictures or sounds.",
                "Choose another model there, or say on the page of servers that it sees none.",
            )
        usual = (f"The server refused: {said}" if said else "The server failed.", "Try again.")
        raise Refused(code, *words.get(code, usual), said)

    def words(self) -> "InWords":
        return InWords(self._library, self.where)


JSON = {"Content-Type": "application/json"}


class InWords:
    """Turns what the library raises into words for the person."""

    def __init__(self, library: Any, where: str) -> None:
        self._library, self._where = library, where

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, _trace: Any) -> None:
        if error is None or isinstance(error, ParleyError | GeneratorExit):
            return
        where, detail = self._where, f"{type(error).__name__}: {error}"
        if isinstance(error, self._library.ConnectError | self._library.ConnectTimeout):
            words, hint = f"The server at {where} does not answer.", "Is it running?"
            raise ParleyError(words, hint, detail) from error
        if isinstance(error, self._library.TimeoutException):
            raise ParleyError(
                f"The server at {where} fell silent.", "Try again.", detail
            ) from error
        if isinstance(error, self._library.HTTPError | self._library.StreamError | OSError):
            words = f"The connection to the server at {where} broke."
            raise ParleyError(words, "Try again.", detail) from error
        if isinstance(error, ValueError | TypeError | KeyError | AttributeError):
            words = f"The server at {where} sent something that could not be read."
            raise ParleyError(words, CHECK, detail) from error
