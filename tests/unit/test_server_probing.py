"""What servers of several makes can do: as they say it, and as it is tried where they do not."""

import threading
from pathlib import Path

import msgspec
import pytest

from engines.errors import ParleyError
from engines.llm.openai import Options, create
from engines.messages import (
    Chat,
    Look,
    Progress,
    Text,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    Turn,
)
from tests.data.chat_server import CAN, Script, serving, text

HELLO = Chat((Turn("user", (Text("Hello"),)),))
CLOCK = {"name": "clock", "description": "Tells the time", "parameters": {"type": "object"}}
LLAMA = {
    "/props": {
        "default_generation_settings": {"n_ctx": 8192},
        "modalities": {"vision": True, "audio": False},
        "chat_template_caps": {"supports_tools": True},
    }
}
OLLAMA = {
    "/api/show": {
        "capabilities": ["completion", "vision"],
        "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960},
    },
    "/api/ps": {"models": [{"model": "tiny", "context_length": 4096}]},
}
STUDIO = {
    "/api/v0/models": {
        "data": [
            {"id": "other", "type": "vlm", "max_context_length": 1},
            {
                "id": "tiny",
                "type": "llm",
                "capabilities": ["tool_use"],
                "max_context_length": 131072,
                "loaded_context_length": 16384,
            },
        ]
    }
}


def found(script, **options):
    engine = create(Path(), Options(script.address, **options), lambda fraction: True)
    engine.close()
    return engine.loaded()


def does(can):
    return [
        n for n in ("streams", "tools", "pictures", "probabilities") if getattr(can, n) == "yes"
    ]


def said_by(script, chat=HELLO, **options):
    engine = create(Path(), Options(script.address, **options), lambda fraction: True)
    try:
        return list(engine.run(chat))
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("names", "ignores", "expected"),
    [
        (CAN, (), ["streams", "tools", "pictures", "probabilities"]),
        (("streams",), (), ["streams"]),
        (("tools",), (), ["tools"]),
        (("streams", "logprobs"), ("tools", "pictures"), ["streams", "probabilities"]),
    ],
)
def test_a_server_that_says_nothing_is_tried(names, ignores, expected):
    """What it takes without reading it, which its count of tokens shows, it cannot do."""
    with serving(Script(can=names, ignores=ignores)) as script:
        loaded = found(script)
    assert does(loaded.can) == expected and loaded.can.program == ""
    assert loaded.sees is ("pictures" in expected)
    assert len(script.tried) == 4 and all(one["max_tokens"] == 2 for one in script.tried)


@pytest.mark.parametrize(
    ("models", "facts", "program", "context", "expected", "trials"),
    [
        (["tiny"], LLAMA, "llama-server", 8192, "streams tools pictures probabilities", 1),
        (["tiny"], OLLAMA, "Ollama", 4096, "streams pictures probabilities", 2),
        (["tiny"], STUDIO, "LM Studio", 16384, "streams tools probabilities", 2),
        (
            [{"id": "tiny", "owned_by": "vllm", "max_model_len": 32768}],
            {},
            "vLLM",
            32768,
            "streams tools pictures probabilities",
            4,
        ),
    ],
)
def test_what_a_server_says_of_itself_is_believed(
    models, facts, program, context, expected, trials
):
    with serving(Script(models=models, facts=facts)) as script:
        loaded = found(script)
    assert (loaded.can.program, loaded.context) == (program, context)
    assert does(loaded.can) == expected.split() and len(script.tried) == trials


def test_all_that_was_sent_to_find_out_is_told():
    with serving(Script(facts=OLLAMA)) as script:
        asked = found(script).can.asked
    assert asked[0] == ("GET /v1/models", 0)
    assert ("POST /api/show", len(b'{"model": "tiny"}')) in asked
    assert [what for what, _ in asked].count("POST /v1/chat/completions") == len(script.tried)


def test_what_was_found_out_before_is_not_tried_again():
    with serving(Script(can=("streams",))) as script:
        first = found(script)
        again = found(script, known=msgspec.json.encode(first.can).decode())
        assert does(again.can) == does(first.can) == ["streams"]
        assert len(script.tried) == 4 and again.can.models == ("tiny",)


def test_facts_that_make_no_sense_are_no_facts():
    nonsense = {
        "/props": {"default_generation_settings": 3},
        "/api/show": {"capabilities": "all"},
        "/api/v0/models": {"data": [3, {"id": "tiny"}]},
    }
    with serving(Script(facts=nonsense, can=("streams",))) as script:
        assert does(found(script).can) == ["streams"]


def test_the_persons_word_counts():
    with serving(Script(can=("streams",))) as script:
        assert found(script, pictures="yes").sees and found(script, sounds="yes").hears


def test_an_address_without_its_version_is_completed():
    with serving(Script(text("Yes"))) as script:
        script.address = script.address.removesuffix("/v1")
        events = said_by(script)
    assert "".join(one.text for one in events if isinstance(one, TextDelta)) == "Yes"


def test_a_server_that_still_loads_its_model_is_waited_for(monkeypatch):
    monkeypatch.setattr("engines.llm.openai.PAUSE", 0.1)
    ticks = []
    with serving(Script()) as script:
        script.busy = 2
        create(Path(), Options(script.address), lambda f: not ticks.append(f)).close()
        assert not script.busy and ticks
        script.busy = 99
        with pytest.raises(ParleyError, match="not ready"):
            create(Path(), Options(script.address), lambda fraction: False)


def test_a_server_that_does_not_stream_answers_whole():
    whole = {"choices": [{"message": {"content": "All of it."}, "finish_reason": "stop"}]}
    with serving(Script((200, whole))) as script:
        events = said_by(script)
    assert "".join(one.text for one in events if isinstance(one, TextDelta)) == "All of it."


def test_calls_and_thoughts_that_a_server_leaves_in_the_text_are_found():
    written = (
        '<think>Hm, a clock.</think><tool_call> {"name": "clock", "arguments": {}} </tool_call>'
    )
    with serving(Script(text(written))) as script:
        events = said_by(script, Chat(HELLO.turns, (CLOCK,)))
    assert [one.name for one in events if isinstance(one, ToolCall)] == ["clock"]
    assert "".join(one.text for one in events if isinstance(one, ThoughtDelta)) == "Hm, a clock."
    assert not [one for one in events if isinstance(one, TextDelta) and one.text.strip()]


def test_tools_are_not_sent_to_a_server_that_has_none():
    with serving(Script(text("Yes"), can=("streams",))) as script:
        said_by(script, Chat(HELLO.turns, (CLOCK,)))
        assert "tools" not in script.asked[0]


def test_half_an_answer_that_was_held_back_is_told_before_the_end():
    with serving(Script([{"content": "half <tool"}, "break"])) as script:
        engine = create(Path(), Options(script.address), lambda fraction: True)
        said = []
        with pytest.raises(ParleyError, match="broke"):
            said.extend(iter_into(said, engine.run(Chat(HELLO.turns, (CLOCK,)))))
        engine.close()
    assert "".join(one.text for one in said if isinstance(one, TextDelta)) == "half <tool"


def iter_into(taken, events):
    """Keep what came before an error."""
    for one in events:
        taken.append(one)
    return ()


def test_a_silent_server_gives_signs_of_life_and_can_be_left(monkeypatch):
    monkeypatch.setattr("engines.llm.openai.BEAT", 0.05)
    with serving(Script([{"content": "One"}, "hang"], text("Two"))) as script:
        engine = create(Path(), Options(script.address), lambda fraction: True)
        running = engine.run(HELLO)
        while not isinstance(next(running), Progress):
            pass
        threading.Timer(0.1, engine.interrupt).start()
        with pytest.raises(ParleyError, match="broke"):
            list(running)
        second = engine.run(HELLO)
        events = list(second)
        engine.close()
    assert "".join(one.text for one in events if isinstance(one, TextDelta)) == "Two"


def test_a_picture_is_refused_where_it_cannot_be_seen():
    with serving(Script(can=("streams", "tools"))) as script:
        engine = create(Path(), Options(script.address), lambda fraction: True)
        with pytest.raises(ParleyError, match="cannot do that"):
            list(engine.run(Look("red", 8, 8, bytes(192))))
        engine.close()
