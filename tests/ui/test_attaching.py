"""What is attached to a message: a real engine reads it, the test plays the model."""

import io

import pytest
from PIL import Image

from app import media, paths
from engines.messages import (
    Chat,
    Done,
    Loaded,
    Look,
    Picture,
    Seen,
    Text,
    TextDelta,
)

WAIT = 60_000


@pytest.fixture
def attaching(tmp_path, store, background, models, answering, chat, keeping, arrivals):
    """Read by the engines that are always used; ended after the test."""
    folders = paths.folders(tmp_path / "own").make()
    files, films = media.engines(folders, background)
    made = media.attaching(*(files, films, store, background, models, answering, chat, keeping))
    arrivals.files.connect(made.take)
    yield made
    files.link.stop()
    films.stop()


@pytest.fixture
def seeing(llm, models):
    """The open model sees."""
    llm.load(Loaded(name="Eyes", context=4096, sees=True), Done())


def png(colour="red", size=(64, 48)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def picture(folder, name="dog.png", colour="red", size=(64, 48)):
    path = folder / name
    path.write_bytes(png(colour, size))
    return str(path)


def looks(llm):
    return [request for request in llm.requests if isinstance(request, Look)]


def chats(llm):
    return [request for request in llm.requests if isinstance(request, Chat)]


def see(qtbot, llm, count=1, tokens=64):
    """The model takes in the picture it is shown as the count-th."""
    qtbot.waitUntil(lambda: len(looks(llm)) == count, timeout=WAIT)
    job = llm.requests.index(looks(llm)[-1]) + 1
    llm.event.emit(job, Seen(looks(llm)[-1].hash, tokens, 0.25))
    llm.event.emit(job, Done())


def size(path):
    with Image.open(path) as opened:
        return opened.size


def states(attaching):
    return [one.state for one in attaching.shown()]


def test_a_picture_is_read_shown_and_asked_about(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    with qtbot.waitSignal(attaching.changed):
        attaching.take([picture(tmp_path)])
    assert states(attaching) == ["reading"] and attaching.pending
    see(qtbot, llm)
    (chip,) = attaching.shown()
    assert chip.state == "ready" and chip.words == "64 × 48 · 64 tokens · 0.2 s"
    assert size(chip.preview) == (64, 48)
    look = looks(llm)[0]
    assert look.rgb[:3] == b"\xff\0\0" and (look.width, look.height) == (64, 48)
    keeping.send("What is this?")
    qtbot.waitUntil(lambda: len(chats(llm)) == 1, timeout=WAIT)
    assert chats(llm)[0].turns[-1].parts == (
        Picture(look.hash, 64, 48),
        Text("\n"),
        Text("What is this?"),
    )
    assert attaching.shown() == []
    (turn, _) = chat.turns
    (shown,) = turn.attachments
    assert (shown.name, shown.kind, shown.width) == ("dog.png", "picture", 64)
    assert size(shown.preview) == (64, 48)
    llm.answer(TextDelta("Red."), Done())
    qtbot.waitUntil(lambda: not chat.busy)
    told = dict(chat.details(chat.turns[-1].key))
    assert told["Pictures seen"] == "1" and told["Tokens of the pictures"] == "64"
