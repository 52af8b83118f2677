"""Reading plugins: plugin.toml, folders and ZIPs, from the usual to the hostile."""

import io
import random
import stat
import zipfile

import pytest

from engines.plugins import about, contents, network
from engines.plugins.about import BadPlugin
from engines.plugins.talk import Fetch
from engines.tools.registry import Use
from tests.data import plugins
from tests.data.plugins import ABOUT, DICE

GOOD = {"plugin.toml": ABOUT.encode(), "plugin.py": DICE.encode()}


def packed(*members):
    """A ZIP of (name or ZipInfo, data)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return made.getvalue()


def read(tmp_path, data):
    (tmp_path / "p.zip").write_bytes(data)
    return contents.read(tmp_path / "p.zip")


def refused(tmp_path, *members):
    with pytest.raises(BadPlugin) as caught:
        read(tmp_path, packed(*GOOD.items(), *members))
    return caught.value.message


def test_a_folder_and_its_zip_are_the_same_plugin(tmp_path):
    folder = plugins.folder(tmp_path / "dice")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/plugin.pyc").write_bytes(b"evil")
    (folder / ".hidden.py").write_text("evil")
    found = contents.read(folder)
    assert found.about.name == "Dice" and set(found.files) == set(GOOD)
    assert read(tmp_path, packed(*GOOD.items())).digest == found.digest
    inside = [(f"dice-main/{name}", data) for name, data in GOOD.items()]
    assert read(tmp_path, packed(("dice-main/", b""), *inside)).files == found.files


def test_the_hash_is_of_every_name_and_byte():
    other = {"plugin.toml": GOOD["plugin.toml"], "plugin.py": GOOD["plugin.py"] + b" "}
    moved = GOOD | {"a": b"bc"}, GOOD | {"ab": b"c"}
    assert len({contents.digest(one) for one in (GOOD, other, *moved)}) == 4


def test_a_change_of_a_file_is_seen_without_reading(tmp_path):
    folder = plugins.folder(tmp_path / "dice")
    before = contents.signature(folder)
    assert contents.signature(folder) == before
    (folder / "plugin.py").write_text(DICE + "\n")
    assert contents.signature(folder) != before


def test_what_it_wants_is_told_in_its_words():
    wants = '[permissions]\nnetwork = ["Example.org", "192.168.0.1:8080"]\n' + plugins.NOTES
    found = about.read((ABOUT + wants).encode()).permissions
    assert found.network == ("example.org", "192.168.0.1:8080")
    assert (found.folders[0].name, found.folders[0].write) == ("notes", True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("line = 'x'", "name"),
        ("name = ''", "gives no name"),
        ("name = '\u202e\u200b'", "gives no name"),
        ("name = 3", "Expected `str`"),
        ("name = 'x'\nnonsense = 1", "nonsense"),
        ("name = 'x", "cannot be read"),
        ("\x00", "cannot be read"),
        ("name = 'x'\n[permissions]\nnetwork = ['*']", "no address"),
        ("name = 'x'\n[permissions]\nnetwork = ['https://example.org']", "no address"),
        ("name = 'x'\n[permissions]\nnetwork = ['example.org/path']", "no address"),
        ("name = 'x'\n[permissions]\nnetwork = ['me@example.org']", "no address"),
        ("name = 'x'\n[permissions]\nnetwork = [" + "'example.org'," * 9 + "]", "at most"),
        ("name = 'x'\n[[permissions.folders]]\nname = '../x'", "small letters"),
        ("name = 'x'\n" + "[[permissions.folders]]\nname = 'x'\n" * 2, "the same name"),
        ("name = 'x'\nline = '" + "x" * 300 + "'", "cannot be read"),
        ("x = " + "[" * 5000, "cannot be read"),
        ("#" * 70_000, "larger than"),
    ],
)  # fmt: skip
def test_a_bad_plugin_toml_is_told_in_words(text, words):
    with pytest.raises(BadPlugin) as caught:
        about.read(text.encode())
    assert words in caught.value.message


def linked(name="link.py", kind=stat.S_IFLNK):
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "name",
    [
        "../out.py", "a/../../out.py", "/etc/passwd", "C:/x.py", "a\\..\\x.py", "a//b.py",
        "a/b/c/d/e/f/g.py", "x" * 300, "a\u202eb.py", "naïve.py", "a\nb.py", "./x.py",
    ],
)  # fmt: skip
def test_a_name_that_leads_away_is_refused(tmp_path, name):
    refused(tmp_path, (name, b"x"))


def test_what_is_no_plain_file_is_refused(tmp_path):
    assert "link" in refused(tmp_path, (linked(), b"/etc/passwd"))
    assert "link" in refused(tmp_path, (linked(kind=stat.S_IFIFO), b""))
    assert "twice" in refused(tmp_path, ("PLUGIN.py", b"x"))


def test_what_is_too_much_is_refused_before_it_is_there(tmp_path):
    assert "files" in refused(tmp_path, *((f"f{n}", b"") for n in range(300)))
    assert "larger" in refused(tmp_path, ("bomb", bytes(100 << 20)))


def test_links_in_a_folder_are_refused(tmp_path):
    folder = plugins.folder(tmp_path / "dice")
    (folder / "link.py").symlink_to("/etc/passwd")
    with pytest.raises(BadPlugin, match="link"):
        contents.read(folder)


@pytest.mark.parametrize("missing", ["plugin.toml", "plugin.py"])
def test_what_is_missing_is_named(missing):
    with pytest.raises(BadPlugin, match=missing):
        contents.of_files({name: data for name, data in GOOD.items() if name != missing})


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("127.0.0.1:80", True),
        ("[::1]:8080", True),
        ("[::1]", True),
        ("localhost:8080", True),
        ("192.168.0.1", True),
        ("example.org", False),
        ("127.0.0.1.example.org:80", False),
    ],
)
def test_a_name_does_not_lead_to_the_own_network(place, number):
    """Only a number that the person read does."""
    assert network.is_number(place) is number


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Fetch("http://127.0.0.1:9/", {"X": "a\r\nHost: evil"}), ""),
        (Fetch("http://127.0.0.1:9/", {"X": "\ud83d\ude00 \u20ac"}), ""),
        (Fetch("http://127.0.0.1:9/", {"a b": "c"}), ""),
        (Fetch("http://127.0.0.2:9/"), "was not opened"),
        (Fetch("http://me@127.0.0.1:9/"), "user name"),
        (Fetch("file:///etc/passwd"), "http://"),
        (Fetch("http://127.0.0.1:9/\r\nX: y"), ""),
        (Fetch(""), ""),
    ],
)
def test_what_cannot_be_asked_is_words(wanted, words):
    heard = network.Fetching(Use(None, ("127.0.0.1:9",))).fetch(wanted)
    assert heard.trouble and words in heard.trouble


def test_a_damaged_zip_is_words_whatever_is_damaged(tmp_path):
    """Two hundred faults of one generator: bytes turned, cut off, doubled."""
    whole, chance = packed(*GOOD.items(), ("words/de.txt", b"hallo " * 200)), random.Random(7)
    fine = 0
    for _ in range(200):
        data = bytearray(whole)
        match chance.randrange(3):
            case 0:
                for _ in range(chance.randrange(1, 8)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            case 1:
                del data[chance.randrange(len(data)) :]
            case 2:
                at = chance.randrange(len(data))
                data[at:at] = data[: chance.randrange(len(data))]
        try:
            fine += read(tmp_path, bytes(data)).about.name == "Dice"
        except BadPlugin as error:
            assert error.message
    assert fine < 200
