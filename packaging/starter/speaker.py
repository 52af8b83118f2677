"""A GGUF file and the product's own engine, answering one turn at a time."""

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))

from exchange import Said, called  # noqa: E402

from engines.llm.llama_cpp import Options, create  # noqa: E402
from engines.messages import (  # noqa: E402
    Chat,
    Sampling,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Turn,
)
from engines.tools.registry import schemas  # noqa: E402

GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)
ANY = {"type": "object", "properties": {}}  # of a tool that is not there
MOST = 400  # tokens: steps of a product


class Speaker:
    def __init__(self, model: Path, threads: int = 1) -> None:
        self._engine = create(model, Options(context=2048, threads=threads), lambda _: True)

    def say(self, before: list[Said], tools: tuple[str, ...], instructions: str = "") -> Said:
        """What the model says next, as an assistant's turn in the form of the training text."""
        words, calls = [], []
        known = {one["name"]: one for one in schemas()}
        chosen = tuple(known.get(name, {"name": name, "parameters": ANY}) for name in tools)
        system = (Turn("system", (Text(instructions),)),) if instructions else ()
        told = system + turns(before)
        for event in self._engine.run(Chat(told, chosen, GREEDY, max_tokens=MOST)):
            if isinstance(event, TextDelta):
                words.append(event.text)
            elif isinstance(event, ToolCall):
                calls.append(event)
        text = "".join(words)
        return Said("assistant", text.strip(), calls[0] if calls else None)

    def close(self) -> None:
        self._engine.close()


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
