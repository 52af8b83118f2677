"""Programs that speak MCP in the window: pasted, started, asked about, used, stopped."""

import json
import sys
import time
from pathlib import Path

import psutil
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.data import mcp_http
from tests.data.asking import WAIT, say, wait_for_answer
from tests.ui.transcripts import click

SERVERS = Path(__file__).parents[1] / "data/mcp_servers.py"
KEY = "canary-9043"
LEFT = Qt.MouseButton.LeftButton


def paste(qtbot, parts, window, name, about):
    """As a person adds a program: the page, the text, a look, a click."""
    window.pages.open_tools()
    section = window.pages.currentWidget().programs
    qtbot.mouseClick(section.add, LEFT)
    QGuiApplication.clipboard().setText(json.dumps({"mcpServers": {name: about}}))
    qtbot.keyClick(section.panel.box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(section.panel.add.isEnabled)
    assert not parts.programs.rows()
    qtbot.mouseClick(section.panel.add, LEFT)
    row = section.rows[next(iter(section.rows))]
    qtbot.waitUntil(lambda: " · " in row.state.text(), timeout=WAIT)
    window.pages.open_chat()
    return row


def asked(qtbot, parts):
    qtbot.waitUntil(lambda: parts.consent.question is not None, timeout=WAIT)
    return parts.consent.question


def choose(qtbot, parts, window, choice):
    question = asked(qtbot, parts)
    place = [name for name, _ in question.choices].index(choice)

    def clicked():
        try:
            click(window.page.transcript, "answer", number=place)
        except IndexError:  # not drawn yet
            return False
        return parts.consent.question is not question

    qtbot.waitUntil(clicked, timeout=WAIT)


def running(*words):
    """Processes of ours, of any depth, whose command line has these words."""
    found = []
    for one in psutil.Process().children(recursive=True):
        try:
            line = " ".join(one.cmdline())
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        found += [one] if all(word in line for word in words) else []
    return found


def logs(tmp_path):
    return "".join(file.read_text("utf-8") for file in tmp_path.rglob("*.log"))


def test_a_published_server_is_pasted_asked_about_and_used(qtbot, parley, tmp_path):
    arguments = {"source_timezone": "Asia/Tokyo", "time": "12:00", "target_timezone": "Asia/Dubai"}
    parts, window = parley("time_convert_time", **arguments)
    command = ["-m", "mcp_server_time"]
    about = {"command": sys.executable, "args": command, "env": {"KEY": KEY}}
    row = paste(qtbot, parts, window, "time", about)
    assert row.state.text() == "Running · 2 tools"
    (server,) = running("mcp_server_time")
    say(qtbot, window, "When it is noon in Tokyo, what time is it in Dubai?")
    question = asked(qtbot, parts)
    assert question.words == "May the tool “time: convert time” run this?" and not question.where
    assert f"{sys.executable} -m mcp_server_time" in question.what
    assert "Convert time between timezones" in question.what and KEY not in question.what
    choose(qtbot, parts, window, "always")
    turn = wait_for_answer(qtbot, parts)
    assert "-5.0h" in turn.tools[0].result and turn.text == "Here it is."
    say(qtbot, window, "And once more?")
    turn = wait_for_answer(qtbot, parts, count=4)
    assert "-5.0h" in turn.tools[0].result and parts.consent.question is None
    window.close()
    parts.stop()
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
    assert KEY in (tmp_path / "data/config/settings.json").read_text("utf-8")
    assert (tmp_path / "data/config/settings.json").stat().st_mode & 0o077 == 0
    assert KEY not in logs(tmp_path)


def test_a_tool_that_changes_its_words_is_asked_about_again(qtbot, parley):
    parts, window = parley("echo_echo", text="hello")
    paste(
        qtbot,
        parts,
        window,
        "echo",
        {"command": sys.executable, "args": [str(SERVERS), "changing"]},
    )
    say(qtbot, window, "Say hello.")
    assert "Says it again." in asked(qtbot, parts).what
    choose(qtbot, parts, window, "always")
    qtbot.waitUntil(lambda: parts.consent.question is not None, timeout=WAIT)
    question = parts.consent.question
    assert "has changed" in question.warning and "tells everybody" in question.what
    choose(qtbot, parts, window, "once")
    assert wait_for_answer(qtbot, parts).tools[0].result == "hello"


def test_escape_ends_a_call_that_hangs_and_its_process(qtbot, parley):
    parts, window = parley("echo_echo", text="hello")
    paste(
        qtbot, parts, window, "echo", {"command": sys.executable, "args": [str(SERVERS), "silent"]}
    )
    (server,) = running("mcp_servers.py", "silent")
    say(qtbot, window, "Say hello.")
    choose(qtbot, parts, window, "once")
    qtbot.wait(200)
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not parts.chat.busy)
    assert parts.chat.turns[-1].status == "stopped"
    until = time.monotonic() + 20
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        qtbot.wait(50)
    assert "echo_echo" in parts.toolbox.offered()  # the next call starts it anew


def test_a_server_at_an_address_is_reached_only_while_the_seal_is_open(qtbot, parley):
    parts, window = parley("doubler_double", number=21)
    with mcp_http.good_server() as (url, asked_of):
        paste(qtbot, parts, window, "doubler", {"url": url, "headers": {"X-Key": KEY}})
        place = url.removeprefix("http://").removesuffix("/mcp")
        assert parts.seal.seal.state == "shut" and asked_of
        qtbot.waitUntil(lambda: not running("engines.worker", "services"), timeout=WAIT)
        before = len(asked_of)
        say(qtbot, window, "Double 21.")
        assert asked(qtbot, parts).where == (place,) and len(asked_of) == before
        choose(qtbot, parts, window, "once")
        turn = wait_for_answer(qtbot, parts)
        assert turn.tools[0].result == "42" and len(asked_of) > before
        assert parts.seal.seal.state == "shut"
        parts.store.flush()
        qtbot.waitUntil(lambda: all(e.sent and e.received for e in parts.seal.log()))
        assert [e.where for e in parts.seal.log()] == [place] * 2
