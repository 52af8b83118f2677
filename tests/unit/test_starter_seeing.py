"""What goes to the starter's eyes, and what rules still decide in a conversation with pictures."""

from pathlib import Path

import pytest

from engines.llm import echo
from engines.llm.starter import StarterEngine
from engines.messages import (
    Chat,
    Done,
    Look,
    Picture,
    Prefill,
    Sampling,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from tests.data.talking import run

TOOLS = tuple(
    {"name": name, "description": name, "parameters": {"type": "object"}}
    for name in ("calculator", "units", "clock")
)
PICTURE = Look("cat", 4, 2, bytes(24))
LIKELIEST = Sampling(temperature=0.0, repeat_penalty=1.0)  # the person chose nothing else
SHOWN = Turn("user", (Picture("cat", 4, 2), Text("What is this?")))
SHOWN_ALONE = Turn("user", tuple(p for p in SHOWN.parts if isinstance(p, Picture)))
ANSWER = Turn("assistant", (Text("A cat."),))


class Listening(echo.EchoEngine):
    """An echo that remembers what it was asked."""

    def __init__(self):
        super().__init__(0.0, "CPU", sees=True, remembers=10)
        self.asked = []

    def run(self, request):
        self.asked.append(request)
        return super().run(request)


@pytest.fixture
def model():
    return Listening()


@pytest.fixture
def starter(model):
    starter = StarterEngine(model, None)
    run(starter, PICTURE)
    return starter


def words(text):
    return Turn("user", (Text(text),))


def test_it_takes_pictures_in_where_its_model_does(starter, model):
    assert starter.loaded().sees and model.asked == [PICTURE]


@pytest.mark.parametrize("asked", ["What is this?", "2+2", "what time is it?", ""])
def test_a_question_with_a_picture_goes_to_the_model_without_tools(starter, model, asked):
    turn = Turn("user", (Picture("cat", 4, 2), Text(asked)))
    heard = run(starter, Chat((turn,), TOOLS))
    assert heard.text.startswith("I see 1 picture: 4 x 2.") and not heard.calls
    assert model.asked[-1] == Chat((turn if asked else SHOWN_ALONE,), sampling=LIKELIEST)


@pytest.mark.parametrize("asked", ["And what colour is it?", "who painted it?", "Write a poem"])
def test_what_follows_a_picture_and_is_certain_to_no_tool_goes_to_the_model(starter, model, asked):
    turns = (SHOWN, ANSWER, words(asked))
    assert run(starter, Chat(turns, TOOLS)).text.startswith("I see 1 picture")
    one_talk = Turn("user", (*SHOWN_ALONE.parts, Text(asked)))
    assert model.asked[-1] == Chat((one_talk,), sampling=LIKELIEST)


def test_a_sum_in_a_conversation_with_pictures_is_still_a_sum(starter, model):
    heard = run(starter, Chat((SHOWN, ANSWER, words("2+2")), TOOLS))
    assert [call.name for call in heard.calls] == ["calculator"] and heard.done == Done("tools")
    assert model.asked == [PICTURE]
    call = heard.calls[0]
    turns = (SHOWN, ANSWER, words("2+2"), Turn("assistant", (call,)))
    told = run(starter, Chat((*turns, Turn("tool", (ToolResult(call.id, "4"),))), TOOLS))
    assert "4" in told.text and not model.asked[-1].tools  # what it has read stays read


def test_reading_ahead_in_a_conversation_with_pictures_is_without_tools_too(starter, model):
    run(starter, Prefill((SHOWN, ANSWER), TOOLS))
    assert model.asked[-1] == Prefill((SHOWN_ALONE,))
    run(starter, Prefill((words("hello"),), TOOLS))
    assert model.asked[-1].tools


def test_without_pictures_nothing_is_different(starter, model):
    heard = run(starter, Chat((words("2+2"),), TOOLS))
    assert isinstance(heard.calls[0], ToolCall)
    run(starter, Chat((words("hello there"),), TOOLS))
    assert model.asked[-1].tools == TOOLS


def test_the_shipped_folder_is_where_its_eyes_are_looked_for():
    """resources/starter/parley-starter-mmproj.gguf, beside the model."""
    from engines.llm.llama.projectors import beside

    folder = Path(__file__).parents[2] / "resources/starter"
    eyes = folder / "parley-starter-mmproj.gguf"
    assert beside(folder / "parley-starter.gguf") == ((eyes,) if eyes.exists() else ())


def test_how_daring_it_is_stays_the_persons_choice(starter, model):
    chosen = Sampling(temperature=0.7)
    run(starter, Chat((SHOWN,), sampling=chosen))
    assert model.asked[-1].sampling == chosen
