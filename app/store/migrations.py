"""The database schema, as the steps that made it. Steps are only ever added at the end."""

from collections.abc import Callable
from pathlib import Path

import apsw

from app.store.disk import sync_file
from app.store.transaction import transaction
from engines.errors import ParleyError

STEPS: list[Callable[[apsw.Connection], None]] = []
step = STEPS.append


def version(db: apsw.Connection) -> int:
    """How many steps made this database. Raises ParleyError when they are more than we know."""
    done = db.pragma("user_version")
    if done > len(STEPS):
        raise ParleyError(
            "These conversations were written by a newer Parley.",
            "Update Parley to read them. Nothing was changed.",
            f"schema {done}, known {len(STEPS)}",
        )
    return done


def migrate(db: apsw.Connection, backup: Callable[[int], Path] | None = None) -> None:
    """Bring db up to date: each step once, in order, all of a step or nothing of it.

    backup is asked for the path of a copy made first, and told the version that is kept in it.
    """
    done = version(db)
    if backup and 0 < done < len(STEPS):
        copy = backup(done)
        copy.unlink(missing_ok=True)  # the half copy of a start that was killed here
        db.execute("VACUUM INTO ?", (str(copy),))
        sync_file(copy)
    for number, apply in enumerate(STEPS[done:], start=done + 1):
        with transaction(db):  # one transaction, schema and version together
            apply(db)
            db.execute(f"PRAGMA user_version = {number}")


@step
def conversations_are_trees(db: apsw.Connection) -> None:
    """Editing and regenerating add a sibling; a conversation remembers the leaf it shows.

    A child's id is always greater than its parent's. touched orders conversations and only ever
    grows. turn.binned is the turn whose deletion took this one along.
    """
    db.execute("""
        CREATE TABLE conversation (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL, titled_by TEXT NOT NULL DEFAULT '',
            leaf INTEGER REFERENCES turn ON DELETE SET NULL,
            started INTEGER NOT NULL, changed INTEGER NOT NULL, touched INTEGER NOT NULL,
            pinned INTEGER NOT NULL DEFAULT 0, draft TEXT NOT NULL DEFAULT '',
            deleted INTEGER) STRICT;
        CREATE INDEX conversation_order ON conversation (pinned, touched) WHERE deleted IS NULL;
        CREATE INDEX conversation_touched ON conversation (touched);
        CREATE INDEX conversation_leaf ON conversation (leaf);
        CREATE INDEX conversation_bin ON conversation (deleted) WHERE deleted IS NOT NULL;

        CREATE TABLE turn (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE,
            conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
            parent INTEGER REFERENCES turn DEFERRABLE INITIALLY DEFERRED,
            role TEXT NOT NULL, status TEXT NOT NULL, said INTEGER NOT NULL,
            facts TEXT NOT NULL DEFAULT '{}', sha256 TEXT NOT NULL,
            deleted INTEGER, binned INTEGER) STRICT;
        CREATE INDEX turn_family ON turn (parent, conversation, deleted);
        CREATE INDEX turn_conversation ON turn (conversation);
        CREATE INDEX turn_unfinished ON turn (status) WHERE status = 'streaming';
        CREATE INDEX turn_bin ON turn (binned, deleted) WHERE binned IS NOT NULL;

        CREATE TABLE attachment (
            sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, added INTEGER NOT NULL) STRICT;
        CREATE TABLE part (
            id INTEGER PRIMARY KEY,
            turn INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE, place INTEGER NOT NULL,
            kind TEXT NOT NULL, text TEXT NOT NULL DEFAULT '',
            attachment TEXT REFERENCES attachment) STRICT;
        CREATE UNIQUE INDEX part_place ON part (turn, place);
        CREATE INDEX part_attachment ON part (attachment) WHERE attachment IS NOT NULL;
    """)


@step
def words_are_found(db: apsw.Connection) -> None:
    """Indexes without the text itself: of whole words, and of any three letters in a row.

    Turns and titles have tables of their own: FTS5 is quick only while its row numbers ascend.
    """
    for prefix in ("", "title_"):
        db.execute(f"""
            CREATE VIRTUAL TABLE {prefix}words USING fts5 (text, content='', contentless_delete=1,
                tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
            CREATE VIRTUAL TABLE {prefix}trigrams USING fts5 (text, content='',
                contentless_delete=1, tokenize='trigram remove_diacritics 1');
        """)


@step
def state_and_model_files(db: apsw.Connection) -> None:
    """Facts about the database itself, and the hashes of model files that were read once."""
    db.execute("""
        CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE model_file (
            path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
            inode INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;
    """)


@step
def a_draft_before_the_first_turn(db: apsw.Connection) -> None:
    """What is being written in a conversation that does not exist yet: one row, for ever."""
    db.execute("""
        CREATE TABLE new_draft (id INTEGER PRIMARY KEY CHECK (id = 1), text TEXT NOT NULL) STRICT;
        INSERT INTO new_draft VALUES (1, '');
    """)


@step
def permissions_and_what_left(db: apsw.Connection) -> None:
    """What the person lets tools do, bound to a hash of the tool; and what left this computer."""
    db.execute("""
        CREATE TABLE permission (
            id INTEGER PRIMARY KEY, tool TEXT NOT NULL, hash TEXT NOT NULL, place TEXT NOT NULL,
            choice TEXT NOT NULL, since INTEGER NOT NULL,
            conversation INTEGER REFERENCES conversation ON DELETE CASCADE) STRICT;
        CREATE INDEX permission_tool ON permission (hash, place);
        CREATE INDEX permission_conversation ON permission (conversation);
        CREATE TABLE sent (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL,
            place TEXT NOT NULL, what TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0,
            received INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT '') STRICT;
    """)


@step
def reminders(db: apsw.Connection) -> None:
    """What the person is to be told at a time; told is when they were, NULL until then."""
    db.execute("""
        CREATE TABLE reminder (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, about TEXT NOT NULL,
            made INTEGER NOT NULL, told INTEGER,
            conversation INTEGER REFERENCES conversation ON DELETE SET NULL) STRICT;
        CREATE INDEX reminder_waiting ON reminder (at) WHERE told IS NULL;
        CREATE INDEX reminder_conversation ON reminder (conversation);
    """)


@step
def sound_files(db: apsw.Connection) -> None:
    """What is said in sound files: the text only, a file itself stays where it lies."""
    db.execute("""
        CREATE TABLE sound_file (
            id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL,
            size INTEGER NOT NULL DEFAULT 0, modified INTEGER NOT NULL DEFAULT 0,
            seconds REAL NOT NULL DEFAULT 0, title TEXT NOT NULL DEFAULT '',
            added INTEGER NOT NULL, position REAL NOT NULL DEFAULT 0,
            status TEXT NOT NULL DEFAULT 'waiting', trouble TEXT NOT NULL DEFAULT '',
            deleted INTEGER) STRICT;
        CREATE TABLE sound_line (
            id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES sound_file ON DELETE CASCADE,
            start REAL NOT NULL, end REAL NOT NULL, text TEXT NOT NULL) STRICT;
        CREATE INDEX sound_line_file ON sound_line (file);
    """)


@step
def drafts_with_files(db: apsw.Connection) -> None:
    """What is attached to messages that are being written; conversation NULL: the next new one."""
    db.execute("""
        CREATE TABLE draft_part (
            id INTEGER PRIMARY KEY,
            conversation INTEGER REFERENCES conversation ON DELETE CASCADE,
            chip INTEGER NOT NULL, place INTEGER NOT NULL,
            kind TEXT NOT NULL, text TEXT NOT NULL DEFAULT '',
            attachment TEXT REFERENCES attachment) STRICT;
        CREATE INDEX draft_part_conversation ON draft_part (conversation, chip, place);
        CREATE INDEX draft_part_attachment ON draft_part (attachment)
            WHERE attachment IS NOT NULL;
    """)


@step
def variants(db: apsw.Connection) -> None:
    """Which variant the person chose, what each may, and how it did.

    A variant itself is a file; here it goes by its id, "" is none. variant_choice.after is the
    turn the choice was made behind, 0 before the first; conversation NULL: the next new one. model
    is the SHA-256 of weights.
    """
    db.execute("""
        CREATE TABLE variant_choice (
            id INTEGER PRIMARY KEY,
            conversation INTEGER REFERENCES conversation ON DELETE CASCADE,
            after INTEGER NOT NULL, variant TEXT NOT NULL) STRICT;
        CREATE INDEX variant_choice_conversation ON variant_choice (conversation, after);
        CREATE TABLE variant_scale (
            id INTEGER PRIMARY KEY,
            conversation INTEGER REFERENCES conversation ON DELETE CASCADE,
            adapter TEXT NOT NULL, scale REAL NOT NULL) STRICT;
        CREATE INDEX variant_scale_conversation ON variant_scale (conversation, adapter);
        CREATE TABLE variant_grant (
            variant TEXT NOT NULL, wish TEXT NOT NULL, granted INTEGER NOT NULL,
            PRIMARY KEY (variant, wish)) STRICT, WITHOUT ROWID;
        CREATE TABLE variant_mark (
            variant TEXT NOT NULL, mark TEXT NOT NULL, text TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (mark, variant)) STRICT, WITHOUT ROWID;
        CREATE TABLE variant_shelf (place TEXT PRIMARY KEY, added INTEGER NOT NULL) STRICT;
        CREATE TABLE variant_score (
            digest TEXT NOT NULL, model TEXT NOT NULL, variant TEXT NOT NULL,
            name TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL DEFAULT 0,
            passed INTEGER NOT NULL, total INTEGER NOT NULL, at INTEGER NOT NULL,
            results TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (digest, model)) STRICT;
        CREATE INDEX variant_score_variant ON variant_score (variant);
        CREATE TABLE variant_duel (
            id INTEGER PRIMARY KEY AUTOINCREMENT, winner TEXT NOT NULL, loser TEXT NOT NULL,
            tie INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL) STRICT;
        CREATE INDEX variant_duel_winner ON variant_duel (winner);
        CREATE INDEX variant_duel_loser ON variant_duel (loser);
    """)
