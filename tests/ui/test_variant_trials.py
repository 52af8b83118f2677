"""Variants are tried outside conversations: tests, previews, and two beside each other."""

import pytest
from msgspec.structs import replace

from app.controllers.answering import CLOSED
from app.controllers.shown import Notice
from app.controllers.terms import AsSet
from app.controllers.trial import NOT_IN_TRIALS
from app.controllers.variant_data import Check, Example, Sampling, Variant
from app.controllers.variant_data import Test as VariantTest
from app.controllers.variant_tests import CHANGED
from app.variants import trials
from engines.messages import (
    CallTool,
    Cancelled,
    Chat,
    Done,
    Failed,
    Loaded,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolsDropped,
    plain,
)

SUM = VariantTest(
    "What is 17 * 24?",
    (Check("tool", "calculator"), Check("number", "408")),
    before=(Example("hello", "Hello."),),
)
HI = VariantTest("Say hi", (Check("contains", "hi"),))


@pytest.fixture
def ready(qtbot, variants):
    variants.start()
    qtbot.waitUntil(lambda: variants.library.ready)
    return variants


@pytest.fixture
def made(qtbot, ready):
    def make(**what):
        key = ready.make()
        assert ready.save(key, replace(ready.variant(key), **what)) == ""
        qtbot.waitUntil(lambda: ready.digest(key) != "")
        return key

    return make


class Asked:
    """The questions the model is asked, one after the other, and what the test has it say."""

    def __init__(self, qtbot, llm):
        self._qtbot, self._llm, self._seen = qtbot, llm, 0

    def next(self) -> Chat:
        def come():
            rest = self._llm.requests[self._seen :]
            return any(isinstance(one, Chat) for one in rest)

        self._qtbot.waitUntil(come)
        self._seen = 1 + next(
            number
            for number in range(self._seen, len(self._llm.requests))
            if isinstance(self._llm.requests[number], Chat)
        )
        return self._llm.requests[self._seen - 1]

    def say(self, *events) -> None:
        for event in events:
            self._llm.event.emit(self._seen, event)

    def answer(self, text: str) -> Chat:
        asked = self.next()
        self.say(TextDelta(text), Done())
        return asked

    def none_more(self) -> bool:
        self._qtbot.wait(1)
        return not any(isinstance(one, Chat) for one in self._llm.requests[self._seen :])


@pytest.fixture
def asked(qtbot, llm):
    return Asked(qtbot, llm)


def states(trying, key):
    return [one.state for one in trying.tests.results(key)]


# tests of a variant


def test_tests_run_one_after_the_other_and_the_score_is_kept(
    qtbot, trying, ready, made, asked, tool_link, models
):
    qtbot.waitUntil(lambda: models.facts()["hash"] != "")
    tools = ("calculator",)
    key = made(name="Sums", instructions="Use your tool.", tools=tools, tests=(SUM, HI, HI))
    assert states(trying, key) == ["waiting"] * 3
    trying.tests.run_tests(key)
    assert trying.tests.running == key
    first = asked.next()
    told = [(turn.role, plain(turn)) for turn in first.turns]
    assert told == [
        ("system", "Use your tool."),
        ("user", "hello"),
        ("assistant", "Hello."),
        ("user", "What is 17 * 24?"),
    ]
    assert [tool["name"] for tool in first.tools] == ["calculator"]
    assert first.sampling.seed == 1
    assert states(trying, key) == ["running", "waiting", "waiting"]
    asked.say(ToolCall("c", "calculator", {"expression": "17*24"}), Done("tools"))
    assert tool_link.requests[-1] == CallTool(ToolCall("c", "calculator", {"expression": "17*24"}))
    tool_link.answer(ToolResult("c", "408"), Done())
    again = asked.answer("It is 408.")
    assert again.turns[-1].role == "tool"
    asked.answer("HI there")
    asked.answer("no")
    qtbot.waitUntil(lambda: states(trying, key) == ["passed", "passed", "failed"])
    assert "“hi”" in trying.tests.results(key)[2].words
    assert trying.tests.running == ""
    qtbot.waitUntil(lambda: ready.shown(key).score_words == "2 of 3 with Test model")
    assert ready.kept.scores()[0].model == models.facts()["hash"]


def test_results_are_there_again_after_a_start(
    qtbot, trying, ready, made, asked, preferences, toolbox, models, answering, background, undo
):
    qtbot.waitUntil(lambda: models.facts()["hash"] != "")
    key = made(name="Hi", tests=(HI,))
    trying.tests.run_tests(key)
    asked.answer("hi")
    qtbot.waitUntil(lambda: ready.shown(key).scores != ())
    about = AsSet(preferences, toolbox), models, answering, toolbox, background, undo
    later = trials(ready, *about)
    assert [(one.state, one.answer) for one in later.tests.results(key)] == [("passed", "hi")]
    assert ready.shown(key).smallest == "Smallest model that passes all: Test model"
    changed = replace(ready.variant(key), tests=(HI, SUM))
    assert ready.save(key, changed) == ""
    assert states(later, key) == ["waiting", "waiting"]


def test_tests_that_are_not_saved_leave_no_score(qtbot, trying, ready, made, asked):
    key = made(name="Hi", tests=(HI,))
    draft = replace(ready.variant(key), instructions="Be brief.")
    trying.tests.run_tests(key, draft)
    assert plain(asked.next().turns[0]) == "Be brief."
    asked.say(TextDelta("hi"), Done())
    qtbot.waitUntil(lambda: trying.tests.running == "")
    assert [one.state for one in trying.tests.results(key, draft)] == ["passed"]
    ready.kept._store.flush()
    assert ready.kept.scores() == []


def test_stopping_leaves_what_was_found(qtbot, trying, made, asked, llm, ready):
    key = made(name="Hi", tests=(HI, HI, HI))
    trying.tests.run_tests(key)
    asked.answer("hi")
    asked.next()
    trying.tests.stop_tests()
    assert llm.cancelled == [len(llm.requests)]
    assert states(trying, key) == ["passed", "waiting", "waiting"]
    assert trying.tests.running == "" and asked.none_more()
    assert ready.kept.scores() == []


def test_a_model_that_fails_is_no_wrong_answer(qtbot, trying, made, asked):
    key = made(name="Hi", tests=(HI, HI))
    trying.tests.run_tests(key)
    asked.next()
    asked.say(Failed("It fell over.", "Try again."))
    asked.answer("hi")
    qtbot.waitUntil(lambda: states(trying, key) == ["broken", "passed"])
    assert trying.tests.results(key)[0].words == "It fell over. Try again."


def test_tools_that_did_not_fit_are_named_where_a_test_failed(qtbot, trying, made, asked):
    key = made(name="Sums", tools=("calculator",), tests=(SUM,))
    trying.tests.run_tests(key)
    asked.next()
    asked.say(ToolsDropped(), TextDelta("408"), Done())
    qtbot.waitUntil(lambda: states(trying, key) == ["failed"])
    assert trying.tests.results(key)[0].words.endswith("they do not fit its context.")


def test_another_model_ends_the_tests(qtbot, trying, made, asked, llm, ready):
    said: list[Notice] = []
    trying.tests.notice.connect(said.append)
    key = made(name="Hi", tests=(HI, HI, HI))
    llm.loaded = Loaded(name="Test model")
    trying.tests.run_tests(key)
    asked.answer("hi")
    asked.next()
    llm.loaded = Loaded(name="Other model")
    asked.say(TextDelta("hi"), Done())
    qtbot.waitUntil(lambda: trying.tests.running == "")
    assert said == [CHANGED] and ready.kept.scores() == []


def test_a_model_that_is_closed_ends_the_tests(qtbot, trying, made, asked, ready):
    said: list[Notice] = []
    trying.tests.notice.connect(said.append)
    key = made(name="Hi", tests=(HI, HI))
    trying.tests.run_tests(key)
    asked.next()
    asked.say(Cancelled())
    assert trying.tests.running == "" and said == [CHANGED] and asked.none_more()
    assert states(trying, key) == ["waiting", "waiting"] and ready.kept.scores() == []


def test_without_tests_there_is_nothing_to_run(trying, made, asked):
    said: list[Notice] = []
    trying.tests.notice.connect(said.append)
    key = made(name="Bare")
    trying.tests.run_tests(key)
    assert said and trying.tests.running == "" and asked.none_more()


def test_tests_that_are_being_written_are_looked_over(qtbot, trying):
    bad = replace(HI, right="no")
    with qtbot.waitSignal(trying.tests.looked_over) as looked:
        trying.tests.look_over([HI, bad])
    tests, (fine, wrong) = looked.args
    assert tests == (HI, bad) and fine == "" and "right answer" in wrong


def test_slow_checks_of_strangers_do_not_hold_up_the_looking_over(qtbot, trying, monkeypatch):
    monkeypatch.setattr("app.controllers.variant_tests.PATIENCE", 0.0)
    slow = VariantTest("?", (Check("matches", "(a+)+$"),), right="a" * 5000 + "b")
    with qtbot.waitSignal(trying.tests.looked_over) as looked:
        trying.tests.look_over([slow] * 200)
    assert len(looked.args[1]) == 200 and looked.args[1][-1] == ""


# what a trial may


def test_a_trial_gives_way_to_the_person_and_begins_again(
    qtbot, trying, made, asked, chat, llm, answering
):
    key = made(name="Hi", tests=(HI,))
    trying.tests.run_tests(key)
    asked.next()
    asked.say(TextDelta("h"))
    number = len(llm.requests)
    chat.send("What is up?")
    own = asked.next()
    assert plain(own.turns[-1]) == "What is up?"
    assert llm.cancelled == [number]
    assert states(trying, key) == ["waiting"]
    assert asked.none_more()
    asked.say(TextDelta("Nothing."), Done())
    again = asked.next()
    while plain(again.turns[-1]) != "Say hi":  # the title of the conversation is asked for first
        asked.say(Done())
        again = asked.next()
    asked.say(TextDelta("hi"), Done())
    qtbot.waitUntil(lambda: states(trying, key) == ["passed"])
    assert trying.tests.results(key)[0].answer == "hi"


def test_a_tool_that_does_something_is_not_run_but_counts_as_called(
    qtbot, trying, made, asked, tool_link, consent
):
    note = VariantTest("Note it", (Check("tool", "write_note"),))
    key = made(name="Notes", tools=("write_note",), tests=(note,))
    trying.tests.run_tests(key)
    asked.next()
    asked.say(ToolCall("c", "write_note", {"text": "it"}), Done("tools"))
    told = asked.next()
    assert told.turns[-1].parts[0] == ToolResult("c", NOT_IN_TRIALS, error=True)
    assert consent.question is None and tool_link.requests == []
    asked.say(TextDelta("I cannot."), Done())
    qtbot.waitUntil(lambda: states(trying, key) == ["passed"])


def test_a_tool_it_does_not_have_is_not_run(qtbot, trying, made, asked, tool_link):
    key = made(name="Bare", tools=(), tests=(HI,))
    trying.tests.run_tests(key)
    assert asked.next().tools == ()
    asked.say(ToolCall("c", "calculator", {"expression": "1"}), Done("tools"))
    asked.answer("hi")
    assert tool_link.requests == []
    qtbot.waitUntil(lambda: states(trying, key) == ["passed"])


def test_stopping_while_a_tool_runs_stops_the_tool(qtbot, trying, made, asked, tool_link):
    key = made(name="Sums", tools=("calculator",), tests=(SUM,))
    trying.tests.run_tests(key)
    asked.next()
    asked.say(ToolCall("c", "calculator", {"expression": "1"}), Done("tools"))
    trying.tests.stop_tests()
    assert tool_link.cancelled == [len(tool_link.requests)]
    assert asked.none_more()


def test_a_model_that_is_closed_ends_a_trial_in_words(qtbot, trying, asked):
    trying.preview.preview(Variant("Any"), "Who are you?")
    asked.next()
    asked.say(Cancelled())
    assert trying.preview.shown[0].words == f"{CLOSED.message} {CLOSED.hint}"


# the preview


def test_a_preview_is_a_small_conversation(qtbot, trying, ready, made, asked):
    texts: list[str] = []
    trying.preview.preview_text.connect(texts.append)
    key = made(name="Pirate")
    draft = replace(ready.variant(key), instructions="Speak like a pirate.", tools=("units",))
    trying.preview.preview(draft, "Who are you?")
    first = asked.next()
    assert plain(first.turns[0]) == "Speak like a pirate."
    assert [tool["name"] for tool in first.tools] == ["units"], "who writes a wish agrees to it"
    assert trying.preview.busy
    asked.say(TextDelta("Ahoy"), TextDelta(", mate"), Done())
    assert texts[-1] == "Ahoy, mate" and not trying.preview.busy
    trying.preview.preview(replace(draft, instructions="Be polite."), "And where?")
    assert [(turn.role, plain(turn)) for turn in asked.next().turns] == [
        ("system", "Be polite."),
        ("user", "Who are you?"),
        ("assistant", "Ahoy, mate"),
        ("user", "And where?"),
    ]
    trying.preview.stop_preview()
    assert [one.state for one in trying.preview.shown] == ["done", "stopped"]
    trying.preview.clear_preview()
    assert trying.preview.shown == ()


def test_a_preview_comes_before_tests_that_wait(qtbot, trying, made, asked):
    key = made(name="Hi", tests=(HI, HI))
    trying.tests.run_tests(key)
    asked.next()
    trying.preview.preview(Variant("Any"), "Now me")
    asked.say(TextDelta("hi"), Done())
    assert plain(asked.answer("yes").turns[-1]) == "Now me"
    assert plain(asked.answer("hi").turns[-1]) == "Say hi"
    qtbot.waitUntil(lambda: states(trying, key) == ["passed", "passed"])


# two beside each other


def compared(trying, made, asked, choice):
    a = made(name="Anna", instructions="I am Anna.")
    b = made(name="Bert", instructions="I am Bert.")
    trying.compare.compare(a, b, "Who are you?")
    sides = {}
    for _ in range(2):
        name = plain(asked.next().turns[0])[5:-1]
        asked.say(TextDelta(name), Done())
        sides[name] = "left" if trying.compare.shown.left.text == name else "right"
    shown = trying.compare.shown
    assert shown.ready and shown.left.name == shown.right.name == ""
    trying.compare.choose(sides.get(choice, choice))
    names = {trying.compare.shown.left.name, trying.compare.shown.right.name}
    assert names == {"Anna", "Bert"}
    return a, b


def test_a_choice_between_two_is_counted_and_can_be_taken_back(
    qtbot, trying, ready, made, asked, undo
):
    a, b = compared(trying, made, asked, "Bert")
    qtbot.waitUntil(lambda: (ready.shown(b).won, ready.shown(b).lost) == (1, 0))
    assert (ready.shown(a).won, ready.shown(a).lost) == (0, 1)
    trying.compare.choose("left")
    undo.undo()
    qtbot.waitUntil(lambda: (ready.shown(b).won, ready.shown(a).lost) == (0, 0))


def test_a_tie_is_nobodys_win(qtbot, trying, ready, made, asked):
    a, b = compared(trying, made, asked, "tie")
    qtbot.waitUntil(lambda: ready.kept.duels() != [])
    assert ready.kept.duels()[0].tie
    assert (ready.shown(a).won, ready.shown(b).lost) == (0, 0)


def test_sides_are_drawn_by_chance(trying, made, asked):
    a, b = made(name="Anna", instructions="Anna"), made(name="Bert", instructions="Bert")
    lefts = set()
    for _ in range(40):
        trying.compare.compare(a, b, "Who?")
        lefts.add(trying.compare._keys["left"])
        trying.compare.stop_comparing()
    assert lefts == {a, b}


def test_plain_parley_can_be_compared_with(qtbot, trying, made, asked):
    key = made(name="Anna", instructions="I am Anna.", sampling=Sampling(temperature=0.5))
    trying.compare.compare("", key, "Who?")
    first, second = asked.answer("1"), asked.answer("2")
    assert {len(first.turns), len(second.turns)} == {1, 2}
    trying.compare.choose("left")
    assert "Plain Parley" in (trying.compare.shown.left.name, trying.compare.shown.right.name)


def test_what_failed_cannot_be_chosen(trying, made, asked, ready):
    a, b = made(name="Anna"), made(name="Bert")
    trying.compare.compare(a, b, "Who?")
    asked.answer("I")
    asked.next()
    asked.say(Failed("It fell over."))
    trying.compare.choose("left")
    assert trying.compare.shown.over and not trying.compare.shown.choice
    assert ready.kept.duels() == []
