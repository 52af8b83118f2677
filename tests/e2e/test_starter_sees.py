"""The shipped starter and its eyes in their jailed process, asked about pictures it never saw."""

import threading
from pathlib import Path

import heldout
import numpy as np
import pytest

from engines.host import EngineHost
from engines.llm.starter import Options
from engines.messages import (
    ENDINGS,
    Chat,
    Done,
    Loaded,
    Look,
    Picture,
    Sampling,
    Seen,
    Text,
    TextDelta,
    Turn,
)
from engines.tools.registry import schemas

ROOT = Path(__file__).parents[2]
MODEL, HELP = ROOT / "resources/starter/parley-starter.gguf", ROOT / "resources/help"
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)
ASKED = 20
LEAST = {"colours": 12, "charts": 12, "shapes": 3}  # that are right; by chance 2, 7 and 1


class Running:
    def __init__(self) -> None:
        self.events: list[tuple[int, object]] = []
        self._heard = threading.Condition()
        self.host = EngineHost(self._hear)
        options = Options(context=2048, threads=1, help=str(HELP))
        self.host.start("starter", MODEL, options, read=(HELP,))

    def _hear(self, job: int, event: object) -> None:
        with self._heard:
            self.events.append((job, event))
            self._heard.notify_all()

    def wait(self, job: int) -> list:
        """All events of a job that has ended."""
        with self._heard:
            ended = lambda: any(j == job and isinstance(e, ENDINGS) for j, e in self.events)  # noqa: E731
            assert self._heard.wait_for(ended, timeout=90)
            return [event for number, event in self.events if number == job]

    def look(self, name: str, pixels: np.ndarray) -> list:
        high, wide = pixels.shape[:2]
        return self.wait(self.host.submit(Look(name, wide, high, pixels.tobytes())))

    def say(self, *turns: Turn) -> str:
        asked = Chat(turns, tuple(schemas()), GREEDY, max_tokens=60)
        events = self.wait(self.host.submit(asked))
        assert isinstance(events[-1], Done) and events[-1].reason == "stop", events
        return "".join(event.text for event in events if isinstance(event, TextDelta)).strip()


@pytest.fixture(scope="module")
def starter():
    running = Running()
    yield running
    running.host.stop()


def shown(name: str, text: str) -> Turn:
    return Turn("user", (Picture(name, 128, 128), Text(text)))


def test_it_says_that_it_sees(starter: Running) -> None:
    loaded = next(event for event in starter.wait(0) if isinstance(event, Loaded))
    assert loaded.sees and loaded.projector == "parley-starter-mmproj.gguf"


@pytest.mark.parametrize("kind", sorted(LEAST))
def test_it_is_right_about_pictures_it_never_saw(starter: Running, kind: str) -> None:
    right = 0
    for number, one in enumerate(heldout.questions(kind, ASKED, seed=7)):
        name = f"{kind} {number}"
        seen = starter.look(name, one.pixels)
        assert any(isinstance(event, Seen) and event.tokens == 64 for event in seen)
        right += heldout.answered(starter.say(shown(name, one.question)), one)
    assert right >= LEAST[kind]


def test_a_second_question_and_a_sum_in_the_same_conversation(starter: Running) -> None:
    one = heldout.questions("shapes", 1, seed=7)[0]
    starter.look("two", one.pixels)
    first = starter.say(shown("two", "What is this?"))
    turns = (shown("two", "What is this?"), Turn("assistant", (Text(first),)))
    second = starter.say(*turns, Turn("user", (Text("What colour is it?"),)))
    assert first and second and second != first
    asked = Chat((*turns, Turn("user", (Text("17 * 23"),))), tuple(schemas()), GREEDY)
    assert starter.wait(starter.host.submit(asked))[-1] == Done("tools")
