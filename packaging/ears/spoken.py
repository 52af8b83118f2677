"""What is typed, as it is said: a plain written form and the words of it.

    "Hey, 5,5 km + 2^3 = ?"  is no speech; "what is 17*23?" becomes
    written "what is 17 times 23", spoken "what is seventeen times twenty three"

The written form is what the ears write down, the spoken one what a synthesiser is given and what
word errors are counted in.
"""

import re

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINAL = {
    **{"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"},
    **{"nine": "ninth", "twelve": "twelfth"},
}
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
SHORT = {  # units and other short forms, only after a number or between units
    **{"km": "kilometres", "m": "metres", "cm": "centimetres", "mm": "millimetres"},
    **{"mi": "miles", "ft": "feet", "in": "inches", "yd": "yards", "nm": "nautical miles"},
    **{"kg": "kilograms", "g": "grams", "mg": "milligrams", "lb": "pounds", "lbs": "pounds"},
    **{"oz": "ounces", "l": "litres", "ml": "millilitres", "cl": "centilitres", "dl": "decilitres"},
    **{"s": "seconds", "sec": "seconds", "secs": "seconds", "min": "minutes", "mins": "minutes"},
    **{"h": "hours", "hr": "hours", "hrs": "hours", "ms": "milliseconds"},
    **{"b": "bytes", "kb": "kilobytes", "mb": "megabytes", "gb": "gigabytes", "tb": "terabytes"},
    **{"kib": "kibibytes", "mib": "mebibytes", "gib": "gibibytes"},
    **{"j": "joules", "kj": "kilojoules", "kcal": "kilocalories", "cal": "calories"},
    **{"w": "watts", "kw": "kilowatts", "kwh": "kilowatt hours", "hp": "horsepower"},
    **{"pa": "pascals", "kpa": "kilopascals", "psi": "p s i", "ha": "hectares", "k": "kelvin"},
    **{"gal": "gallons", "pt": "pints", "qt": "quarts", "c": "celsius", "f": "fahrenheit"},
    **{"km2": "square kilometres", "m2": "square metres", "cm2": "square centimetres"},
    **{"m3": "cubic metres", "cm3": "cubic centimetres", "mi2": "square miles"},
    **{"ft2": "square feet", "km/h": "kilometres per hour", "m/s": "metres per second"},
    **{"mph": "miles per hour", "kmh": "kilometres per hour", "kph": "kilometres per hour"},
    **{"fps": "feet per second", "ft/s": "feet per second", "kt": "knots"},
}
CHANGES = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"[’`]", "'"),
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (r"²", "^2"),
        (r"³", "^3"),
        (r"(km|m|cm|ft|mi|in|yd|mm)\^([23])\b", r"\1\2"),
        (r"£\s*(\d+(?:\.\d+)?)", r"\1 pounds"),
        (r"\$\s*(\d+(?:\.\d+)?)", r"\1 dollars"),
        (r"€\s*(\d+(?:\.\d+)?)", r"\1 euros"),
        (r"(\d)\s*€", r"\1 euros"),
        (r"(\d)\s*%", r"\1 percent"),
        (r"°\s*c\b", " degrees celsius"),
        (r"°\s*f\b", " degrees fahrenheit"),
        (r"°", " degrees "),
        (r"\b(\d{4})-(\d\d?)-(\d\d?)\b", lambda m: _date(m)),
        (r"\b(\d\d?)/(\d\d?)/(\d{4})\b", r" ~ "),  # nobody knows how that is said
        (r"\bpls\b|\bplz\b", "please"),
        (r"\bwats\b|\bwhats\b", "what's"),
        (r"\bsqrt\b|√", " square root of "),
        (r"\*\*|\^", " ^ "),
        (r"\^ 2\b", " squared "),
        (r"\^ 3\b", " cubed "),
        (r"\^ (?=\w)", " to the power of "),
        (r"(?<=\d)\s*[x×*]\s*(?=\d)", " times "),
        (r"\s[×*]\s", " times "),
        (r"(?<=[\d)a-z])\s*÷\s*(?=[\d(a-z])", " divided by "),
        (r"(?<=[\d)x])\s*/\s*(?=[\d(x])", " divided by "),
        (r"(?<=\s)/(?=\s)", " divided by "),
        (r"\+", " plus "),
        (r"(?<=[\dx)a-z])\s+[-−–]\s+(?=[\d(x])", " minus "),
        (r"(?<=\d)[-−–](?=\d)", " minus "),
        (r"(?<![\w)])[-−](?=\d)", " minus "),
        (r"(\d)x\b", r"\1 x"),
        (r"(?<=\w)-(?=[a-z])", " "),
        (r"\s[-–—]\s", " "),
        (r"[?!,;:\"“”()]+(?=\s|$)|(?<=\s)[\"“”'(]+|^[\"“”'(]+", " "),
        (r"['.]+(?=\s|$)", " "),
        (r"(\d) ?(am|pm)\b", r"\1 \2"),
        (r"=+\s*$", " "),
        (r"=", " equals "),
    )
)
WORDS = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+(?:st|nd|rd|th)|\d+(?:\.\d+)?|\d\d?:\d\d")


def _date(found: re.Match[str]) -> str:
    year, month, day = (int(part) for part in found.groups())
    return f"{MONTHS[month - 1]} {day} {year}" if 1 <= month <= 12 else "~"


def written(text: str) -> str:
    """Lower case, no signs but those inside numbers and words; "" where it cannot be said."""
    text = " ".join(text.split()).lower()
    for pattern, put in CHANGES:
        text = pattern.sub(put, text)
    parts = re.sub(r"(\d)([a-z°])", _apart, text).split()
    parts = [
        SHORT.get(part, part) if place and _follows(parts[place - 1], part) else part
        for place, part in enumerate(parts)
    ]
    if not all(WORDS.fullmatch(word) for part in parts for word in part.split()):
        return ""
    return " ".join(parts)


def _apart(found: re.Match[str]) -> str:
    rest = found.string[found.start(2) :]
    if re.match(r"(st|nd|rd|th)\b", rest):
        return found[0]
    return f"{found[1]} {found[2]}"


def _follows(before: str, unit: str) -> bool:
    """Whether a short form stands where a unit may stand."""
    if before[0].isdigit():
        return unit != "in"
    return (
        before in ("to", "in", "into", "many", "of", "degrees") and len(unit) > 1 and unit != "in"
    )


def spoken(text: str) -> str:
    """The words of a written form."""
    parts = text.split()
    return " ".join(
        _said(part, parts[place - 1] if place else "") for place, part in enumerate(parts)
    )


def _said(part: str, before: str) -> str:
    if not part[0].isdigit():
        return {"am": "a m", "pm": "p m"}.get(part, part) if before[:1].isdigit() else part
    if ":" in part:
        hour, minute = (int(number) for number in part.split(":"))
        past = words(minute) if minute >= 10 else f"oh {words(minute)}"
        return (
            f"{words(hour)} {past if minute else 'hundred' if hour > 12 else chr(111) + ' clock'}"
        )
    if part[-1].isalpha():
        return ordinal(int(part[:-2]))
    if "." in part:
        front, back = part.split(".")
        return f"{words(int(front))} point {' '.join(ONES[int(digit)] for digit in back)}"
    if before in MONTHS and len(part) <= 2 and 1 <= int(part) <= 31:
        return ordinal(int(part))
    if len(part) == 4 and 1100 <= int(part) < 2100 and _year(before):
        return year(int(part))
    return words(int(part))


def _year(before: str) -> bool:
    return before in (*MONTHS, "in", "since", "of", "year") or (
        before[:1].isdigit() and len(before.rstrip("stndrh")) <= 2 and "." not in before
    )


def words(number: int) -> str:
    """As it is said in Britain: 305 is three hundred and five."""
    if number < 20:
        return ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return TENS[ten - 2] + (f" {ONES[one]}" if one else "")
    for size, name in (
        (10**12, "trillion"),
        (10**9, "billion"),
        (10**6, "million"),
        (1000, "thousand"),
    ):
        if number >= size:
            many, rest = divmod(number, size)
            link = " and " if 0 < rest < 100 else " "
            return f"{words(many)} {name}" + (f"{link}{words(rest)}" if rest else "")
    many, rest = divmod(number, 100)
    return f"{ONES[many]} hundred" + (f" and {words(rest)}" if rest else "")


def ordinal(number: int) -> str:
    *before, last = words(number).split()
    last = ORDINAL.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join((*before, last))


def year(number: int) -> str:
    century, rest = divmod(number, 100)
    if century == 20 and rest < 10:
        return words(number)
    if not rest:
        return f"{words(century)} hundred"
    return f"{words(century)} {words(rest) if rest >= 10 else 'oh ' + ONES[rest]}"
