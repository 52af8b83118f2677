"""Keeps what is known of photos the same as what lies in the granted folders."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from engines.messages import Event, Progress, Scanned
from engines.vision.photo_index import walking
from engines.vision.photo_index.facts import BROKEN, SEEN, STRIKES, Facts, Known
from engines.vision.photo_index.looking import Looked
from engines.vision.photo_index.thumbs import Thumbs
from engines.vision.photo_index.vectors import Vectors, checksum
from engines.vision.photo_index.walking import Found

YOUNG = 5.0  # seconds; a file that changed since may still be on its way here
TOGETHER = 16  # photos that are decoded by one process, where it can be divided
KEPT, OFTEN = 32, 2.0  # photos, and seconds, after which what was looked at is kept
LISTED = 2000  # files between two words about them


class Eyes(Protocol):
    """What turns a picture into f32 values of length 1."""

    dims: int
    identity: str  # another one for other weights

    def embed(self, width: int, height: int, rgb: bytes) -> Any: ...


class Work(NamedTuple):
    """A file to look at, and what is known of it: a fresh Known for a new one."""

    path: bytes
    known: Known


class Scan:
    """One writer's work on an index. Everything in it can end at any moment."""

    def __init__(
        self,
        facts: Facts,
        vectors: Vectors,
        thumbs: Thumbs,
        eyes: Eyes,
        trying: Path,
        look: Callable[[Sequence[bytes]], Iterable[tuple[int, Looked | None]]],
        together: int = TOGETHER,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """trying holds the path of a photo that is looked at by itself: who dies over it, says so.

        look answers (place, what it is) of paths, None for what cannot be read.
        """
        self._facts, self._vectors, self._thumbs, self._eyes = facts, vectors, thumbs, eyes
        self._trying, self._look, self._together, self._clock = trying, look, together, clock
        self._young = 0
        facts.begin_epoch(eyes.identity)
        facts.lose_rows(self._torn())
        used = {row for _, row, _ in facts.rows()}
        self._free = sorted(set(range(max(used, default=-1) + 1)) - used, reverse=True)
        self._next_row = max(used, default=-1) + 1
        self._next_id = facts.last_id + 1
        self._struck = self._blame()

    def run(self, folders: Sequence[bytes]) -> Generator[Event, None, None]:
        """Yields Progress, and a Scanned when it is over."""
        self._young = 0
        roots = outermost(folders)
        self._let_go(roots)
        todo: list[Work] = []
        for root in roots:
            todo += yield from self._compare(root)
        todo.sort(key=lambda work: -work.known.modified)  # the newest first
        before = sum(seen + broken for _, seen, broken, _ in self._facts.counts())
        yield from self._look_at(todo, before - sum(1 for work in todo if work.known.id))
        yield self._scanned()

    # What there is against what is known

    def _let_go(self, roots: Sequence[bytes]) -> None:
        """Folders that are no longer granted, but for what lies in one that is."""
        for path, (number, _, _) in self._facts.roots().items():
            if path in roots:
                continue
            inside = self._facts.folders(number)
            for root in roots:
                mine = [one for one in inside if one == root or within(one, root)]
                if mine:
                    other = self._facts.keep_root(root, walking.device(root) or 0, True)
                    self._facts.hand_over(number, other, mine)
            self._thumbs.remove(self._facts.forget_root(number))

    def _compare(self, root: bytes) -> Generator[Event, None, list[Work]]:
        """Note what is gone and what only moved; answers what has to be looked at."""
        before = self._facts.roots().get(root)
        device = walking.device(root)
        if device is None:
            self._facts.keep_root(root, 0, False)
            return []
        folders, found, unread = yield from self._list(root)
        elsewhere = before is not None and before[1] not in (0, device)
        number = before[0] if before else 0
        if elsewhere and not found and any(True for _ in self._facts.photos(number)):
            self._facts.keep_root(root, 0, False)  # the empty place a drive is hung into
            return []
        number = self._facts.keep_root(root, device, True)
        self._facts.keep_folders(number, folders)
        ids = self._facts.folders(number)
        paths = {id: path for path, id in ids.items()}
        known = {(paths[one.folder], one.name): one for one in self._facts.photos(number)}
        new = [one for one in found if (one.folder, one.name) not in known]
        there = {(one.folder, one.name) for one in found}
        lost = [
            one for key, one in known.items() if key not in there and not hidden(key[0], unread)
        ]
        moved = self._move(new, lost, ids)
        kept = {one.id for one in moved.values()}
        gone = [one for one in lost if one.id not in kept]
        self._facts.remove(gone)
        self._thumbs.remove(one.id for one in gone)
        self._free += sorted({one.row for one in gone if one.row >= 0}, reverse=True)
        self._facts.drop_empty_folders(number, [path for path, _ in folders])
        known |= moved
        return [work for one in found if (work := self._work(one, known, ids))]

    def _list(
        self, root: bytes
    ) -> Generator[Event, None, tuple[list[tuple[bytes, int]], list[Found], list[bytes]]]:
        """Folders with their times, files, and the folders that could not be read."""
        folders, found, unread = [], [], []
        told = 0
        for one in walking.walk(root):
            if one.files is None:
                unread.append(one.path)
                continue
            folders.append((one.path, one.modified))
            found += one.files
            if len(found) - told >= LISTED:
                told = len(found)
                yield Progress("listing", told, 0)
        return folders, found, unread

    def _move(
        self, new: Iterable[Found], lost: Iterable[Known], ids: dict[bytes, int]
    ) -> dict[tuple[bytes, bytes], Known]:
        """Files that are the same by size and time under another name, where there is no doubt."""
        gone: dict[tuple[int, int], list[Known]] = {}
        come: dict[tuple[int, int], list[Found]] = {}
        for one in lost:
            gone.setdefault((one.size, one.modified), []).append(one)
        for one in new:
            come.setdefault((one.size, one.modified), []).append(one)
        moved = {}
        for key, there in come.items():
            for old, fresh in pairs(gone.get(key, []), there):
                old.folder, old.name = ids[fresh.folder], fresh.name
                moved[fresh.folder, fresh.name] = old
        if moved:
            self._facts.keep(moved.values())
        return moved

    def _work(
        self, one: Found, known: dict[tuple[bytes, bytes], Known], ids: dict[bytes, int]
    ) -> Work | None:
        old = known.get((one.folder, one.name))
        path = os.path.join(one.folder, one.name)  # noqa: PTH118
        same = old is not None and (old.size, old.modified) == (one.size, one.modified)
        if old and same:
            whole = old.row >= 0 and self._thumbs.holds(old.id, old.thumb)
            if old.state == BROKEN or whole:
                return None
        elif 0 <= self._clock() - one.modified / 1e9 < YOUNG:
            self._young += 1
            return None
        fresh = old or Known(0, ids[one.folder], one.name, 0, 0)
        fresh.modified = one.modified
        fresh.strikes = max(fresh.strikes if same else 0, self._struck.get(path, 0))
        return Work(path, fresh)

    # Looking

    def _look_at(self, todo: Sequence[Work], before: int) -> Generator[Event, None, None]:
        """before is how many need not be looked at."""
        kept: list[Known] = []
        rows: list[tuple[int, bytes]] = []
        last = time.monotonic()
        try:
            for start in range(0, len(todo), self._together):
                part = todo[start : start + self._together]
                yield Progress("looking", before + start, before + len(todo))
                for place, looked in self._looked(part, kept):
                    self._take(part[place].known, part[place].path, looked, kept, rows)
                    if len(kept) >= KEPT or time.monotonic() - last > OFTEN:
                        self._keep(kept, rows)
                        last = time.monotonic()
                    yield Progress("looking", before + start + place + 1, before + len(todo))
        finally:
            self._keep(kept, rows)

    def _looked(
        self, part: Sequence[Work], kept: list[Known]
    ) -> Generator[tuple[int, Looked | None]]:
        places = []
        for place, work in enumerate(part):
            if not work.known.id:
                work.known.id, self._next_id = self._next_id, self._next_id + 1
            if work.known.strikes >= STRIKES:
                kept.append(self._as_broken(work.known, work.path))
            else:
                places.append(place)
        paths = [part[place].path for place in places]
        if len(paths) == 1:
            self._trying.write_bytes(paths[0])
        try:
            for number, looked in self._look(paths):
                yield places[number], looked
        finally:
            if len(paths) == 1:
                self._trying.write_bytes(b"")

    def _take(
        self,
        one: Known,
        path: bytes,
        looked: Looked | None,
        kept: list[Known],
        rows: list[tuple[int, bytes]],
    ) -> None:
        if looked is None:
            kept.append(self._as_broken(one, path))
            return
        values = self._eyes.embed(looked.width, looked.height, looked.rgb)
        packed = values.astype("<f2").tobytes()
        self._thumbs.write(one.id, looked.thumb)
        if one.row < 0:
            one.row = self._free.pop() if self._free else self._next_row
            self._next_row = max(self._next_row, one.row + 1)
        one.sum, one.thumb = checksum(packed), len(looked.thumb)
        one.width, one.height = looked.whole_width, looked.whole_height
        one.size, one.modified = looked.size, looked.modified
        one.taken = looked.taken or looked.modified // 1_000_000_000
        one.state, one.strikes = SEEN, 0
        rows.append((one.row, packed))
        kept.append(one)

    def _as_broken(self, one: Known, path: bytes) -> Known:
        try:
            about = walking.path_of(path).stat()
            one.size, one.modified = about.st_size, about.st_mtime_ns
        except OSError:
            one.size = -1  # another time it may be there
        if one.row >= 0:
            self._free.append(one.row)
        self._thumbs.remove([one.id])
        one.state, one.row, one.sum, one.thumb = BROKEN, -1, 0, 0
        one.taken = one.modified // 1_000_000_000
        return one

    def _keep(self, kept: list[Known], rows: list[tuple[int, bytes]]) -> None:
        """Vectors first: the facts must never speak of a row that is not there."""
        if kept:
            self._vectors.write(rows)
            self._facts.keep(kept)
            kept.clear()
            rows.clear()

    # After a start

    def _torn(self) -> list[int]:
        """Photos whose vector is not the one that was made for them."""
        known = list(self._facts.rows())
        broken = set(self._vectors.broken((row, sum) for _, row, sum in known))
        return [photo for photo, row, _ in known if row in broken]

    def _blame(self) -> dict[bytes, int]:
        """The file over which the process before this one ended, with its strikes."""
        try:
            path = self._trying.read_bytes()
        except OSError:
            return {}
        if not path:
            return {}
        self._trying.write_bytes(b"")
        folder, name = os.path.split(path)
        for number, _, _ in self._facts.roots().values():
            inside = self._facts.folders(number).get(folder)
            for one in self._facts.photos(number) if inside else ():
                if one.folder == inside and one.name == name:
                    one.strikes += 1
                    self._facts.keep([one])
                    return {path: one.strikes}
            if inside:
                fresh = Known(self._next_id, inside, name, -1, 0, state=BROKEN, strikes=1)
                self._next_id += 1
                self._facts.keep([fresh])
                return {path: 1}
        return {}

    def _scanned(self) -> Scanned:
        counts = self._facts.counts()
        return Scanned(
            tuple((os.fsdecode(path), seen, broken, bool(on)) for path, seen, broken, on in counts),
            tuple(self._facts.watched()),
            self._young,
        )


def outermost(folders: Iterable[bytes]) -> list[bytes]:
    """Those that lie in none of the others."""
    all = set(folders)
    return [one for one in sorted(all) if not any(within(one, other) for other in all)]


def within(path: bytes, folder: bytes) -> bool:
    separator = os.sep.encode()
    return path != folder and path.startswith(folder.rstrip(separator) + separator)


def hidden(folder: bytes, unread: Iterable[bytes]) -> bool:
    """Whether it lies in a folder that could not be read, so that nothing is known of it now."""
    return any(folder == one or within(folder, one) for one in unread)


def pairs(gone: list[Known], come: list[Found]) -> Iterable[tuple[Known, Found]]:
    """Who became whom: by name, and the one that is left over by its being the only one."""
    named = [(old, new) for old in gone for new in come if old.name == new.name]
    if len(gone) == len(come) == 1:
        return [(gone[0], come[0])]
    olds, news = [old.id for old, _ in named], [new for _, new in named]
    clear = len(set(olds)) == len(olds) and len(set(news)) == len(news)
    return named if clear else []
