"""The page of photos around the real engines: folders, words, keys, clicks, drops."""

import os
import shutil
from functools import partial

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton

from app.controllers import photo_keeping
from app.controllers.photo_keeping import PhotoKeeping, differs
from app.controllers.photos import PhotosController
from app.engine import EngineLink
from app.power import on_battery
from app.resting import Resting
from app.views.photo_grid import SHOWN
from engines import registry
from tests.data import tiny_eyes
from tests.data.photo_shelf import OLD, plain

WAIT = 60_000  # ms
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return tiny_eyes.build(tmp_path_factory.mktemp("eyes") / "tiny")


@pytest.fixture
def power():
    """Whether it runs on battery; the test says so."""
    return {"battery": False}


@pytest.fixture
def photos(qapp, preferences, background, undo, attaching, tmp_path, tiny, power, monkeypatch):
    monkeypatch.setattr(photo_keeping, "SOON", 0)
    index, thumbs = tmp_path / "index", tmp_path / "thumbs"
    options = registry.all_specs()["photos"].options(str(index), str(thumbs))
    links = EngineLink(tmp_path), EngineLink(tmp_path)

    def start(name, write, granted=False):
        read = preferences.usable_photo_folders() if granted else ()
        return name, tiny, options, {"read": read, "write": write}

    looker = Resting(links[0], partial(start, "photos", (index, thumbs), granted=True))
    finder = Resting(links[1], partial(start, "photo_search", (index,)))
    keeping = PhotoKeeping(looker, background, preferences, lambda: power["battery"])
    made = PhotosController(keeping, finder, preferences, background, undo, thumbs)
    made.asked.connect(attaching.take)
    yield made
    made.stop()


@pytest.fixture
def folder(tmp_path):
    return plain(tmp_path / "photos", ("red", "green", "blue"), 4)


@pytest.fixture
def page(window):
    window.pages.open_photos()
    return window.pages.currentWidget()


def names(page):
    rows = page.grid.rows
    shown = (rows.data(rows.place_at(n), SHOWN).name for n in range(len(rows.keys)))
    return list(shown)


def looked(qtbot, photos, count):
    """Everything is looked at, and on screen."""

    def all_there():
        return photos.keeping.state == "current" and len(photos.keys) == count

    qtbot.waitUntil(all_there, timeout=WAIT)


def shown(qtbot, page, wanted):
    """The first names on screen are these."""
    qtbot.waitUntil(lambda: sorted(names(page)[: len(wanted)]) == sorted(wanted), timeout=WAIT)


def four(colour):
    return [f"{colour}-{n}.jpg" for n in range(4)]


def test_a_folder_is_granted_looked_at_and_searched(qtbot, window, page, photos, folder):
    assert page.nothing.isVisible() and not page.folders.isVisible()
    page.nothing.granted.emit("/")
    assert "too much" in page.nothing.problem.text()
    page.nothing.granted.emit(str(folder))
    assert page.grid.isVisible() and page.field.hasFocus()
    looked(qtbot, photos, 12)
    assert photos.status().words == "12 photos · up to date"
    assert photos.folders()[0].words == "12 photos"
    shown(qtbot, page, [f"{colour}-3.jpg" for colour in ("red", "green", "blue")])  # the newest
    qtbot.keyClicks(page.field, "blue")
    shown(qtbot, page, four("blue"))
    assert page.heading.text() == "Best matches for “blue”"
    assert "not real photos" in page.eyes.text() and page.other_eyes.isVisible()
    qtbot.keyClick(page.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.heading.text().startswith("All photos"), timeout=WAIT)
    looked(qtbot, photos, 12)
    one = page.grid.rows.data(page.grid.rows.place_at(0), SHOWN)
    qtbot.waitUntil(lambda: os.path.exists(one.preview), timeout=WAIT)  # noqa: PTH110
    assert "13 September 2020 · 320 × 240" in one.words


def test_keys_and_clicks(qtbot, window, page, photos, folder, attaching):
    taken, opened = [], []
    photos.asked.connect(taken.append)
    photos.open_with = lambda path: opened.append(path) or True
    page.grant(str(folder))
    looked(qtbot, photos, 12)
    shown(qtbot, page, [f"{colour}-3.jpg" for colour in ("red", "green", "blue")])
    assert not page.chosen.isVisible()
    qtbot.keyClick(page.field, Qt.Key.Key_Down)
    assert page.grid.hasFocus() and page.chosen.isVisible()
    for _ in range(page.grid.rows.columns):  # on into the next row
        qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    index = page.grid.currentIndex()
    assert (index.row(), index.column()) == (1, 0)
    name = page.grid.rows.data(index, SHOWN).name
    assert page.chosen.name.text() == name
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    qtbot.mouseClick(page.chosen.open, LEFT)
    qtbot.mouseClick(page.chosen.folder, LEFT)
    assert opened == [str(folder / name)] * 2 + [str(folder)]
    qtbot.mouseClick(page.chosen.like, LEFT)
    shown(qtbot, page, four(name.split("-")[0]))
    assert page.heading.text() == f"Photos like {name}"
    qtbot.mouseClick(page.clear, LEFT)
    looked(qtbot, photos, 12)
    page.grid.enter()
    qtbot.keyClick(page.grid, Qt.Key.Key_End)
    assert page.grid.current_key == photos.keys[-1]
    qtbot.keyClick(page.grid, Qt.Key.Key_Home)
    qtbot.keyClick(page.grid, Qt.Key.Key_Right, SHIFT)
    assert page.chosen.name.text() == "2 photos" and page.chosen.ask.text() == "Ask about them"
    keys = page.grid.chosen_keys()
    dragged = page.grid.rows.mimeData(page.grid.selectedIndexes())
    assert sorted(u.toLocalFile() for u in dragged.urls()) == sorted(photos.paths(keys))
    qtbot.mouseClick(page.chosen.ask, LEFT)
    assert taken == [photos.paths(keys)] and len(taken[0]) == 2
    assert window.pages.on_chat
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    assert window.pages.currentWidget() is page
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    assert page.field.hasFocus()


def test_a_dropped_picture_finds_what_looks_like_it(qtbot, window, page, photos, folder, tmp_path):
    page.grant(str(folder))
    looked(qtbot, photos, 12)
    other = plain(tmp_path / "elsewhere", ("green",), 1) / "green-0.jpg"
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other))])
    event = QDropEvent(
        QPoint(200, 200), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(event)
    shown(qtbot, page, four("green"))
    assert page.heading.text() == "Photos like green-0.jpg"
    with qtbot.waitSignal(photos.notice, timeout=WAIT) as told:
        page.look_like(str(tmp_path / "nowhere.jpg"))
    assert "could not be read" in told.args[0].message
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    with qtbot.waitSignal(photos.notice, timeout=WAIT) as told:
        page.look_like(str(tmp_path / "no.jpg"))
    assert told.args[0].kind == "error" and told.args[0].message


def test_new_photos_are_noticed_by_themselves(qtbot, page, photos, folder, tmp_path):
    page.grant(str(folder))
    looked(qtbot, photos, 12)
    photos.keeping._check()
    qtbot.wait(200)
    assert photos.keeping.state == "current"  # nothing changed
    save_red = plain(tmp_path / "new", ("red",), 1) / "red-0.jpg"
    shutil.copy2(save_red, folder / "another.jpg")
    photos.keeping._check()
    looked(qtbot, photos, 13)
    folder.rename(tmp_path / "away")
    photos.keeping._check()
    qtbot.waitUntil(lambda: photos.folders()[0].there is False, timeout=WAIT)
    looked(qtbot, photos, 13)
    qtbot.waitUntil(lambda: not photos.photo(photos.keys[0]).there, timeout=WAIT)
    with qtbot.waitSignal(photos.notice) as told:
        photos.open(photos.keys[0])
    assert "away" in told.args[0].message
    (tmp_path / "away").rename(folder)
    photos.keeping._check()
    qtbot.waitUntil(lambda: photos.folders()[0].there, timeout=WAIT)


def test_a_folder_is_taken_back_and_its_photos_are_forgotten(
    qtbot, window, page, photos, folder, tmp_path
):
    page.grant(str(folder))
    looked(qtbot, photos, 12)
    qtbot.mouseClick(page.folders, LEFT)
    assert page.places.isVisible() and "open_clip" in page.places.eyes.text()
    remove = next(b for b in page.places.card.findChildren(QPushButton) if b.text() == "Remove")
    qtbot.mouseClick(remove, LEFT)
    assert page.nothing.isVisible() and page.grid.rows.rowCount() == 0
    assert page.notices.message.startswith("Parley no longer looks at")
    thumbs = tmp_path / "thumbs"
    qtbot.waitUntil(lambda: not list(thumbs.rglob("*.jpg")), timeout=WAIT)
    qtbot.mouseClick(page.notices.action, LEFT)
    looked(qtbot, photos, 12)


def test_looking_gives_way_and_spares_the_battery(qtbot, page, photos, tmp_path, power):
    many = plain(tmp_path / "many", ("red", "green"), 40)
    power["battery"] = True
    page.grant(str(many))
    qtbot.waitUntil(lambda: photos.status().words == "Waits for power", timeout=WAIT)
    assert page.anyway.isVisible()
    qtbot.mouseClick(page.anyway, LEFT)
    qtbot.waitUntil(lambda: photos.keeping.done > 10, timeout=WAIT)
    assert "of 80 photos looked at" in photos.status().words
    photos.give_way("answer", True)
    photos.give_way("talk", True)
    assert photos.keeping.state == "held" and "waits for you" in page.state.text()
    photos.give_way("answer", False)
    assert photos.keeping.state == "held"
    photos.give_way("talk", False)
    looked(qtbot, photos, 80)


def test_a_process_that_dies_is_started_again(qtbot, page, photos, tmp_path):
    many = plain(tmp_path / "many", ("red", "green"), 40)
    page.grant(str(many))
    qtbot.waitUntil(lambda: photos.keeping.done > 10, timeout=WAIT)
    os.kill(photos.keeping._looker.link.pid, 9)
    looked(qtbot, photos, 80)


def test_eyes_that_cannot_be_opened_are_said_and_tried_again(qtbot, page, photos, folder, tiny):
    (tiny / "open_clip_model.safetensors").rename(tiny / "away")
    page.grant(str(folder))
    qtbot.waitUntil(lambda: photos.keeping.state == "failed", timeout=WAIT)
    assert "cannot be used to look at pictures" in page.state.text()
    assert page.anyway.isVisible() and page.anyway.text() == "Try again"
    (tiny / "away").rename(tiny / "open_clip_model.safetensors")
    qtbot.mouseClick(page.anyway, LEFT)
    looked(qtbot, photos, 12)
    assert not page.anyway.isVisible()


def test_eyes_are_chosen(qtbot, page, photos, folder, tmp_path, preferences):
    with qtbot.waitSignal(photos.notice) as told:
        photos.choose_eyes(str(tmp_path))
    assert "no folder of a CLIP model" in told.args[0].message
    other = tiny_eyes.build(tmp_path / "other eyes")
    photos.choose_eyes(str(other))
    assert preferences.settings.eyes == str(other)
    page.grant(str(folder))
    looked(qtbot, photos, 12)
    page.toggle_folders()
    assert str(other) in page.places.eyes.text() and page.places.own.isVisible()
    qtbot.mouseClick(page.places.own, LEFT)
    assert preferences.settings.eyes == ""


def test_a_hundred_thousand_photos_cost_the_window_nothing(qtbot, page, photos, folder):
    """Only what is on screen is asked about."""
    page.grant(str(folder))
    looked(qtbot, photos, 12)
    asked = []
    grid = page.grid
    grid.rows._photo = lambda key: asked.append(key) or photos.photo(photos.keys[0])
    grid.show_keys(range(1, 100_001), top=True)
    assert grid.rows.rowCount() == -(-100_000 // grid.rows.columns)
    grid.enter()
    qtbot.keyClick(grid, Qt.Key.Key_End)
    QApplication.processEvents()
    assert grid.current_key == 100_000
    assert len(set(asked)) < 500


def test_what_changes_in_folders_is_seen_by_their_times(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    watched = [(os.fsencode(folder), folder.stat().st_mtime_ns)]
    roots = [(str(folder), True)]
    assert not differs(watched, roots)
    os.utime(folder, (OLD, OLD))
    assert differs(watched, roots)
    folder.rmdir()
    assert differs([], roots) and not differs([], [(str(folder), False)])


@pytest.mark.parametrize(
    ("battery", "mains", "on"),
    [("Discharging", "0", True), ("Discharging", "1", False), ("Charging", "1", False)],
)
def test_battery_is_read_from_the_system(tmp_path, battery, mains, on):
    for name, kind, file, says in (
        ("BAT0", "Battery", "status", battery),
        ("AC", "Mains", "online", mains),
    ):
        supply = tmp_path / name
        supply.mkdir()
        (supply / "type").write_text(kind + "\n")
        (supply / file).write_text(says + "\n")
    assert on_battery(tmp_path) is on
    assert not on_battery(tmp_path / "none")
