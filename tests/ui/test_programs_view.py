"""The section of programs that speak MCP, by mouse and by keys."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel

from app.views.controls import Switch
from engines.messages import Failed
from tests.ui.test_programs import FAR, LATER, NOW, TIME, finds

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def section(window):
    window.pages.open_tools()
    return window.pages.currentWidget().programs


def texts(widget):
    found = [one for one in widget.findChildren(QLabel) if one.isVisible()]
    return [one.text().replace("\u200b", "") for one in found]


def named(widget, name):
    found = [w for w in widget.findChildren(QAbstractButton) if w.accessibleName() == name]
    assert len(found) == 1, [w.accessibleName() for w in widget.findChildren(QAbstractButton)]
    return found[0]


def click(qtbot, button):
    assert button.isVisible() and button.isEnabled()
    qtbot.mouseClick(button, LEFT)


def paste(qtbot, section, text):
    click(qtbot, section.add)
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(section.panel.box, Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: section.panel.add.isEnabled() or bool(section.panel.problem.text()))


@pytest.fixture
def shown(qtbot, section, program_links):
    """The row of a program that runs."""
    paste(qtbot, section, TIME)
    click(qtbot, section.panel.add)
    finds(program_links[0], NOW)
    return section.rows["time"]


def test_what_would_run_is_shown_and_nothing_starts_before_the_click(qtbot, section, program_links):
    assert "None yet." in texts(section)
    secret = {"command": "/opt/there/is/none", "args": ["--port", "1"], "env": {"KEY": "canary"}}
    paste(qtbot, section, json.dumps({"mcpServers": {"notes": secret}}))
    qtbot.waitUntil(lambda: "Runs" in texts(section.panel))
    seen = texts(section.panel)
    assert "/opt/there/is/none --port 1" in seen and "KEY" in seen
    assert any("There is no program" in one for one in seen)
    assert not any("canary" in one for one in seen) and not program_links
    click(qtbot, section.panel.add)
    assert len(program_links) == 1 and section.panel.isHidden()
    assert list(section.rows) == ["notes"]


def test_what_changed_after_the_explanation_cannot_be_started(qtbot, section, program_links):
    paste(qtbot, section, TIME)
    qtbot.keyClicks(section.panel.box, "x")
    assert not section.panel.add.isEnabled()
    qtbot.waitUntil(lambda: "not JSON" in section.panel.problem.text())
    assert not section.panel.add.isEnabled() and not program_links


def test_escape_leaves_and_nothing_is_kept(qtbot, window, section, programs):
    paste(qtbot, section, TIME)
    qtbot.keyClick(section.panel.box, Qt.Key.Key_Escape)
    assert section.panel.isHidden() and window.focusWidget() is section.add
    assert not programs.rows()
    click(qtbot, section.add)
    assert section.panel.box.text() == ""


def test_the_keyboard_alone_adds_a_program(qtbot, window, section, program_links):
    section.add.setFocus()
    qtbot.keyClick(section.add, Qt.Key.Key_Space)
    assert window.focusWidget() is section.panel.box
    qtbot.keyClicks(section.panel.box, '"time": {"command": "python"}')
    qtbot.waitUntil(section.panel.add.isEnabled)
    qtbot.keyClick(section.panel.box, Qt.Key.Key_Tab)
    assert window.focusWidget() is section.panel.add
    qtbot.keyClick(section.panel.add, Qt.Key.Key_Space)
    assert len(program_links) == 1 and window.focusWidget() is section.add


def test_the_row_says_how_it_is(qtbot, section, shown, program_links, programs):
    assert shown.state.text() == "Running · 1 tool"
    program_links[0].event.emit(0, Failed("time is broken.", "It printed: “oh”"))
    assert shown.state.text() == "time is broken. It printed: “oh”"
    click(qtbot, named(shown, "Try again: time"))
    assert shown.state.text() == "Starting…" and not shown.retry.isVisible()
    finds(program_links[0], LATER)
    assert "they changed" in shown.state.text()
    click(qtbot, shown.switch)
    assert shown.state.text() == "Off" and program_links[0].state == "stopped"


def test_unfolded_it_shows_its_tools_which_can_be_switched_off(qtbot, shown, toolbox):
    assert "The time in a zone." not in texts(shown)
    click(qtbot, named(shown, "Show more of time"))
    assert {"Now · runs", "The time in a zone."} <= set(texts(shown))
    click(qtbot, named(shown, "Now"))
    assert "time_now" not in toolbox.offered()
    assert not named(shown, "Now").isChecked()
    click(qtbot, named(shown, "Now"))
    assert "time_now" in toolbox.offered()


def test_folders_and_the_network_are_granted_here(qtbot, section, shown, program_links, tmp_path):
    click(qtbot, shown.more)
    (tmp_path / "papers").mkdir()
    folder = str(tmp_path / "papers")
    shown.grant(str(tmp_path / "none"))
    assert f"There is no folder {tmp_path / 'none'}." in texts(shown)
    shown.grant(folder)
    qtbot.waitUntil(lambda: {folder, "May read"} <= set(texts(shown)))
    click(qtbot, named(shown, f"Let it change files: {folder}"))
    qtbot.waitUntil(lambda: "May read and change" in texts(shown))
    click(qtbot, named(shown, f"Remove {folder}"))
    qtbot.waitUntil(lambda: folder not in texts(shown))
    click(qtbot, named(shown, "Network for time"))
    qtbot.waitUntil(lambda: program_links[0].grants["network"] is True)
    assert section.rows["time"] is shown and shown.inside.isVisible()


def test_how_long_it_may_take_counts_when_the_field_is_left(qtbot, shown, programs):
    click(qtbot, shown.more)
    shown.seconds.setFocus()
    shown.seconds.selectAll()
    qtbot.keyClicks(shown.seconds, "90")
    assert programs.rows()[0].seconds == 30
    qtbot.keyClick(shown.seconds, Qt.Key.Key_Return)
    assert programs.rows()[0].seconds == 90


def test_removing_is_taken_back_where_it_was_said(qtbot, window, section, shown, programs):
    click(qtbot, shown.more)
    click(qtbot, named(shown, "Remove time"))
    assert not programs.rows() and "None yet." in texts(section)
    page = window.pages.currentWidget()
    assert "time was removed" in page.notices.message
    click(qtbot, page.notices.action)
    assert [one.key for one in programs.rows()] == ["time"] and "time" in section.rows


def test_every_control_has_a_name_and_is_reached_by_tab(qtbot, section, shown, programs):
    click(qtbot, shown.more)
    paste(qtbot, section, FAR)
    controls = [w for w in section.findChildren(QAbstractButton) if w.isVisible()]
    assert len(controls) >= 8
    assert all(w.accessibleName() for w in controls)
    assert all(w.focusPolicy() & Qt.FocusPolicy.TabFocus for w in controls)
    switches = [w.accessibleName() for w in section.findChildren(Switch)]
    assert len(set(switches)) == len(switches)
