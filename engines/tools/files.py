"""Looks into the folders the person granted: lists, finds words, reads text. Its jail holds it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from engines.errors import ParleyError
from engines.protocol import EngineSpec, Kind
from engines.tools.engine import ToolsEngine
from engines.tools.folders import Folders, Search, entries, fits, is_plain, told, wildcard
from engines.tools.registry import Use, tool
from engines.tools.texts import LOOK, decoded, folded, in_bytes, kind_of, printable

HOME = "files"
MOST_ROWS = 200  # of a list
PAGE = 15_000  # characters of a file at a time
LARGEST = 20_000_000  # bytes of a file that are read
LARGEST_SEARCHED = 5_000_000
MOST_SEARCHED = 200_000_000  # bytes of all files in one search
MOST_HITS, MOST_IN_FILE = 40, 5
WIDEST = 240  # characters of a line around what was found
FOLDER = "a folder by its name or path; empty for all you may read"
PATTERN = "part of the file's name, or with wildcards: *.md"


@dataclass(frozen=True)
class Options:
    folders: tuple[str, ...] = ()  # that the tools may read; filled in by the app


@tool("reads", HOME)
def list_files(
    folder: Annotated[str, FOLDER] = "", pattern: Annotated[str, PATTERN] = "", *, use: Use
) -> str:
    """List files in the folders the person granted; with a pattern also those in folders below."""
    use.origin = "file"
    folders = Folders(use.options.folders)
    starts = [one_folder(folders, folder)] if folder.strip() else list(folders.all)
    if pattern.strip():
        return found_files(folders, starts, pattern)
    return "\n\n".join(listed(folders, start) for start in starts)


def one_folder(folders: Folders, said: str) -> Path:
    path = folders.find(said)
    if not path.is_dir():
        raise ParleyError(f"{folders.name(path)} is a file.", "read_file reads it.")
    return path


def listed(folders: Folders, folder: Path) -> str:
    name = folders.name(folder)
    with told(name):
        next(folder.iterdir(), None)  # entries() is silent about a folder that cannot be read
    found = entries(folder)
    rows = [row(folders, Path(one.path)) for one in found]
    rows.sort(key=lambda text: not text.endswith("/"))
    if not rows:
        return f"{name} is empty."
    return "\n".join([f"{name}:", *shortened(rows)])


def row(folders: Folders, path: Path) -> str:
    name = printable(path.name)
    try:
        if path.is_symlink() and not folders.inside(path):
            return f"{name} (leads out of the folders you may read)"
        if path.is_dir():
            return f"{name}/"
        about = path.stat()
    except (OSError, RuntimeError):
        return f"{name} (cannot be read)"
    return f"{name}  {in_bytes(about.st_size)}  {datetime.fromtimestamp(about.st_mtime):%Y-%m-%d}"


def shortened(rows: list[str]) -> list[str]:
    left = len(rows) - MOST_ROWS
    return rows if left <= 0 else [*rows[:MOST_ROWS], f"… and {left} more; give a pattern"]


def found_files(folders: Folders, starts: list[Path], pattern: str) -> str:
    search = Search(starts, pattern)
    names = [folders.name(path) for path in search.files()]
    for start in starts:  # folders of that name, too
        below = (Path(one.path) for one in entries(start))
        names += [
            folders.name(path) + "/"
            for path in below
            if fits(path, start, wildcard(pattern)) and path.is_dir() and not path.is_symlink()
        ]
    if not names:
        names = [f"No file fits {pattern.strip()[:100]!r}."]
    return "\n".join([*shortened(names), *unfinished(search)])


def unfinished(search: Search) -> list[str]:
    return [] if search.complete else ["There are too many files to look at all: name a folder."]


@tool("reads", HOME)
def find_in_files(
    words: Annotated[str, "all of these, in any order"],
    folder: Annotated[str, FOLDER] = "",
    pattern: Annotated[str, PATTERN] = "",
    *,
    use: Use,
) -> str:
    """Find words in the text of the files the person granted; tells file, line and the text."""
    use.origin = "file"
    wanted = tuple(dict.fromkeys(folded(words).split()))
    if not wanted:
        raise ParleyError("find_in_files needs words to look for.")
    folders = Folders(use.options.folders)
    starts = [one_folder(folders, folder)] if folder.strip() else list(folders.all)
    search = Search(starts, pattern)
    found = Found(search)
    together, apart = [], []
    for path, text in found.texts():
        hits = hits_in(text, wanted)
        if hits.lines:
            chosen = together if hits.together else apart
            chosen.append(told_hits(folders.name(path), text, hits, wanted))
        if sum(map(len, together)) >= MOST_HITS:
            break
    blocks = [block for one in together or apart for block in one][:MOST_HITS]
    if not blocks:
        blocks = [f"No file has {words.strip()[:100]!r} in it."]
    elif not together:
        blocks.insert(0, "No line has all of these words; these files do, on different lines:")
    return "\n\n".join([*blocks, *found.remarks(), *unfinished(search)])


class Found:
    """The texts of the files a search passes, within bounds; and what was left out."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._bytes = self._large = self._others = 0

    def texts(self) -> Iterator[tuple[Path, str]]:
        for path in self._search.files():
            try:
                size = path.stat().st_size
                if size > LARGEST_SEARCHED or self._bytes + size > MOST_SEARCHED:
                    self._large += 1
                    continue
                data = path.read_bytes()
            except OSError:
                self._others += 1
                continue
            self._bytes += size
            if kind_of(data[:LOOK], path.suffix.lower()):
                self._others += 1
            else:
                yield path, decoded(data).text
            if not self._search.goes_on():
                return

    def remarks(self) -> list[str]:
        told = [(self._others, "not text"), (self._large, "too large")]
        left = [f"{count} {why}" for count, why in told if count]
        return [f"Left out: {', '.join(left)}."] if left else []


class Hits(NamedTuple):
    lines: list[int]  # counted from 0
    together: bool  # each of them has all of the words


def hits_in(text: str, wanted: tuple[str, ...]) -> Hits:
    whole = folded(text)
    if not all(word in whole for word in wanted):
        return Hits([], False)
    lines = [folded(line) for line in text.split("\n")]
    every = [n for n, line in enumerate(lines) if all(word in line for word in wanted)]
    if every:
        return Hits(every, True)
    first = (next((n for n, line in enumerate(lines) if word in line), 0) for word in wanted)
    return Hits(sorted(set(first)), False)


def told_hits(name: str, text: str, hits: Hits, wanted: tuple[str, ...]) -> list[str]:
    """A block for each hit: where it is, and the lines around it."""
    lines = text.split("\n")
    blocks = []
    for n in hits.lines[:MOST_IN_FILE]:
        around = [around_word(lines[k], wanted) for k in (n - 1, n, n + 1) if 0 <= k < len(lines)]
        blocks.append("\n".join([f"{name}, line {n + 1}:", *(one for one in around if one)]))
    more = len(hits.lines) - MOST_IN_FILE
    if more > 0:
        blocks[-1] += f"\n… and {more} more in this file"
    return blocks


def around_word(line: str, wanted: tuple[str, ...]) -> str:
    line = line.strip()
    if len(line) <= WIDEST:
        return line
    at = max(0, min((p for w in wanted if (p := folded(line).find(w)) >= 0), default=0) - 60)
    return f"{'…' if at else ''}{line[at : at + WIDEST]}…"


@tool("reads", HOME)
def read_file(
    path: Annotated[str, "as list_files and find_in_files write it"],
    start_line: Annotated[int, "to read on in a long file"] = 1,
    *,
    use: Use,
) -> str:
    """Read a text file in the folders the person granted."""
    use.origin = "file"
    folders = Folders(use.options.folders)
    file = folders.find(path)
    name = folders.name(file)
    if file.is_dir():
        raise ParleyError(f"{name} is a folder.", "list_files shows what is in it.")
    with told(name):
        if not is_plain(file):
            raise ParleyError(f"{name} is not a file that can be read.")
        size = file.stat().st_size
        with file.open("rb") as opened:
            data = opened.read(LARGEST)
    if not data:
        return f"{name} is empty."
    if kind := kind_of(data[:LOOK], file.suffix.lower()):
        raise ParleyError(f"{name} is {kind} of {in_bytes(size)}. I can only read text.")
    text, encoding = decoded(data)
    notes = [f"read as {encoding}"] if encoding else []
    notes += [f"only its first {in_bytes(LARGEST)}"] if size > LARGEST else []
    return paged(name, text, start_line, "".join(f", {note}" for note in notes))


def paged(name: str, text: str, start: int, remark: str) -> str:
    """Whole lines from start on, as many as one page holds; a longer line is cut."""
    lines = text.removesuffix("\n").split("\n")
    if not 1 <= start <= len(lines):
        raise ParleyError(f"{name} has lines 1 to {len(lines)}, so none {start}.")
    taken: list[str] = []
    room = PAGE
    for line in lines[start - 1 :]:
        if len(line) + 1 > room and taken:
            break
        if len(line) > PAGE:
            line = f"{line[:PAGE]}… (this line has {len(line)} characters)"
        taken.append(line)
        room -= len(line) + 1
        if room <= 0:
            break
    end = start + len(taken) - 1
    head = f"{name}, lines {start} to {end} of {len(lines)}{remark}:"
    after = [f"… read on with start_line={end + 1}"] if end < len(lines) else []
    return "\n".join([head, *taken, *after])


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> ToolsEngine:
    return ToolsEngine(HOME, options, "Files")


SPEC = EngineSpec(
    HOME,
    Kind.TOOL,
    "Files",
    Options,
    create,
    imports=("charset_normalizer",),
    read=lambda model: (),
)
