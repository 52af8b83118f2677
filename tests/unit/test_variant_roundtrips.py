"""What Parley writes for other programs comes back as it was, as far as it says so."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from engines.variants import exporting, importing
from engines.variants.exporting.card import EXACT
from engines.variants.file import read
from engines.variants.importing import Imported
from engines.variants.importing.card import ONLY_OURS
from engines.variants.variant import Look, Variant
from tests.data.variants import whole

BUILT_IN = Path(__file__).parents[2] / "resources/variants"
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
LINES = ("name", "line", "author", "licence")
OF_MODELFILE = ("base", "sampling", "context", "longest_answer")


def back(data: bytes, name: str) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return importing.read(path)


def told(variant: Variant) -> dict[str, Any]:
    """What it says, but for white space around it."""
    return {
        "instructions": variant.instructions.strip(),
        "greeting": variant.greeting.strip(),
        "examples": [(one.question.strip(), one.answer.strip()) for one in variant.examples],
    }


@SLOW
@given(whole())
def test_a_modelfile_gives_back_what_it_carries(both: tuple[Variant, dict[str, bytes]]) -> None:
    variant, _ = both
    made = exporting.modelfile(variant)
    found = back(made.data, "Modelfile")
    for field in (*LINES, *OF_MODELFILE):
        assert getattr(found.variant, field) == getattr(variant, field), field
    if not any("quotation marks" in one for one in made.left_out):
        assert told(found.variant) == told(variant)
    assert found.left_out == ()


@SLOW
@given(whole())
def test_a_card_gives_back_what_it_carries(both: tuple[Variant, dict[str, bytes]]) -> None:
    variant, files = both
    made = exporting.card(variant, files=files)
    found = back(made.data, "x.png")
    lost = "\n".join(made.left_out)
    picture = found.variant.look.picture
    assert picture is not None
    for field in {"name", "line", "author", "tags", *ONLY_OURS} - {"look"}:
        assert getattr(found.variant, field) == getattr(variant, field), field
    assert found.variant.look == replace(variant.look, picture=picture)
    for field, words in EXACT.items():
        if words not in lost:
            assert told(found.variant)[field] == told(variant)[field]
    for file in variant.knowledge:
        assert (file in found.variant.knowledge) == (f"file {file.name}" not in lost)
        assert found.files.get(file.name, files[file.name]) == files[file.name]


@pytest.mark.parametrize("folder", sorted(BUILT_IN.iterdir()), ids=lambda folder: folder.name)
def test_what_comes_with_parley_goes_out_as_a_card_and_comes_back(folder: Path) -> None:
    opened = read(folder)
    variant, files = (
        opened.variant,
        {one.name: opened.member(one) for one in opened.variant.attached()},
    )
    picture = variant.look.picture
    made = exporting.card(variant, files[picture.name] if picture else b"", files)
    found = back(made.data, "x.png")
    assert found.variant == replace(variant, origin="Character card V3")
    assert (found.files, found.left_out) == (files, ())


def test_what_other_programs_make_of_a_bare_variant() -> None:
    variant = Variant(name="Bare", look=Look(colour="#000000"))
    assert "FROM ./model.gguf" in exporting.modelfile(variant).text
    assert back(exporting.card(variant).data, "x.png").variant.instructions == ""
