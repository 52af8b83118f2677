"""Notes, reminders and documents as a person meets them: the question, the click, what follows."""

import pytest

from app import paths, settings
from engines.tools.registry import all_tools
from tests.data import tiny_models
from tests.data.asking import WAIT, asked, choose, say, wait_for_answer
from tests.e2e.test_formats import FORMATS

PAGE = "https://example.org/a?b=c"


@pytest.fixture
def calling(tmp_path, start):
    """A function that starts Parley with a model that makes one call and then says so.

    The other tools are switched off, because this model reads their descriptions by letters.
    """

    def calling(family, name, **arguments):
        off = [one for one in all_tools() if one != name]
        settings.save(
            settings.Chosen(tools_off=off), paths.folders(tmp_path / "data").make().settings
        )
        template, write = FORMATS[family]
        model = tiny_models.scripted(
            tmp_path / f"{family}-{name}.gguf",
            write(name, arguments),
            template=template,
            then=("\t", ["Here", " it is."]),
        )
        return start(model)

    return calling


@pytest.fixture
def notes(tmp_path):
    return paths.folders(tmp_path / "data").notes


@pytest.mark.parametrize("family", ["hermes", "llama"])
def test_a_note_is_asked_about_written_and_found_after_a_restart(qtbot, calling, notes, family):
    text = "Änne’s keys are with Bo"
    parts, window = calling(family, "write_note", text=text)
    say(qtbot, window, "note that")
    question = asked(qtbot, parts)
    assert question.words == "May the tool “Write note” write this?" and question.what == text
    assert not notes.exists() or not list(notes.iterdir())
    choose(qtbot, window, parts, "once")
    turn = wait_for_answer(qtbot, parts)
    assert turn.tools[0].result == f"Noted: {text}" and turn.text == "Here it is."
    (file,) = notes.iterdir()
    assert file.read_text("utf-8") == text + "\n"
    parts, window = calling(family, "find_notes", about="anne")
    say(qtbot, window, "what is in my notes about Anne?")
    turn = wait_for_answer(qtbot, parts)
    assert turn.tools[0].result == f"{file.name[:10]}: {text}"
    parts.store.flush()  # the page is ahead of it
    stored = parts.store.branch(parts.chat.conversation)[-1].parts
    assert '"origin": "file"' in stored[1].text


def test_a_no_writes_nothing(qtbot, calling, notes):
    parts, window = calling("hermes", "write_note", text="milk")
    say(qtbot, window, "note milk")
    choose(qtbot, window, parts, "never")
    assert wait_for_answer(qtbot, parts).tools[0].error
    assert not notes.exists() or not list(notes.iterdir())


@pytest.mark.parametrize("family", ["hermes", "mistral"])
def test_a_reminder_is_seen_in_the_window_when_it_is_due(qtbot, calling, family):
    parts, window = calling(family, "remind", when="in 2 seconds", about="call Anna")
    desktop = []
    parts.reminders.due.connect(lambda *words: desktop.append(words))
    say(qtbot, window, "remind me")
    assert asked(qtbot, parts).what == "when: in 2 seconds\nabout: call Anna"
    choose(qtbot, window, parts, "once")
    qtbot.waitUntil(lambda: "call Anna" in window.page.notices.message, timeout=WAIT)
    assert window.page.notices.message == "Reminder: call Anna"
    assert desktop == [("Reminder", "call Anna")]
    assert "I will remind you at" in wait_for_answer(qtbot, parts).tools[0].result


def test_a_reminder_waits_through_a_restart_and_can_be_taken_back(qtbot, calling, start):
    parts, window = calling("hermes", "remind", when="tomorrow at 18:00", about="tea")
    say(qtbot, window, "remind me")
    choose(qtbot, window, parts, "once")
    wait_for_answer(qtbot, parts)
    parts, window = start()
    (waits,) = parts.reminders.reminders()
    assert waits.about == "tea" and waits.when.endswith("18:00")
    parts.reminders.cancel(waits.key)
    qtbot.waitUntil(lambda: window.page.notices.message == "Reminder cancelled.", timeout=WAIT)
    assert not parts.reminders.reminders()
    window.act("Undo")
    qtbot.waitUntil(lambda: parts.reminders.reminders() == (waits,), timeout=WAIT)


@pytest.mark.parametrize("family", ["hermes", "mistral"])
def test_a_page_is_opened_only_after_the_click(qtbot, calling, family):
    parts, window = calling(family, "open", target=PAGE)
    opened = []
    parts.acting.open_with = lambda target: opened.append(target) or True
    say(qtbot, window, f"open {PAGE}")
    question = asked(qtbot, parts)
    assert (question.what, question.where) == (PAGE, ("example.org",))
    assert not opened and parts.seal.seal.state == "shut"
    choose(qtbot, window, parts, "once")
    assert wait_for_answer(qtbot, parts).tools[0].result == f"Opened {PAGE}."
    assert opened == [PAGE] and parts.seal.seal.state == "shut"


def test_a_document_of_a_granted_folder_is_opened(qtbot, calling, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "bank.pdf").write_bytes(b"%PDF-1.7")
    parts, window = calling("hermes", "open", target="letters/bank.pdf")
    opened = []
    parts.acting.open_with = lambda target: opened.append(target) or True
    say(qtbot, window, "open it")
    choose(qtbot, window, parts, "once")
    assert "The person can grant a folder" in wait_for_answer(qtbot, parts).tools[0].result
    assert not opened and parts.preferences.grant_folder(str(folder)) == ""
    say(qtbot, window, "now open it")
    choose(qtbot, window, parts, "once")
    assert wait_for_answer(qtbot, parts, 4).tools[0].result == "Opened letters/bank.pdf."
    assert opened == [str(folder / "bank.pdf")]


def test_a_granted_folder_is_read_and_no_more_once_it_is_taken_back(qtbot, calling, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text("dear Anna")
    parts, window = calling("llama", "read_file", path="a.txt")
    parts.preferences.grant_folder(str(folder))
    say(qtbot, window, "read a.txt")
    assert "dear Anna" in wait_for_answer(qtbot, parts).tools[0].result
    parts.preferences.revoke_folder(str(folder))
    say(qtbot, window, "again")
    assert "may not read any folder" in wait_for_answer(qtbot, parts, 4).tools[0].result
