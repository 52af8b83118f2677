"""What the converter of units answers, and how it refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.errors import ParleyError
from engines.tools import units as module
from engines.tools.measures import KINDS, TEMPERATURES
from engines.tools.units import pair, units

ANSWERS = [
    (5, "km", "mi", "5 km ≈ 3.10686 mi"),
    (5, "miles", "kilometres", "5 mi = 8.04672 km"),
    (26.2, "mi", "km", "26.2 mi = 42.1648128 km"),
    (5, "Metres", "FEET", "5 m ≈ 16.4042 ft"),
    (6, "'", '"', "6 ft = 72 in"),
    (1, "ly", "km", "1 ly ≈ 9460730472581 km"),
    (5, "um", "nm", "5 µm = 5000 nm"),
    (1e-9, "m", "km", "1e-9 m = 1e-12 km"),
    (-5, "km", "m", "-5 km = -5000 m"),
    (70, "°F", "C", "70 °F ≈ 21.1111 °C"),
    (20, "celsius", "fahrenheit", "20 °C = 68 °F"),
    (20, "degrees Celsius", "° F", "20 °C = 68 °F"),
    (37, "c", "f", "37 °C = 98.6 °F"),
    (-40, "F", "C", "-40 °F = -40 °C"),
    (0, "K", "degrees C", "0 K = -273.15 °C"),
    (100, "km/h", "mph", "100 km/h ≈ 62.1371 mph"),
    (60, "miles per hour", "kph", "60 mph = 96.56064 km/h"),
    (10, "kilometres an hour", "m/s", "10 km/h ≈ 2.77778 m/s"),
    (1, "ft/min", "m/s", "1 ft/min = 0.00508 m/s"),
    (1, "knot", "km/h", "1 knot = 1.852 km/h"),
    (2, "kn", "km/h", "2 knots = 3.704 km/h"),
    (1, "lb", "kg", "1 lb = 0.45359237 kg"),
    (12, "stone", "kg", "12 st = 76.20351816 kg"),
    (1, "kilos", "lbs", "1 kg ≈ 2.20462 lb"),
    (8, "oz", "g", "8 oz = 226.796185 g"),
    (8, "oz", "mL", "8 US fl oz = 236.5882365 mL"),
    (1, "t", "short tons", "1 t ≈ 1.10231 short tons"),
    (1, "mcg", "mg", "1 µg = 0.001 mg"),
    (1, "cup", "ml", "1 US cup = 236.5882365 mL"),
    (1, "gallon", "litres", "1 US gal = 3.785411784 L"),
    (1, "imperial gallon", "L", "1 imp gal = 4.54609 L"),
    (2, "US pints", "imp pt", "2 US pt ≈ 1.66535 imp pt"),
    (1, "fl. oz", "ml", "1 US fl oz ≈ 29.5735 mL"),
    (1, "m3", "liters", "1 m³ = 1000 L"),
    (1, "cubic inches", "cm^3", "1 in³ = 16.387064 cm³"),
    (1, "cu. ft", "L", "1 ft³ ≈ 28.3168 L"),
    (1, "acre", "m2", "1 acre ≈ 4046.86 m²"),
    (1, "square mile", "km²", "1 mi² ≈ 2.58999 km²"),
    (1000, "sq ft", "square metres", "1000 ft² = 92.90304 m²"),
    (1, "hectare", "acres", "1 ha ≈ 2.47105 acres"),
    (6, "L/100km", "mpg", "6 L/100km ≈ 39.2024 mpg"),
    (30, "miles per gallon", "litres per 100 km", "30 mpg ≈ 7.84049 L/100km"),
    (15, "km/l", "l/100 km", "15 km/L ≈ 6.66667 L/100km"),
    (40, "imp mpg", "mpg", "40 imp mpg ≈ 33.307 mpg"),
    (1, "GiB", "GB", "1 GiB = 1.073741824 GB"),
    (1, "mb", "kb", "1 MB = 1000 kB"),
    (100, "Mbit", "MB", "100 Mbit = 12.5 MB"),
    (1, "Gb", "MB", "1 Gbit = 125 MB"),
    (1, "mebibyte", "bytes", "1 MiB = 1048576 B"),
    (180, "degrees", "radians", "180 ° ≈ 3.14159 rad"),
    (1, "turn", "°", "1 turn = 360 °"),
    (90, "minutes", "hours", "90 min = 1.5 h"),
    (2, "weeks", "days", "2 weeks = 14 days"),
    (1, "day", "s", "1 day = 86400 s"),
    (1, "year", "days", "1 year ≈ 365.25 days"),
    (1, "hp", "kW", "1 hp ≈ 0.7457 kW"),
    (100, "PS", "kW", "100 PS = 73.549875 kW"),
    (1, "kWh", "MJ", "1 kWh = 3.6 MJ"),
    (500, "kcal", "kJ", "500 kcal = 2092 kJ"),
    (1, "BTU", "J", "1 BTU ≈ 1055.06 J"),
    (1, "atm", "psi", "1 atm ≈ 14.6959 psi"),
    (1, "pound per square inch", "Pa", "1 psi ≈ 6894.76 Pa"),
    (1, "bar", "mmHg", "1 bar ≈ 750.062 mmHg"),
    (1013.25, "hPa", "atm", "1013.25 hPa = 1 atm"),
    (0, "m", "ft", "0 m = 0 ft"),
    (1e300, "km", "m", "1e+300 km ≈ 1e+303 m"),
]


@pytest.mark.parametrize(("value", "source", "target", "answer"), ANSWERS)
def test_answers(value, source, target, answer):
    assert units(float(value), source, target) == answer


@pytest.mark.parametrize(
    ("value", "source", "target", "words"),
    [
        (5, "kg", "km", "kg cannot be converted to km: kg measures a mass, km a length."),
        (1, "blorp", "km", "I do not know the unit 'blorp'."),
        (1, "km", "", "I do not know the unit ''."),
        (1, "ton", "kg", "I do not know the unit 'ton'."),
        (1, "km/kg", "m", "I do not know the unit 'km/kg'."),
        (1, "square kg", "m²", "I do not know the unit 'square kg'."),
        (1, "/" * 5000, "m", "I do not know the unit"),
        (1, "m" * 100_000, "m", "I do not know the unit"),
        (-300, "C", "F", "That is below absolute zero"),
        (0, "L/100km", "mpg", "0 has no counterpart"),
        (5, "L/0km", "mpg", "I do not know the unit 'L/0km'."),
    ],
)
def test_refusals(value, source, target, words):
    with pytest.raises(ParleyError) as caught:
        units(float(value), source, target)
    assert caught.value.message.startswith(words) and len(caught.value.message) < 200


@pytest.mark.parametrize("word", ["ton", "Tons", "calories", "degrees"])
def test_an_unclear_word_is_asked_about(word):
    with pytest.raises(ParleyError) as caught:
        units(1.0, word, "K")
    assert caught.value.hint.startswith("Say ")


EVERY = [line[0].rstrip("*") for lines in KINDS.values() for line in lines] + [
    unit.symbol for unit, _ in TEMPERATURES
]


@pytest.mark.parametrize("symbol", EVERY)
def test_every_symbol_means_itself(symbol):
    one, other = pair(symbol, symbol)
    assert one == other and one.symbol == symbol and one.factor > 0


def test_every_name_is_found_in_its_own_family():
    exactly, _ = module.tables()
    for name, found in exactly.items():
        assert module.candidates(name)[0].kind == found[0].kind, name


@settings(max_examples=300)
@given(st.data(), st.fractions(1, 1000, max_denominator=1000))
def test_there_and_back_is_the_same(data, value):
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    source, target = (
        pair(*[data.draw(st.sampled_from(KINDS[kind]))[0].rstrip("*")] * 2)[0] for _ in range(2)
    )
    there = module.from_basis(module.to_basis(value, source), target)
    assert module.from_basis(module.to_basis(there, target), source) == value
