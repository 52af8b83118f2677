"""Variants that come from other programs and go to them, through the controller and its jail."""

import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import QObject, Qt

from app import media, paths
from app.controllers.shown_variants import ShownImport
from app.controllers.variant_pictures import VariantPictures
from app.views.variants.import_sheet import pixmap_of
from app.views.variants_page import VariantsPage
from tests.data import foreign
from tests.data.dropping import drop

WAIT = 60_000


@pytest.fixture(scope="module")
def reader(qapp, tmp_path_factory):
    """What decodes pictures: a real process with its jail."""
    folders = paths.folders(tmp_path_factory.mktemp("own")).make()
    owner = QObject()
    files, *others = media.engines(folders, owner)
    yield files
    for link in (files.link, *others):
        link.stop()


@pytest.fixture
def ready(qtbot, variants, reader, background, tmp_path):
    variants.use_pictures(VariantPictures(reader, tmp_path / "small", background))
    variants.start()
    qtbot.waitUntil(lambda: variants.library.ready)
    return variants


def made(qtbot, variants, **what):
    key = variants.make()
    assert variants.save(key, replace(variants.variant(key), **what)) == ""
    qtbot.waitUntil(lambda: variants.library.in_turn.idle)
    return key


def looked_at(qtbot, variants, path: Path) -> ShownImport:
    with qtbot.waitSignal(variants.imports_ready, timeout=WAIT) as found:
        variants.look_at([str(path)])
    (shown,) = found.args[0]
    assert isinstance(shown, ShownImport), shown
    return shown


def taken_in(qtbot, variants, path: Path) -> str:
    return variants.take_in(looked_at(qtbot, variants, path).key, {"knowledge"}, as_copy=True)


def exported(qtbot, variants, key: str, path: Path, form: str) -> str:
    """The words one is told."""
    with qtbot.waitSignal(variants.notice, timeout=WAIT) as found:
        variants.export(key, str(path), form)
    assert found.args[0].kind != "error", found.args[0]
    return found.args[0].hint


def test_every_kind_that_is_dropped_is_shown_before_it_is_taken_in(qtbot, ready, sorting, tmp_path):
    folder = tmp_path / "dropped"
    folder.mkdir()
    for name, data in foreign.wholes().items():
        (folder / name).write_bytes(data)
    with qtbot.waitSignal(ready.imports_ready, timeout=WAIT) as found:
        sorting.take([str(path) for path in folder.iterdir()])
    forms = {shown.format for shown in found.args[0]}
    assert forms == {
        "Ollama Modelfile", "LM Studio preset", "LM Studio model.yaml", "Jan assistant",
        "Open WebUI model", "GPT4All model settings",
        *(f"Character card V{version}" for version in (1, 2, 3)),
    }  # fmt: skip
    assert not ready.library.held


def test_a_card_with_a_photo_goes_out_and_comes_back(qtbot, ready, tmp_path):
    with io.BytesIO() as photo:
        noise = Image.effect_noise((64, 48), 50).convert("RGB")
        noise.save(photo, "JPEG")
        (tmp_path / "photo.jpg").write_bytes(photo.getvalue())
    (tmp_path / "ships.txt").write_text("The Revenge has 40 guns.")
    key = made(qtbot, ready, name="Pirate", instructions="Arr.", greeting="Ahoy!")
    for name, kind in (("photo.jpg", "picture"), ("ships.txt", "knowledge")):
        ready.add_file(key, str(tmp_path / name), kind)
        qtbot.waitUntil(lambda name=name: any(
            one.name == name for one in ready.variant(key).attached()
        ), timeout=WAIT)  # fmt: skip
    qtbot.waitUntil(lambda: ready.library.in_turn.idle)
    place = tmp_path / "pirate.png"
    assert exported(qtbot, ready, key, place, "card") == ""
    with Image.open(place) as shown:
        shown.load()
        assert shown.size == (64, 48)
    shown = looked_at(qtbot, ready, place)
    assert pixmap_of(shown.picture) is not None and shown.format == "Character card V3"
    new = ready.take_in(shown.key, {"knowledge"}, as_copy=True)
    back = ready.variant(new)
    assert (back.instructions, back.greeting) == ("Arr.", "Ahoy!")
    assert back.knowledge == ready.variant(key).knowledge
    assert back.look.picture and back.look.picture.name == "picture.png"


def test_a_modelfile_goes_out_and_comes_back(qtbot, ready, tmp_path):
    key = made(qtbot, ready, name="Pirate", instructions='Say "Arr".', tools=("clock",))
    place = tmp_path / "Modelfile"
    words = exported(qtbot, ready, key, place, "modelfile")
    assert "clock" in words and "after FROM" in words
    back = ready.variant(taken_in(qtbot, ready, place))
    assert back.instructions == 'Say "Arr".'
    assert back.name.startswith("Pirate")


def test_what_is_dropped_on_a_conversation_is_offered_there(
    qtbot, window, ready, sorting, tmp_path
):
    (tmp_path / "mario.modelfile").write_text(foreign.MODELFILE)
    drop(window.shell, tmp_path / "mario.modelfile")
    qtbot.waitUntil(
        lambda: window.taking_in.sheet is not None and window.taking_in.sheet.isVisible(),
        timeout=WAIT,
    )
    assert not ready.library.held
    qtbot.mouseClick(window.taking_in.sheet.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(ready.library.held), timeout=WAIT)
    (held,) = ready.library.held.values()
    assert held.variant.name == "mario" and held.variant.base.description == "llama3:8b"
    assert isinstance(window.pages.currentWidget(), VariantsPage)
