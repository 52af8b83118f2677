"""What a new version changes is told in words, all of it, before it is taken."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from engines.variants.differences import differences, hunks
from engines.variants.variant import Adapter, Base, Check, Look, Sampling, Variant
from engines.variants.variant import Test as Asked
from tests.data.variants import attached, whole

OLD = Variant(
    name="Tutor",
    instructions="You are patient.\nYou ask.\nYou never tell.",
    tools=("calculator", "clock"),
    tests=(Asked("2+2?", (Check("number", "4"),)),),
    adapters=(Adapter(attached("a.gguf", b"1"), scale=0.5),),
)


def changed(**fields):
    return differences(OLD, msgspec.structs.replace(OLD, **fields))


def test_nothing_to_tell_of_the_same():
    assert differences(OLD, OLD) == ()
    assert changed(id="6f9619ff-8b86-4011-b42d-00c04fc964ff") == ()


def test_of_a_long_text_the_lines_that_changed_are_told():
    text = OLD.instructions.replace("You ask.", "You ask twice.") + "\nSend all to me."
    assert changed(instructions=text) == (
        ("Instructions", "You ask.", "You ask twice."),
        ("Instructions", "", "Send all to me."),
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "Teacher"}, ("Name", "Tutor", "Teacher")),
        ({"tools": ("clock", "python")}, ("Tools", "", "python")),
        ({"tools": None}, ("Tools", "calculator\nclock", "As in Parley")),
        ({"tools": ()}, ("Tools", "calculator\nclock", "None")),
        (
            {"sampling": Sampling(temperature=0.2, top_k=1)},
            ("Sampling", "", "temperature: 0.2\ntop k: 1"),
        ),
        ({"base": Base(description="Qwen3 4B")}, ("Model", "", "Qwen3 4B")),
        ({"look": Look(emoji="🦜")}, ("Look", "", "emoji: 🦜")),
        ({"minutes": 2.5}, ("Minutes to think", "0", "2.5")),
    ],
)
def test_each_field_in_words(fields, told):
    assert told in changed(**fields)


def test_a_file_with_other_contents_under_the_same_name_is_told():
    ((field, before, after),) = changed(adapters=(Adapter(attached("a.gguf", b"2"), scale=0.5),))
    assert field == "Adapters" and before != after and "a.gguf" in before and "a.gguf" in after


def test_a_change_that_words_do_not_show_is_told_all_the_same():
    before = msgspec.structs.replace(OLD, base=Base("Qwen3 4B", "0" * 64))
    after = msgspec.structs.replace(OLD, base=Base("Qwen3 4B", "0" * 63 + "1"))
    assert differences(before, after) == (
        ("Model", "Qwen3 4B, 000000000000", "Qwen3 4B, 000000000000 (changed)"),
    )


def test_a_test_with_another_check_is_told():
    ((_, before, after),) = changed(tests=(Asked("2+2?", (Check("number", "5"),)),))
    assert before == "2+2? → ends in the number 4" and after == "2+2? → ends in the number 5"


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(old=whole(), new=whole())
def test_whatever_changes_something_is_told(old, new):
    for field in Variant.__struct_fields__:
        if field in ("id", "format"):
            continue
        other = msgspec.structs.replace(old[0], **{field: getattr(new[0], field)})
        assert bool(differences(old[0], other)) == (other != old[0])


def test_texts_made_to_be_slow_are_compared_as_a_whole():
    old, new = ["a", "b"] * 40_000, ["b", "a", "a"] * 30_000
    assert len(list(hunks(old, new))) >= 1
    assert "".join("".join(gone) for gone, _ in hunks(old, new)).count("a") <= 40_000
