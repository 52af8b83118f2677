"""The product's own engines, answering one turn at a time: the whole starter or half of it."""

import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))

from exchange import Said, called  # noqa: E402

from engines.llm import llama_cpp, starter  # noqa: E402
from engines.llm.routing.helping import Help  # noqa: E402
from engines.messages import (  # noqa: E402
    Chat,
    Done,
    Event,
    Loaded,
    Request,
    Sampling,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Turn,
)
from engines.protocol import Engine  # noqa: E402
from engines.tools.registry import schemas  # noqa: E402

HELP = Path(__file__).parents[2] / "resources/help"
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)
ANY = {"type": "object", "properties": {}}  # of a tool that is not there
MOST = 400  # tokens: steps of a product
CONTEXT = 2048


class Silent:
    """In the model's place, to see what is decided without one."""

    def loaded(self) -> Loaded:
        return Loaded()

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        yield from ()
        return Done()

    def close(self) -> None:
        pass


class Speaker:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def say(
        self,
        before: list[Said],
        tools: tuple[str, ...],
        instructions: str = "",
        sampling: Sampling = GREEDY,
    ) -> Said:
        """What is said next, as an assistant's turn in the form of the training text."""
        words, calls = [], []
        known = {one["name"]: one for one in schemas()}
        chosen = tuple(known.get(name, {"name": name, "parameters": ANY}) for name in tools)
        system = (Turn("system", (Text(instructions),)),) if instructions else ()
        told = system + turns(before)
        for event in self._engine.run(Chat(told, chosen, sampling, max_tokens=MOST)):
            if isinstance(event, TextDelta):
                words.append(event.text)
            elif isinstance(event, ToolCall):
                calls.append(event)
        text = "".join(words)
        return Said("assistant", text.strip(), calls[0] if calls else None)

    def close(self) -> None:
        self._engine.close()


def alone(model: Path) -> Speaker:
    """The model without what is decided before it."""
    options = llama_cpp.Options(context=CONTEXT, threads=1)
    return Speaker(llama_cpp.create(model, options, lambda _: True))


def shipped(model: Path) -> Speaker:
    options = starter.Options(context=CONTEXT, threads=1, help=str(HELP))
    return Speaker(starter.create(model, options, lambda _: True))


def rules() -> Speaker:
    """What is decided before the model, and nothing else."""
    return Speaker(starter.StarterEngine(Silent(), Help(HELP)))


def turns(said: list[Said]) -> tuple[Turn, ...]:
    found: list[Turn] = []
    for turn in said:
        if turn.role == "tool":
            found.append(Turn("tool", (ToolResult("call00000", turn.text),)))
            continue
        call = called(turn.text) if turn.role == "assistant" else None
        part = ToolCall("call00000", **call) if call else Text(turn.text)
        found.append(Turn(turn.role, (part,)))
    return tuple(found)


def same_call(one: dict[str, Any], other: ToolCall | None) -> bool:
    return other is not None and one == {"name": other.name, "arguments": other.arguments}
