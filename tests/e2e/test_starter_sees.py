"""The shipped starter and its eyes in their jailed process, asked about pictures it never saw."""

import heldout
import numpy as np
import pytest

from engines import written
from engines.messages import (
    Chat,
    Done,
    Loaded,
    Look,
    Picture,
    Prefill,
    Seen,
    Text,
    TextDelta,
    Turn,
)
from engines.senses import Line
from engines.tools.registry import schemas
from tests.data.starter_process import GREEDY, Starter

ASKED = 20
LEAST = {"colours": 12, "charts": 12, "shapes": 6}  # that are right; by chance 2, 7 and 1


class Seeing(Starter):
    def look(self, name: str, pixels: np.ndarray) -> list:
        high, wide = pixels.shape[:2]
        return self.ask(Look(name, wide, high, pixels.tobytes()))

    def say(self, *turns: Turn) -> str:
        events = self.chat(*turns)
        assert isinstance(events[-1], Done) and events[-1].reason == "stop", events
        return "".join(event.text for event in events if isinstance(event, TextDelta)).strip()


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    running = Seeing(tmp_path_factory.mktemp("log") / "log")
    yield running
    running.stop()


def shown(name: str, text: str) -> Turn:
    return Turn("user", (Picture(name, 128, 128), Text(text)))


def test_it_says_that_it_sees(starter: Seeing) -> None:
    loaded = next(event for event in starter.loaded if isinstance(event, Loaded))
    assert loaded.sees and loaded.projector == "parley-starter-mmproj.gguf"


@pytest.mark.parametrize("kind", sorted(LEAST))
def test_it_is_right_about_pictures_it_never_saw(starter: Seeing, kind: str) -> None:
    right = 0
    for number, one in enumerate(heldout.questions(kind, ASKED, seed=7)):
        name = f"{kind} {number}"
        seen = starter.look(name, one.pixels)
        assert any(isinstance(event, Seen) and event.tokens == 64 for event in seen)
        right += heldout.answered(starter.say(shown(name, one.question)), one)
    assert right >= LEAST[kind]


def test_the_text_programs_read_is_told_and_the_picture_is_read_once(starter: Seeing) -> None:
    one = heldout.questions("words", 1, seed=7)[0]
    starter.look("word", one.pixels)
    read = written.told([Line("garden", (0.0, 0.0, 1.0, 1.0), 0.99)])
    parts = (Picture("word", 128, 128), Text("\n"), Text(f"{read}\n\n"))
    assert isinstance(starter.ask(Prefill((Turn("user", parts),), tuple(schemas())))[-1], Done)
    turns = [Turn("user", (*parts, Text("What does it say?")))]
    assert starter.say(*turns) == 'It says "garden".'
    turns += [Turn("assistant", (Text('It says "garden".'),))]
    events = starter.chat(*turns, Turn("user", (Text("What colour is it?"),)))
    assert events[-1].usage.cached_tokens >= 64  # the picture and what stands before it
    assert "".join(one.text for one in events if isinstance(one, TextDelta)).strip()


def test_a_second_question_and_a_sum_in_the_same_conversation(starter: Seeing) -> None:
    one = heldout.questions("shapes", 1, seed=7)[0]
    starter.look("two", one.pixels)
    first = starter.say(shown("two", "What is this?"))
    turns = (shown("two", "What is this?"), Turn("assistant", (Text(first),)))
    second = starter.say(*turns, Turn("user", (Text("What colour is it?"),)))
    assert first and second and second != first
    asked = Chat((*turns, Turn("user", (Text("17 * 23"),))), tuple(schemas()), GREEDY)
    assert starter.ask(asked)[-1] == Done("tools")
