"""Keeping text within bounds: characters Qt can hold, and where a huge text may be cut."""

import re

SHOWN = 256 * 1024  # characters of one turn shown before "Show more"
SHOWN_DENSE = 48 * 1024  # the same for a text made of little but markup
BLOCK = 8 * 1024  # characters of one block; a longer one is cut into parts
BLOCK_COST = 2_600  # see cost()
WINDOW = 16 * 1024  # characters parsed in one go
WINDOW_COST = 5_000
UNBROKEN = 2 * 1024  # characters without any gap
STEP = 256  # characters; a text is cut for its cost at a multiple of them
CODE_LINES = 80  # lines of one part of a code block
COLUMNS = 50  # of a table; a wider one is shown as it was written

# Surrogates alone cannot be text; Qt uses U+FDD0, U+FDD1 and U+FFFC inside its documents.
_UNFIT = re.compile("[\x00\ud800-\udfff\ufdd0-\ufdef\ufffc\ufffe\uffff]")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_LIST_LINE = re.compile(r"^( {0,3})(?:[-+*]|\d{1,9}[.)])(?=[ \t\n])", re.MULTILINE)
_GAP = re.compile(r"\s")
_WORD_START = re.compile(r"\s(?=[^\W\d_])")


def clean(text: str) -> str:
    """text with "\\n" as its only line break and nothing a document would stumble over."""
    return _UNFIT.sub("\ufffd", _BREAKS.sub("\n", text))


def cost(text: str) -> float:
    """About how many microseconds text takes to parse; counts by kind of character, measured."""
    emphasis = sum(text.count(sign) for sign in "*_|")
    others = sum(text.count(sign) for sign in "~`!<&\\$:")
    lines, brackets = text.count("\n"), text.count("[")
    return len(text) * 0.05 + lines * 30 + brackets * 40 + emphasis * 9 + others * 4


def shown_part(text: str) -> int:
    """How many characters of a turn are shown at first."""
    if len(text) <= SHOWN_DENSE:
        return len(text)
    dense = cost(text[:SHOWN]) > SHOWN * 3
    return min(len(text), SHOWN_DENSE if dense else SHOWN)


def within(text: str, start: int, end: int, size: int, budget: float) -> int:
    """The farthest place up to end that stays within size characters and about within budget.

    It depends only on the text before it, so a text that is still growing is cut as a whole one.
    """
    end = min(end, start + size)
    if cost(text[start:end]) <= budget:
        return end
    spent = 0.0
    for place in range(start, end, STEP):
        spent += cost(text[place : place + STEP])
        if spent > budget:
            return min(end, place + STEP)
    return end


def cut_block(text: str, start: int, end: int) -> int:
    """Where the block from start to end is cut because it is too long; end when it is not."""
    limit = _unbroken(text, start, within(text, start, end, BLOCK, BLOCK_COST))
    if limit >= end:
        return end
    part = text[start:limit]
    if item := _last_item(part):
        return start + item
    line = part.rfind("\n")
    if line > 0:
        return start + line + 1
    half = len(part) // 2
    words = [found.end() for found in _WORD_START.finditer(part[half:])]
    return start + half + words[-1] if words else limit


def _last_item(part: str) -> int:
    """Where the last item of the list begins that part begins with; 0 when there is none."""
    if not (first := _LIST_LINE.match(part)):
        return 0
    items = [found.start() for found in _LIST_LINE.finditer(part) if found[1] == first[1]]
    return items[-1]


def _unbroken(text: str, start: int, limit: int) -> int:
    """A shorter limit for what has no gap to wrap at: Qt takes long to lay it out."""
    if limit - start <= UNBROKEN or _GAP.search(text, start, start + UNBROKEN):
        return limit
    return start + UNBROKEN


def cut_lines(text: str, start: int, end: int, lines: int = CODE_LINES) -> int:
    """Where code or plain text from start to end is cut: after a line, else after a word."""
    limit = _unbroken(text, start, min(end, start + BLOCK))
    place = start
    for _ in range(lines):
        following = text.find("\n", place, limit) + 1
        if not following:
            break
        place = following
    else:
        return place
    if limit == end:
        return end
    return place if place > start else text.rfind(" ", start, limit) + 1 or limit


def cut_plain(text: str) -> list[tuple[str, bool]]:
    """Plain text in parts small enough to lay out, and whether each ends within a line."""
    parts, start = [], 0
    while start < len(text):
        stop = cut_lines(text, start, len(text))
        part = text[start:stop]
        last = stop == len(text)
        halved = not last and not part.endswith("\n")
        parts.append((part if last else part.removesuffix("\n"), halved))
        start = stop
    return parts
