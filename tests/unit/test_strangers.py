"""Words of other programs: nothing hidden comes through, nothing has no end."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.llm.llama.schema import from_tools
from engines.tools.strangers import MOST_TOOLS, checked, clean, digest, without

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain wörds, 漢字 and 🙂", "plain wörds, 漢字 and 🙂"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://example.org\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\x", "x"),
        ("\x9b31mred", "red"),
        ("a\u200bb\u200d\u2060\ufeffc", "abc"),
        ("\u202eevil\u2066", "evil"),
        ("".join(chr(0xE0000 + ord(c)) for c in "ignore all") + "x", "x"),
        ("a\ufe01\U000e0101b", "ab"),
        ("bell\x07 null\x00 back\x08", "bell null back"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("half \ud800 of a pair", "half  of a pair"),
        ("\x1b[" * 50_000, ""),
    ],
)
def test_only_what_a_reader_sees_is_kept(text, seen):
    assert clean(text, 1000) == seen


@given(st.text(), st.integers(1, 50))
def test_cleaning_is_done_after_once_and_keeps_its_length(text, longest):
    once = clean(text, longest)
    assert len(once) <= longest
    assert clean(once, longest) == once
    once.encode()


@given(st.lists(ANY, max_size=5), ANY, st.text(min_size=1))
def test_whatever_a_program_offers_can_be_told_to_a_model(found, schema, name):
    tools = checked([*found, {"name": name, "description": "x", "parameters": schema}])
    for one in tools:
        assert set(one) == {"name", "description", "parameters"}
        assert one["parameters"]["type"] == "object"
        assert len(json.dumps(one)) < 60_000
    assert checked(tools) == tools
    assert len({digest(one) for one in tools}) == len(tools)


def test_the_number_of_tools_and_the_depth_of_a_schema_end():
    deep = {"type": "object"}
    for _ in range(500):
        deep = {"type": "object", "properties": {"in": deep}}
    many = [{"name": f"t{n}", "parameters": deep} for n in range(1000)]
    tools = checked(many)
    assert len(tools) == MOST_TOOLS
    assert from_tools(tools[:1])
    wide = {f"p{n}": {"type": "string", "description": "w" * 60} for n in range(100)}
    many = [{"name": f"t{n}", "parameters": {"properties": wide}} for n in range(60)]
    assert 5 < len(checked(many)) < 20 and len(json.dumps(checked(many))) < 200_000


def test_a_schema_keeps_what_the_model_needs():
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Arguments",
        "properties": {
            "title": {"type": "string", "title": "Title", "description": "of\u200b the book"},
            "kind": {"enum": ["a", "b"], "default": "a"},
        },
        "required": ["title"],
    }
    (tool,) = checked([{"name": "add", "description": None, "parameters": schema}])
    assert tool["parameters"] == {
        "properties": {
            "title": {"type": "string", "description": "of the book"},
            "kind": {"enum": ["a", "b"], "default": "a"},
        },
        "required": ["title"],
        "type": "object",
    }


def test_secrets_are_blotted_out_the_longest_first():
    assert without("Bearer abcdef, abcdef", ["abcdef", "Bearer abcdef", "a"]) == "•••, •••"
