"""What the starter's eyes learn from: right in what it says, and honest in what it keeps back."""

import re
import shutil
import tomllib
from functools import partial
from pathlib import Path

import heldout
import numpy as np
import pool
import pytest
import scenes
from parity import projected
from PIL import Image
from scenes import (
    FAMILIES,
    NEED_MATERIALS,
    SPLITS,
    charts,
    draft,
    fit,
    lettering,
    materials,
    scene,
    things,
)
from scenes.asking import ASKED, ORDINALS, a
from scenes.canvas import canvas
from scenes.figures import unseen

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "tests" / "data" / "eyes" / "pictures"
DRAWN_ALONE = [family for family in FAMILIES if family not in NEED_MATERIALS]
GREEN, MAGENTA = (0, 200, 0, 255), (230, 0, 230, 255)


@pytest.fixture
def bare(monkeypatch):
    """No materials: only what the repo ships."""
    monkeypatch.setattr(materials, "_chosen", [])
    monkeypatch.delenv("EYES_MATERIALS", raising=False)


@pytest.fixture
def plain(bare, monkeypatch):
    """All shapes on white."""
    white = partial(canvas, ground="white")
    monkeypatch.setattr(scenes.figures, "canvas", white)


@pytest.fixture
def made_up(tmp_path, bare):
    """A folder of materials with green things to learn from and magenta ones for the test."""
    shipped = ROOT / "resources" / "fonts"
    for split, name in (("train", "Inter_700Bold.ttf"), ("held out", "Inter_500Medium.ttf")):
        (tmp_path / "fonts" / split / "some").mkdir(parents=True)
        shutil.copy(shipped / name, tmp_path / "fonts" / split / "some")
    for kind, shape in (("things", (4, 96, 96, 4)), ("icons", (4, 96, 96))):
        (tmp_path / kind).mkdir()
        for styles, colour in (("train", GREEN), ("held out", MAGENTA)):
            pictures = np.zeros(shape, np.uint8)
            pictures[:, 8:88, 8:88] = colour if kind == "things" else 255
            names = np.array(["dog", "banana", "key", "T-shirt"])
            table = things.STYLES if kind == "things" else things.ICON_STYLES
            np.savez(tmp_path / kind / f"{table[styles][0]}.npz", names=names, pictures=pictures)
    materials.use(tmp_path)
    return tmp_path


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("family", DRAWN_ALONE)
def test_a_scene_is_whole_and_the_same_for_the_same_seed(bare, family, split):
    one, again = (scene(np.random.default_rng(7), split, family) for _ in range(2))
    assert one.pixels.shape == (128, 128, 3) and one.pixels.dtype == np.uint8
    assert np.array_equal(one.pixels, again.pixels) and one[1:] == again[1:]
    for seed in range(25):
        told = scene(np.random.default_rng(seed), split, family)
        assert told.facts["family"] == family and len(told.questions) >= 3
        for question, answer in told.questions:
            assert not re.search(r"[{}_]|  |^$", question + answer), (question, answer)
            assert answer[-1] == "." and "an b" not in answer and "a o" not in answer


@pytest.mark.parametrize("seed", range(30))
def test_as_many_are_drawn_as_are_told(plain, seed):
    drawn, _ = draft(np.random.default_rng(seed), "train", "counts")
    assert blobs(drawn.image) == int(drawn.facts["count"])


@pytest.mark.parametrize("seed", range(30))
def test_a_shape_is_where_it_is_told_to_be(plain, seed):
    drawn, _ = draft(np.random.default_rng(seed), "train", "places")
    rows, columns = np.nonzero(drawn_on(drawn.image))
    x, y = columns.mean() / drawn.image.width, rows.mean() / drawn.image.height
    place = drawn.facts["place"]
    across = "left" if x < 0.38 else "right" if x > 0.62 else ""
    down = "top" if y < 0.38 else "bottom" if y > 0.62 else ""
    assert (f"{down} {across}".strip() or "centre") == place


@pytest.mark.parametrize("seed", range(20))
def test_the_tallest_bar_is_the_one_told(bare, monkeypatch, seed):
    monkeypatch.setattr(charts, "_paper", lambda rng, split: canvas(rng, split, 1.0, "white"))
    rng = np.random.default_rng(seed)
    drawn = charts._bars(rng, "train")
    while not any("bars are " in answer for _, answer in drawn.questions):  # all of one colour
        drawn = charts._bars(rng, "train")
    colours = drawn.image.getcolors(maxcolors=1 << 16)
    ink = sorted(colours, reverse=True)[1][1]  # the most of any, after the paper
    rows, columns = np.nonzero((np.asarray(drawn.image) == ink).all(-1))
    left, right = columns.min(), columns.max() + 1
    share = (columns[rows == rows.min()].mean() - left) / (right - left)
    bars, tallest = int(drawn.facts["bars"]), int(drawn.facts["tallest"])
    assert int(share * bars) + 1 == tallest
    told = "last" if tallest == bars else ORDINALS[tallest - 1]
    assert drawn.caption.endswith(f"the {told} is the tallest")


def test_pairs_kept_for_the_test_are_never_learned_from(bare):
    rng, shown = np.random.default_rng(3), 0
    for _ in range(250):
        for family in ("shapes", "counts", "relations"):
            facts = draft(rng, "train", family)[0].facts
            if "colour" in facts:
                assert not unseen(facts["shape"], facts["colour"]), facts
        facts = draft(rng, "held out", "shapes")[0].facts
        shown += unseen(facts["shape"], facts["colour"])
    assert shown > 125  # and the test is mostly about them


def test_phrasings_and_fonts_kept_for_the_test_are_never_learned_from(made_up):
    def plain(split):
        return {
            re.sub(r"\W", "", question.lower())
            for ways in ASKED.values()
            for question in ways[split]
        }

    assert not plain("train") & plain("held")
    learned, kept = (
        {one for family in lettering.fonts(split) for one in family} for split in SPLITS
    )
    assert len(learned) > 3 and len(kept) > 3 and not learned & kept


@pytest.mark.parametrize("family", NEED_MATERIALS)
def test_things_come_in_the_styles_of_their_split(made_up, family):
    rng = np.random.default_rng(5)
    for split, colour in (("train", GREEN), ("held out", MAGENTA)):
        for _ in range(15):
            drawn, _ = draft(rng, split, family)
            assert drawn.facts["name"] in ("dog", "banana", "key", "T-shirt")
            if family != "icons":
                other = MAGENTA if colour == GREEN else GREEN
                pixels = np.asarray(drawn.image)
                assert not (pixels == other[:3]).all(-1).any()
        assert scene(rng, split, family).pixels.shape == (128, 128, 3)


def test_without_materials_only_what_can_be_drawn_is_drawn(bare):
    rng = np.random.default_rng(0)
    assert {scene(rng).facts["family"] for _ in range(120)} <= set(DRAWN_ALONE)
    with pytest.raises(ValueError, match="aside"):
        scene(rng, "aside")


def test_a_picture_is_padded_to_the_square_with_grey_as_llama_does(bare):
    wide = fit(Image.new("RGB", (640, 320), (250, 10, 10)))
    assert (wide[:32] == 127).all() and (wide[96:] == 127).all()
    assert (wide[32:96] == (250, 10, 10)).all()
    assert (fit(Image.new("RGB", (3000, 4), "white"))[63] == 255).all()


def test_a_picture_of_any_size_is_fitted_as_mtmd_fits_it():
    """The eyes see in training what they will see through llama.cpp: the same embeddings."""
    starter = ROOT / "resources" / "starter"
    model, projector = starter / "parley-starter.gguf", starter / "parley-starter-mmproj.gguf"
    for name in ("12-digit.jpg", "04-colour.png", "16-emoji.png"):
        with Image.open(PICTURES / name) as image:
            picture = image.convert("RGB")
        whole, fitted = projected(model, projector, [np.asarray(picture), fit(picture)])
        assert np.abs(whole - fitted).max() < 0.01 * whole.std()


def test_articles_and_many():
    assert [a("hourglass"), a("unicorn"), a("orange cross"), a("T-shirt")] == [
        "an hourglass",
        "a unicorn",
        "an orange cross",
        "a T-shirt",
    ]
    many = [things.plural(name) for name in ("pair of scissors", "cherry", "toy", "mouse", "fox")]
    assert many == ["pairs of scissors", "cherries", "toys", "mice", "foxes"]


def test_a_pool_is_written_once_and_read_as_it_was_drawn(bare, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pool, "SHARD", 3)
    pool.pool(7, 1, "train", tmp_path)
    drawn = list(pool.read(tmp_path))
    assert len(drawn) == 7 and len(list(pool.shards(tmp_path))) == 3
    first = scene(np.random.default_rng((1, 0, 0)), "train")
    assert np.array_equal(first.pixels, drawn[0].pixels) and first[1:] == drawn[0][1:]
    (tmp_path / "train-1-001.npy").unlink()
    before = (tmp_path / "train-1-000.npy").stat().st_mtime_ns
    pool.pool(7, 1, "train", tmp_path)
    assert len(list(pool.read(tmp_path))) == 7
    assert (tmp_path / "train-1-000.npy").stat().st_mtime_ns == before
    assert not list(pool.read(tmp_path, "held out"))


def test_held_out_questions_know_their_answers(made_up):
    for kind in heldout.KINDS:
        asked = heldout.questions(kind, 8)
        again = heldout.questions(kind, 8)
        assert [one[1:] for one in asked] == [one[1:] for one in again]
        for one in asked:
            assert all(heldout.answered(f"It is {right}.", one) for right in one.right), kind
            assert not heldout.answered("I see nothing at all.", one)
            assert len(set(one.captions)) == len(one.captions) > one.index
        assert 0 < heldout.chance(asked) < 0.51
    low, high = heldout.interval(180, 200)
    assert 0.84 < low < 0.9 < high < 0.94


def test_an_answer_that_says_two_things_is_wrong(bare):
    one = heldout.questions("shapes", 1)[0]
    wrong = one.wrong[0]
    assert not heldout.answered(f"It is a {wrong}.", one)
    assert not heldout.answered(f"It is a {one.right[0]} or a {wrong}.", one)


def test_the_twenty_pictures_are_there_in_odd_sizes_and_formats():
    listed = tomllib.loads((PICTURES / "questions.toml").read_text("utf-8"))["picture"]
    files = {path.name for path in PICTURES.iterdir() if path.suffix in (".png", ".jpg", ".webp")}
    assert len(listed) == 20 and {one["file"] for one in listed} == files
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 400_000
    sizes = set()
    for one in listed:
        assert one["question"] and one["answers"] and one["again_question"] and one["again_answers"]
        with Image.open(PICTURES / one["file"]) as image:
            image.load()
            sizes.add(image.size)
    assert len(sizes) > 8 and len({one["family"] for one in listed}) > 8


def drawn_on(image: Image.Image) -> np.ndarray:
    """Where a picture is not like its plain background."""
    pixels = np.asarray(image).astype(np.int16)
    return np.abs(pixels - pixels[0, 0]).sum(-1) > 75


def blobs(image: Image.Image) -> int:
    """How many connected things are on the picture, specks left out."""
    left = {(int(y), int(x)) for y, x in np.argwhere(drawn_on(image)[::2, ::2])}
    found = 0
    while left:
        edge, size = [left.pop()], 0
        while edge:
            y, x = edge.pop()
            size += 1
            near = {(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)} & left
            left -= near
            edge += near
        found += size > 10
    return found
