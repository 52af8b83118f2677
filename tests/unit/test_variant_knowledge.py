"""What a variant answers from: whole where short, else the passages that fit a question."""

from concurrent.futures import ThreadPoolExecutor

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.variants.checked import BadVariant
from engines.variants.file import read
from engines.variants.knowledge import LARGEST, LONG, Knowledge, as_text, split
from engines.variants.variant import Variant
from engines.variants.writing import attach, write

HOUSE = """# The house

The heating is turned on in October. The key to the cellar hangs behind the door.

## Rubbish

Paper is fetched every second Tuesday, glass never: take it to the corner yourself.

## Guests

Guests may park in the yard for three days. Ask Mrs Ødegård for a card.
"""
FILLING = "\n\n".join(
    f"Paragraph {n} speaks of clouds and of nothing else. " * 9 for n in range(60)
)


def test_short_knowledge_is_told_whole_under_the_names_of_its_files():
    known = Knowledge({"house.md": HOUSE, "rules.txt": "No noise after ten.\n", "empty.txt": "\n"})
    assert known.whole(10_000) == f"house.md\n\n{HOUSE.strip()}\n\nrules.txt\n\nNo noise after ten."
    assert known.whole(200) is None
    assert Knowledge({}).whole(100) is None
    assert Knowledge({}).passages("anything", 100) == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("When is the paper fetched?", "second Tuesday"),
        ("Where can my guest park his car?", "in the yard"),
        ("WHERE IS THE CELLAR KEY", "behind the door"),
        ("ask mrs odegaard or ødegard", "Ødegård"),
        ('a "quoted" OR (NEAR* -glass:', "take it to the corner"),
    ],
)
def test_passages_that_fit_a_question_come_first(question, told):
    known = Knowledge({"clouds.txt": FILLING, "house.md": HOUSE * 1, "more.txt": FILLING})
    found = known.passages(question, 3_000)
    assert found[0].file == "house.md" and told in found[0].text
    assert sum(len(one.text) for one in found) <= 3_000


def test_what_has_only_the_common_words_of_a_question_is_left_out():
    clouds = "\n\n".join(f"When is it grey? {'Clouds come and go. ' * 40}" for _ in range(30))
    found = Knowledge({"house.md": HOUSE, "clouds.txt": clouds}).passages(
        "When is the paper fetched?", 50_000
    )
    assert {one.file for one in found} == {"house.md"}


def test_several_may_ask_at_once_and_it_is_looked_through_once(monkeypatch):
    made = []
    monkeypatch.setattr(apsw, "connection_hooks", [*apsw.connection_hooks, made.append])
    known = Knowledge({"clouds.txt": FILLING * 20, "house.md": HOUSE})
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: known.passages("second Tuesday", 2_000), range(64)))
    assert len(made) == 1
    assert len(set(found)) == 1 and "second Tuesday" in found[0][0].text


def test_a_passage_keeps_the_heading_it_stands_below():
    long = "# Rules\n\n" + "\n\n".join(f"Rule {n}: {'be kind ' * 50}" for n in range(9))
    parts = list(split(long))
    assert len(parts) > 3 and all(part.startswith("# Rules\n\nRule") for part in parts)


def test_scripts_without_spaces_are_found():
    chinese = "暖气在十月打开。\n\n" + "云" * 900 + "\n\n地下室的钥匙挂在门后。\n\n" + "雨" * 900
    known = Knowledge({"房子.txt": chinese})
    assert "钥匙挂在门后" in known.passages("地下室的钥匙在哪里？", 1_300)[0].text
    assert not known.passages("汽车", 1_300)
    thai = "ห้องสมุดเปิดเก้าโมง\n\n" + "ฝน" * 600
    assert "เปิดเก้าโมง" in Knowledge({"a": thai}).passages("ห้องสมุด", 500)[0].text


def test_what_has_no_words_finds_nothing():
    known = Knowledge({"house.md": HOUSE})
    for question in ("", "?!", "_", "'\"", "\0", "💡", "xylophone"):
        assert known.passages(question, 10_000) == ()


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=3000), st.text(max_size=60))
def test_any_text_and_any_question_will_do(text, question):
    known = Knowledge({"one.txt": text})
    known.passages(question, 2_000)
    known.close()
    kept = "".join("".join(split(text)).split())
    assert set("".join(text.split())) <= set(kept) and len(kept) >= len("".join(text.split()))
    assert all(len(part) <= LONG + 210 for part in split(text))


def test_more_than_can_be_looked_through_is_left_out_and_said():
    known = Knowledge({"a": "x " * 100, "b": "y" * (LARGEST + 1), "c": "z " * 100})
    assert known.left_out == ("b",) and known.size == 400


def test_it_is_read_from_the_variant_and_must_be_text(tmp_path):
    files = {"house.md": HOUSE.encode(), "latin.txt": "Ødegård".encode("latin-1")}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    good = Variant(name="x", knowledge=(attach(tmp_path / "house.md"),))
    write(good, {"house.md": tmp_path / "house.md"}, tmp_path / "good.parley")
    assert "Tuesday" in (Knowledge.of(read(tmp_path / "good.parley")).whole(5_000) or "")
    bad = Variant(name="x", knowledge=(attach(tmp_path / "latin.txt"),))
    write(bad, files, tmp_path / "bad.parley")
    with pytest.raises(BadVariant, match=r"latin\.txt"):
        Knowledge.of(read(tmp_path / "bad.parley"))
    with pytest.raises(BadVariant):
        as_text(b"%PDF-1.7\n\x00\x01", "a.pdf")
    assert as_text(b"\xef\xbb\xbfone\r\ntwo", "a.txt") == "one\ntwo"
