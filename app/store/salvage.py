"""Reading the rows of a damaged database that can still be read."""

import itertools
import logging
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from app.store import migrations, pages
from app.store.stored import StoredPart, checksum

log = logging.getLogger(__name__)
Row = dict[str, Any]
Parts = defaultdict[int, defaultdict[int, list[StoredPart]]]  # turn, place, what may be there
KINDS = (
    *("text", "thought", "call", "result", "picture", "sound", "attachment"),
    *("seen", "preview", "document", "listened", "passage"),
)
TURN = (
    *("id", "uuid", "conversation", "parent", "role", "status", "said", "facts", "sha256"),
    *("deleted", "binned"),
)
CONVERSATION = (
    *("id", "uuid", "title", "titled_by", "leaf", "started", "changed", "touched", "pinned"),
    *("draft", "deleted"),
)
MOST_CHOICES = 64
TRIES = 200_000  # reads that may fail before the rest of a table is given up
HEADER = b"SQLite format 3\0"


@dataclass
class Found:
    """Rows by their id. parts are by turn; whole are the turns whose checksum is right."""

    conversations: dict[int, Row] = field(default_factory=dict)
    turns: dict[int, Row] = field(default_factory=dict)
    parts: dict[int, tuple[StoredPart, ...]] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)  # turns something speaks of, readable or not


def salvage(damaged: Path, donor: Path | None) -> Found:
    """What a copy of damaged still holds; the copy is changed, so make one.

    donor is an undamaged database that can lend its first page, if one is known.
    """
    found = Found()
    parts: Parts = defaultdict(lambda: defaultdict(list))
    if db := _open(damaged, donor):
        try:
            _read(db, found, parts)
        finally:
            db.close()
    _assemble(found, parts)
    if db is None or found.named - found.whole:
        _scan(damaged, found, parts)
        _assemble(found, parts)
    found.turns = {id: t for id, t in found.turns.items() if "uuid" in t or found.parts.get(id)}
    return found


def _read(db: apsw.Connection, found: Found, parts: Parts) -> None:
    found.conversations = {row["id"]: row for row in _rows(db, "conversation")}
    found.turns = {row["id"]: row for row in _rows(db, "turn") if _makes_sense(row)}
    for row in _rows(db, "part"):
        if not isinstance(row["turn"], int) or not isinstance(row["place"], int):
            continue  # damage that still looks like a row
        part = StoredPart(row["kind"], row["text"], row["attachment"] or "")
        parts[row["turn"]][row["place"]].append(part)
    found.named = {*found.turns, *parts, *_from_indexes(db, found)}
    try:
        db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.Error as error:
        log.info("the log is not folded in: %s", error)


def _assemble(found: Found, parts: Parts) -> None:
    """Of what may have been a turn's parts, choose those its checksum is of."""
    for id in set(parts) | set(found.turns):
        places = [parts[id][place] for place in sorted(parts[id])]
        sha256 = found.turns.get(id, {}).get("sha256")
        for chosen in itertools.islice(itertools.product(*places), MOST_CHOICES):
            if checksum(chosen) == sha256:
                found.parts[id] = chosen
                found.whole.add(id)
                break
        else:
            found.parts[id] = tuple(max(c, key=lambda p: len(p.text)) for c in places)


def _scan(file: Path, found: Found, parts: Parts) -> None:
    """Add what stands on pages no tree leads to.

    Only for turns that are known to have been there, as pages in no use hold old rows; of all
    turns when nothing is known.
    """
    anything, wanted = not found.named, found.named - found.whole
    for id, values in pages.rows(file):
        match values:
            case (None, int(turn), int(place), str(kind), str(text), None | str() as name):
                part = StoredPart(kind, text, name or "")
                known = anything or turn in wanted
                if known and kind in KINDS and part not in parts[turn][place]:
                    parts[turn][place].append(part)
            case (None, str(uuid), *_) if len(uuid) == 36:
                _add_row(found, id, values, anything)
    if anything:
        found.named = {*found.turns, *parts}


def _add_row(found: Found, id: int, values: tuple[Any, ...], anything: bool) -> None:
    for columns, rows in ((TURN, found.turns), (CONVERSATION, found.conversations)):
        row = dict(zip(columns, values, strict=False)) | {"id": id}
        if len(values) != len(columns) or not _makes_sense(row):
            continue
        known = anything or columns is CONVERSATION or id in found.named
        if known and "uuid" not in rows.get(id, {}):
            rows[id] = row
            return


def _open(damaged: Path, donor: Path | None) -> apsw.Connection | None:
    """None when not even another database's schema makes it readable."""
    for lender in (None, donor, _fresh(damaged.with_name("fresh.db"))):
        if lender:
            _lend_schema(damaged, lender)
        db = None
        try:
            db = apsw.Connection(str(damaged))
            db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            db.execute("SELECT id, uuid, title FROM conversation LIMIT 0")
            db.execute("SELECT id, parent, role FROM turn LIMIT 0")
            return db
        except (apsw.Error, OSError) as error:
            log.info("the damaged file does not open: %s", error)
            if db:
                db.close()
    return None


def _fresh(path: Path) -> Path:
    db = apsw.Connection(str(path))
    db.pragma("auto_vacuum", "incremental")
    migrations.migrate(db)
    db.close()
    return path


def _lend_schema(damaged: Path, lender: Path) -> None:
    """The pages that say where the tables begin: the same in all databases of one history.

    The counters on the first are made unequal, which has SQLite count the pages itself.
    """
    db = apsw.Connection(str(lender))
    sql = "SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'"
    numbers: list[Any] = db.execute(sql).fetchall()
    db.close()
    lent = lender.read_bytes()
    pages.fold_in(damaged, damaged.with_name(damaged.name + "-wal"))
    with damaged.open("r+b") as file:
        for (number,) in numbers:
            page = bytearray(lent[(number - 1) * pages.PAGE : number * pages.PAGE])
            if number == 1:
                page[18:20] = b"\1\1"  # no log
                page[24:28], page[92:96] = b"\0\0\0\1", b"\0\0\0\2"
                page[32:40] = bytes(8)  # no free pages
            file.seek((number - 1) * pages.PAGE)
            file.write(page)


def _rows(db: apsw.Connection, table: str) -> Iterator[Row]:
    """Every row that can be read: a range that fails is halved until single rows fail."""
    try:
        columns = [row[1] for row in db.execute(f"PRAGMA table_info ({table})")]
    except apsw.Error as error:
        log.info("no columns of %s: %s", table, error)
        return
    # text as bytes: one flipped bit may make it invalid UTF-8, and the rest is still worth having
    wanted = ", ".join("CAST(text AS BLOB)" if c == "text" else c for c in columns)
    ranges, tries = [(1, _last(db, table))], TRIES
    while ranges and tries:
        first, last = ranges.pop()
        try:
            sql = f"SELECT {wanted} FROM {table} WHERE id BETWEEN ? AND ?"
            rows = db.execute(sql, (first, last)).fetchall()
        except (apsw.Error, UnicodeDecodeError):
            tries -= 1
            if first < last:
                middle = (first + last) // 2
                ranges += [(middle + 1, last), (first, middle)]
        else:
            for row in rows:
                values = (v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in row)
                yield dict(zip(columns, values, strict=True))


def _makes_sense(row: Row) -> bool:
    """Of a turn, or of a conversation."""
    if "title" in row:
        return isinstance(row["title"], str) and isinstance(row["touched"], int)
    numbers = isinstance(row["conversation"], int) and isinstance(row["parent"], int | None)
    return numbers and row["parent"] != row["id"] and row["role"] in ("user", "assistant")


def _last(db: apsw.Connection, table: str) -> int:
    """The greatest id there can be, as near as the damage lets us know."""
    for sql in (
        f"SELECT max(id) FROM {table}",
        f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",
    ):
        try:
            if last := db.execute(sql).get:
                return int(last)
        except apsw.Error as error:
            log.info("%s: %s", sql, error)
    return db.pragma("page_count") * 100


def _from_indexes(db: apsw.Connection, found: Found) -> set[int]:
    """Turns that are named where their own row or their parts cannot be read."""
    named: set[int] = set()
    try:
        named.update(row[0] for row in db.execute("SELECT turn FROM part INDEXED BY part_place"))
        sql = "SELECT id, parent, conversation, deleted FROM turn INDEXED BY turn_family"
        for id, parent, conversation, deleted in db.execute(sql):
            named.add(id)
            place = {"id": id, "parent": parent, "conversation": conversation}
            found.turns.setdefault(
                id, {**place, "deleted": deleted, "binned": id if deleted else None}
            )
    except apsw.Error as error:
        log.info("indexes: %s", error)
    return named


def copied(damaged: Path, folder: Path) -> Path:
    """A copy that may be changed, with its log."""
    for ending in ("", "-wal"):
        source = damaged.with_name(damaged.name + ending)
        if source.exists():
            shutil.copyfile(source, folder / f"copy.db{ending}")
    return folder / "copy.db"
