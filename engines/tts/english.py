"""What espeak-ng reads wrong in English, written out.

It was asked for the phonemes of each of these (espeak_TextToPhonemes): what it reads right,
such as 3.5, 1,234,567, 5%, 14:30, 21st, NASA or e.g., is left to it. Piper asks it, too.
"""

import re
from collections.abc import Callable

from engines.tts.units import ALONE, CURRENCIES, RATED, UNITS

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
SCALES = {"k": " thousand", "m": " million", "b": " billion", "bn": " billion", "t": " trillion"}
WORDS = "thousand|million|billion|trillion"
MONTHS = "January February March April May June July August September October November December"
MONTH = dict(enumerate(MONTHS.split(), 1))
SHORT_MONTHS = {name[:3]: name for name in MONTHS.split()} | {"Sept": "September"}
ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh")
ORDINALS += ("eighth", "ninth", "tenth")
TENS = {2: "twenties", 3: "thirties", 4: "forties", 5: "fifties", 6: "sixties", 7: "seventies"}
TENS |= {8: "eighties", 9: "nineties", 1: "tens"}
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
RULERS = (
    "Henry|Louis|Charles|George|Elizabeth|James|Edward|Richard|William|Philip|Benedict|Paul|Pius|"
    "Leo|Gregory|Napoleon|Nicholas|Peter|Alexander|Frederick|Wilhelm|Catherine|Mary|Ferdinand|"
    "Francis|Innocent|Clement|Urban|Ramesses|Ptolemy|Cleopatra|Otto|Gustav|Christian|Juan|Felipe"
)
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SHORT = {  # written with a full stop, which espeak would rest at
    **{"Dr": "Doctor", "Mr": "Mister", "Mrs": "Missis", "Ms": "Miz", "Prof": "Professor"},
    **{"St": "Saint", "Gen": "General", "Capt": "Captain", "Lt": "Lieutenant", "Sgt": "Sergeant"},
    **{"Rev": "Reverend", "Hon": "Honorable", "Sen": "Senator", "Gov": "Governor"},
    **{"Col": "Colonel", "Pres": "President", "Rep": "Representative"},
}
SHORTER = {
    **{"vs": "versus", "approx": "approximately", "cf": "compare", "et al": "and others"},
    **{"resp": "respectively", "incl": "including", "dept": "department", "ca": "around"},
    **{"viz": "namely", "esp": "especially", "max": "maximum", "min": "minimum"},
    **{"est": "established", "govt": "government", "misc": "miscellaneous"},
}
NUMBERED = {
    **{"No": "number", "no": "number", "Nos": "numbers", "Fig": "figure", "fig": "figure"},
    **{"Figs": "figures", "Eq": "equation", "eq": "equation", "Sec": "section", "sec": "section"},
    **{"p": "page", "pp": "pages", "Vol": "volume", "vol": "volume", "Ch": "chapter"},
    **{"ch": "chapter", "Art": "article", "art": "article", "c": "around", "Op": "opus"},
}
EITHER = "he/she|she/he|his/her|him/her|her/his|yes/no|true/false|on/off|either/or|s/he"
ARROWS = r"\s*(?:->|-->|=>|→|⇒|➜|➔|⟶)\s*"
MATH = {"×": "times", "·": "times", "÷": "divided by", "∈": "in", "∉": "not in", "∧": "and"}
MATH |= {"∨": "or", "⊂": "is a subset of", "∪": "union", "∩": "intersection", "↔": "and"}
FRACTIONS = {"2": ("half", "halves"), "3": ("third", "thirds"), "4": ("quarter", "quarters")}
FRACTIONS |= {str(n): (ORDINALS[n], ORDINALS[n] + "s") for n in range(5, 11)}


def _money(match: re.Match[str]) -> str:
    """$3.50, €20, £5m, $1.2 million, and 20 € with its sign behind."""
    one, many, hundredth = CURRENCIES[match["sign"] or match["behind"]]
    amount = match["amount"] or match["before"]
    scale = match["scale"] or ""
    scale = SCALES.get(scale.lower(), scale)
    whole, _, cents = amount.partition(".")
    minus = "minus " if match["minus"] else ""
    if scale:
        return f"{minus}{amount}{scale} {many}"
    unit = one if whole == "1" else many
    if len(cents) != 2 or not hundredth:
        return f"{minus}{amount} {many if cents else unit}"
    if cents == "00":
        return f"{minus}{whole} {unit}"
    if whole == "0":
        return f"{minus}{int(cents)} {hundredth}"
    return f"{minus}{whole} {unit} {int(cents)}"


def _unit(match: re.Match[str]) -> str:
    one, many = UNITS[match["unit"]]
    amount = match["number"]
    name = one if amount.lstrip("-−") == "1" else many
    power = match["power"] or ""
    if power:
        kind = "square" if power in "²2" else "cubic"
        name = f"{kind} {name}"
    per = RATED.get((match["per"] or "").strip("/ ²³"), "")
    if per:
        per = f" per {per}" + {"²": " squared", "³": " cubed", "": ""}[match["raised"] or ""]
    return f"{amount} {name}{per}"


def _range(match: re.Match[str]) -> str:
    return f"{match[1]} to {match[2]}"


def _date(match: re.Match[str]) -> str:
    year, month, day = match[1], int(match[2]), int(match[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return f"{MONTH[month]} {day}, {year}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), match[2]
    half = f" {match[3].lower()}.m." if match[3] else ""
    if hour > 24 or int(minute) > 59:
        return match[0]
    if minute == "00":
        if half:
            return f"{hour}{half}"
        return (
            f"{hour} o'clock"
            if 1 <= hour <= 12
            else "midnight"
            if hour in (0, 24)
            else f"{hour} hundred"
        )
    return f"{hour} {'oh ' + minute[1] if minute[0] == '0' else minute}{half}"


def _year(match: re.Match[str]) -> str:
    century, rest = match[0][:2], match[0][2:]
    if rest == "00":
        return match[0] if century == "20" else f"{century} hundred"
    if century == "20" and rest[0] == "0":
        return match[0]
    return f"{century} oh {rest[1]}" if rest[0] == "0" else f"{century} {rest}"


def _decade(match: re.Match[str]) -> str:
    century, ten = match["century"], int(match["ten"])
    if ten == 0:
        return f"{century} hundreds" if century != "20" else "two thousands"
    return f"{century} {TENS[ten]}".strip()


def _fraction(match: re.Match[str]) -> str:
    over, under = match["over"], match["under"]
    if under not in FRACTIONS or int(over) >= int(under):
        return match[0] if match["whole"] else f"{over} over {under}"
    name = FRACTIONS[under][over != "1"]
    said = f"{'a' if name == 'half' else 'one' if over == '1' else over} {name}"
    return f"{match['whole']} and {said}" if match["whole"] else said


def _roman(numeral: str) -> int:
    values = [ROMAN[sign] for sign in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)


def _reigning(match: re.Match[str]) -> str:
    number = _roman(match[2])
    name = ORDINALS[number] if number < len(ORDINALS) else f"{number}th"
    return f"{match[1]} the {name}" if number < 21 else match[0]


def _power(match: re.Match[str]) -> str:
    power = (match["written"] or match["raised"].translate(RAISED)).strip("{}()")
    if power in ("2", "3"):
        return f"{match['base']} {'squared' if power == '2' else 'cubed'}"
    return f"{match['base']} to the power of {power}"


def _spelt(match: re.Match[str]) -> str:
    """A telephone number, digit by digit."""
    return ", ".join(" ".join(group) for group in re.findall(r"\d+", match[0]))


def _lowered(match: re.Match[str]) -> str:
    """CO₂: its letters one by one."""
    return re.sub(r"(?<=\S)(?=[A-Z\d])", " ", match[0].translate(LOWERED))


def _scientific(match: re.Match[str]) -> str:
    return f"{match[1]} times 10 to the power of {match[2].lstrip('+').lstrip('0') or '0'}"


def _either(match: re.Match[str]) -> str:
    return "he or she" if match[0] == "s/he" else match[0].replace("/", " or ")


def _by(match: re.Match[str]) -> str:
    """1920x1080, 2x4x8; with a true sign it may be a product and is left."""
    return match[0] if "×" in match[0] else re.sub(r"\s?x\s?", " by ", match[0])


def _rule(pattern: str, replaced: str | Callable[[re.Match[str]], str]) -> Rule:
    if isinstance(replaced, str):
        template = replaced
        return re.compile(pattern), lambda match: match.expand(template)
    return re.compile(pattern), replaced


def _named(names: dict[str, str], after: str, before: str = r"\b") -> Rule:
    alternatives = "|".join(map(re.escape, names))
    return _rule(f"{before}({alternatives}){after}", lambda match: names[match[1]])


_SIGN = rf"(?:US\$|A\$|C\$|[{''.join(one for one in CURRENCIES if len(one) == 1)}])"
_UNIT = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))
_NUMBER = rf"(?<![\w.,])[-−+]?{AMOUNT}"
_PARTS = (
    "World War|Chapter|Part|Section|Volume|Phase|Act|Scene|Book|Type|Stage|Level|Grade|Figure|"
    "Table|Article|Appendix|Title|Class|Episode|Mark"
)
_ELEMENTS = r"(?:[A-Z][a-z]?[₀-₉]*)*"

# A clause with none of these needs no rule. In most there are none.
TOLD = re.compile(
    r"[^\w\s,;:!?.'’“”\"()–-]|[\d₀-₉²³⁰-⁹½-¾]|\.\S|\.\s|[A-Z]{2}|\b(?:[IVX]|vs|Jr|Sr)\b"
)

# In this order: what is spelt comes before anything takes it for a number, ranges before their
# ends become words.
ENGLISH: tuple[Rule, ...] = (
    _rule(r"(?<![\w-])(?:\+?1[- ])?\(?\d{3}\)?[- ]\d{3}[- ]\d{4}(?![\w-])", _spelt),
    _rule(r"(?<!\w)\+\d{1,3}(?:[ -]\(?\d{2,5}\)?){2,5}(?![\w-])", _spelt),
    _rule(r"(?<![\w.,'’])(?P<century>1[1-9]|20)(?P<ten>\d)0['’]?s\b", _decade),
    _rule(
        r"(?:(?<!\w)['’]|(?<=the )|(?<=mid-)|(?<=early )|(?<=late ))"
        r"(?P<century>)(?P<ten>[1-9])0['’]?s\b",
        _decade,
    ),
    _rule(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?![\w-])", _date),
    _rule(r"(?<![\w/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\w/])", r"\1, \2, \3"),
    _rule(r"(?<=\d:\d\d)\s?[–—-]\s?(?=\d{1,2}:\d\d)", " to "),
    _rule(
        r"(?<![\w:.])(\d{1,2}):(\d{2})(?!:?\d|%)"
        r"(?:\s?([aApP])(?:\.[mM](?:\.(?!\s+[A-Z]))?|[mM]\b))?",
        _time,
    ),
    _rule(r"(?<=\.m\.)\.", ""),
    _rule(r"(?<![\w:.])(\d{1,4}):(\d{1,4})(?![\w:])", r"\1 to \2"),
    _rule(r"\b(\d{1,2})\s?([ap])m\b(?!\.)", r"\1 \2.m."),
    _rule(rf"({_SIGN})({AMOUNT})\s?[–—-]\s?({AMOUNT})(?![\d/-])", r"\2 to \1\3"),
    _rule(
        rf"(?<![\w.,/+−–-])({_SIGN}?{AMOUNT}[%°]?)\s?[–—-]\s?"
        rf"({_SIGN}?{AMOUNT})(?![\w/]*[–-]\d|\w*/)",
        _range,
    ),
    _rule(r"(?<=[A-Za-z])\s–\s(?=\d)|(?<=\d)\s–\s(?=[A-Z])", " to "),
    _rule(
        rf"(?P<minus>[-−]?)(?:(?P<sign>{_SIGN})\s?(?P<amount>{AMOUNT})"
        rf"(?P<scale>(?:[kKmMbBtT]|bn)\b|\s(?:{WORDS})\b)?"
        rf"|(?<![\w.,])(?P<before>{AMOUNT})\s?(?P<behind>{_SIGN})(?!\d))",
        _money,
    ),
    _rule(
        rf"(?P<number>{_NUMBER})[ -]?(?P<unit>{_UNIT})(?P<power>[²³]|\^[23])?"
        rf"(?P<per>/\s?(?:{'|'.join(RATED)})(?P<raised>[²³]?))?"
        r"(?![\w²³/^]|[-'’]\w)(?:(?<=[a-z]{2})\.(?=\s[a-z]))?",
        _unit,
    ),
    *(_rule(pattern, words) for pattern, words in ALONE),
    _rule(rf"({_NUMBER}k|(?<![\w.,])\d{{2,3}}K)(?!\w)", lambda match: f"{match[0][:-1]} thousand"),
    _rule(r"(?<=\w)\s?/\s?(?=(?:month|year|day|week|hour|night|person|user|minute)\b)", " per "),
    _rule(r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([-+]?\d{1,3})(?!\w)", _scientific),
    _rule(
        r"(?P<base>[\w)])(?:\^(?P<written>-?\w+|\{[^{}]{1,20}\}|\([^()]{1,20}\))"
        r"|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))",
        _power,
    ),
    _rule(rf"\b{_ELEMENTS}[A-Z][a-z]?[₀-₉]+{_ELEMENTS}|\bCO2\b", _lowered),
    _rule(r"(?<![\w.,$€£-])(?:1[1-9]|20)\d\d(?![\w%°]|[.,]\d|-\d)", _year),
    _rule(r"(?<![\w./])24/7\b", "24 7"),
    _rule(
        r"(?<![\w./,])(?:(?P<whole>\d+)\s)?(?P<over>\d{1,3})/(?P<under>\d{1,3})(?![\w/]|\.\d)",
        _fraction,
    ),
    _rule(r"(\d)\s?([½⅓⅔¼¾⅛])", r"\1 and \2"),
    _rule(r"(?<![\w.])\d+\s?[x×]\s?\d+(?:\s?[x×]\s?\d+)?(?!\w)", _by),
    _rule(r"(?<![\w.])(\d+(?:\.\d+)?)[x×](?!\w)", r"\1 times"),
    _rule(r"(?<=[\w)])(\s?)\*\1(?=[\w(])", " times "),
    _rule(r"(?<=[\d)])\s?/\s?(?=[\d(])", " over "),
    _rule(r"(?<=\d)\s-\s(?=\d)", " minus "),
    _rule(r"(?<=[\w)])\s<\s(?=\w)", " is less than "),
    _rule(r"(?<=[\w)])\s>\s(?=\w)", " is more than "),
    _rule(r"(?<![<>=!\w])<\s?(?=\d)", "less than "),
    _rule(r"(?<![<>=!\w-])>\s?(?=\d)", "more than "),
    _rule(r"[~∼≈]\s?(?=[\d$€£])", "about "),
    _rule(f"[{''.join(MATH)}]", lambda match: f" {MATH[match[0]]} "),
    _rule(ARROWS, " to "),
    # short forms
    _rule(r"#(?=\d)", "number "),
    _rule(r"(?<!\w)#(?=[A-Za-z])", ""),
    _rule(r"\b([CF])#(?!\w)", r"\1 sharp"),
    _rule(r"\bPh\.D\b\.?(?=\s[a-z]|[,;)])", "PhD"),
    _named(SHORT, r"\.(?=\s+(?:[A-Z]|and\b))"),
    _named(NUMBERED, r"\.(?=\s?\d)", r"(?<![\w.])"),
    _named(SHORT_MONTHS, r"\.(?=\s?\d)"),
    _rule(rf"(?<=\d )({'|'.join(SHORT_MONTHS)})\b\.?", lambda match: SHORT_MONTHS[match[1]]),
    _named(SHORTER, r"\.(?!\w)", r"(?<![\w.])"),
    _rule(r"(?<![\w.])vs(?!\w)", "versus"),
    _rule(r"\b(Jr|Sr)\b\.?", lambda match: {"Jr": "junior", "Sr": "senior"}[match[1]]),
    _rule(r"\bi\.e\.", "that is"),
    _rule(r"(?<![\w.])([A-Z])\.(?=\s?[A-Z](?:\.|[a-z]))", r"\1 "),
    _rule(r"\bw/o\b", "without"),
    _rule(r"(?<!\w)w/(?=\s|\w)", "with "),
    _rule(r"\b[nN]/[aA]\b", "not available"),
    _rule(rf"\b(?:{EITHER})\b", _either),
    _rule(r"\band/or\b", "and or"),
    _rule(r"\b([A-Z][A-Z\d]{0,4})/([A-Z][A-Z\d]{0,4})\b", r"\1 \2"),
    # Roman numerals, only where nothing else can be meant
    _rule(rf"\b({RULERS}) ([IVX]{{1,5}})\b(?!['’.]\w)", _reigning),
    _rule(rf"\b((?:{_PARTS}) )([IVXLC]{{1,6}})\b", lambda m: f"{m[1]}{_roman(m[2])}"),
    _rule(r"(?<=[a-z] )([IVX]{2,5})\b(?![.\w])", lambda match: str(_roman(match[1]))),
)
