"""Packages fetched from the window: a real pip, against an index on this computer."""

import os
import subprocess
import sys

import psutil
import pytest
from PySide6.QtCore import Qt

from app.controllers.extras import ExtrasController
from app.fetching import MARKER, Extra
from app.views.extras_card import ExtrasCard
from tests.data import package_index

WAIT = 60_000
FAR = "https://packages.example.org/simple/"


@pytest.fixture
def index(monkeypatch):
    """pip as a person has it who uses this index and no other."""
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with package_index.serving(package_index.Index()) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.address)
        index.offer("parley-toy", needs=("parley-toy-part>=1",), filler=300_000)
        index.offer("parley-toy-part", version="2.0")
        yield index


@pytest.fixture
def extra(tmp_path):
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("parley-toy==1.0\n", "utf-8")
    return Extra(("parley-toy",), "parley_toy", tmp_path / "components/toy", constraints)


@pytest.fixture
def extras(qtbot, index, extra, seal, background):
    made = ExtrasController(extra, seal, background, takes=1 << 20)
    yield made
    made.stop()


@pytest.fixture
def card(qtbot, light, extras):
    card = ExtrasCard(extras)
    qtbot.addWidget(card)
    card.show()
    card.look()
    qtbot.waitUntil(lambda: extras.shown.state != "unknown", timeout=WAIT)
    return card


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def over(qtbot, extras):
    qtbot.waitUntil(lambda: extras.shown.state not in ("fetching", "unknown"), timeout=WAIT)


def pips():
    own = psutil.Process().children(recursive=True)
    return [one for one in own if "app.installing" in " ".join(one.cmdline())]


def test_one_click_fetches_it_and_another_gives_the_room_back(qtbot, card, extras, extra, seal):
    shares, notices = [], []
    extras.changed.connect(lambda shown: shares.append(shown.share))
    extras.notice.connect(notices.append)
    assert "1.0 MB" in card.line.words.text() and "are free" in card.line.words.text()
    assert "127.0.0.1" in card.line.words.text()
    click(qtbot, card.fetch)
    assert card.cancel.isVisible() and not card.fetch.isVisible()
    over(qtbot, extras)
    assert extras.shown.state == "ready", extras.shown
    assert max(shares) == 1.0 and len(set(shares)) > 3
    assert notices and "is here" in notices[0].message
    assert card.remove.isVisible() and not card.progress.isVisible()
    told = f"import sys; sys.path.append({str(extra.folder)!r}); import parley_toy as p, "
    told += "parley_toy_part as q; print(p.VERSION, q.VERSION)"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, text=True)
    assert said.stdout.split() == ["1.0", "2.0"]
    assert extra.size() > 300_000 and not extra.parts.exists()
    assert seal.seal.state == "shut" and not seal.log()  # this computer is not outside
    click(qtbot, card.remove)
    qtbot.waitUntil(lambda: extras.shown.state == "missing", timeout=WAIT)
    assert not extra.folder.exists() and card.fetch.isVisible()


def test_it_can_be_stopped_at_any_moment(qtbot, card, extras, extra, index):
    index.stalls.set()
    click(qtbot, card.fetch)
    qtbot.waitUntil(lambda: any("/files/" in path for path in index.asked), timeout=WAIT)
    assert pips()
    click(qtbot, card.cancel)
    over(qtbot, extras)
    assert extras.shown.state == "missing" and not extras.shown.trouble
    assert not extra.folder.exists() and not extra.parts.exists() and not pips()
    index.stalls.clear()
    click(qtbot, card.fetch)
    over(qtbot, extras)
    assert extras.shown.state == "ready"


def test_offline_is_said_in_words(qtbot, card, extras, extra, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    click(qtbot, card.fetch)
    over(qtbot, extras)
    assert extras.shown.state == "missing"
    assert "could not be reached" in card.line.problem.text()
    assert "Go online" in card.line.problem.text() and card.fetch.isVisible()
    assert not extra.folder.exists()


def test_what_comes_damaged_is_not_kept(qtbot, card, extras, extra, index):
    index.lies.add("parley-toy-part")
    click(qtbot, card.fetch)
    over(qtbot, extras)
    assert "What came is damaged." in extras.shown.trouble and extras.shown.detail
    assert not extra.folder.exists() and not extra.parts.exists()


def test_only_the_tested_version_is_taken(qtbot, card, extras, extra, index):
    index.offer("parley-toy", version="6.6")
    click(qtbot, card.fetch)
    over(qtbot, extras)
    assert "none of these packages" in extras.shown.trouble
    assert not extra.folder.exists()


def test_too_little_room_is_said_before_anything_comes(qtbot, extra, seal, background, index):
    large = ExtrasController(extra, seal, background, takes=1 << 60)
    large.look()
    qtbot.waitUntil(lambda: large.shown.state == "missing", timeout=WAIT)
    large.fetch()
    assert "too little" in large.shown.trouble and "Make room" in large.shown.hint
    assert not index.asked


def test_elsewhere_needs_the_seal_and_is_logged(qtbot, extra, seal, background, store, index,
                                                monkeypatch):  # fmt: skip
    monkeypatch.setenv("PIP_INDEX_URL", FAR)
    monkeypatch.setenv("PIP_RETRIES", "50")
    far = ExtrasController(extra, seal, background, takes=1 << 20)
    far.look()
    qtbot.waitUntil(lambda: far.shown.state == "missing", timeout=WAIT)
    assert "packages.example.org" in far.shown.words and not seal.log()
    seal.lock(True)
    far.fetch()
    assert "locked" in far.shown.trouble and not seal.permits("packages.example.org")
    seal.lock(False)
    far.fetch()
    qtbot.waitUntil(lambda: seal.permits("packages.example.org"), timeout=WAIT)
    [entry] = seal.log()
    assert (entry.where, entry.what) == ("packages.example.org", "pip install parley-toy")
    seal.shut()  # the person wants nothing to leave any more
    over(qtbot, far)
    assert not far.shown.trouble and not pips()
    qtbot.waitUntil(lambda: store.flush() and seal.log()[0].outcome == "stopped", timeout=WAIT)
    assert seal.seal.state == "shut"


def test_a_frozen_build_says_what_it_cannot_do(qtbot, extra, seal, background, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    frozen = ExtrasController(extra, seal, background)
    frozen.look()
    qtbot.waitUntil(lambda: frozen.shown.state == "unusable", timeout=WAIT)
    assert "cannot take in further packages" in frozen.shown.words


def test_what_another_python_fetched_is_no_use(extra):
    extra.folder.mkdir(parents=True)
    (extra.folder / MARKER).write_text('{"size": 5, "python": "cpython-27 amiga"}', "utf-8")
    assert extra.size() == 0
    (extra.folder / MARKER).write_text("[", "utf-8")
    assert extra.size() == 0
