"""What a tool has the app do: only after a click, and only what the person was told."""

import os

import pytest

from app.controllers.acting import NOT_DONE, ActingController
from app.controllers.consent import ConsentController
from app.controllers.reminders import RemindersController
from app.controllers.toolbox import HANDED_OVER, REFUSED
from app.store.stored import now
from engines.errors import ParleyError
from engines.messages import Act, Done, ToolCall, ToolResult
from engines.tools.opening import thing
from engines.tools.web.addresses import Address

PAGE = "https://example.org/a?b=c#d"


@pytest.fixture
def folder(tmp_path, preferences):
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text("hello")
    (folder / "b.txt").write_text("hello")
    assert preferences.grant_folder(str(folder)) == ""
    return folder


@pytest.fixture
def reminders(store, undo):
    return RemindersController(store, undo)


@pytest.fixture
def acting(toolbox, preferences, seal, reminders, tmp_path):
    made = ActingController(toolbox, preferences, seal, reminders, tmp_path / "notes")
    made.opened, made.said = [], []
    made.open_with = lambda target: made.opened.append(target) or True
    made.notice.connect(lambda notice: made.said.append(notice.message))
    return made


@pytest.fixture
def call(qtbot, toolbox, tool_link, consent, acting):
    """A function that makes a call, clicks, and has the tool's process say what it likes."""

    def call(name, arguments, *events, choice="once"):
        found = []
        requests = len(tool_link.requests)
        toolbox.run(ToolCall("c1", name, arguments), 1, False, found.append)
        if choice:
            consent.answer("c1", choice)
            if choice != "never":
                qtbot.waitUntil(lambda: len(tool_link.requests) > requests)
        if len(tool_link.requests) > requests:
            tool_link.answer(*events, ToolResult("c1", "done"), Done())
        return found

    return call


def test_a_file_is_opened_after_the_click(call, acting, folder, consent):
    act = Act("open", {"target": str(folder / "a.txt")})
    call("open", {"target": "letters/a.txt"}, act, choice="")
    assert consent.question.words == "May the tool “Open” open this?"
    assert consent.question.what == "letters/a.txt" and not acting.opened
    consent.withdraw()
    call("open", {"target": "letters/a.txt"}, act, choice="never")
    assert not acting.opened


def test_a_yes_opens_what_was_shown(call, acting, folder):
    call("open", {"target": "a.txt"}, Act("open", {"target": str(folder / "a.txt")}))
    assert acting.opened == [str(folder / "a.txt")] and not acting.said


def test_an_address_is_opened_logged_and_the_seal_is_shut_again(call, acting, seal, store):
    call("open", {"target": PAGE}, Act("open", {"target": PAGE}))
    assert acting.opened == [PAGE] and seal.seal.state == "shut"
    store.flush()
    entry = seal.log()[0]
    assert (entry.where, entry.what, entry.outcome) == ("example.org", PAGE, HANDED_OVER)


def test_a_locked_network_opens_no_address(call, acting, seal, consent):
    seal.lock(True)
    found = call("open", {"target": PAGE}, choice="")
    assert consent.question is None and found[0].result.error and not acting.opened


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/a", "file:///etc/passwd", "/etc/passwd", "", None, 3, "b.txt"],
)
def test_a_process_that_asks_for_something_else_gets_nothing(call, acting, folder, target):
    told = str(folder / target) if target == "b.txt" else target
    call("open", {"target": "a.txt"}, Act("open", {"target": told}))
    assert not acting.opened and acting.said == [NOT_DONE]


def test_an_address_without_the_open_seal_is_not_opened(toolbox, acting):
    toolbox.acted.emit(Act("open", {"target": PAGE}), ToolCall("c1", "open", {"target": PAGE}), 1)
    assert not acting.opened and acting.said == [NOT_DONE]


def test_what_may_not_be_opened_is_refused_by_the_app_too(toolbox, acting, folder):
    (folder / "run.sh").write_text("#!/bin/sh")
    for target in ("run.sh", "javascript:alert(1)", "ftp://example.org/", "../x"):
        call = ToolCall("c1", "open", {"target": target})
        toolbox.acted.emit(Act("open", {"target": str(folder / target)}), call, 1)
    assert not acting.opened and len(acting.said) == 4


def test_only_the_tool_that_was_called_acts_and_once(call, acting, folder, reminders, caplog):
    open_a = Act("open", {"target": str(folder / "a.txt")})
    reminder = Act("remind", {"at": now() + 3_600_000, "about": "x"})
    call("calculator", {"expression": "1"}, open_a, reminder, choice="")
    call("open", {"target": "a.txt"}, reminder)
    assert not acting.opened
    call("open", {"target": "a.txt"}, open_a, open_a)
    assert acting.opened == [str(folder / "a.txt")]
    assert caplog.text.count("wanted to") == 4
    caplog.clear()
    assert reminders.reminders() == ()


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"at": "now", "about": "x"},
        {"at": True, "about": "x"},
        {"at": 1 << 80, "about": "x"},
        {"at": -5, "about": "x"},
        {"at": None, "about": None},
        {"at": now() + 60_000, "about": "x" * 501},
    ],
)
def test_a_reminder_that_makes_no_sense_is_not_kept(call, acting, reminders, store, details):
    call(
        "remind",
        {"when": "in 1 hour"},
        Act("remind", {"at": now() + 60_000} | details)
        if "at" in details or details
        else Act("remind", {}),
    )
    store.flush()
    assert acting.said == [NOT_DONE] and reminders.reminders() == ()


def test_a_reminder_is_kept(qtbot, call, acting, reminders, store):
    call("remind", {"when": "in 1 hour"}, Act("remind", {"at": now() + 3_600_000, "about": "tea"}))
    store.flush()
    qtbot.waitUntil(lambda: [one.about for one in reminders.reminders()] == ["tea"])
    assert not acting.said


def test_the_folder_of_notes_is_made_and_opened(acting, tmp_path):
    acting.open_notes()
    assert acting.opened == [str(tmp_path / "notes")] and (tmp_path / "notes").is_dir()


def test_without_a_program_that_is_said(acting):
    acting.open_with = lambda target: False
    acting.open_notes()
    assert "No program of this computer opens" in acting.said[0]


PROGRAMS = [
    *("a.sh", "a.py", "a.exe", "a.desktop", "a.lnk", "a.bat", "a.jar", "a.html", "a.svg", "a.docm"),
    *("noname", "a.txt.exe", "a.PIF", "a.url", "program.pdf", "Tool.app", "pipe.txt"),
]


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_may_be_a_program_is_not_opened(tmp_path, name):
    path = tmp_path / name
    if name == "Tool.app":
        path.mkdir()
    elif name == "pipe.txt":
        os.mkfifo(path)
    else:
        path.write_bytes(b"\x7fELF\0\0" if name == "program.pdf" else b"x")
    with pytest.raises(ParleyError, match="may be a program"):
        thing(name, [str(tmp_path)])


@pytest.mark.parametrize("name", ["a.PDF", "photo.jpeg", "b.odt", "c.docx", "d.mp3", "folder"])
def test_documents_and_folders_are_opened(tmp_path, name):
    path = tmp_path / name
    path.mkdir() if name == "folder" else path.write_bytes(b"x")
    assert thing(name, [str(tmp_path)]) == path


@pytest.mark.parametrize(
    "target",
    [
        *("file:///etc/passwd", "ftp://a.org/", "javascript://a.org/%0aalert(1)", "https://"),
        *("https://good.org@evil.org/", "https://good.org\\@evil.org", "https://a b.org/"),
        *("https://a.org/\nx", "smb://a.org/x", "vnc://a.org", "https://a.org:99999/"),
        *("data://text/html,x", "https://" + "a" * 3000),
    ],
)
def test_other_addresses_are_refused(target):
    with pytest.raises(ParleyError):
        thing(target, [])


@pytest.mark.parametrize(
    ("target", "url", "place"),
    [
        (PAGE, PAGE, "example.org"),
        ("WWW.Example.org", "https://www.example.org/", "www.example.org"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]:8080"),
        ("https://exämple.org/ä", "https://xn--exmple-cua.org/ä", "xn--exmple-cua.org"),
    ],
)
def test_addresses_are_opened_as_they_are_asked_about(target, url, place):
    assert thing(target, []) == Address(url, place)


class TestWithoutAWindow:
    """As in `parley ask`: there is nobody to ask."""

    @pytest.fixture
    def consent(self, store):
        return ConsentController(store, may_ask=False)

    @pytest.mark.parametrize(
        ("name", "arguments"),
        [
            ("write_note", {"text": "milk"}),
            ("remind", {"when": "in 1 hour"}),
            ("open", {"target": "a.txt"}),
            ("open", {"target": PAGE}),
        ],
    )
    def test_what_would_be_asked_is_refused(self, toolbox, tool_link, name, arguments):
        found = []
        toolbox.run(ToolCall("c1", name, arguments), 1, False, found.append)
        assert found[0].result.text == REFUSED and not tool_link.requests

    def test_what_only_reads_goes_ahead(self, toolbox, tool_link):
        toolbox.run(ToolCall("c1", "find_notes", {}), 1, False, lambda taken: None)
        assert len(tool_link.requests) == 1
