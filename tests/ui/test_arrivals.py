"""What is dropped on the window or handed over by a second start."""

from pathlib import Path

import pytest

from app.controllers.arrivals import ArrivalController
from tests.data import foreign


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


def test_variants_of_any_program_are_told_by_their_content(arrivals, tmp_path):
    folder = tmp_path / "dropped"
    folder.mkdir()
    for name, data in foreign.wholes().items():
        (folder / name).write_bytes(data)
    (folder / "photo.png").write_bytes(foreign.pixels())
    (folder / "table.json").write_text('{"a": [1, 2]}')
    given, files = [], []
    arrivals.look_into = lambda paths, told: told({*paths})
    arrivals.variants_given.connect(given.extend)
    arrivals.files.connect(files.extend)
    arrivals.take([str(path) for path in sorted(folder.iterdir())])
    assert {Path(path).name for path in given} == {*foreign.wholes()}
    assert {Path(path).name for path in files} == {"photo.png", "table.json"}
