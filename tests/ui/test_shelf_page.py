"""The page of models in the real window, with the real shelf and a hub on this computer."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl, qVersion
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app import paths, shelves
from engines import machine
from engines.messages import Done, Usage
from tests.data import hub_server
from tests.data.hub_server import Repo
from tests.data.tiny_models import random_llama

WAIT = 90_000  # ms
LEFT = Qt.MouseButton.LeftButton
SHY = "somebody/Shy-GGUF"
FILES = ("Shy-Q4_K_M.gguf", "Shy-Q8_0.gguf")


@pytest.fixture
def hub(tmp_path):
    tiny = random_llama(tmp_path / "tiny.gguf").read_bytes()
    with hub_server.serving(Repo(SHY, dict.fromkeys(FILES, tiny))) as server:
        yield server


@pytest.fixture
def shelf(
    preferences, models, seal, store, background, undo, key_store, keys, tmp_path, monkeypatch
):
    """The real one, alone in a home of its own."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "OLLAMA_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home/.local/share"))
    folders = paths.folders(tmp_path / "parley").make()
    machine._write(folders.cache, machine.Speeds(bandwidth=2e10, rate=8e9))  # measuring takes time
    parts = (folders, preferences, models, seal, store, background, undo, key_store, keys)
    made = shelves.controller(*parts, models)
    yield made
    made.stop()


@pytest.fixture
def page(qtbot, window, shelf):
    window.pages.open_shelf()
    page = window.pages.currentWidget()
    qtbot.waitUntil(lambda: shelf.looked and bool(page.offered.keys), timeout=WAIT)
    return page


def row_of(qtbot, rows, key):
    qtbot.waitUntil(lambda: rows.made(key) is not None and rows.made(key).isVisible(), timeout=WAIT)
    return rows.made(key)


def test_each_job_has_its_models_and_words_narrow_them(qtbot, page, shelf):
    for job in ("see", "listen", "speak", "find", "talk"):
        page.tools.jobs.show_value("find pictures" if job == "find" else job)
        assert page.job == job
        wanted = [one.key for one in shelf.shown(job) if one.state == "offered"]
        assert page.offered.keys == wanted and len(wanted) > 3
    every = len(page.offered.keys)
    qtbot.keyClicks(page.tools.field, "qwen")
    qtbot.waitUntil(lambda: 0 < len(page.offered.keys) < every, timeout=WAIT)
    assert not page.folders.isVisible()
    qtbot.keyClick(page.tools.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(page.offered.keys) == every, timeout=WAIT)
    first = row_of(qtbot, page.here, page.here.keys[0])
    qtbot.keyClick(page.tools.field, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is first.body


def test_the_chosen_packing_is_fetched(qtbot, page, shelf, preferences, hub):
    preferences.set("hub", hub.endpoint)
    qtbot.keyClicks(page.tools.field, "shy")
    qtbot.keyClick(page.tools.field, Qt.Key.Key_Return)
    row = row_of(qtbot, page.hub.rows, f"hub:{SHY}")
    qtbot.mouseClick(row.body, LEFT)  # asks which packings there are
    qtbot.waitUntil(lambda: row.details is not None and len(row.details.rows) == 2, timeout=WAIT)
    qtbot.mouseClick(row.details.rows[0].fetch, LEFT)
    qtbot.waitUntil(lambda: bool(page.strip.rows), timeout=WAIT)
    [line] = page.strip.rows.values()
    qtbot.waitUntil(lambda: line.dismiss.isVisible(), timeout=WAIT)
    fetched = [one for one in shelf.fetches.shown() if one.state == "done"]
    assert [one.key for one in fetched] == [f"{SHY}/{FILES[0]}"]


def test_the_first_page_offers_the_one_recommended_model(qtbot, window, page, shelf):
    qtbot.waitUntil(lambda: shelf.recommended() is not None, timeout=WAIT)
    window.pages.open_chat()
    offer = window.page.welcome.offer
    qtbot.waitUntil(lambda: offer.isVisible(), timeout=WAIT)
    assert offer.title.text() == shelf.recommended().title and offer.takes.text()
    qtbot.mouseClick(offer.more, LEFT)
    assert window.pages.currentWidget() is page


def test_the_card_tells_how_the_model_is_doing(qtbot, window, llm, running):
    llm.answer(Done(usage=Usage(prompt_tokens=1000, output_tokens=24, output_seconds=2.0)))
    window.show_model_card()
    card = window.model_card
    assert not card.now.value("Context used")  # what was not asked counts for nothing
    window.page.composer.write("hello")
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(llm.requests), timeout=WAIT)
    llm.answer(Done(usage=Usage(prompt_tokens=1000, output_tokens=24, output_seconds=2.0)))
    assert card.now.value("Context used") == "1,024 of 4,096 tokens"
    assert card.now.value("Speed") == "12 tokens a second"
    assert card.now.bar.value() == 250
    qtbot.mouseClick(card.find_other, LEFT)
    assert window.pages.currentWidget().accessibleName() == "Models"


def test_a_dropped_folder_is_looked_through_and_can_be_forgotten(qtbot, page, shelf, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    random_llama(folder / "Mine-Q8_0.gguf")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    where = QPointF(200, 200)
    entry = where if qVersion() >= "6.12" else where.toPoint()
    QApplication.sendEvent(page, QDragEnterEvent(entry, copy, data, LEFT, none))
    QApplication.sendEvent(page, QDropEvent(where, copy, data, LEFT, none))
    key = f"here:{folder / 'Mine-Q8_0.gguf'}"
    row = row_of(qtbot, page.here, key)
    assert row.action.text() == "Use" and "yours" in row.body.accessibleName()
    assert str(folder) in [one.path for one in shelf.folders()]
    page.folders.forgotten.emit(str(folder))
    qtbot.waitUntil(lambda: key not in page.here.keys, timeout=WAIT)
    assert (folder / "Mine-Q8_0.gguf").is_file()
