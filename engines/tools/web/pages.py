"""What a page says: from bytes of any kind to clean text."""

import codecs
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engines.errors import ParleyError
from engines.tools.web.limits import within
from engines.tools.web.network import Answer
from engines.tools.web.words import clean, one_line

HTML = ("text/html", "application/xhtml+xml")
AS_IT_IS = re.compile(r"text/.*|application/(.*\+)?(json|xml|yaml|javascript)|application/x-ndjson")
KINDS = {
    "application/pdf": "a PDF",
    "application/zip": "an archive",
    "image/": "a picture",
    "audio/": "a recording",
    "video/": "a film",
}
LARGEST_HTML = 4_000_000  # bytes; reading more takes longer than a person waits
# Codecs that hold text and nothing else; Python knows some more that are none.
CHARSETS = re.compile(
    r"(utf|ucs)-?_?(8|16|32)([-_]?(sig|le|be))?|(us-)?ascii|(iso-?|latin|windows-?|cp|koi8|mac|tis-?)"
    r"[\w-]*|gb(k|2312|18030)|big5[\w-]*|euc[-_]\w+|shift[-_]?jis(x\w+)?|sjis|hz",
    re.IGNORECASE,
)
SAID = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED = re.compile(r"\A\s*<\?xml[^>]{0,200}>")  # with a charset lxml refuses, for it has text
# What libraries raise over pages nobody thought of
BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
PATIENCE = 10.0  # seconds to tell the words that matter from the others
UNSEEN = ("script", "style", "title", "template")
NOTHING = "No text was found on this page. It may be made by a program in the browser."


@dataclass(frozen=True)
class Page:
    title: str
    text: str


def page(answer: Answer) -> Page:
    """Raises ParleyError for what is no text."""
    kind = kind_of(answer)
    if kind in HTML:
        return from_html(decoded(answer, LARGEST_HTML))
    if AS_IT_IS.fullmatch(kind):
        return Page("", clean(decoded(answer, len(answer.body))))
    words = next((words for start, words in KINDS.items() if kind.startswith(start)), "")
    raise ParleyError(f"This is {words or f'a file of the kind {kind}'}, which cannot be read yet.")


def kind_of(answer: Answer) -> str:
    """The media type, from the first bytes where the headers do not say."""
    told = one_line(answer.headers.get("Content-Type", ""), 100).partition(";")[0].strip().lower()
    start = answer.body[:1024].lstrip().lower()
    if start.startswith(b"%pdf-"):
        return "application/pdf"
    if told and told != "application/octet-stream":
        return told
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "text/html"
    return "application/octet-stream" if b"\0" in start else "text/plain"


def decoded(answer: Answer, limit: int) -> str:
    """The text of the body. Raises ParleyError where it is none, whatever it is called."""
    body = answer.body[:limit]
    for charset in charsets(answer):
        try:
            text = codecs.getincrementaldecoder(charset)("strict").decode(body)
        except (LookupError, UnicodeError):
            continue
        break
    else:
        text = body.decode("cp1252", "replace")
    start = text[:4096]
    strange = sum(c == "\ufffd" or (c < " " and c not in "\n\r\t\f\x1b") for c in start)
    if strange * 50 > len(start):
        raise ParleyError("This is called text, but is something else, which cannot be read.")
    return text


def charsets(answer: Answer) -> Iterator[str]:
    """The likeliest first: the mark at the beginning, the headers, the page, what is usual."""
    yield from (charset for mark, charset in MARKS if answer.body.startswith(mark))
    said = SAID.search(answer.body[:4096])
    for name in (answer.charset, said and said[1].decode("ascii"), "utf-8"):
        if name and CHARSETS.fullmatch(name):
            # as browsers do: who says Latin-1 means the Windows code page that contains it
            yield "cp1252" if re.fullmatch(r"iso-?8859-?1|latin-?1", name.lower()) else name


def from_html(text: str) -> Page:
    """The words that matter, or all of them where they cannot be told apart."""
    from lxml import html
    from lxml.etree import LxmlError

    text = DECLARED.sub("", text)
    if "<body" not in text.lower():  # the library takes a page without it for none
        text = f"<html><body>{text}</body></html>"
    try:
        tree = html.document_fromstring(text, html.HTMLParser(remove_comments=True))
        title = one_line(tree.findtext(".//title"), 200)
        words = what_matters(text) or everything(tree)
    except (LxmlError, *BROKEN) as error:
        raise ParleyError("This page is broken and cannot be read.", "", repr(error)) from error
    if not words:
        raise ParleyError(NOTHING)
    return Page(title, words)


def what_matters(text: str) -> str:
    """Without menus and the like; "" where they cannot be told apart, or not in time: a page can
    be made so that this takes minutes.
    """
    import trafilatura
    from lxml.etree import LxmlError

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a broken page is no fault of ours

    def read() -> str:
        page = trafilatura.bare_extraction(text, include_comments=False)
        return clean(getattr(page, "text", None) or "")

    try:
        return within(PATIENCE, read, (LxmlError, *BROKEN))
    except (TimeoutError, LxmlError, *BROKEN):
        return ""


def everything(tree: Any) -> str:
    """All words of a page, one line for every stretch of them."""
    from lxml.etree import iterwalk

    stretches: list[str] = []
    for event, element in iterwalk(tree, ("start", "end")):
        shown = event == "end" or element.tag not in UNSEEN
        words = (element.text if event == "start" else element.tail) or ""
        stretches.append(" ".join(clean(words).split()) if shown else "")
    return "\n".join(words for words in stretches if words)
