"""What was said as lines with their times: cut, joined to paragraphs, and written as files.

A line fits a subtitle: two rows of 42 letters at most, and seven seconds. It ends with a sentence
where it can, else at a comma, else between two words. In the files a subtitle stays for a second
at least where the next one leaves room for it, and none begins before the one before it is over.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from app.store.sound_files import Line
from engines.messages import Transcript

ROW, ROWS = 42, 2  # letters, rows of a subtitle
LONGEST, SHORTEST = 7.0, 1.0  # seconds of a subtitle
APART = 1.5  # seconds of silence between two words that part two lines
SHORT = 20  # letters; a shorter sentence shares its line with the next
PAUSE = 2.0  # seconds of silence that begin a paragraph
ROOMY, FULL = 280, 700  # letters of a paragraph: it may end with a sentence, it must end
SENTENCE = tuple(".?!…。！？")
PART = (*SENTENCE, *",;:–—、，；：")
WIDE = 0x2E80  # from here on writing has no spaces between words
TAG = re.compile(r"<(?=[A-Za-z/])|\{(?=\\)")  # what a player would take for markup


class Atom(NamedTuple):
    """A piece of text that is not cut: its place in the text, and seconds."""

    first: int
    last: int
    start: float
    end: float


def lines_of(said: Transcript, offset: float, after: float) -> list[Line]:
    """The lines of one stretch; offset is where its sound began in the file.

    None begins before after, where the line before it ended.
    """
    text = plain(said.text)
    if not text:
        return []
    lines, floor = [], after
    for atoms in cut(text, timed(text, said)):
        start = max(offset + atoms[0].start, floor)
        floor = max(offset + atoms[-1].end, start)
        lines.append(Line(round(start, 3), round(floor, 3), text[atoms[0].first : atoms[-1].last]))
    return lines


def plain(text: str) -> str:
    """On one line, without anything that is not a letter or a sign."""
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cc" or c.isspace())
                    .split())  # fmt: skip


def timed(text: str, said: Transcript) -> list[Atom]:
    """The words with their times; as the model says them, else by their length."""
    start, end = sane(said.start), max(sane(said.end), sane(said.start))
    if atoms := as_told(text, said):
        return atoms
    return spread(text, 0, start, end)


def spread(text: str, first: int, start: float, end: float) -> list[Atom]:
    """The pieces of a text at first, each with its share of the time."""
    each = (end - start) / max(1, len(text))
    return [Atom(first + a, first + b, start + each * a, start + each * b) for a, b in pieces(text)]


def as_told(text: str, said: Transcript) -> list[Atom]:
    """[] where the words are not those of the text."""
    atoms: list[Atom] = []
    place, floor = 0, sane(said.start)
    for word in said.words:
        wanted = plain(word.text)
        found = text.find(wanted, place)
        if found < 0 or text[place:found].strip():
            return []
        if wanted:
            start = max(sane(word.start), floor)
            floor = max(sane(word.end), start)
            atoms += spread(wanted, found, start, floor)
            place = found + len(wanted)
    return [] if text[place:].strip() else atoms


def sane(seconds: float) -> float:
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Words; letters where writing has no spaces."""
    for found in re.finditer(r"\S+", text):
        if len(found[0]) <= ROW:
            yield found.span()
        else:
            yield from ((place, place + 1) for place in range(*found.span()))


def cut(text: str, atoms: Sequence[Atom]) -> Iterator[Sequence[Atom]]:
    first = 0
    while first < len(atoms):
        last = line_end(text, atoms, first)
        yield atoms[first:last]
        first = last


def line_end(text: str, atoms: Sequence[Atom], first: int) -> int:
    """Where the line ends that begins with the atom at first: the place after its last atom."""
    best = 0
    for place in range(first, len(atoms)):
        one = atoms[place]
        so_far = text[atoms[first].first : one.last]
        if place > first:
            if one.start - atoms[place - 1].end > APART:
                return place
            if not fits(so_far) or one.end - atoms[first].start > LONGEST:
                return best or place
        if so_far.endswith(SENTENCE) and len(so_far) >= SHORT:
            return place + 1
        if so_far.endswith(PART) and len(so_far) >= ROW // 2:
            best = place + 1
    return len(atoms)


def fits(text: str) -> bool:
    return len(text) <= ROW or len(wrap(text, ROW)) <= ROWS


def rows(text: str) -> list[str]:
    """A line as the rows of a subtitle, the first about as long as the second."""
    if len(text) <= ROW:
        return [text]
    spaces = [found.start() for found in re.finditer(" ", text)]
    fair = [s for s in spaces if s <= ROW and len(text) - s - 1 <= ROW]
    if not fair:
        return wrap(text, ROW)
    middle = min(fair, key=lambda place: abs(place - len(text) / 2))
    return [text[:middle], text[middle + 1 :]]


# Paragraphs


def begins_paragraph(letters: int, before: Line, line: Line) -> bool:
    """Whether line begins a new one after a paragraph of so many letters that ends with before."""
    if line.start - before.end >= PAUSE or letters >= FULL:
        return True
    return letters >= ROOMY and before.text.endswith(SENTENCE)


def joint(before: str, after: str) -> str:
    """What stands between two lines of a paragraph."""
    wide = before and after and ord(before[-1]) >= WIDE and ord(after[0]) >= WIDE
    return "" if wide else " "


def paragraphs(lines: Iterable[Line]) -> Iterator[tuple[float, str]]:
    """(seconds, text) of each."""
    start, text = 0.0, ""
    before: Line | None = None
    for line in lines:
        if before is None or begins_paragraph(len(text), before, line):
            if before is not None:
                yield start, text
            start, text = line.start, line.text
        else:
            text += joint(text, line.text) + line.text
        before = line
    if before is not None:
        yield start, text


# Files


def as_text(lines: Iterable[Line]) -> str:
    return "\n\n".join(text for _, text in paragraphs(lines)) + "\n"


def as_timed_text(lines: Iterable[Line]) -> str:
    return "".join(f"[{clock(start)}] {text}\n" for start, text in paragraphs(lines))


def as_srt(lines: Sequence[Line]) -> str:
    made = []
    for number, (start, end, text) in enumerate(cues(lines), start=1):
        words = "\n".join(rows(TAG.sub(harmless, text.replace("-->", "→"))))
        made.append(f"{number}\n{stamp(start, ',')} --> {stamp(end, ',')}\n{words}\n")
    return "\n".join(made)


def as_vtt(lines: Sequence[Line]) -> str:
    made = ["WEBVTT\n"]
    for start, end, text in cues(lines):
        safe = "\n".join(rows(text)).replace("&", "&amp;").replace("<", "&lt;")
        words = safe.replace(">", "&gt;")
        made.append(f"{stamp(start, '.')} --> {stamp(end, '.')}\n{words}\n")
    return "\n".join(made)


def harmless(found: re.Match[str]) -> str:
    """SRT has no way to write these, so others stand for them."""
    return {"<": "‹", "{": "("}[found[0]]


def cues(lines: Sequence[Line]) -> Iterator[tuple[int, int, str]]:
    """(start, end, text), in milliseconds: each is over before the next one begins."""
    place = 0
    for number, line in enumerate(lines):
        start = max(milliseconds(line.start), place)
        following = lines[number + 1].start if number + 1 < len(lines) else math.inf
        room = milliseconds(following) if following < math.inf else start + 7000
        wanted = max(milliseconds(line.end), start + round(SHORTEST * 1000))
        end = min(wanted, start + round(LONGEST * 1000), max(room, start + 1))
        yield start, end, line.text
        place = end


def milliseconds(seconds: float) -> int:
    return round(sane(seconds) * 1000)


def stamp(ms: int, mark: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{ms:03}"


def clock(seconds: float) -> str:
    """As people read it: 4:05, 1:02:03."""
    whole = int(sane(seconds))
    hours, minutes = divmod(whole // 60, 60)
    tail = f"{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
    return f"{hours}:{tail}" if hours else tail


FORMS = {"txt": as_text, "timed": as_timed_text, "srt": as_srt, "vtt": as_vtt}
