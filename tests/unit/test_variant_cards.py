"""Character cards in pictures and archives, and those that Parley writes."""

import base64
import hashlib
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from engines.errors import ParleyError
from engines.variants import exporting, importing
from engines.variants.checked import LARGEST_PICTURE, checked
from engines.variants.file import read as read_own
from engines.variants.importing import BadImport
from engines.variants.variant import (
    Attached,
    Base,
    Check,
    Example,
    Look,
    Sampling,
    Variant,
    Voice,
)
from engines.variants.variant import Test as Asked
from engines.variants.writing import write

DATA: dict[str, Any] = {"name": "Bo", "description": "A dog.", "first_mes": "Woof"}
V2 = {"spec": "chara_card_v2", "spec_version": "2.0", "data": DATA}
V3 = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {**DATA, "description": "A third."}}


def picture(colour: str = "red") -> bytes:
    with io.BytesIO() as out:
        Image.new("RGB", (3, 2), colour).save(out, "PNG")
        return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encoded(card: object) -> bytes:
    return base64.b64encode(json.dumps(card).encode())


def with_texts(*chunks: bytes) -> bytes:
    """A picture whose texts stand right after its head, where most programs put them."""
    plain = picture()
    return plain[:33] + b"".join(chunks) + plain[33:]


def kept(folder: Path, data: bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_card_in_a_picture(tmp_path: Path) -> None:
    data = with_texts(
        chunk(b"tEXt", b"Comment\0secret words"), chunk(b"tEXt", b"chara\0" + encoded(V2))
    )
    found = importing.read(kept(tmp_path, data, "bo.png"))
    assert found.format == "Character card V2"
    assert found.variant.instructions.endswith("A dog.")
    assert found.variant.look.picture == attached("picture.png", picture())
    assert found.files == {"picture.png": picture()}  # without its texts
    assert not found.left_out


def test_of_two_cards_in_a_picture_the_newer_counts_unless_it_is_broken(tmp_path: Path) -> None:
    second, third = (chunk(b"tEXt", k + b"\0" + encoded(c)) for k, c in
                     ((b"chara", V2), (b"ccv3", V3)))  # fmt: skip
    found = importing.read(kept(tmp_path, with_texts(second, third), "x.png"))
    assert found.format == "Character card V3"
    broken = chunk(b"tEXt", b"ccv3\0" + b"e30")
    found = importing.read(kept(tmp_path, with_texts(broken, second), "x.png"))
    assert found.format == "Character card V2"


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"zTXt", b"chara\0\0" + zlib.compress(encoded(V2))),
        chunk(b"iTXt", b"chara\0\0\0\0\0" + encoded(V2)),
        chunk(b"iTXt", b"chara\0\1\0en\0t\0" + zlib.compress(encoded(V2))),
        chunk(b"tEXt", b"Chara\0" + json.dumps(V2).encode()),
    ],
    ids=["zTXt", "iTXt", "packed iTXt", "not encoded"],
)
def test_a_card_that_is_put_into_a_picture_in_another_way(tmp_path: Path, text: bytes) -> None:
    assert importing.read(kept(tmp_path, with_texts(text), "x.png")).variant.name == "Bo"


@pytest.mark.parametrize(
    "data",
    [
        picture(),
        picture()[:20],
        with_texts(chunk(b"tEXt", b"chara\0%%%")),
        with_texts(chunk(b"tEXt", b"chara\0" + base64.b64encode(b"[" * 100_000))),
        with_texts(chunk(b"tEXt", b"chara\0" + base64.b64encode(b'"text"'))),
        with_texts(chunk(b"zTXt", b"chara\0\0" + zlib.compress(b"A" * 80_000_000))),
        with_texts(struct.pack(">I", 0xFFFFFFF0) + b"tEXt"),
        with_texts(*[chunk(b"tEXt", b"")] * 60_000),
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"GGUF" + bytes(100),
    ],
    ids=["bare", "cut", "no base64", "deep", "text", "bomb", "giant", "many", "jpeg", "model"],
)
def test_a_picture_without_a_card_says_so(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ParleyError, match="cannot be taken in as a variant"):
        importing.read(kept(tmp_path, data, "x.png"))


def archive(folder: Path, members: dict[str, bytes], before: bytes = b"") -> Path:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return kept(folder, before + out.getvalue(), "x.charx")


def with_assets(*assets: dict[str, str]) -> bytes:
    return json.dumps({**V3, "data": {**V3["data"], "assets": assets}}).encode()  # type: ignore[dict-item]


def test_a_charx_with_its_icon(tmp_path: Path) -> None:
    icon = {"type": "icon", "name": "other", "uri": "embeded://assets/other.png", "ext": "png"}
    main = {**icon, "name": "main", "uri": "embeded://assets/icon/images/Main.png"}
    card = with_assets(icon, main, {**icon, "type": "emotion"})
    members = {"card.json": card, "assets/icon/images/Main.png": picture("blue")}
    members |= {"assets/other.png": picture(), "../../evil.txt": b"x", "module.risum": b"x"}
    found = importing.read(archive(tmp_path, members))
    assert found.format == "Character card V3"
    assert found.files == {"picture.png": picture("blue")}
    assert found.left_out == ("2 more of the pictures and files that come with it.",)
    assert [one.name for one in tmp_path.iterdir()] == ["x.charx"]
    behind = importing.read(archive(tmp_path, members, b"\xff\xd8\xff a photo"))
    assert behind.variant == found.variant


@pytest.mark.parametrize(
    "uri",
    ["https://example.org/x.png", "embeded://../x.png", "embeded://big.png", "file:///etc/passwd",
     "data:image/png;base64,AAAA", "embeded://text.png", "__asset:1"],
)  # fmt: skip
def test_an_icon_that_is_not_had_is_told(tmp_path: Path, uri: str) -> None:
    icon = {"type": "icon", "name": "main", "uri": uri, "ext": "png"}
    members = {"card.json": with_assets(icon), "text.png": b"text",
               "big.png": picture() + bytes(LARGEST_PICTURE)}  # fmt: skip
    found = importing.read(archive(tmp_path, members))
    assert not found.files
    (words,) = found.left_out
    assert words.startswith("Its picture")


def test_an_icon_within_the_text_is_taken(tmp_path: Path) -> None:
    uri = "data:image/png;base64," + base64.b64encode(picture()).decode()
    icon = {"type": "icon", "name": "main", "uri": uri, "ext": "png"}
    found = importing.read(archive(tmp_path, {"card.json": with_assets(icon)}))
    assert found.files == {"picture.png": picture()}


def test_an_icon_beside_the_card_in_a_picture(tmp_path: Path) -> None:
    icon = {"type": "icon", "name": "main", "uri": "__asset:0", "ext": "png"}
    card = base64.b64encode(with_assets(icon))
    asset = b"chara-ext-asset_:0\0" + base64.b64encode(picture("green"))
    data = with_texts(chunk(b"tEXt", b"ccv3\0" + card), chunk(b"tEXt", asset))
    found = importing.read(kept(tmp_path, data, "x.png"))
    assert found.files == {"picture.png": picture("green")}


@pytest.mark.parametrize(
    "members",
    [{"a.txt": b"x"}, {"card.json": b"{}"}, {"card.json": b"[" * 10_000},
     {"card.json": b'"' + bytes(40_000_000)}, {f"{n}": b"" for n in range(11_000)}],
    ids=["other", "empty", "deep", "bomb", "many"],
)  # fmt: skip
def test_an_archive_that_is_no_card_says_so(tmp_path: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(ParleyError):
        importing.read(archive(tmp_path, members))


def test_our_own_file_comes_through_the_same_door(tmp_path: Path) -> None:
    path = tmp_path / "x.parley"
    write(Variant(name="Mine"), {}, path)
    found = importing.read(path)
    assert (found.format, found.variant.name, found.left_out) == ("Parley variant", "Mine", ())
    assert found.opened == read_own(path)


def test_a_folder_of_another_program(tmp_path: Path) -> None:
    with pytest.raises(BadImport):
        importing.read(tmp_path)
    kept(tmp_path, json.dumps(V2).encode(), "card.json")
    assert importing.read(tmp_path).variant.name == "Bo"


KNOWLEDGE = {"facts.txt": b"Tea is hot.\r\n@@dont_activate\n", "more.md": "# Ü\n".encode()}
WHOLE = Variant(
    name="Tutor",
    version="1.2",
    line="Asks before it tells.",
    author="Ada",
    licence="CC0",
    origin="Character card V3",
    tags=("school",),
    base=Base("Qwen3 4B", "ab" * 32, "Qwen/Qwen3-4B-GGUF", "qwen3", 123),
    alternatives=(Base("any"),),
    instructions="Ask.\n\nNever tell.",
    openings=("What is a prime?",),
    greeting="Hello!",
    examples=(Example("1+1?", "What do you think?\nYou: count.\nTutor: yes."), Example("a", "b")),
    sampling=Sampling(0.5, 40, 0.9, 0.05, 1.1, 0.2, 0.3, 7),
    context=4096,
    longest_answer=300,
    tools=("calculator",),
    voice=Voice("en_GB-alba-medium", "en-GB", 1.1),
    look=Look("#2A7FD4", emoji="🐟"),
    json_schema='{"type": "object"}',
    think="never",
    minutes=2,
    tests=(Asked("1+1?", (Check("asks"),), "Well?", "2."),),
)


def attached(name: str, data: bytes) -> Attached:
    return Attached(name, hashlib.sha256(data).hexdigest(), len(data))


def with_files() -> Variant:
    known = tuple(attached(name, data) for name, data in KNOWLEDGE.items())
    return checked(msgspec.structs.replace(WHOLE, knowledge=known))


def test_a_card_of_ours_comes_back_whole(tmp_path: Path) -> None:
    variant = with_files()
    made = exporting.card(variant, picture("blue"), KNOWLEDGE)
    (words,) = made.left_out
    assert words.startswith("Only Parley reads this from a card: ")
    for part in ("test", "sampling", "calculator", "voice", "which model"):
        assert part in words
    found = importing.read(kept(tmp_path, made.data, "x.png"))
    assert not found.left_out
    assert found.files == {**KNOWLEDGE, "picture.png": picture("blue")}
    look = msgspec.structs.replace(variant.look, picture=attached("picture.png", picture("blue")))
    assert found.variant == msgspec.structs.replace(variant, look=look)
    with Image.open(io.BytesIO(made.data)) as shown:
        shown.load()
        assert shown.size == (3, 2)


def test_a_card_of_ours_as_json_comes_back_whole(tmp_path: Path) -> None:
    made = exporting.card_json(with_files(), KNOWLEDGE)
    found = importing.read(kept(tmp_path, made.data, "x.json"))
    assert (found.variant, found.files) == (with_files(), KNOWLEDGE)


def test_a_card_of_ours_is_read_by_older_programs(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(exporting.card(WHOLE).data)) as shown:
        shown.load()
        assert shown.getpixel((0, 0)) == (0x2A, 0x7F, 0xD4)
        texts = {k: json.loads(base64.b64decode(v)) for k, v in shown.text.items()}  # type: ignore[attr-defined]
    assert texts["chara"]["spec"] == "chara_card_v2"
    assert texts["ccv3"]["data"]["description"] == "Ask.\n\nNever tell."
    assert "version 3" in texts["chara"]["data"]["creator_notes"]


def test_what_a_card_would_change_is_told() -> None:
    made = exporting.card_json(Variant(name="X", instructions="Write {{user}} as it is."))
    (words,) = made.left_out
    assert "its instructions" in words


def test_what_a_card_cannot_carry_is_told() -> None:
    made = exporting.card(with_files(), b"\xff\xd8\xff a photo", {"facts.txt": b"\xff"})
    told = "\n".join(made.left_out)
    for word in ("facts.txt", "more.md", "has to be a PNG"):
        assert word in told


def test_damaged_parts_of_ours_in_a_card_are_told(tmp_path: Path) -> None:
    card = json.loads(exporting.card_json(WHOLE).data)
    card["data"]["extensions"]["parley"]["sampling"] = {"temperature": "hot"}
    found = importing.read(kept(tmp_path, json.dumps(card).encode(), "x.json"))
    assert found.variant == msgspec.structs.replace(WHOLE, sampling=Sampling())
    assert "sampling" in found.left_out[0]


def test_a_modelfile_of_ours_comes_back(tmp_path: Path) -> None:
    made = exporting.modelfile(WHOLE)
    for part in ("Its test", "calculator", "voice", "colour", "JSON shape"):
        assert part in "\n".join(made.left_out)
    found = importing.read(kept(tmp_path, made.data, "Modelfile"))
    carried = ("name", "version", "line", "author", "licence", "base", "instructions", "greeting",
               "examples", "sampling", "context", "longest_answer")  # fmt: skip
    for field in carried:
        assert getattr(found.variant, field) == getattr(WHOLE, field), field
    assert not found.left_out


def test_a_modelfile_of_a_variant_without_a_model_says_where_to_name_one() -> None:
    made = exporting.modelfile(Variant(name="X"))
    assert "FROM ./model.gguf" in made.text
    assert any("after FROM" in one for one in made.left_out)
