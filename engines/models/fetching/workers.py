"""Threads that bring parts of files, each a stretch after the other, until somebody stops them."""

import re
import threading
import time
from dataclasses import dataclass, field
from io import FileIO

from engines.errors import ParleyError
from engines.models.fetching.pieces import Growing, Part
from engines.models.fetching.troubles import BrokenOff, Odd, Stopped
from engines.models.fetching.web import Answer, Patience, place_of
from engines.models.hub import Hub

RANGE = re.compile(r"bytes (\d{1,16})-(\d{1,16})/(\d{1,16})")
READ = 1 << 18  # bytes that are in a thread's hands at most
LINGERS = 3.0  # seconds for threads to end
DOUBTS = 3  # times a place may contradict itself before one believes it


class NoParts(Exception):
    """The place does not give parts of files; growing is the one it was asked for."""

    def __init__(self, growing: Growing) -> None:
        super().__init__(growing.remote.name)
        self.growing = growing


@dataclass
class Team:
    """Takes parts off one list; the first trouble stops all of them."""

    hub: Hub
    repository: str
    commit: str
    todo: list[tuple[Growing, Part]]
    received: int = 0  # bytes, by all
    waiting: str = ""  # what is waited for, in words
    trouble: Exception | None = None
    _addresses: dict[str, str] = field(default_factory=dict)  # where the hub sent us on to
    _open: set[Answer] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock, self._stop = threading.Lock(), threading.Event()

    def start(self, connections: int) -> None:
        for number in range(min(connections, len(self.todo))):
            thread = threading.Thread(target=self._work, name=f"fetching {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def over(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self, seconds: float) -> None:
        """Until all are done, or so long."""
        for thread in self._threads:
            thread.join(seconds / len(self._threads))

    def stop(self) -> None:
        """Nothing is written any more once this returns; a connection in the making may linger."""
        self._stop.set()
        with self._lock:
            for answer in self._open:
                answer.interrupt()
        until = time.monotonic() + LINGERS
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0))

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                with self._lock:
                    if not self.todo:
                        return
                    growing, part = self.todo.pop(0)
                with growing.path.open("rb+", buffering=0) as opened:
                    self._bring(growing, part, opened)
        except Stopped:
            pass
        except Exception as error:  # raised by whoever started the team
            with self._lock:
                self.trouble = self.trouble or error
            self._stop.set()

    def _bring(self, growing: Growing, part: Part, opened: FileIO) -> None:
        """One part, with as many tries as patience has; each byte that comes renews it."""
        failed, patience = 0, self.hub.web.patience
        while part.done < part.size:
            if self._stop.is_set():
                raise Stopped
            before = part.done
            try:
                self._stretch(growing, part, opened)
            except (BrokenOff, Odd) as error:
                failed = 0 if part.done > before else failed + 1
                self._addresses.pop(growing.remote.name, None)
                if failed >= patience.tries:
                    raise
                self._rest(patience.pause(max(failed, 1)) if failed else 0.0, error)
        self.waiting = ""

    def _rest(self, seconds: float, why: ParleyError) -> None:
        self.waiting = why.message
        self.hub.web.rest(seconds, self._stop.is_set)

    def _stretch(self, growing: Growing, part: Part, opened: FileIO) -> None:
        """Once the rest of a part, or as much of it as comes."""
        answer = self._asked(growing, part)
        with self._lock:
            self._open.add(answer)
        try:
            self._check(answer, growing, part)
            self._addresses[growing.remote.name] = answer.url  # only now: it says no hash itself
            opened.seek(part.start + part.done)
            pace = Pace(self.hub.web.patience)
            while part.done < part.size and not self._stop.is_set():
                piece = answer.read(min(READ, part.size - part.done))
                if not piece:
                    raise BrokenOff(place_of(answer.url), "it ended early")
                self._keep(piece, part, opened)
                if pace.too_slow(len(piece)):
                    raise BrokenOff(place_of(answer.url), "too slow")
        except BrokenOff:
            if self._stop.is_set():
                raise Stopped from None
            raise
        finally:
            with self._lock:
                self._open.discard(answer)
            answer.end()

    def _keep(self, piece: bytes, part: Part, opened: FileIO) -> None:
        view = memoryview(piece)
        with self._lock:
            self.received += len(view)
        while view and not self._stop.is_set():
            count = opened.write(view)
            part.add(view[:count])
            view = view[count:]

    def _asked(self, growing: Growing, part: Part) -> Answer:
        at, name = part.start + part.done, growing.remote.name
        headers = {"Range": f"bytes={at}-{part.start + part.size - 1}"}
        known = self._addresses.get(name)
        if growing.etag:
            headers["If-Range"] = growing.etag
        url = known or self.hub.address(self.repository, self.commit, name)
        answer = self._ask(url, headers)
        if known and answer.status in (400, 401, 403, 404, 410):  # it was for a while only
            answer.end()
            self._addresses.pop(name, None)
            url = self.hub.address(self.repository, self.commit, name)
            answer = self._ask(url, headers)
        try:
            self.hub.look(answer, self.repository)
        except ParleyError:
            answer.end()
            raise
        return answer

    def _ask(self, url: str, headers: dict[str, str]) -> Answer:
        return self.hub.web.ask(url, headers, self._stop.is_set, self._say)

    def _say(self, words: str) -> None:
        self.waiting = words

    def _check(self, answer: Answer, growing: Growing, part: Part) -> None:
        """Whether this is the stretch that was asked for, of the content that is meant."""
        place, size = place_of(answer.url), growing.remote.size
        if answer.headers.get("content-encoding", "identity") not in ("", "identity"):
            raise Odd(place, "packs files although it was asked not to")
        etag = answer.headers.get("etag", "")
        strong = etag if etag.startswith('"') and etag.isprintable() and len(etag) < 500 else ""
        if growing.etag and strong and strong != growing.etag:
            growing.doubts += 1
            if growing.doubts >= DOUBTS:  # a commit is what it is: its hash will tell
                growing.etag = ""
            raise Odd(place, "serves another file than before", etag)
        if answer.linked and growing.remote.sha256 and answer.linked != growing.remote.sha256:
            raise Odd(place, "serves another file than it listed", answer.linked)
        if answer.status == 200:
            if answer.headers.get("content-length", str(size)) != str(size):
                raise Odd(place, "serves a file of another size than it listed")
            if part.start + part.done:
                growing.refusals += 1
                if growing.refusals >= DOUBTS:
                    raise NoParts(growing)
                raise Odd(place, "does not give parts of files")
        else:
            found = RANGE.fullmatch(answer.headers.get("content-range", ""))
            if not found or int(found[1]) != part.start + part.done or int(found[3]) != size:
                raise Odd(place, "sends other parts of files than it was asked for")
            growing.refusals = 0
        growing.etag, growing.doubts = growing.etag or strong, 0


class Pace:
    """Whether one connection is so slow that another one may be better."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._count, self._since = patience, 0, time.monotonic()

    def too_slow(self, count: int) -> bool:
        self._count += count
        passed = time.monotonic() - self._since
        if passed < self._patience.read:
            return False
        slow = self._count < self._patience.slowest * passed
        self._count, self._since = 0, time.monotonic()
        return slow
