"""The variants that come with Parley: whole, and with tests that tell right from wrong."""

import json

import pytest

import variant_pictures
from app.paths import resource
from engines.llm.llama.schema import from_schema
from engines.tools.registry import all_tools
from engines.variants import file
from engines.variants.checks import trouble, unproven

FOLDERS = sorted(one.parent for one in resource("variants").glob("*/variant.toml"))
OPENED = {folder.name: file.read(folder) for folder in FOLDERS}
TESTS = [
    pytest.param(test, id=f"{name} {number}")
    for name, opened in OPENED.items()
    for number, test in enumerate(opened.variant.tests, 1)
]
one_of_them = pytest.mark.parametrize("opened", OPENED.values(), ids=list(OPENED))


def test_there_are_eight_and_each_has_another_name():
    assert len({one.variant.name for one in OPENED.values()}) == 8
    assert len({one.variant.line for one in OPENED.values()}) == 8


@one_of_them
def test_it_is_whole(opened):
    opened.verify()
    variant = opened.variant
    assert variant.licence == "GPL-3.0-or-later" and variant.author and variant.line.endswith(".")
    assert len(variant.openings) >= 2 and variant.look.colour and variant.look.emoji
    assert not variant.id, "it is minted from the name of its folder"


@one_of_them
def test_its_tools_are_ours(opened):
    assert set(opened.variant.tools) <= set(all_tools())


def test_each_has_the_picture_that_is_drawn_for_it():
    assert set(variant_pictures.DRAWINGS) == set(OPENED)
    for opened in OPENED.values():
        assert opened.member(opened.variant.look.picture).startswith(b"\x89PNG")


@one_of_them
def test_a_shape_it_wants_can_be_kept_to(opened):
    if opened.variant.json_schema:
        assert from_schema(json.loads(opened.variant.json_schema))


@one_of_them
def test_it_has_ten_tests_or_more(opened):
    tests = opened.variant.tests
    assert len(tests) >= 10
    assert len({(one.question, one.before) for one in tests}) == len(tests)
    assert all(one.right and one.wrong for one in tests)


@pytest.mark.parametrize("test", TESTS)
def test_it_tells_its_right_answer_from_its_wrong_one(test):
    assert not unproven(test)
    assert not [trouble(check) for check in test.checks if trouble(check)]
    assert {check.text for check in test.checks if check.kind == "tool"} <= set(test.right_tools)
