"""What programs read in a picture is told by rules, and the starter's model never sees it."""

import pytest

from engines import written
from engines.llm import reading
from engines.llm.starter import StarterEngine
from engines.messages import Chat, Done, Look, Picture, Prefill, Text, Turn
from engines.senses import Line
from tests.data.talking import run
from tests.unit.test_starter_seeing import Listening

BOX = (0.0, 0.0, 1.0, 1.0)


def found(*texts, sure=0.99):
    return written.told(Line(text, BOX, sure) for text in texts)


def lines(*texts, sure=0.99):
    return written.understood(found(*texts, sure=sure)) or ()


def shown(asked, *texts, name="cat", sure=0.99):
    """A turn as the app makes it."""
    read = found(*texts, sure=sure)
    parts = (Picture(name, 4, 2), Text("\n"), *([Text(f"{read}\n\n")] if read else []))
    return Turn("user", (*parts, *([Text(asked)] if asked else [])))


def said(text):
    return Turn("assistant", (Text(text),))


def words(text):
    return Turn("user", (Text(text),))


@pytest.fixture
def model():
    return Listening()


@pytest.fixture
def starter(model):
    starter = StarterEngine(model, None)
    for name in ("cat", "dog"):
        run(starter, Look(name, 4, 2, bytes(24)))
    return starter


def test_the_words_are_understood_as_they_were_written():
    rows = (Line("5O % “off”", BOX, 0.7), Line("Exit", BOX, 0.95), Line("~", BOX, 0.5))
    assert written.understood(written.told(rows)) == (("5O % “off”", False), ("Exit", True))
    assert written.understood("What does it say?\n  “garden”") is None
    assert written.told([Line("★", BOX, 0.99)]) == ""


@pytest.mark.parametrize(
    ("asked", "texts", "answer"),
    [
        ("What does it say?", ("garden",), 'It says "garden".'),
        ("Please read out what is written.", ("HOTEL",), 'It says "HOTEL".'),
        ("Read it.", ("No", "entry"), "It says:\n\n> No  \n> entry"),
        ("Which number is shown?", ("42",), "It is the number 42."),
        ("What number is this?", ("7",), "It is the digit 7."),
        ("What number is this?", ("I",), "It is the digit 1."),
        ("What number is this?", ("No. 12", "of 30"), "The numbers are 12 and 30."),
        ("What number is it?", ("garden",), 'I can read no number. It says "garden".'),
        ("Is it the word Garden?", ("garden",), 'Yes, it says "Garden".'),
        ('Does it say "hotel"?', ("garden",), 'No, it says "garden".'),
        ("Is it the number 11?", ("II",), 'Yes, it says "11".'),
        ("How many letters?", ("garden",), 'There are six letters in "garden".'),
        ("How many words are there?", ("No entry",), 'There are two words in "No entry".'),
        ("How is it spelled?", ("gar den",), "g a r d e n."),
        ("What is the first letter?", ("garden",), "The first letter is g."),
        ("And the last letter?", ("garden",), "The last letter is n."),
        ("Is there any text?", ("garden",), 'Yes, it says "garden".'),
    ],
)
def test_a_question_for_the_text_is_answered_from_it(starter, model, asked, texts, answer):
    heard = run(starter, Chat((shown(asked, *texts),)))
    assert heard.text == answer and heard.done == Done()
    assert all(isinstance(one, Look) for one in model.asked)
    later = (shown("What is this?", *texts), said("A sign."), words(asked))
    assert run(starter, Chat(later)).text == answer


def test_what_is_not_sure_is_told_so(starter):
    heard = run(starter, Chat((shown("What does it say?", "gardem", sure=0.7),)))
    assert heard.text == 'I am not sure, but I think it says "gardem".'


def only(*asked, name="cat"):
    """What the model is shown: as it was taught."""
    return Turn("user", (Picture(name, 4, 2), *map(Text, asked)))


@pytest.mark.parametrize("asked", ["What does it say?", "Which number is shown?"])
def test_where_nothing_was_read_the_model_answers(starter, model, asked):
    assert run(starter, Chat((shown(asked),))).text.startswith("I see 1 picture")
    unread = f"{written.not_read('It broke.')}\n\n"
    turn = Turn("user", (Picture("cat", 4, 2), Text("\n"), Text(unread), Text(asked)))
    assert run(starter, Chat((turn,))).text.startswith("I see 1 picture")
    assert model.asked[-1].turns == (only(asked),)


def test_the_model_is_told_nothing_of_it_and_reads_the_same_ahead_and_later(starter, model):
    run(starter, Prefill((shown("", "garden"),)))
    assert model.asked[-1].turns == (only(),)
    turns = (shown("What does it say?", "garden"), said('It says "garden".'))
    run(starter, Chat((*turns, words("What colour are the letters?"))))
    assert model.asked[-1].turns == (only("What colour are the letters?"),)


def test_the_last_shown_picture_is_meant(starter, model):
    turns = [shown("What is this?", "garden"), said("A sign.")]
    turns += [shown("And this?", name="dog"), said("A dog."), words("What does it say?")]
    assert run(starter, Chat(tuple(turns))).text.startswith("I see 1 picture")
    assert model.asked[-1].turns == (only("What does it say?", name="dog"),)
    turns[2] = shown("And this?", "hotel", name="dog")
    assert run(starter, Chat(tuple(turns))).text == 'It says "hotel".'


def test_several_pictures_in_one_turn(starter):
    both = Turn("user", (*shown("", "garden").parts, *shown("", "hotel", name="dog").parts))

    def told(asked):
        return run(starter, Chat((both, said("Two signs."), words(asked)))).text

    assert (
        told("What do they say?") == 'Picture 1: It says "garden".\n\nPicture 2: It says "hotel".'
    )
    assert told("What does the second picture say?") == 'It says "hotel".'
    one = Turn("user", (*shown("").parts, *shown("", "hotel", name="dog").parts))
    heard = run(starter, Chat((one, said("A dog and a sign."), words("What does it say?"))))
    assert heard.text == 'It says "hotel".'


def test_what_a_picture_shows_is_told_with_its_text(starter, model):
    heard = run(starter, Chat((shown("What is in this picture?", "garden"),)))
    assert heard.text.startswith("I see 1 picture") and heard.text.endswith('It says "garden".')
    for text, sure in (("O", 0.99), ("88", 0.99), ("garden", 0.7)):  # a ring, four rings, a guess
        heard = run(starter, Chat((shown("What is in this picture?", text, sure=sure),)))
        assert heard.text.startswith("I see 1 picture") and "It says" not in heard.text
    heard = run(starter, Chat((shown("What colour is it?", "garden"),)))
    assert "garden" not in heard.text


@pytest.mark.parametrize(
    ("said", "text", "told"),
    [
        ('I see the word "hotel" in green.', "garden", 'I see the word "garden" in green.'),
        ("It is the digit 9.", "42", "It is the number 42."),
        ("I see the number 42 in red.", "42", "I see the number 42 in red."),
        ("It is a red sign.", "No entry", 'It is a red sign. It says "No entry".'),
        ("", "garden", 'It says "garden".'),
    ],
)
def test_a_word_the_model_believed_to_see_is_put_right(said, text, told):
    assert reading.beside(said, text) == told
