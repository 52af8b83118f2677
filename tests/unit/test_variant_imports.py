"""Variants of other programs: what of them is carried over, and that the rest is told."""

import json
from pathlib import Path

import pytest

from engines.errors import ParleyError
from engines.variants import importing
from engines.variants.importing import BadImport
from engines.variants.variant import Base, Example, Sampling, Variant
from engines.variants.writing import write
from tests.data.foreign import pixels, wholes

MARIO = '''# a plumber
from llama3.2:3b
PARAMETER temperature 1
parameter num_ctx 4096
PARAMETER num_predict -1
PARAMETER stop "<|user|>"
PARAMETER mirostat 2
TEMPLATE """{{ if .System }}{{ .System }}{{ end }}
{{ .Prompt }}"""
SYSTEM """
You are Mario, a plumber.
# Not a comment: "really".
"""
ADAPTER ../secrets/jump.gguf
LICENSE """
MIT
Permission is granted
"""
MESSAGE user Is Toronto in Canada?
MESSAGE assistant yes
MESSAGE assistant "It's a me!"
'''


def written(folder: Path, name: str, content: str | bytes | object) -> Path:
    path = folder / name
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_modelfile(tmp_path: Path) -> None:
    found = importing.read(written(tmp_path, "mario.modelfile", MARIO))
    variant = found.variant
    assert (found.format, variant.name, variant.origin) == (
        "Ollama Modelfile",
        "mario",
        found.format,
    )
    assert variant.base == Base(description="llama3.2:3b")
    assert variant.instructions == 'You are Mario, a plumber.\n# Not a comment: "really".'
    assert variant.sampling == Sampling(temperature=1.0)
    assert (variant.context, variant.longest_answer) == (4096, 0)
    assert variant.examples == (Example("Is Toronto in Canada?", "yes"),)
    assert variant.greeting == "It's a me!"
    assert variant.licence == "MIT"
    told = "\n".join(found.left_out)
    for word in ("stop", "mirostat", "chat template", "jump.gguf", "licence"):
        assert word in told
    assert "secrets" not in told
    assert "num_predict" not in told


@pytest.mark.parametrize(
    ("origin", "base"),
    [
        (
            "hf.co/bartowski/X-GGUF:Q4_K_M",
            Base(description="X-GGUF Q4_K_M", hub="bartowski/X-GGUF"),
        ),
        ("/home/me/models/x.gguf", Base(description="x.gguf")),
        (r"C:\models\x.gguf", Base(description="x.gguf")),
    ],
)
def test_what_a_modelfile_names(tmp_path: Path, origin: str, base: Base) -> None:
    found = importing.read(written(tmp_path, "Modelfile", f"FROM {origin}\r\nSYSTEM hi"))
    assert found.variant.base == base
    assert found.variant.instructions == "hi"


def test_a_modelfile_over_a_blob_names_its_weights(tmp_path: Path) -> None:
    blob = "/usr/share/ollama/.ollama/models/blobs/sha256-" + "ab" * 32
    found = importing.read(written(tmp_path, "Modelfile", f"FROM {blob}\n"))
    assert found.variant.base.sha256 == "ab" * 32
    shown = f"# To build another one:\n# FROM qwen3:4b\n\nFROM {blob}\n"
    found = importing.read(written(tmp_path, "Modelfile", shown))
    assert found.variant.base == Base("qwen3:4b", "ab" * 32)
    assert found.variant.name == "Variant of qwen3:4b"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('FROM x\nSYSTEM """never closed', "line 2"),
        ("FROM x\n\nPARAMETER\n", "line 3"),
        ("FROM x\nMESSAGE robot hi", "robot"),
        ("FROM x\n!", "line 2"),
        ("SYSTEM hi", "nothing in it"),
        ("FROM python:3.12\nRUN pip install x\n", "nothing in it"),
        ("From me to you,\nwith all my love", "nothing in it"),
        ("", "nothing in it"),
        ("a letter", "nothing in it"),
    ],
)
def test_what_is_no_modelfile_says_why(tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(BadImport, match=why):
        importing.read(written(tmp_path, "Modelfile", said))


CARD = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        "name": "Seraphina",
        "description": "{{char}} is a guardian. She helps {{user}}.",
        "personality": "caring",
        "scenario": "<BOT> meets <USER> in a forest.",
        "first_mes": "*{{char}} looks into {{user}}'s eyes.* Hello, {{user}}!",
        "mes_example": "<START>\n{{user}}: Who are you?\n{{char}}: I am {{char}}.\nYou are safe.\n"
        "<START>\n{{char}}: Rest now.",
        "creator_notes": "For calm evenings.<br>\nUse at a low temperature.",
        "system_prompt": "{{original}}Write as {{char}}.",
        "post_history_instructions": "Stay gentle. {{random:Smile\\, now,Sing}} {{unknown::x}}",
        "alternate_greetings": ["Oh! You again."],
        "tags": ["forest", "calm"],
        "creator": "Ada",
        "character_version": "1.3",
        "extensions": {
            "depth_prompt": {"prompt": "{{char}} whispers."},
            "fav": True,
            "chub": {"id": 1},
        },
        "character_book": {
            "name": "The forest",
            "extensions": {},
            "entries": [
                {"keys": ["glade", "clearing"], "content": "@@depth 4\nThe glade is warded.",
                 "enabled": True, "insertion_order": 2, "extensions": {}},
                {"keys": [], "content": "It is autumn, {{user}}.", "constant": True,
                 "enabled": True, "insertion_order": 1, "extensions": {}},
                {"keys": ["x"], "content": "never", "enabled": False, "insertion_order": 0,
                 "extensions": {}},
            ],
        },
    },
}  # fmt: skip


def test_a_character_card(tmp_path: Path) -> None:
    found = importing.read(written(tmp_path, "card.json", CARD))
    variant = found.variant
    assert (found.format, variant.name, variant.version) == (
        "Character card V2",
        "Seraphina",
        "1.3",
    )
    assert variant.instructions == "\n\n".join(
        [
            "Write as Seraphina.",
            "Seraphina is a guardian. She helps the user.",
            "Personality: caring",
            "Scenario: Seraphina meets the user in a forest.",
            "It is autumn, the user.",
            "This is how a conversation with Seraphina reads:\n\nSeraphina: Rest now.",
            "Seraphina whispers.",
            "Stay gentle. Smile, now {{unknown::x}}",
        ]
    )
    assert variant.greeting == "*Seraphina looks into your eyes.* Hello, you!"
    assert variant.examples == (Example("Who are you?", "I am Seraphina.\nYou are safe."),)
    assert (variant.line, variant.author) == ("For calm evenings.", "Ada")
    assert variant.tags == ("forest", "calm")
    (lore,) = variant.knowledge
    assert lore.name == "lore.md"
    assert found.files["lore.md"].decode() == (
        "# The forest\n\n## glade, clearing\n\nThe glade is warded.\n"
    )
    told = "\n".join(found.left_out)
    for word in (
        "1 other greeting",
        "chub",
        "random",
        "{{unknown::x}}",
        "lore.md",
        "notes",
    ):
        assert word in told
    assert "never" not in told


def test_a_book_whose_entries_are_numbered(tmp_path: Path) -> None:
    entry = {"keys": ["tea"], "content": "Tea is hot.", "insertion_order": 2}
    first = {"keys": ["ice"], "content": "Ice is cold.", "insertion_order": 1}
    book = {"entries": {"0": entry, "1": {**entry, "constant": True}, "2": first}}
    card = {"spec": "chara_card_v2", "name": "Bo", "data": {"character_book": book}}
    found = importing.read(written(tmp_path, "bo.json", card))
    assert found.variant.instructions.endswith("Tea is hot.")
    assert found.files["lore.md"].decode() == (
        "# Lore\n\n## ice\n\nIce is cold.\n\n## tea\n\nTea is hot.\n"
    )


def test_a_first_look_tells_what_may_be_a_variant(tmp_path: Path) -> None:
    for name, data in wholes().items():
        assert importing.may_be(written(tmp_path, name, data)), name
    mine = tmp_path / "mine.parley"
    write(Variant(name="Mine"), {}, mine)
    assert importing.may_be(mine)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", pixels()),
        ("package.json", b'{"name": "x", "description": "y", "version": "1"}'),
        ("notes.md", b"From here to there.\n\nmodel: T\n"),
        ("Dockerfile", b"FROM python:3.12\nRUN pip install x\n"),
        ("docker.yaml", b"services:\n  web:\n    model: x\n"),
        ("x.zip", b"PK\3\4" + bytes(100)),
        ("empty", b""),
    ],
)
def test_a_first_look_leaves_other_files_alone(tmp_path: Path, name: str, data: bytes) -> None:
    assert not importing.may_be(written(tmp_path, name, data))
    assert not importing.may_be(tmp_path / "missing")


def test_a_card_of_the_first_version(tmp_path: Path) -> None:
    card = {"name": "Bo", "description": "A dog.", "first_mes": "Woof", "mes_example": ""}
    found = importing.read(written(tmp_path, "bo.json", card))
    assert found.format == "Character card V1"
    assert found.variant.instructions.startswith("You play Bo.")


@pytest.mark.parametrize(
    "content",
    ["[", "{}", "[1, 2]", '{"spec": "chara_card_v2", "data": {}}', '{"spec": [[1]], "data": {}}'],
)
def test_json_that_is_no_variant(tmp_path: Path, content: str) -> None:
    with pytest.raises(ParleyError):
        importing.read(written(tmp_path, "x.json", content))
