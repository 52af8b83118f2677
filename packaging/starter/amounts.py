"""Numbers and made-up words as people write them, with the form a tool wants."""

from random import Random
from typing import NamedTuple

SYLLABLES = (
    *("ka", "mo", "ri", "ta", "ne", "lo", "vi", "sa", "du", "pe", "zu", "ha", "fi", "ro", "ge"),
    *("ba", "nu", "ti", "ol", "er", "an", "is", "quo", "bel", "mar", "sten", "lin", "dor", "gra"),
)
NAMES = (
    *("Anna", "Tom", "Maria", "Lee", "Omar", "Kate", "Ivan", "Priya", "Jose", "Mia", "Sam"),
    *("Ben", "Lucy", "Ahmed", "Greta", "Paul", "Nina", "Carlos", "Yuki", "Fatima", "Oscar"),
)
ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
THINGS = (
    *("apples", "tickets", "books", "bottles", "chairs", "pens", "eggs", "cups", "boxes", "shirts"),
    *(
        "plants",
        "stamps",
        "batteries",
        "candles",
        "tyres",
        "sandwiches",
        "oranges",
        "bags",
        "plates",
    ),
    *("cards", "nails", "rolls", "tiles", "bulbs", "cakes", "pizzas", "lemons", "coins", "keys"),
)


class Amount(NamedTuple):
    said: str  # as the person writes it
    value: str  # as a tool takes it


def words(number: int) -> str:
    """The English words for 0 to 100."""
    if number < 20:
        return ONES[number]
    if number == 100:
        return "a hundred"
    ten, one = divmod(number, 10)
    return TENS[ten - 2] + (f"-{ONES[one]}" if one else "")


def whole(rng: Random, least: int = 0, most: int = 100) -> Amount:
    number = rng.randint(least, most)
    if number <= 100 and rng.random() < 0.15:
        return Amount(words(number), str(number))
    return Amount(str(number), str(number))


def amount(rng: Random) -> Amount:
    """Any number: small, long, with decimals, with commas between the thousands."""
    chance = rng.random()
    if chance < 0.3:
        return whole(rng)
    if chance < 0.5:
        return whole(rng, 100, 9999)
    if chance < 0.72:
        text = f"{_digits(rng, rng.randint(1, 4))}.{_decimals(rng)}"
        return Amount(text, text)
    if chance < 0.82:
        number = rng.randint(1000, 9_999_999)
        return Amount(f"{number:,}", str(number))
    if chance < 0.86:
        text = f"0.{_decimals(rng)}"
        return Amount(text, text)
    text = _digits(rng, rng.randint(5, 10))
    return Amount(text, text)


def price(rng: Random) -> Amount:
    number = f"{rng.randint(1, 400)}"
    if rng.random() < 0.6:
        number += f".{rng.randint(0, 99):02}"
    sign = rng.choice(("", "", "$", "£", "€"))
    tail = "" if sign else rng.choice(("", "", " dollars", " pounds", " euros", " euro"))
    return Amount(f"{sign}{number}{tail}", number)


def word(rng: Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))


def _digits(rng: Random, length: int) -> str:
    return str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in range(length - 1))


def _decimals(rng: Random) -> str:
    return "".join(str(rng.randint(0, 9)) for _ in range(rng.choice((1, 1, 2, 2, 2, 3, 4))))
