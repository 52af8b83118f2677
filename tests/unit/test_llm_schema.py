"""Grammars made from JSON schemas take exactly what they should, judged by llama.cpp itself."""

import json
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.llm.llama import schema
from engines.llm.llama.grammar import BadGrammar, Grammar
from engines.llm.llama.model import Model
from engines.models.gguf import check
from tests.data import tiny_models
from tests.data.talking import CALCULATOR

# the grammar of strings leaves out DEL, as llama.cpp's own grammar of JSON does
WORDS = st.characters(codec="utf-8", exclude_characters="\x7f")
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(WORDS, max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(WORDS, max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 9},
        "age": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        "mood": {"enum": ["good", "bad", None, 3]},
    },
    "required": ["name", "tags"],
}
TREE = {"properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory):
    path = tiny_models.random_llama(tmp_path_factory.mktemp("models") / "tiny.gguf")
    model = Model(path, check(path), 0, lambda _: True)
    yield model.vocabulary
    model.close()


@pytest.fixture(scope="module")
def takes(vocabulary):
    """Is a text, and nothing shorter or longer, what the grammar wants?"""

    def judge(gbnf: str, text: str, *, whole: bool = True) -> bool:
        with closing(Grammar(vocabulary, gbnf)) as grammar:
            for token in vocabulary.tokens(text, special=False):
                if not grammar.allows(token):
                    return False
                grammar.accept(token)
            return grammar.allows(vocabulary.eos) or not whole

    return judge


@given(value=ANY_JSON)
def test_a_schema_that_says_nothing_takes_any_json(takes, value):
    assert takes(schema.from_schema({}), json.dumps(value))
    assert takes(schema.from_schema(True), json.dumps(value, indent=2, ensure_ascii=False))


@given(text=st.text(alphabet='{}[]",:0a\\ \n\x01', max_size=12))
def test_what_the_grammar_takes_is_json(takes, text):
    if takes(schema.from_schema({}), text):
        json.loads(text)


TAKEN = [
    (PERSON, {"name": "Ada", "tags": ["x"]}),
    (PERSON, {"name": "Ada", "age": 36, "tags": ["x", "y"], "mood": None}),
    ({"const": 'a "b" \\ \n'}, 'a "b" \\ \n'),
    ({"type": ["string", "null"]}, None),
    ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, True),
    ({"type": "string", "format": "date"}, "2026-11-23"),
    ({"type": "array", "items": {"type": "integer"}}, []),
    ({"type": "array", "items": {"type": "integer"}, "maxItems": 0}, []),
    ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 2, 3]),
    ({"properties": {"a": {"type": "number"}}}, {"a": -1.5e-7}),
    ({"properties": {"a": {}, "b": {}}}, {}),
    ({"properties": {"a": {}, "b": {}}}, {"b": [1, {"x": None}]}),
    ({"properties": {"a": {}, "b": {}, "c": {}}, "required": ["b"]}, {"b": 1, "c": 2}),
    ({"allOf": [{"properties": {"a": {"type": "null"}}}, {"required": ["a"]}]}, {"a": None}),
    (
        {"$defs": {"tree": TREE}, "$ref": "#/$defs/tree"},
        {"kids": [{"kids": []}, {}]},
    ),
]  # fmt: skip
REFUSED = [
    (PERSON, {"name": "Ada"}),
    (PERSON, {"name": "", "tags": ["x"]}),
    (PERSON, {"name": "A name too long", "tags": ["x"]}),
    (PERSON, {"name": "Ada", "tags": ["x", "y", "z"]}),
    (PERSON, {"name": "Ada", "tags": ["x"], "mood": "fine"}),
    (PERSON, {"name": "Ada", "tags": ["x"], "more": 1}),
    ({"const": "a"}, "b"),
    ({"type": "integer"}, 1.5),
    ({"type": "array", "items": {"type": "integer"}, "maxItems": 0}, [1]),
    ({"properties": {"a": {}, "b": {}, "c": {}}, "required": ["b"]}, {"a": 1}),
]


@pytest.mark.parametrize(("wanted", "value"), TAKEN)
def test_a_value_of_the_schema_is_taken(takes, wanted, value):
    gbnf = schema.from_schema(wanted)
    assert takes(gbnf, json.dumps(value))
    assert takes(gbnf, json.dumps(value, separators=(",", ":")))
    assert takes(gbnf, json.dumps(value, indent=2))


@pytest.mark.parametrize(("wanted", "value"), REFUSED)
def test_another_value_is_not(takes, wanted, value):
    assert not takes(schema.from_schema(wanted), json.dumps(value))


def test_control_characters_stay_out_of_texts(takes):
    assert not takes(schema.from_schema({"type": "string"}), '"a\nb"')


def test_a_reference_to_somewhere_else_is_not_followed():
    for reference in ("https://example.org/schema", "#/nothing/here", "#nothing"):
        with pytest.raises(schema.Unwritable):
            schema.from_schema({"$ref": reference})


def test_a_deep_or_wide_schema_ends(takes):
    deep: dict = {"type": "null"}
    for _ in range(200):
        deep = {"type": "array", "items": deep}
    assert takes(schema.from_schema(deep), "[]")
    with pytest.raises(schema.Unwritable):
        schema.from_schema({"anyOf": [{"enum": [n]} for n in range(10_000)]})


@pytest.mark.parametrize(
    "schema_", [{"type": 5}, {"enum": 3}, {"properties": 7}, {"items": "x"}, [], 3, {"allOf": [1]}]
)
def test_a_schema_that_is_nonsense_takes_something(takes, schema_):
    gbnf = schema.from_schema(schema_)
    assert any(takes(gbnf, text) for text in ("{}", "[]"))


def test_calls_of_tools(takes):
    clock = {"name": 'cl"ock', "parameters": {"type": "object", "properties": {}}}
    gbnf = schema.from_tools([CALCULATOR, clock, {"name": "bare"}])
    call = '{"name": "calculator", "arguments": {"expression": "1 + 1"}}'
    assert takes(gbnf, f"\n{call}\n</tool_call>")
    assert takes(gbnf, f"{call}</tool_call>\n<tool_call>anything")
    assert takes(gbnf, json.dumps({"name": 'cl"ock', "arguments": {"x": [1]}}) + "</tool_call>")
    assert takes(gbnf, '{"name": "bare", "arguments": {}}</tool_call>')
    assert not takes(gbnf, call.replace("calculator", "rm"), whole=False)
    assert not takes(gbnf, call.replace("expression", "text"), whole=False)
    assert not takes(gbnf, f"{call} and", whole=False)


@pytest.mark.parametrize(
    "gbnf",
    ["", "root ::= (", "other ::= [a]", "root ::= root [a]", "a\0b"]
    + ["root ::= nothing", "x" * 2_000_000],
)
def test_a_bad_grammar_is_refused_with_words(vocabulary, gbnf):
    with pytest.raises(BadGrammar) as refusal:
        Grammar(vocabulary, gbnf)
    assert refusal.value.message and refusal.value.hint
