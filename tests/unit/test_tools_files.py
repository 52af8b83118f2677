"""What the tools for files answer about a folder the test fills."""

import os

import pytest

from engines.errors import ParleyError
from engines.messages import CallTool, ToolCall
from engines.tools import files as module
from engines.tools import folders as looking
from engines.tools.engine import answer
from engines.tools.files import Options, find_in_files, list_files, read_file
from engines.tools.registry import Use, all_tools
from engines.tools.texts import decoded, kind_of


@pytest.fixture
def notes(tmp_path):
    """A granted folder beside one that is not."""
    folder = tmp_path / "notes"
    (folder / "trips" / "rome").mkdir(parents=True)
    (folder / "todo.txt").write_text("milk\nCall Änne about the boiler\nbread\n", "utf-8")
    (folder / "trips" / "Rome.md").write_text("# Rome\nThe hotel is near the station.\n")
    (folder / "trips" / "rome" / "packing.md").write_text("hotel charger\n")
    (folder / ".hidden").write_text("hotel")
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "secret.txt").write_text("the password of the hotel")
    return folder


@pytest.fixture
def use(notes):
    return Use(Options((str(notes),)))


@pytest.fixture
def refused(use):
    def refused(tool, *arguments, **named):
        with pytest.raises(ParleyError) as caught:
            tool(*arguments, **named, use=use)
        return f"{caught.value.message} {caught.value.hint}"

    return refused


def test_a_folder_is_listed_with_sizes_and_without_what_is_hidden(use):
    text = list_files(use=use)
    first, trips, photo, todo = text.split("\n")
    assert (first, trips) == ("notes:", "trips/")
    assert photo.startswith("photo.png  58 bytes  20") and todo.startswith("todo.txt  39 bytes  20")
    assert use.origin == "file"
    assert list_files("notes/trips", use=use).startswith("notes/trips:\nrome/\nRome.md ")
    assert list_files("trips/rome", use=use).startswith("notes/trips/rome:\npacking.md ")


def test_a_pattern_looks_into_the_folders_below(use):
    assert list_files(pattern="*.md", use=use).split("\n") == [
        "notes/trips/Rome.md",
        "notes/trips/rome/packing.md",
    ]
    assert list_files(pattern="PACK", use=use) == "notes/trips/rome/packing.md"
    assert list_files(pattern="trips", use=use) == "notes/trips/"
    assert list_files(pattern="trips/*.md", use=use).count("\n") == 1
    assert list_files("trips", "*.txt", use=use) == "No file fits '*.txt'."


def test_a_long_list_is_cut_and_says_so(use, notes):
    for n in range(300):
        (notes / "trips" / f"{n}.txt").write_text("")
    text = list_files("trips", use=use)
    assert text.endswith("… and 102 more; give a pattern") and text.count("\n") == 201


@pytest.mark.parametrize(
    "path",
    ["notes/todo.txt", "todo.txt", "./todo.txt", "notes/trips/../todo.txt", " Todo.TXT "],
)
def test_a_file_is_read_by_any_of_its_names(use, notes, path):
    words = "notes/todo.txt, lines 1 to 3 of 3:\nmilk\nCall Änne about the boiler\nbread"
    assert read_file(path, use=use) == words
    assert read_file(str(notes / "todo.txt"), use=use) == words


def test_a_name_that_two_files_have_is_asked_about(tmp_path, notes):
    other = tmp_path / "old" / "notes"
    other.mkdir(parents=True)
    (other / "todo.txt").write_text("old")
    use = Use(Options((str(notes), str(other))))
    with pytest.raises(ParleyError, match="may be one of these: .*notes/todo.txt, /.*old"):
        read_file("notes/todo.txt", use=use)
    assert read_file(str(other / "todo.txt"), use=use).endswith("\nold")
    assert str(other) in list_files(use=use)


def test_what_lies_outside_is_not_read_and_the_words_say_what_to_do(refused, notes, tmp_path):
    outside = str(tmp_path / "secret.txt")
    for path in (outside, "../secret.txt", "notes/../../secret.txt", "/etc/passwd", "~/.bashrc"):
        words = refused(read_file, path)
        assert "outside the folders you may read, which are: notes." in words
        assert "grant a folder under Tools" in words
    assert "outside" in refused(list_files, "/")
    assert "outside" in refused(find_in_files, "x", "/etc")


def test_links_that_lead_out_are_not_followed(refused, use, notes, tmp_path):
    (notes / "link.txt").symlink_to(tmp_path / "secret.txt")
    (notes / "up").symlink_to(tmp_path)
    (notes / "inside").symlink_to(notes / "todo.txt")
    (notes / "round").symlink_to(notes / "round")
    (notes / "self").symlink_to(notes)
    for path in ("link.txt", "up/secret.txt"):
        assert "leads out of the folders" in refused(read_file, path)
    assert "There is no" in refused(read_file, "round/x") and refused(read_file, "round")
    listed = list_files(use=use)
    assert "link.txt (leads out" in listed and "up (leads out" in listed
    assert read_file("inside", use=use).endswith("bread")
    assert "password" not in find_in_files("hotel", use=use)
    assert find_in_files("boiler", use=use).count("line 2:") == 1  # self is no second place


def test_without_a_granted_folder_the_person_is_named(refused, use):
    use.options = Options()
    for call in ((list_files,), (find_in_files, "x"), (read_file, "x")):
        assert "The person can grant a folder under Tools." in refused(*call)


def test_what_is_not_there_is_said(refused):
    assert "There is no 'gone.txt'" in refused(read_file, "gone.txt")
    assert "is a folder" in refused(read_file, "trips")
    assert "is a file" in refused(list_files, "todo.txt")
    assert "lines 1 to 3" in refused(read_file, "todo.txt", 4)
    assert "lines 1 to 3" in refused(read_file, "todo.txt", 0)
    assert "needs words" in refused(find_in_files, "  ")


@pytest.mark.parametrize("path", ["a\0b", "x" * 9000, "~nobody/x", "//", "\udcff", "../" * 500])
def test_odd_paths_are_refused_in_words(path, use):
    call = CallTool(ToolCall("1", "read_file", {"path": path}))
    result = answer(call, all_tools(), use)
    assert result.error and "failed" not in result.text
    result.text.encode()


def test_names_that_are_not_text_are_shown_and_found_again(use, notes):
    name = os.fsdecode(b"caf\xe9\n.txt")
    (notes / name).write_text("coffee")
    listed = list_files(use=use)
    listed.encode()
    assert "caf\ufffd\ufffd.txt  6 bytes" in listed
    assert read_file("notes/caf\ufffd\ufffd.txt", use=use).endswith("\ncoffee")


def test_words_are_found_with_their_line_and_what_stands_around(use):
    found = find_in_files("anne BOILER", use=use)
    expected = "notes/todo.txt, line 2:\nmilk\nCall Änne about the boiler\nbread"
    assert found.split("\n\n") == [expected, "Left out: 1 not text."]
    hotels = find_in_files("hotel", pattern="*.md", use=use)
    assert "notes/trips/Rome.md, line 2:" in hotels and "rome/packing.md, line 1:" in hotels
    assert "packing" not in find_in_files("hotel", pattern="rome.md", use=use)
    assert find_in_files("zebra", "trips", use=use) == "No file has 'zebra' in it."


def test_words_on_different_lines_are_found_where_no_line_has_all(use):
    found = find_in_files("milk bread", use=use)
    assert found.startswith("No line has all of these words") and "line 3:" in found


def test_a_search_is_bounded_in_hits_and_width(use, notes):
    (notes / "log.txt").write_text("needle\n" * 1000)
    (notes / "wide.txt").write_text("x" * 5000 + " needle " + "y" * 5000)
    found = find_in_files("needle", use=use)
    assert "… and 995 more in this file" in found and len(found) < 2000
    assert "needle" in found.partition("wide.txt")[2]


def test_a_search_gives_up_in_words(use, monkeypatch):
    monkeypatch.setattr(looking, "LONGEST", -1.0)
    assert "too many files" in find_in_files("hotel", use=use)
    monkeypatch.setattr(looking, "LONGEST", 60.0)
    monkeypatch.setattr(looking, "MOST_VISITED", 2)
    assert "too many files" in list_files(pattern="packing", use=use)


def test_large_files_are_left_out_of_a_search(use, notes, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_SEARCHED", 20)
    assert "too large" in find_in_files("boiler", use=use)


def test_a_long_file_is_read_in_pages(use, notes):
    lines = [f"{n:04} {'word ' * 9}" for n in range(1, 1001)]
    (notes / "long.txt").write_text("\n".join(lines))
    seen, start = [], 1
    while start:
        head, *page = read_file("long.txt", start, use=use).split("\n")
        assert sum(len(line) + 1 for line in page) <= module.PAGE + 50
        more = page.pop() if page[-1].startswith("… read on") else ""
        seen += page
        start = int(more.rpartition("=")[2]) if more else 0
    assert seen == lines and head.endswith("of 1000:")


def test_a_line_longer_than_a_page_is_cut(use, notes):
    (notes / "one.json").write_text("x" * 40_000 + "\nlast")
    first = read_file("one.json", use=use)
    assert "(this line has 40000 characters)" in first and first.endswith("start_line=2")
    assert len(first) < 16_000
    assert read_file("one.json", 2, use=use).endswith("last")


def test_what_is_not_text_is_named(refused, use, notes):
    (notes / "empty").touch()
    os.mkfifo(notes / "pipe")
    assert read_file("empty", use=use) == "notes/empty is empty."
    assert "is a picture (PNG) of 58 bytes" in refused(read_file, "photo.png")
    assert "not a file that can be read" in refused(read_file, "pipe")


@pytest.mark.parametrize(
    ("head", "suffix", "kind"),
    [
        (b"%PDF-1.7", ".pdf", "a PDF document"),
        (b"PK\x03\x04", ".docx", "a Word document"),
        (b"PK\x03\x04", ".zip", "an archive (ZIP)"),
        (b"\x00\x00\x00\x20ftypisom", ".mp4", "a film or sound (MP4)"),
        (b"RIFF\0\0\0\0WAVE", ".wav", "a sound (WAV)"),
        (b"MZ\x90\x00\x03", ".exe", "a program"),
        (b"MZ was here", ".txt", ""),
        (b"\0\1\2\3\4", "", "a binary file"),
        (b"hello\tworld\r\n", "", ""),
        ("hällo".encode("utf-16"), "", ""),
        ("hello there".encode("utf-16-le"), "", ""),
    ],
)
def test_kinds_of_files(head, suffix, kind):
    assert kind_of(head, suffix) == kind


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("Größe – “gut”", "utf-8", ""),
        ("Größe", "utf-8-sig", ""),
        ("Größe", "utf-16", "utf-16"),
        ("hello there, friend", "utf-16-be", "utf-16-be"),
        ("Die Prüfung fällt aus, die Straße auch", "cp1252", "cp1252"),
        ("Grüße", "cp1252", "cp1252"),
        ("Zoë owes £5", "cp1252", "cp1252"),
        ("Привет, как дела? Завтра едем на дачу.", "cp1251", "cp1251"),
        ("明日は東京へ行きます。会議は三時からです。", "cp932", "cp932"),
        ("one\ntwo", "ascii", ""),
    ],
)
def test_encodings(text, encoding, told):
    assert decoded(text.encode(encoding)) == (text, told)


def test_any_bytes_become_some_text():
    for seed in range(50):
        data = bytes((seed * n * 7919 + n) % 256 for n in range(300))
        decoded(data).text.encode()
    assert decoded("ää".encode()[:3]).text == "ä\ufffd"
    assert decoded("Straß".encode("cp1252")).text == "Straß"
    assert decoded(b"a\r\nb\rc").text == "a\nb\nc"
