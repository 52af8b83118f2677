"""A server in place of a model from here: the page, the seal, and what is told of it."""

import pytest
from PySide6.QtCore import Qt

from app import settings
from app.controllers.addresses import is_here, place_of
from app.controllers.preferences import PreferencesController
from app.controllers.server import ServerController
from app.views.option_controls import Calm
from app.views.server_page import ServerPage
from engines.messages import Abilities, Done, Failed, Loaded, Sent
from tests.ui.appearing import appear

FAR = "https://models.example.org/v1"


HERE = "http://127.0.0.1:8080/v1"
CAN = Abilities("llama-server", "yes", "yes", "no", "no", "yes", 8192, ("big", "small"))


@pytest.fixture
def page(qtbot, light, server, models):
    page = ServerPage(server, models)
    qtbot.addWidget(page)
    page.resize(800, 700)
    appear(qtbot, page)
    return page


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def type_in(qtbot, line, text):
    line.field.setFocus()
    line.field.selectAll()
    qtbot.keyClicks(line.field, text)


def add(qtbot, page, address=HERE, name="", key=""):
    click(qtbot, page.add)
    type_in(qtbot, page.panel.address, address)
    type_in(qtbot, page.panel.title, name)
    type_in(qtbot, page.panel.secret, key)
    click(qtbot, page.panel.add)


def only(page):
    (row,) = page.rows.values()
    return row


def tell(asker, can=CAN):
    asker.load(Loaded(name="big", can=can), Done())


def test_a_server_is_added_asked_and_used_with_the_seal_shut(
    qtbot, window, llm, asker, seal, models
):
    window.pages.open_server()
    page, states = window.pages.currentWidget(), []
    asker.state_changed.connect(states.append)
    add(qtbot, page, name="My box")
    assert page.panel.isHidden() and "Asking" in only(page).words.text()
    assert asker.opened[-1][0] == "openai" and asker.grants["network"]
    tell(asker)
    assert only(page).words.text() == "llama-server · tools, probabilities · 8,192 tokens"
    assert "stopped" in states  # its process is not kept
    click(qtbot, only(page).use)
    assert llm.opened[-1][0] == "openai" and llm.grants["network"]
    assert seal.seal.state == "shut" and not seal.log()
    llm.load(Loaded(name="big", runner="the server at 127.0.0.1:8080", can=CAN), Done())
    assert models.model.name == "big" and "big" in page.words.text()
    assert only(page).use.text() == "In use"
    facts = dict(models.model.facts)
    assert facts["Server"] == "My box, 127.0.0.1:8080" and facts["Pictures"].startswith("no")


def test_what_was_found_out_is_not_found_out_again(qtbot, page, server, llm, asker, monkeypatch):
    add(qtbot, page)
    tell(asker)
    told = []
    monkeypatch.setattr(type(llm), "open", lambda self, *a, **k: told.append(a[2]))
    click(qtbot, only(page).use)
    assert '"llama-server"' in told[-1].known
    assert not server.set(only(page).key, "pictures", "yes")  # asked anew: its word may be old
    assert told[-1].known == "" and told[-1].pictures == "yes"


def test_several_are_remembered_and_chosen_by_name(qtbot, page, server, preferences, llm, asker):
    add(qtbot, page, name="Attic")
    tell(asker)
    add(qtbot, page, "http://127.0.0.1:9090", name="Attic")
    asker.load(Failed("The server at 127.0.0.1:9090 does not answer.", "Is it running?"))
    rows = list(page.rows.values())
    assert [one.name.text() for one in rows] == ["Attic", "Attic (2)"]
    assert "does not answer" in rows[1].words.text()
    assert rows[1].words.property("role") == "danger"
    kept = settings.load(preferences._path).servers
    assert [one["address"] for one in kept] == [HERE, "http://127.0.0.1:9090"]
    click(qtbot, rows[1].use)
    assert [one.in_use for one in server.rows()] == [False, True]


def test_another_of_its_models_is_chosen_and_used_at_once(qtbot, page, llm, asker, monkeypatch):
    add(qtbot, page)
    tell(asker)
    told = []
    monkeypatch.setattr(type(llm), "open", lambda self, *a, **k: told.append(a[2]))
    click(qtbot, only(page).more)
    (choice,) = only(page).inside.findChildren(Calm)
    assert [choice.itemText(n) for n in range(3)] == ["The first it offers", "big", "small"]
    click(qtbot, only(page).use)
    choice.setFocus()
    qtbot.keyClicks(choice, "small")
    choice.textActivated.emit(choice.currentText())
    assert told[-1].model == "small" and only(page).use.text() == "In use"


def test_a_key_goes_to_the_store_of_keys_and_comes_back(
    qtbot, page, server, keys, preferences, asker, tmp_path, monkeypatch
):
    told = []
    monkeypatch.setattr(type(asker), "open", lambda self, *a, **k: told.append(a[2]))
    add(qtbot, page, key="open sesame")
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].key == "open sesame" and only(page).secret.field.text() == ""
    assert "only you can read" in only(page).where.text()
    assert "sesame" not in preferences._path.read_text()
    assert "sesame" in (tmp_path / "keys.json").read_text()


def test_a_forgotten_server_comes_back_with_its_key(qtbot, page, server, keys, undo, tmp_path):
    add(qtbot, page, key="open sesame")
    qtbot.waitUntil(lambda: "only you" in only(page).where.text())
    with qtbot.waitSignal(server.notice) as told:
        server.forget(only(page).key)
    assert told.args[0].action == "Undo" and not page.rows and page.nothing.isVisible()
    file = tmp_path / "keys.json"
    qtbot.waitUntil(lambda: "sesame" not in file.read_text())
    undo.undo()
    assert only(page).place.text() == "127.0.0.1:8080"
    qtbot.waitUntil(lambda: "sesame" in file.read_text())


def test_one_elsewhere_opens_the_seal_for_its_address(qtbot, page, llm, asker, seal, models, store):
    add(qtbot, page, FAR)
    assert seal.permits("models.example.org")
    qtbot.waitUntil(lambda: store.flush() and bool(asker.opened))
    tell(asker)
    assert not seal.permits("models.example.org")  # it was asked, no more
    click(qtbot, only(page).use)
    assert seal.permits("models.example.org") and seal.seal.state == "open"
    qtbot.waitUntil(lambda: store.flush() and llm.opened[-1][0] == "openai")
    assert [one.what for one in seal.log()] == ["asks what the server can do"] * 2
    llm.load(Loaded(name="big"), Done())
    llm.submit("a question")
    llm.answer(Sent("models.example.org", "POST /v1/chat/completions: 1 turns", 321, 0))
    store.flush()
    qtbot.waitUntil(lambda: store.flush() and seal.log()[0].sent == 321)
    assert seal.log()[0].where == "models.example.org"


def test_shutting_the_seal_brings_the_starter_back(qtbot, page, llm, asker, seal, models, store):
    add(qtbot, page, FAR)
    qtbot.waitUntil(lambda: store.flush() and bool(asker.opened))
    tell(asker)
    click(qtbot, only(page).use)
    qtbot.waitUntil(lambda: store.flush() and llm.opened[-1][0] == "openai")
    llm.load(Loaded(name="big"), Done())
    seal.shut()
    assert models.is_starter and llm.opened[-1][0] == "starter"
    assert only(page).use.text() == "Use"


def test_shutting_the_seal_ends_the_asking(qtbot, page, asker, seal, store):
    add(qtbot, page, FAR)
    qtbot.waitUntil(lambda: store.flush() and bool(asker.opened))
    seal.shut()
    assert asker.state == "stopped" and "was shut" in only(page).words.text()


def test_a_locked_network_refuses_in_words(qtbot, page, llm, asker, seal, server):
    seal.lock(True)
    add(qtbot, page, FAR)
    assert "locked" in only(page).words.text() and not asker.opened
    with qtbot.waitSignal(server.notice) as told:
        click(qtbot, only(page).use)
    assert "locked" in told.args[0].message and llm.opened[-1][0] == "starter"


def test_what_is_no_address_is_words(qtbot, page):
    add(qtbot, page, "my computer")
    assert "not an address" in page.panel.problem.text() and page.panel.isVisible()
    assert not page.rows


def test_a_server_that_does_not_answer_costs_nothing(qtbot, page, llm, asker, models):
    add(qtbot, page, "http://127.0.0.1:9/v1")
    click(qtbot, only(page).use)
    with qtbot.waitSignal(models.notice) as told:
        llm.load(Failed("The server at 127.0.0.1:9 does not answer.", "Is it running?"))
    assert "does not answer" in told.args[0].message
    assert models.is_starter


def test_the_server_of_an_earlier_parley_is_kept(
    qtbot, models, seal, keys, undo, asker, tmp_path, caplog
):
    old = {"address": FAR, "model": "big", "key": "open sesame", "sees": True}
    chosen = settings.Chosen(engines={"openai": old})
    path = tmp_path / "old.json"
    preferences = PreferencesController(chosen, path, "llama_cpp")
    server = ServerController(models, preferences, seal, keys, undo, asker)
    (row,) = server.rows()
    caplog.clear()  # of the setting that is no more
    assert (row.place, row.model, row.has_key) == ("models.example.org", "big", True)
    assert "sesame" not in path.read_text() and not asker.opened
    file = tmp_path / "keys.json"
    qtbot.waitUntil(lambda: file.exists() and "sesame" in file.read_text())


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


def test_computers_help_through_a_port_of_this_one_and_others_are_refused(
    models, preferences, llm, tmp_path, qtbot
):
    file = tmp_path / "large.gguf"
    file.write_bytes(b"GGUF")
    models.open_file(str(file))
    assert "network" not in llm.grants
    assert not preferences.set_engine("helpers", "127.0.0.1:50052")  # the model is opened anew
    assert llm.grants["network"]
    with qtbot.waitSignal(models.notice) as told:
        assert not preferences.set_engine("helpers", "127.0.0.1:50052, attic")
    assert "beyond this one" in told.args[0].message and "network" not in llm.grants
