"""Fetches chosen files of a repository into a folder: in parts, verified, whole or not at all."""

import errno
import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ParleyError
from engines.models.fetching import journal
from engines.models.fetching.journal import Journal, Unfinished, WrittenFile, unfinished
from engines.models.fetching.names import distinct, within
from engines.models.fetching.pieces import Growing, is_right
from engines.models.fetching.troubles import (
    Damaged,
    DiskFull,
    NotThere,
    NotWritable,
    Odd,
    Stopped,
    Unreachable,
)
from engines.models.fetching.workers import NoParts, Team
from engines.models.hub import Hub, Listing, Remote

__all__ = ["DiskFull", "Download", "Fetched", "Stopped", "Unfinished", "unfinished"]

SMALLEST_PART, LARGEST_PART = 4 << 20, 32 << 20  # bytes asked for at once
SPARE = 2 << 30  # bytes that stay free on the disk
TICK = 0.1  # seconds between two reports
LASTING = 2.0  # seconds of work a power cut may cost
AT_ONCE = 64 << 20  # bytes hashed between two ticks
ANEW = 4  # times a file is begun anew at a place that does not give parts of files

log = logging.getLogger(__name__)

_busy: set[Path] = set()  # .part files that some Download of this process writes
_busy_lock = threading.Lock()


@dataclass(frozen=True)
class Fetched:
    """How far it is. Sizes in bytes."""

    done: int  # on the disk
    total: int
    received: int = 0  # over the network, in all runs of this Download
    checked: int = 0  # hashed
    speed: float = 0.0  # bytes a second, over the last seconds
    waiting: str = ""  # what is waited for, in words; "" while it comes

    @property
    def left(self) -> float:
        """Seconds until it is here; -1 where nobody knows."""
        return (self.total - self.done) / self.speed if self.speed else -1.0


class Download:
    """One fetch. run() as often as it takes: what is on the disk is never fetched again."""

    def __init__(
        self,
        hub: Hub,
        listing: Listing,
        names: Sequence[str],
        folder: Path,
        *,
        connections: int = 4,
        part: int = 0,
        spare: int = SPARE,
    ) -> None:
        """part: bytes asked for at once, 0 for what fits a file; spare: bytes that stay free.

        Raises HostileName, NotThere. Nothing is touched yet.
        """
        self._hub, self._listing, self._folder = hub, listing, folder
        self._connections, self._part, self._spare = connections, part, spare
        self.names = tuple(dict.fromkeys(names))
        distinct(self.names)
        self._remotes = [self._remote(name) for name in self.names]
        self.total = sum(remote.size for remote in self._remotes)
        self.received = 0  # bytes over the network, in all runs
        self._journal = journal.path_of(folder, listing.repository, self.names)

    def _remote(self, name: str) -> Remote:
        found = self._listing.file(name)
        if found is None:
            raise NotThere(self._hub.place, f"{name} in {self._listing.repository}")
        return found

    def run(
        self,
        progress: Callable[[Fetched], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[Path, ...]:
        """The files in the order of names, verified and on the disk for good.

        Raises Stopped, DiskFull (what came stays), and other ParleyErrors.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        targets = [within(self._folder, remote.name) for remote in self._remotes]
        with _alone(targets):
            try:
                growing = self._begun(targets, progress, cancelled)
                if growing:
                    self._fetch(growing, progress, cancelled)
                    for one in growing:
                        one.finish()
                self._journal.unlink(missing_ok=True)
            except OSError as error:
                raise self._in_words(error) from error
        progress(Fetched(self.total, self.total, checked=self.total))
        return tuple(targets)

    def _in_words(self, error: OSError) -> ParleyError:
        if error.errno in journal.FULL:
            found = journal.read(self._journal)
            free = shutil.disk_usage(self._folder).free
            return DiskFull(self.total - (found.done if found else 0) + self._spare, free)
        if error.errno == errno.EFBIG:
            return NotWritable(str(self._folder), "its disk cannot hold files as large as this")
        return NotWritable(str(error.filename or self._folder), repr(error))

    def discard(self) -> None:
        """It is not wanted any more: remove what came of it, and folders that are empty then."""
        for remote in self._remotes:
            one = Growing(remote, within(self._folder, remote.name), remote.size or 1)
            one.discard()
            with suppress(OSError):
                for folder in list(one.path.relative_to(self._folder).parents)[:-1]:
                    (self._folder / folder).rmdir()
        self._journal.unlink(missing_ok=True)

    # beginning

    def _begun(self, targets: list[Path], progress, cancelled) -> list[Growing]:
        """The files that are not here yet, with what earlier runs left of them."""
        found = journal.read(self._journal)
        known = {one.remote: one for one in found.files} if found else {}
        growing, looked = list[Growing](), 0

        def look(count: int) -> None:
            nonlocal looked
            looked += count
            if cancelled():
                raise Stopped
            progress(Fetched(looked, self.total, checked=looked))

        missing = [
            (remote, target)
            for remote, target in zip(self._remotes, targets, strict=True)
            if not is_right(target, remote, look)
        ]
        self._room([remote for remote, _ in missing], known)
        for remote, target in missing:
            written = known.get(remote)
            one = Growing(remote, target, written.part if written else self._part_of(remote))
            there = one.path.is_file()
            one.prepare()
            if there and written:
                one.recover(written.parts, look)
                one.etag = written.etag
            growing.append(one)
        return growing

    def _part_of(self, remote: Remote) -> int:
        """So that each connection has several, but not one question for every few bytes."""
        fitting = remote.size // (4 * self._connections) >> 20 << 20
        return self._part or min(max(fitting, SMALLEST_PART), LARGEST_PART)

    def _room(self, missing: list[Remote], known: dict[Remote, WrittenFile]) -> None:
        """Before anything is made: what somebody lists may be of any size."""
        claimed = sum(known[remote].done for remote in missing if remote in known)
        needed = sum(remote.size for remote in missing) - claimed
        free = shutil.disk_usage(self._folder).free
        if needed and needed + self._spare > free:
            raise DiskFull(needed + self._spare, free)

    # the main loop

    def _fetch(self, growing: list[Growing], progress, cancelled) -> None:
        for anew in range(ANEW + 1):
            try:
                self._bring(growing, progress, cancelled)
                break
            except NoParts as error:
                if anew == ANEW:
                    raise Odd(self._hub.place, "breaks off, and does not give parts") from error
                at = growing.index(error.growing)
                growing[at] = error.growing.in_one()
        self._judge(growing)

    def _bring(self, growing: list[Growing], progress, cancelled) -> None:
        """Until everything is on the disk and hashed."""
        todo = [(one, part) for one in growing for part in one.parts if part.done < part.size]
        team = Team(self._hub, self._listing.repository, self._listing.commit, todo)
        watch = Watch(self._hub.web.patience.stalled)
        saved, lasting = -1, 0.0
        self._save(growing, True)  # while there surely is room for it
        team.start(self._connections)
        try:
            while not (team.over and all(one.hashed == one.remote.size for one in growing)):
                if cancelled():
                    raise Stopped
                if team.trouble:
                    raise team.trouble
                if not self._hash_on(growing):
                    team.wait(TICK)
                done, now = sum(one.done for one in growing), time.monotonic()
                if done != saved:
                    self._save(growing, now - lasting > LASTING)
                    saved, lasting = done, now if now - lasting > LASTING else lasting
                if watch.stalled(team.received, bool(team.waiting) or team.over):
                    raise Unreachable(self._hub.place, "nothing comes any more")
                progress(self._far(growing, team, watch.speed))
        finally:
            team.stop()
            self.received += team.received
            self._save_at_last(growing)

    def _save_at_last(self, growing: list[Growing]) -> None:
        try:
            self._save(growing, True)
        except OSError as error:  # where the disk is full, the last one that was written counts
            log.info("the journal could not be written: %s", error)

    def _hash_on(self, growing: list[Growing]) -> int:
        return next((count for one in growing if (count := one.hash_on(AT_ONCE))), 0)

    def _far(self, growing: list[Growing], team: Team, speed: float) -> Fetched:
        rest = self.total - sum(one.remote.size for one in growing)
        done = rest + sum(one.done for one in growing)
        checked = rest + sum(one.hashed for one in growing)
        received = self.received + team.received
        return Fetched(done, self.total, received, checked, speed, team.waiting)

    def _judge(self, growing: list[Growing]) -> None:
        """Wrong files are thrown away, the others stay for the next run."""
        wrong = [one for one in growing if not one.right]
        if wrong:
            for one in wrong:
                one.discard()
            self._save(growing, True)
            names = ", ".join(one.remote.name for one in wrong)
            raise Damaged(names, self._hub.place)

    def _save(self, growing: list[Growing], lasting: bool) -> None:
        files = [
            WrittenFile(
                one.remote.name,
                one.remote.size,
                one.remote.sha256,
                one.remote.git_sha1,
                one.etag,
                one.part,
                [part.state for part in one.parts],
            )
            for one in growing
        ]
        told = self._listing
        journal.write(
            self._journal,
            Journal(
                self._hub.endpoint,
                told.repository,
                told.commit,
                files,
                told.licence,
                told.gated,
            ),
            lasting,
        )


class Watch:
    """How fast it comes, and whether anything does."""

    SECONDS = 8.0  # of which the speed is told

    def __init__(self, patience: float) -> None:
        """patience in seconds."""
        self._patience, self._moved = patience, time.monotonic()
        self._seen: list[tuple[float, int]] = [(self._moved, 0)]
        self.speed = 0.0  # bytes a second

    def stalled(self, received: int, excused: bool) -> bool:
        now = time.monotonic()
        if received != self._seen[-1][1] or excused:
            self._moved = now
        self._seen = [one for one in self._seen if now - one[0] < self.SECONDS]
        self._seen.append((now, received))
        then, before = self._seen[0]
        self.speed = (received - before) / (now - then) if now - then > 0.5 else 0.0
        return now - self._moved > self._patience


@contextmanager
def _alone(targets: list[Path]):
    """Two fetches never write the same file."""
    mine = {target.absolute() for target in targets}
    with _busy_lock:
        if both := mine & _busy:
            raise ParleyError(f"{min(both).name} is being fetched already.", "Wait for that.")
        _busy.update(mine)
    try:
        yield
    finally:
        with _busy_lock:
            _busy.difference_update(mine)
