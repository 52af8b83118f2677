"""Questions for the unit converter."""

from random import Random

from amounts import Amount, amount, whole
from exchange import Asked, Exchange, Number, Said, answered, plain
from grammar import say
from simulate import result
from sums import trouble

# What a thing is measured in: the name the converter takes, and how people write it.
LENGTH = {
    "m": "metres|meters|metre|meter|m",
    "km": "kilometres|kilometers|km|kilometre|kms|k",
    "cm": "centimetres|centimeters|cm|centimetre|cms",
    "mm": "millimetres|millimeters|mm",
    "mi": "miles|mile|mi",
    "yd": "yards|yard|yd",
    "ft": "feet|foot|ft",
    "in": "inches|inch|in",
}
MASS = {
    "kg": "kilograms|kilos|kg|kilo|kgs|kilogram",
    "g": "grams|g|gram|grammes",
    "t": "tonnes|tonne|metric tons|t",
    "lb": "pounds|lbs|lb|pound",
    "oz": "ounces|oz|ounce",
    "st": "stone|stones|st",
}
VOLUME = {
    "L": "litres|liters|l|litre|L",
    "mL": "millilitres|milliliters|ml|mL",
    "gal": "gallons|gallon|gal",
    "pt": "pints|pint|pt",
    "cup": "cups|cup",
}
TEMPERATURE = {
    "C": "celsius|degrees celsius|C|°C|degrees C|c|centigrade",
    "F": "fahrenheit|degrees fahrenheit|F|°F|degrees F|f",
    "K": "kelvin|K|kelvins",
}
SPEED = {
    "km/h": "km/h|kph|kilometres per hour|kilometers per hour|kmh|kilometres an hour",
    "mph": "mph|miles per hour|miles an hour",
    "m/s": "m/s|metres per second|meters per second",
    "knots": "knots|knot",
}
TIME = {
    "s": "seconds|s|sec|secs|second",
    "min": "minutes|min|mins|minute",
    "h": "hours|h|hrs|hour",
    "days": "days|day",
    "weeks": "weeks|week",
}
AREA = {
    "m2": "square metres|square meters|m2|m²|sq m",
    "ft2": "square feet|ft2|ft²|sq ft",
    "km2": "square kilometres|km2|km²",
    "ha": "hectares|hectare|ha",
    "acres": "acres|acre",
}
DATA = {
    "MB": "megabytes|MB|mb|megabyte",
    "GB": "gigabytes|GB|gb|gigabyte|gigs",
    "kB": "kilobytes|kB|KB|kb",
    "TB": "terabytes|TB|tb",
}
KINDS = (LENGTH, MASS, VOLUME, TEMPERATURE, SPEED, TIME, AREA, DATA)
WEIGHTS = (7, 6, 4, 5, 4, 4, 2, 2)
WHICH_UNIT = "Into which unit shall I convert it?"
SEEN = (
    (
        "[convert|change|turn|can you convert|please convert|could you convert|"
        "convert me|transform|how do i convert] {a} {f} [to|into|in] {t}"
    ),
    "{a} {f} [in|to|into|as|=|->] {t}",
    (
        "[what is|what's|whats|how much is|what are|calculate|tell me|i need|"
        "give me|how many is] {a} {f} [in|to|into] {t}"
    ),
    (
        "how many {t} [is|are|are in|are there in|make|in|does it take for|"
        "equal|do i get from] {a} {f}"
    ),
    "how much is {a} {f} in {t}",
    "{a} {f} [is|are|equals|makes] how many {t}",
    "{a} {f}[,|] how [much|many] [is that|] in {t}",
    (
        "[it is|it's|i weigh|i am|the box is|i ran|i have|we need|the road is|"
        "she has|the recipe says|the sign says] {a} {f}[,|.|] [what is that|"
        "how much is that|what's that|which is what|that is how much] in {t}"
    ),
    "[what|how much] {t} [is|are|makes] {a} {f}",
    "how [big|long|heavy|fast|warm|hot|much|far|tall|hot|high|cold] is {a} {f} in {t}",
    "[show|express|say] {a} {f} in {t}",
)
HELD = (
    "[give me|let me have] {a} {f} as {t}",
    "[my friend says|they wrote] {a} {f}, [i only know|i think in] {t}",
    "{a} {f} [comes to|amounts to] how many {t}",
    "[what do|what would] {a} {f} [make|be] when measured in {t}",
)


def units(rng: Random, held: bool) -> Exchange:
    kind = rng.choices(KINDS, WEIGHTS)[0]
    source, target = rng.sample(list(kind), 2)
    return _convert(rng, "units", kind, _value(rng, kind), source, target, held)


def _convert(
    rng: Random, intent: str, kind: dict, value: Amount, source: str, target: str, held: bool
) -> Exchange:
    template = rng.choice(HELD if held else SEEN)
    value = _possible(value, source)
    slots = {"a": value.said, "f": _said(rng, kind, source), "t": _said(rng, kind, target)}
    text = say(rng, template, slots, not held)
    if len(slots["f"]) < 4 and value.said[-1].isdigit() and rng.random() < 0.4:
        text = text.replace(f"{value.said} {slots['f']}", value.said + slots["f"], 1)
    return _exchange(Asked(intent, template, text, "units", _call(value, source, target)))


def _call(value: Amount, source: str, target: str) -> dict:
    return {"value": Number(value.value), "source": source, "target": target}


def _exchange(asked: Asked) -> Exchange:
    found = result(asked)
    return answered(asked, found.text, trouble(found.text) if found.error else f"{found.text}.")


def _value(rng: Random, kind: dict) -> Amount:
    if kind is TEMPERATURE and rng.random() < 0.7:
        number = rng.choice((rng.randint(-40, 120), rng.randint(100, 500)))
        said = rng.choice((f"{number}", f"minus {-number}")) if number < 0 else str(number)
        return Amount(said, str(number))
    return whole(rng, 1, 200) if rng.random() < 0.45 else amount(rng)


def _possible(value: Amount, source: str) -> Amount:
    """No kelvin below zero."""
    if source != "K":
        return value
    return Amount(value.said.removeprefix("minus "), value.value.removeprefix("-"))


def _said(rng: Random, kind: dict, unit: str) -> str:
    ways = kind[unit].split("|")
    return ways[0] if rng.random() < 0.3 else rng.choice(ways)


def follow_up(rng: Random, held: bool) -> Exchange:
    """And in another unit, or another amount."""
    kind = rng.choices(KINDS, WEIGHTS)[0]
    source, target, third = rng.sample(list(kind), 3)
    value, other = _value(rng, kind), _value(rng, kind)
    first = _convert(rng, "follow", kind, value, source, target, held)
    chance = rng.random()
    if chance < 0.55:
        template = "[and|same|also][ in| into|] {t}" if held else FOLLOW_UNIT
        asked = _call(_possible(value, source), source, third)
        slots = {"t": _said(rng, kind, third)}
    else:
        template = "[redo it for|same with] {a}" if held else FOLLOW_AMOUNT
        other = _possible(other, source)
        asked = _call(other, source, target)
        slots = {"a": other.said}
        if rng.random() < 0.5:
            slots["a"] += " " + _said(rng, kind, source)
    text = say(rng, template, slots, not held)
    second = _exchange(Asked("follow", template, text, "units", asked))
    return Exchange("follow", template, first.said + second.said, second.replies, second.call)


FOLLOW_UNIT = (
    "[[and|what about|how about|and what is that|and what is it|now|what is "
    "that|how much is that|and how much is that][ in| in] {t}"
    "|[in|into|to] {t} [too|as well|now|then|please|this time|instead]"
    "|[make it|give me|show it in|again in|once more in|i want it in|now] {t}"
    "|{t}[ too| as well| instead| then|]]"
)
FOLLOW_AMOUNT = (
    "[[and|what about|how about|now|and for|and what about|and how about] {a}"
    "|[do it|again|once more|try it|repeat it|try|do that] [for|with] {a}"
    "|{a}[ instead| then| too| as well|]]"
)


def ask_unit(rng: Random, held: bool) -> Exchange:
    """Into what? The target is missing; often the person then says it."""
    kind = rng.choices(KINDS, WEIGHTS)[0]
    source, target = rng.sample(list(kind), 2)
    value = _possible(_value(rng, kind), source)
    template = rng.choice(ASK_UNIT_HELD if held else ASK_UNIT)
    slots = {"a": value.said, "f": _said(rng, kind, source)}
    question = plain("ask_unit", template, say(rng, template, slots, not held), (WHICH_UNIT,))
    if held or rng.random() < 0.5:
        return question
    text = say(rng, "[in|to|into|] {t}", {"t": _said(rng, kind, target)})
    asked = Asked("ask_unit", "unit told", text, "units", _call(value, source, target))
    told = _exchange(asked)
    return Exchange("ask_unit", "unit told", question.said + told.said, told.replies, told.call)


ASK_UNIT = (
    (
        "[convert|change|please convert|can you convert|could you convert|"
        "transform|turn] {a} {f}[ for me| into something else| to another unit|"
        "]"
    ),
    "[convert|change] {a} {f} [to|into]",
    "[what is|how much is] {a} {f} in[ other units| another unit|]",
    (
        "[i have|i've got|there are|it is] {a} {f}[,|.|] [convert it|please "
        "convert|can you convert that|convert that]"
    ),
)
ASK_UNIT_HELD = (
    "[i need|i want] {a} {f} [converted|in a different unit]",
    "{a} {f}, [recalculate it|other units please]",
)


def unit_unknown(rng: Random, held: bool) -> Exchange:
    """The converter refuses two units that do not belong together."""
    one, two = rng.sample(KINDS, 2)
    source, target = rng.choice(list(one)), rng.choice(list(two))
    value = whole(rng, 1, 200)
    slots = {"a": value.said, "f": one[source].split("|")[0], "t": two[target].split("|")[0]}
    template = rng.choice(HELD[:1] if held else SEEN[:3])
    text = say(rng, template, slots, not held)
    asked = Asked("error", f"unit {template}", text, "units", _call(value, source, target))
    if held or rng.random() < 0.6:
        return _exchange(asked)
    message = rng.choice(TROUBLES).format(f=source, t=target)
    return answered(asked, message, trouble(message))


TROUBLES = (
    *("{f} and {t} do not measure the same thing.", "{f} cannot be converted to {t}."),
    *("Cannot convert {f} to {t}.", "The unit {t} is not known.", "Unknown unit {f}."),
    *("{f} and {t} are different kinds of unit.", "There is no way from {f} to {t}."),
)


def told_without(rng: Random, held: bool) -> Exchange:
    asked = units(rng, held)
    reply = "The unit converter is switched off here, so I cannot convert that."
    said = (asked.said[0], Said("assistant", reply))
    return Exchange("no_units", asked.family, said, (reply,))
