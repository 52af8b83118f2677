"""The tools for the person's files and notes in their real jails."""

import pytest

from engines import jail, registry
from engines.messages import Done
from tests.data.running import Running

locked_in = pytest.mark.skipif(not all(jail.probe()), reason="this system has no jail")


@pytest.fixture
def home(tmp_path):
    """A function that starts a home of tools, and returns one that calls its tools."""
    running = []

    def start(name, options, **grants):
        made = Running(name, options, tmp_path / "log", **grants)
        running.append(made)
        assert made.loaded[-1] == Done()
        return made.call

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def folders(tmp_path):
    """One that is granted, with links out of it, and one that is not."""
    granted, other = tmp_path / "granted", tmp_path / "other"
    granted.mkdir()
    other.mkdir()
    (granted / "a.txt").write_bytes("Grüße".encode("cp1252"))
    (other / "secret.txt").write_text("swordfish")
    (granted / "link.txt").symlink_to(other / "secret.txt")
    (granted / "up").symlink_to(other)
    return granted, other


def options(name, **filled):
    return registry.all_specs()[name].options(**filled)


@locked_in
def test_files_outside_cannot_be_read_even_by_a_process_that_wants_to(home, folders):
    """Its options say that everything is granted, so only the jail is left to say no."""
    granted, other = folders
    call = home("files", options("files", folders=(str(granted.parent),)), read=(granted,))
    read = call("read_file", path=str(granted / "a.txt"))[0]
    assert read.text.endswith("Grüße") and read.origin == "file" and not read.error
    for path in (other / "secret.txt", granted / "link.txt", granted / "up" / "secret.txt"):
        result = call("read_file", path=str(path))[0]
        assert result.error and "swordfish" not in result.text, path
        assert "cannot be read: Permission denied" in result.text
    found = call("find_in_files", words="swordfish")[0].text
    assert "secret.txt" not in found and found.startswith("No file")
    assert call("list_files", folder=str(other))[0].error


def test_links_out_are_refused_in_words(home, folders):
    granted, other = folders
    call = home("files", options("files", folders=(str(granted),)), read=(granted,))
    assert "leads out of the folders" in call("read_file", path="link.txt")[0].text
    assert "leads out of the folders" in call("read_file", path="up/secret.txt")[0].text
    assert "outside the folders" in call("read_file", path=str(other / "secret.txt"))[0].text
    assert "a.txt  5 bytes" in call("list_files")[0].text


def test_notes_are_written_and_found(home, tmp_path):
    notes = tmp_path / "notes"
    call = home("notes", options("notes", notes=str(notes)), write=(notes,))
    assert call("write_note", text="milk for Änne")[0].text == "Noted: milk for Änne"
    (file,) = notes.iterdir()
    assert file.read_text("utf-8") == "milk for Änne\n"
    found = call("find_notes", about="anne")[0]
    assert found.text == f"{file.name[:10]}: milk for Änne" and found.origin == "file"


@locked_in
def test_notes_cannot_be_written_elsewhere_nor_anything_else_be_read(home, folders, tmp_path):
    """Again the options ask for more than the jail has."""
    granted, other = folders
    notes = tmp_path / "notes"
    for place in (other, granted, notes / "way_out"):
        notes.mkdir(exist_ok=True)
        (notes / "way_out").unlink(missing_ok=True)
        (notes / "way_out").symlink_to(other)
        before = set(place.iterdir())
        call = home("notes", options("notes", notes=str(place)), write=(notes,))
        result = call("write_note", text="milk")[0]
        assert result.error and "Permission denied" in result.text
        assert set(place.iterdir()) == before
        assert call("find_notes", about="swordfish")[0].text == "No note mentions swordfish."
    (notes / "secret.txt").symlink_to(other / "secret.txt")
    call = home("notes", options("notes", notes=str(notes)), write=(notes,))
    assert call("find_notes", about="swordfish")[0].text == "No note mentions swordfish."
