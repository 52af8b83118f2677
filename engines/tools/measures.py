"""The units the converter knows: what they measure, how large they are, and their names.

Factors are exact by definition, from the SI Brochure (9th edition, BIPM 2019; tables 2, 4, 7, 8)
and NIST Special Publication 811 (2008, appendix B) unless said otherwise: the international yard
of 0.9144 m and pound of 0.45359237 kg (1959), the US gallon of 231 cubic inches, the imperial one
of 4.54609 litres (UK Weights and Measures Act 1985), the thermochemical calorie of 4.184 J, the
British thermal unit (IT) of 1055.05585262 J, the mechanical horsepower of 550 foot-pounds a
second, the standard atmosphere of 101325 Pa. Binary multiples are those of IEC 80000-13. Rounded
or agreed upon, and so never called exact: the millimetre and inch of mercury, the radian in
degrees, and the month and year, here a twelfth and the whole of 365.25 days.
"""

from dataclasses import dataclass
from fractions import Fraction

from engines.tools.functions import PI

# A foot-pound of force: the pound, the foot, and standard gravity of 9.80665 m/s².
FOOT_POUND = Fraction("0.45359237") * Fraction("9.80665") * Fraction("0.3048")
FAHRENHEIT = Fraction(5, 9)


@dataclass(frozen=True)
class Unit:
    """x of it is (x + shift) * factor of the first unit of its kind; inverse: 1/x comes first."""

    symbol: str
    kind: str
    factor: Fraction
    shift: Fraction = Fraction(0)
    inverse: bool = False
    exact: bool = True
    word: bool = False  # so that it has a plural


PREFIXES = {
    **{"n": ("nano", -9), "µ": ("micro", -6), "m": ("milli", -3), "c": ("centi", -2)},
    **{"d": ("deci", -1), "h": ("hecto", 2), "k": ("kilo", 3), "M": ("mega", 6)},
    **{"G": ("giga", 9), "T": ("tera", 12), "P": ("peta", 15)},
}
BINARY = {"Ki": "kibi", "Mi": "mebi", "Gi": "gibi", "Ti": "tebi", "Pi": "pebi"}
LENGTH = (
    ("m", "1", "metre meter", "nµmcdhk"),
    ("in", "0.0254", 'inch inches "'),
    ("ft", "0.3048", "foot feet '"),
    ("yd", "0.9144", "yard"),
    ("mi", "1609.344", "mile statute_mile"),
    ("nmi", "1852", "nautical_mile sea_mile"),
    ("fathom*", "1.8288", "fathom"),
    ("furlong*", "201.168", "furlong"),
    ("mil", "0.0000254", "thou"),
    ("Å", "1e-10", "angstrom ångström"),
    ("au", "149597870700", "astronomical_unit"),
    ("ly", "9460730472580800", "light_year lightyear light-year"),
)
MASS = (
    ("g", "1", "gram gramme", "nµmk"),
    ("kg", "1000", "kilo"),
    ("µg", "0.000001", "mcg"),
    ("t", "1000000", "tonne metric_ton metric_tonne"),
    ("lb", "453.59237", "lbs pound"),
    ("oz", "28.349523125", "ounce"),
    ("st", "6350.29318", "stone"),
    ("short ton*", "907184.74", "short_ton us_ton"),
    ("long ton*", "1016046.9088", "long_ton imperial_ton uk_ton"),
    ("gr", "0.06479891", "grain"),
    ("ct", "0.2", "carat"),
    ("oz t", "31.1034768", "troy_ounce ozt"),
)
VOLUME = (
    ("L", "1", "litre liter", "µmcdh"),
    ("US gal", "3.785411784", "gal gallon us_gallon"),
    ("US qt", "0.946352946", "qt quart us_quart"),
    ("US pt", "0.473176473", "pt pint us_pint"),
    ("US cup*", "0.2365882365", "cup c us_cup"),
    ("US fl oz", "0.0295735295625", "fl_oz floz fluid_ounce us_fluid_ounce oz ounce"),
    ("US tbsp", "0.01478676478125", "tbsp tablespoon us_tablespoon"),
    ("US tsp", "0.00492892159375", "tsp teaspoon us_teaspoon"),
    ("imp gal", "4.54609", "imperial_gallon uk_gallon uk_gal"),
    ("imp qt", "1.1365225", "imperial_quart uk_quart uk_qt"),
    ("imp pt", "0.56826125", "imperial_pint uk_pint uk_pt"),
    ("imp fl oz", "0.0284130625", "imperial_fluid_ounce uk_fluid_ounce uk_fl_oz"),
    ("metric cup*", "0.25", "metric_cup"),
    ("bbl", "158.987294928", "barrel oil_barrel"),
    ("cc", "0.001", "ccm"),
)
TIME = (
    ("s", "1", "sec second", "nµm"),
    ("min", "60", "minute"),
    ("h", "3600", "hour hr"),
    ("day*", "86400", "day d"),
    ("week*", "604800", "week wk"),
    ("month*", "~2629800", "month"),
    ("year*", "~31557600", "year yr"),
    ("decade*", "~315576000", "decade"),
)
SPEED = (
    ("m/s", "1", "mps"),
    ("km/h", "5/18", "kph kmh kmph"),
    ("mph", "0.44704", "mile/hour miles/hour"),
    ("knot*", "463/900", "knot kn kt"),
    ("ft/s", "0.3048", "fps"),
    ("c₀", "299792458", "speed_of_light"),
)
AREA = (
    ("ha", "10000", "hectare"),
    ("a", "100", "are"),
    ("acre*", "4046.8564224", "acre ac"),
    ("m²", "1", "sqm"),
    ("ft²", "0.09290304", "sqft"),
)
ENERGY = (
    ("J", "1", "joule", "mkMG"),
    ("Wh", "3600", "watt_hour watt-hour watthour", "kMGT"),
    ("cal", "4.184", "small_calorie"),
    ("kcal", "4184", "kilocalorie Cal food_calorie large_calorie"),
    ("BTU", "1055.05585262", "british_thermal_unit"),
    ("eV", "1.602176634e-19", "electronvolt electron_volt", "kMGT"),
    ("ft·lbf", str(FOOT_POUND), "foot-pound foot_pound ft-lb ft_lb"),
)
POWER = (
    ("W", "1", "watt", "µmkMGT"),
    ("hp", str(550 * FOOT_POUND), "horsepower"),
    ("PS", "735.49875", "metric_horsepower metric_hp"),
    ("BTU/h", "1055.05585262/3600", "british_thermal_unit/hour"),
)
PRESSURE = (
    ("Pa", "1", "pascal", "mhkMG"),
    ("bar", "100000", "", "m"),
    ("atm", "101325", "atmosphere"),
    (
        "psi",
        str(FOOT_POUND / Fraction("0.3048") / Fraction("0.0254") ** 2),
        "pound/square_inch pounds/square_inch",
    ),
    ("Torr", "20265/152", ""),
    ("mmHg", "~133.322387415", "mm_hg mm_of_mercury millimetres_of_mercury"),
    ("inHg", "~3386.388640341", "in_hg inches_of_mercury"),
)
DATA = (  # b alone is a bit, but kb, mb and gb are written for bytes more often than for bits
    ("B", "8", "byte", "kMGTP"),
    ("bit", "1", "", "kMGTP"),
    ("bit", "1", "b"),
    ("Mbit", "1000000", "Mb"),
    ("Gbit", "1000000000", "Gb"),
)
ANGLE = (
    ("°", "1", "degree deg"),
    ("rad", f"~{180 / PI.value}", "radian", "m"),
    ("gon", "0.9", "gradian"),
    ("′", "1/60", "arcminute arcmin"),
    ("″", "1/3600", "arcsecond arcsec"),
    ("turn*", "360", "turn revolution rev"),
)
FUEL = (
    ("mpg", "1.609344/3.785411784", "us_mpg mpg_us mile/gallon miles/gallon"),
    ("imp mpg", "1.609344/4.54609", "uk_mpg mpg_uk mpg_imperial imperial_mpg"),
)
# A symbol with a star is a word, and has a plural.
KINDS: dict[str, tuple[tuple[str, ...], ...]] = {
    **{"a length": LENGTH, "a mass": MASS, "a volume": VOLUME, "a time": TIME, "a speed": SPEED},
    **{"an area": AREA, "energy": ENERGY, "power": POWER, "pressure": PRESSURE},
    **{"an amount of data": DATA, "an angle": ANGLE, "fuel use": FUEL},
}
TEMPERATURES = (
    (Unit("°C", "temperature", Fraction(1), Fraction("273.15")), "C celsius centigrade"),
    (Unit("°F", "temperature", FAHRENHEIT, Fraction("459.67")), "F fahrenheit"),
    (Unit("K", "temperature", Fraction(1)), "kelvin"),
    (Unit("°R", "temperature", FAHRENHEIT), "rankine"),
)


def units_by_name() -> dict[str, list[Unit]]:
    """A name keeps its case, as MB is not Mb, and may stand for units of several kinds."""
    found: dict[str, list[Unit]] = {}
    for kind, lines in KINDS.items():
        for symbol, factor, names, *prefixes in lines:
            add_family(found, read_unit(symbol, kind, factor), names.split(), "".join(prefixes))
    for place, (prefix, spelled) in enumerate(BINARY.items(), 1):
        for bits, symbol, name in ((8, "B", "byte"), (1, "bit", "bit")):
            unit = Unit(prefix + symbol, "an amount of data", Fraction(bits * 1024**place))
            add(found, unit, [spelled + name])
    for unit, names in TEMPERATURES:
        words = [
            word for name in names.split() for word in (name, f"degrees {name}", f"deg {name}")
        ]
        add(found, unit, words)
    return found


def read_unit(symbol: str, kind: str, factor: str) -> Unit:
    top, _, bottom = factor.removeprefix("~").partition("/")
    size = Fraction(top) / Fraction(bottom or 1)
    word = symbol.endswith("*")
    return Unit(symbol.rstrip("*"), kind, size, exact=factor[0] != "~", word=word)


def add_family(found: dict[str, list[Unit]], unit: Unit, names: list[str], prefixes: str) -> None:
    """A unit with its decimal multiples."""
    add(found, unit, names)
    for prefix in prefixes:
        spelled, power = PREFIXES[prefix]
        factor = unit.factor * Fraction(10) ** power
        multiple = Unit(prefix + unit.symbol, unit.kind, factor, exact=unit.exact)
        short = [prefix + name for name in names if len(name) == 1]
        add(found, multiple, [*(spelled + name for name in names if len(name) > 1), *short])


def add(found: dict[str, list[Unit]], unit: Unit, names: list[str]) -> None:
    """Under its symbol and its names, words with their plurals."""
    for name in (unit.symbol, *names):
        name = name.replace("_", " ")
        plural = [name + "s"] if len(name) > 2 and name[-1].isalpha() and name[-1] != "s" else []
        for word in (name, *plural):
            if all(other.kind != unit.kind for other in found.setdefault(word, [])):
                found[word].append(unit)
