"""The same loop of tools with models of different families: only the template and form differ."""

import json
from pathlib import Path

import pytest

from engines.tools.registry import all_tools
from tests.data import tiny_models
from tests.data.asking import WAIT, say, wait_for_answer

# A prompt that follows a tool's result ends in a tab, so that the script knows where it is.
BEGIN = "{% if messages[-1].role == 'tool' %}{{ '\t' }}{% else %}{{ '\n' }}{% endif %}"
TOLD = "{% if tools %}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{% endif %}"
HERMES = (
    TOLD + "{% for m in messages %}<|im_start|>{{ m.role }} {{ m.content or '' }}"
    "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function | tojson }}</tool_call>{% endfor %}"
    "<|im_end|>{% endfor %}{% if add_generation_prompt %}" + BEGIN + "{% endif %}"
)
LLAMA = (
    TOLD + "{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>"
    "{% if m.tool_calls %}{% set f = m.tool_calls[0].function %}"
    '{"name": "{{ f.name }}", "parameters": {{ f.arguments | tojson }}}'
    "{% else %}{{ m.content }}{% endif %}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}" + BEGIN + "{% endif %}"
)
MISTRAL = (
    "{% if tools %}[AVAILABLE_TOOLS]{{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}"
    "{% for m in messages %}{% if m.role == 'tool' %}[TOOL_RESULTS]{{ m.content }}[/TOOL_RESULTS]"
    "{% elif m.tool_calls %}[TOOL_CALLS]{% for c in m.tool_calls %}{{ c.function | tojson }}"
    "{% endfor %}{% else %}[INST]{{ m.content }}[/INST]{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}" + BEGIN + "{% endif %}"
)


def hermes(name, arguments):
    return ["<tool_call>", json.dumps({"name": name, "arguments": arguments}), "</tool_call>"]


def llama(name, arguments):
    return [json.dumps({"name": name, "parameters": arguments})]


def mistral(name, arguments):
    return [f"[TOOL_CALLS][{json.dumps({'name': name, 'arguments': arguments})}]"]


FORMATS = {"hermes": (HERMES, hermes), "llama": (LLAMA, llama), "mistral": (MISTRAL, mistral)}
REQUESTS = {
    "What is 17 times 24?": ("calculator", {"expression": "17*24"}, "408"),
    "how many days until the 3rd of March?": (
        *("clock", {"question": "until", "date": "03-03"}),
        "day",
    ),
    "convert 70 mph to km/h": ("units", {"value": 70, "source": "mph", "target": "km/h"}, "112.65"),
    "plot sin x from 0 to 10": (
        *("plot", {"expression": "sin x", "start": 0, "end": 10}),
        "Plotted sin x from 0 to 10.",
    ),
    "what's in my notes about Anna?": ("find_notes", {"about": "Anna"}, "Anna likes lilies"),
}


@pytest.mark.parametrize("family", FORMATS)
def test_the_requests_work_in_the_window(qtbot, start, tmp_path, family):
    """Each with a model of its own that asks for just that; Parley runs on."""
    models = [
        scripted(tmp_path / f"{n}.gguf", family, *REQUESTS[q]) for n, q in enumerate(REQUESTS)
    ]
    parts, window = start(models[0])
    write_note(parts)
    for model, (question, (name, _, expected)) in zip(models, REQUESTS.items(), strict=True):
        if model != models[0]:
            for one in all_tools():  # a letter is a token to these models: the first reads them all
                parts.preferences.set_tool(one, one == name)
            parts.chat.new()
            parts.models.open_file(str(model))
            qtbot.waitUntil(lambda: parts.models.ready, timeout=WAIT)
        say(qtbot, window, question)
        turn = wait_for_answer(qtbot, parts)
        check(turn, name, expected)
        assert turn.text == "Here it is."


def scripted(path, family, name, arguments, _):
    template, write = FORMATS[family]
    return tiny_models.scripted(
        path,
        write(name, arguments),
        template=template,
        then=("\t", ["Here", " it is."]),
        context=32768,
    )


def test_the_same_requests_work_with_the_starter(qtbot, start):
    """Which also says the result in a sentence of its own."""
    parts, window = start()
    write_note(parts)
    for count, (question, (name, _, expected)) in enumerate(REQUESTS.items(), 1):
        say(qtbot, window, question)
        turn = wait_for_answer(qtbot, parts, 2 * count)
        check(turn, name, expected)
        assert expected in turn.text, turn


def write_note(parts):
    parts.folders.notes.mkdir(parents=True, exist_ok=True)
    (parts.folders.notes / "2026-11-20 0900 anna.md").write_text("Anna likes lilies.\n")


def check(turn, name, expected):
    assert [tool.name for tool in turn.tools] == [name]
    tool = turn.tools[0]
    assert expected in tool.result and not tool.error
    assert [Path(one.path).read_bytes()[:4] for one in tool.pictures] == [b"\x89PNG"] * (
        name == "plot"
    )
