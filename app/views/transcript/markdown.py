"""Markdown into pieces, with markdown-it; mathematics has rules of its own here."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from app.views.transcript.pieces import (
    Code,
    Formula,
    Paragraph,
    Piece,
    Prose,
    Rule,
    Span,
    Table,
)
from app.views.transcript.source import COLUMNS

PARAGRAPHS, CHARACTERS = 12, 1500  # of one prose piece: little is laid out again per token
CELLS = 60  # of one part of a table
DEFINITIONS = 200  # link definitions of one text
LATEX = 2000  # characters of one formula; a longer one stays as it was written
NESTING = 40  # levels of tokens; an item of a list makes two. Deeper markup stays as written

_BULLETS = "•◦▪"
_TASK = re.compile(r"\[([ xX])\] +")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}*_]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]{1,200}\]:[ \t]*\S.*$", re.MULTILINE)
_STANZA = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|$))+(?:[ \t]*\n)*|(?:[ \t]*\n)+")
_DEEP = re.compile(r"^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])(?=[ \t>]|$)){8}", re.MULTILINE)
_WIDE = re.compile(rf"^[ \t|:-]*(?:\|[ \t:-]*){{{COLUMNS + 2}}}$", re.MULTILINE)


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt  # 50 ms: not before the window is up

    made = MarkdownIt("commonmark", {"html": False, "maxNesting": NESTING})
    made.enable(["table", "strikethrough"])
    made.inline.ruler.before("escape", "formula", _inline_formula)
    interrupts: Any = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    made.block.ruler.before("fence", "formula", _block_formula, interrupts)
    return made


def warm() -> None:
    """Load the parser ahead of its first use."""
    _parser().parse("a")


class _Definitions(dict[str, Any]):
    """Link definitions that parsing a part of the text does not add to."""

    def __setitem__(self, label: str, definition: Any) -> None:
        return None


def defines_links(text: str) -> bool:
    return "]:" in text and _DEFINITION.search(text) is not None


def definitions(text: str) -> dict[str, Any]:
    """The link definitions of a whole text ("[1]: https://…") as markdown-it wants them."""
    found: dict[str, Any] = {}
    if defines_links(text):
        lines = [line.group() for line in _DEFINITION.finditer(text)][:DEFINITIONS]
        _parser().parse("\n\n".join(lines), found)
    return {"references": _Definitions(found.get("references", {}))}


def closed(source: str) -> str:
    """source with the emphasis or code closed that its last paragraph leaves open.

    For an answer that is being written, so that "**" is not seen until the words are bold.
    """
    last = source[source.rfind("\n\n") + 1 :]
    line = last[last.rfind("\n") + 1 :]
    whole = line.rstrip("*_`~")
    if whole.strip(" >-+#"):  # a line of nothing but signs may be a rule or a fence
        cut = len(line) - len(whole)
        source, last = source[: len(source) - cut], last[: len(last) - cut]
    if last.count("`") % 2:
        return source + "`"
    for sign in ("**", "~~"):
        if last.count(sign) % 2:
            return source.rstrip(" ") + sign
    return source


def parse(source: str, environment: dict[str, Any]) -> list[tuple[int, list[Piece]]]:
    """The top-level blocks of source: the line each begins in, and its pieces."""
    if not _DEEP.search(source) and not _WIDE.search(source):
        tokens = _parser().parse(source, environment)
        if all(token.level < NESTING - 2 for token in tokens):
            return _blocks(tokens)
    return _stanza_by_stanza(source, environment)


def _blocks(tokens: list[Any]) -> list[tuple[int, list[Piece]]]:
    blocks, first = [], 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            start = tokens[first].map
            blocks.append((start[0] if start else 0, _Walk(tokens[first : index + 1]).pieces))
            first = index + 1
    return blocks


def _stanza_by_stanza(source: str, environment: dict[str, Any]) -> list[tuple[int, list[Piece]]]:
    """Blocks of a source with markup that is too deep or too wide: that part stays as written."""
    blocks: list[tuple[int, list[Piece]]] = []
    line = 0
    for stanza in _STANZA.findall(source):
        if _DEEP.search(stanza) or _WIDE.search(stanza):
            found = [(0, [_as_written(stanza)])]
        else:
            tokens = _parser().parse(stanza, environment)
            deep = any(token.level >= NESTING - 2 for token in tokens)
            found = [(0, [_as_written(stanza)])] if deep else _blocks(tokens)
        blocks += [(line + first, pieces) for first, pieces in found]
        line += stanza.count("\n")
    return blocks


def _as_written(source: str) -> Piece:
    return Prose((Paragraph((Span(source.strip("\n")),)),))


class _Walk:
    """The tokens of one top-level block, turned into pieces in order."""

    def __init__(self, tokens: list[Any]) -> None:
        self.pieces: list[Piece] = []
        self._nest = ""
        self._marker = ""
        self._numbers: list[int] = []  # of the open lists; -1 for one with bullets
        self._open: list[Paragraph] = []
        self._size = 0
        table = -1  # where the table being read begins
        for index, token in enumerate(tokens):
            if token.type == "table_open":
                table = index
            elif token.type == "table_close":
                for part in _table(tokens[table:index], self._nest):
                    self._leaf(part)
                table = -1
            elif table < 0:
                self._take(token, tokens[index - 1])
        self._close_prose()

    def _take(self, token: Any, before: Any) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append(-1)
            case "ordered_list_open":
                self._numbers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
            case "list_item_open":
                self._open_item(token)
            case "list_item_close":
                if self._marker:
                    self._line(())
                self._nest = self._nest[:-1]
            case "blockquote_open":
                self._nest += "q"
            case "blockquote_close":
                self._nest = self._nest[:-1]
            case "inline":
                self._inline(token, before)
            case "fence":
                self._leaf(Code(token.content.removesuffix("\n"), language(token.info), self._nest))
            case "code_block":
                self._leaf(Code(token.content.removesuffix("\n"), "", self._nest))
            case "formula":
                self._leaf(Formula(token.content, self._nest))
            case "hr":
                self._leaf(Rule(self._nest))

    def _open_item(self, token: Any) -> None:
        if self._marker:
            self._line(())  # an item that begins with a list of its own
        self._nest += "l"
        number = self._numbers[-1]
        if number < 0:
            self._marker = _BULLETS[min(len(self._numbers), len(_BULLETS)) - 1]
        else:
            self._marker = f"{number}{token.markup}"
            self._numbers[-1] += 1

    def _inline(self, token: Any, before: Any) -> None:
        heading = int(before.tag[1]) if before.type == "heading_open" else 0
        spans = _spans(token.children)
        if self._marker and spans and (task := _TASK.match(spans[0].text)) and not spans[0].code:
            self._marker = "[ ]" if task[1] == " " else "[x]"
            spans = (_with_text(spans[0], spans[0].text[task.end() :]), *spans[1:])
        self._line(spans, heading, not before.hidden)

    def _line(self, spans: tuple[Span, ...], heading: int = 0, loose: bool = False) -> None:
        self._open.append(Paragraph(spans, heading, self._nest, self._marker, loose))
        self._marker = ""
        self._size += sum(len(span.text) for span in spans)
        if len(self._open) >= PARAGRAPHS or self._size >= CHARACTERS:
            self._close_prose()

    def _leaf(self, piece: Piece) -> None:
        if self._marker:
            self._line(())
        self._close_prose()
        self.pieces.append(piece)

    def _close_prose(self) -> None:
        if self._open:
            joined = bool(self.pieces) and isinstance(self.pieces[-1], Prose)
            self.pieces.append(Prose(tuple(self._open), joined))
        self._open, self._size = [], 0


def language(info: str) -> str:
    """The language a fence names: "python" of "python title=x" or of "{.python}"."""
    first = info.strip().split(None, 1)[0] if info.strip() else ""
    return first.strip("{}.").split(",")[0][:40]


def _table(tokens: list[Any], nest: str) -> Iterator[Table]:
    """The table in parts of few cells, each with the heading."""
    rows: list[tuple[tuple[Span, ...], ...]] = []
    cells: list[tuple[Span, ...]] = []
    alignments: list[str] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(_spans(token.children))
        elif token.type == "tr_close":
            rows.append(tuple(cells))
            cells = []
        elif token.type == "th_open":
            alignments.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
    heading, count = rows[:1], max(2, CELLS // max(1, len(alignments)))
    for first in range(1, max(2, len(rows)), count):
        part = (*heading, *rows[first : first + count])
        yield Table(part, tuple(alignments), nest, joined=first > 1)


def _with_text(span: Span, text: str) -> Span:
    return Span(text, span.bold, span.italic, span.strike, link=span.link)


def _spans(children: list[Any]) -> tuple[Span, ...]:
    spans: list[Span] = []
    bold = italic = strike = 0
    link = ""
    for token in children:
        match token.type:
            case "text":
                _add_text(spans, Span(token.content, bold > 0, italic > 0, strike > 0, link=link))
            case "softbreak" | "hardbreak":
                _add(spans, Span("\n", bold > 0, italic > 0, strike > 0, link=link))
            case "code_inline":
                spans.append(Span(token.content, bold > 0, code=True, link=link))
            case "formula":
                spans.append(Span(token.content, formula=True))
            case "image":
                address = str(token.attrs.get("src", ""))
                spans.append(Span(token.content or "picture", picture=True, link=address))
            case "strong_open" | "strong_close":
                bold += token.nesting
            case "em_open" | "em_close":
                italic += token.nesting
            case "s_open" | "s_close":
                strike += token.nesting
            case "link_open":
                link = str(token.attrs.get("href", ""))
            case "link_close":
                link = ""
    return tuple(spans)


def _add_text(spans: list[Span], span: Span) -> None:
    """Add a span, its bare web addresses as links."""
    place = 0
    if not span.link and "://" in span.text:
        for found in _ADDRESS.finditer(span.text):
            _add(spans, _with_text(span, span.text[place : found.start()]))
            linked = Span(found[0], span.bold, span.italic, span.strike, link=found[0])
            spans.append(linked)
            place = found.end()
    _add(spans, _with_text(span, span.text[place:]))


def _add(spans: list[Span], span: Span) -> None:
    if not span.text:
        return
    last = spans[-1] if spans else None
    if last and not (last.code or last.formula or last.picture):
        joined = _with_text(span, last.text + span.text)
        if _with_text(last, joined.text) == joined:
            spans[-1] = joined
            return
    spans.append(span)


def _inline_formula(state: Any, silent: bool) -> bool:
    source, start = state.src, state.pos
    if source.startswith("\\(", start):
        opening, closing = "\\(", "\\)"
    elif source.startswith("\\[", start):
        opening, closing = "\\[", "\\]"
    elif source.startswith("$$", start):
        opening = closing = "$$"
    elif source.startswith("$", start):
        opening = closing = "$"
    else:
        return False
    begin = start + len(opening)
    end = source.find(closing, begin, begin + LATEX)
    latex = source[begin : max(begin, end)]
    if not latex.strip() or (opening == "$" and not _is_money_free(source, latex, end)):
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = latex.strip()
    state.pos = end + len(closing)
    return True


def _is_money_free(source: str, latex: str, end: int) -> bool:
    """Whether what stands between two dollars is mathematics and not two prices."""
    after = source[end + 1 : end + 2]
    return not (latex[0].isspace() or latex[-1].isspace() or after.isdigit() or "\n" in latex)


def _block_formula(state: Any, first: int, last: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    line = _line_of(state, first)
    closing = {"$$": "$$", "\\[": "\\]"}.get(line[:2])
    if closing is None:
        return False
    lines = [line[2:]]
    row = first
    while not lines[-1].rstrip().endswith(closing):
        row += 1
        if row >= last or state.isEmpty(row) or state.sCount[row] < state.blkIndent:
            return False
        lines.append(_line_of(state, row))
        if lines[-1].startswith(("```", "~~~")):
            return False
    latex = "\n".join(lines).rstrip()[: -len(closing)].strip()
    if not latex or len(latex) > LATEX or closing in latex:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.map = latex, [first, row + 1]
        state.line = row + 1
    return True


def _line_of(state: Any, row: int) -> str:
    return state.src[state.bMarks[row] + state.tShift[row] : state.eMarks[row]]
