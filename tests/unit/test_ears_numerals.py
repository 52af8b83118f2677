"""Numbers as they are said, in digits."""

from random import Random

import pytest

from ears import spoken
from engines.stt.sphinx.numerals import sentence, written

SAID = {
    "what is seventeen times twenty three": "what is 17 times 23",
    "three hundred and five plus two thousand and six": "305 plus 2006",
    "three hundred five": "305",
    "one million two hundred and nine thousand and thirty five": "1209035",
    "six point oh five": "6.05",
    "forty point seven nineteen": "40.7 19",
    "sixty eight point nine three four thousand": "68.93 4000",
    "two and a half hours": "2.5 hours",
    "zero": "0",
    "five percent of eighty": "5 percent of 80",
    "wake me at twelve thirty p m": "wake me at 12:30 pm",
    "at nine oh five": "at 9:05",
    "at nine o clock": "at 9:00",
    "at seventeen hundred": "at 17:00",
    "at nine a m": "at 9 am",
    "plot one four nine": "plot 1 4 9",
    "the fifth of may": "the 5th of may",
    "may fifth twenty thirty six": "may 5 2036",
    "born on the twenty second of august nineteen ninety eight": "born on the 22nd of august 1998",
    "in nineteen oh two": "in 1902",
    "in the year two thousand": "in the year 2000",
    "the first answer": "the first answer",
    "a fifth of ten": "a fifth of 10",
    "which one is larger": "which one is larger",
    "one hundred and one": "101",
    "twenty": "20",
    "and a hundred": "and a hundred",
    "point": "point",
    "": "",
}


@pytest.mark.parametrize("said", SAID)
def test_in_digits(said):
    assert " ".join(part.text for part in written(said.split())) == SAID[said]


def test_each_part_knows_its_words():
    said = next(iter(SAID)).split()
    found = written(said)
    assert [(part.first, part.last) for part in found] == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5)]
    for text in SAID:
        places = [place for part in written(text.split()) for place in (part.first, part.last)]
        assert places == sorted(places) and len(text.split()) == (places or [-1])[-1] + 1


def test_a_sentence_has_capitals():
    assert sentence(["what", "did", "i", "say", "i'm", "in"]) == "What did I say I'm in"
    assert sentence([]) == ""


def in_digits(said):
    return " ".join(part.text for part in written(said.split()))


def test_every_number_comes_back():
    rng = Random(1)
    numbers = [*range(2000), *(rng.randrange(10 ** rng.randint(4, 12)) for _ in range(2000))]
    wrong = [number for number in numbers if in_digits(spoken.words(number)) != str(number)]
    assert not wrong
    years = [year for year in range(1901, 2100) if year != 2000]
    assert not [year for year in years if in_digits(f"in {spoken.year(year)}") != f"in {year}"]


def test_what_is_typed_comes_back():
    for hour in range(1, 13):
        for minute in range(1, 60):
            text = f"at {hour}:{minute:02} pm"
            assert in_digits(spoken.spoken(text)) == text
    for day in range(1, 32):
        text = f"remind me on may {day} 2031 about the rent"
        assert in_digits(spoken.spoken(text)) == text
