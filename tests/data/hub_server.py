"""A hub of models on this computer that answers as huggingface.co does, by its documentation.

Large files are redirected to another place, as the hub does; `fault` makes single answers go wrong.
Run it on its own: python -m tests.data.hub_server FOLDER [PACE [LATENCY]], where what lies in
FOLDER/owner/name are models, PACE is bytes a second over one connection and LATENCY seconds before
each answer; it says its addresses as a line of JSON and serves until its input ends.
"""

import gzip
import hashlib
import json
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

LARGE = (".gguf", ".bin", ".safetensors", ".onnx", ".pt", ".model")  # kept apart, as LFS does
STEP = 1 << 16


class Content:
    """The bytes of one file, in memory or on the disk, and the names git and LFS have for them."""

    def __init__(self, name, source):
        self.name, self.source = name, source
        self.size = len(source) if isinstance(source, bytes) else source.stat().st_size
        sha256, git = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % self.size)
        for at in range(0, self.size, 1 << 20):
            piece = self.read(at, 1 << 20)
            sha256.update(piece)
            git.update(piece)
        self.sha256, self.blob = sha256.hexdigest(), git.hexdigest()
        self.told = self.linked = self.sha256  # in lists, and when sent on: may be a lie
        self.large = name.endswith(LARGE) or self.size > 10_000_000
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\n"
        self.pointer = f"{pointer}size {self.size}\n".encode()
        if self.large:
            self.blob = hashlib.sha1(b"blob %d\0" % len(self.pointer) + self.pointer).hexdigest()

    def read(self, at, count):
        if isinstance(self.source, bytes):
            return self.source[at : at + count]
        with self.source.open("rb") as opened:
            opened.seek(at)
            return opened.read(count)

    def row(self, path=None):
        """As the tree of a repository lists it."""
        row = {"type": "file", "oid": self.blob, "size": self.size, "path": path or self.name}
        if self.large:
            sizes = {"size": self.size, "pointerSize": len(self.pointer)}
            row["lfs"] = {"oid": self.told, **sizes}
        return row

    def sibling(self, path, blobs):
        if not blobs:
            return {"rfilename": path}
        row = {"rfilename": path, "size": self.size, "blobId": self.blob}
        if self.large:
            sizes = {"size": self.size, "pointerSize": len(self.pointer)}
            row["lfs"] = {"sha256": self.told, **sizes}
        return row


class Repo:
    """A repository of models. files: name -> bytes or the Path of a file."""

    def __init__(self, name, files, *, tags=("gguf",), licence="apache-2.0", gated=False, **more):
        """more: downloads, likes, pipeline_tag, updated."""
        self.id, self.gated = name, gated
        self.tags = [*tags, f"license:{licence}"] if licence else list(tags)
        self.licence, self.more = licence, more
        self.files = {at: Content(at, source) for at, source in files.items()}
        told = "".join(f"{at} {one.sha256}\n" for at, one in sorted(self.files.items()))
        self.commit = hashlib.sha1(f"{name}\n{told}".encode()).hexdigest()

    def about(self, blobs=False, whole=True):
        more = self.more
        told = {
            "_id": self.commit[:24],
            "id": self.id,
            "modelId": self.id,
            "author": self.id.partition("/")[0],
            "private": False,
            "disabled": False,
            "downloads": more.get("downloads", 10),
            "likes": more.get("likes", 1),
            "gated": self.gated,
            "lastModified": more.get("updated", "2026-10-01T12:00:00.000Z"),
            "createdAt": "2026-01-01T12:00:00.000Z",
            "tags": self.tags,
            "pipeline_tag": more.get("pipeline_tag", "text-generation"),
        }
        if whole:
            told |= {"sha": self.commit, "cardData": {"license": self.licence}}
            told["siblings"] = [one.sibling(at, blobs) for at, one in self.files.items()]
        return told


@dataclass
class Fault:
    """What goes wrong with one answer. Places and sizes are bytes of the body."""

    status: int = 0  # say this instead
    headers: dict = field(default_factory=dict)  # said as well
    body: bytes = b"trouble"  # with the status
    delay: float = 0  # seconds before anything is said
    pace: float = 0  # bytes a second
    cut: int = -1  # the connection ends here
    reset: bool = False  # … as a crash ends it
    stall: int = -1  # silence from here on
    corrupt: int = -1  # this byte is another one
    full: bool = False  # all of the file, though a part was asked for
    shift: int = 0  # another part than was asked for, and it says so
    lie: int = 0  # another part, and it says it is the right one
    etag: str = ""
    packed: bool = False  # with gzip
    short: int = 0  # so many bytes fewer than asked for, and it says so
    long: int = 0  # so many more than it says
    raw: bytes = b""  # said instead of HTTP; b" " is nothing at all


@dataclass
class Asked:
    """One question that came, and what was sent for it."""

    where: str  # "api", "hub" (a file) or "cdn"
    method: str
    path: str
    headers: dict
    name: str = ""  # of the file
    start: int = 0
    end: int = -1  # of the range that was asked for, -1 without one
    sent: int = 0  # bytes of the body


class Hub:
    """repos, tokens (token -> ids it may have although gated) and fault may change at any time."""

    def __init__(self, repos):
        self.repos = {repo.id: repo for repo in repos}
        self.tokens, self.asked, self.scheme = {}, [], "http"
        self.fault: Callable[[Asked], Fault | None] = lambda asked: None
        self.page, self.latency, self.pace = 1000, 0.0, 0.0
        self.revoked = set()  # signatures of addresses that are not good any more
        self.signed = 0
        self.over, self.lock = threading.Event(), threading.Lock()
        self.ports = {"hub": 0, "cdn": 0}

    @property
    def place(self):
        return f"127.0.0.1:{self.ports['hub']}"

    @property
    def further(self):
        """Where large files come from."""
        return f"127.0.0.1:{self.ports['cdn']}"

    @property
    def endpoint(self):
        return f"{self.scheme}://{self.place}"

    def sent(self, name=""):
        """Bytes of files that were sent."""
        return sum(one.sent for one in self.asked if one.name and name in ("", one.name))

    def sign(self):
        with self.lock:
            self.signed += 1
            return self.signed

    def content(self, sha256):
        found = (one for repo in self.repos.values() for one in repo.files.values())
        return next((one for one in found if one.sha256 == sha256), None)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hub: Hub
    where: str

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._answer()

    def do_HEAD(self):
        self._answer()

    def do_POST(self):
        self._posted = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def _answer(self):
        at = urlsplit(self.path)
        self.query, self.parts = parse_qs(at.query), unquote(at.path).strip("/").split("/")
        where = "cdn" if self.where == "cdn" else "api" if self.parts[0] == "api" else "hub"
        self.asked = Asked(where, self.command, self.path, dict(self.headers))
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if found:
            self.asked.start = int(found[1])
            self.asked.end = int(found[2]) if found[2] else -1
        self.ranged = bool(found)
        if self.hub.latency:
            self.hub.over.wait(self.hub.latency)
        try:
            self._go()
        except OSError:
            self.close_connection = True  # whoever asked has heard enough

    def _go(self):
        answer = self._cdn if self.where == "cdn" else self._api if self.parts[0] == "api" else None
        with self.hub.lock:
            self.hub.asked.append(self.asked)
        (answer or self._resolve)()

    # what goes wrong

    def _trouble(self):
        """The fault of this answer; True when that was all of it."""
        self.fault = fault = self.hub.fault(self.asked) or Fault()
        if fault.delay:
            self.hub.over.wait(fault.delay)
        if fault.raw:
            self.wfile.write(fault.raw.strip())
            self.close_connection = True
            return True
        if fault.status:
            self._say(fault.status, {"Content-Length": len(fault.body), **fault.headers})
            self._write(fault.body)
            return True
        return False

    def _end(self):
        if self.fault.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR) if not self.fault.reset else None

    # what is said

    def _say(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def _write(self, body):
        if self.command != "HEAD":
            self.wfile.write(body)

    def _json(self, told, headers=None, status=200):
        body = json.dumps(told).encode()
        kind = {"Content-Type": "application/json; charset=utf-8", "Content-Length": len(body)}
        self._say(status, kind | (headers or {}))
        self._write(body)

    def _refuse(self, status, code, words):
        told = {"X-Error-Code": code, "X-Error-Message": words}
        self._json({"error": words}, told, status)

    # the lists

    def _api(self):
        if self._trouble():
            return None
        parts = self.parts[1:]
        if parts == ["models"]:
            return self._search()
        if parts[:2] == ["resolve-cache", "models"] and len(parts) > 4:
            return self._cached("/".join(parts[2:4]), "/".join(parts[5:]))
        repo = self._repo("/".join(parts[1:3]))
        if repo is None:
            return None
        revision = parts[4] if len(parts) > 4 else "main"
        if revision not in ("main", repo.commit):
            return self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        if len(parts) > 3 and parts[3] == "tree":
            return self._tree(repo)
        if len(parts) > 3 and parts[3] == "paths-info":
            asked = parse_qs(self._posted.decode()).get("paths", [])
            return self._json([repo.files[at].row(at) for at in asked if at in repo.files])
        return self._json(repo.about("blobs" in self.query))

    def _repo(self, name):
        repo = self.hub.repos.get(name)
        if repo is None and self._token() is None:
            self._refuse(401, "RepoNotFound", "Invalid username or password.")
        elif repo is None:
            self._refuse(404, "RepoNotFound", "Repository not found")
        return repo

    def _token(self):
        """The ids its bearer may have, None for nobody we know."""
        said = self.headers.get("Authorization", "")
        return self.hub.tokens.get(said.removeprefix("Bearer "))

    def _search(self):
        ask = {name: values[-1] for name, values in self.query.items()}
        words = ask.get("search", "").lower().split()
        found = [
            repo
            for repo in self.hub.repos.values()
            if all(word in repo.id.lower() for word in words)
            and set(self.query.get("filter", [])) <= set(repo.tags)
            and ask.get("pipeline_tag") in (None, repo.about()["pipeline_tag"])
        ]
        found.sort(key=lambda repo: -repo.about().get(ask.get("sort", "downloads"), 0))
        wanted = self.query.get("expand")
        rows = [repo.about(whole=False) for repo in found]
        if wanted:
            rows = [{k: v for k, v in r.items() if k in ("_id", "id", *wanted)} for r in rows]
        self._paged(rows, min(int(ask.get("limit", 1000)), self.hub.page))

    def _tree(self, repo):
        under = "/".join(self.parts[6:])
        rows = [one.row(at) for at, one in repo.files.items() if at.startswith(under)]
        folders = {
            "/".join(at.split("/")[:n]) for at in repo.files for n in range(1, at.count("/") + 1)
        }
        rows += [
            {
                "type": "directory",
                "oid": hashlib.sha1(at.encode()).hexdigest(),
                "size": 0,
                "path": at,
            }
            for at in sorted(folders)
        ]
        if "recursive" not in self.query:
            rows = [row for row in rows if "/" not in row["path"].removeprefix(under).strip("/")]
        self._paged(rows, self.hub.page)

    def _paged(self, rows, size):
        at = int(self.query.get("cursor", ["0"])[0])
        headers = {}
        if at + size < len(rows):
            rest = [(k, v) for k, all_ in self.query.items() if k != "cursor" for v in all_]
            query = urlencode([*rest, ("cursor", at + size)])
            further = f"{self.hub.endpoint}{urlsplit(self.path).path}?{query}"
            headers["Link"] = f'<{further}>; rel="next"'
        self._json(rows[at : at + size], headers)

    # the files

    def _resolve(self):
        if len(self.parts) < 5 or self.parts[2] != "resolve":
            return self._refuse(404, "", "Sorry, we can't find the page you are looking for.")
        name = "/".join(self.parts[4:])
        self.asked.name = name
        if self._trouble():
            return None
        repo = self._repo("/".join(self.parts[:2]))
        if repo is None:
            return None
        if repo.gated and (may := self._token()) is None:
            return self._refuse(401, "GatedRepo", f"Access to model {repo.id} is restricted.")
        if repo.gated and repo.id not in may:
            return self._refuse(403, "GatedRepo", f"Access to model {repo.id} is restricted.")
        if self.parts[3] not in ("main", repo.commit):
            return self._refuse(404, "RevisionNotFound", f"Invalid rev id: {self.parts[3]}")
        if name not in repo.files:
            return self._refuse(404, "EntryNotFound", "Entry not found")
        return self._send_on(repo, name, repo.files[name])

    def _send_on(self, repo, name, one):
        headers = {"X-Repo-Commit": repo.commit, "Accept-Ranges": "bytes", "Content-Length": 0}
        if one.large:
            signature = self.hub.sign()
            query = urlencode({"X-Amz-Expires": 3600, "X-Amz-Signature": signature})
            where = f"http://{self.hub.further}/repos/{one.sha256}?{query}"
            linked = {"X-Linked-Size": one.size, "X-Linked-ETag": f'"{one.linked}"'}
            self._say(302, headers | linked | {"Location": where} | self.fault.headers)
        else:
            query = urlencode({"etag": f'"{one.blob}"'})
            at = quote(f"/api/resolve-cache/models/{repo.id}/{repo.commit}/{name}")
            linked = {"X-Linked-Size": one.size, "X-Linked-ETag": f'"{one.blob}"'}
            self._say(307, headers | linked | {"Location": f"{at}?{query}"} | self.fault.headers)

    def _cached(self, repository, name):
        repo = self.hub.repos[repository]
        self.asked.name = name
        one = repo.files[name]
        self._file(one, {"ETag": f'"{one.blob}"', "X-Repo-Commit": repo.commit})

    def _cdn(self):
        one = self.hub.content(self.parts[-1])
        self.asked.name = one.name if one else ""
        if self._trouble():
            return
        if "Authorization" in self.headers:
            self._say(400, {"Content-Length": 0})  # as S3 does: signed addresses have no other key
        elif one is None or int(self.query["X-Amz-Signature"][0]) in self.hub.revoked:
            self._say(403, {"Content-Length": 0})
        else:
            self._file(one, {"ETag": f'"{one.sha256[:32]}"'})

    def _file(self, one, headers):
        fault, asked = self.fault, self.asked
        headers |= {"Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
        if fault.etag:
            headers["ETag"] = fault.etag
        start, end = asked.start, one.size - 1 if asked.end < 0 else min(asked.end, one.size - 1)
        matches = self.headers.get("If-Range", headers["ETag"]) == headers["ETag"]
        partial = self.ranged and matches and not fault.full
        if not partial:
            start, end = 0, one.size - 1
        elif start >= one.size:
            headers |= {"Content-Range": f"bytes */{one.size}", "Content-Length": 0}
            return self._say(416, headers)
        end = max(end - fault.short, start)
        if fault.shift and partial:
            start = max(min(start + fault.shift, one.size - 1), 0)
            end = max(start, min(end + fault.shift, one.size - 1))
        length = end - start + 1
        headers["Content-Length"] = length
        if partial:
            headers["Content-Range"] = f"bytes {start}-{end}/{one.size}"
        from_here = max(start + fault.lie, 0)
        if fault.packed:
            body = gzip.compress(one.read(start, length))
            headers |= {"Content-Length": len(body), "Content-Encoding": "gzip"}
            self._say(206 if partial else 200, headers | fault.headers)
            return self._write(body)
        self._say(206 if partial else 200, headers | fault.headers)
        if self.command != "HEAD":
            self._body(one, from_here, length + fault.long)
        return None

    def _body(self, one, start, length):
        fault, asked, pace = self.fault, self.asked, self.fault.pace or self.hub.pace
        plain = not pace and max(fault.cut, fault.stall, fault.corrupt) < 0
        if plain and isinstance(one.source, Path) and not fault.lie and not fault.long:
            self.wfile.flush()
            with one.source.open("rb") as opened:
                asked.sent += self.connection.sendfile(opened, start, length)
            return
        step = min(STEP, max(int(pace / 20), 1)) if pace else STEP
        stop = min([length, *(at for at in (fault.cut, fault.stall) if at >= 0)])
        for at in range(0, stop, step):
            count = min(step, stop - at)
            piece = bytearray(one.read(start + at, count).ljust(count, b"?"))
            if at <= fault.corrupt < at + count:
                piece[fault.corrupt - at] ^= 0x40
            self.wfile.write(piece)
            asked.sent += len(piece)
            if pace and self.hub.over.wait(count / pace):
                return
        if 0 <= fault.stall < length:
            self.wfile.flush()
            self.hub.over.wait(60)
        if stop < length:
            self._end()


class Server(ThreadingHTTPServer):
    daemon_threads, block_on_close, request_queue_size = True, False, 64

    def handle_error(self, *_):
        pass


@contextmanager
def serving(*repos, context=None):
    """context: an SSL context for the hub itself; large files still come without."""
    hub = Hub(repos)
    hub.scheme = "https" if context else "http"
    servers, threads = [], []
    for where in ("hub", "cdn"):
        kind = type("Handler", (Handler,), {"hub": hub, "where": where})
        servers.append(server := Server(("127.0.0.1", 0), kind))
        if context and where == "hub":
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        hub.ports[where] = server.server_port
        threads.append(thread := threading.Thread(target=server.serve_forever, args=(0.05,)))
        thread.start()
    try:
        yield hub
    finally:
        hub.over.set()
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()


def in_folder(folder):
    """The repositories that lie in FOLDER/owner/name."""
    for at in sorted(folder.glob("*/*")):
        files = {p.relative_to(at).as_posix(): p for p in sorted(at.rglob("*")) if p.is_file()}
        yield Repo(at.relative_to(folder).as_posix(), files)


if __name__ == "__main__":
    with serving(*in_folder(Path(sys.argv[1]))) as running:
        running.pace, running.latency = (float(one) for one in [*sys.argv[2:], 0, 0][:2])
        sys.stdout.write(json.dumps({"endpoint": running.endpoint, "further": running.further}))
        sys.stdout.write("\n")
        sys.stdout.flush()
        sys.stdin.read()
