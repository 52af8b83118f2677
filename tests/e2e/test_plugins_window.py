"""Plugins in the window: dropped, looked at, allowed, used, changed, removed, brought back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel

from engines import jail
from engines.tools.registry import Effect
from tests.data import plugins
from tests.data.asking import asked, choose, say, wait_for_answer
from tests.data.plugins import ABOUT, DICE, tool
from tests.e2e.test_variants_window import press, section
from tests.ui.test_attachments_drop import drop, mime_of, over
from tests.ui.test_programs_view import click, named, texts

pytestmark = pytest.mark.skipif(
    bool(jail.gap(jail.probe())), reason="plugins are off where no jail holds"
)
NOTES = 'name = "Notes"\n' + plugins.NOTES


@pytest.fixture
def dropped(qtbot):
    """A function that drops a plugin's folder on the window and says yes to what is shown."""

    def dropped(window, folder):
        give(window, folder)
        page = window.pages.currentWidget()
        assert page.accessibleName() == "Tools"
        qtbot.waitUntil(page.plugins.panel.add.isVisible)
        click(qtbot, page.plugins.panel.add)
        return page.plugins

    return dropped


def give(window, folder):
    assert over(window.shell, mime_of(folder))
    drop(window.shell, mime_of(folder))


def ready(qtbot, section, key):
    """The row of a plugin, when it has said what it can."""
    qtbot.waitUntil(
        lambda: key in section.rows and "tool" in section.rows[key].state.text(),
    )
    return section.rows[key]


def test_it_is_dropped_looked_at_allowed_and_used(qtbot, parley, tmp_path):
    parts, window = parley("roll_dice", sides=9)
    folder = plugins.folder(tmp_path / "theirs", DICE, ABOUT + 'author = "Ann"\n')
    assert over(window.shell, mime_of(folder))
    assert window.shell.veil.words == "Drop to look at this plugin"
    drop(window.shell, mime_of(folder))
    section = window.pages.currentWidget().plugins
    qtbot.waitUntil(section.panel.add.isVisible)
    shown = texts(section.panel)
    assert {"Dice", "Rolls dice.", "Ann", "None", "Network", "Folders"} <= set(shown)
    assert not parts.plugins.rows() and "roll_dice" not in parts.toolbox.offered()
    click(qtbot, section.panel.add)
    row = ready(qtbot, section, "dice")
    assert "1 tool" in row.state.text() and section.panel.isHidden()
    click(qtbot, row.more)
    assert {"Roll dice · only calculates", "Roll one die."} <= set(texts(row))
    window.pages.open_chat()
    say(qtbot, window, "Roll a die.")
    turn = wait_for_answer(qtbot, parts)
    assert (turn.tools[0].result, turn.text) == ("It shows 9.", "Here it is.")
    click_off(qtbot, window, row)
    assert "roll_dice" not in parts.toolbox.offered() and row.state.text() == "Off"


def click_off(qtbot, window, row):
    window.pages.open_tools()
    click(qtbot, row.switch)


def test_it_is_there_at_the_next_start_without_a_process(qtbot, parley, dropped, start, tmp_path):
    parts, window = parley("roll_dice", sides=9)
    ready(qtbot, dropped(window, plugins.folder(tmp_path / "theirs")), "dice")
    parts, window = start(tmp_path / "m.gguf")
    qtbot.waitUntil(lambda: "roll_dice" in parts.toolbox.offered())
    assert [row.state for row in parts.plugins.rows()] == ["ready"]
    say(qtbot, window, "Roll a die.")
    assert wait_for_answer(qtbot, parts).tools[0].result == "It shows 9."


def test_a_changed_file_is_another_plugin(qtbot, parley, dropped, tmp_path):
    parts, window = parley("roll_dice", sides=9)
    section = dropped(window, plugins.folder(tmp_path / "theirs"))
    row = ready(qtbot, section, "dice")
    file = tmp_path / "data/data/plugins/dice/plugin.py"
    file.write_text(DICE.replace("It shows", "It now shows"))
    window.pages.open_chat()
    say(qtbot, window, "Roll a die.")
    turn = wait_for_answer(qtbot, parts)
    assert turn.tools[0].error and "has changed since it was allowed" in turn.tools[0].result
    qtbot.waitUntil(lambda: "roll_dice" not in parts.toolbox.offered())
    window.pages.open_tools()
    qtbot.waitUntil(lambda: "have changed" in row.state.text())
    qtbot.waitUntil(row.allow.isVisible)
    assert "Changed" in texts(row) and "plugin.py" in texts(row)
    click(qtbot, named(row, "Allow it as it is now: Dice"))
    ready(qtbot, section, "dice")
    window.pages.open_chat()
    say(qtbot, window, "And once more.")
    turn = wait_for_answer(qtbot, parts, count=4)
    assert turn.tools[0].result == "It now shows 9."


def test_what_writes_asks_and_only_into_the_folder_of_the_person(qtbot, parley, dropped, tmp_path):
    code = tool(
        "(parley.folder('notes') / 'note.txt').write_text(text)\nreturn 'Written.'",
        name="jot",
        effect="writes",
    )
    parts, window = parley("jot", text="lilies")
    section = dropped(window, plugins.folder(tmp_path / "theirs", code, NOTES))
    row = ready(qtbot, section, "notes")
    click(qtbot, row.more)
    mine = tmp_path / "mine"
    mine.mkdir()
    row.grant("notes", str(tmp_path / "data/data"))
    assert any("Parley keeps its own data there" in words for words in texts(row))
    row.grant("notes", str(mine))
    qtbot.waitUntil(lambda: str(mine) in texts(row))
    controls = [w for w in section.findChildren(QAbstractButton) if w.isVisible()]
    assert len(controls) >= 8 and all(w.accessibleName() for w in controls)
    assert all(w.focusPolicy() & Qt.FocusPolicy.TabFocus for w in controls)
    window.pages.open_chat()
    say(qtbot, window, "Note lilies.")
    question = asked(qtbot, parts)
    assert question.words == "May the tool “Notes: jot” write this?"
    assert "By the plugin: Notes" in question.what and "lilies" in question.what
    assert not list(mine.iterdir())
    choose(qtbot, window, parts, "always")
    assert wait_for_answer(qtbot, parts).tools[0].result == "Written."
    assert (mine / "note.txt").read_text() == "lilies"
    other = tmp_path / "other"
    other.mkdir()
    row.grant("notes", str(other))  # what was allowed was for the other folder
    say(qtbot, window, "And once more.")
    assert asked(qtbot, parts).words == question.words
    choose(qtbot, window, parts, "never")
    assert wait_for_answer(qtbot, parts, count=4).tools[0].error and not list(other.iterdir())


def test_what_sends_asks_for_the_address_and_only_then_is_the_seal_open(
    qtbot, parley, dropped, tmp_path
):
    parts, window = parley("post", text="hello")
    with plugins.listening() as server:
        section = dropped(
            window, plugins.folder(tmp_path / "theirs", *plugins.posting(server.place))
        )
        ready(qtbot, section, "dice")
        window.pages.open_chat()
        say(qtbot, window, "Post it.")
        question = asked(qtbot, parts)
        assert question.where == (server.place,) and "hello" in question.what
        assert not server.got and parts.seal.seal.state == "shut"
        choose(qtbot, window, parts, "once")
        assert wait_for_answer(qtbot, parts).tools[0].result == "200 thanks"
        assert len(server.got) == 2 and parts.seal.seal.state == "shut"
        qtbot.waitUntil(lambda: all(e.sent and e.received for e in parts.seal.log()))
        assert [e.where for e in parts.seal.log()] == [server.place]
        qtbot.waitUntil(
            lambda: not parts.plugins.awake("dice", [Effect.SENDS])
        )  # it ended with the call
        parts.seal.lock(True)
        say(qtbot, window, "Again.")
        assert wait_for_answer(qtbot, parts, count=4).tools[0].error and len(server.got) == 2


def test_a_variant_wishes_for_its_tool_by_its_name(qtbot, parley, dropped, tmp_path):
    parts, window = parley("roll_dice", sides=9)
    ready(qtbot, dropped(window, plugins.folder(tmp_path / "theirs")), "dice")
    variants = parts.variants
    qtbot.waitUntil(lambda: variants.library.ready)
    press(qtbot, window.sidebar.variants)
    page = window.pages.currentWidget()
    press(qtbot, page.tools.new)
    about = section(qtbot, page, "About")
    qtbot.waitUntil(about.name.field.hasFocus)
    qtbot.keyClicks(about.name.field, "Player")
    abilities = section(qtbot, page, "Abilities")
    press(qtbot, abilities.which.control.button("Only these"))
    qtbot.waitUntil(lambda: "roll_dice" in abilities.rows)
    press(qtbot, abilities.rows["roll_dice"].switch)
    press(qtbot, page.editor.save)
    qtbot.waitUntil(lambda: any(one.name == "Player" for one in variants.all()))
    key = next(one.key for one in variants.all() if one.name == "Player")
    qtbot.waitUntil(lambda: variants.variant(key).tools == ("roll_dice",))
    [wish] = variants.shown(key).wishes
    assert (wish.words, wish.granted) == ("Use the tool “Dice: roll dice”", True)
    variants.use(key)
    window.pages.open_chat()
    say(qtbot, window, "Roll a die.")
    assert wait_for_answer(qtbot, parts).tools[0].result == "It shows 9."
    variants.grant(key, wish.key, False)
    say(qtbot, window, "And once more.")
    assert not wait_for_answer(qtbot, parts, count=4).tools  # it was told of none
    parts.plugins.set_on("dice", False)
    assert "no tool of this name" in variants.shown(key).wishes[0].trouble


BROKEN = {
    "syntax": "def broken(:\n",
    "crash": "raise RuntimeError('no luck')",
    "ends": "import os\nos._exit(3)",
    "hog": "big = bytearray(1 << 31)",
    "wrong": tool("return 1", returns="int"),
    "thief": tool("return ''", name="calculator"),
    "twin": DICE,
}


def test_broken_ones_are_shown_as_broken_and_the_good_one_works(qtbot, parley, dropped, tmp_path):
    parts, window = parley("roll_dice", sides=9)
    section = dropped(window, plugins.folder(tmp_path / "theirs"))
    ready(qtbot, section, "dice")
    place = tmp_path / "data/data/plugins"
    for key, code in BROKEN.items():
        plugins.folder(place / key, code, f'name = "{key.capitalize()}"\n')
    plugins.folder(place / "toml", DICE, "name = ")
    plugins.folder(place / "Bad Name", DICE)
    click(qtbot, named(section.rows["dice"].parentWidget(), "Show more of Dice"))
    click(qtbot, section.rows["dice"].again)
    qtbot.waitUntil(lambda: len(section.rows) == 3 + len(BROKEN))
    for key in BROKEN:
        row = section.rows[key]
        assert "nothing of it has run" in row.state.text() and not row.switch.isEnabled()
        qtbot.waitUntil(row.allow.isVisible)
        assert row.allow.accessibleName() == f"Allow it: {key.capitalize()}"
        click(qtbot, row.allow)
        qtbot.waitUntil(lambda row=row: row.state.property("role") == "danger")
    said = {key: row.state.text() for key, row in section.rows.items()}
    assert "line 1: SyntaxError" in said["syntax"] and "no luck" in said["crash"]
    assert "Ends ended unexpectedly." in said["ends"] and "MemoryError" in said["hog"]
    assert "must return str" in said["wrong"] and "as Parley itself has" in said["thief"]
    assert "as Dice has" in said["twin"] and "cannot be read" in said["toml"]
    assert "Rename it" in said["Bad Name"]
    assert parts.toolbox.offered().keys() == {"roll_dice"}
    window.pages.open_chat()
    say(qtbot, window, "Roll a die.")
    assert wait_for_answer(qtbot, parts).tools[0].result == "It shows 9."


def test_what_cannot_be_added_says_why_and_esc_leaves(qtbot, parley, tmp_path):
    parts, window = parley("roll_dice", sides=9)
    folder = plugins.folder(tmp_path / "theirs", DICE, "name = 3")
    give(window, folder)
    section = window.pages.currentWidget().plugins
    qtbot.waitUntil(lambda: "cannot be read" in section.panel.problem.text())
    assert not section.panel.add.isVisible()
    plugins.folder(folder)
    parts.plugins.look_at(str(folder / "plugin.toml"))
    qtbot.waitUntil(section.panel.add.isVisible)
    qtbot.keyClick(section.panel.add, Qt.Key.Key_Escape)
    assert section.panel.isHidden() and window.focusWidget() is section.add
    parts.plugins.add()
    assert not parts.plugins.rows() and not (tmp_path / "data/data/plugins").exists()


def test_removing_and_replacing_are_taken_back(qtbot, parley, dropped, tmp_path):
    parts, window = parley("roll_dice", sides=9)
    theirs = plugins.folder(tmp_path / "theirs")
    section = dropped(window, theirs)
    row = ready(qtbot, section, "dice")
    click(qtbot, row.more)
    click(qtbot, named(row, "Remove Dice"))
    page = window.pages.currentWidget()
    qtbot.waitUntil(lambda: not parts.plugins.rows())
    assert "roll_dice" not in parts.toolbox.offered()
    assert "Dice was removed." in page.notices.message
    click(qtbot, page.notices.action)
    ready(qtbot, section, "dice")
    assert "roll_dice" in parts.toolbox.offered()
    newer = DICE.replace("It shows", "Newer:")
    plugins.folder(theirs, newer, ABOUT.replace('"1"', '"2"'))
    give(window, theirs)
    section = window.pages.currentWidget().plugins
    qtbot.waitUntil(section.panel.add.isVisible)
    shown = texts(section.panel)
    assert "Dice 1, which is here" in shown and "plugin.py, plugin.toml" in shown
    click(qtbot, section.panel.add)
    file = tmp_path / "data/data/plugins/dice/plugin.py"
    qtbot.waitUntil(lambda: file.is_file() and file.read_text() == newer)
    ready(qtbot, section, "dice")
    qtbot.waitUntil(page.notices.action.isVisible)
    click(qtbot, page.notices.action)
    qtbot.waitUntil(lambda: file.is_file() and file.read_text() == DICE)
    qtbot.waitUntil(lambda: "roll_dice" in parts.toolbox.offered())
    assert len(parts.plugins.rows()) == 1 and "Dice" in [
        one.text() for one in section.findChildren(QLabel)
    ]
