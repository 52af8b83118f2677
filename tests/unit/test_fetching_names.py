"""Names of files and journals as somebody writes them who means harm."""

import json
import random

import pytest

from engines.models.download import unfinished
from engines.models.fetching import journal, names
from engines.models.fetching.troubles import HostileName
from engines.models.hub import Hub
from tests.data import hub_server
from tests.data.hub_server import Repo

HOSTILE = [
    *("../up", "a/../../up", "/etc/passwd", "a//b", "./a", "a/.", ".", "..", "", "a/", "/"),
    *("a\\b", "..\\up", "C:/x", "c:x", "a:stream", "\\\\server\\share", "//server/share"),
    *("con", "CON.gguf", "aux.txt", "a/nul", "com1", "LPT9.bin", "com¹", "conin$", "PRN.tar.gz"),
    *("trailing.", "trailing ", " leading", "a/b./c", "a/ b/c", "...", "tab\tname", "new\nline"),
    *("null\0byte", "a\x7f", "\x1b[31mred", "right\u202etfel.gguf", "zero\u200bwidth", "\ud800x"),
    *("<script>", "what?", "star*", '"quoted"', "pi|pe", "model.gguf.part", "x.FETCH"),
    *("a" * 256, "é" * 128, "/".join("a" * 50), "a/" * 600 + "b"),
]
GOOD = ["model.gguf", "Q4_K_M/model-00001-of-00002.gguf", ".gitattributes", "Modell für alle.gguf"]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: repr(name)[:30])
def test_a_hostile_name_is_refused_in_words(name, tmp_path):
    with pytest.raises(HostileName) as refused:
        names.within(tmp_path, name)
    assert refused.value.message.isprintable()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", GOOD)
def test_a_good_name_lies_in_the_folder(name, tmp_path):
    assert names.within(tmp_path, name) == tmp_path / name


def test_a_listing_leaves_hostile_names_out():
    files = {name: b"x" for name in [*HOSTILE, *GOOD] if name and name != "\ud800x"}
    with hub_server.serving(Repo("ours/model", files)) as server:
        listed = {one.name for one in Hub(server.endpoint).listing("ours/model").files}
    assert listed == set(GOOD)


@pytest.mark.parametrize(
    "pair", [("a.gguf", "A.gguf"), ("é", "e\u0301"), ("a", "A/b"), ("a/b", "a")]
)
def test_two_files_that_are_one_somewhere(pair):
    with pytest.raises(HostileName):
        names.distinct(pair)


def test_nothing_is_written_behind_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "models/sub").symlink_to(outside)
    with pytest.raises(HostileName):
        names.within(tmp_path / "models", "sub/model.gguf")


def good_journal():
    one = {"name": "model.gguf", "size": 100, "sha256": "a" * 64, "part": 64, "etag": '"x"'}
    one["parts"] = [[64, 1], [0, 0]]
    told = {"endpoint": "http://127.0.0.1:1", "repository": "ours/model", "commit": "b" * 40}
    return told | {"files": [one]}


def changed(told, path, value):
    at = told
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return json.dumps(told).encode()


FILE = ("files", 0)
WRONG = [
    ((*FILE, "name"), "../up"),
    ((*FILE, "name"), "model.gguf.part"),
    ((*FILE, "size"), -1),
    ((*FILE, "size"), 1 << 60),
    ((*FILE, "size"), 1 << 40),  # more parts than are told
    ((*FILE, "size"), "100"),
    ((*FILE, "part"), 0),
    ((*FILE, "part"), 1 << 60),
    ((*FILE, "sha256"), "../../etc"),
    ((*FILE, "sha256"), "A" * 64),
    ((*FILE, "parts"), []),
    ((*FILE, "parts"), [[65, 1], [0, 0]]),
    ((*FILE, "parts"), [[64, 1], [37, 0]]),
    ((*FILE, "parts"), [[64, -1], [0, 0]]),
    ((*FILE, "parts"), [[64, 1 << 33], [0, 0]]),
    ((*FILE, "etag"), '"x"\r\nAuthorization: y'),
    (("files",), []),
    (("files",), None),
    (("repository",), "../../x"),
    (("repository",), "ours/model?x=1"),
    (("commit",), "main"),
    (("version",), 2),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=lambda v: repr(v)[:30])
def test_a_journal_nobody_should_trust_is_as_none(path, value, tmp_path):
    at = tmp_path / "parley-0.fetch"
    at.write_text(json.dumps(good_journal()))
    assert journal.read(at) and len(unfinished(tmp_path)) == 1
    at.write_bytes(changed(good_journal(), path, value))
    assert journal.read(at) is None and unfinished(tmp_path) == ()


def test_torn_journals_are_as_none(tmp_path):
    at, chance = tmp_path / "parley-0.fetch", random.Random(1)
    body = json.dumps(good_journal()).encode()
    for _ in range(200):
        torn = bytearray(body[: chance.randrange(len(body))])
        for _ in range(chance.randrange(3)):
            if torn:
                torn[chance.randrange(len(torn))] = chance.randrange(256)
        at.write_bytes(torn)
        assert journal.read(at) is None
    at.write_bytes(b"[" * 100_000)
    assert journal.read(at) is None
    at.unlink()
    at.symlink_to("/dev/zero")
    assert journal.read(at) is None
