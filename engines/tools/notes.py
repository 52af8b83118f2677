"""Notes: one Markdown file each, in a folder of their own that any editor can open."""

import errno
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from engines.errors import ParleyError
from engines.protocol import EngineSpec, Kind
from engines.tools.engine import ToolsEngine
from engines.tools.registry import Use, tool
from engines.tools.texts import decoded, folded

HOME = "notes"
LONGEST = 20_000  # characters of one note
LONGEST_READ = 1_000_000  # bytes of one; the person may put other files there
MOST_READ = 10_000  # notes in one search
LONGEST_SEARCH = 5.0  # seconds
MOST_TOLD, LATEST = 10, 5
ROOM, ROOM_EACH = 3_000, 300  # characters told of one note alone, and of one among others
LONGEST_TITLE = 40
DATED = re.compile(r"(\d{4}-\d{2}-\d{2})\b")
SMALL_WORDS = """a about an and are at did do for from had has have i in is it me my of on or our s
    t that the their them this to was we were what when with you your"""
SMALL = frozenset(SMALL_WORDS.split())
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Options:
    notes: str = ""  # the folder they are in; filled in by the app


class Note(NamedTuple):
    day: str  # YYYY-MM-DD
    name: str
    text: str  # one line


def now() -> datetime:
    return datetime.now()


@tool("writes", HOME)
def write_note(text: Annotated[str, "the note itself, in the person's words"], *, use: Use) -> str:
    """Write a note for the person to keep."""
    text = text.strip().encode("utf-8", "replace").decode("utf-8")
    if not text:
        raise ParleyError("A note needs a text.")
    if len(text) > LONGEST:
        raise ParleyError(f"A note holds {LONGEST:,} characters at most, not {len(text):,}.")
    try:
        keep(Path(use.options.notes), title_of(text), text + "\n")
    except OSError as error:
        full = error.errno in FULL
        why = "The disk is full" if full else f"The folder refuses it ({error.strerror})"
        raise ParleyError(f"{why}: nothing was noted.") from error
    return f"Noted: {text}" if len(text) <= ROOM_EACH else f"Noted: {text[:ROOM_EACH]}…"


def title_of(text: str) -> str:
    """A name for a file, allowed on every system: when it was written, and how it begins."""
    line = re.sub(r"[^\w' -]+", " ", text.partition("\n")[0])
    words = " ".join(line.split())
    if len(words) > LONGEST_TITLE:
        words = words[:LONGEST_TITLE].rpartition(" ")[0] or words[:LONGEST_TITLE]
    return f"{now():%Y-%m-%d %H%M} {words}".strip(" -")


def keep(folder: Path, title: str, text: str) -> None:
    """All of it is on disk afterwards or, with an OSError, nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = free_name(folder, title)
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        for one in (fresh, path):
            with suppress(OSError):
                one.unlink()
        raise
    sync(folder)


def free_name(folder: Path, title: str) -> Path:
    """Taken at once, so that nothing that is there is ever written over."""
    number = 1
    while True:
        path = folder / (f"{title}.md" if number == 1 else f"{title} ({number}).md")
        try:
            path.touch(exist_ok=False)
            return path
        except FileExistsError:
            number += 1


def sync(folder: Path) -> None:
    """The name, too; Windows has no such call and needs none."""
    if os.name == "posix":
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


@tool("reads", HOME)
def find_notes(
    about: Annotated[str, "words the note has; empty for the latest notes"] = "", *, use: Use
) -> str:
    """Find the person's notes about something."""
    use.origin = "file"  # a page may have asked for a note, and the person may paste
    notes = list(read_notes(Path(use.options.notes)))
    wanted = words_of(about)
    if not wanted:
        found = sorted(notes, key=lambda note: note.name, reverse=True)
        return told(found, LATEST, wanted) if found else "There are no notes yet."
    ranked = [(rank, note) for note in notes if (rank := rank_of(note, wanted))]
    ranked.sort(key=lambda pair: (pair[0], pair[1].name), reverse=True)
    found = [note for _, note in ranked]
    return told(found, MOST_TOLD, wanted) if found else f"No note mentions {about.strip()[:100]}."


def words_of(about: str) -> tuple[str, ...]:
    """Without the small words, where there are others, and without the s of the plural."""
    words = re.findall(r"\w+", folded(about))
    large = [word for word in words if word not in SMALL]
    return tuple(word.removesuffix("s") if len(word) > 3 else word for word in large or words)


def read_notes(folder: Path) -> Iterator[Note]:
    """Every text in the folder and those below it; what is no text is not a note."""
    until = time.monotonic() + LONGEST_SEARCH
    files = (Path(at, name) for at, _, names in os.walk(folder) for name in names)
    for count, path in enumerate(files):
        if count >= MOST_READ or time.monotonic() > until:
            return
        if path.suffix.lower() not in (".md", ".txt") or path.name.startswith("."):
            continue
        with suppress(OSError):  # one that vanished, or leads out of the folder
            if not path.is_file() or path.stat().st_size > LONGEST_READ:
                continue
            if text := " ".join(decoded(path.read_bytes()).text.split()):
                dated = DATED.match(path.name)
                written = datetime.fromtimestamp(path.stat().st_mtime)
                day = dated[1] if dated else f"{written:%Y-%m-%d}"
                yield Note(day, path.name if dated else f"{day} {path.name}", text)


def rank_of(note: Note, wanted: tuple[str, ...]) -> int:
    """0 unless it has every word; whole words, side by side, count for more than pieces."""
    text = folded(f"{note.name} {note.text}")
    if not all(word in text for word in wanted):
        return 0
    whole = sum(bool(re.search(rf"\b{re.escape(word)}s?\b", text)) for word in wanted)
    together = r"s?\W+(?:\w{1,3}\W+)?".join(map(re.escape, wanted))
    return 1 + whole + bool(len(wanted) > 1 and re.search(together, text))


def told(notes: list[Note], most: int, wanted: tuple[str, ...]) -> str:
    chosen = notes[:most]
    room = max(ROOM_EACH, ROOM // len(chosen))
    rows = [f"{note.day}: {piece(note.text, wanted, room)}" for note in chosen]
    if left := len(notes) - len(chosen):
        rows.append(f"… and {left} more")
    return "\n".join(rows)


def piece(text: str, wanted: tuple[str, ...], room: int) -> str:
    """As much as there is room for, around the first of the words."""
    if len(text) <= room:
        return text
    places = [at for word in wanted if (at := folded(text).find(word)) >= 0]
    start = max(0, min(min(places, default=0) - room // 3, len(text) - room))
    shown = text[start : start + room]
    return f"{'…' if start else ''}{shown}{'…' if start + room < len(text) else ''}"


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> ToolsEngine:
    return ToolsEngine(HOME, options, "Notes")


SPEC = EngineSpec(
    HOME,
    Kind.TOOL,
    "Notes",
    Options,
    create,
    imports=("charset_normalizer",),
    read=lambda model: (),
)
