"""The hub as Parley asks it, and as its own library does: the same server answers both."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engines.models.fetching.troubles import NeedsToken, NotPermitted, NotThere
from engines.models.hub import Hub, Remote
from tests.data import hub_server
from tests.data.hub_server import Repo

WEIGHTS = os.urandom(700_000)
CAPTURED = {"capture_output": True, "text": True, "timeout": 100}
CONFIG = b'{"a": 1}'


@pytest.fixture
def server():
    repos = [
        Repo("ours/model-GGUF", {"model-Q4_K_M.gguf": WEIGHTS, "sub/config.json": CONFIG}),
        Repo("ours/closed", {"model.gguf": WEIGHTS}, gated="manual", downloads=99),
        *(Repo(f"many/model-{n}", {"m.gguf": b"GGUF"}, downloads=n) for n in range(25)),
    ]
    with hub_server.serving(*repos) as hub:
        yield hub


def environment(server, folder):
    """For the hub's own library: this server, and nothing of the person's."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return plain | {"HF_ENDPOINT": server.endpoint, "HF_HOME": str(folder)}


@pytest.fixture
def hub(server):
    return Hub(server.endpoint, permits=lambda place: place in (server.place, server.further))


def test_its_own_library_downloads_from_the_server(server, tmp_path):
    code = """
from huggingface_hub import HfApi, snapshot_download
print(snapshot_download("ours/model-GGUF"))
print(sum(1 for _ in HfApi().list_models(search="model", filter="gguf", limit=50)))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment(server, tmp_path), **CAPTURED
    )
    assert run.returncode == 0, run.stderr
    folder, count = run.stdout.split()
    assert Path(folder, "model-Q4_K_M.gguf").read_bytes() == WEIGHTS
    assert Path(folder, "sub/config.json").read_bytes() == CONFIG
    assert int(count) == 26
    assert {one.where for one in server.asked} == {"api", "hub", "cdn"}


def test_a_listing_has_both_kinds_of_hash(server, hub):
    listing = hub.listing("ours/model-GGUF")
    assert listing.licence == "apache-2.0" and not listing.gated
    assert listing.file("model-Q4_K_M.gguf") == Remote(
        "model-Q4_K_M.gguf", len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest()
    )
    blob = hashlib.sha1(b"blob 8\0" + CONFIG).hexdigest()
    assert listing.file("sub/config.json") == Remote("sub/config.json", 8, "", blob)


def test_a_search_goes_on_over_pages_and_the_most_fetched_come_first(server, hub):
    server.page = 10
    found = hub.search("model", limit=24)
    assert [one.downloads for one in found] == [*range(24, 9, -1), 10, *range(9, 1, -1)]


def test_the_first_bytes(server, hub):
    commit = hub.listing("ours/model-GGUF").commit
    assert hub.head("ours/model-GGUF", commit, "model-Q4_K_M.gguf", 4096) == WEIGHTS[:4096]
    assert [one.end for one in server.asked if one.where == "cdn"] == [4095]


def test_a_place_nobody_opened_is_not_contacted(server):
    hub = Hub(server.endpoint)  # permits the hub alone
    commit = hub.listing("ours/model-GGUF").commit
    with pytest.raises(NotPermitted) as refused:
        hub.head("ours/model-GGUF", commit, "model-Q4_K_M.gguf", 10)
    assert refused.value.place == server.further
    assert not [one for one in server.asked if one.where == "cdn"]


def test_a_token_is_told_to_the_hub_alone(server):
    server.tokens["hf_secret"] = {"ours/closed"}
    hub = Hub(server.endpoint, "hf_secret", permits=lambda _: True)
    listing = hub.listing("ours/closed")
    assert hub.head("ours/closed", listing.commit, "model.gguf", 10) == WEIGHTS[:10]
    told = {one.where for one in server.asked if "Authorization" in one.headers}
    assert told == {"api", "hub"}


@pytest.mark.parametrize(("token", "words"), [("", "people it knows"), ("hf_x", "owner of your")])
def test_a_gated_model_says_what_to_do(server, token, words):
    server.tokens["hf_x"] = set()
    hub = Hub(server.endpoint, token, permits=lambda _: True)
    commit = hub.listing("ours/closed").commit
    with pytest.raises(NeedsToken, match=words) as refused:
        hub.head("ours/closed", commit, "model.gguf", 10)
    assert "Agree to its terms" in refused.value.hint


def test_what_is_not_there(server, hub):
    with pytest.raises((NotThere, NeedsToken)):
        hub.listing("ours/nothing")
