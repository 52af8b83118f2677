"""Chat with a model on a server the person runs, by OpenAI's chat completions protocol.

llama-server, Ollama, LM Studio, vLLM and others speak it; the parts are in engines/llm/server.
"""

import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engines.errors import ParleyError
from engines.llm.enclosing import Enclosures
from engines.llm.server.asking import body_of, told
from engines.llm.server.connection import LOADING, Json, Refused, Server
from engines.llm.server.hearing import Hearing
from engines.llm.server.probing import probe
from engines.messages import (
    Abilities,
    Chat,
    Done,
    Event,
    Listen,
    Loaded,
    Look,
    Prefill,
    Progress,
    Request,
    Sent,
    Unseen,
)
from engines.options import option
from engines.protocol import EngineSpec, Kind

PATIENCE = 180.0  # seconds a server may take to load its model
PAUSE = 1.0  # seconds between two looks at it
BEAT = 5.0  # seconds after which a sign of life is given while the server reads
FOUND_OUT, YES, NO = "found out", "yes", "no"


@dataclass(frozen=True)
class Options:
    address: str = option("", "Address", "For instance http://127.0.0.1:8080/v1", shape="line")
    model: str = option("", "Model", "Empty: the first one the server offers.", shape="line")
    key: str = option("", "Key", "Only if the server asks for one.", shape="secret")
    pictures: str = option(
        FOUND_OUT,
        "The model sees pictures",
        "Parley asks the server, or shows it a small one.",
        among=(FOUND_OUT, YES, NO),
    )
    sounds: str = option(
        FOUND_OUT, "The model hears sounds", "Parley asks.", among=(FOUND_OUT, YES, NO)
    )
    known: str = option("", "")  # Abilities as JSON, where the model was asked before


class NoAdapters(ParleyError):
    def __init__(self, where: str) -> None:
        super().__init__(
            f"The server at {where} cannot use the adapters of this variant.",
            "Set their scales to 0, or open the model on this computer.",
        )


class OpenAIEngine:
    def __init__(self, server: Server, model: str, can: Abilities) -> None:
        self._server, self._model, self._can = server, model, can
        self._enclosures = Enclosures()

    def loaded(self) -> Loaded:
        where = self._server.where
        return Loaded(
            name=self._model,
            runner=f"the server at {where}",
            device=where,
            context=self._can.context,
            sees=self._can.pictures == YES,
            hears=self._can.sounds == YES,
            can=self._can,
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        match request:
            case Chat():
                return (yield from self._answer(request))
            case Prefill():  # the server keeps its own cache
                return None
            case Look() if self._can.pictures == YES:
                yield self._enclosures.take(request)
                return None
            case Listen() if self._can.sounds == YES:
                yield self._enclosures.take(request)
                return None
            case _:
                raise ParleyError("The server cannot do that.", "Ask it something.")

    def interrupt(self) -> None:
        self._server.leave()

    def close(self) -> None:
        self._server.close()

    def _answer(self, chat: Chat) -> Generator[Event, None, Done]:
        if any(one.scale for one in chat.adapters):
            raise NoAdapters(self._server.where)
        if unseen := self._enclosures.missing(chat.turns):
            yield Unseen(unseen)
            return Done("unseen")
        if self._can.tools == NO:
            chat = msgspec.structs.replace(chat, tools=())
        body = body_of(chat, self._model, self._enclosures)
        size = len(msgspec.json.encode(body))
        what = f"POST {self._server.url.path}chat/completions: {told(chat.turns)}"
        hearing = Hearing([str(tool.get("name")) for tool in chat.tools])
        yield Sent(self._server.where, what, size, 0)
        try:
            for event in self._server.stream(body, BEAT):
                if event is None:
                    yield Progress("reading", 0, 0)
                else:
                    yield from hearing.take(event)
        except ParleyError:
            yield from hearing.half()
            raise
        if not hearing.reason:
            yield from hearing.half()
            words = f"The connection to the server at {self._server.where} broke."
            raise ParleyError(words, "Try again.", "the stream ended before the answer did")
        yield from hearing.finish()
        return Done("tools" if hearing.called else hearing.reason, hearing.usage())


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> OpenAIEngine:
    server = Server(options.address, options.key)
    try:
        with Ticking(server, progress) as ticking:
            offered = listed(server, ticking)
            chosen = choose(options.model, [one["id"] for one in offered])
            entry = next((one for one in offered if one["id"] == chosen), {})
            can = abilities(server, chosen, entry, options)
    except ParleyError:
        server.close()
        raise
    names = tuple(one["id"] for one in offered)
    can = msgspec.structs.replace(can, models=names, asked=tuple(server.asked))
    return OpenAIEngine(server, chosen, can)


def listed(server: Server, ticking: "Ticking") -> list[Json]:
    """What the server offers; none where it does not say. Waits while it loads its model."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            found = server.models()
        except Refused as error:
            if error.code != LOADING or time.monotonic() > until or ticking.stopped:
                raise
            time.sleep(PAUSE)
            continue
        if found is None and server.bare:
            server.use_version()
            continue
        return found or []


def choose(wanted: str, offered: list[str]) -> str:
    chosen = wanted or next(iter(offered), "")
    if not chosen:
        raise ParleyError("The server offers no model.", "Load one there, then try again.")
    if offered and chosen not in offered:
        names = ", ".join(offered[:8])
        raise ParleyError(f"The server has no model {chosen!r}.", f"It has: {names}.")
    return chosen


def abilities(server: Server, model: str, entry: Json, options: Options) -> Abilities:
    """As they were found the last time, else as they are found now; the person's word counts."""
    try:
        can = msgspec.json.decode(options.known or b"", type=Abilities)
    except msgspec.DecodeError:
        can = probe(server, model, entry)
    if options.pictures != FOUND_OUT:
        can = msgspec.structs.replace(can, pictures=options.pictures)
    if options.sounds != FOUND_OUT:
        can = msgspec.structs.replace(can, sounds=options.sounds)
    return can


class Ticking:
    """Tells that the engine lives while a server keeps it waiting, and leaves when asked to."""

    def __init__(self, server: Server, progress: Callable[[float], bool]) -> None:
        self._server, self._progress = server, progress
        self._over = threading.Event()
        self.stopped = False
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Ticking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _tick(self) -> None:
        while not self._over.wait(PAUSE / 4):
            if not self._progress(0.5):
                self.stopped = True
                self._server.leave()


SPEC = EngineSpec(
    "openai",
    Kind.LLM,
    "A server of yours",
    Options,
    create,
    imports=("httpx2", "PIL.Image", "PIL.JpegImagePlugin", "PIL.PngImagePlugin"),
    read=lambda model: (),
    network=True,
)
