"""Frames: what goes in comes out, and nonsense is an error instead of a hang or a surprise."""

import io
import os
import threading
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.messages import Chat, Done, Event, Failed, Request, Text, TextDelta, ToolCall, Turn
from engines.wire import LARGEST, LENGTH, Wire

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
events = (
    st.builds(TextDelta, st.text(), st.integers(0, 2**31))
    | st.builds(ToolCall, st.text(), st.text(), st.dictionaries(st.text(), values, max_size=4))
    | st.builds(Failed, st.text(), st.text(), st.text())
    | st.just(Done())
)


def written(*frames, wire=None):
    stream = io.BytesIO()
    wire = Wire(io.BytesIO(), stream, Event)
    for job, message in frames:
        wire.send(job, message)
    return stream.getvalue()


def reading(data: bytes, incoming=Event) -> Wire:
    return Wire(io.BytesIO(data), io.BytesIO(), incoming)


def framed(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


@given(st.lists(st.tuples(st.integers(0, 2**40), events), max_size=5))
def test_what_goes_in_comes_out(frames):
    wire = reading(written(*frames))
    assert [wire.receive() for _ in frames] == frames
    with pytest.raises(EOFError):
        wire.receive()


@given(st.binary(max_size=200))
def test_nonsense_is_an_error(data):
    with pytest.raises((ValueError, EOFError)):
        wire = reading(data)
        while True:
            wire.receive()


@given(st.binary(max_size=8), st.integers(0, 80))
def test_a_damaged_frame_is_an_error_or_still_an_event(damage, place):
    body = msgspec.msgpack.encode((1, ToolCall("id", "name", {"x": [1, "two", None]})))
    try:
        job, event = reading(framed(body[:place] + damage + body[place + len(damage) :])).receive()
    except ValueError:
        return
    assert type(job) is int and isinstance(event, get_args(Event))


@pytest.mark.parametrize("cut", [1, 3, 4, 5, -1])
def test_an_end_in_the_middle_is_an_end(cut):
    with pytest.raises(EOFError):
        reading(written((1, TextDelta("some words")))[:cut]).receive()


def test_a_frame_that_claims_too_much_is_refused_unread():
    stream = io.BytesIO(LENGTH.pack(LARGEST + 1) + b"x" * 100)
    with pytest.raises(ValueError):
        Wire(stream, io.BytesIO(), Event).receive()
    assert stream.tell() == LENGTH.size


@pytest.mark.parametrize(
    "claim", [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\x91" * 99999]
)
def test_values_that_claim_too_much_are_errors(claim):
    call = msgspec.msgpack.encode((1, ToolCall("id", "name", {"x": 1})))
    with pytest.raises(ValueError):
        reading(framed(call[:-1] + claim)).receive()


@pytest.mark.parametrize(
    "frame",
    [
        (1, {"type": "Unheard"}),
        (1, {"type": "TextDelta", "text": 5}),
        (1, {"type": "TextDelta"}),
        ("1", {"type": "Done"}),
        (1, {"type": "Chat", "turns": []}),
        (1, {"type": "Done"}, 3),
    ],
)
def test_only_events_are_events(frame):
    with pytest.raises(ValueError):
        reading(framed(msgspec.msgpack.encode(frame))).receive()


@pytest.mark.parametrize(
    "message",
    [
        TextDelta("\ud800"),
        ToolCall("1", "n", {"x": object()}),
        ToolCall("1", "n", {"x": 2**70}),
        TextDelta("x" * (LARGEST + 1)),
    ],
    ids=["half a character", "an object", "a long number", "too much"],
)
def test_what_cannot_be_sent_leaves_no_trace(message):
    stream = io.BytesIO()
    with pytest.raises(ValueError):
        Wire(io.BytesIO(), stream, Event).send(1, message)
    assert stream.getvalue() == b""


def test_many_threads_send_whole_frames():
    reader, writer = (os.fdopen(fd, mode) for fd, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    with reader, writer:
        here, there = Wire(reader, writer, Event), Wire(reader, writer, Event)
        threads = [
            threading.Thread(
                target=lambda n=n: [here.send(n, TextDelta("x" * 5000)) for _ in "abc"]
            )
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        jobs = sorted(there.receive()[0] for _ in range(24))
        for thread in threads:
            thread.join()
    assert jobs == sorted(list(range(8)) * 3)


def test_a_conversation_survives_the_crossing():
    chat = Chat((Turn("user", (Text("hello é 🙂"),)),), max_tokens=7)
    assert reading(written((3, chat)), Request).receive() == (3, chat)
