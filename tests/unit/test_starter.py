"""The starter: what its recipe generates is true, and the shipped file really answers."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from engines.models import gguf
from engines.tools.registry import all_tools

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "resources/starter/parley-starter.gguf"
sys.path.append(str(ROOT / "packaging/starter"))

import amounts  # noqa: E402
import conversation  # noqa: E402
import copying  # noqa: E402
import countdown  # noqa: E402
import dates  # noqa: E402
import filtering  # noqa: E402
import grammar  # noqa: E402
import improve  # noqa: E402
import judging  # noqa: E402
import longhand  # noqa: E402
import measures  # noqa: E402
import noise  # noqa: E402
import sums  # noqa: E402
import talking  # noqa: E402
from exchange import Exchange, Said, arguments_text, call_text, called  # noqa: E402
from speaker import Speaker, alone  # noqa: E402

from engines.llm.llama.templates import Template  # noqa: E402
from engines.messages import ToolCall  # noqa: E402

SOURCES = [source for _, source in conversation.MIX]
CALLING = [sums.sums, dates.clock, measures.units]
EASY = [  # what is said; what is answered, or the call that is made
    ("Hi!", talking.REPLIES["greet"]),
    ("hello", talking.REPLIES["greet"]),
    ("thanks", talking.REPLIES["thanks"]),
    ("Who are you?", talking.REPLIES["who"]),
    ("what can you do?", talking.REPLIES["can"]),
    ("How do I open a model?", talking.REPLIES["open_model"]),
    ("how do I start a new conversation?", talking.REPLIES["new_conversation"]),
    ("Where are the settings?", talking.REPLIES["preferences"]),
    ("Is my data private?", talking.REPLIES["privacy"]),
    ("how can i undo that", talking.REPLIES["undo"]),
    ("Tell me a joke", talking.REPLIES["joke"]),
    ("Write a poem about the sea", talking.REPLIES["refuse"]),
    ("Who invented the telephone?", talking.REPLIES["refuse"]),
    ("What is 17 times 24?", ("calculator", {"expression": "17*24"})),
    ("12.5 + 30", ("calculator", {"expression": "12.5+30"})),
    ("what is 15% of 80", ("calculator", {"expression": "80*15/100"})),
    ("convert 70 mph to km/h", ("units", {"value": 70, "source": "mph", "target": "km/h"})),
    ("how many feet are 12 metres?", ("units", {"value": 12, "source": "m", "target": "ft"})),
    ("What time is it?", ("clock", {"question": "now"})),
    (
        "how many days until the 3rd of March?",
        ("clock", {"question": "until", "date": "03-03"}),
    ),
    (
        "what weekday was 20 July 1969",
        ("clock", {"question": "weekday", "date": "1969-07-20"}),
    ),
]
ENOUGH = 19


def made(source: conversation.Source, count: int, held: bool = False) -> list[Exchange]:
    rng = Random(f"{source.__module__}.{source.__name__} {held}")
    return [source(rng, held) for _ in range(count)]


def right(speaker: Speaker, requests: list) -> list[str]:
    found = []
    for asked, wanted in requests:
        said = speaker.say([Said("user", asked)], conversation.TOOLS)
        answered = (said.call.name, said.call.arguments) if said.call else said.text
        if answered == wanted or (said.call is None and said.text in wanted):
            found.append(asked)
    return found


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    one = alone(MODEL)
    yield one
    one.close()


def test_the_same_seed_makes_the_same_conversations():
    one, other = ([conversation.conversation(Random(3), 4)[0] for _ in range(1)] for _ in "ab")
    assert one == other
    assert conversation.conversation(Random(4), 4)[0] != one[0]


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: f"{s.__module__}.{s.__name__}")
@pytest.mark.parametrize("held", [False, True], ids=["seen", "held out"])
def test_every_call_is_one_the_tools_take_and_its_result_is_theirs(source, held):
    for exchange in made(source, 60, held):
        for place, turn in enumerate(exchange.said):
            call = called(turn.text) if turn.role == "assistant" else None
            if call is None:
                continue
            if tool := all_tools().get(call["name"]):
                assert set(call["arguments"]) <= {one.name for one in tool.parameters}
            else:  # Parley's own, or one that is not there
                assert call["name"] in ("help", *conversation.TOOLS)
            if exchange.intent != "error" and call["name"] in ("calculator", "units"):
                assert tool
                assert exchange.said[place + 1].text == tool.call(call["arguments"])


def test_every_number_of_a_sum_comes_from_the_question():
    for exchange in made(sums.sums, 500) + made(sums.sums, 200, held=True):
        assert exchange.call
        known = numbers(exchange.said[0].text) | {"100", "2", "3", "4", "5", "10", "12"}
        asked = set(re.findall(r"\d+(?:\.\d+)?", exchange.call["arguments"]["expression"]))
        assert asked <= known, exchange


def numbers(text: str) -> set[str]:
    text = text.lower()
    found = set(re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))
    return found | set(re.findall(r"\d+(?:\.\d+)?", text)) | spelled(text)


def spelled(text: str) -> set[str]:
    return {
        str(n) for n in range(101) if re.search(rf"(?<![a-z]){amounts.words(n)}(?![a-z])", text)
    }


def test_every_amount_and_unit_of_a_conversion_comes_from_the_question():
    for exchange in made(measures.units, 500) + made(measures.units, 200, held=True):
        assert exchange.call
        asked, text = exchange.call["arguments"], exchange.said[0].text.lower()
        value = str(asked["value"]).lstrip("-")
        assert value in numbers(text) or value in text.replace(",", "")
        kind = next(one for one in measures.KINDS if asked["source"] in one)
        for end in ("source", "target"):
            names = kind[asked[end]].lower().split("|")
            assert any(name in text for name in names), exchange


def test_every_date_of_a_call_stands_in_the_question():
    for exchange in made(dates.clock, 500) + made(dates.clock, 200, held=True):
        assert exchange.call
        asked, text = exchange.call["arguments"], exchange.said[0].text.lower()
        if when := asked.get("date"):
            *year, month, day = when.split("-")
            feast = any(name.lower() in text for name, on in dates.FEASTS.items() if on == when)
            name = dates.MONTHS[int(month) - 1][:3].lower()
            assert feast or when in text or (name in text and str(int(day)) in text), exchange
            assert not year or year[0] in text
        if "tomorrow" not in text and "yesterday" not in text and asked.get("amount", 1) > 2:
            assert str(asked["amount"]) in numbers(text), exchange


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: f"{s.__module__}.{s.__name__}")
def test_held_out_families_are_never_trained_on(source):
    seen = {exchange.family for exchange in made(source, 400)}
    unseen = {exchange.family for exchange in made(source, 200, held=True)}
    assert unseen and not seen & unseen


def test_every_intent_can_be_said_in_many_ways():
    for intent in talking.REPLIES:
        for held, least in ((False, 30), (True, 4)):
            templates = talking.templates(intent, held)
            assert sum(map(grammar.forms, templates)) >= least, (intent, held)


def test_a_template_means_what_it_says():
    assert grammar.forms("[a|b[c|d|]|] x") == 5
    found = {grammar.choose(Random(n), "[a|b[c|d|]|] x") for n in range(200)}
    assert found == {"a x", "b x", "bc x", "bd x", "x"}


def test_replies_about_parley_agree_with_the_help_pages():
    pages = "\n".join(page.read_text("utf-8") for page in (ROOT / "resources/help").glob("*.md"))
    for intent in talking.HELP:
        for reply in talking.REPLIES[intent]:
            for term in re.findall(r"Ctrl\+(?:Shift\+)?\w+|--[a-z-]+|File > [A-Z][a-z]+", reply):
                assert term in pages, (intent, term)


def test_the_template_in_the_file_writes_what_was_trained_on():
    source = gguf.check(MODEL).chat_template
    assert source
    template, rng = Template(source), Random(8)
    for _ in range(60):
        said = [turn for _ in range(2) for turn in conversation.one(rng).said]
        for tools, instructions in ((conversation.TOOLS, ""), (("clock",), "Be brief."), ((), "")):
            wanted = conversation.render(said, instructions, tools)
            messages = as_messages(said, instructions)
            offered = [{"type": "function", "function": {"name": one}} for one in tools]
            variables = {"messages": messages, "tools": offered, "add_generation_prompt": False}
            assert template.render(variables) == wanted
    asking = {"messages": [{"role": "user", "content": "Hi"}], "add_generation_prompt": True}
    assert template.render(asking) == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


def as_messages(said: list[Said], instructions: str) -> list[dict]:
    found: list[dict] = [{"role": "system", "content": instructions}] if instructions else []
    for turn in said:
        call = called(turn.text) if turn.role == "assistant" else None
        if call:
            text = turn.text.partition('"arguments": ')[2].removesuffix("}\n</tool_call>")
            assert json.loads(text) == call["arguments"]
            function = {"name": call["name"], "arguments": text}
            message = {"role": "assistant", "content": "", "tool_calls": [{"function": function}]}
        else:
            message = {"role": turn.role, "content": turn.text}
        found.append(message)
    return found


def test_arguments_given_as_an_object_are_written_in_their_order():
    source = gguf.check(MODEL).chat_template
    assert source
    arguments = {"value": 70, "source": "mph", "target": "km/h"}
    call = {"type": "function", "function": {"name": "units", "arguments": arguments}}
    messages = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    written = Template(source).render({"messages": messages, "tools": None})
    assert f'"arguments": {arguments_text(arguments)}}}\n</tool_call>' in written


def test_the_card_names_the_licence_and_the_file_recommends_its_sampling():
    header = gguf.check(MODEL)
    assert header.name == "Parley starter"
    assert header.licence == "GPL-3.0-or-later"
    assert header.sampling["top_k"] == 20
    assert header.size < 30e6
    assert "GPL-3.0-or-later" in (MODEL.parent / "README.md").read_text("utf-8")


def test_training_text_shares_no_run_of_words_with_the_requests_written_by_hand():
    rng = Random(21)
    for _ in range(600):
        for exchange in conversation.conversation(rng, 3)[1]:
            for turn in exchange.said:
                assert not filtering.shares(turn.text)
    path = ROOT / "packaging/starter/handwritten.toml"
    written = list(filtering.texts(tomllib.loads(path.read_text("utf-8"))))
    assert len(written) >= 300
    long = [text for text in written if filtering.runs(text)]
    assert long and all(filtering.shares(f"Well, {text.upper()}!") for text in long)


def test_what_is_decided_before_the_model_does_not_know_those_requests_either():
    sources = list((ROOT / "engines/llm/routing").glob("*.py"))
    sources.append(ROOT / "tests/unit/test_starter_routing.py")
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not filtering.shares(node.value), source.name


def test_a_call_in_other_words_for_the_same_is_right():
    for name, wanted, said, fits in (
        ("calculator", {"expression": "80*15/100"}, {"expression": "15% of 80"}, True),
        ("calculator", {"expression": "80*15/100"}, {"expression": "80/15"}, False),
        ("units", {"value": 1, "source": "mi", "target": "km"}, None, False),
        ("plot", {"expression": "x^2 - 4"}, {"expression": "(x-2)(x+2)"}, True),
        ("plot", {"expression": "sin x; x"}, {"expression": "sin(x); x", "start": -10}, True),
        ("plot", {"expression": "sin x", "start": 0, "end": 6}, {"expression": "sin x"}, False),
        ("remind", {"when": "in 60 minutes"}, {"when": "in 1 hour", "about": ""}, True),
        ("remind", {"when": "in 1 hour"}, {"when": "in 1 hour", "about": "tea"}, False),
        ("write_note", {"text": "Buy milk"}, {"text": "buy milk."}, True),
        ("write_note", {"text": "Buy milk"}, {"text": "buy"}, False),
    ):
        call = None if said is None else ToolCall("1", name, said)
        assert judging.same({"name": name, "arguments": wanted}, call) is fits, (wanted, said)


def test_help_is_judged_by_the_page_it_comes_from():
    assert set(judging.PAGES) == set(talking.HELP)
    pages = {page.stem for page in (ROOT / "resources/help").glob("*.md")}
    assert {page for known in judging.PAGES.values() for page in known.split()} <= pages
    said = Said("assistant", talking.REPLIES["undo"][0])
    assert judging.pages_of(said) == {"deleting"}
    assert judging.helped(Said("assistant", "Ctrl+Z brings back what was deleted last."), "undo")
    assert not judging.helped(Said("assistant", "Ctrl+Q leaves."), "undo")


def test_steps_lead_to_the_result():
    rng = Random(22)
    for _ in range(500):
        sign, a, b = longhand.numbers(rng)
        found = int(longhand.worked(sign, a, b).rpartition("= ")[2])
        assert found == {"+": a + b, "-": a - b, "*": a * b, "/": a // b}[sign]


def test_steps_are_checked_one_by_one():
    rng = Random(24)
    for _ in range(300):
        *lines, last = longhand.worked(*longhand.numbers(rng)).splitlines()
        assert improve.worked("\n".join((*lines, last)), last)
        assert not improve.worked("\n".join((*lines, last)), last + "0")
        assert not improve.worked("\n".join((*lines, "1+1=3", last)), last)
        assert not improve.worked(last, last), "a result alone shows no steps"
    assert not improve.worked("", "1 + 1 = 2")


def test_only_answers_that_check_out_are_learned_from(speaker):
    rng = Random(25)
    for task in islice(improve.tasks(rng), 6):
        right, texts = improve.answers(speaker, rng, task, 3)
        assert len(texts) <= min(right, improve.KEPT)
        for text in texts:
            call = called(text)
            said = Said("assistant", text, ToolCall("1", **call) if call else None)
            assert task.right(said)
        assert not task.right(Said("assistant", "It is 7.")), task.kind


def test_only_true_steps_solve_a_countdown():
    rng = Random(23)
    for _ in range(300):
        numbers, target, lines = countdown.puzzle(rng, rng.choice((3, 4)))
        assert countdown.solves("\n".join(lines), numbers, target)
        assert not countdown.solves("\n".join(lines), numbers, target + 1)
        assert not countdown.solves("\n".join(lines), numbers[1:], target)
    assert not countdown.solves("2+2=5", [2, 2], 5)
    assert not countdown.solves("", [7], 7)


def test_the_shipped_file_answers_easy_requests(speaker):
    answered = right(speaker, EASY)
    assert len(answered) >= ENOUGH, {asked for asked, _ in EASY}.difference(answered)


def test_with_noise_for_weights_nothing_is_answered(tmp_path):
    noise.write(MODEL, tmp_path / "noise.gguf")
    one = alone(tmp_path / "noise.gguf")
    try:
        assert not right(one, EASY[::3])
    finally:
        one.close()


def test_a_whole_round_of_a_tool_ends_in_a_sentence(speaker):
    asked = [Said("user", "What is 17 times 24?")]
    call = speaker.say(asked, conversation.TOOLS).call
    assert call
    result = all_tools()[call.name].call(call.arguments)
    written = call_text(call.name, call.arguments)
    asked += [Said("assistant", written), Said("tool", result)]
    assert speaker.say(asked, conversation.TOOLS).text == "17 × 24 = 408."


def test_without_tools_it_says_that_it_cannot_calculate(speaker):
    said = speaker.say([Said("user", "What is 17 times 24?")], ())
    assert said.call is None
    assert "calculator is switched off" in said.text


def test_copying_makes_words_never_seen_before():
    said = {exchange.said[0].text for exchange in made(copying.repeat, 300)}
    assert len(said) > 290
