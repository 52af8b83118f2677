"""The numbers in a text, however people write them."""

import regex

NUMBER = regex.compile(
    r"""
    (?<![\p{Alphabetic}_])             # no H2O, no CO2
    (?P<sign>(?<![\d\p{Alphabetic}.,)])[-−+])?
    (?<![\d.,])
    (?:
        (?P<plain>\d{1,3}(?:[,'’\u00a0\u2009\u202f]\d{3})+(?!\d)(?:\.\d+)?)   # 1,234.5
      | (?P<german>\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}(?![\d.]))  # 1.234,5
      | (?P<comma>\d+,\d+)                                                  # 3,5
      | (?P<point>\d+(?:\.\d+)?|\.\d+)
    )
    (?:[eE](?P<e>[-+]?\d{1,3})(?!\d)|\s?[×x*·]\s?10\^?\{?(?P<ten>[-−]?\d{1,3})\}?)?
    """,
    regex.VERBOSE,
)
MOST = 400  # digits of one number
PATIENCE = 1.0  # seconds


def numbers(text: str) -> tuple[float, ...]:
    """In their order. 1,234.5 and 1.234,5 are the same; 3 × 10^6 is one number."""
    try:
        found = list(NUMBER.finditer(text, timeout=PATIENCE))
    except TimeoutError:
        return ()
    return tuple(_value(one) for one in found if len(one.group()) <= MOST)


def _value(found: regex.Match[str]) -> float:
    parts = found.groupdict()
    if parts["plain"]:
        digits = regex.sub(r"[^\d.]", "", parts["plain"])
    elif german := parts["german"] or parts["comma"]:
        digits = german.replace(".", "").replace(",", ".")
    else:
        digits = parts["point"]
    power = (parts["e"] or parts["ten"] or "0").replace("−", "-")
    sign = "-" if parts["sign"] in ("-", "−") else ""
    return float(f"{sign}{digits}e{power}")
