"""A server in place of a model from here: the page, the seal, and what is told of it."""

import pytest
from PySide6.QtCore import Qt

from app.controllers.server import is_here, place_of
from engines.messages import Done, Failed, Loaded, Sent

FAR = "https://models.example.org/v1"


@pytest.fixture
def page(window):
    window.pages.open_server()
    return window.pages.currentWidget()


def write(qtbot, page, name, text):
    field = page.form.row(name).control.field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def use(qtbot, page):
    qtbot.mouseClick(page.use, Qt.MouseButton.LeftButton)


def test_a_server_on_this_computer_is_used_with_the_seal_shut(qtbot, page, llm, seal, models):
    write(qtbot, page, "address", "http://127.0.0.1:8080/v1")
    use(qtbot, page)
    assert llm.opened[-1][0] == "openai" and llm.grants["network"]
    assert seal.seal.state == "shut"
    llm.load(Loaded(name="big", runner="the server at 127.0.0.1:8080"), Done())
    assert models.model.name == "big" and "big" in page.words.text()
    assert ("Server", "127.0.0.1:8080") in models.model.facts


def test_one_elsewhere_opens_the_seal_for_its_address(qtbot, page, llm, seal, models, store):
    write(qtbot, page, "address", FAR)
    use(qtbot, page)
    assert seal.permits("models.example.org") and seal.seal.state == "open"
    llm.load(Loaded(name="big"), Done())
    llm.submit("a question")
    llm.answer(Sent("models.example.org", "POST /v1/chat/completions: 1 turns", 321, 0))
    store.flush()
    qtbot.waitUntil(lambda: store.flush() and seal.log()[0].sent == 321)
    assert seal.log()[0].where == "models.example.org"


def test_shutting_the_seal_brings_the_starter_back(qtbot, page, llm, seal, models):
    write(qtbot, page, "address", FAR)
    use(qtbot, page)
    llm.load(Loaded(name="big"), Done())
    seal.shut()
    assert models.is_starter and llm.opened[-1][0] == "starter"


def test_a_locked_network_refuses_in_words(qtbot, page, llm, seal, server):
    seal.lock(True)
    write(qtbot, page, "address", FAR)
    with qtbot.waitSignal(server.notice) as told:
        use(qtbot, page)
    assert "locked" in told.args[0].message and llm.opened[-1][0] == "starter"


def test_what_is_no_address_is_words(qtbot, page, server):
    write(qtbot, page, "address", "my computer")
    with qtbot.waitSignal(server.notice) as told:
        use(qtbot, page)
    assert "not an address" in told.args[0].message


def test_a_server_that_does_not_answer_costs_nothing(qtbot, page, llm, models):
    write(qtbot, page, "address", "http://127.0.0.1:9/v1")
    use(qtbot, page)
    with qtbot.waitSignal(models.notice) as told:
        llm.load(Failed("The server at 127.0.0.1:9 does not answer.", "Is it running?"))
    assert "does not answer" in told.args[0].message
    assert models.is_starter


@pytest.mark.parametrize(
    ("address", "place", "here"),
    [
        ("http://localhost:1234/v1", "localhost:1234", True),
        ("http://127.0.0.1/v1", "127.0.0.1", True),
        ("http://[::1]:8080/v1", "[::1]:8080", True),
        ("http://192.168.1.7:8080", "192.168.1.7:8080", False),
        ("https://example.org", "example.org", False),
        ("http://localhost.example.org", "localhost.example.org", False),
        ("ftp://example.org", "", False),
        ("http://bad:port/", "", False),
    ],
)
def test_which_addresses_are_of_this_computer(address, place, here):
    assert place_of(address) == place
    assert is_here(place) is here
