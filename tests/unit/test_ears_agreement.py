"""Live words: which stand, and which may still change."""

from hypothesis import given
from hypothesis import strategies as st

from engines.stt.agreement import Agreement, same, words

WORDS = st.sampled_from(["set", "a", "timer", "for", "ten", "minutes", "Minutes,", "naïve", "–"])
TEXT = st.lists(WORDS, max_size=8).map(" ".join)


def after(*hypotheses):
    live = Agreement()
    for hypothesis in hypotheses:
        live.hear(hypothesis)
    return live


def test_two_that_agree_confirm():
    live = after("set a", "set a time")
    assert (live.confirmed, live.unconfirmed) == ("set a", "time")


def test_the_first_confirms_nothing():
    assert after("set a timer").confirmed == ""


def test_capitals_and_punctuation_are_no_disagreement():
    live = after("what is the time", "What is the time?")
    assert live.confirmed == "What is the time?"


def test_a_word_heard_otherwise_later_stays_as_it_was_confirmed():
    live = after("two plus", "two plus too", "to plus two equals")
    assert (live.confirmed, live.unconfirmed) == ("two plus", "two equals")


def test_confirmed_words_heard_as_fewer_do_not_come_twice():
    live = after("every one is here now", "every one is here now", "everyone is here now and waits")
    assert live.text == "every one is here now and waits"


def test_a_hypothesis_that_shrinks_takes_nothing_back():
    live = after("a b c", "a b c", "a")
    assert (live.confirmed, live.unconfirmed) == ("a b c", "")


def test_scripts_without_spaces_have_words_too():
    live = after("今日は天気", "今日は元気")
    assert (live.confirmed, live.unconfirmed) == ("今日は", "元気")


@given(st.lists(TEXT, max_size=8))
def test_a_confirmed_word_is_never_taken_back(hypotheses):
    live, before = Agreement(), []
    for hypothesis in hypotheses:
        live.hear(hypothesis)
        now = words(live.confirmed)
        assert now[: len(before)] == before
        before = now


@given(TEXT)
def test_what_is_heard_twice_is_confirmed_whole(text):
    live = after(text, text)
    assert words(live.confirmed) == words(text) and not live.unconfirmed


@given(TEXT, TEXT)
def test_only_what_the_last_two_share_is_new(one, other):
    live = after(one, other)
    shared = words(live.confirmed)
    for text in (one, other):
        assert all(same(*pair) for pair in zip(shared, words(text), strict=False))
    assert words(live.text) == words(other.strip())


@given(st.text())
def test_any_text_keeps_its_letters(text):
    assert "".join(after(text).text.split()) == "".join(text.split())
