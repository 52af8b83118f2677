"""Other computers that carry a part of a model: llama.cpp's own server, and what else answers."""

import re
import socket
import struct
import threading
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from app.paths import resource
from engines.errors import ParleyError
from engines.llm import llama_cpp
from engines.llm.helping import asking, joining
from engines.llm.helping.asking import PROTOCOL, ask, places_of
from engines.messages import Chat, Done, Failed, Loaded, Sampling, Text, TextDelta, Turn
from tests.data import tiny_models
from tests.data.helping import helping
from tests.data.running import Running

STARTER = resource("starter/parley-starter.gguf")
ASKED = Chat(
    (Turn("user", (Text("Hello, who are you?"),)),),
    max_tokens=24,
    sampling=Sampling(temperature=0.0),
)
BUILT = joining.available()
BUILDS = pytest.mark.skipif(bool(BUILT), reason=BUILT or "built")


def said(events):
    return "".join(one.text for one in events if isinstance(one, TextDelta))


@contextmanager
def running(helpers, log, model=STARTER, context=1024):
    options = llama_cpp.Options(context=context, threads=1, helpers=helpers)
    one = Running("llama_cpp", options, log, model, network=bool(helpers))
    try:
        assert isinstance(one.loaded[-1], Done), one.loaded
        yield one
    finally:
        one.stop()


def said_with(helpers, log):
    with running(helpers, log) as one:
        loaded = next(event for event in one.loaded if isinstance(event, Loaded))
        return loaded, said(one.ask(ASKED))


@BUILDS
def test_a_model_that_another_computer_carries_says_the_same(tmp_path):
    alone, text = said_with("", tmp_path / "log")
    with helping() as other:
        lent = ask(other.place)
        helped, same = said_with(f"{other.place}, 127.0.0.1:9", tmp_path / "log")
    assert lent.devices == 1 and lent.total >= lent.free > 1 << 20
    assert text and same == text
    assert (alone.helpers, helped.helpers) == ((), (other.place,))
    assert "127.0.0.1:9 cannot be reached. It does not help." in helped.gave_up


@BUILDS
def test_one_that_goes_in_the_middle_of_an_answer_leaves_the_half_of_it(tmp_path):
    model = tiny_models.scripted(tmp_path / "endless.gguf", ("abc", "def"), forever=True)
    with helping() as other, running(other.place, tmp_path / "log", model, 1 << 16) as one:
        job = one.host.submit(msgspec.structs.replace(ASKED, max_tokens=60_000))
        half = one.saw(job, TextDelta)
        other.end()
        *rest, ending = one.heard(job)
    assert isinstance(ending, Failed) and ending.message and ending.hint
    assert said([half, *rest]).startswith("abc")


def test_without_a_single_one_the_model_runs_here(tmp_path):
    loaded, text = said_with("127.0.0.1:9", tmp_path / "log")
    assert text and not loaded.helpers and loaded.gave_up


def test_a_build_without_it_says_so(monkeypatch):
    def missing(name):
        raise FileNotFoundError(f"Shared library with base name '{name}' not found")

    monkeypatch.setattr(joining, "shared", missing)
    assert "cannot use other computers" in joining.available()
    monkeypatch.setattr(joining, "devices", list)
    joined, words = joining.join("127.0.0.1:9")
    assert not joined and "bootstrap.py setup" in words


def test_the_version_is_that_of_the_library():
    header = Path(joining.shared("ggml")._name).parents[1] / "include/ggml-rpc.h"
    found = re.search(r"RPC_PROTO_MAJOR_VERSION\s+(\d+)", header.read_text())
    assert found and int(found[1]) == PROTOCOL


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("192.168.1.7", ("192.168.1.7:50052",)),
        ("attic:1234, 10.0.0.2", ("attic:1234", "10.0.0.2:50052")),
        ("attic attic:50052", ("attic:50052",)),
        ("", ()),
    ],
)
def test_computers_are_named_in_a_line(line, places):
    assert places_of(line) == places


@pytest.mark.parametrize(
    "line",
    ["attic:", "attic:0", "attic:99999", ":1", "http://attic", "a/b", "a\x00b", "ä:1", "x:²"],
)
def test_what_is_no_computer_is_words(line):
    with pytest.raises(ParleyError, match="not the address|No more"):
        places_of(line)


def test_more_than_the_library_takes_are_refused():
    with pytest.raises(ParleyError, match="No more than 16"):
        places_of(" ".join(f"attic:{n}" for n in range(1, 18)))


@contextmanager
def answering(*pieces, wait=False):
    """Something that answers each connection with these bytes and hangs up, or waits."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            taken, _ = server.accept()
            with taken:
                for piece in pieces:
                    taken.recv(64)
                    taken.sendall(piece)
                over.wait(5 if wait else 0)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        over.set()
        thread.join()


HELLO = struct.pack("<Q", 28)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((HELLO + bytes((PROTOCOL - 1, 0, 0, 0)) + bytes(24),), "of another time"),
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "is not llama.cpp"),
        ((struct.pack("<Q", 1 << 62),), "is not llama.cpp"),
        ((HELLO + bytes((PROTOCOL, 0, 0, 0)) + bytes(24), b"\4"), "is not llama.cpp"),
        ((b"",), "is not llama.cpp|cannot be reached"),
    ],
)
def test_whatever_else_answers_is_words(pieces, words):
    with answering(*pieces) as place, pytest.raises(ParleyError, match=words):
        ask(place)


def test_one_that_is_silent_is_left(monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", 0.2)
    with answering(wait=True) as place, pytest.raises(ParleyError, match="helps another program"):
        ask(place)
