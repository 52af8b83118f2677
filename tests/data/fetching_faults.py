"""Faults of fetching a model, each a function that provokes one while a Scene fetches.

One generator for the whole list and for the tenth of it that is always run: `course(count, seed)`
names the kinds so that each comes up equally often, in an order of its own.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from engines.errors import ParleyError
from engines.models.download import DiskFull, Download, Stopped
from engines.models.fetching.journal import path_of
from engines.models.fetching.troubles import Busy, Damaged, NeedsToken, NotPermitted, Odd
from engines.models.fetching.web import Patience
from engines.models.hub import Hub
from tests.data import hub_server
from tests.data.hub_server import Fault, Repo

PART = 1 << 16
PATIENCE = Patience(
    first=0.002, longest=0.02, asked=1, connect=5, read=1, slowest=10_000, stalled=20
)
REPOSITORY, WEIGHTS, CONFIG = "ours/model-GGUF", "model-Q4_K_M.gguf", "sub/config.json"
FAULTS: dict[str, Callable[["Scene"], None]] = {}


def fault(act):
    FAULTS[act.__name__] = act
    return act


def course(count, seed):
    """So many (kind, seed of its own)."""
    chance = random.Random(seed)
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += chance.sample(sorted(FAULTS), len(FAULTS))
    return [(kind, chance.randrange(10**6)) for kind in kinds[:count]]


class Scene:
    """A model at a hub that can be broken, and the folder it is fetched into."""

    def __init__(self, server, folder, seed):
        self.server, self.folder, self.chance = server, folder, random.Random(seed)
        size = self.chance.randrange(5 * PART, 8 * PART)
        self.files = {WEIGHTS: self.chance.randbytes(size), CONFIG: b'{"layers": %d}' % seed}
        self.serve()
        self.total = sum(map(len, self.files.values()))
        self.connections = self.chance.randint(1, 4)
        self.received = 0  # bytes, in all runs
        self.allowed = self.connections * PART  # bytes that may be fetched twice: what is under way
        self.fine = lambda place: place in (server.place, server.further)

    def serve(self):
        self.repo = Repo(REPOSITORY, self.files)
        self.server.repos[REPOSITORY] = self.repo

    @property
    def content(self):
        return self.repo.files[WEIGHTS]

    def hub(self):
        return Hub(self.server.endpoint, permits=self.fine, patience=PATIENCE)

    def run(self, cancelled=lambda: False, **more):
        """One go, as after a start of the program; the trouble it ended with, or None."""
        trouble, download, self.done = None, None, 0
        more = {"connections": self.connections, "part": PART, "spare": 0} | more
        try:
            hub = self.hub()
            listing = hub.listing(REPOSITORY)
            download = Download(hub, listing, tuple(self.files), self.folder, **more)
            download.run(self.look, cancelled)
        except (ParleyError, Stopped) as error:
            trouble = error
        if download:
            self.received += download.received
        self.nothing_wrong()
        return trouble

    def look(self, fetched):
        self.done = fetched.done

    def nothing_wrong(self):
        for name, content in self.files.items():
            target = self.folder / name
            assert not target.exists() or target.read_bytes() == content, "a wrong file"

    def stop_somewhere(self, again=False):
        """The person pauses while it comes; again: the rest may be too little for that."""
        far, first = self.chance.randrange(PART, 4 * PART), self.chance.randrange(PART)
        until = time.monotonic() + 0.2
        stalls = Fault(stall=first)
        self.server.fault = lambda one: stalls if one.where == "cdn" and one.start > far else None
        enough = lambda: self.done > PART // 2 and time.monotonic() > until  # noqa: E731
        trouble = self.run(enough)
        assert isinstance(trouble, Stopped) or (again and trouble is None)
        self.server.fault = lambda one: None

    def once(self, wrong, where="cdn", times=1, when=lambda one: True):
        """The answers from some number on go wrong, so many of them."""
        left, before = times, self.chance.randrange(3 if where == "cdn" else 1)

        def choose(one):
            nonlocal left, before
            if one.where != where or not when(one) or not left:
                return None
            if before:
                before -= 1
                return None
            left -= 1
            return wrong

        self.server.fault = choose

    def always(self, wrong, where="cdn", when=lambda one: True):
        self.server.fault = lambda one: wrong if one.where == where and when(one) else None

    def anywhere(self):
        return self.chance.randrange(PART)

    def end(self):
        """Everything is well again: one go more brings the rest, and no more than that."""
        self.server.fault = lambda one: None
        self.server.revoked.clear()
        assert self.run() is None
        assert all((self.folder / name).read_bytes() == one for name, one in self.files.items())
        there = {at.relative_to(self.folder).as_posix() for at in self.folder.rglob("*")}
        assert there == {WEIGHTS, CONFIG, "sub"}
        twice = self.received - self.total
        assert 0 <= twice <= self.allowed, (twice, self.allowed)
        return twice


@contextlib.contextmanager
def scene(folder, seed):
    with hub_server.serving() as server:
        yield Scene(server, folder, seed)


# what the network does; nobody but us hears of it


@fault
def connection_cut(scene):
    scene.once(Fault(cut=scene.anywhere()), times=scene.chance.randint(1, 4))
    assert scene.run() is None


@fault
def connection_reset(scene):
    scene.once(Fault(cut=scene.anywhere(), reset=True), times=scene.chance.randint(1, 4))
    assert scene.run() is None


@fault
def cut_at_the_first_byte(scene):
    scene.once(Fault(cut=0), times=3)
    assert scene.run() is None


@fault
def closed_without_a_word(scene):
    scene.once(Fault(raw=b" "), where=scene.chance.choice(["api", "hub", "cdn"]), times=2)
    assert scene.run() is None


@fault
def not_http(scene):
    scene.once(Fault(raw=b"\0\1\2 SSH-2.0\r\n\r\n"), where=scene.chance.choice(["hub", "cdn"]))
    assert scene.run() is None


@fault
def silence(scene):
    scene.once(Fault(stall=scene.anywhere()))
    assert scene.run() is None


@fault
def a_byte_now_and_then(scene):
    scene.once(Fault(pace=2000))
    assert scene.run() is None


@fault
def nothing_is_reached(scene):
    scene.always(Fault(raw=b" "), where=scene.chance.choice(["hub", "cdn"]))
    assert isinstance(scene.run(), ParleyError)


# what servers do


@fault
def asked_to_wait(scene):
    headers = scene.chance.choice([{"Retry-After": "0"}, {"RateLimit": '"api";r=0;t=1'}])
    where = scene.chance.choice(["api", "hub", "cdn"])
    scene.once(Fault(status=429, headers=headers), where=where)
    assert scene.run() is None


@fault
def asked_to_wait_for_an_hour(scene):
    wrong = Fault(status=429, headers={"Retry-After": "3600"})
    scene.once(wrong, where=scene.chance.choice(["hub", "cdn"]))
    assert isinstance(trouble := scene.run(), Busy) and "60 minutes" in trouble.message


@fault
def trouble_of_its_own(scene):
    wrong = Fault(status=scene.chance.choice([500, 502, 503, 504]))
    scene.once(wrong, where=scene.chance.choice(["api", "hub", "cdn"]), times=3)
    assert scene.run() is None


@fault
def trouble_without_end(scene):
    scene.always(Fault(status=503), where=scene.chance.choice(["api", "hub", "cdn"]))
    assert isinstance(scene.run(), Busy)


@fault
def whole_file_for_a_part(scene):
    scene.once(Fault(full=True), when=lambda one: one.start > 0)
    assert scene.run() is None


@fault
def never_parts(scene):
    scene.always(Fault(full=True))
    scene.allowed = scene.total  # it has to begin anew
    assert scene.run() is None


@fault
def another_part(scene):
    scene.once(Fault(shift=scene.chance.choice([-1, 1, -PART, PART])), when=lambda one: one.start)
    assert scene.run() is None


@fault
def another_part_in_disguise(scene):
    scene.once(Fault(lie=scene.chance.choice([-1, 1, PART])), when=lambda one: one.start)
    scene.allowed = scene.total
    assert isinstance(scene.run(), Damaged)


@fault
def one_wrong_byte(scene):
    scene.once(Fault(corrupt=scene.chance.randrange(1000)), when=lambda one: one.name == WEIGHTS)
    scene.allowed = scene.total
    assert isinstance(scene.run(), Damaged)


@fault
def another_etag_once(scene):
    scene.once(Fault(etag='"another"'), when=lambda one: one.start > 0)
    assert scene.run() is None


@fault
def another_etag_from_now_on(scene):
    scene.stop_somewhere()
    # each connection hears the whole file begin before it lets go, until the other name is taken
    scene.allowed = 2 * scene.connections * PART
    scene.always(Fault(etag='"another"'))
    assert scene.run() is None


@fault
def packed(scene):
    scene.once(Fault(packed=True))
    assert scene.run() is None


@fault
def fewer_bytes(scene):
    scene.once(Fault(short=scene.chance.randrange(1, PART // 2)), times=2)
    assert scene.run() is None


@fault
def more_bytes(scene):
    scene.once(Fault(long=scene.chance.randrange(1, 1000)), times=2)
    assert scene.run() is None


@fault
def address_not_good_any_more(scene):
    scene.stop_somewhere()
    begun = len(scene.server.asked)

    def revoke(one):
        if one.where == "cdn" and len(scene.server.asked) > begun + 4:
            scene.server.revoked |= {1, 2}

    scene.server.fault = revoke
    assert scene.run() is None


@fault
def nothing_there(scene):
    scene.once(Fault(status=404), when=lambda one: one.name == WEIGHTS)
    assert scene.run() is None or scene.run() is None


@fault
def no_such_part(scene):
    scene.once(Fault(status=416, headers={"Content-Range": "bytes */5"}))
    assert scene.run() is None


@fault
def sent_in_a_circle(scene):
    where = f"/{REPOSITORY}/resolve/{scene.repo.commit}/{WEIGHTS}"
    scene.always(Fault(status=302, headers={"Location": where}), where="hub")
    assert isinstance(scene.run(), Odd)


@fault
def sent_where_nobody_allowed(scene):
    with hub_server.serving() as stranger:
        where = f"http://{stranger.place}/{WEIGHTS}"
        scene.always(Fault(status=302, headers={"Location": where}), where="hub")
        assert isinstance(trouble := scene.run(), NotPermitted)
        assert trouble.place == stranger.place and not stranger.asked


@fault
def sent_nowhere(scene):
    nowhere = ["file:///etc/passwd", "http://[", "ftp://x/y", "http://a@127.0.0.1/", "//", "http:"]
    where = scene.chance.choice(nowhere)
    scene.always(Fault(status=302, headers={"Location": where}), where="hub")
    assert isinstance(scene.run(), (Odd, NotPermitted))


@fault
def headers_without_end(scene):
    flood = b"HTTP/1.1 206 Partial Content\r\n" + b"X-A: b\r\n" * 5000
    scene.once(Fault(raw=flood), where=scene.chance.choice(["hub", "cdn"]))
    assert scene.run() is None


@fault
def closed_meanwhile(scene):
    scene.stop_somewhere()
    scene.repo.gated = "manual"
    assert isinstance(scene.run(), NeedsToken)
    scene.repo.gated = False


# what lists say


@fault
def wrong_hash_in_the_list(scene):
    scene.content.told = scene.chance.randbytes(32).hex()
    if scene.chance.random() < 0.5:
        scene.content.linked = scene.content.told
        scene.allowed = scene.total
    else:
        scene.allowed = 0  # where it is sent on from, the right hash is said
    assert isinstance(scene.run(), (Damaged, Odd))
    scene.serve()


@fault
def broken_list(scene):
    bodies = [b"[]", b"{", b"[" * 5000, b"null", b'{"sha": 5}', b"\xff\xfe", b'{"sha": "../.."}']
    wrong = Fault(status=200, body=scene.chance.choice(bodies))
    scene.once(wrong, where="api", when=lambda one: "/revision/" in one.path)
    assert isinstance(scene.run(), Odd)


@fault
def another_commit(scene):
    """The model did not change, only what lies beside it."""
    scene.stop_somewhere()
    scene.repo.commit = scene.chance.randbytes(20).hex()
    assert scene.run() is None


# what becomes of us


@fault
def stopped_again_and_again(scene):
    for again in range(scene.chance.randint(1, 3)):
        scene.stop_somewhere(bool(again))


@fault
def killed(scene):
    """By the system, in the middle: what it had in its hands is all that is lost."""
    scene.server.pace, wanted = 4 * PART, scene.chance.randrange(PART, 4 * PART)
    code = (
        "import sys; from pathlib import Path; from tests.data import fetching_faults as f\n"
        "hub = f.Hub(sys.argv[1], permits=lambda _: True, patience=f.PATIENCE)\n"
        "listing = hub.listing(f.REPOSITORY)\n"
        "more = dict(part=f.PART, spare=0, connections=int(sys.argv[3]))\n"
        f"f.Download(hub, listing, {tuple(scene.files)!r}, Path(sys.argv[2]), **more).run()\n"
    )
    told = [scene.server.endpoint, str(scene.folder), str(scene.connections)]
    with subprocess.Popen([sys.executable, "-c", code, *told]) as run:
        until = time.monotonic() + 60
        while scene.server.sent() < wanted and time.monotonic() < until:
            time.sleep(0.005)
        os.kill(run.pid, signal.SIGKILL)
    scene.server.pace = 0
    time.sleep(0.1)  # until the server has noticed, too
    scene.received += scene.server.sent()
    scene.allowed = scene.connections * PART
    scene.nothing_wrong()


# what becomes of the disk


def journal(scene):
    return path_of(scene.folder, REPOSITORY, tuple(scene.files))


def part(scene):
    return scene.folder / f"{WEIGHTS}.part"


@fault
def journal_torn(scene):
    scene.stop_somewhere()
    at = journal(scene)
    at.write_bytes(at.read_bytes()[: scene.chance.randrange(at.stat().st_size)])
    scene.allowed = scene.total  # nobody knows any more what is right


@fault
def journal_of_a_stranger(scene):
    """It says that everything is here."""
    scene.stop_somewhere()
    told = json.loads(journal(scene).read_bytes())
    for one in told["files"]:
        one["parts"] = [
            [min(one["part"], one["size"] - at), scene.chance.randrange(1 << 32)]
            for at in range(0, one["size"], one["part"])
        ]
    journal(scene).write_text(json.dumps(told))
    scene.allowed = scene.total
    assert scene.run() is None


@fault
def a_part_changed_on_the_disk(scene):
    scene.stop_somewhere()
    changed = bytearray(part(scene).read_bytes())
    done = json.loads(journal(scene).read_bytes())["files"][0]["parts"]
    at = next(n for n, (count, _) in enumerate(done) if count)
    changed[at * PART] ^= 1
    part(scene).write_bytes(changed)
    assert scene.run() is None


@fault
def the_end_is_gone_from_the_disk(scene):
    scene.stop_somewhere()
    os.truncate(part(scene), scene.chance.randrange(PART))
    scene.allowed = scene.total
    assert scene.run() is None


@fault
def a_link_where_the_part_was(scene):
    """Nothing is ever written through it."""
    scene.stop_somewhere()
    precious = scene.folder.parent / f"precious-{scene.folder.name}"
    precious.write_bytes(b"precious")
    part(scene).unlink()
    make = scene.chance.choice([part(scene).symlink_to, part(scene).hardlink_to])
    make(precious)
    assert isinstance(scene.run(), ParleyError)
    assert precious.read_bytes() == b"precious"
    part(scene).unlink()
    scene.allowed = scene.total


@fault
def another_file_of_that_name(scene):
    """It stays what it is until the right one is whole."""
    scene.folder.mkdir(parents=True, exist_ok=True)
    other = scene.folder / WEIGHTS
    other.write_bytes(scene.chance.randbytes(len(scene.files[WEIGHTS])))
    before, scene.nothing_wrong = other.read_bytes(), lambda: None
    scene.stop_somewhere()
    assert other.read_bytes() == before
    del scene.nothing_wrong


@fault
def too_little_room(scene):
    trouble = scene.run(spare=1 << 60)
    assert isinstance(trouble, DiskFull) and trouble.needed > trouble.free > 0
    assert not list(scene.folder.rglob("*.part"))


@fault
def disk_full(scene):
    """A disk that is full in the middle; where nobody may make one, only what comes before."""
    small = scene.folder
    small.mkdir(parents=True)
    scene.connections = 1  # each has as much in its hands as it read at once, here a whole part
    size = f"size={scene.total // 2}"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "parley-test", small], capture_output=True, check=False
    )
    if made.returncode:
        return too_little_room(scene)
    try:
        # as if others had filled it meanwhile: what is looked at beforehand has room enough
        assert isinstance(scene.run(spare=-scene.total), DiskFull)
        bigger = ["mount", "-o", f"remount,size={scene.total * 2}", small]
        subprocess.run(bigger, check=True)
        assert scene.run(spare=-(1 << 60)) is None
        scene.end()
    finally:
        subprocess.run(["umount", small], check=True)
    scene.received = 0
    return None
