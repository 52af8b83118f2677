"""The rows of the page of models by themselves: made when seen, keys, packings, what is fetched."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.controllers.shown import ShownChoice, ShownFetch, ShownShelfModel
from app.views.controls import Button, column
from app.views.shelf.fetch_strip import FetchStrip
from app.views.shelf.offer import Offer
from app.views.shelf.rows import Rows
from tests.ui.appearing import appear

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key


def model(number, **about):
    told = {"words": "Good at sums.", "size": "2.5 GB", "licence": "MIT", "state": "offered"}
    told |= {"fit": "fits", "fit_words": "Fits, about 14 words a second here"}
    return ShownShelfModel(f"key {number}", "talk", f"Model {number}", **told | about)


CHOICES = (
    ShownChoice("small", "Small (Q3_K_M)", "2.1 GB", "fits", "About 17 words a second"),
    ShownChoice("whole", "Whole (F16)", "8.0 GB", "large", "Too large: it takes 9 GB"),
)


class Shelf(QScrollArea):
    """Rows between two buttons, as the page has them."""

    def __init__(self):
        super().__init__()
        self.before, self.after = Button("Before"), Button("After")
        self.rows, inside = Rows("Models"), QWidget()
        inside.setLayout(column(self.before, self.rows, self.after))
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)
        self.resize(820, 560)


@pytest.fixture
def shelf(qtbot, light):
    made = Shelf()
    qtbot.addWidget(made)
    appear(qtbot, made)
    return made


def shown(qtbot, shelf, models):
    """The rows, when all that are seen are made."""
    shelf.rows.show_all(models)
    seen = [one.key for one in models[:4]]
    qtbot.waitUntil(lambda: all(shelf.rows.made(key) for key in seen), timeout=20_000)
    return [shelf.rows.made(one.key) for one in models]


def heard(signal):
    made = []
    signal.connect(lambda *words: made.append(words[0] if len(words) == 1 else words))
    return made


def test_only_what_comes_into_view_is_made(qtbot, shelf):
    models = [model(number) for number in range(300)]
    shown(qtbot, shelf, models)
    qtbot.wait(50)
    made = [one for one in models if shelf.rows.made(one.key)]
    assert 4 <= len(made) <= 20 and made == models[: len(made)]
    assert shelf.rows.height() > 300 * 80
    shelf.verticalScrollBar().setValue(shelf.rows.height() // 2)
    qtbot.waitUntil(lambda: shelf.rows.made("key 150") is not None, timeout=20_000)
    assert shelf.rows.made("key 299") is None
    place = shelf.rows.made("key 150").geometry()
    assert place.top() == pytest.approx(shelf.rows.height() // 2, abs=200)


def test_tab_halts_at_each_row_and_its_button_in_order(qtbot, shelf):
    rows = shown(qtbot, shelf, [model(0), model(1, state="here", in_use=True), model(2)])
    shelf.before.setFocus()
    reached = []
    for _ in range(6):
        qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
        reached.append(QApplication.focusWidget())
    # what is in use has no button to press
    wanted = [rows[0].body, rows[0].action, rows[1].body, rows[2].body, rows[2].action]
    assert reached == [*wanted, shelf.after]
    assert all(one.accessibleName() for one in reached)
    assert "Model 1" in rows[1].body.accessibleName() and "In use" in rows[1].body.accessibleName()
    shown(qtbot, shelf, [model(3), model(0), model(2)])
    shelf.before.setFocus()
    qtbot.keyClick(shelf.before, KEY.Key_Tab)
    assert QApplication.focusWidget() is shelf.rows.made("key 3").body
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Down)
    assert QApplication.focusWidget() is shelf.rows.made("key 0").body
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Up)
    assert QApplication.focusWidget() is shelf.rows.made("key 3").body


def test_a_row_does_the_one_thing_its_model_allows(qtbot, shelf):
    states = {"offered": "Fetch", "here": "Use", "away": "Use", "fetching": "Fetching…"}
    rows = shown(qtbot, shelf, [model(n, state=one) for n, one in enumerate(states)])
    used, fetched = heard(shelf.rows.used), heard(shelf.rows.fetched)
    assert [one.action.text() for one in rows] == list(states.values())
    for one in rows:
        qtbot.mouseClick(one.action, LEFT)
    assert fetched == [("key 0", "")] and used == ["key 1"]
    assert not rows[2].action.isEnabled() and not rows[3].action.isEnabled()
    assert "away" in rows[2].body.accessibleName()
    shelf.rows.show_all([model(0, state="fetching"), *(one.model for one in rows[1:])])
    assert shelf.rows.made("key 0") is rows[0] and not rows[0].action.isEnabled()


def test_details_show_packings_facts_and_the_way_to_remove(qtbot, shelf):
    facts = (("File", "/models/m.gguf"), ("Packing", "Q4_K_M"))
    rows = shown(qtbot, shelf, [model(0, choices=2, facts=facts), model(1, removable=True)])
    opened, fetched = heard(shelf.rows.opened), heard(shelf.rows.fetched)
    closed = rows[0].height()
    qtbot.keyClick(rows[0].body, KEY.Key_Return)
    assert opened == ["key 0"]
    rows[0].wait()
    assert "Asking" in rows[0].details.note.text() and not rows[0].details.ask.isVisible()
    rows[0].show_choices(CHOICES)
    qtbot.waitUntil(lambda: rows[0].height() > closed + 150)
    assert rows[1].y() == rows[0].y() + rows[0].height()
    first, last = rows[0].details.rows
    assert "Too large" in last.fetch.accessibleName()
    qtbot.mouseClick(first.fetch, LEFT)
    assert fetched == [("key 0", "small")]
    assert not rows[0].details.remove.isVisible()
    qtbot.mouseClick(rows[0].body, LEFT)
    qtbot.waitUntil(lambda: rows[0].height() == closed)
    removed = heard(shelf.rows.removed)
    qtbot.mouseClick(rows[1].body, LEFT)
    qtbot.mouseClick(rows[1].details.remove, LEFT)
    assert removed == ["key 1"]


def test_the_hub_is_asked_for_packings_only_by_a_click(qtbot, shelf):
    [row] = shown(qtbot, shelf, [model(0)])
    asked = heard(shelf.rows.asked)
    qtbot.mouseClick(row.body, LEFT)
    assert not asked and row.details.ask.isVisible()
    qtbot.mouseClick(row.details.ask, LEFT)
    assert asked == ["key 0"]
    row.wait()
    row.show_choices(())  # it could not be found out: it can be asked again
    assert row.details.ask.isVisible() and not row.details.note.isVisible()


def test_a_narrow_row_breaks_its_sentence_and_grows(qtbot, shelf):
    [row] = shown(qtbot, shelf, [model(0, words="A sentence that is long. " * 4)])
    wide = row.height()
    shelf.resize(520, 560)
    qtbot.waitUntil(lambda: row.height() > wide)
    assert row.width() < 520


def test_what_is_fetched_can_be_paused_gone_on_with_and_given_up(qtbot, light):
    strip = FetchStrip()
    qtbot.addWidget(strip)
    one = ShownFetch("a", "Model", "fetching", "1.2 of 2.5 GB · 2 minutes left", 0.48)
    strip.show_fetches((one,))
    appear(qtbot, strip)
    row = strip.rows["a"]
    told = [heard(s) for s in (strip.paused, strip.resumed, strip.cancelled, strip.dismissed)]
    assert row.bar.value() == 480 and row.bar.maximum() == 1000 and row.pause.isVisible()
    assert "2 minutes left" in row.bar.accessibleName()
    qtbot.mouseClick(row.pause, LEFT)
    strip.show_fetches((replace(one, state="paused"),))
    assert strip.rows["a"] is row and not row.pause.isVisible()
    qtbot.keyClick(row.resume, KEY.Key_Space)
    failed = replace(one, state="failed", trouble="The disk is full.", hint="Make room.")
    strip.show_fetches((failed,))
    assert row.trouble.text() == "The disk is full. Make room."
    qtbot.mouseClick(row.again, LEFT)
    qtbot.mouseClick(row.cancel, LEFT)
    strip.show_fetches((replace(one, state="done", words="Here"),))
    assert not row.bar.isVisible() and not row.cancel.isVisible()
    qtbot.mouseClick(row.dismiss, LEFT)
    assert told == [["a"], ["a", "a"], ["a"], ["a"]]
    strip.show_fetches((replace(one, state="asking", share=-1.0),))
    assert row.bar.maximum() == 0  # nobody knows how long it takes
    strip.show_fetches(())
    assert not strip.isVisible()


def test_the_offer_fetches_what_is_not_here_and_uses_what_is(qtbot, light):
    offer = Offer(with_more=True)
    qtbot.addWidget(offer)
    fetched, used = heard(offer.fetched), heard(offer.used)
    offer.show_model(model(7))
    appear(qtbot, offer)
    qtbot.mouseClick(offer.action, LEFT)
    offer.show_model(model(7, state="here"))
    qtbot.mouseClick(offer.action, LEFT)
    assert fetched == ["key 7"] and used == ["key 7"] and offer.action.text() == "Use"
    offer.show_model(model(7, state="here", in_use=True))
    assert not offer.isVisible()
    offer.show_model(None)
    assert not offer.isVisible()
