"""The web for real: its own jailed process, the question in the window, the seal and the log."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt

from app.controllers.offered import MADE_UP
from app.controllers.toolbox import LOCKED
from engines.messages import Done, Sent
from engines.tools.web import Options
from tests.data import tiny_models
from tests.data.asking import WAIT, asked, choose, say, wait_for_answer
from tests.data.running import Running
from tests.data.web_server import ARTICLE, Web, drip_body, searx, serving, wiki
from tests.e2e.test_formats import HERMES, hermes

ROOT = Path(__file__).parents[2]
FOUND = ("Mount Kenya", "https://example.org/kenya", "It is 5,199 m high.")


@pytest.fixture
def web():
    with serving(Web()) as web:
        web.pages["/search"] = searx(FOUND)
        web.pages["/kenya"] = ARTICLE
        web.pages["/w/api.php"] = wiki(("Mount Kenya", "A mountain of 5,199 m."))
        yield web


@pytest.fixture
def running(tmp_path):
    """A function that starts the process with options, and gives a function that calls a tool."""
    started = []

    def start(options, network=True):
        made = Running("web", options, tmp_path / "log", network=network)
        started.append(made)
        assert made.loaded[-1] == Done()
        return made.call

    yield start
    for one in started:
        one.stop()


def test_the_jailed_process_searches_and_reads(running, web):
    call = running(Options(wikipedia=web.address(), duckduckgo=False, own_network=True))
    sent, result, ending = call("web_search", (web.place,), query="Mount Kenya")
    assert "Mount Kenya (The wiki)" in result.text and result.origin == "web"
    assert isinstance(sent, Sent) and sent.where == web.place and ending == Done()
    sent, result, _ = call("read_page", (web.place,), address=web.address("/kenya"))
    assert "5,199 metres" in result.text and not result.error


def test_the_libraries_for_duckduckgo_can_be_imported_in_the_jail(running):
    """The place itself cannot be met here: its name leads nowhere, which is said."""
    call = running(Options(wikipedia=""))
    *_, result, ending = call("web_search", ("nowhere.invalid",), query="Mount Kenya")
    assert "html.duckduckgo.com was not allowed by the person" in result.text
    assert ending == Done()


def test_a_process_without_the_network_reaches_nobody(running, web):
    call = running(Options(own_network=True), network=False)
    *_, result, ending = call("read_page", (web.place,), address=web.address("/kenya"))
    assert result.error and ending == Done() and not web.asked


def test_the_jail_leaves_the_certificates_to_read():
    """As many authorities are known inside as outside."""
    code = (
        "from engines import jail\nfrom engines.tools.web.network import certificates\n"
        "{}print(certificates().cert_store_stats(), end='')"
    )
    enter = "jail.enter((), (), gpu=False, network=True)\n"
    found = []
    for before in ("", enter):
        command = [sys.executable, "-c", code.format(before)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found.append(run.stdout)
    assert found[0] == found[1] and "x509_ca" in found[0]


@pytest.fixture
def parley(start, tmp_path, web):
    """A function that starts Parley with a model that makes this call, and says what it answers."""

    def parley(name, **arguments):
        chunks = hermes(name, arguments)
        model = tiny_models.scripted(
            tmp_path / "m.gguf",
            chunks,
            template=HERMES,
            then=("\t", ["Here", " it is."]),
            context=32768,
        )
        parts, window = start(model)
        parts.preferences.set_option("web", "searxng", web.address())
        parts.preferences.set_option("web", "own_network", True)
        return parts, window

    return parley


def test_a_search_in_the_window(qtbot, parley, web):
    parts, window = parley("web_search", query="Mount Kenya")
    link = parts.homes["web"]
    say(qtbot, window, "How high is Mount Kenya?")
    question = asked(qtbot, parts)
    assert question.where == (web.place,) and question.what == "Mount Kenya"
    assert not web.asked and link.pid is None and parts.seal.seal.state == "shut"
    seen = []
    parts.seal.changed.connect(lambda seal: seen.append((seal.state, link.pid)))
    pids = []
    link.state_changed.connect(lambda state: pids.append(link.pid))
    choose(qtbot, window, parts, "once")
    turn = wait_for_answer(qtbot, parts)
    assert "5,199 m high" in turn.tools[0].result and turn.text == "Here it is."
    assert "open" in {state for state, _ in seen} and parts.seal.seal.state == "shut"
    qtbot.waitUntil(lambda: link.state == "stopped" and link.pid is None, timeout=WAIT)
    started = {pid for pid in pids if pid}
    qtbot.waitUntil(lambda: not any(map(psutil.pid_exists, started)), timeout=WAIT)
    assert len(started) == 1
    parts.store.flush()
    entry = parts.seal.log()[0]
    assert (entry.who, entry.where, entry.what) == ("Web search", web.place, "Mount Kenya")
    assert entry.sent > 100 and entry.received > 300 and entry.outcome == ""
    page = json.loads(parts.store.branch(parts.chat.conversation)[-1].parts[1].text)
    assert page["origin"] == "web"


def test_a_page_whose_address_the_person_wrote_is_asked_about_without_warning(qtbot, parley, web):
    parts, window = parley("read_page", address=web.address("/kenya"))
    say(qtbot, window, f"Read {web.place}/kenya please")
    assert not asked(qtbot, parts).warning
    choose(qtbot, window, parts, "once")
    assert "5,199 metres" in wait_for_answer(qtbot, parts).tools[0].result


def test_an_address_the_model_made_up_is_said_to_be_so(qtbot, parley, web):
    parts, window = parley("read_page", address=web.address("/kenya?who=secret"))
    say(qtbot, window, f"Read {web.place}/kenya please")
    assert asked(qtbot, parts).warning == MADE_UP
    assert [choice for choice, _ in parts.consent.question.choices] == ["once", "never"]
    choose(qtbot, window, parts, "never")
    assert wait_for_answer(qtbot, parts).tools[0].error and not web.asked


def test_stopping_the_answer_ends_what_is_being_fetched(qtbot, parley, web):
    web.pages["/slow"] = drip_body
    parts, window = parley("read_page", address=web.address("/slow"))
    link = parts.homes["web"]
    say(qtbot, window, f"Read {web.place}/slow please")
    choose(qtbot, window, parts, "once")
    qtbot.waitUntil(lambda: bool(web.asked) and link.pid is not None, timeout=WAIT)
    process = psutil.Process(link.pid)
    qtbot.keyClick(window.page.composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not parts.chat.busy, timeout=WAIT)
    assert parts.seal.seal.state == "shut"
    qtbot.waitUntil(lambda: not process.is_running(), timeout=WAIT)
    parts.store.flush()
    assert parts.seal.log()[0].outcome == "not answered"


def test_with_the_network_locked_nothing_starts(qtbot, parley, web):
    parts, window = parley("web_search", query="Mount Kenya")
    parts.seal.lock(True)
    states = []
    parts.homes["web"].state_changed.connect(states.append)
    say(qtbot, window, "How high is Mount Kenya?")
    turn = wait_for_answer(qtbot, parts)
    assert turn.tools[0].result == LOCKED and not states and not web.asked
    assert not parts.seal.log()
