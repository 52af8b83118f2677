"""Markdown becomes the same pieces however its text arrives, and never more at once than fits."""

import random
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.views.transcript import source
from app.views.transcript.markdown import definitions
from app.views.transcript.pieces import (
    Code,
    Formula,
    Paragraph,
    Prose,
    Rule,
    Span,
    Table,
    words,
)
from app.views.transcript.reader import Reader

ATOMS = [
    *("\n", "\n\n", "- ", "- a", "* b", "1. x", "2) y", "> ", "> q", "# h\n", "## h2", "---"),
    *("***", "```", "```py\n", "```\n", "~~~\n", "    code", "\t", "  ", "word", "some words"),
    *("|a|b|", "\n|-|-|\n", "|1|2|\n", "**bold**", "*em*", "`code`", "$x^2$", "$$", "=\n"),
    *("$$\nx=1\n$$\n", "\\[", "\\]", "\\(a\\)", "[a](http://b)", "[r]", "[r]: /u\n", "![i](p)"),
    *("~~s~~", "\\*", "&amp;", "<b>", "===\n", "\n===", "[ ] t", "- [x] done", "é", "😀", "$5"),
    *("  - sub", "   ```\n", "text\n", "\n$$\n"),
]
documents = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=40).map("".join)


def read(text):
    reader = Reader(text)
    while reader.advance():
        pass
    return reader.pieces


def stream(text, portions):
    """Fed in portions; link definitions, which may come last, are known from the start."""
    reader = Reader("", definitions(text))
    place = 0
    while place < len(text):
        size = portions.choice((1, 1, 2, 3, 5, 8, 40)) if len(text) < 4000 else 997
        reader.feed(text[place : place + size])
        place += size
        while reader.advance():
            pass
    return reader.pieces


FOUND = [  # by longer searches of the same kind
    "$x^2$2) y[a](http://b)> &amp;\n\\]- [x] word$$\nx=1\n$$\n~~s~~$5~~~\n[a](http://b)$$  c\n## h",
    "[ ] t`code`$x^2$=\t```\n- a&amp;\n$$\n  &amp;$x^2$  $$=- a- a=> q```\n[ ] t- 1. x$x^2$",
    "2) y|1|2|\n   ```\n$x^2$$$\nx=1\n$$\n> q~~s~~$$\nx=1\n$$\n```$x^2$w- [x]===\n```\n- \n$$\nw",
    "    - sub\nword$$\n`code`2) y[r]: /u\n\n1. x```\n   ```\n[ ] t$$\nx=1\n$$\n~~~\n**b**$$\n===",
    "[r]: /u\n   ```\n<b>$$\\[[ ] t- a\n|-|-|\n\t```\n\n$$\n- a$5[r]\n\\(a\\)```\n# h\n===\ntext\n",
    "<b># h\n**b**=2) y|a|b|- [x] done- > $$\nx=1\n$$\n$x^2$    ```\n\\[\n$$[a](http://b)w1. x> q",
    "$x^2$\n   ```\n&amp;\n===```py\n```~~s~~***\n~~~\n    code\n$$\n  &amp;> - [x] done\n",
]


@pytest.mark.parametrize("text", FOUND)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_documents_that_were_once_read_differently_in_portions(text, size):
    reader = Reader("", definitions(text))
    for place in range(0, len(text), size):
        reader.feed(text[place : place + size])
        while reader.advance():
            pass
    assert reader.pieces == read(text)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(documents, st.integers(0, 2**32))
def test_pieces_do_not_depend_on_the_portions_a_text_came_in(text, seed):
    assert stream(text, random.Random(seed)) == read(text)


@pytest.mark.parametrize(
    ("so_far", "shown"),
    [
        ("a **bo", (Span("a "), Span("bo", bold=True))),
        ("a **", (Span("a "),)),
        ("run `ls", (Span("run "), Span("ls", code=True))),
        ("a **b** and", (Span("a "), Span("b", bold=True), Span(" and"))),
        ("~~no", (Span("no", strike=True),)),
    ],
)
def test_emphasis_is_seen_before_it_is_closed(so_far, shown):
    reader = Reader()
    reader.growing = True
    reader.feed(so_far)
    reader.advance()
    (piece,) = reader.pieces
    assert isinstance(piece, Prose)
    assert tuple(replace(s, text=s.text.rstrip()) for s in piece.paragraphs[0].spans) == tuple(
        replace(s, text=s.text.rstrip()) for s in shown
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(documents)
def test_closing_what_is_open_leaves_no_trace_at_the_end(text):
    reader = Reader("", definitions(text))
    reader.growing = True
    for sign in text:
        reader.feed(sign)
        while reader.advance():
            pass
    reader.growing = False
    while reader.advance():
        pass
    assert reader.pieces == read(text)


LONG = {
    "paragraph": "so many words, and then some more of them " * 900,
    "list": "".join(f"- item {n} with **bold** words\n" for n in range(700)),
    "numbers": "".join(f"{n}. item\n" for n in range(1, 500)),
    "code": "before\n\n```python\n" + "x = [1, 2]  # go\n" * 900 + "```\n\nafter",
    "code line": "```\n" + "y" * 30_000 + "\n```\nafter",
    "table": "| a | b |\n|---|--:|\n" + "".join(f"| {n} | **b** |\n" for n in range(400)),
    "quote": "".join(f"> line {n}\n" for n in range(600)),
    "word": "z" * 40_000,
    "unclosed code": "~~~\n" + "code\n" * 800,
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_block_is_cut_at_the_same_places_however_it_came(kind):
    assert stream(LONG[kind], random.Random(1)) == read(LONG[kind])


@pytest.mark.parametrize("kind", LONG)
def test_no_character_of_a_long_block_is_lost(kind):
    shown = "".join(words(piece) for piece in read(LONG[kind]))
    for sign in ("-", ">", "`", "~", "|", "*", " ", "\n", "\t", "•", ":"):
        shown = shown.replace(sign, "")
    written = LONG[kind]
    for sign in ("-", ">", "`", "~", "|", "*", " ", "\n", ":", "python"):
        written = written.replace(sign, "")
    assert shown.replace("python", "") == written


def test_code_is_kept_exactly_as_it_was_written():
    code = "".join(f"def f{n}():\n\treturn '{n}' # \\* `x` $y$ <b>\n\n" for n in range(300))
    pieces = read(f"```python\n{code}```")
    assert all(isinstance(piece, Code) for piece in pieces) and len(pieces) > 1
    assert "\n".join(piece.text for piece in pieces) + "\n" == code


def span(text, **looks):
    return Span(text, **looks)


def only_lines(text):
    (piece,) = read(text)
    assert isinstance(piece, Prose)
    return piece.paragraphs


def test_emphasis_code_strikes_and_links_become_spans():
    (line,) = only_lines("a **b** *c* ~~d~~ `e*` [f](http://g.h)")
    assert line.spans == (
        span("a "),
        span("b", bold=True),
        span(" "),
        span("c", italic=True),
        span(" "),
        span("d", strike=True),
        span(" "),
        span("e*", code=True),
        span(" "),
        span("f", link="http://g.h"),
    )


def test_bare_addresses_are_links_without_the_full_stop():
    (line,) = only_lines("see https://a.b/c_d. And")
    assert line.spans[1] == span("https://a.b/c_d", link="https://a.b/c_d")


def test_lists_nest_and_tasks_have_boxes():
    lines = only_lines("1. one\n   - two\n2. three\n\n")
    assert [(line.nest, line.marker) for line in lines] == [("l", "1."), ("ll", "◦"), ("l", "2.")]
    lines = only_lines("- [ ] open\n- [x] done")
    assert [(line.marker, words(Prose((line,)))) for line in lines] == [
        ("[ ]", "[ ] open"),
        ("[x]", "[x] done"),
    ]


def test_code_inside_a_list_is_a_piece_of_its_own():
    pieces = read("- do\n  ```sh\n  ls\n  ```\n- then")
    assert pieces == [
        Prose((Paragraph((span("do"),), nest="l", marker="•", loose=False),)),
        Code("ls", "sh", nest="l"),
        Prose((Paragraph((span("then"),), nest="l", marker="•", loose=False),)),
    ]


def test_tables_keep_their_alignment():
    (piece,) = read("|a|b|c|\n|:-|-:|:-:|\n|1|**2**|3|")
    assert isinstance(piece, Table)
    assert piece.alignments == ("left", "right", "center")
    assert piece.rows[1][1] == (span("2", bold=True),)


def test_headings_quotes_and_rules():
    pieces = read("## Title\n\n> said\n\n---")
    assert pieces == [
        Prose((Paragraph((span("Title"),), heading=2),)),
        Prose((Paragraph((span("said"),), nest="q"),)),
        Rule(),
    ]


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("$$\nx = 1\n$$", "x = 1"),
        ("$$x^2$$", "x^2"),
        ("\\[\n\\frac{a}{b}\n\\]", "\\frac{a}{b}"),
        ("\\[y\\]", "y"),
    ],
)
def test_a_formula_on_its_own_lines_is_a_piece(text, latex):
    assert read(text) == [Formula(latex)]


@pytest.mark.parametrize("text", ["$x_1$", "\\(x_1\\)", "$$x_1$$ inline", "a $x_1$ b"])
def test_a_formula_in_a_line_is_a_span(text):
    (line,) = only_lines(text)
    assert any(part == span("x_1", formula=True) for part in line.spans)


@pytest.mark.parametrize("text", ["$5 and $10", "$ x$", "costs 5$", "$$\nx", "\\[ open", "`$x$`"])
def test_prices_open_formulas_and_code_are_no_formulas(text):
    assert not any(
        isinstance(piece, Formula)
        or any(s.formula for line in piece.paragraphs for s in line.spans)
        for piece in read(text)
    )


def test_html_is_text():
    (line,) = only_lines("<script>alert(1)</script> <img src=x>")
    assert words(Prose((line,))) == "<script>alert(1)</script> <img src=x>"


def test_a_picture_is_its_words_and_its_address():
    (line,) = only_lines("![a cat](http://x.y/z.png)")
    assert line.spans == (span("a cat", picture=True, link="http://x.y/z.png"),)


def test_a_link_defined_at_the_end_is_found():
    assert only_lines("see [it][1]\n\n[1]: http://a.b")[0].spans[1].link == "http://a.b"


def test_characters_a_document_cannot_hold_are_replaced():
    assert source.clean("a\r\nb\rc\u2028d\x00\ud800\ufdd0\ufffc") == "a\nb\nc\nd" + "\ufffd" * 4


K = 100_000
HOSTILE = {
    "list items": "- a\n" * K,
    "wide table": "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + ("|" + "a|" * 100 + "\n") * 2000,
    "table": "|" + "a|" * 50 + "\n|" + "-|" * 50 + "\n" + ("|" + "a|" * 50 + "\n") * 2000,
    "entities": "&amp;" * 2 * K,
    "word": "x" * 10_000_000,
    "quotes": "".join(">" * n + " a\n" for n in range(500)),
    "tables in quotes": "".join(">" * n + " |a|\n" + ">" * n + " |-|\n" for n in range(500)),
    "html tables": "<table>" * 500 + "<div>" * 20_000,
    "code": "```python\n" + "x = [1]\n" * 1_250_000,
    "code in one line": "```\n" + "x" * 10_000_000,
    "brackets": "[" * K,
    "matched brackets": "[" * K + "]" * K,
    "open links": "[a](b" * K,
    "pictures": "![" * K,
    "emphasis": "*a **a " * K,
    "backticks": "".join("`" * n + "a" for n in range(800)),
    "deep list": "".join("  " * n + "- a\n" for n in range(500)),
    "list in one line": "- " * 5000 + "a",
    "definitions": "[a]: b\n" * K,
    "dollars": "$a" * K,
    "display formulas": "$$\n" * K,
    "short paragraphs": "a\n\n" * K,
    "lines": "a\n" * K,
    "fences": "```\n" * K,
    "angles": "<" * K,
    "tabs": "\t" * K,
    "escapes": "\\*" * K,
    "strikes": "~~a" * K,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_markdown_is_read_in_small_slices(kind):
    """Half a second of CPU would be ten times what a slice takes at worst on a slow machine."""
    text = HOSTILE[kind]
    shown = source.shown_part(text)
    assert shown <= 256 * 1024
    reader = Reader(source.clean(text[:shown]))
    for _ in range(12):
        begun, before = thread_time(), len(reader.pieces)
        more = reader.advance()
        assert thread_time() - begun < 0.5
        for piece in reader.pieces[before:]:
            assert len(words(piece)) <= source.BLOCK + 1000
        if not more:
            break


@pytest.mark.parametrize("kind", ["quotes", "deep list", "list in one line", "tables in quotes"])
def test_markup_that_is_nested_too_deeply_stays_as_written(kind):
    shown = " ".join(words(piece) for piece in read(HOSTILE[kind][:20_000]))
    assert shown.count("a") >= HOSTILE[kind][:20_000].count("a")
