"""A real server answers in place of a model: streaming, tools, a picture, and its sudden end."""

from pathlib import Path

from app.paths import resource
from engines.llm.openai import Options, create
from engines.messages import (
    Chat,
    Done,
    Look,
    Picture,
    Sampling,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Turn,
)
from tests.data import tiny_models
from tests.data.asking import say
from tests.data.real_server import real_server
from tests.data.talking import CALCULATOR

WAIT = 100_000  # ms
STARTER = resource("starter/parley-starter.gguf")
SEES = resource("starter/parley-starter-sees.gguf")
EYES = resource("starter/parley-starter-mmproj.gguf")
SURE = Sampling(temperature=0.0)


def asked(engine, chat):
    """The events of an answer, and its ending."""
    events, running = [], engine.run(chat)
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            return events, end.value


def words(events):
    return "".join(one.text for one in events if isinstance(one, TextDelta))


def test_it_streams_and_calls_a_tool():
    sums = Turn("user", (Text("What is 12 times 12?"),))
    with real_server(STARTER) as server:
        engine = create(Path(), Options(server.address), lambda fraction: True)
        can = engine.loaded().can
        events, done = asked(engine, Chat((sums,), (CALCULATOR,), SURE, max_tokens=200))
        called = [one for one in events if isinstance(one, ToolCall)]
        assert [one.name for one in called] == ["calculator"], events
        result = Turn("tool", (ToolResult(called[0].id, "144"),))
        turns = (sums, Turn("assistant", (called[0],)), result)
        told, ending = asked(engine, Chat(turns, (CALCULATOR,), SURE, max_tokens=60))
        engine.close()
    assert (can.streams, can.tools, can.pictures) == ("yes", "yes", "no")
    assert done.reason == "tools" and isinstance(ending, Done)
    assert words(told).strip() and len([e for e in told if isinstance(e, TextDelta)]) > 1


def test_it_is_shown_a_picture():
    with real_server(SEES, "--chat_format", "mtmd", "--clip_model_path", str(EYES)) as server:
        engine = create(Path(), Options(server.address), lambda fraction: True)
        assert engine.loaded().sees
        asked(engine, Look("red", 128, 128, bytes((220, 20, 20)) * 128 * 128))
        question = Turn("user", (Picture("red", 128, 128), Text("What is in this picture?")))
        events, _ = asked(engine, Chat((question,), sampling=SURE, max_tokens=24))
        engine.close()
    assert "red" in words(events)


def test_it_is_killed_in_the_middle_and_the_half_answer_stays(qtbot, start, tmp_path):
    """Through the window: it is added, used, asked, and dies while it writes."""
    model = tiny_models.scripted(tmp_path / "endless.gguf", ("abc ", "def "), forever=True)
    with real_server(model) as server:
        parts, window = start(echo=True)
        parts.preferences.set("use_tools", False)  # a letter is a token to this model
        assert not parts.server.add(server.address, "Attic")
        (key,) = [one.key for one in parts.server.rows()]
        qtbot.waitUntil(lambda: bool(parts.server.rows()[0].facts), timeout=WAIT)
        parts.server.use(key)
        qtbot.waitUntil(lambda: parts.models.can is not None, timeout=WAIT)
        say(qtbot, window, "Go on.")

        def written():
            turns = parts.chat.turns
            return turns[-1].text if len(turns) > 1 and turns[-1].role == "assistant" else ""

        qtbot.waitUntil(lambda: len(written()) > 20, timeout=WAIT)
        server.kill()
        qtbot.waitUntil(lambda: not parts.chat.busy, timeout=WAIT)
        last = parts.chat.turns[-1]
        assert (last.status, last.error is not None) == ("failed", True)
        assert "broke" in last.error.message and written().startswith("abc def abc")
        conversation = parts.chat.conversation
        parts.chat.new()
        parts.chat.open(conversation)  # as it lies on the disk
        qtbot.waitUntil(lambda: written().startswith("abc def abc"), timeout=WAIT)
        assert parts.server.rows()[0].in_use
