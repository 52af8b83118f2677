"""Finds photos: by where they lie in the eyes' space, by their names, and by their year.

Vectors are compared as whole numbers of 8 bits held in memory, which is quick; the best few
hundred are then compared again as they are in the file.
"""

import calendar
import os
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from engines.messages import Photo
from engines.vision.photo_index.facts import SEEN, Facts
from engines.vision.photo_index.vectors import Vectors
from engines.vision.photo_index.wording import Wanted, alike, words

BLOCK = 1024  # rows that are compared at a time: they fit into the cache of a processor
AGAIN = 4  # times as many as are wanted are compared exactly
NAMED, YEAR = 6.0, 9.0  # what a name and a year count, in standard deviations of likeness
NEW = """SELECT p.id, p.row, p.taken, p.folder, p.name, p.state FROM photo p
         WHERE p.version > ? ORDER BY p.version"""
SHOWN = """SELECT f.path, p.name, p.width, p.height, p.taken, r.there FROM photo p
           JOIN folder f ON f.id = p.folder JOIN root r ON r.id = f.root WHERE p.id = ?"""


class Finding:
    """Reads along with the one that writes."""

    def __init__(self, facts: Facts, vectors: Vectors | None) -> None:
        self._facts, self._vectors = facts, vectors
        self._forget()

    def _forget(self) -> None:
        import numpy

        self._epoch, self._version = -1, -1
        self._places: dict[int, int] = {}  # photo -> its place in the lists below
        self._ids: list[int] = []  # 0 where there is none any more
        self._rows: list[int] = []
        self._taken: list[int] = []
        self._folders: list[int] = []
        self._names: list[bytes] = []
        self._worded: dict[str, set[int]] = {}  # word of a name -> places
        self._folder_words: dict[int, frozenset[str]] = {}
        dims = self._vectors.dims if self._vectors else 1
        self._codes = numpy.empty((0, dims), "i1")
        self._scales = numpy.empty(0, "f4")
        self._arrays: tuple[Any, Any, Any, Any] | None = None
        self._mapped: Any = None
        self._all_folders: set[int] = set()

    # Reading along

    def refresh(self) -> None:
        """Take in what was written since; quick where that is little."""
        epoch, version = self._facts.stand
        if (epoch, version) == (self._epoch, self._version):
            return
        if epoch != self._epoch:
            self._forget()
        fresh = []
        before = self._version
        for id, row, taken, folder, name, state in self._facts.db.execute(NEW, (before,)):
            if state != SEEN:  # nothing to be shown
                self._drop(id)
                continue
            self._put(id, row, taken, folder, name)
            if row >= 0:
                fresh.append(row)
        gone = self._facts.db.execute("SELECT id FROM gone WHERE version > ?", (before,))
        for (id,) in list(gone):
            self._drop(id)
        self._folder_words.clear()
        self._take_vectors(fresh)
        self._arrays = None
        self._epoch, self._version = epoch, version

    def _put(self, id: int, row: int, taken: int, folder: int, name: bytes) -> None:
        self._drop(id)
        place = self._places[id] = len(self._ids)
        self._ids.append(id)
        self._rows.append(row)
        self._taken.append(taken)
        self._folders.append(folder)
        self._names.append(name)
        for word in words(os.fsdecode(name)):
            self._worded.setdefault(word, set()).add(place)

    def _drop(self, id: int) -> None:
        place = self._places.pop(id, None)
        if place is None:
            return
        for word in words(os.fsdecode(self._names[place])):
            self._worded[word].discard(place)
        self._ids[place], self._rows[place] = 0, -1

    def _take_vectors(self, rows: Sequence[int]) -> None:
        import numpy

        if self._vectors is None or not rows:
            return
        self._mapped = self._vectors.mapped()
        longer = len(self._mapped) - len(self._codes)
        if longer > 0:
            more = numpy.zeros((longer, self._vectors.dims), "i1")
            self._codes = numpy.concatenate([self._codes, more])
            self._scales = numpy.concatenate([self._scales, numpy.zeros(longer, "f4")])
        for start in range(0, len(rows), BLOCK):
            part = numpy.array(rows[start : start + BLOCK])
            values = self._mapped[part].astype("f4")
            scales = numpy.abs(values).max(axis=1) / 127
            scales[scales == 0] = 1
            self._codes[part] = numpy.rint(values / scales[:, None])
            self._scales[part] = scales

    # Asking

    @property
    def known(self) -> int:
        return len(self._places)

    def newest(self) -> list[int]:
        """All photos, by when they were taken."""
        import numpy

        ids, _, taken, _ = self._as_arrays()
        live = numpy.flatnonzero(ids)
        return ids[live[numpy.argsort(-taken[live], kind="stable")]].tolist()

    def vector(self, id: int) -> Any:
        """Of a photo, f32; None where it has none."""
        place = self._places.get(id, -1)
        row = self._rows[place] if place >= 0 else -1
        return None if row < 0 or self._mapped is None else self._mapped[row].astype("f4")

    def find(self, wanted: Wanted, vector: Any, count: int) -> list[int]:
        """The best first. vector is where it should lie, or None where no eyes look."""
        import numpy

        ids, rows, taken, folders = self._as_arrays()
        live = numpy.flatnonzero(ids)
        if not len(live):
            return []
        extra = self._named(wanted, folders) + self._in_year(wanted, taken)
        if vector is None:
            hits = live[extra[live] > 0]
            order = numpy.lexsort((-taken[hits], -extra[hits]))
            return ids[hits[order[:count]]].tolist()
        likeness = self._compared(vector)
        seen = live[rows[live] >= 0]
        unseen = live[(rows[live] < 0) & (extra[live] > 0)]
        if not len(seen):
            return ids[unseen[numpy.argsort(-extra[unseen])][:count]].tolist()
        scores = likeness[rows[seen]]
        middle, spread = float(scores.mean()), float(scores.std()) or 1.0
        total = (scores - middle) / spread + extra[seen]
        most = min(len(seen), AGAIN * count)
        best = numpy.argpartition(-total, most - 1)[:most] if most < len(seen) else slice(None)
        again = seen[best]
        exact = self._mapped[rows[again]].astype("f4") @ vector
        total = (exact - middle) / spread + extra[again]
        both = numpy.concatenate([again, unseen])
        total = numpy.concatenate([total, extra[unseen]])
        return ids[both[numpy.argsort(-total, kind="stable")[:count]]].tolist()

    def _compared(self, vector: Any) -> Any:
        """How alike every row is, roughly."""
        import numpy

        wide = numpy.empty((BLOCK, self._codes.shape[1]), "f4")
        found = numpy.empty(len(self._codes), "f4")
        for start in range(0, len(self._codes), BLOCK):
            part = self._codes[start : start + BLOCK]
            numpy.copyto(wide[: len(part)], part)
            numpy.dot(wide[: len(part)], vector, out=found[start : start + len(part)])
        return found * self._scales

    def _named(self, wanted: Wanted, folders: Any) -> Any:
        """What names say for each place."""
        import numpy

        hits = numpy.zeros(len(folders), "f4")
        for word in wanted.words:
            hit = numpy.zeros(len(folders), bool)
            forms = alike(word)
            for form in forms:
                hit[list(self._worded.get(form, ()))] = True
            named = [n for n in self._all_folders if not self._words_of(n).isdisjoint(forms)]
            if named:
                hit |= numpy.isin(folders, named)
            hits += hit
        return hits * (NAMED / max(1, len(wanted.words)))

    def _words_of(self, folder: int) -> frozenset[str]:
        """Of its path below the granted folder, and of that folder's own name."""
        if folder not in self._folder_words:
            sql = "SELECT f.path, r.path FROM folder f JOIN root r ON r.id = f.root WHERE f.id = ?"
            for path, root in self._facts.db.execute(sql, (folder,)):
                below = path[len(os.path.dirname(root)) :]  # noqa: PTH120
                self._folder_words[folder] = frozenset(words(os.fsdecode(below)))
        return self._folder_words.get(folder, frozenset())

    def _in_year(self, wanted: Wanted, taken: Any) -> Any:
        import numpy

        found = numpy.zeros(len(taken), "f4")
        for year in wanted.years:
            begin, end = (calendar.timegm((one, 1, 1, 0, 0, 0)) for one in (year, year + 1))
            found[(taken >= begin) & (taken < end)] = YEAR
        return found

    def _as_arrays(self) -> tuple[Any, Any, Any, Any]:
        """ids, rows, times and folders by place."""
        import numpy

        if self._arrays is None:
            lists = (self._ids, self._rows, self._taken, self._folders)
            made = [numpy.array(one, "i8") for one in lists]
            self._all_folders = set(self._folders)
            self._arrays = made[0], made[1], made[2], made[3]
        return self._arrays

    def photo(self, id: int) -> Photo | None:
        for folder, name, width, height, taken, there in self._facts.db.execute(SHOWN, (id,)):
            path = os.path.join(folder, name)  # noqa: PTH118
            return Photo(id, path, width, height, taken, bool(there))
        return None


class Recent:
    """The last few answers to questions that are asked again while somebody types."""

    def __init__(self, most: int = 64) -> None:
        self._most, self._kept = most, OrderedDict[Any, Any]()

    def get(self, key: Any) -> Any:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Any, value: Any) -> Any:
        self._kept[key] = value
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value
