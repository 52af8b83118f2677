"""A tool is a function: its schema, and what becomes of the arguments a model writes."""

from enum import Enum
from typing import Annotated, Literal

import pytest

from engines.errors import ParleyError
from engines.messages import CallTool, Chat, Done, ToolCall, ToolResult
from engines.tools import engine, registry
from engines.tools.registry import Effect, tool


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@tool(effect="writes")
def paint(
    what: Annotated[str, "the thing"],
    colour: Colour,
    coats: int = 1,
    thickness: float = 0.5,
    dry: bool = True,
    gloss: Literal["matt", "silk"] = "silk",
    level: Literal[1, 2] = 1,
    by: str | None = None,
) -> str:
    """Paint a thing.

    Twice if need be.
    """
    return f"{what} {colour} {coats} {thickness} {dry} {gloss} {level} {by}"


PAINT = getattr(paint, registry.MARK)


def test_the_signature_is_the_schema():
    about = PAINT.schema()
    assert about["name"] == "paint" and about["description"].startswith("Paint a thing.\n")
    assert about["parameters"]["required"] == ["what", "colour"]
    assert about["parameters"]["properties"] == {
        "what": {"type": "string", "description": "the thing"},
        "colour": {"type": "string", "enum": ["red", "blue"]},
        "coats": {"type": "integer"},
        "thickness": {"type": "number"},
        "dry": {"type": "boolean"},
        "gloss": {"type": "string", "enum": ["matt", "silk"]},
        "level": {"type": "integer", "enum": [1, 2]},
        "by": {"type": "string"},
    }
    assert PAINT.effect is Effect.WRITES


def test_the_function_stays_a_function():
    assert paint("door", Colour.RED) == "door Colour.RED 1 0.5 True silk 1 None"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "1 0.5 True silk 1 None"),
        ({"coats": "3"}, "3 0.5 True silk 1 None"),
        ({"coats": 2.0}, "2 0.5 True silk 1 None"),
        ({"coats": None}, "1 0.5 True silk 1 None"),
        ({"thickness": "1,000.5"}, "1 1000.5 True silk 1 None"),
        ({"thickness": 2}, "1 2.0 True silk 1 None"),
        ({"dry": "False"}, "1 0.5 False silk 1 None"),
        ({"gloss": "MATT"}, "1 0.5 True matt 1 None"),
        ({"gloss": "mat"}, "1 0.5 True matt 1 None"),
        ({"level": "2"}, "1 0.5 True silk 2 None"),
        ({"by": "me"}, "1 0.5 True silk 1 me"),
    ],
)
def test_arguments_are_read_generously(given, said):
    assert PAINT.call({"what": "door", "colour": "red"} | given) == f"door Colour.RED {said}"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"colour": "red"}, "paint needs what: the thing."),
        ({"what": "door"}, "paint needs colour."),
        ({"what": "door", "colour": "green"}, "colour must be one of red, blue, not 'green'."),
        ({"what": "d", "colour": 1}, "colour must be one of red, blue, not '1'."),
        ({"what": ["a"], "colour": "red"}, "what must be a text, not ['a']."),
        ({"what": True, "colour": "red"}, "what must be a text, not True."),
        ({"what": None, "colour": "red"}, "what must be a text, not None."),
        ({"what": "d", "colour": "red", "coats": 1.5}, "coats must be a whole number, not 1.5."),
        ({"what": "d", "colour": "red", "coats": True}, "coats must be a whole number, not True."),
        (
            {"what": "d", "colour": "red", "coats": "two"},
            "coats must be a whole number, not 'two'.",
        ),
        ({"what": "d", "colour": "red", "thickness": "nan"}, "thickness must be a number"),
        ({"what": "d", "colour": "red", "thickness": "9" * 400}, "thickness must be a number"),
        ({"what": "d", "colour": "red", "thickness": 10**400}, "thickness must be a number"),
        ({"what": "d", "colour": "red", "dry": 1}, "dry must be true or false, not 1."),
        ({"what": "d", "colour": "red", "size": 1}, "paint has no parameter 'size'. It has: what"),
    ],
)
def test_wrong_arguments_are_answered_in_words_for_the_model(given, words):
    with pytest.raises(ParleyError) as caught:
        PAINT.call(given)
    assert caught.value.message.startswith(words)


def test_a_tool_must_say_what_it_does():
    with pytest.raises(AssertionError, match="does not say"):

        @tool(effect="pure")
        def silent(x: int) -> str:
            return str(x)


def test_an_effect_must_be_one_of_the_known():
    with pytest.raises(ValueError, match="harmless"):

        @tool(effect="harmless")
        def odd() -> str:
            """Do something odd."""
            return ""


def test_the_tools_of_the_starter_are_there():
    found = {one["name"]: one["parameters"] for one in registry.schemas()}
    assert {"calculator", "clock", "units"} <= set(found)
    assert list(found["calculator"]["properties"]) == ["expression"]
    assert list(found["clock"]["properties"]) == ["question", "date", "amount", "unit"]
    assert found["clock"]["required"] == ["question"]
    assert list(found["units"]["properties"]) == ["value", "source", "target"]
    assert all(one["description"] for one in registry.schemas())


@pytest.mark.parametrize("name", list(registry.all_tools()))
def test_every_parameter_is_described(name):
    assert all(p.words for p in registry.all_tools()[name].parameters)


def run(name: str, **arguments: object) -> ToolResult:
    made = engine.create(None, engine.Options(), lambda fraction: True)
    events = list(made.run(CallTool(ToolCall("c1", name, arguments))))
    assert len(events) == 1
    return events[0]


def test_a_call_gives_its_result_and_is_done():
    made = engine.create(None, engine.Options(), lambda fraction: True)
    events = made.run(CallTool(ToolCall("c7", "calculator", {"expression": "17*24"})))
    assert next(events) == ToolResult("c7", "408")
    with pytest.raises(StopIteration) as end:
        next(events)
    assert end.value.value == Done()


def test_an_unknown_tool_and_bad_arguments_are_results_that_help():
    assert run("calculate") == ToolResult(
        "c1", "There is no tool 'calculate'. There are: calculator, clock, remind, units.", True
    )
    assert run("calculator").error and "needs expression" in run("calculator").text
    assert run("units", value=1, source="ton", target="kg").text.endswith("(2240 lb).")


def test_a_mistake_inside_a_tool_is_a_result_too(monkeypatch, caplog):
    def broken(x: int) -> str:
        """Break."""
        return str(1 // x)

    made = getattr(tool(effect="pure")(broken), registry.MARK)
    monkeypatch.setattr(engine, "all_tools", lambda: {"broken": made})
    assert run("broken", x=0) == ToolResult("c1", "broken failed and cannot answer this.", True)
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()


def test_a_flood_of_text_is_cut(monkeypatch):
    def flood() -> str:
        """Say much."""
        return "x" * 100_000

    made = getattr(tool(effect="pure")(flood), registry.MARK)
    monkeypatch.setattr(engine, "all_tools", lambda: {"flood": made})
    text = run("flood").text
    assert len(text) < 21_000 and text.endswith("… and 80000 more characters")


def test_the_tools_answer_nothing_but_calls():
    with pytest.raises(ParleyError):
        next(engine.ToolsEngine().run(Chat(())))
