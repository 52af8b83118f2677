"""A variant in one file: what is written is read again, whole and verified."""

import random
from contextlib import suppress

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.errors import ParleyError
from engines.variants import names, texts
from engines.variants.checked import BadVariant, checked
from engines.variants.file import Stopped, read
from engines.variants.toml import digest, from_toml, to_toml
from engines.variants.variant import Adapter, Attached, Look, Sampling, Variant, Voice
from engines.variants.writing import attach, write
from tests.data.variants import attached, whole

LORA = random.Random(7).randbytes(3_000_000)  # three pieces of a stream


@pytest.fixture
def tutor():
    return Variant(
        name="Tutor",
        line="Asks instead of telling.",
        instructions="You are patient.\nYou ask.\n",
        tools=("calculator",),
        look=Look(picture=attached("owl.png", b"\x89PNG owl")),
        knowledge=(attached("facts.txt", b"Seven is prime.\n"),),
        adapters=(Adapter(attached("kind.gguf", LORA), scale=0.5),),
    )


@pytest.fixture
def files():
    return {"owl.png": b"\x89PNG owl", "facts.txt": b"Seven is prime.\n", "kind.gguf": LORA}


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(made=whole())
def test_what_is_written_is_read_again(tmp_path_factory, made):
    variant, files = made
    path = tmp_path_factory.getbasetemp() / "one.parley"
    written = write(variant, files, path)
    opened = read(path)
    assert opened.variant == variant
    assert opened.digest == written == digest(variant)
    assert opened.size == path.stat().st_size
    for file in variant.attached():
        assert opened.member(file) == files[file.name]
    assert from_toml(to_toml(variant)) == variant


def test_equal_variants_give_equal_bytes(tmp_path, tutor, files):
    write(tutor, files, tmp_path / "one.parley")
    write(tutor, dict(reversed(files.items())), tmp_path / "two.parley")
    assert (tmp_path / "one.parley").read_bytes() == (tmp_path / "two.parley").read_bytes()


def test_the_digest_is_of_what_it_says_and_not_of_its_id(tutor):
    same = msgspec.structs.replace(tutor, id="6f9619ff-8b86-4011-b42d-00c04fc964ff")
    assert digest(same) == digest(tutor)
    other = msgspec.structs.replace(tutor, adapters=(Adapter(tutor.adapters[0].file, scale=0.6),))
    assert digest(other) != digest(tutor)
    whole_number = Adapter(tutor.adapters[0].file, scale=1)
    plain = Adapter(tutor.adapters[0].file)
    assert digest(msgspec.structs.replace(tutor, adapters=(whole_number,))) == digest(
        msgspec.structs.replace(tutor, adapters=(plain,))
    )


def test_sizes_are_known_before_anything_is_unpacked(tmp_path, tutor, files):
    write(tutor, files, tmp_path / "one.parley")
    opened = read(tmp_path / "one.parley")
    sizes = opened.sizes()
    assert (sizes.picture, sizes.knowledge, sizes.adapters) == (8, 16, 3_000_000)
    assert sizes.toml == len(to_toml(tutor))
    assert sizes.total == sizes.toml + 3_000_024


def test_a_folder_reads_the_same(tmp_path, tutor, files):
    (tmp_path / "variant.toml").write_bytes(to_toml(tutor))
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "notes of mine.odt").write_bytes(b"not a part of it")
    opened = read(tmp_path)
    assert opened.variant == tutor and opened.digest == digest(tutor)
    assert opened.member(tutor.knowledge[0]) == b"Seven is prime.\n"
    write(opened.variant, dict.fromkeys(files, opened), tmp_path / "packed.parley")
    assert read(tmp_path / "packed.parley").digest == opened.digest


def test_a_link_in_a_folder_leads_nowhere(tmp_path, tutor, files):
    folder = tmp_path / "variant"
    folder.mkdir()
    (folder / "variant.toml").write_bytes(to_toml(tutor))
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (folder / name).symlink_to(tmp_path / name)
    with pytest.raises(BadVariant, match="link"):
        read(folder)


def test_a_copy_is_verified_and_whole_or_not_there(tmp_path, tutor, files):
    write(tutor, files, tmp_path / "one.parley")
    opened, adapter = read(tmp_path / "one.parley"), tutor.adapters[0].file
    told = []
    opened.copy(adapter, tmp_path / "out.gguf", told.append)
    assert (tmp_path / "out.gguf").read_bytes() == LORA and told[-1] == len(LORA)
    (tmp_path / "out.gguf").unlink()
    with pytest.raises(Stopped):
        opened.copy(adapter, tmp_path / "out.gguf", cancelled=lambda: True)
    data = bytearray((tmp_path / "one.parley").read_bytes())
    data[data.index(LORA[-1000:])] ^= 1
    (tmp_path / "one.parley").write_bytes(data)
    with pytest.raises(BadVariant):
        opened.copy(adapter, tmp_path / "out.gguf")
    assert [one.name for one in tmp_path.iterdir()] == ["one.parley"]
    with pytest.raises(BadVariant):
        opened.verify()


def test_adapters_may_lie_apart_so_that_a_word_does_not_cost_a_copy(tmp_path, tutor, files):
    apart, path, adapter = tmp_path / "adapters", tmp_path / "one.parley", tutor.adapters[0].file
    assert write(tutor, files, path, apart=apart) == digest(tutor)
    assert [one.name for one in apart.iterdir()] == [f"{adapter.sha256}.gguf"]
    assert path.stat().st_size < 10_000
    with pytest.raises(BadVariant, match=r"kind\.gguf"):
        read(path)
    opened = read(path, apart=apart)
    assert opened.size == path.stat().st_size + len(LORA) and opened.member(adapter) == LORA
    changed = msgspec.structs.replace(tutor, line="Asks.")
    few = dict.fromkeys(("owl.png", "facts.txt"), opened)
    write(changed, few, tmp_path / "two.parley", apart=apart)  # its adapter is here already
    again = read(tmp_path / "two.parley", apart=apart)
    write(changed, dict.fromkeys(files, again), tmp_path / "mailed.parley")
    assert read(tmp_path / "mailed.parley").member(adapter) == LORA
    (apart / f"{adapter.sha256}.gguf").write_bytes(LORA[::-1])
    with pytest.raises(BadVariant, match="not the one it should be"):
        again.member(adapter)


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path, tutor, files):
    (tmp_path / "one.parley").write_bytes(b"the one before")
    with pytest.raises(ParleyError, match="another one"):
        write(tutor, {**files, "facts.txt": b"Nine is prime.\n\n"}, tmp_path / "one.parley")
    with pytest.raises(ParleyError, match="missing"):
        write(tutor, {}, tmp_path / "one.parley")
    with pytest.raises(ParleyError, match="written"):
        write(tutor, files, tmp_path / "no such folder" / "one.parley")
    assert [one.name for one in tmp_path.iterdir()] == ["one.parley"]
    assert (tmp_path / "one.parley").read_bytes() == b"the one before"


def test_a_file_of_the_person_gets_a_name_that_fits(tmp_path):
    (tmp_path / "Füße: 1.txt").write_bytes(b"12")
    found = attach(tmp_path / "Füße: 1.txt", taken={"füße_ 1.TXT": 1})
    assert found.name == "Füße_ 1 2.txt" and found.size == 2
    for name in (
        "",
        "../../x",
        "a\0b",
        "CON.txt",
        ". .",
        "variant.toml",
        "x" * 400 + ".gguf",
        "é" * 300,
        ".gguf",
    ):
        assert not names.trouble(names.fitting(name)), name


def test_hidden_characters_are_washed_off():
    odd = Variant(
        name=" a\u202eb\n", instructions="one\r\ntwo\x00\U000e0041 \U0001f3f4\U000e0067\U000e007f"
    )
    with pytest.raises(BadVariant):
        checked(odd)
    clean = checked(texts.washed(odd))
    assert clean.name == "ab"
    assert clean.instructions == "one\ntwo \U0001f3f4\U000e0067\U000e007f"


WRONG = {
    "name": Variant(name=" "),
    "name longer": Variant(name="x" * 81),
    "name in two lines": Variant(name="x\ny"),
    "bidi": Variant(name="x\u202ey"),
    "id": Variant(name="x", id="../../x"),
    "format": Variant(name="x", format=0),
    "newer": Variant(name="x", format=2),
    "tags": Variant(name="x", tags=("a",) * 21),
    "colour": Variant(name="x", look=Look("red")),
    "voice": Variant(name="x", voice=Voice("../../voice")),
    "speed": Variant(name="x", voice=Voice(speed=0.01)),
    "not a number": Variant(name="x", minutes=float("nan")),
    "temperature": Variant(name="x", sampling=Sampling(temperature=-0.1)),
    "tool": Variant(name="x", tools=("rm -rf",)),
    "grammars": Variant(name="x", grammar="root ::= x", json_schema="{}"),
    "schema": Variant(name="x", json_schema="[" * 100_000),
    "schema of a list": Variant(name="x", json_schema="[]"),
    "type": Variant(name=1),  # pyright: ignore
    "path": Variant(name="x", knowledge=(attached("../x.txt", b""),)),
    "hash": Variant(name="x", knowledge=(Attached("x.txt", "abc", 1),)),
    "twice": Variant(name="x", knowledge=(attached("a.txt", b""), attached("A.TXT", b"1"))),
    "too much": Variant(
        name="x", adapters=tuple(Adapter(Attached(f"{n}.gguf", "a" * 64, 10**9)) for n in range(3))
    ),
    "picture": Variant(name="x", look=Look(picture=attached("x.svg", b"1"))),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_no_variant_may_hold_is_said_in_words(wrong):
    with pytest.raises(BadVariant) as caught:
        checked(wrong)
    assert caught.value.message.endswith(".") and len(caught.value.message) < 200


@settings(deadline=None, max_examples=3, suppress_health_check=list(HealthCheck))
@given(made=whole(), seed=st.integers(0, 1 << 30))
def test_whatever_is_changed_in_it_ends_in_a_variant_or_in_words(made, seed):
    dice, data = random.Random(seed), to_toml(made[0])
    for _ in range(100):
        changed = bytearray(data)
        for _ in range(dice.choice((1, 1, 2, 10))):
            at = dice.randrange(len(changed))
            piece = dice.choice((b"", b"[", b'"', b"=", b"\n", b"\xff", b".", b"1e999", b"\\"))
            changed[at : at + dice.choice((0, 1, 30))] = piece
        with suppress(BadVariant):
            assert from_toml(to_toml(from_toml(bytes(changed)))) == from_toml(bytes(changed))


def test_deep_keys_do_not_keep_the_reader_busy():
    head = "[" + ".".join("a" * 200_000) + "]\n"
    data = (head + "\n".join(f"k{n}=1" for n in range(80_000))).encode()[: 1 << 20]
    with pytest.raises(BadVariant):  # in hours, where it is parsed
        from_toml(data)


def test_long_texts_with_points_are_no_deep_keys():
    text = "Wait" + "." * 200 + '\n"quoted"....' + "'" + "." * 100
    one = Variant(name="x", instructions=text, greeting="." * 300)
    assert from_toml(to_toml(one)) == one
