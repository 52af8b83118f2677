"""The page of tools: switches, folders, and what was allowed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from app.controllers.consent import Matter
from app.controllers.shown import ShownQuestion
from app.views.controls import Switch
from app.views.slices import finish

LEFT = Qt.MouseButton.LeftButton
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(window):
    return opened(window)


def opened(window):
    window.pages.open_tools()
    finish(window.pages.currentWidget().tools)  # else its rows come one by one
    return window.pages.currentWidget()


def named(page, kind, name):
    found = [w for w in page.findChildren(kind) if w.accessibleName() == name and w.isVisible()]
    assert len(found) == 1, [w.accessibleName() for w in page.findChildren(kind)]
    return found[0]


def texts(page):
    return [one.text() for one in page.findChildren(QLabel) if one.isVisible()]


def test_a_key_opens_it_and_every_tool_comes(qtbot, window, toolbox):
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_T, CTRL_SHIFT)
    page = window.pages.currentWidget()
    assert page.accessibleName() == "Tools"
    count = len(toolbox.tools())
    qtbot.waitUntil(lambda: len(page.tools.findChildren(Switch)) == count)
    assert len(page.tools.quiet.rules) + len(page.tools.asking.rules) == count - 2


def test_a_tool_is_switched_off_and_on_again(qtbot, page, toolbox):
    switch = named(page, Switch, "Calculator")
    assert switch.isChecked()
    qtbot.mouseClick(switch, LEFT)
    assert "calculator" not in toolbox.offered()
    named(page, Switch, "Calculator").setFocus()
    qtbot.keyClick(named(page, Switch, "Calculator"), Qt.Key.Key_Space)
    assert "calculator" in toolbox.offered()


def test_a_tool_that_cannot_be_used_here_says_why(qtbot, window, toolbox):
    toolbox.unusable["calculator"] = "This computer cannot lock it in."
    page = opened(window)
    assert not named(page, Switch, "Calculator").isEnabled()
    assert "This computer cannot lock it in." in texts(page)


def test_folders_are_granted_removed_and_brought_back(qtbot, page, window, preferences, tmp_path):
    folder = tmp_path / "Letters"
    folder.mkdir()
    page.folders.grant(str(folder))
    assert preferences.folders == (str(folder),) and str(folder) in texts(page)
    qtbot.mouseClick(named(page, QPushButton, f"Remove: {folder}"), LEFT)
    assert preferences.folders == () and "None yet." in texts(page)
    qtbot.mouseClick(named(page, QPushButton, "Undo"), LEFT)
    assert preferences.folders == (str(folder),) and str(folder) in texts(page)


def test_a_folder_that_cannot_be_granted_says_why(page, preferences, tmp_path):
    page.folders.grant(str(tmp_path / "nowhere"))
    assert f"There is no folder {tmp_path / 'nowhere'}." in texts(page)
    assert preferences.folders == ()


def test_what_was_allowed_is_taken_back(qtbot, page, consent, store):
    store.begin("Trip", "user", ())
    matter = Matter("Web search", "0" * 64, ("example.org",), 1)
    consent.ask(matter, ShownQuestion("c1", "May it?"), lambda yes: None)
    consent.answer("c1", "always")
    qtbot.waitUntil(lambda: any("Always · example.org" in text for text in texts(page)))
    qtbot.mouseClick(named(page, QPushButton, "Take back: Web search"), LEFT)
    qtbot.waitUntil(lambda: not consent.permissions() and "Nothing yet." in texts(page))


def test_whom_a_search_asks_is_chosen_here(qtbot, page, preferences):
    field = page.forms["web"].row("searxng").control.field
    field.setFocus()
    qtbot.keyClicks(field, "https://searx.example.org")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert preferences.options_of("web").searxng == "https://searx.example.org"
