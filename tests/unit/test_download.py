"""Fetching models: in parts, resumed, verified, whole or not at all."""

import os

import pytest

from engines.models.download import Download, Stopped, unfinished
from engines.models.fetching.troubles import Damaged
from engines.models.fetching.web import Patience
from engines.models.hub import Hub
from tests.data import hub_server
from tests.data.hub_server import Fault, Repo

PART = 1 << 16
QUICK = Patience(first=0.001, longest=0.01, read=2, connect=2)
FILES = {
    "model-00001-of-00002.gguf": os.urandom(5 * PART + 77),
    "model-00002-of-00002.gguf": os.urandom(3 * PART),
    "sub/config.json": b'{"layers": 2}',
    "empty.txt": b"",
}


@pytest.fixture
def server():
    with hub_server.serving(Repo("ours/model", FILES)) as hub:
        yield hub


@pytest.fixture
def fetch(server, tmp_path):
    hub = Hub(server.endpoint, permits=lambda _: True, patience=QUICK)

    def made(*names, **more):
        listing = hub.listing("ours/model")
        more = {"part": PART, "spare": 0} | more
        return Download(hub, listing, names or tuple(FILES), tmp_path / "models", **more)

    return made


def whole(paths, *names):
    return [path.read_bytes() for path in paths] == [FILES[name] for name in names or FILES]


def left(folder):
    """What is there that nobody asked for."""
    return [at.name for at in folder.rglob("*") if at.name.endswith((".part", ".fetch", ".new"))]


def test_several_files_come_whole_and_nothing_else_stays(server, fetch, tmp_path):
    seen = []
    paths = fetch().run(seen.append)
    assert whole(paths) and left(tmp_path) == []
    assert paths[2] == tmp_path / "models/sub/config.json"
    total = sum(map(len, FILES.values()))
    assert seen[-1].done == seen[-1].total == total
    assert server.sent() == total


def test_it_goes_on_where_it_was_stopped(server, fetch, tmp_path):
    far = []
    server.fault = lambda one: Fault(stall=PART // 2) if one.start > PART else None
    with pytest.raises(Stopped):
        fetch().run(far.append, lambda: bool(far) and far[-1].done > 4 * PART)
    one = unfinished(tmp_path / "models")[0]
    assert one.names == tuple(FILES) and 0 < one.done < one.total
    assert not list((tmp_path / "models").glob("*.gguf"))
    server.fault = lambda one: None
    again = []
    assert whole(fetch().run(again.append))
    assert far[-1].received + again[-2].received <= one.total + PART


def test_what_is_here_is_not_fetched_again(server, fetch):
    fetch().run()
    server.asked.clear()
    assert whole(fetch().run())
    assert not [one for one in server.asked if one.name]


def test_a_wrong_file_is_never_accepted(server, fetch, tmp_path):
    server.fault = lambda one: Fault(corrupt=5) if one.where == "cdn" and one.start == 0 else None
    with pytest.raises(Damaged):
        fetch("model-00002-of-00002.gguf").run()
    assert [at for at in (tmp_path / "models").iterdir() if at.suffix != ".fetch"] == []
    server.fault = lambda one: None
    assert whole(fetch("model-00002-of-00002.gguf").run(), "model-00002-of-00002.gguf")


def test_what_is_not_wanted_any_more_leaves_nothing(server, fetch, tmp_path):
    download = fetch()
    with pytest.raises(Stopped):
        download.run(lambda _: None, lambda: bool(server.sent()))
    download.discard()
    assert list((tmp_path / "models").iterdir()) == []
