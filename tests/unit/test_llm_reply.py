"""What the model says becomes text, thoughts and calls; nothing is lost, wherever tokens end."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.llm.llama.reply import Reply
from engines.messages import TextDelta, ThoughtDelta, ToolCall

TOOLS = ("calculator", "clock")
CALL = '{"name": "calculator", "arguments": {"expression": "1+1"}}'
CALLED = ("call", "calculator", {"expression": "1+1"})


def heard(tokens, **options):
    """("text", …), ("thought", …) and ("call", name, arguments) in order, deltas joined."""
    reply = Reply(**options)
    events = []
    for token in tokens:
        if isinstance(token, tuple):  # a control token
            events += reply.take(b"", token[0])
        else:
            events += reply.take(token if isinstance(token, bytes) else token.encode())
        if reply.over:
            break
    events += reply.finish()
    out: list[tuple] = []
    for event in events:
        match event:
            case ToolCall(_, name, arguments):
                out.append(("call", name, arguments))
            case TextDelta(text) | ThoughtDelta(text):
                kind = "text" if isinstance(event, TextDelta) else "thought"
                if out and out[-1][0] == kind:
                    out[-1] = (kind, out[-1][1] + text)
                else:
                    out.append((kind, text))
    return out


def test_text_comes_as_it_is_said():
    reply = Reply()
    assert list(reply.take(b"Hel")) == [TextDelta("Hel", 1)]
    assert list(reply.take(b"lo")) == [TextDelta("lo", 1)]
    assert list(reply.finish()) == []


def test_half_a_character_is_held_back_and_its_token_counted():
    reply = Reply()
    assert list(reply.take("€".encode()[:1])) == []
    assert list(reply.take("€".encode()[1:])) == [TextDelta("€", 2)]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([b"a\xe2", b"b"], "a\ufffdb"),
        ([b"\xff\xfe", b"ok"], "\ufffd\ufffdok"),
        ([b"ok \xf0\x9f"], "ok \ufffd"),
        ([b"\xc3", b"\xc3", b"\xa9"], "\ufffdé"),
    ],
)
def test_a_bad_byte_is_replaced_and_stops_nothing(said, shown):
    assert heard(said) == [("text", shown)]


def test_a_stop_string_is_not_shown_also_across_tokens():
    assert heard(["one EN", "D two"], stop=("END",)) == [("text", "one ")]
    assert heard(["one EN", "ough"], stop=("END",)) == [("text", "one ENough")]
    assert heard(["abc###", "more"], stop=("##", "###")) == [("text", "abc")]
    assert heard(["a EN"], stop=("END",)) == [("text", "a EN")]


def test_the_first_stop_string_wins():
    reply = Reply(stop=("b", "a"))
    assert [event.text for event in reply.take(b"xyabz")] == ["xy"]
    assert reply.over


@pytest.mark.parametrize("open_, close", [("<think>", "</think>"), ("[THINK]", "[/THINK]")])
def test_thoughts_are_told_apart(open_, close):
    said = [open_, "\nlet me", " see", close, "\n\n", "It is 2."]
    assert heard(said) == [("thought", "\nlet me see"), ("text", "It is 2.")]


def test_a_thought_the_prompt_has_opened():
    said = ["hm", "</thi", "nk>", "\n\nYes."]
    assert heard(said, thinking="</think>") == [("thought", "hm"), ("text", "Yes.")]
    assert heard(["hm"], thinking="</think>") == [("thought", "hm")]


def test_a_tag_in_the_middle_of_an_answer_is_text():
    assert heard(["The <think>", " tag"]) == [("text", "The <think> tag")]


def test_gpt_oss_thinks_and_answers_in_channels():
    said = [("<|channel|>",), "analysis", ("<|message|>",), "hm", ("<|end|>",), ("<|start|>",)]
    said += ["assistant", ("<|channel|>",), "final", ("<|message|>",), "Yes."]
    assert heard(said) == [("thought", "hm"), ("text", "Yes.")]


def test_control_tokens_are_hidden():
    assert heard(["a", ("<|message|>",), ("<think>",), "b"]) == [("text", "ab")]
    assert heard([("<think>",), "hm", ("</think>",), "b"]) == [("thought", "hm"), ("text", "b")]


CALLS = {
    "Hermes": f"<tool_call>\n{CALL}\n</tool_call>",
    "Hermes on one line": f"<tool_call>{CALL}</tool_call>",
    "Hermes not closed": f"<tool_call>\n{CALL}",
    "arguments in a text": '<tool_call>{"name": "calculator", "arguments": '
    + json.dumps('{"expression": "1+1"}')
    + "}</tool_call>",
    "Qwen 3 Coder": "<tool_call>\n<function=calculator>\n<parameter=expression>\n1+1\n"
    "</parameter>\n</function>\n</tool_call>",
    "Mistral": f"[TOOL_CALLS] [{CALL}]",
    "Mistral since 2025": '[TOOL_CALLS]calculator[ARGS]{"expression": "1+1"}',
    "Mistral with an id": '[TOOL_CALLS]calculator[CALL_ID]abc123[ARGS]{"expression": "1+1"}',
    "Llama 3": '<|python_tag|>{"name": "calculator", "parameters": {"expression": "1+1"}}',
    "Llama 3 without a mark": '{"name": "calculator", "parameters": {"expression": "1+1"}}',
    "Llama 3 with its type": '{"type": "function", "name": "calculator", '
    '"parameters": {"expression": "1+1"}}',
    "gpt-oss": "<|channel|>commentary to=functions.calculator <|constrain|>json<|message|>"
    '{"expression": "1+1"}',
}


@pytest.mark.parametrize("said", CALLS.values(), ids=CALLS.keys())
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_calls_are_found_however_they_are_cut(said, step):
    tokens = [said[at : at + step] for at in range(0, len(said), step)]
    found = heard(tokens, tools=TOOLS)
    assert [one[:2] for one in found] == [CALLED[:2]]
    assert found[0][2] in ({"expression": "1+1"}, {"expression": 2})


@pytest.mark.parametrize("said", CALLS.values(), ids=CALLS.keys())
def test_without_tools_nothing_is_a_call(said):
    assert all(kind == "text" for kind, *_ in heard([said]))


def test_text_before_and_several_calls():
    other = '{"name": "clock", "arguments": {}}'
    said = f"Let me see.\n<tool_call>\n{CALL}\n</tool_call>\n<tool_call>\n{other}\n</tool_call>"
    expected = [("text", "Let me see.\n"), CALLED, ("call", "clock", {})]
    assert heard([said], tools=TOOLS) == expected
    assert heard(list(said), tools=TOOLS) == expected
    assert heard([f"[TOOL_CALLS][{CALL}, {other}]"], tools=TOOLS) == expected[1:]
    two = [CALL.replace("arguments", "parameters"), other.replace("arguments", "parameters")]
    assert heard(["; ".join(two)], tools=TOOLS) == expected[1:]
    assert heard(["<|python_tag|>" + "; ".join(two)], tools=TOOLS) == expected[1:]


def test_a_thought_before_a_call():
    said = f"<think>\nI need it\n</think>\n\n<tool_call>{CALL}</tool_call>"
    assert heard(list(said), tools=TOOLS) == [("thought", "\nI need it\n"), CALLED]


def test_a_closing_mark_inside_an_argument_does_not_close():
    arguments = {"expression": '</tool_call> \\ " } <tool_call>'}
    call = json.dumps({"name": "calculator", "arguments": arguments})
    said = f"<tool_call>{call}</tool_call>"
    assert heard(list(said), tools=TOOLS) == [("call", "calculator", arguments)]


def test_an_unknown_tool_is_still_a_call():
    said = '<tool_call>{"name": "rm", "arguments": {}}</tool_call>'
    assert heard([said], tools=TOOLS) == [("call", "rm", {})]
    assert heard(['{"name": "rm", "parameters": {}}'], tools=TOOLS)[0][0] == "text"


MALFORMED = {
    "no JSON": "<tool_call>calculator(1)</tool_call>",
    "broken JSON": '<tool_call>{"name": "calculator", "arguments": {"a": }}</tool_call>',
    "half a call": '<tool_call>{"name": "calculator", "argum',
    "no name": '<tool_call>{"arguments": {}}</tool_call>',
    "no arguments": '<tool_call>{"name": "calculator"}</tool_call>',
    "arguments are a list": '<tool_call>{"name": "calculator", "arguments": [1]}</tool_call>',
    "a list": f"<tool_call>[{CALL}]</tool_call>",
    "not a number": '<tool_call>{"name": "calculator", "arguments": {"a": NaN}}</tool_call>',
    "deep": '<tool_call>{"name": "x", "arguments": {"a": ' + "[" * 20_000 + "</tool_call>",
    "half a function": "<tool_call>\n<function=calculator>\n<parameter=a>\n1\n</tool_call>",
    "Mistral, empty": "[TOOL_CALLS] []",
    "Mistral, one of two is broken": f"[TOOL_CALLS] [{CALL}, 1]",
    "Mistral, words": "[TOOL_CALLS] are what I use",
    "Python": '<|python_tag|>print("hi")',
    "only the mark": "<tool_call>",
    "half a mark": "I say <tool_ca",
    "some JSON": '{"name": "Bob", "age": 3}',
    "other JSON": '{"names": ["a"]}',
    "gpt-oss": "<|channel|>commentary to=functions.calculator and so on",
}


@pytest.mark.parametrize("said", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_what_is_no_call_is_shown_as_it_was_said(said, step):
    tokens = [said[at : at + step] for at in range(0, len(said), step)]
    assert heard(tokens, tools=TOOLS) == [("text", said)]


def test_a_good_call_after_a_bad_one():
    said = f"<tool_call>{{bad}}</tool_call>\n<tool_call>{CALL}</tool_call>"
    expected = [("text", "<tool_call>{bad}</tool_call>\n"), CALLED]
    assert heard([said], tools=TOOLS) == expected
    assert heard(list(said), tools=TOOLS) == expected


def test_a_model_explaining_a_call_in_code_makes_none():
    said = f"Write `<tool_call>{CALL}</tool_call>` to call."
    assert heard([said], tools=TOOLS) == [("text", said)]
    assert heard(list(said), tools=TOOLS) == [("text", said)]


def test_a_model_that_makes_up_the_result_is_stopped():
    said = f"<tool_call>{CALL}</tool_call>\n<tool_response>3</tool_response> It is 3."
    assert heard(list(said), tools=TOOLS) == [CALLED]


def test_every_call_has_its_own_id_of_nine_letters():
    reply = Reply(tools=TOOLS)
    found = reply.take(f"[TOOL_CALLS][{CALL},{CALL}]".encode())
    ids = [call.id for call in found if isinstance(call, ToolCall)]
    assert len(set(ids)) == 2 and all(len(i) == 9 and i.isalnum() for i in ids)


def test_a_pulse_counts_tokens_that_were_held_back():
    reply = Reply(tools=TOOLS)
    assert not reply.take(b"<tool_call>") and not reply.take(b'{"name": ')
    assert reply.pulse() == TextDelta("", 2)
    thinking = Reply(thinking="</think>")
    assert not thinking.take(b"</th")
    assert thinking.pulse() == ThoughtDelta("", 1)


def test_the_call_so_far_is_known_while_it_is_said():
    reply = Reply(tools=TOOLS)
    assert reply.call is None
    reply.take(b"<tool_call>\n{")
    assert reply.call == "\n{"
    reply.take(CALL[1:].encode() + b"</tool_call>")
    assert reply.call is None


PIECES = st.sampled_from(
    [
        "<tool_call>",
        "</tool_call>",
        CALL,
        CALL[:20],
        "<think>",
        "</think>",
        "\n",
        "`",
        "[TOOL_CALLS]",
    ]
    + [
        "<",
        "{",
        "}",
        "END",
        "EN",
        "ü€",
        "word ",
        '"',
        "<|python_tag|>",
        "[ARGS]",
        "<tool_response>",
    ]
)


@given(st.lists(PIECES, max_size=8), st.data())
def test_where_tokens_end_changes_nothing(pieces, data):
    whole = "".join(pieces).encode()
    cuts = data.draw(st.sets(st.integers(0, len(whole))))
    places = sorted({0, len(whole), *cuts})
    tokens = [whole[a:b] for a, b in zip(places, places[1:], strict=False)]
    options = {"tools": TOOLS, "stop": ("END",)}
    assert heard(tokens, **options) == heard([bytes([b]) for b in whole], **options)


@given(st.lists(PIECES, max_size=8))
def test_without_marks_in_force_all_text_arrives(pieces):
    said = "word " + "".join(pieces)
    assert heard(list(said)) == [("text", said)]
