"""Plugins whose processes the test plays: what tests/e2e/test_plugins_window.py cannot show."""

import zipfile

import pytest

from app import paths
from app.controllers.plugins import PluginsController
from app.plugins import Agreed
from app.views.window import MainWindow
from engines.messages import Cancelled, Done, Failed, ListTools, ToolsFound
from engines.plugins import contents
from tests.conftest import FakeLink
from tests.data import plugins as folders
from tests.ui.appearing import appear
from tests.ui.test_programs_view import texts

ROLL = {"name": "roll_dice", "description": "Roll one die.", "effect": "pure"}
ROLL |= {"parameters": {"type": "object", "properties": {}}}


@pytest.fixture
def place(tmp_path):
    folders.folder(tmp_path / "plugins/dice")
    return tmp_path / "plugins"


@pytest.fixture
def later(qtbot, preferences, toolbox, undo, background, place):
    """A function that is the next start of Parley, with what was agreed to until then."""

    def later(unusable="", **agreed):
        made = Agreed("dice", contents.read(place / "dice").digest, **agreed)
        preferences.keep_plugins([made])
        about = (preferences, toolbox, undo, background, new_link, place, unusable)
        plugins = PluginsController(*about)
        plugins.links = links
        plugins.start()
        qtbot.waitUntil(lambda: bool(plugins.rows()))
        return plugins

    links = []

    def new_link():
        links.append(FakeLink())
        return links[-1]

    return later


def test_where_no_jail_holds_they_are_off_in_words(qtbot, light, controllers, toolbox, later):
    controllers.plugins = later("No jail here.", tools=(ROLL,))
    [row] = controllers.plugins.rows()
    assert (row.state, row.words) == ("broken", "No jail here.")
    controllers.plugins.allow("dice", row.digest)
    assert not controllers.plugins.links and "roll_dice" not in toolbox.offered()
    window = MainWindow(controllers, paths.resource(""))
    qtbot.addWidget(window)
    appear(qtbot, window)
    window.pages.open_tools()
    assert "No jail here." in texts(window.pages.currentWidget().plugins)


def test_what_it_offered_last_is_offered_without_a_process(toolbox, later):
    plugins = later(tools=(ROLL,))
    assert plugins.rows()[0].state == "ready" and "roll_dice" in toolbox.offered()
    assert not any(link.opened for link in plugins.links)


def test_what_was_switched_off_or_agreed_to_for_other_files_is_not_offered(toolbox, later, place):
    assert later(on=False, tools=(ROLL,)).rows()[0].state == "off"
    assert "roll_dice" not in toolbox.offered()
    plugins = later(tools=(ROLL,))
    [row] = plugins.rows()
    (place / "dice/plugin.py").write_text("other = 1")
    heard = []
    plugins.notice.connect(heard.append)
    plugins.allow("dice", "0" * 64)
    assert "not what you looked at" in heard[0].message and plugins.rows() == (row,)


def test_a_process_that_is_asked_for_its_tools_may_do_least(later, toolbox):
    plugins = later()
    [link] = plugins.links
    assert link.requests == [ListTools()] and not link.grants["network"]
    assert not link.grants["write"] and len(link.grants["read"]) == 1
    assert plugins.rows()[0].state == "starting"
    link.load()
    send = ROLL | {"name": "send", "effect": "sends"}
    odd = ROLL | {"name": "odd", "effect": "everything"}
    link.answer(ToolsFound((ROLL, send, odd)), Done())
    effects = {name: str(one.effect) for name, one in toolbox.offered().items()}
    assert (effects["roll_dice"], effects["send"], effects["odd"]) == ("pure", "sends", "pure")


def test_a_death_while_it_is_asked_is_words_and_can_be_tried_again(qtbot, later):
    plugins = later()
    link = plugins.links[0]
    link.answer(Failed("The model stopped unexpectedly.", "Try again, or choose another model."))
    [row] = plugins.rows()
    assert (row.state, row.words) == ("failed", "Dice ended unexpectedly.")
    plugins.retry("dice")
    qtbot.waitUntil(lambda: len(link.requests) == 2)
    link.answer(Cancelled())
    plugins.set_on("dice", False)
    assert plugins.rows()[0].state == "off"


def test_a_zip_is_told_by_what_is_in_it(qtbot, arrivals, plugins, tmp_path):
    heard = {"plugin": [], "files": []}
    arrivals.plugin_given.connect(heard["plugin"].append)
    arrivals.files.connect(heard["files"].extend)
    for name, member in (("dice", "dice-main/plugin.toml"), ("letters", "letter.txt")):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as packed:
            packed.writestr(member, "name = 'Dice'")
            packed.writestr("dice-main/plugin.py", folders.DICE)
    with qtbot.waitSignal(plugins.looked) as looked:
        arrivals.take([str(tmp_path / "dice.zip"), str(tmp_path / "letters.zip")])
    qtbot.waitUntil(lambda: bool(heard["files"]))
    assert heard["plugin"] == [str(tmp_path / "dice.zip")]
    assert heard["files"] == [str(tmp_path / "letters.zip")]
    assert looked.args[0].name == "Dice" and ("Files", "2 files, 1 KB") in looked.args[0].rows
