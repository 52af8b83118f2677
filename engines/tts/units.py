"""Units and currencies as they are said in English."""

# sign -> (one, several, a hundredth); "" where hundredths are not said
CURRENCIES = {
    "$": ("dollar", "dollars", "cents"),
    "€": ("euro", "euros", "cents"),
    "£": ("pound", "pounds", "pence"),
    "¥": ("yen", "yen", ""),
    "₹": ("rupee", "rupees", "paise"),
    "₽": ("rouble", "roubles", "kopecks"),
    "₩": ("won", "won", ""),
    "₺": ("lira", "lira", ""),
    "₿": ("bitcoin", "bitcoins", ""),
    "₴": ("hryvnia", "hryvnias", ""),
    "US$": ("US dollar", "US dollars", "cents"),
    "A$": ("Australian dollar", "Australian dollars", "cents"),
    "C$": ("Canadian dollar", "Canadian dollars", "cents"),
}


def _units(*names: str) -> dict[str, tuple[str, str]]:
    """ "km kilometre": one, and several with an s."""
    pairs = (name.partition(" ")[::2] for name in names)
    return {short: (long, long + "s") for short, long in pairs}


UNITS = _units(
    *("km kilometre", "m metre", "cm centimetre", "mm millimetre", "µm micrometre"),
    *("μm micrometre", "nm nanometre", "mi mile", "yd yard", "nmi nautical mile"),
    *("kg kilogram", "g gram", "mg milligram", "µg microgram", "μg microgram"),
    *("lb pound", "lbs pound", "oz ounce", "l litre", "L litre", "ml millilitre"),
    *("mL millilitre", "cl centilitre", "dl decilitre", "gal gallon", "tsp teaspoon"),
    *("tbsp tablespoon", "s second", "sec second", "secs second", "ms millisecond"),
    *("µs microsecond", "μs microsecond", "ns nanosecond", "min minute", "mins minute"),
    *("h hour", "hr hour", "hrs hour", "yr year", "yrs year", "mo month", "wk week"),
    *("kB kilobyte", "KB kilobyte", "MB megabyte", "GB gigabyte", "TB terabyte"),
    *("PB petabyte", "KiB kibibyte", "MiB mebibyte", "GiB gibibyte", "TiB tebibyte"),
    *("kbps kilobit per second", "Mbps megabit per second", "Gbps gigabit per second"),
    *("kbit kilobit", "Mbit megabit", "Gbit gigabit", "V volt", "mV millivolt"),
    *("kV kilovolt", "mA milliamp", "W watt", "kW kilowatt", "MW megawatt"),
    *("GW gigawatt", "mW milliwatt", "Wh watt hour", "kWh kilowatt hour", "kJ kilojoule"),
    *("MWh megawatt hour", "MJ megajoule", "cal calorie"),
    *("kcal kilocalorie", "Ω ohm", "kΩ kilohm", "MΩ megohm", "Pa pascal", "kPa kilopascal"),
    *("hPa hectopascal", "MPa megapascal", "bar bar", "dB decibel", "mol mole", "ha hectare"),
    *("Ah amp hour", "mAh milliamp hour", "px pixel", "MP megapixel"),
)
UNITS |= {name: (long, long) for name, long in (("Hz", "hertz"), ("kHz", "kilohertz"))}
UNITS |= {"MHz": ("megahertz", "megahertz"), "GHz": ("gigahertz", "gigahertz")}
UNITS |= {"ft": ("foot", "feet"), "mph": ("mile per hour", "miles per hour")}
UNITS |= {"°C": ("degree Celsius", "degrees Celsius")}
UNITS |= {"°F": ("degree Fahrenheit", "degrees Fahrenheit")}
UNITS |= {"fps": ("frame per second", "frames per second")}
UNITS |= {"rpm": ("revolution per minute", "revolutions per minute")}
UNITS |= {"kph": ("kilometre per hour", "kilometres per hour")}
for _several in ("kbps", "Mbps", "Gbps"):
    _one = UNITS[_several][0]
    UNITS[_several] = (_one, _one.replace("bit per", "bits per"))

RATED = {  # behind a slash
    **{"h": "hour", "hr": "hour", "hour": "hour", "s": "second", "sec": "second"},
    **{"min": "minute", "minute": "minute", "day": "day", "week": "week", "month": "month"},
    **{"year": "year", "yr": "year", "kg": "kilogram", "g": "gram", "L": "litre", "l": "litre"},
    **{"ml": "millilitre", "mL": "millilitre", "dL": "decilitre", "m": "metre", "km": "kilometre"},
    **{"cm": "centimetre", "mol": "mole", "person": "person", "GB": "gigabyte", "second": "second"},
}

ALONE = (  # signs of units with other things around them
    (r"(?<=\w)\s?°\s?C\b", " degrees Celsius"),
    (r"(?<=\w)\s?°\s?F\b", " degrees Fahrenheit"),
    (r"(?<!\w)°C\b", "degrees Celsius"),
    (r"(?<![\w.])(\d{1,2})['′]\s?(\d{1,2})(?:\"|″|''|”)", r"\1 foot \2"),
    (r"(?<![\w.])(\d+(?:\.\d+)?)(?:\"|″)(?=[\s,.;:!?)]|$)", r"\1 inches"),
)
