"""The page of preferences, drawn from the declared options, by keys and clicks."""

from dataclasses import dataclass, fields

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.views.controls import Segments, Switch
from app.views.option_controls import DropDown, Number, OneOf, OnOff, Text, control_for
from app.views.options_form import OptionsForm
from app.views.preferences import PICTURES, PreferencesPage
from app.views.voice_page import PAGES
from engines.options import option
from tests.ui.appearing import appear

LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Sample:
    loud: bool = option(False, "Loud", "Says it aloud.", page="Sound")
    pace: str = option("slow", "Pace", among=("slow", "even", "fast"), page="Sound")
    key: str = option("c", "Key", among=("c", "d", "e", "f", "g"), page="Sound")
    volume: int = option(5, "Volume", "How strong.", between=(0, 11), unit="dB", page="Sound")
    length: int = option(4096, "Length", between=(16, 131072), page="Size")
    heat: float = option(0.5, "Heat", between=(0.0, 2.0), page="Size")
    wish: str = option("", "Wish", "Anything.", page="Size")


@pytest.fixture
def page(qtbot, light, preferences, extras, registering, shelf):
    page = PreferencesPage(preferences, extras, registering, shelf.token)
    page.resize(900, 800)
    qtbot.addWidget(page)
    appear(qtbot, page)
    return page


@pytest.fixture
def chosen():
    return {}


@pytest.fixture
def form(qtbot, light, chosen):
    def choose(name, value):
        if value == 7:
            return "Seven is not allowed."
        chosen[name] = value
        return ""

    form = OptionsForm(Sample(), choose)
    qtbot.addWidget(form)
    appear(qtbot, form)
    return form


def test_each_kind_of_option_gets_its_control(light, qtbot):
    kinds = {f.name: type(control_for(f, f.default)) for f in fields(Sample)}
    texts, numbers = {"wish": Text}, {"volume": Number, "length": Number, "heat": Number}
    assert kinds == {"loud": OnOff, "pace": OneOf, "key": OneOf} | texts | numbers


def test_few_choices_stand_side_by_side_and_many_drop_down(form):
    assert form.row("pace").control.findChild(Segments)
    assert form.row("key").control.findChild(DropDown)


def test_a_switch_takes_effect_by_click_and_by_space(qtbot, form, chosen):
    switch = form.row("loud").control.switch
    qtbot.mouseClick(switch, LEFT)
    assert chosen == {"loud": True}
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert chosen == {"loud": False}


def test_a_choice_by_click_and_by_arrow(qtbot, form, chosen):
    buttons = form.row("pace").control.findChild(Segments).layout()
    qtbot.mouseClick(buttons.itemAt(1).widget(), LEFT)
    assert chosen == {"pace": "even"}
    qtbot.keyClick(buttons.itemAt(1).widget(), Qt.Key.Key_Right)
    assert chosen == {"pace": "fast"}


def test_a_drop_down_by_keys(qtbot, form, chosen):
    drop = form.row("key").control.findChild(DropDown)
    drop.setFocus()
    qtbot.keyClick(drop, Qt.Key.Key_Down)
    assert drop.currentText() == "d"
    assert chosen == {"key": "d"}


def test_a_number_by_typing(qtbot, form, chosen):
    spin = form.row("volume").control.spin
    spin.selectAll()
    qtbot.keyClicks(spin, "9")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert chosen == {"volume": 9}
    assert form.row("volume").control.slider.value() == round(9 / 11 * 1000)


def test_a_number_by_sliding_is_told_when_it_rests(qtbot, form, chosen):
    number = form.row("volume").control
    number.slider.setFocus()
    with qtbot.waitSignal(number.chosen):
        for _ in range(3):
            qtbot.keyClick(number.slider, Qt.Key.Key_PageUp)
        assert not chosen
    assert chosen["volume"] == 8


def test_great_ranges_slide_by_factors(qtbot, form):
    number = form.row("length").control
    number.slider.setValue(500)
    assert number.spin.value() == 380
    number.slider.setValue(0)
    assert number.spin.value() == 16
    number.slider.setValue(1000)
    assert number.spin.value() == 131072


def test_a_text_is_told_when_the_person_leaves(qtbot, form, chosen):
    box = form.row("wish").control.box
    box.setFocus()
    qtbot.keyClicks(box, "peace")
    form.row("loud").control.switch.setFocus()
    assert chosen == {"wish": "peace"}


def test_a_refused_value_says_why_beside_it(qtbot, form, chosen):
    row = form.row("volume")
    row.control.spin.setValue(7)
    row.control.spin.editingFinished.emit()
    assert not chosen
    assert row.problem.text() == "Seven is not allowed."
    assert row.problem.isVisible()


def test_reset_goes_back_and_shows_only_when_needed(qtbot, form, chosen):
    row = form.row("loud")
    assert not row.reset.isVisible()
    qtbot.mouseClick(row.control.switch, LEFT)
    qtbot.mouseClick(row.reset, LEFT)
    assert chosen == {"loud": False}
    assert not row.control.switch.isChecked()
    assert not row.reset.isVisible()


def test_the_settings_are_all_there(page, preferences):
    for form, options in ((page.app, preferences.settings), (page.engine, None)):
        options = options or preferences.engine_options()
        for field in fields(options):
            about = field.metadata  # without words it is filled in; some are on the page Voice
            if about["label"] and about["page"] not in PAGES:
                here = page.pictures if about["page"] == PICTURES else form
                assert here.row(field.name).control.isEnabled()


def test_a_change_takes_effect_at_once(qtbot, page, preferences):
    qtbot.mouseClick(page.app.row("enter_sends").control.switch, LEFT)
    assert preferences.settings.enter_sends is False


def test_a_change_from_elsewhere_is_shown(page, preferences):
    preferences.set("text_size", 20)
    assert page.app.row("text_size").control.spin.value() == 20
    assert page.app.row("text_size").reset.isVisible()


def test_the_search_leaves_what_fits(qtbot, page):
    page.search.setFocus()
    qtbot.keyClicks(page.search, "text size")
    assert page.app.row("text_size").isVisible()
    assert not page.app.row("theme").isVisible()
    assert not page.app.row("enter_sends").isVisible()
    page.search.clear()
    assert page.app.row("enter_sends").isVisible()


def test_the_search_says_when_nothing_fits(qtbot, page):
    qtbot.keyClicks(page.search, "zebra")
    assert page.nothing.isVisible()


def test_without_movement_a_switch_jumps(qtbot, page, preferences):
    preferences.set("motion", False)
    switch = page.app.row("enter_sends").control.switch
    qtbot.mouseClick(switch, LEFT)
    assert switch.place == 0.0
    preferences.set("motion", True)
    assert Switch.moves


def test_scrolling_over_a_control_changes_nothing(qtbot, page, preferences):
    slider = page.app.row("text_size").control.slider
    event = wheel(slider)
    QApplication.sendEvent(slider, event)
    assert preferences.settings.text_size == 15
    assert not event.isAccepted()


def wheel(widget):
    spot = QPointF(widget.rect().center())
    none = Qt.KeyboardModifier.NoModifier
    return QWheelEvent(
        spot, spot, QPoint(0, 120), QPoint(0, 120), Qt.MouseButton.NoButton, none,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
