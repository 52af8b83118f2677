"""The last step before a voice: what is written as signs, written as it is said."""

import re

from engines.tts.clauses import CLOSING, STOPS, WIDE_STOPS, new_line
from engines.tts.english import ENGLISH, TOLD
from engines.tts.traced import Traced, made

BREAK = re.compile(r"[ \t]*\n[ \t\n]*")
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d])")
SPACE = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")
BARE = re.compile(r" (?=[.,;:!?…)\]](?:\s|$))|(?<=[(\[]) ")
HOLLOW = re.compile(r"[(\[]\s*[.,;:]*\s*[)\]]|(?<=\s)[.,;:]+(?=\s)|^[\s.,;:)\]|]+(?=\s)")
BAR = re.compile(r"\s+\|\s+")
DASH = re.compile(r"(?<=\S)(?: ---? |(?<=\w)---?(?=\w)|—)(?=\S)")
EMOTICON = re.compile(r"(?<![^\s])[:;=8][-'^]?[)(DPp|/\\](?![^\s.,!?])|(?<!\S)<3(?!\S)")


def said(text: Traced, language: str) -> Traced:
    """In any language the same few things; numbers, units and short forms in English only, for
    elsewhere the synthesiser knows its own language best."""
    text = text.sub(UNSEEN, lambda _: "").sub(BREAK, _line_break)
    text = text.sub(EMOTICON, lambda _: "").sub(BAR, lambda _: ", ").sub(DASH, lambda _: " – ")
    text = text.sub(GROUPED, lambda match: re.sub(r"\D", "", match[0])).sub(SPACE, lambda _: " ")
    for pattern, replaced in ENGLISH if language == "en" and TOLD.search(text.text) else ():
        text = text.sub(pattern, replaced)
    text = text.sub(HOLLOW, lambda _: "").sub(SPACE, lambda _: " ").sub(BARE, lambda _: "")
    return text.strip()


def ended(text: Traced) -> Traced:
    """With a full stop where a block ends without any mark, so that the voice comes down."""
    bare = text.text.rstrip(CLOSING)
    if bare and bare[-1] in STOPS + WIDE_STOPS + ":;":
        return text
    stop = "。" if re.search(r"[\u3041-\u30ff\u4e00-\u9fff]", text.text[-3:]) else "."
    end = text.range(len(text) - 1, len(text))[1]
    return text[: len(text.text.rstrip(",–—- "))] + made(stop, end, end)


def _line_break(match: "re.Match[str]") -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return ", " if before and after and new_line(before, after) else " "
