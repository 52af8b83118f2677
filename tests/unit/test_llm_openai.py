"""Answers from a server that speaks OpenAI's protocol; the server is a real one."""

import base64
import io
import wave
from pathlib import Path

import pytest
from PIL import Image

from engines.errors import ParleyError
from engines.llm.enclosing import Enclosures
from engines.llm.openai import Options, create
from engines.messages import (
    Adapted,
    Chat,
    Listen,
    Look,
    Picture,
    Prefill,
    Sampling,
    Seen,
    Sent,
    Sound,
    Text,
    TextDelta,
    ThoughtDelta,
    ToolCall,
    ToolResult,
    Turn,
    Unseen,
)
from tests.data.chat_server import Script, calls, serving, text

HELLO = Chat((Turn("user", (Text("Hello"),)),))
TOOLS = ({"name": "clock", "description": "Tell the time", "parameters": {"type": "object"}},)


def ask(script, chat=HELLO, **options):
    """The events of one answer, and its ending."""
    engine = create(Path(), Options(script.address, **options), lambda fraction: True)
    events, running = [], engine.run(chat)
    try:
        while True:
            events.append(next(running))
    except StopIteration as end:
        return events, end.value
    finally:
        engine.close()


def said(events, kind=TextDelta):
    return "".join(event.text for event in events if isinstance(event, kind))


def test_an_answer_streams_and_is_counted():
    with serving(Script(text("I am here."))) as script:
        events, done = ask(script)
    assert said(events) == "I am here."
    assert len([e for e in events if isinstance(e, TextDelta)]) == 3
    assert (done.reason, done.usage.prompt_tokens, done.usage.output_tokens) == ("stop", 7, 3)


def test_what_is_about_to_leave_is_told_first():
    with serving(Script(text("Yes"))) as script:
        events, _ = ask(script)
    assert isinstance(events[0], Sent)
    assert events[0].where == script.address.split("/")[2] and events[0].sent > 50


def test_thoughts_are_kept_apart():
    answer = [{"reasoning_content": "Hm."}, {"content": "Yes."}, "stop"]
    with serving(Script(answer)) as script:
        events, _ = ask(script)
    assert (said(events, ThoughtDelta), said(events)) == ("Hm.", "Yes.")


def test_calls_in_pieces_become_whole_calls():
    wanted = calls(("clock", {"question": "now"}), ("units", {"value": 3, "name": "ü"}))
    with serving(Script(wanted)) as script:
        events, done = ask(script, Chat(HELLO.turns, TOOLS))
        body = script.asked[0]
    found = [event for event in events if isinstance(event, ToolCall)]
    assert [(c.name, c.arguments) for c in found] == [
        ("clock", {"question": "now"}),
        ("units", {"value": 3, "name": "ü"}),
    ]
    assert done.reason == "tools"
    assert body["tools"][0] == {"type": "function", "function": TOOLS[0]}


def test_calls_of_two_answers_are_told_apart_though_the_server_counts_anew():
    found = []
    with serving(Script(calls(("clock", {})), calls(("clock", {})))) as script:
        for _ in range(2):
            events, _ = ask(script, Chat(HELLO.turns, TOOLS))
            found += [event.id for event in events if isinstance(event, ToolCall)]
    assert len(set(found)) == 2


def test_a_call_that_is_no_json_is_shown_as_it_is():
    with serving(Script(calls(("clock", '{"question": ')))) as script:
        events, done = ask(script)
    assert said(events) == 'clock {"question": ' and done.reason == "tools"
    assert not [event for event in events if isinstance(event, ToolCall)]


def test_a_round_of_tools_is_told_as_the_protocol_has_it():
    turns = (
        *HELLO.turns,
        Turn("assistant", (Text("Wait."), ToolCall("a1", "clock", {"question": "now"}))),
        Turn("tool", (ToolResult("a1", "noon"),)),
    )
    sampling = Sampling(temperature=0.5)
    with serving(Script(text("Noon."))) as script:
        ask(script, Chat(turns, sampling=sampling, max_tokens=99))
        body = script.asked[0]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "tool"]
    assert body["messages"][1]["tool_calls"][0]["function"]["name"] == "clock"
    assert body["messages"][2] == {"role": "tool", "tool_call_id": "a1", "content": "noon"}
    assert (body["temperature"], body["max_tokens"], "seed" in body) == (0.5, 99, False)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, {"error": {"message": "out of memory"}}), "out of memory"),
        ((429, {"error": "slow down"}), "too much to do"),
        ((404, {}), "does not know this model"),
        ([{"content": "half "}, "break"], "broke"),
        (["garbage"], "could not be read"),
    ],
)
def test_what_goes_wrong_is_words(answer, words):
    with serving(Script(answer)) as script, pytest.raises(ParleyError) as caught:
        ask(script)
    assert words in f"{caught.value.message}"


def test_the_key_is_sent_and_a_wrong_one_is_words():
    with serving(Script(text("Yes"), text("Yes"), key="open sesame")) as script:
        assert said(ask(script, key="open sesame")[0]) == "Yes"
        with pytest.raises(ParleyError, match="refuses the key"):
            ask(script, key="wrong")


def test_nobody_there_is_words():
    with pytest.raises(ParleyError, match="does not answer"):
        create(Path(), Options("http://127.0.0.1:9/v1"), lambda fraction: True)


@pytest.mark.parametrize("address", ["", "nonsense", "file:///etc/passwd", "http://"])
def test_what_is_no_address_is_words(address):
    with pytest.raises(ParleyError):
        create(Path(), Options(address), lambda fraction: True)


def test_the_first_model_is_taken_and_an_unknown_one_refused():
    with serving(Script(text("Yes"), models=("one", "two"))) as script:
        ask(script)
        assert script.asked[0]["model"] == "one"
        with pytest.raises(ParleyError, match="no model 'three'"):
            ask(script, model="three")


def test_reading_ahead_asks_the_server_nothing():
    with serving(Script()) as script:
        assert ask(script, Prefill(HELLO.turns)) == ([], None)
        assert not script.asked


RED = Look("red", 40, 30, bytes((255, 0, 0)) * 1200)
LARGE = Look("large", 600, 600, bytes((0, 128, 255)) * 360_000)
TONE = Listen("tone", b"\0\1" * 800, 16000)
SHOWN = Chat(
    (
        Turn("user", (Picture("red", 40, 30), Text("What is this? "), Picture("large", 600, 600))),
        Turn("assistant", (Text("A picture."),)),
        Turn("user", (Sound("tone", 0.05), Text("And this?"))),
    )
)


def opened_picture(part):
    head, _, data = part["image_url"]["url"].partition(";base64,")
    return head, Image.open(io.BytesIO(base64.b64decode(data)))


def test_pictures_and_sounds_are_sent_as_files_where_they_stand():
    with serving(Script(text("Red."))) as script:
        engine = create(Path(), Options(script.address, sounds="yes"), lambda fraction: True)
        loaded = engine.loaded()
        assert list(engine.run(SHOWN)) == [Unseen(("red", "large", "tone"))]
        for one in (RED, LARGE, TONE):
            assert list(engine.run(one)) == [Seen(one.hash, 0, 0.0)]
        events = list(engine.run(SHOWN))
        engine.close()
        asked = script.asked[0]["messages"]
    assert loaded.sees and loaded.hears and said(events) == "Red."
    assert events[0].what.endswith("3 turns, 2 pictures, 1 sound")
    small, words, large = asked[0]["content"]
    assert words == {"type": "text", "text": "What is this? "}
    head, picture = opened_picture(small)
    assert (head, picture.size, picture.getpixel((5, 5))) == (
        "data:image/png",
        (40, 30),
        (255, 0, 0),
    )
    head, picture = opened_picture(large)
    assert (head, picture.size) == ("data:image/jpeg", (600, 600)) and not picture.getexif()
    assert asked[1]["content"] == "A picture."
    sound = asked[2]["content"][0]
    assert (sound["type"], sound["input_audio"]["format"]) == ("input_audio", "wav")
    with wave.open(io.BytesIO(base64.b64decode(sound["input_audio"]["data"]))) as file:
        assert (file.getframerate(), file.readframes(9999)) == (16000, TONE.pcm)


def test_the_longest_unused_picture_is_forgotten_and_asked_for_again():
    enclosures = Enclosures(most=1000)
    for shade in range(50):
        enclosures.take(Look(str(shade), 8, 8, bytes((shade, 0, 0)) * 64))
        assert not enclosures.missing([Turn("user", (Picture("0", 8, 8),))])
    assert enclosures.missing([Turn("user", (Picture("1", 8, 8), Picture("49", 8, 8)))]) == ("1",)


def test_a_server_that_does_not_see_says_so_in_words():
    reply = (500, {"error": {"message": "image input is not supported - hint: mmproj"}})
    with serving(Script(reply)) as script:
        engine = create(Path(), Options(script.address), lambda fraction: True)
        list(engine.run(RED))
        with pytest.raises(ParleyError, match="does not take pictures"):
            list(engine.run(Chat((Turn("user", (Picture("red", 40, 30),)),))))
        engine.close()


def test_a_server_may_be_said_to_be_blind():
    with serving(Script()) as script:
        engine = create(Path(), Options(script.address, pictures="no"), lambda fraction: True)
        assert not engine.loaded().sees and not engine.loaded().hears
        for one in (RED, TONE):
            with pytest.raises(ParleyError, match="cannot do that"):
                list(engine.run(one))
        engine.close()


def test_a_server_cannot_use_adapters_and_says_so_before_anything_leaves():
    with serving(Script(text("Yes"))) as script:
        with pytest.raises(ParleyError, match="cannot use the adapters"):
            ask(script, Chat(HELLO.turns, adapters=(Adapted("ab" * 32),)))
        assert not script.asked
        events, _ = ask(script, Chat(HELLO.turns, adapters=(Adapted("ab" * 32, scale=0.0),)))
    assert said(events) == "Yes"
