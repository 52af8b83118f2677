"""A conversation longer than the context loses its oldest exchanges, and not too often."""

import pytest

from engines.errors import ParleyError
from engines.llm.llama.fitting import Fitter
from engines.llm.llama.model import Model
from engines.llm.llama.prompt import Asked, Prompter
from engines.messages import Text, ToolCall, ToolResult, Turn
from engines.models.gguf import check
from tests.data import tiny_models
from tests.data.talking import said

SIZE, ANSWER = 1024, 100
SYSTEM = Turn("system", (Text("Be kind."),))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tiny_models.random_llama(tmp_path_factory.mktemp("models") / "tiny.gguf")
    model = Model(path, check(path), 0, lambda _: True)
    yield model
    model.close()


@pytest.fixture
def fitter(model):
    vocabulary = model.vocabulary
    return Fitter(Prompter(vocabulary, tiny_models.CHATML, None), vocabulary, SIZE)


def exchanges(count, letters=60):
    """Questions and answers that say which they are, and one more question at the end."""
    return said(*(f"{n:04d}" + "x" * letters for n in range(2 * count + 1)))


def text_of(model, prompt):
    pieces = (model.vocabulary.piece(t, special=True) for t in prompt.tokens)
    return b"".join(pieces).decode("utf-8", "replace")


def test_what_fits_is_left_alone(fitter):
    fitted = fitter.fit(Asked([SYSTEM, *exchanges(3)]), ANSWER)
    assert fitted.dropped == 0


def test_tools_that_take_nearly_all_the_room_are_left_out(fitter, model):
    few = ({"name": "clock", "description": "Tell the time.", "parameters": {}},)
    many = tuple({"name": f"t{n}", "description": "x" * 60, "parameters": {}} for n in range(20))
    fitted = fitter.fit(Asked([SYSTEM, *exchanges(1)], few), ANSWER)
    assert not fitted.without_tools and "Tell the time." in text_of(model, fitted.prompt)
    fitted = fitter.fit(Asked([SYSTEM, *exchanges(1)], many), ANSWER)
    assert fitted.without_tools and fitted.dropped == 0
    assert "t19" not in text_of(model, fitted.prompt) and "0002xxx" in text_of(model, fitted.prompt)


def test_the_oldest_exchanges_go_whole_and_the_instructions_stay(fitter, model):
    fitted = fitter.fit(Asked([SYSTEM, *exchanges(30)]), ANSWER)
    text = text_of(model, fitted.prompt)
    assert fitted.dropped > 0 and fitted.dropped % 2 == 0
    assert "Be kind." in text and "0060xxx" in text and "0000xxx" not in text
    first = text.index("<|im_start|>", text.index("Be kind."))
    assert text[first:].startswith("<|im_start|>user\n")


def test_there_is_room_for_an_answer_and_some_turns_more(fitter):
    fitted = fitter.fit(Asked(exchanges(60)), ANSWER)
    assert SIZE / 2 < len(fitted.prompt.tokens) <= (SIZE - ANSWER) * 3 / 4


def test_a_long_answer_is_given_a_quarter(fitter):
    fitted = fitter.fit(Asked(exchanges(60)), 1_000_000)
    assert len(fitted.prompt.tokens) <= SIZE * 3 / 4


def test_the_beginning_stays_the_same_for_some_turns(fitter):
    """Each new beginning costs reading everything anew."""
    dropped = [fitter.fit(Asked([SYSTEM, *exchanges(n, 8)]), ANSWER).dropped for n in range(60)]
    assert dropped == sorted(dropped) and dropped[-1] > 0
    changes = sum(a != b for a, b in zip(dropped, dropped[1:], strict=False))
    assert 3 < changes < 15, dropped


def test_another_conversation_is_cut_for_itself(fitter):
    assert fitter.fit(Asked(exchanges(60)), ANSWER).dropped
    assert fitter.fit(Asked(said("hello", "you", "and")), ANSWER).dropped == 0
    assert fitter.fit(Asked(exchanges(60)), ANSWER).dropped


def test_turns_come_back_when_there_is_room_again(fitter):
    long = said("first", "answer", "x" * 700, "well", "last")
    assert fitter.fit(Asked(long), ANSWER).dropped == 0
    longer = (*long, *said("y" * 300)[:1])
    assert fitter.fit(Asked(longer), ANSWER).dropped > 0
    shorter = (*said("first", "answer"), *said("last"))
    assert fitter.fit(Asked(shorter), ANSWER).dropped == 0


def test_ten_thousand_turns_are_not_all_cut_into_tokens(fitter, model):
    fitted = fitter.fit(Asked(exchanges(5_000, letters=300)), ANSWER)
    assert fitted.dropped > 9_000
    assert "10000x" in text_of(model, fitted.prompt)


@pytest.mark.parametrize("length", [2_000, 10_000_000])
def test_a_message_too_long_is_refused_with_words_and_numbers(fitter, length):
    with pytest.raises(ParleyError) as refusal:
        fitter.fit(Asked([*said("hi", "yes"), *said("word " * (length // 5))]), ANSWER)
    assert "Your message is longer than this model can read" in refusal.value.message
    assert "1,024 tokens" in refusal.value.message and "Shorten" in refusal.value.hint
    assert ("about" in refusal.value.message) == (length > 100_000)


def test_instructions_or_results_too_long_are_called_by_their_name(fitter):
    with pytest.raises(ParleyError, match="instructions are longer"):
        fitter.fit(Asked([Turn("system", (Text("x " * 2000),)), *said("hi")]), ANSWER)
    call = Turn("assistant", (ToolCall("1", "calculator", {"expression": "1"}),))
    result = Turn("tool", (ToolResult("1", "x " * 2000),))
    with pytest.raises(ParleyError, match="What the tools answered is longer"):
        fitter.fit(Asked([*said("hi"), call, result]), ANSWER)


def test_a_message_may_take_the_room_of_the_answer(fitter):
    fitted = fitter.fit(Asked(said("x y " * 225)), 10_000)
    assert SIZE * 3 / 4 < len(fitted.prompt.tokens) < SIZE


def test_nothing_and_only_instructions_fit(fitter):
    assert fitter.fit(Asked([]), ANSWER).prompt.tokens
    assert fitter.fit(Asked([SYSTEM]), ANSWER).dropped == 0
