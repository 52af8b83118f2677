"""Separate things in drawings are counted, and nothing is said of pictures that are unclear."""

import tomllib
from pathlib import Path

import heldout
import pytest
from PIL import Image, ImageDraw

from engines import written
from engines.llm import counting as telling
from engines.llm.starter import StarterEngine
from engines.messages import Chat, Look, Picture, Text, Turn
from engines.senses import Line, Things
from engines.vision.counting import counted, seen
from tests.data.talking import run
from tests.unit.test_starter_seeing import Listening

ROOT = Path(__file__).parents[2]
TAUGHT = tomllib.loads((ROOT / "packaging/eyes/scenes/questions.toml").read_text("utf-8"))
SIDE = 30


def drawn(spots, size=(400, 300), paper="white", ink="red", side=SIDE, second=None):
    """Squares with these left top corners; second is the size of every other one."""
    picture = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(picture)
    for number, (x, y) in enumerate(spots):
        wide = second if second and number % 2 else side
        pen.rectangle((x, y, x + wide, y + wide), fill=ink)
    return picture


def row(count):
    return [(20 + 60 * n % 360, 20 + 60 * (n // 6)) for n in range(count)]


@pytest.mark.parametrize("count", [2, 3, 5, 9, 12])
@pytest.mark.parametrize(("paper", "ink"), [("white", "red"), ("#203040", "yellow")])
def test_alike_things_are_counted(count, paper, ink):
    assert counted(drawn(row(count), paper=paper, ink=ink)) == Things(count)


def test_also_on_stripes_and_on_a_ground_that_grows_lighter():
    stripes = Image.new("RGB", (400, 300), "#f0e0d0")
    pen = ImageDraw.Draw(stripes)
    for left in range(0, 400, 50):
        pen.rectangle((left, 0, left + 24, 300), fill="#d8c8e8")
    light = Image.linear_gradient("L").resize((400, 300)).point(lambda n: 170 + n // 4)
    for paper in (stripes, light.convert("RGB")):
        for x, y in row(4):
            ImageDraw.Draw(paper).ellipse((x, y + 60, x + 40, y + 100), fill="#103060")
        assert counted(paper) == Things(4)


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        ((10, 10), "in the top left corner"),
        ((340, 240), "in the bottom right corner"),
        ((185, 10), "at the top"),
        ((10, 135), "on the left"),
        ((185, 135), "in the centre"),
        ((125, 135), ""),  # between left and centre
    ],
)
def test_where_a_single_thing_lies(spot, place):
    assert counted(drawn([spot])) == Things(1, place)


def noise():
    return Image.effect_noise((300, 200), 90).convert("RGB")


def photograph():
    import matplotlib

    file = Path(matplotlib.get_data_path(), "sample_data/grace_hopper.jpg")
    with Image.open(file) as opened:
        return opened.convert("RGB")


@pytest.mark.parametrize(
    "picture",
    [
        noise(),
        photograph(),
        Image.new("RGB", (300, 200), "white"),
        drawn(row(3), size=(30, 20)),
        drawn(row(4), second=55),
        drawn(row(3), ink="#fbfbfb"),
        drawn([(x, y) for x in range(5, 390, 20) for y in range(5, 290, 20)], side=10),
    ],
    ids=["noise", "photograph", "empty", "tiny", "unlike", "faint", "pattern"],
)
def test_nothing_is_said_of_what_is_unclear(picture):
    assert counted(picture) is None


def test_a_stalk_drawn_apart_belongs_to_its_apple():
    picture = drawn(row(4), side=40)
    pen = ImageDraw.Draw(picture)
    for x, y in row(4):
        pen.rectangle((x + 18, y - 8, x + 22, y - 5), fill="red")
    assert counted(picture) == Things(4)
    for x in range(20, 260, 60):
        pen.rectangle((x, 200, x + 4, 204), fill="red")  # crumbs of nothing
    assert counted(picture) is None


def test_things_of_two_colours_are_not_counted_together():
    picture = drawn(row(2))
    ImageDraw.Draw(picture).rectangle((200, 150, 230, 180), fill="blue")
    assert counted(picture) is None


@pytest.mark.parametrize(("kind", "least"), [("counts", 24), ("places", 30)])
def test_what_is_said_of_drawings_nobody_tuned_it_on_is_right(kind, least):
    said = right = 0
    for one in heldout.questions(kind, 40, seed=11):
        things = counted(Image.fromarray(unpadded(one.pixels)))
        if answer := telling.answer(one.question, things and telling.Shown(things)):
            said += 1
            right += heldout.answered(answer, one)
    assert said >= least and right >= said - 1


def unpadded(pixels):
    """Without the grey that makes a square of it: the app shows it whole."""
    grey = (pixels == 127).all(2)
    return pixels[~grey.all(1)][:, ~grey.all(0)].copy()


# What is told of it


def shown(asked, things, *texts):
    read = written.told([Line(text, (0.0, 0.0, 1.0, 1.0), 0.99) for text in texts], things)
    return Turn("user", (Picture("cat", 4, 2), Text("\n"), Text(f"{read}\n\n"), Text(asked)))


@pytest.mark.parametrize("things", [Things(5), Things(1, "in the centre"), Things(1)])
def test_the_words_are_understood_as_they_were_written(things):
    assert written.things_in(written.told((), things)) == things
    both = written.told([Line("O", (0.0, 0.0, 1.0, 1.0), 0.9)], things)
    assert written.things_in(both) == things and written.understood(both) == (("O", True),)
    named = written.told((), things, "owl")
    assert written.likeness_in(named) == ("owl" if things.count == 1 else "")
    assert written.things_in(named) == things
    assert written.things_in(written.told([Line("Exit", (0.0, 0.0, 1.0, 1.0), 0.9)])) is None


NAMED = ("describe", "shape", "name", "animal")


def filled(text):
    gaps = {"{things}": "stars", "{thing}": "star", "{other}": "circle", "{one}": "above"}
    for gap, word in (gaps | {"{two}": "below", "{place}": "on the left"}).items():
        text = text.replace(gap, word)
    return text


@pytest.mark.parametrize("kind", TAUGHT)
def test_which_questions_are_about_it(kind):
    for asked in map(filled, (*TAUGHT[kind]["train"], *TAUGHT[kind]["held"])):
        many = telling.answer(asked, telling.Shown(Things(5))) != ""
        assert many == (kind in ("count", "count_all", "none")), asked
        if kind not in ("relation", "tallest"):  # "Where is the star?" is among these too
            where = telling.answer(asked, telling.Shown(Things(1, "in the centre"))) != ""
            assert where == (kind in ("where", "absent_where")), asked
        if kind not in ("food", "kind", "both"):  # "What can I eat here?" is among these
            said = telling.answer(asked, telling.Shown(Things(1), "elephant"))
            assert said == ("It looks like an elephant." if kind in NAMED else ""), asked


@pytest.mark.parametrize(("ink", "name"), [("red", "red"), ("#1e50cd", "blue"), ("black", "black")])
def test_the_colour_of_things_is_named(ink, name):
    assert seen(drawn(row(3), ink=ink)) == (Things(3), name)
    two = drawn(row(1), side=40, ink=ink)
    ImageDraw.Draw(two).rectangle((20, 20, 60, 40), fill="orange")
    assert seen(two)[1] == ""  # none of them prevails


@pytest.mark.parametrize(
    ("like", "said"),
    [("owl", "an owl"), ("umbrella", "an umbrella"), ("a number", "a number"), ("bus", "a bus")]
    + [("headphones", "headphones"), ("pair of scissors", "a pair of scissors")],
)
def test_a_likeness_has_the_article_it_needs(like, said):
    assert telling.answer("What is this?", telling.Shown(Things(1), like)) == (
        f"It looks like {said}."
    )


def test_what_colour_it_is_is_said_of_what_is_there():
    owl = telling.Shown(Things(1), "owl", "brown")
    for asked in ("What colour is it?", "what color is the owl", "And what is its colour?"):
        assert telling.answer(asked, owl) == "It is brown."
    assert telling.answer("What's the colour of the thing?", owl) == "It is brown."
    for asked in ("What colour is the dog?", "What colour is the background?"):
        assert telling.answer(asked, owl) == ""
    assert telling.answer("Which colour are they?", owl._replace(things=Things(3))) == (
        "They are brown."
    )
    assert written.colour_in(written.told((), Things(1), "owl", "brown")) == "brown"


def test_the_starter_says_it_and_its_model_is_told_nothing():
    model = Listening()
    starter = StarterEngine(model, None)
    run(starter, Look("cat", 4, 2, bytes(24)))
    heard = run(starter, Chat((shown("How many stars are there?", Things(5)),)))
    assert heard.text == "I count five separate things."
    heard = run(starter, Chat((shown("Where is the star?", Things(1, "at the top")),)))
    assert heard.text == "The only thing there is at the top."
    for asked, things in (("What colour are they?", Things(5)), ("How many bars?", Things(2))):
        run(starter, Chat((shown(asked, things),)))
        bare = Turn("user", (Picture("cat", 4, 2), Text(asked)))
        assert model.asked[-1].turns == (bare,)
