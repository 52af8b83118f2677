"""Where the files of variants lie: large ones once, whatever is changed, deleted or undone."""

import pytest
from msgspec.structs import replace

from app.controllers.variant_files import exported
from app.controllers.variant_library import Library
from engines.variants.file import read
from engines.variants.minting import minted
from engines.variants.variant import Adapter, Variant
from engines.variants.writing import attach

LORA = bytes(300_000)


@pytest.fixture
def begin(qtbot, tmp_path, background):
    """A library as it is after a start."""

    def begin():
        place = tmp_path / "data"
        library = Library(place / "variants", place / "adapters", tmp_path / "none", background)
        library.start()
        qtbot.waitUntil(lambda: library.ready)
        return library

    return begin


@pytest.fixture
def tuned(tmp_path):
    (tmp_path / "tuned.gguf").write_bytes(LORA)
    file = attach(tmp_path / "tuned.gguf")
    return Variant(name="Tuned", adapters=(Adapter(file),)), {file.name: tmp_path / "tuned.gguf"}


def put(qtbot, library, key, variant, files=None):
    undo = library.put(key, variant, files)
    qtbot.waitUntil(lambda: library.in_turn.idle)
    assert library.get(key).digest
    return undo


def bytes_in(folder):
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def test_a_changed_word_does_not_cost_a_copy_of_an_adapter(qtbot, begin, tuned, tmp_path):
    library, key = begin(), minted()
    put(qtbot, library, key, *tuned)
    for line in ("One.", "Two.", "Three."):
        undo = put(qtbot, library, key, replace(library.get(key).variant, line=line))
    assert len(LORA) < bytes_in(tmp_path / "data") < 1.5 * len(LORA)
    assert library.get(key).size > len(LORA)  # what it takes, all in all
    undo()
    qtbot.waitUntil(lambda: library.in_turn.idle)
    held = begin().get(key)
    assert held.variant.line == "Two." and not held.trouble
    exported(held, tmp_path / "mailed.parley", "parley")
    mailed = read(tmp_path / "mailed.parley")  # whole, wherever it goes
    assert mailed.member(mailed.variant.adapters[0].file) == LORA


def test_an_adapter_stays_as_long_as_something_may_come_back(qtbot, begin, tuned, tmp_path):
    library, key, adapters = begin(), minted(), tmp_path / "data" / "adapters"
    put(qtbot, library, key, *tuned)
    undo = library.remove(key)
    qtbot.waitUntil(lambda: library.in_turn.idle)
    begin()
    assert len(list(adapters.iterdir())) == 1
    undo()
    qtbot.waitUntil(lambda: library.in_turn.idle)
    held = begin().get(key)
    assert held.open().member(held.variant.adapters[0].file) == LORA
    library.remove(key)
    qtbot.waitUntil(lambda: library.in_turn.idle)
    (deleted,) = (tmp_path / "data" / "variants" / "earlier").iterdir()
    deleted.write_bytes(b"damaged, and so nobody knows what it wants")
    begin()
    assert len(list(adapters.iterdir())) == 1
    deleted.unlink()  # as after 30 days
    begin()
    assert not list(adapters.iterdir())
