"""What fits: plans, their words, and what was learnt from what really happened."""

from dataclasses import replace

import pytest

from engines.machine import Card, Machine, Speeds
from engines.models import fit
from engines.models.fit import Wishes
from engines.outcomes import Outcome, Outcomes
from tests.data import large_models
from tests.data.large_models import Shape

GB = 1 << 30
LAPTOP = Machine(16 * GB, 12 * GB, 4, Speeds(rate=12e9))


def with_card(free: float, *, shared: bool = False) -> Machine:
    card = Card("A card", 24 * GB, int(free * GB), shared, rate=200e9)
    return replace(LAPTOP, cards=(card,))


@pytest.fixture(scope="module")
def outline(tmp_path_factory):
    path = tmp_path_factory.mktemp("fit") / "model.gguf"
    return fit.of_file(large_models.write(path, Shape()))


SEVEN = fit.of_size(4_700_000_000, 8_000_000_000, "Q4_K_M")


def test_a_model_that_fits_says_how_much_it_remembers_and_how_fast_it_is():
    plan = fit.choose(SEVEN, LAPTOP)
    assert (plan.fit, plan.gave_up, plan.context) == ("fits", "", 8192)
    assert fit.words_of(plan, LAPTOP) == (
        "Fits with room for 8,192 tokens, about 2 words a second here"
    )


def test_where_memory_is_short_it_remembers_less_and_says_so():
    plan = fit.choose(SEVEN, replace(LAPTOP, free=int(5.9 * GB)))
    assert plan.kv == "q8_0" and plan.context == 8192 and plan.fit == "tight"
    assert plan.gave_up == (
        "There was not enough memory for all of it,"
        " so it remembers what it read a little less exactly."
    )
    less = fit.choose(SEVEN, replace(LAPTOP, free=int(5.45 * GB)))
    assert less.context < 8192 and "tokens in mind instead of 8,192" in less.gave_up
    assert less.forecast.memory < plan.forecast.memory


def test_what_the_person_chose_is_kept_as_long_as_it_can_be():
    plan = fit.choose(SEVEN, LAPTOP, Wishes(context=4096, kv="q4_0"))
    assert (plan.context, plan.kv) == (4096, "q4_0")
    assert fit.choose(SEVEN, LAPTOP, Wishes(flash=False)).kv == "f16"


def test_a_model_that_is_too_large_says_what_is_missing():
    small = replace(LAPTOP, free=3 * GB)
    plan = fit.choose(SEVEN, small)
    assert plan.fit == "large" and not plan.gave_up
    assert "3.2 GB are free: close other programs" in fit.words_of(plan, small)
    tiny = Machine(4 * GB, 3 * GB, 2)
    assert "Too large" in fit.words_of(fit.choose(SEVEN, tiny), tiny)


def test_layers_go_to_the_card_as_many_as_it_takes():
    plenty = fit.choose(SEVEN, with_card(20))
    assert (plenty.layers, plenty.fit, plenty.gave_up) == (-1, "fits", "")
    assert plenty.forecast.card > 4.7e9 > plenty.forecast.memory
    some = fit.choose(SEVEN, with_card(4))
    count = len(SEVEN.blocks)
    assert 0 < some.layers < count
    assert f"{some.layers} of its {count + 1} layers are on the graphics card" in some.gave_up
    assert some.forecast.card < 4 * GB
    none = fit.choose(SEVEN, with_card(0.2))
    assert none.layers == 0 and "the processor alone" in none.gave_up
    assert plenty.forecast.words > some.forecast.words > none.forecast.words
    assert fit.choose(SEVEN, with_card(20), Wishes(layers=0)).layers == 0


def test_a_card_without_memory_of_its_own_uses_the_computers():
    plan = fit.choose(SEVEN, with_card(20, shared=True))
    assert plan.layers == -1 and plan.forecast.card == 0 and plan.forecast.memory > 4.7e9


def test_a_small_model_remembers_more_than_the_usual_where_there_is_room(outline):
    assert fit.choose(outline, LAPTOP).context == 32768
    assert fit.choose(outline, replace(LAPTOP, free=GB // 2)).context == 8192
    assert fit.choose(replace(outline, trained=4096), LAPTOP).context == 4096


def test_memory_that_grows_is_no_smaller_in_any_part(outline):
    """A longer context, exacter memory and a projector all cost something."""
    base = fit.forecast(outline, LAPTOP, 8192)
    assert fit.forecast(outline, LAPTOP, 16384).kv == 2 * base.kv
    assert fit.forecast(outline, LAPTOP, 8192, "q8_0").kv == base.kv * 34 // 64
    assert fit.forecast(outline, LAPTOP, 8192, projector=10**8).memory >= base.memory + 10**8
    assert fit.forecast(outline, LAPTOP, 8192, flash=False).compute > base.compute


def test_the_beginning_of_a_file_tells_as_much_as_all_of_it(tmp_path):
    path = large_models.write(tmp_path / "start.gguf", Shape(words=500))
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(200_000)
    assert fit.of_start(start, size) == fit.of_file(path)
    part, whole = fit.of_start(start[:9000], size), fit.of_file(path)
    assert not part.exact and part.cells == whole.cells and part.trained == whole.trained
    guess = fit.of_start(start[:100], size)
    assert not guess.exact and guess.size == size
    assert not fit.of_start(b"no model at all", 4 * GB).exact


@pytest.mark.parametrize("size", [0, 1, 10**6, 10**9, 10**12, 10**15])
def test_a_size_alone_gives_a_guess(size):
    plan = fit.choose(fit.of_size(size), LAPTOP)
    assert plan.forecast.memory >= size and not plan.forecast.exact
    assert fit.words_of(plan, LAPTOP)


def test_what_happened_makes_the_next_forecast_better(tmp_path):
    outcomes, kind = Outcomes(tmp_path), ("llama", "Q4_0", False)
    for took in (110, 120, 130):
        outcomes.add(Outcome(*kind, 100 << 20, took << 20))
    outcomes.add(Outcome("qwen3", "Q4_0", False, 100 << 20, 900 << 20))
    outcomes.add(Outcome("llama", "Q4_0", True, 1, 1000))  # too small to say anything
    outcomes.saving()()
    here = replace(LAPTOP, learnt=Outcomes(tmp_path).learnt())
    assert here.factor(*kind) == pytest.approx(1.2)
    assert here.factor("qwen3", "Q4_0", False) == 1.5  # no more than can be believed
    assert here.factor("gemma3", "Q4_0", False) == pytest.approx(1.35)
    assert here.factor("llama", "Q4_0", True) == here.factor("llama", "Q8_0", False) == 1.0
    known = replace(SEVEN, architecture="llama", quantisation="Q4_0")
    before = fit.choose(known, LAPTOP).forecast
    assert fit.choose(known, here).forecast.memory == pytest.approx(1.2 * before.memory, rel=0.01)
    outcomes.add(Outcome(*kind, rate=30e9))
    here = replace(LAPTOP, learnt=outcomes.learnt())
    assert fit.choose(known, here).forecast.words == pytest.approx(2.5 * before.words)


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"took": 1}]'])
def test_damaged_outcomes_are_none(tmp_path, text):
    (tmp_path / "outcomes.json").write_text(text)
    assert Outcomes(tmp_path).learnt() == ()
