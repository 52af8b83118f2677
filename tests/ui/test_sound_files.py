"""The page of sound files around the real engines that read and understand them."""

import itertools
import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from app.controllers import transcribing
from app.controllers.arrivals import LARGEST_TEXT
from app.controllers.excerpt import Excerpt
from app.controllers.sound_files import SoundFilesController
from app.controllers.subtitles import Line
from app.controllers.transcribing import Transcribing
from app.engine import EngineLink
from app.resting import Resting
from app.store.conversations import Store
from app.views.sound_text import SoundText
from engines import registry
from tests.data import whisper_models
from tests.data.asking import WAIT
from tests.data.sound_page import (
    SAYS,
    TALK,
    drop,
    file_of,
    finished,
    lines,
    page_of,
    progressed,
    talk,
    whole,
)
from tests.data.sounds import BROKEN, silence, three_hours, wav
from tests.data.speech import spoken

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def pieces(monkeypatch):
    """Short pieces, so that a short file has several."""
    monkeypatch.setattr(transcribing, "PIECE", 6.0)
    monkeypatch.setattr(transcribing, "PAUSE", 4.0)


@pytest.fixture
def store(background, tmp_path):
    store = Store(tmp_path / "parley.db", background.deliver)
    yield store
    store.close()


@pytest.fixture
def reader(qapp, tmp_path):
    link = EngineLink(tmp_path)
    yield link
    link.stop()


@pytest.fixture
def ears(qapp, tmp_path):
    options = registry.all_specs()["faster_whisper"].options()
    link = EngineLink(tmp_path, cache=tmp_path / "cache")
    folder = whisper_models.built(SAYS)
    yield Resting(link, lambda: ("faster_whisper", folder, options, {}))
    link.stop()


@pytest.fixture
def begin(store, reader, ears, background, preferences, undo, arrivals):
    """A function that makes the controller, as a start of Parley does."""

    def begin():
        work = Transcribing(reader, ears)
        return SoundFilesController(store, work, background, preferences, undo, lambda: 100_000)

    return begin


@pytest.fixture
def excerpts(qapp, tmp_path):
    link = EngineLink(tmp_path)
    yield link
    link.stop()


@pytest.fixture
def sound_files(begin, arrivals, microphone, excerpts):
    made = begin()
    made.hear_through(Excerpt(excerpts, microphone, itertools.count(1)))
    arrivals.sounds.connect(made.add)
    made.quoted.connect(arrivals.quoted)
    yield made
    made.stop()


@pytest.fixture
def parts(controllers):
    return controllers


def test_stop_and_continue_lose_and_repeat_nothing(qtbot, parts, window, tmp_path):
    sound = talk(4)
    drop(window, wav(tmp_path / "a.wav", sound), wav(tmp_path / "next.wav", talk(1)))
    page = page_of(window)
    progressed(qtbot, parts, "a.wav", 0.2)
    page.look_at(file_of(parts, "a.wav").key)
    assert page.panel.go.text() == "Stop" and page.list.rows.rowCount() == 2
    qtbot.mouseClick(page.panel.go, LEFT)
    assert file_of(parts, "a.wav").state == "stopped" and page.panel.go.text() == "Continue"
    finished(qtbot, parts, "next.wav")
    before = file_of(parts, "a.wav").share
    assert 0.2 <= before < 1
    qtbot.mouseClick(page.panel.go, LEFT)
    finished(qtbot, parts, "a.wav")
    whole(lines(qtbot, parts, "a.wav"), len(sound) / 32_000)


@pytest.mark.parametrize("victim", ["ears", "reader"])
def test_an_engine_that_dies_in_the_middle_is_replaced(
    qtbot, parts, window, reader, ears, tmp_path, victim
):
    sound = talk(4)
    drop(window, wav(tmp_path / "a.wav", sound))
    link = ears.link if victim == "ears" else reader
    progressed(qtbot, parts, "a.wav", 0.2)
    os.kill(link.pid, signal.SIGKILL)
    finished(qtbot, parts, "a.wav")
    whole(lines(qtbot, parts, "a.wav"), len(sound) / 32_000)


def test_a_reader_that_dies_between_two_pieces_goes_on_where_it_was(
    qtbot, parts, window, reader, ears, tmp_path
):
    sound = talk(28)  # four pieces
    drop(window, wav(tmp_path / "a.wav", sound))
    progressed(qtbot, parts, "a.wav", 0.4)
    qtbot.waitUntil(lambda: ears.link.state == "busy" and reader.state == "ready", timeout=WAIT)
    os.kill(reader.pid, signal.SIGKILL)
    finished(qtbot, parts, "a.wav")
    whole(lines(qtbot, parts, "a.wav"), len(sound) / 32_000)


def test_what_cannot_be_read_says_so_in_its_place(qtbot, parts, window, tmp_path):
    paths = []
    for name in ("a_text.mp3", "absurd_rate.wav", "raw.raw"):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(BROKEN[name](tmp_path))
    gone = tmp_path / "gone.ogg"
    drop(window, *paths, gone)
    page = page_of(window)
    for path in (*paths, gone):
        one = finished(qtbot, parts, path.name, "failed")
        assert one.trouble and one.hint
        page.look_at(one.key)
        assert page.panel.trouble.text() == one.trouble and page.panel.trouble.isVisible()
        assert not page.panel.copy.isEnabled()
    wav(gone.with_suffix(".wav"), talk(1)).rename(gone)
    assert page.panel.go.text() == "Try again"
    qtbot.mouseClick(page.panel.go, LEFT)
    finished(qtbot, parts, "gone.ogg")


def test_a_file_that_is_another_one_by_now_is_not_continued(qtbot, parts, window, tmp_path):
    path = wav(tmp_path / "a.wav", talk(4))
    drop(window, path)
    progressed(qtbot, parts, "a.wav", 0.2)
    key = file_of(parts, "a.wav").key
    parts.sound_files.halt(key)
    wav(path, talk(2))
    parts.sound_files.go_on(key)
    one = finished(qtbot, parts, "a.wav", "failed")
    assert "another one" in one.trouble and one.text


def test_it_gives_way_while_the_person_talks(qtbot, parts, window, ears, tmp_path):
    sound = talk(3)
    drop(window, wav(tmp_path / "a.wav", sound))
    progressed(qtbot, parts, "a.wav", 0.1)
    qtbot.waitUntil(lambda: ears.link.state == "busy", timeout=WAIT)
    parts.sound_files.give_way(True)
    share = file_of(parts, "a.wav").share
    assert file_of(parts, "a.wav").state == "held"
    assert "while you talk" in file_of(parts, "a.wav").words
    qtbot.waitUntil(lambda: ears.link.state in ("ready", "stopped"), timeout=WAIT)
    qtbot.wait(100)
    assert file_of(parts, "a.wav").share == share
    parts.sound_files.give_way(False)
    finished(qtbot, parts, "a.wav")
    whole(lines(qtbot, parts, "a.wav"), len(sound) / 32_000)


def test_removed_with_its_text_and_brought_back(qtbot, parts, window, tmp_path):
    path = wav(tmp_path / "a.wav", talk(3))
    drop(window, path)
    page = page_of(window)
    progressed(qtbot, parts, "a.wav", 0.2)
    before = lines(qtbot, parts, "a.wav")
    with qtbot.waitSignal(parts.sound_files.notice, timeout=WAIT) as told:
        qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert told.args[0].action == "Undo" and not parts.sound_files.files()
    assert page.nothing.isVisible() and path.exists()
    buttons = page.notices.findChildren(QPushButton)
    qtbot.mouseClick(next(one for one in buttons if one.text() == "Undo"), LEFT)
    qtbot.waitUntil(lambda: bool(parts.sound_files.files()), timeout=WAIT)
    assert lines(qtbot, parts, "a.wav")[: len(before)] == before
    assert file_of(parts, "a.wav").state == "stopped"
    qtbot.waitUntil(lambda: SAYS in page.panel.text.toPlainText(), timeout=WAIT)


def test_nobody_in_it_is_said(qtbot, parts, window, tmp_path):
    drop(window, wav(tmp_path / "a.wav", silence(3)))
    finished(qtbot, parts, "a.wav")
    page = page_of(window)
    assert lines(qtbot, parts, "a.wav") == []
    assert "Nobody" in page.panel.text.placeholderText()
    with qtbot.waitSignal(parts.sound_files.notice, timeout=WAIT) as told:
        qtbot.mouseClick(page.panel.ask, LEFT)
    assert "no text" in told.args[0].message


def test_a_place_that_cannot_be_written_is_words(qtbot, parts, window, tmp_path):
    drop(window, wav(tmp_path / "a.wav", talk(1)))
    key = finished(qtbot, parts, "a.wav").key
    with qtbot.waitSignal(parts.sound_files.notice, timeout=WAIT) as told:
        parts.sound_files.export(key, Path("/proc/nowhere/a.srt"), "srt")
    assert told.args[0].kind == "error" and "could not be saved" in told.args[0].message


def test_what_is_too_long_for_the_model_is_not_put_into_the_message(qtbot, parts, window, tmp_path):
    drop(window, wav(tmp_path / "a.wav", talk(1)))
    key = finished(qtbot, parts, "a.wav").key
    files, long = parts.sound_files, [Line(n, n + 1, "x" * 80) for n in range(LARGEST_TEXT // 80)]
    written = []
    files._kept.write_lines(key, 1.0, long, lambda: written.append(True))
    qtbot.waitUntil(lambda: bool(written), timeout=WAIT)
    with qtbot.waitSignal(files.notice, timeout=WAIT) as told:
        files.ask(key)
    assert "longer than the model" in told.args[0].message and told.args[0].hint


def test_the_menu_leads_to_the_page_and_esc_back(qtbot, window):
    qtbot.keyClick(
        window,
        Qt.Key.Key_S,
        CTRL | SHIFT,
    )
    page = page_of(window)
    assert page.nothing.open.isVisible() and not page.open.isVisible()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.pages.on_chat


def test_a_file_is_heard_from_the_time_that_is_clicked(
    qtbot, parts, window, microphone, excerpts, tmp_path
):
    sound = talk(12)
    drop(window, wav(tmp_path / "a.wav", sound))
    page = page_of(window)
    progressed(qtbot, parts, "a.wav", 0.2)
    text = page.panel.text
    qtbot.waitUntil(lambda: bool(text.seen()), timeout=WAIT)
    block, top = text.seen()[0]
    start = text.start_of(block)
    clicked = QPoint(30, top + 4)
    qtbot.mouseClick(text._times, LEFT, pos=clicked)

    def played():
        return b"".join(pcm for _, pcm, _ in microphone.played)

    qtbot.waitUntil(lambda: len(played()) >= 20 * 32_000, timeout=WAIT)
    qtbot.wait(100)
    assert len(played()) < 31 * 32_000  # no more ahead than is needed
    begin = round(start * 16_000) * 2
    assert played() == sound[begin : begin + len(played())]
    assert page.panel.hush.isVisible()
    os.kill(excerpts.pid, signal.SIGKILL)  # the next piece comes from another process
    qtbot.waitUntil(lambda: excerpts.state == "stopped", timeout=WAIT)
    microphone.heard.emit(microphone.played[0][0], 15.0)
    assert text.playing == text.paragraph_at(start + 15)
    qtbot.waitUntil(lambda: len(played()) > 31 * 32_000, timeout=WAIT)
    assert played() == sound[begin : begin + len(played())]
    parts.sound_files.give_way(True)  # the person talks
    assert text.playing == -1 and not page.panel.hush.isVisible()


def test_the_same_time_again_is_silence(qtbot, parts, window, microphone, tmp_path):
    drop(window, wav(tmp_path / "a.wav", talk(1)))
    finished(qtbot, parts, "a.wav")
    text = page_of(window).panel.text
    qtbot.waitUntil(lambda: bool(text.seen()), timeout=WAIT)
    clicked = QPoint(30, text.seen()[0][1] + 4)
    qtbot.mouseClick(text._times, LEFT, pos=clicked)
    qtbot.waitUntil(lambda: bool(microphone.played), timeout=WAIT)
    microphone.heard.emit(microphone.played[0][0], 0.1)
    silenced = []
    microphone.silenced.connect(lambda *about: silenced.append(about))
    qtbot.mouseClick(text._times, LEFT, pos=clicked)
    assert silenced and text.playing == -1


def resident(pid):
    """MB a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_three_hours_take_no_more_memory_than_a_minute(
    qtbot, parts, window, reader, ears, monkeypatch, tmp_path
):
    """Of silence with something said every twenty minutes, so that it is done in one."""
    monkeypatch.setattr(transcribing, "PIECE", 55.0)
    monkeypatch.setattr(transcribing, "PAUSE", 25.0)
    path, said = three_hours(tmp_path / "long.wav"), halved(spoken(TALK))
    minutes = list(range(1, 180, 20))
    with path.open("r+b") as file:
        for minute in minutes:
            file.seek(44 + minute * 60 * 16_000)
            file.write(said)
    drop(window, path)
    progressed(qtbot, parts, "long.wav", 0.05, 120_000)

    def held():
        return {"app": resident("self"), "ears": resident(ears.link.pid)} | (
            {"reader": resident(reader.pid)} if reader.pid else {}
        )

    early, late = held(), {}
    for _ in range(60):
        share = file_of(parts, "long.wav").share
        if share >= 0.99:
            break
        progressed(qtbot, parts, "long.wav", min(0.99, share + 0.05), 120_000)
        late = held()
    finished(qtbot, parts, "long.wav")
    found = lines(qtbot, parts, "long.wav")
    assert sorted({round(one.start / 60) for one in found}) == minutes
    for name, megabytes in late.items():
        assert megabytes < early[name] + 25, (name, early, late)  # beside what others leave


def halved(pcm):
    """At 8 kHz."""
    return b"".join(pcm[place : place + 2] for place in range(0, len(pcm), 4))


@pytest.fixture
def text(qtbot, light):
    text = SoundText()
    qtbot.addWidget(text)
    text.resize(500, 400)
    text.show()
    return text


def many(count, start=0.0):
    """Lines of a talk: each is a paragraph."""
    return [Line(start + 5 * n, start + 5 * n + 2, f"Sentence number {n}.") for n in range(count)]


def test_five_thousand_lines_are_put_in_a_part_at_a_time(qtbot, text):
    parts_seen = []
    text._more.timeout.connect(lambda: parts_seen.append(text.document().blockCount()))
    text.set_lines(many(5000))
    assert not text.complete  # the window had its turn before all of it was there
    qtbot.waitUntil(lambda: text.complete)
    assert len(parts_seen) > 2 and text.document().blockCount() == 9999
    assert text.toPlainText().startswith("Sentence number 0.\n\nSentence number 1.\n")
    assert len(text.seen()) < 40  # only what is on screen was laid out
    text.set_lines(many(2))
    qtbot.waitUntil(lambda: text.complete)
    assert text.toPlainText() == "Sentence number 0.\n\nSentence number 1."


def test_new_text_is_followed_only_by_who_reads_at_the_end(qtbot, text):
    bar = text.verticalScrollBar()
    text.set_lines(many(100))
    qtbot.waitUntil(lambda: text.complete and bar.maximum() > 0)
    bar.setValue(3)
    text.add_lines(many(5, 500.0))
    qtbot.waitUntil(lambda: text.complete)
    assert bar.value() == 3
    bar.setValue(bar.maximum())
    text.add_lines(many(5, 600.0))
    qtbot.waitUntil(lambda: text.complete)
    assert bar.value() == bar.maximum()


def test_a_time_is_clicked_to_hear_from_there(qtbot, text):
    text.can_play = True
    text.set_lines(many(30))
    qtbot.waitUntil(lambda: text.complete)
    (_, top), (block, second) = text.seen()[:2]
    with qtbot.waitSignal(text.time_asked) as asked:
        qtbot.mouseClick(text._times, LEFT, pos=QPoint(30, second + 4))
    assert asked.args == [5.0] and text.start_of(block) == 5.0 and top < second
    cursor = text.textCursor()
    cursor.setPosition(text.document().findBlockByNumber(4).position())
    text.setTextCursor(cursor)
    with qtbot.waitSignal(text.time_asked) as asked:
        qtbot.keyClick(text, Qt.Key.Key_Return)
    assert asked.args == [10.0]


def test_words_are_found_in_the_text(qtbot, parts, window, tmp_path):
    drop(window, wav(tmp_path / "a.wav", talk(1)))
    finished(qtbot, parts, "a.wav")
    panel = page_of(window).panel
    qtbot.waitUntil(lambda: SAYS in panel.text.toPlainText(), timeout=WAIT)
    panel.text.set_lines([Line(0, 1, "😀 Seven brides."), Line(9, 10, "Of seven brothers.")])
    qtbot.waitUntil(lambda: panel.text.complete)
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(panel.find_bar.field, "seven")
    qtbot.keyClick(panel.find_bar.field, Qt.Key.Key_Return)
    assert panel.find_bar.count.text() == "1 of 2" and panel.text.selected_text() == "Seven"
    qtbot.keyClick(panel.find_bar.field, Qt.Key.Key_Return)
    assert panel.find_bar.count.text() == "2 of 2" and panel.text.selected_text() == "seven"
    qtbot.keyClick(panel.find_bar.field, Qt.Key.Key_Escape)
    assert not panel.find_bar.isVisible() and panel.text.hasFocus()
    assert not window.pages.on_chat


def test_a_selection_is_copied_by_its_keys(qtbot, parts, window, tmp_path):
    drop(window, wav(tmp_path / "a.wav", talk(1)))
    finished(qtbot, parts, "a.wav")
    text = page_of(window).panel.text
    qtbot.waitUntil(lambda: SAYS in text.toPlainText(), timeout=WAIT)
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_A, CTRL)
    qtbot.keyClick(text, Qt.Key.Key_C, CTRL)
    assert SAYS in QGuiApplication.clipboard().text()


def test_lines_that_belong_together_are_one_paragraph(qtbot, text):
    text.set_lines([Line(0, 2, "One."), Line(2.1, 3, "Two.")])
    text.add_lines([Line(3.1, 4, "Three."), Line(9, 10, "Four.")])
    qtbot.waitUntil(lambda: text.complete)
    assert text.toPlainText() == "One. Two. Three.\n\nFour."
    assert [text.start_of(block) for block, _ in text.seen()] == [0, 9]
