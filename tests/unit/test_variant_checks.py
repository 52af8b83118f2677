"""Checks tell right answers from wrong ones; no check of a stranger ends or holds up anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.variants import checks
from engines.variants.checks import Said, flaw, judge, trouble, unproven
from engines.variants.languages import languages_of
from engines.variants.numbers import numbers
from engines.variants.variant import Check
from engines.variants.variant import Test as VariantTest

RIGHT_WRONG = [  # kind, text, a right answer, a wrong one
    ("contains", "don't know", "I DON’T  know.", "I know."),
    ("lacks", "as an AI", "I would go there.", "As an AI, I cannot."),
    ("equals", "42", " 42\n", "It is 42"),
    ("matches", r"\b\d{4}\b", "In 1969.", "In 19690."),
    ("number", "408", "17 × 24 is **408**.", "408 is not it: 407."),
    ("number", "1234.5", "Es sind 1.234,5 Euro.", "1.2345"),
    ("number", "-5", "About −5 °C", "5"),
    ("number", "3e6", "3 × 10^6", "3"),
    ("one of", "red\nblue", "It is Blue!", "It is green."),
    ("json", "", '{"a": [1]}', '```json\n{"a": [1]}\n```'),
    ("json", '{"required": ["a"], "additionalProperties": false, "properties": {"a": '
     '{"type": "string", "pattern": "^x"}}}', '{"a": "xy"}', '{"a": "xy", "b": 1}'),
    ("longest", "3", "one, two – three", "one two three four"),
    ("shortest", "4", "今天天气", "今 天 a"),
    ("asks", "", "Right. **And what is 4 × 3?** 😊", "He asked “why?”."),
    ("language", "en-GB", "What do you think of it?", "Was denken Sie von dem, was es ist?"),
    ("language", "de", "Das weiß ich nicht.", "I do not know that."),
    ("language", "fr", "Je ne sais pas où il est.", "No sé dónde está."),
    ("language", "uk", "Привіт, як справи?", "Привет, как дела?"),
    ("language", "ja", "これはペンです。", "这是一支笔。"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "right", "wrong"), RIGHT_WRONG)
def test_right_and_wrong_are_told_apart(kind, text, right, wrong):
    check = Check(kind, text)
    assert judge((check,), Said(right)).passed
    verdict = judge((check,), Said(wrong))
    assert not verdict.passed and verdict.words and not verdict.broken
    assert not unproven(VariantTest("?", (check,), right, wrong))
    assert unproven(VariantTest("?", (check,), wrong, right))
    assert "too" in unproven(VariantTest("?", (check,), right, right))


def test_a_test_that_is_being_written_says_what_is_wrong_with_it():
    checks = (Check("contains", "x"),)
    assert flaw(VariantTest("?", checks)) == "", "nothing is wrong with what is not there yet"
    assert "right answer" in flaw(VariantTest("?", checks, right="y"))
    assert "wrong answer" in flaw(VariantTest("?", checks, right="x", wrong="x too"))
    assert flaw(VariantTest("?", checks, right="x", wrong="y")) == ""
    assert "cannot be used" in flaw(VariantTest("?", (Check("matches", "("),)))
    assert unproven(VariantTest("?", checks, right="x"))


def test_tools_are_checked_by_what_was_called():
    called = Said("", ("calculator", "clock"))
    assert judge((Check("tool", "clock"), Check("no tool", "units")), called).passed
    assert "calculator, clock" in judge((Check("tool", "units"),), called).words
    assert not judge((Check("no tool"),), called).passed
    assert judge((Check("no tool"),), Said("")).passed


def test_a_number_may_be_off_by_its_tolerance():
    check = Check("number", "3.14", tolerance=0.01)
    assert judge((check,), Said("about 3.149")).passed
    assert not judge((check,), Said("about 3.16")).passed


def test_the_first_check_that_is_not_fulfilled_speaks():
    both = (Check("contains", "a"), Check("contains", "b"), Check("contains", "c"))
    assert "“b”" in judge(both, Said("a")).words


BROKEN = [
    Check("matches", "(unclosed"),
    Check("matches", ""),
    Check("matches", "a" * 2000),
    Check("number", "many"),
    Check("longest", "few"),
    Check("contains", " "),
    Check("language", "tlh"),
    Check("json", "{nonsense"),
    Check("json", "[1]"),
    Check("json", '{"unevaluatedItems": false}'),
]


@pytest.mark.parametrize("check", BROKEN, ids=lambda check: f"{check.kind} {check.text[:12]}")
def test_a_check_that_cannot_be_used_says_so_to_who_writes_it(check):
    assert trouble(check).startswith("This check cannot be used: ")
    assert judge((check,), Said("a 1")).broken


def doubling(depth: int) -> str:
    """Each definition refers to the next one twice."""
    twice = {
        f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)
    }  # fmt: skip
    return json.dumps({"$defs": twice | {f"d{depth}": False}, "$ref": "#/$defs/d0"})


ENDLESS = [
    (Check("matches", "(a+)+$"), "a" * 5000 + "b"),
    (Check("matches", "(?:a{1,9999}){1,9999}b"), "a" * 1000),
    (Check("json", '{"$ref": "#"}'), "{}"),
    (Check("json", '{"$ref": "https://127.0.0.1:9/shape.json"}'), "{}"),
    (Check("json", '{"pattern": "(a|a)+$"}'), json.dumps("a" * 3000 + "b")),
    (Check("json", '{"patternProperties": {"(a|a)+$": true}}'), json.dumps({"a" * 300 + "b": 1})),
    (Check("json", '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": '
           '{"$schema": "http://json-schema.org/draft-07/schema#", "pattern": "(a|a)+$"}}}'),
     json.dumps({"a": "a" * 300 + "b"})),
    (Check("json", doubling(40)), "{}"),
    (Check("json", '{"multipleOf": 0}'), "5"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "text"), ENDLESS, ids=lambda one: str(one)[:40])
def test_what_would_never_end_is_ended_and_called_unusable(check, text):
    assert judge((check,), Said(text)).broken


@pytest.mark.parametrize(
    "text", ["[" * 90_000, "9" * 9_000, "[NaN]", "{" * 99, "\x00", "1" * 200_000]
)
def test_an_answer_that_is_no_json_is_just_that(text):
    verdict = judge((Check("json"),), Said(text))
    assert not verdict.passed and not verdict.broken


def test_an_expression_that_is_wrong_in_a_shape_is_in_words():
    assert judge((Check("json", '{"pattern": "("}'),), Said('"a"')).broken


@given(st.sampled_from(sorted(checks.KINDS)), st.text(max_size=40), st.text(max_size=80))
def test_nothing_in_a_check_raises(kind, text, answer):
    verdict = judge((Check(kind, text),), Said(answer, (text,)))
    assert verdict.passed or verdict.words


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_are_read_however_they_are_grouped(number):
    assert numbers(f"It is {number:,}.") == numbers(f"{number} it is") == (float(number),)


def test_letters_beside_digits_are_no_numbers():
    assert numbers("CO2 and H2O, between 5-7, on 2024-05-03, 3.5e2 and .5") == (
        *(5, 7), *(2024, 5, 3), *(350, 0.5),
    )  # fmt: skip


SENTENCES = {
    "en": ("Yes, of course.", "Put the kettle on, please.", "It says: open."),
    "de": ("Da steht: Bitte klingeln.", "Wien heißt die Stadt.", "Straße gesperrt"),
    "fr": ("Je ne sais pas.", "C'est très bien.", "Il fait beau à Paris."),
    "es": ("¿Dónde está?", "Hay una mesa en el jardín.", "Mañana"),
    "it": ("Non lo so.", "Dove sono gli altri?", "Il libro è sul tavolo."),
    "pt": ("Não sei.", "Onde está a minha chave?", "Ele foi para casa."),
    "nl": ("Ik weet het niet.", "Waar is mijn sleutel?", "De kat zit op de bank."),
    "pl": ("Nie wiem.", "Gdzie jest mój klucz?", "Łódź"),
    "sv": ("Jag vet inte.", "Var är min nyckel?", "Det regnar och blåser."),
    "cs": ("Nevím, kde je to.", "Řekni to ještě jednou.", "To je dobrý den."),
    "tr": ("Bu çok güzel.", "Anahtarım nerede, değil mi?", "Ne kadar?"),
    "el": ("Δεν ξέρω.", "Πού είναι;", "Καλημέρα"),
    "ar": ("لا أعرف", "أين المفتاح؟", "صباح الخير"),
    "fa": ("کجا می‌روی؟ چرا؟", "پنجره را باز کن", "چطوری؟"),
}


@pytest.mark.parametrize("language", SENTENCES)
def test_short_sentences_are_told_by_their_language(language):
    assert [languages_of(one) for one in SENTENCES[language]] == [{language}] * 3


def test_what_tells_nothing_is_no_language():
    assert languages_of("42 €") == frozenset()
    assert languages_of("Jeg er ikke på vej") == {"da", "nb"}
