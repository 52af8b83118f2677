"""Questions for what is written in a picture are recognised, and no others."""

import re
import tomllib
from pathlib import Path
from time import process_time

import pytest

from engines.llm.routing.reading import describes, recognised, which_picture

ROOT = Path(__file__).parents[2]
TAUGHT = tomllib.loads((ROOT / "packaging/eyes/scenes/questions.toml").read_text("utf-8"))
GAPS = {
    **{"{a thing}": "a triangle", "{an other}": "a circle", "{a chart}": "a bar chart"},
    **{"{thing}": "triangle", "{things}": "triangles", "{other}": "circle", "{others}": "circles"},
    **{"{colour}": "red", "{one}": "left of", "{two}": "right of", "{place}": "on the left"},
    "{word}": "garden",
}
WANTED = {
    "read": {"read"},
    "digit": {"number", "read"},
    "spell": {"letters"},
    "first_letter": {"first"},
    "says": {"is it"},
    "no_text": {"any", "read"},
}
CHOICE = re.compile(r"\[([^\[\]]*)\]")


def filled(text):
    for gap, word in GAPS.items():
        text = text.replace(gap, word)
    return text


@pytest.mark.parametrize("kind", TAUGHT)
def test_what_the_eyes_were_taught_to_be_asked(kind):
    for asked in map(filled, (*TAUGHT[kind]["train"], *TAUGHT[kind]["held"])):
        assert recognised(asked)[0] in WANTED.get(kind, {""}), asked


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("what does it say", "read"),
        ("and what does it say?", "read"),
        ("Hey, can you tell me what the sign says please", "read"),
        ("Could you please read it out to me?", "read"),
        ("what's written on it", "read"),
        ("What text is in this image?", "read"),
        ("Please transcribe the text in the screenshot.", "read"),
        ("READ THIS", "read"),
        ("What stands written there?", "read"),
        ("what word is this??", "read"),
        ("Which words can you see in the photo?", "read"),
        ("what's the number", "number"),
        ("And which digit is this?", "number"),
        ("what number can you see here", "number"),
        ("Tell me the number, please.", "number"),
        ("Please read me the digits in the picture", "number"),
        ("How many letters?", "how many"),
        ("how many letters does the word have?", "how many"),
        ("And how many words are there?", "how many"),
        ("Which letter does it end with?", "last"),
        ("Can you spell it?", "letters"),
        ("Is there anything written in the picture?", "any"),
        ("Does it contain any text?", "any"),
    ],
)
def test_how_people_ask(asked, kind):
    assert recognised(asked)[0] == kind


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ('Is it the word "Garden"?', "Garden"),
        ("does it say hotel", "hotel"),
        ("Does the sign say “No Entry”?", "No Entry"),
        ("And is it the number 42?", "42"),
        ("Is 'open' written there?", "open"),
        ("Do the letters spell harbour?", "harbour"),
    ],
)
def test_the_word_that_is_asked_about(asked, word):
    assert recognised(asked) == ("is it", word)


@pytest.mark.parametrize(
    "asked",
    [
        "In which colour is it written?",
        "What's the colour of the letters?",
        "What number do you get when you add 3 and 4?",
        "What is the number of circles?",
        "How many letters does the alphabet have?",
        "Which word rhymes with garden?",
        "What does it mean?",
        "Read the news.",
        "Write a letter to my aunt.",
        "What does my note say about milk?",
        "What letter comes after B?",
        "Is it red?",
        "Does it say so?",
        "Which bar is the tallest?",
        "What is the number for emergencies in France?",
        "what does the fox say",
        "Spell accommodation",
        "Is this a word?",
        "",
        "?!",
        "what does it say " * 20,
    ],
)
def test_other_questions_are_none(asked):
    assert recognised(asked) == ("", "")


def said(name):
    """What a list of the starter's training has people say, with each choice in turn."""
    lists = tomllib.loads((ROOT / f"packaging/starter/{name}.toml").read_text("utf-8"))
    for about in lists.values():
        for line in (*about.get("say", ()), *about.get("held", ())):
            for turn in range(5):
                yield CHOICE.sub(lambda found, n=turn: _chosen(found[1].split("|"), n), line)


def _chosen(among, turn):
    return among[turn % len(among)]


@pytest.mark.parametrize("name", ["talk", "wants"])
def test_requests_for_tools_and_small_talk_are_none(name):
    lines = set(said(name))
    assert len(lines) > 300 and not [line for line in lines if recognised(line)[0]]


def test_what_asks_for_all_that_is_to_be_seen():
    for kind in ("describe", "name"):
        missed = [
            one for one in (*TAUGHT[kind]["train"], *TAUGHT[kind]["held"]) if not describes(one)
        ]
        assert missed in ([], ["What thing is this?"])
    assert describes("And what is in this picture?") and describes("describe this photo in detail")
    for asked in ("What colour is it?", "What is the capital of France?", "what is this word"):
        assert not describes(asked)


@pytest.mark.parametrize(
    ("asked", "count", "place"),
    [
        ("What does the second picture say?", 2, 1),
        ("what does picture 1 say", 3, 0),
        ("And the last one?", 3, -1),
        ("What does the third image say?", 2, None),
        ("What is the first letter?", 2, None),
        ("What does the first picture say?", 1, None),
    ],
)
def test_which_of_several_pictures(asked, count, place):
    assert which_picture(asked, count)[0] == place


@pytest.mark.parametrize("piece", ["can you please ", "what is the ", "read it there ", "in the "])
def test_long_nonsense_is_soon_refused(piece):
    began = process_time()
    for count in range(2, 120 // len(piece) + 1):
        recognised(piece * count)
        describes(piece * count)
    assert process_time() - began < 5  # of the processor, not of a clock on the wall
