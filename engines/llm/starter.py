"""The starter: the model that comes with Parley, with certain requests decided before it.

Its model runs in the same process through llama.cpp; see engines/llm/routing for what is certain.
Beside it lies what became of it in learning to speak of pictures: conversations with one are its.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import msgspec

from engines.llm import counting, llama_cpp, reading
from engines.llm.routing import declining, phrasing
from engines.llm.routing.checking import mended
from engines.llm.routing.helping import Help
from engines.llm.routing.route import KNOWN, Call, Say, route, second
from engines.messages import (
    Chat,
    Done,
    Event,
    Listen,
    Loaded,
    Look,
    Picture,
    Prefill,
    Request,
    Sampling,
    Sound,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Turn,
    plain,
)
from engines.options import option
from engines.protocol import Engine

AGAIN = tuple(
    Sampling(temperature=heat, top_k=20, seed=n) for n, heat in enumerate((0.5, 0.8, 1.0))
)
OUTDATED = "Talking and listening are not in this version of Parley yet. Please type."  # as taught
TALKING = (
    "To talk, hold the talk key (Right Ctrl, where no other was chosen), or click the microphone."
)
UNSURE = "I am not sure what you mean. Please say it in other words."


@dataclass(frozen=True)
class Options(llama_cpp.Options):
    help: str = option("", "")  # the folder of the help pages, filled in by the app


class StarterEngine:
    """Everything but certain requests, and the words after a tool's result, is the model's."""

    def __init__(self, model: Engine, help: Help | None, sees: Engine | None = None) -> None:
        self._model, self._help, self._numbers = model, help, count()
        self._sees = sees or model

    def loaded(self) -> Loaded:
        seen = self._sees.loaded()
        return msgspec.structs.replace(
            self._model.loaded(), sees=seen.sees, hears=seen.hears, projector=seen.projector
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        read: list[reading.Lines] = []
        things = None
        if isinstance(request, Prefill | Chat):
            known = tuple(tool for tool in request.tools if tool.get("name") in KNOWN)
            read, things = reading.last_shown(request.turns), counting.shown(request.turns)
            turns = reading.bare(request.turns)
            request = msgspec.structs.replace(request, turns=turns, tools=known)
        if isinstance(request, Look | Listen):
            return (yield from self._sees.run(request))
        if isinstance(request, Prefill) and shows(request.turns):
            return (yield from self._look(request))
        if not isinstance(request, Chat) or request.grammar or request.json_schema:
            return (yield from self._model.run(request))
        if request.turns and request.turns[-1].role == "tool":
            return (yield from self._phrase(request))
        asked = reading.question(request.turns[-1]) if request.turns else ""
        if said := reading.answer(asked, read) or counting.answer(asked, things):
            yield TextDelta(said, tokens=0)
            return Done()
        if text := reading.tells(asked, read):
            return (yield from self._look_and_read(request, text))
        if request.turns and shows(request.turns[-1:]):
            return (yield from self._look(request))
        return (yield from self._answer(request))

    def interrupt(self) -> None:
        for model in {self._model, self._sees}:
            model.interrupt()  # pyright: ignore[reportAttributeAccessIssue]

    def close(self) -> None:
        for model in {self._model, self._sees}:
            model.close()

    def _answer(self, request: Chat) -> Generator[Event, None, Done | None]:
        asked = plain(request.turns[-1]) if request.turns else ""
        pictures = shows(request.turns)
        match route(asked, [str(tool["name"]) for tool in request.tools], self._help):
            case Call(name, arguments):
                yield ToolCall(f"route{next(self._numbers):05}", name, dict(arguments))
                return Done("tools")
            case Say(text) if not pictures:  # it may be about them
                yield TextDelta(text, tokens=0)
                return Done()
        if pictures:
            return (yield from self._look(request))
        return (yield from self._model_answer(request, asked))

    def _look(self, request: Prefill | Chat) -> Generator[Event, None, Done | None]:
        """What is about pictures is for the model alone, and tools are beside the point.

        It says what is likeliest: the second best word of a model this small is a wrong one. And it
        is asked as it was taught: the picture, and one question about it.
        """
        request = msgspec.structs.replace(request, turns=one_talk(request.turns))
        if isinstance(request, Chat) and request.sampling.temperature is None:
            sampling = msgspec.structs.replace(
                request.sampling, temperature=0.0, repeat_penalty=1.0
            )
            request = msgspec.structs.replace(request, sampling=sampling)
        return (yield from self._sees.run(msgspec.structs.replace(request, tools=())))

    def _look_and_read(self, request: Chat, text: str) -> Generator[Event, None, Done | None]:
        """What the model says of a picture, and beside it the text that programs read in it."""
        said, events = "", self._look(request)
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                if said:  # nothing was said of a picture that the model has to be shown again
                    yield TextDelta(reading.beside(said.strip(), text), tokens=0)
                return end.value
            if isinstance(event, TextDelta):
                said, event = said + event.text, TextDelta("", event.tokens)
            yield event

    def _model_answer(self, request: Chat, asked: str) -> Generator[Event, None, Done | None]:
        """A call that is not about what was said is tried again, with more freedom each time.

        Where the model only refuses, the help pages may know better.
        """
        before, doubted = said_before(request.turns[:-1]), False
        instead, said = second(asked, self._help), ""
        for sampling in (request.sampling, *AGAIN):
            events = self._model.run(msgspec.structs.replace(request, sampling=sampling))
            while True:
                try:
                    event = next(events)
                except StopIteration as end:
                    if said:
                        yield TextDelta(known_better(said, instead), tokens=0)
                    return end.value
                if isinstance(event, TextDelta):
                    said += event.text
                    if instead or may_be_outdated(said):  # held back until it is whole
                        event = TextDelta("", event.tokens)
                    else:
                        said, event = "", TextDelta(said, event.tokens)
                if isinstance(event, ToolCall):
                    sound = mended(event.name, event.arguments, asked, before)
                    doubted = sound is None
                    if sound is None:
                        break
                    event = msgspec.structs.replace(event, arguments=sound)
                yield event
            events.close()
        if doubted:
            yield TextDelta(UNSURE, tokens=0)
        return Done()

    def _phrase(self, request: Chat) -> Generator[Event, None, Done | None]:
        """The model's sentence if it keeps what the tool said, else a plain one; no second call."""
        said, events = "", self._look(request) if shows(request.turns) else self._model.run(request)
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                done = end.value or Done()
                break
            if isinstance(event, TextDelta):
                said += event.text
                event = TextDelta("", event.tokens)  # held back until it is checked
            if not isinstance(event, ToolCall):
                yield event
        yield TextDelta(checked(said.strip(), *last_round(request.turns)), tokens=0)
        return msgspec.structs.replace(done, reason="stop")


def known_better(said: str, instead: str) -> str:
    """What the model said, or what is true: the help's words instead of its refusal."""
    if said.strip() == OUTDATED:
        return TALKING
    return instead if instead and said.strip().startswith(declining.REFUSAL) else said


def may_be_outdated(said: str) -> bool:
    return OUTDATED.startswith(said.strip()) and bool(said.strip())


def one_talk(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """What is shown last and the question after it, without what was said in between."""
    at = next((n for n in range(len(turns) - 1, -1, -1) if shows(turns[n : n + 1])), -1)
    if at < 0 or turns[-1].role == "tool":
        return turns
    shown = [part for part in turns[at].parts if isinstance(part, Picture | Sound)]
    asked = turns[-1].parts if turns[-1].role == "user" else ()
    words = [part for part in asked if isinstance(part, Text) and part.text.strip()]
    head = [turn for turn in turns[:at] if turn.role == "system"]
    return (*head, Turn("user", (*shown, *words)))


def shows(turns: tuple[Turn, ...]) -> bool:
    return any(isinstance(part, Picture | Sound) for turn in turns for part in turn.parts)


def said_before(turns: tuple[Turn, ...]) -> str:
    parts = [part for turn in turns for part in turn.parts]
    results = [part.text for part in parts if isinstance(part, ToolResult)]
    calls = [str([*part.arguments.values()]) for part in parts if isinstance(part, ToolCall)]
    return " ".join([*(plain(turn) for turn in turns), *results, *calls])


def last_round(turns: tuple[Turn, ...]) -> tuple[dict[str, ToolCall], list[ToolResult]]:
    calls = {
        part.id: part for turn in turns[-2:] for part in turn.parts if isinstance(part, ToolCall)
    }
    return calls, [part for part in turns[-1].parts if isinstance(part, ToolResult)]


def checked(said: str, calls: dict[str, ToolCall], results: list[ToolResult]) -> str:
    told = []
    for result in results:
        call = calls.get(result.id, ToolCall(result.id, "", {}))
        about = (call.name, call.arguments, result.text, result.error)
        if not phrasing.keeps(said, *about):
            told.append(phrasing.sentence(*about))
    return "\n\n".join(told) or said


def seeing(model: Path) -> Path:
    """The same model after it learned to speak of pictures, if there is one."""
    return model.with_name(f"{model.stem}-sees.gguf")


def files(model: Path) -> tuple[Path, ...]:
    other, read = seeing(model), llama_cpp.SPEC.read
    return (*read(model), *(read(other) if other.is_file() else ()))


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> StarterEngine:
    help = Help(Path(options.help)) if options.help else None
    whole, other = llama_cpp.create(model, options, progress), seeing(model)
    sees = llama_cpp.create(other, options, progress) if other.is_file() else None
    return StarterEngine(whole, help, sees)


SPEC = replace(
    llama_cpp.SPEC, name="starter", title="Starter", options=Options, create=create, read=files
)
