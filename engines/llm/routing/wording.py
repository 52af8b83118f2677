"""What people put around a request, and the numbers they write in words."""

import re
from fractions import Fraction

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = {"dozen": 12, "thousand": 1000, "million": 10**6, "billion": 10**9}
VALUES = {word: n for n, word in enumerate(ONES + TEENS)}
VALUES |= {word: 10 * n for n, word in enumerate(TENS, 2)}

_one, _teen, _ten = "|".join(ONES[1:]), "|".join(TEENS), "|".join(TENS)
_figure = r"\d+(?:\.\d+)?"
_small = rf"(?:(?:{_ten})(?:[ -](?:{_one}))?|{_teen}|zero|{_one})"
_group = rf"(?:(?:{_small}|an?|{_figure})[ -]hundred(?: (?:and )?{_small})?|{_small})"
_scaled = rf"(?:{_group}|an?|{_figure})[ -](?:{'|'.join(SCALES)})"
NUMBER = re.compile(rf"\b(?:{_scaled}(?:,? (?:and )?(?:{_scaled}|{_group}))*|{_group})\b")
POINT = re.compile(r"\b(\d+) point (\d+(?: \d)*)\b")
AND_PART = re.compile(r"\b(\d+) and (?:a|one) (half|quarter)\b")
THOUSANDS = re.compile(r"(?<![\d.])([1-9]\d{0,2}(?:,\d{3})+)(?![\d,])")

SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "−": "-", "–": "-", "\u00a0": " "})
BEFORE = re.compile(
    r"(?:hey|hi|hello|ok|okay|so|well|um|right|oh|parley|please|pls|now|then|and then|"
    r"(?:can|could|would|will) you(?: please)?(?! (?:do|help|remember)\b)|"
    r"i(?: would|'d)? (?:like|want|need) you to|do you know|"
    r"(?:can|could|would) you tell me|tell me|let me know)(?:[,:!]\s*|\s+)",
    re.IGNORECASE,
)
AFTER = re.compile(
    r"[\s,]*(?:\bplease|\bpls|\bthanks|\bthank you|\bthx|\bfor me|\bif you can|\bnow|"
    r"\bright now|[?!.=…])$",
    re.IGNORECASE,
)


def tidy(text: str) -> str:
    """One line with plain quotes and dashes; the case stays."""
    return " ".join(text.translate(SIGNS).split())


def bare(text: str) -> str:
    """In small letters, without what only makes a request polite."""
    return unwrapped(tidy(text).casefold())


def unwrapped(text: str) -> str:
    """Also of a text that keeps its case; a folded copy of it may be longer (ß becomes ss)."""
    while found := BEFORE.match(text):
        text = text[found.end() :]
    while found := AFTER.search(text):
        text = text[: found.start()]
    return text.strip(" ,")


def in_digits(text: str) -> str:
    """Every number that stands in words, in digits; text is in small letters."""
    text = THOUSANDS.sub(lambda found: found[1].replace(",", ""), text)
    text = NUMBER.sub(lambda found: written(value(found[0])), text)
    text = POINT.sub(lambda found: f"{found[1]}.{found[2].replace(' ', '')}", text)
    return AND_PART.sub(lambda f: f[1] + {"half": ".5", "quarter": ".25"}[f[2]], text)


def value(words: str) -> Fraction:
    total, part = Fraction(0), Fraction(0)
    for word in re.findall(rf"{_figure}|[a-z]+", words):
        if word in ("a", "an"):
            part = Fraction(1)
        elif word in VALUES:
            part += VALUES[word]
        elif word == "hundred":
            part *= 100
        elif word in SCALES:
            total, part = total + part * SCALES[word], Fraction(0)
        elif word != "and":
            part = Fraction(word)
    return total + part


def written(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.10g}"
