"""What is dropped on the window or handed over by a second start."""

import pytest

from app.controllers.arrivals import ArrivalController


@pytest.fixture
def arrivals(chat, models, talk):
    return ArrivalController(chat, models, talk)


def test_a_model_file_is_opened(arrivals, llm, tmp_path):
    (tmp_path / "new.GGUF").write_bytes(b"GGUF")
    arrivals.take([str(tmp_path / "new.GGUF")])
    assert llm.opened[-1][1] == tmp_path / "new.GGUF"


def test_sound_and_what_may_be_attached_part_here(arrivals):
    names = ["song.mp3", "photo.png", "film.mkv", "letter.txt"]
    given = []
    arrivals.sounds.connect(given.append)
    arrivals.files.connect(given.append)
    arrivals.take(names)
    assert given == [names[:1], names[1:]]


def test_commands(qtbot, arrivals, chat, talk):
    with qtbot.waitSignal(chat.opened):
        arrivals.take(["new"])
    arrivals.take(["talk"])
    assert talk.staying
