"""An answer's markdown while it grows, as blocks: text to read, and what is only announced."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from engines.tts.traced import Traced, from_source, made

END = None  # a block of text is over


class Announced(NamedTuple):
    """Something that is not read; what is "code", "table" or "picture"."""

    what: str
    detail: str  # the language of code, the number of columns, what a picture shows
    start: int
    end: int


Item = Traced | Announced | None

LINE = 1200  # characters of a line that tell what it is
LONG = 300  # characters after which an opening that was not closed is taken as it stands
QUOTE = re.compile(r">[ \t]?")
BULLET = re.compile(r"[-*+•‣◦][ \t]+(?=\S)")
NUMBER = re.compile(r"(\d{1,9})[.)][ \t]+(?=\S)")
TASK = re.compile(r"\[([ xX])\][ \t]+")
ALERT = re.compile(r"\[!(\w{1,20})\][ \t]*$")
RULE = re.compile(r"([-_*=])(?:[ \t]*\1)*[ \t]*$")
SEPARATOR = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
FENCED = re.compile(r"(`{3,}|~{3,})[ \t]*([^`\n]*)$")
HEADED = re.compile(r"#{1,6}[ \t]+(?=\S)")
DEFINED = re.compile(rf"\[(?!\^)[^\]\n]{{1,{LONG}}}\]:[ \t]")
FOOTNOTE = re.compile(r"\[\^([^\]\n]{1,40})\]:[ \t]*")
PICTURED = re.compile(r"!\[([^\]\n]{0,300})\]\([^\s)]{0,800}(?:[ \t]+[^)\n]{0,200})?\)[ \t]*$")
TAGGED = re.compile(r"<(think|thinking|thought|script|style|svg|!--)(?![\w-])", re.IGNORECASE)
# a line that has only this much may become any of the above
BAR, EDGE = re.compile(r"[ \t]*\|[ \t]*"), re.compile(r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$")
OPEN = re.compile(
    r"[-*+•‣◦_=|:\s]*|\d{1,9}[.)]?[ \t]*|#{1,6}[ \t]*|`{1,2}|~{1,2}|<!?-{0,2}|<[a-zA-Z]{0,8}"
    rf"|\[[^\]\n]{{0,{LONG}}}|\[[^\]\n]{{0,{LONG}}}\]:?[ \t]*|!|!\[[^\n]{{0,{LONG}}}"
)
WHOLE = re.compile(  # begins what only a whole line can tell
    rf"`{{3}}|~{{3}}|\||:?-+:?[ \t]*\||\[(?!\^)[^\]\n]{{1,{LONG}}}\]:[ \t]"
)


class Line(NamedTuple):
    """kind is "text", "heading", "blank", "nothing" (nothing to say), "fence", "row", "skipped",
    "code" or "picture"."""

    kind: str
    content: int  # where it begins in the line
    fresh: bool = False  # begins a block of its own: a list item, a quote, a heading
    said: str = ""  # before the content
    detail: str = ""


class Blocks:
    """feed() and end() give texts (Traced), END after each block of them, and Announced.

    Nothing depends on how the text was cut into pieces for feed().
    """

    def __init__(self) -> None:
        self._text, self._at, self._base = "", 0, 0  # not yet read from _at on; _base is dropped
        self._final = False
        self._step: Callable[[], list[Item] | None] = self._begin_line
        self._open = False  # a block of text that may go on
        self._break = -1  # place of the line break after its last line, or -1
        self._heading = self._listed = self._quoted = False  # what the last block of text is
        self._blank = True  # the last line was
        self._header: Traced | None = None  # of what may become a table
        self._until = ""  # what ends code, or what is skipped

    def feed(self, text: str) -> list[Item]:
        self._text += text
        found = list(self._items())
        self._text, self._base, self._at = self._text[self._at :], self._base + self._at, 0
        return found

    def end(self) -> list[Item]:
        self._final = True
        return [*self.feed(""), *self._header_as_text(), *self._close()]

    def _items(self) -> Iterator[Item]:
        while self._at < len(self._text) and (found := self._step()) is not None:
            yield from found

    # Steps: each reads on and returns what it found, None when it needs more text.

    def _begin_line(self) -> list[Item] | None:
        end = self._text.find("\n", self._at)
        stop = end if end >= 0 else len(self._text)
        line = self._text[self._at : min(stop, self._at + LINE)]
        whole = len(line) == min(stop - self._at, LINE - 1) and (end >= 0 or self._final)
        code = self._blank and not self._listed
        found = classified(line, whole or len(line) == LINE, self._quoted, code)
        if found is None:
            return None
        if not whole and found.kind not in ("text", "heading", "skipped"):
            found = Line("text", found.content)
        before = [] if found.kind == "row" else self._header_as_text()
        return before + self._begun(found, line)

    def _begun(self, found: Line, line: str) -> list[Item]:
        if found.kind == "text":
            return self._text_begins(found)
        items = self._close()
        self._blank = found.kind in ("blank", "nothing")
        start, end = self._base + self._at, self._base + self._at + len(line)
        match found.kind:
            case "heading":
                return items + self._text_begins(found)
            case "skipped":
                self._until = "-->" if found.detail == "!--" else f"</{found.detail}"
                self._step = self._skipped
                return items
            case "fence":
                language = found.detail.lstrip("`~")
                self._until = found.detail.removesuffix(language)
                items.append(Announced("code", language.strip(), start, end))
                self._step = self._fenced
            case "code":
                items.append(Announced("code", "", start, end))
                self._step = self._indented
            case "row":
                items += self._row(line, start)
            case "picture":
                items.append(Announced("picture", found.detail, start, end))
        self._at = min(self._at + len(line) + 1, len(self._text))
        return items

    def _text_begins(self, found: Line) -> list[Item]:
        items: list[Item] = []
        place = self._base + self._at
        if found.fresh or not self._open:
            items += self._close()
            indented = self._listed and found.content >= 2  # another paragraph of its item
            self._listed = indented or bool(found.said) or found.detail == "bullet"
            self._quoted = found.detail == "quote"
        elif self._break >= 0:
            items.append(from_source("\n", self._break))
        if found.said:
            items.append(made(found.said, place, place + found.content))
        self._open, self._blank, self._break = True, False, -1
        self._heading = found.kind == "heading"
        self._at += found.content
        self._step = self._rest_of_line
        return items

    def _rest_of_line(self) -> list[Item]:
        end = self._text.find("\n", self._at)
        stop = end if end >= 0 else len(self._text)
        items: list[Item] = []
        if stop > self._at:
            items.append(from_source(self._text[self._at : stop], self._base + self._at))
        self._at = stop
        if end >= 0:
            self._break = self._base + end
            self._at += 1
            self._step = self._begin_line
            if self._heading:
                items += self._close()
        return items

    def _close(self) -> list[Item]:
        was, self._open, self._break, self._heading = self._open, False, -1, False
        return [END] if was else []

    def _line(self) -> tuple[str, int] | None:
        """The whole line from here, and where the next one begins; None while it is not there."""
        end = self._text.find("\n", self._at)
        if end < 0 and not self._final:
            return None
        stop = end if end >= 0 else len(self._text)
        return self._text[self._at : stop], stop + (end >= 0)

    def _fenced(self) -> list[Item] | None:
        if (found := self._line()) is None:
            return None
        line, self._at = found
        mark = line.strip(" \t>")
        if mark.startswith(self._until) and not mark.strip(self._until[0]):
            self._step = self._begin_line
        return []

    def _indented(self) -> list[Item] | None:
        if (found := self._line()) is None:
            return None
        line, after = found
        if line.strip() and not line.startswith(("    ", "\t")):
            self._step = self._begin_line
        else:
            self._at = after
        return []

    def _tabled(self) -> list[Item] | None:
        if (found := self._line()) is None:
            return None
        if "|" in found[0]:
            self._at = found[1]
        else:
            self._step = self._begin_line
        return []

    def _skipped(self) -> list[Item] | None:
        text = self._text.lower()
        at = text.find(self._until, self._at)
        close = text.find(">", at) if at >= 0 else -1
        if close < 0:
            keep = len(self._until) if at < 0 else len(text) - at
            self._at = max(self._at, len(text) - (0 if self._final else keep))
            return None
        self._at = close + 1
        self._step = self._begin_line
        return []

    def _row(self, line: str, place: int) -> list[Item]:
        """A line with bars; the one after the first tells whether it is a table."""
        if not SEPARATOR.match(line.strip(" \t>")):
            before = self._header_as_text()
            self._header = from_source(line, place)
            return before
        if self._header:
            place = self._header.origins[0][0]
        columns = len(re.findall(r"-+", line))
        self._header = None
        self._step = self._tabled
        return [Announced("table", str(columns), place, place + len(line))]

    def _header_as_text(self) -> list[Item]:
        """What looked like the first line of a table."""
        header, self._header = self._header, None
        if header is None:
            return []
        return [header.sub(EDGE, lambda _: "").sub(BAR, lambda _: ", "), END]


def classified(line: str, whole: bool, quoted: bool, code: bool) -> Line | None:
    """What a line begins, None while that is open. whole: nothing follows in this line.

    quoted: the block before it is a quote; code: indented lines would be code here.
    """
    at, said, fresh, detail = 0, "", False, ""
    while True:
        indent = len(line) - at - len(line[at:].lstrip(" \t\r"))
        at, rest = at + indent, line[at + indent :]
        if not whole and OPEN.fullmatch(rest):
            return None
        if indent >= 4 and at == indent and code and rest:
            return Line("code", 0) if whole else None
        if RULE.match(rest):
            return Line("nothing", at)
        if mark := QUOTE.match(rest):
            fresh, detail = fresh or not quoted, "quote"
        elif mark := BULLET.match(rest):
            fresh, detail = True, "bullet"
            if task := TASK.match(rest, mark.end()):
                said += "" if task[1] == " " else "done: "
                mark = task
        elif mark := NUMBER.match(rest):
            fresh, said = True, f"{said}{int(mark[1])}: "
        else:
            break
        at += mark.end()
    if not whole and WHOLE.match(rest):
        return None
    return _leaf(line, at, Line("text" if rest else "blank", at, fresh, said, detail))


def _leaf(line: str, at: int, text: Line) -> Line:
    rest = line[at:]
    if fence := FENCED.match(rest):
        return Line("fence", at, detail=fence[1] + fence[2])
    if rest.startswith("|") or ("|" in rest and SEPARATOR.match(rest)):
        return Line("row", at)
    if heading := HEADED.match(rest):
        return Line("heading", at + heading.end(), True, text.said)
    if tag := TAGGED.match(rest):
        return Line("skipped", at, detail=tag[1].lower())
    if DEFINED.match(rest):
        return Line("nothing", at)
    if note := FOOTNOTE.match(rest):
        return Line("text", at + note.end(), True, f"{note[1]}: ")
    if picture := PICTURED.match(rest):
        return Line("picture", at, detail=picture[1])
    if alert := ALERT.match(rest):
        return text._replace(content=len(line), fresh=True, said=f"{alert[1].capitalize()}: ")
    return text
