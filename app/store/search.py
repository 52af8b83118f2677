"""Finding conversations by the words in them, in any script, with or without accents."""

import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import apsw

from app.store.state import set_state
from app.store.stored import clean
from app.store.transaction import transaction

log = logging.getLogger(__name__)
ANEW = -1  # the state "reindex" of an index that has to be cleared first
LAST = 2**62
TABLES = ("words", "trigrams", "title_words", "title_trigrams")
MARK = "\u2060"  # in a snippet, every second piece between these is a found word; drawn as nothing
LONGEST_QUERY = 200  # letters that are looked at
MOST_TURNS = 20_000  # looked through before giving up on more conversations
MOST_LETTERS = 200_000  # of a file that are indexed
FILES = ("seen", "document", "listened")  # kinds of parts that are files, told about in JSON
AROUND = 60  # letters before a found word in a snippet
# scripts written without spaces: each of their letters is indexed as a word of its own
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u3130-\u318f\u31a0-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


ACCENTS = re.compile("[\u0300-\u036f]+")  # of Latin, Greek and Cyrillic letters


def plain(text: str) -> str:
    """text without case and accents, as it is indexed and looked for."""
    if text.isascii():
        return text.lower()
    bare = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare).casefold()


def spaced(text: str) -> str:
    """Plain text as the table of words takes it."""
    return text if text.isascii() else UNSPACED.sub(r" \g<0> ", text)


def asked(text: str) -> list[str]:
    """The words of a query; what has neither letter nor digit cannot be found."""
    text = plain(clean(text[:LONGEST_QUERY]).replace("\0", " "))
    return [w for w in text.split() if any(c.isalnum() for c in w)]


def quoted(word: str) -> str:
    """A word as FTS5 takes it literally, whatever signs are in it."""
    return '"' + word.replace('"', '""') + '"'


def find(db: apsw.Connection, text: str, limit: int) -> dict[int, str]:
    """Conversation -> snippet, in the order to show them: by title, by words, by parts of words.

    Every word must be in the same title or turn. The last one may be the beginning of a word.
    """
    words = asked(text)
    if not words:
        return {}
    whole = " ".join(quoted(spaced(word)) for word in words)
    whole += "*" if words[-1][-1].isalnum() else ""
    inside = " ".join(quoted(word) for word in words if len(word) >= 3)
    found: dict[int, int] = {}  # conversation -> turn, 0 for its title
    for table, query in (("words", whole), ("trigrams", inside)):
        if query and len(found) < limit:
            _add(found, _titles(db, table, query), limit)
            _add(found, _said(db, table, query), limit)
    return {
        conversation: snippet(_text(db, turn), words) if turn else ""
        for conversation, turn in found.items()
    }


def index_turn(db: apsw.Connection, turn: int, text: str) -> None:
    _change(db, "", turn, plain(text))


def index_title(db: apsw.Connection, conversation: int, title: str) -> None:
    _change(db, "title_", conversation, plain(title))


def forget_turn(db: apsw.Connection, turn: int) -> None:
    _change(db, "", turn, "")


def forget_title(db: apsw.Connection, conversation: int) -> None:
    _change(db, "title_", conversation, "")


def clear(db: apsw.Connection) -> None:
    """Nothing is found any more, until index_some has been everywhere."""
    for table in TABLES:
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")


def index_some(db: apsw.Connection, after: int, count: int) -> int | None:
    """Index the next turns after an id, and titles with such ids. The last id; None at the end."""
    sql = "SELECT id FROM turn WHERE id > ? ORDER BY id LIMIT ?"
    turns: list[Any] = db.execute(sql, (after, count)).fetchall()
    last = turns[-1][0] if turns else LAST
    sql = "SELECT id, title FROM conversation WHERE id > ? AND id <= ? ORDER BY id"
    titles: list[Any] = db.execute(sql, (after, last)).fetchall()
    for conversation, title in titles:
        index_title(db, conversation, title)
    for (turn,) in turns:
        index_turn(db, turn, _text(db, turn))
    return last if turns else None


def snippet(text: str, words: list[str]) -> str:
    """A line around the first found word, the found words between MARKs; words are plain."""
    text = text.replace(MARK, "")
    finder = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
    start = max(0, _place(text, finder) - AROUND)
    if start:  # begin with a whole word where there is one near
        start = text.find(" ", start, start + AROUND // 2) + 1 or start
    end = min(len(text), start + 3 * AROUND)
    line = _marked(text[start:end], finder)
    return " ".join(f"{'…' if start else ''}{line}{'…' if end < len(text) else ''}".split())


def _place(text: str, finder: re.Pattern[str]) -> int:
    """Where the first found word begins; folding letter by letter is slow, so only near it."""
    folded = plain(text)
    hit = finder.search(folded)
    if hit is None:
        return 0
    drift = abs(len(folded) - len(text))
    start = max(0, hit.start() - drift)
    near, places = _fold(text[start : hit.end() + 2 * drift])
    hit = finder.search(near)
    return start + (places[hit.start()] if hit else 0)


def _marked(line: str, finder: re.Pattern[str]) -> str:
    folded, places = _fold(line)
    pieces, reached = [], 0
    for hit in finder.finditer(folded):
        start, end = places[hit.start()], places[hit.end() - 1] + 1
        while end < len(line) and ACCENTS.match(line[end]):
            end += 1
        if start >= reached:
            pieces += [line[reached:start], MARK, line[start:end], MARK]
            reached = end
    return "".join([*pieces, line[reached:]])


def _change(db: apsw.Connection, of: str, key: int, text: str) -> None:
    """Trouble with an index must not keep the words themselves from being saved."""
    try:
        with transaction(db):
            db.execute(f"DELETE FROM {of}words WHERE rowid = ?", (key,))
            db.execute(f"DELETE FROM {of}trigrams WHERE rowid = ?", (key,))
            if text:
                db.execute(
                    f"INSERT INTO {of}words (rowid, text) VALUES (?, ?)", (key, spaced(text))
                )
                db.execute(f"INSERT INTO {of}trigrams (rowid, text) VALUES (?, ?)", (key, text))
    except (apsw.CorruptError, apsw.SQLError) as error:
        log.error("the search index is damaged, and made anew at the next start: %s", error)
        set_state(db, reindex=ANEW)


def _titles(db: apsw.Connection, table: str, query: str) -> Iterator[tuple[int, int]]:
    table = f"title_{table}"
    sql = f"""SELECT id, 0 FROM {table} JOIN conversation ON id = {table}.rowid
              WHERE {table} MATCH ? AND deleted IS NULL ORDER BY {table}.rowid DESC"""
    return db.execute(sql, (query,))


def _said(db: apsw.Connection, table: str, query: str) -> Iterator[tuple[int, int]]:
    sql = f"""SELECT c.id, t.id FROM {table} JOIN turn t ON t.id = {table}.rowid
              JOIN conversation c ON c.id = t.conversation
              WHERE {table} MATCH ? AND t.deleted IS NULL AND c.deleted IS NULL
              ORDER BY {table}.rowid DESC LIMIT {MOST_TURNS}"""
    return db.execute(sql, (query,))


def _add(found: dict[int, int], rows: Iterator[tuple[int, int]], limit: int) -> None:
    for conversation, turn in rows:
        if len(found) >= limit:
            return
        found.setdefault(conversation, turn)


def words_of(kind: str, text: str) -> str:
    """What a part of a turn is found by: of a file its name, and what is written in it."""
    if kind == "text":
        return text
    if kind not in FILES:
        return ""
    try:
        about = json.loads(text)
    except ValueError:  # a bit flipped on disk
        return ""
    found = (str(about.get(name, "")) for name in ("name", "of", "text", "found"))
    return "\n".join(one for one in found if one)[:MOST_LETTERS]


def _text(db: apsw.Connection, turn: int) -> str:
    sql = f"""SELECT kind, CAST(text AS BLOB) FROM part WHERE turn = ?
              AND kind IN ('text', {", ".join(map(repr, FILES))}) ORDER BY place"""
    rows: list[Any] = db.execute(sql, (turn,)).fetchall()
    read = (words_of(kind, text.decode("utf-8", "replace")) for kind, text in rows)
    return "\n".join(one for one in read if one)


def _fold(text: str) -> tuple[str, list[int] | range]:
    """plain(text), and for each of its letters the place it came from."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters, places = [], []
    for place, letter in enumerate(text):
        for bare in plain(letter):
            letters.append(bare)
            places.append(place)
    return "".join(letters), places
