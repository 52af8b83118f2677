"""The hub as Parley asks it, and as its own library does: the same server answers both."""

import base64
import hashlib
import http.client
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from engines.errors import ParleyError
from engines.models.fetching import web
from engines.models.fetching.troubles import NeedsToken, NotPermitted, NotThere, Odd, Untrusted
from engines.models.fetching.web import Patience
from engines.models.hub import Hub, Remote
from tests.data import hub_server, web_server
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


def test_a_mirror_may_lie_below_another_address(server):
    """Links to further pages name the hub itself; they are followed at the mirror."""
    server.page = 2
    found = Hub(server.endpoint + "/", permits=lambda _: True).search("model", limit=7)
    assert len(found) == 7


@contextmanager
def proxy(server):
    """Passes everything on to one server, and keeps what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            asked.append((self.path, self.headers.get("Proxy-Authorization")))
            at = urlsplit(self.path)
            line = http.client.HTTPConnection(server.further if at.port else server.place)
            line.request("GET", f"{at.path}?{at.query}", headers=dict(self.headers))
            answer = line.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            line.close()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads, running.block_on_close = True, False
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield f"127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("said", ["chosen", "by the system"])
def test_a_proxy_is_asked_instead(server, monkeypatch, said):
    with proxy(server) as (place, asked):
        address = f"http://me:se%20cret@{place}"
        monkeypatch.setenv("http_proxy", address if said != "chosen" else "http://127.0.0.1:1")
        monkeypatch.delenv("no_proxy", raising=False)
        chosen = address if said == "chosen" else ""
        hub = Hub("http://hub.example", proxy=chosen, permits=lambda _: True)
        found = hub.search("model-GGUF")
        hub.web.close()
        assert [one.id for one in found] == ["ours/model-GGUF"]
        path, told = asked[0]
        assert path.startswith("http://hub.example/api/models?")
        assert told == "Basic " + base64.b64encode(b"me:se cret").decode()


def test_a_proxy_of_the_system_is_not_asked_when_none_is_wanted(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert Hub(server.endpoint, proxy="direct").search("model-GGUF")
    assert Hub(server.endpoint).search("model-GGUF")  # this computer itself


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://[", "ftp://x"])
def test_a_proxy_that_is_none_says_so(server, proxy):
    with pytest.raises(ParleyError):
        Hub(server.endpoint, proxy=proxy, patience=Patience(tries=1)).search("model")


def test_who_cannot_prove_who_it_is_is_told_nothing(tmp_path, monkeypatch):
    keys, trusting = web_server.certificate(tmp_path, "127.0.0.1", "localhost")
    repo = Repo("ours/model", {"model.gguf": WEIGHTS, "config.json": CONFIG})
    with hub_server.serving(repo, context=keys) as server:
        endpoint = server.endpoint.replace("127.0.0.1", "localhost")
        hub = Hub(endpoint, "hf_secret", permits=lambda _: True)
        with pytest.raises(Untrusted):
            hub.listing("ours/model")
        assert not server.asked
        monkeypatch.setattr(web, "certificates", lambda: trusting)
        hub = Hub(endpoint, "hf_secret", permits=lambda _: True)
        listing = hub.listing("ours/model")
        assert hub.head("ours/model", listing.commit, "config.json", 99) == CONFIG
        with pytest.raises(Odd, match="read along"):  # from https to http
            hub.head("ours/model", listing.commit, "model.gguf", 99)
        hub.web.close()
        assert not [one for one in server.asked if one.where == "cdn"]


def test_what_is_not_there(server, hub):
    with pytest.raises((NotThere, NeedsToken)):
        hub.listing("ours/nothing")
