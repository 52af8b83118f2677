"""What is noted is on disk, and found again."""

import os
import resource
from datetime import datetime

import pytest

from engines.errors import ParleyError
from engines.tools import notes as module
from engines.tools.notes import Options, find_notes, write_note
from engines.tools.registry import Use


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "notes"


@pytest.fixture
def use(folder):
    return Use(Options(str(folder)))


@pytest.fixture
def write(use, monkeypatch):
    def write(text, day="2026-11-20 14:05"):
        monkeypatch.setattr(module, "now", lambda: datetime.fromisoformat(day))
        return write_note(text, use=use)

    return write


def test_a_note_is_one_file_that_any_editor_opens(write, folder):
    assert write("  Call Anna: the keys are at Bo's / Café\nand bring milk ") == (
        "Noted: Call Anna: the keys are at Bo's / Café\nand bring milk"
    )
    (file,) = folder.iterdir()
    assert file.name == "2026-11-20 1405 Call Anna the keys are at Bo's Café.md"
    assert file.read_bytes() == "Call Anna: the keys are at Bo's / Café\nand bring milk\n".encode()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("CON", "CON"),
        ("a\0b\x1b[31m", "a b 31m"),
        ("…?!", ""),
        ("# Title\nmore", "Title"),
        ("word " * 30, "word word word word word word word word"),
        ("x" * 300, "x" * 40),
        ("买牛奶", "买牛奶"),
        ("a. ", "a"),
    ],
)
def test_names_are_safe_on_every_system(write, folder, text, name):
    write(text)
    (file,) = folder.iterdir()
    assert file.name == f"2026-11-20 1405 {name}".strip() + ".md"


def test_nothing_is_written_over(write, folder):
    for _ in range(3):
        write("milk")
    assert len(list(folder.iterdir())) == 3
    assert (folder / "2026-11-20 1405 milk (3).md").read_text() == "milk\n"


def test_what_cannot_be_noted_is_said(write, folder, use):
    for text, words in (("  ", "needs a text"), ("x" * 20_001, "20,000 characters at most")):
        with pytest.raises(ParleyError, match=words):
            write(text)
    folder.write_text("a file where the folder should be")
    with pytest.raises(ParleyError, match="nothing was noted"):
        write("milk")
    assert find_notes("milk", use=use) == "No note mentions milk."


def test_a_full_disk_leaves_nothing_and_is_said(write, folder):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ParleyError, match="The disk is full: nothing was noted"):
            write("milk " * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(folder.iterdir()) == []
    assert write("milk") == "Noted: milk"


def test_halves_of_letters_do_not_stop_a_note(write, folder):
    assert write("smile \ud83d").encode()
    assert len(list(folder.iterdir())) == 1


@pytest.fixture
def several(write):
    write("Anna's birthday is on 3 May", "2026-01-05 09:00")
    write("Bring Änna the keys of the new house, and milk", "2026-10-02 09:00")
    write("the annals of Rome", "2026-11-01 09:00")
    write("dentist meeting moved to Friday", "2026-11-19 18:30")


@pytest.mark.parametrize(
    ("about", "days"),
    [
        ("Anna", ["2026-10-02", "2026-01-05", "2026-11-01"]),
        ("ANNA birthday", ["2026-01-05"]),
        ("Anna's birthday", ["2026-01-05"]),
        ("the new house", ["2026-10-02"]),
        ("meetings", ["2026-11-19"]),
        ("the", ["2026-11-01", "2026-10-02"]),
        ("", ["2026-11-19", "2026-11-01", "2026-10-02", "2026-01-05"]),
        ("   ", ["2026-11-19", "2026-11-01", "2026-10-02", "2026-01-05"]),
    ],
)
@pytest.mark.usefixtures("several")
def test_notes_are_found_by_their_words(use, about, days):
    assert [row[:10] for row in find_notes(about, use=use).split("\n")] == days
    assert use.origin == "file"


@pytest.mark.usefixtures("several")
def test_a_row_is_the_day_and_the_words(use):
    assert find_notes("dentist", use=use) == "2026-11-19: dentist meeting moved to Friday"
    assert find_notes("zebra", use=use) == "No note mentions zebra."
    assert find_notes("anna zebra", use=use) == "No note mentions anna zebra."


def test_without_any_notes(use):
    assert find_notes(use=use) == "There are no notes yet."
    assert find_notes("milk", use=use) == "No note mentions milk."


def test_many_and_long_notes_are_told_in_part(write, use):
    for n in range(14):
        write(f"milk {n} " + "and more " * 100, f"2026-11-{n + 1:02} 09:00")
    rows = find_notes("milk", use=use).split("\n")
    assert len(rows) == 11 and rows[0].startswith("2026-11-14: milk 13 and")
    assert rows[0].endswith("…") and rows[-1] == "… and 4 more"
    assert max(map(len, rows)) < 330
    write("x " * 3000 + "needle " + "y " * 3000)
    found = find_notes("needle", use=use)
    assert "needle" in found and found.count("…") == 2 and len(found) < 3100


def test_files_of_the_person_are_notes_too(use, folder, tmp_path):
    (folder / "old").mkdir(parents=True)
    (folder / "old" / "list.txt").write_bytes("Käse".encode("cp1252"))
    (folder / "photo.jpg").write_bytes(b"Kase")
    (folder / ".hidden.md").write_text("Kase")
    (folder / "half.new").write_text("Kase")
    (folder / "empty.md").touch()
    os.utime(folder / "old" / "list.txt", (86_400 * 400, 86_400 * 400))
    assert find_notes("kase", use=use) == "1971-02-05: Käse"
