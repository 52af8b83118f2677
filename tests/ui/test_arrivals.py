"""What is dropped on the window or handed over by a second start."""

import pytest

from app.controllers.arrivals import LARGEST_TEXT, ArrivalController


@pytest.fixture
def arrivals(chat, models, talk):
    return ArrivalController(chat, models, talk)


def test_a_model_file_is_opened(arrivals, llm, tmp_path):
    (tmp_path / "new.GGUF").write_bytes(b"GGUF")
    arrivals.take([str(tmp_path / "new.GGUF")])
    assert llm.opened[-1][1] == tmp_path / "new.GGUF"


def test_a_text_file_is_quoted_with_its_name(qtbot, arrivals, tmp_path):
    (tmp_path / "a.md").write_text("has ``` inside\n", "utf-8")
    with qtbot.waitSignal(arrivals.quoted) as quoted:
        arrivals.take([str(tmp_path / "a.md")])
    assert quoted.args == ["a.md:\n````\nhas ``` inside\n````\n"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\xff"),
        ("zeros.txt", b"a\0b"),
        ("long.txt", b"x" * (LARGEST_TEXT + 1)),
        ("gone.txt", None),
    ],
)
def test_anything_else_is_refused_in_words(qtbot, arrivals, tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with qtbot.waitSignal(arrivals.notice) as notice:
        arrivals.take([str(tmp_path / name)])
    assert name in notice.args[0].message and notice.args[0].hint


def test_commands(qtbot, arrivals, chat, talk):
    with qtbot.waitSignal(chat.opened):
        arrivals.take(["new"])
    arrivals.take(["talk"])
    assert talk.staying
