"""The marks inside a block of markdown, taken away while the block still grows."""

import html
import re
from collections.abc import Callable
from typing import NamedTuple

import regex

from engines.tts.formulas import spoken_formula
from engines.tts.traced import Traced, made

LONG_CODE = 60  # characters; longer code is not read
SCHEME = r"(?:https?://|ftp://|www\.)"
ADDRESS = SCHEME + r"[^\s<>\"'`|]{1,800}"
EMOJI = (
    "\u200d\ufe0e\ufe0f\u20e3\u25a0-\u25ff\u2600-\u26ff\u2700-\u27bf\u2b00-\u2bff"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
CODE_SIGNS = {
    **{"{": "opening brace", "}": "closing brace", "{}": "braces", "[]": "brackets"},
    **{"[": "opening bracket", "]": "closing bracket", "(": "opening parenthesis"},
    **{")": "closing parenthesis", "()": "parentheses", ";": "semicolon", ":": "colon"},
    **{".": "dot", ",": "comma", "'": "quote", '"': "double quote", "`": "backtick"},
    **{"-": "dash", "--": "two dashes", "_": "underscore", "!": "exclamation mark"},
    **{"?": "question mark", "->": "arrow", "=>": "arrow", "|": "bar", "^": "caret"},
    **{"<": "less than", ">": "greater than", "~": "tilde", "...": "three dots"},
    **{"/": "slash", "//": "two slashes", "<>": "angle brackets", "!=": "not equal"},
}


class Instead(NamedTuple):
    """What is said instead of things that are not read, in the language of the answer."""

    code: str
    formula: str
    link: str  # "link to {}"


Read = Callable[["regex.Match[str]", Instead], str | None]


class Inline:
    """The readable text of a block so far.

    starts: for each character, where in the source it begins; fixed: whether it belongs to
    something that cannot be cut; used: how much of the source was read, the rest needs more.
    """

    def __init__(self, source: Traced, final: bool, instead: Instead) -> None:
        self.text, self.starts, self.fixed, self.used = Traced(), list[int](), list[bool](), 0
        self._source, self._final, self._instead = source, final, instead
        while self.used < len(source) and self._step():
            pass

    def _step(self) -> bool:
        text, at = self._source.text, self.used
        begins = BEGINS.search(text, at, partial=not self._final)
        if begins is None or begins.start() > at:
            self._plain(begins.start() if begins else len(text))
            return True
        if begins.partial:
            return False
        for pattern, read in BY_SIGN.get(text[at], OTHERS):
            match = pattern.match(text, at, partial=not self._final)
            if match is None:
                continue
            if match.partial or (match.end() == len(text) and not self._final):
                return False
            said = read(match, self._instead)
            if said is None:
                self._plain(match.end())
            else:
                self._put(made(said, *self._source.range(at, match.end())), match.end())
            return True
        self._plain(at + 1)
        return True

    def _plain(self, end: int) -> None:
        self.starts += range(self.used, end)
        self.fixed += [False] * (end - self.used)
        self.text += self._source[self.used : end]
        self.used = end

    def _put(self, text: Traced, end: int) -> None:
        self.starts += [self.used] * len(text)
        self.fixed += [True] * len(text)
        self.text += text
        self.used = end


def _code(match: "regex.Match[str]", instead: Instead) -> str:
    code = match[2].strip()
    return instead.code if len(code) > LONG_CODE else CODE_SIGNS.get(code, code)


def _formula(match: "regex.Match[str]", instead: Instead) -> str:
    return spoken_formula(match[1]) or instead.formula


def _link(match: "regex.Match[str]", instead: Instead) -> str:
    text = match[1].strip()
    if text.isdigit():
        return ""  # the number of a source
    return _host(text, instead) if re.match(ADDRESS, text) else without_marks(text)


def _address(match: "regex.Match[str]", instead: Instead) -> str:
    end = match[0][len(match[0].rstrip(".,;:!?*_)")) :]
    return _host(match[0], instead) + end.strip("*_")


def _pointed(match: "regex.Match[str]", instead: Instead) -> str:
    return _host(match[1], instead) if "://" in match[1] else match[1].removeprefix("mailto:")


def _host(address: str, instead: Instead) -> str:
    bare = re.sub(r"^[a-z]+://", "", address.rstrip(".,;:!?*_)/")).removeprefix("www.")
    host = re.split(r"[/?#:]", bare)[0]
    return host if host == bare else instead.link.format(host)


def _tag(match: "regex.Match[str]", instead: Instead) -> str:
    return " " if re.match(r"<(br|/?p|/?li|/?div|/?td)\b", match[0].lower()) else ""


def _emphasis(match: "regex.Match[str]", instead: Instead) -> str | None:
    """Dropped, but where it stands alone or inside a word: a product, a name in code."""
    text, marks = match.string, match[0]
    before = text[match.start() - 1 : match.start()].strip()
    after = text[match.end() : match.end() + 1].strip()
    if not before and not after:
        return None
    inside = before.isalnum() and after.isalnum()
    if marks[0] == "~":
        return "" if len(marks) > 1 else None
    return None if inside and (marks[0] == "_" or len(marks) == 1) else ""


def without_marks(text: str) -> str:
    return re.sub(rf"\*\*|__|~~|`|(?<!\w)[*_]|[*_](?!\w)|[{EMOJI}]", "", text)


def _rule(pattern: str, read: Read) -> tuple["regex.Pattern[str]", Read]:
    return regex.compile(pattern, regex.DOTALL | regex.VERSION0), read


LINK_TARGET = (
    r"(?:\((?:[^()\s]|\([^()\s]{0,200}\)){0,800}(?:\s[^()]{0,200})?\)|\[(?:[^\]\d][^\]]{0,79})?\])"
)
SIGNS = "\\$`![【<&*_~"
BEGINS = regex.compile(rf"[{re.escape(SIGNS)}{EMOJI}]|(?<![\w/@.]){SCHEME}")
# Of those that begin at a place the first that fits is read; one that may still fit is waited
# for, which the bounds keep short.
MARKS = (
    _rule(r"\\\((.{1,400}?)\\\)", _formula),
    _rule(r"\\\[(.{1,800}?)\\\]", _formula),
    _rule(r"\\([!-/:-@\[-`{-~])", lambda match, _: match[1]),
    _rule(r"\$\$(.{1,800}?)\$\$", _formula),
    # an amount of money, as it stands
    _rule(
        r"\$\d[\d,]*(?:\.\d+)?(?:[kKmMbB]n?)?[-–—/.,;:!?)\]\"”]*(?:\s+[a-zA-Z(]{2}|\$?\d)",
        lambda match, _: None,
    ),
    _rule(r"\$(?=[^\s$])([^$\n]{0,200}?[^\s$])\$(?!\d)", _formula),
    _rule(r"(`+)((?:(?!\1).){1,300}?)\1(?!`)", _code),
    _rule(rf"!\[([^\]]{{0,300}})\]{LINK_TARGET}", lambda match, _: without_marks(match[1])),
    _rule(r"\[\^[^\]\s]{1,40}\]|【[^】]{0,80}】", lambda match, _: ""),
    _rule(rf"\[((?:[^\[\]]|\[[^\[\]]{{0,100}}\]){{1,300}})\]{LINK_TARGET}", _link),
    _rule(
        r"(?<=[\w.,;:!?)\"”\s])\[\d{1,3}(?:[,–-]\s?\d{1,3}){0,5}\](?![\w\[(])",
        lambda match, _: "",
    ),
    _rule(r"<!--.{0,800}?-->", lambda match, _: ""),
    _rule(r"<((?:https?|ftp|mailto):[^\s<>]{1,800}|[\w.+-]{1,80}@[\w.-]{1,80})>", _pointed),
    _rule(r"</?[a-zA-Z][\w-]{0,30}(?:\s[^<>]{0,300})?/?>", _tag),
    _rule(
        r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,15});",
        lambda match, _: html.unescape(match[0]),
    ),
    _rule(r"\*{1,4}|_{1,4}|~{1,2}", _emphasis),
    _rule(rf"[{EMOJI}]+", lambda match, _: ""),
    _rule(ADDRESS, _address),
)
OTHERS = MARKS[-2:]
BY_SIGN = {  # the marks that can begin with a sign, which stands after a word
    sign: [mark for mark in MARKS if mark[0].match(f"a{sign}", 1, partial=True)] for sign in SIGNS
}
