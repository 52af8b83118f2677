"""Models whose drive is away are remembered; copies of one model are one model."""

import hashlib
import os

import pytest

from engines.models import hashing
from engines.models.shelves import remembered
from engines.models.shelves.copies import merged
from engines.models.shelves.places import SHUT
from engines.models.shelves.remembered import look
from engines.models.shelves.search import search
from tests.data import shelves, tiny_models, tiny_projectors


class Hashes:
    """As the store keeps them, and how many files had to be read."""

    def __init__(self):
        self.known = {}

    def known_hash(self, *about):
        return self.known.get(about)

    def remember_hash(self, *about):
        self.known[about[:-1]] = about[-1]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def model(made):
    return tiny_models.random_llama(made / "tiny.gguf")


@pytest.fixture(scope="module")
def other(made):
    """As large as model, and with the same beginning."""
    return tiny_models.random_llama(made / "other.gguf", seed=1)


@pytest.fixture(scope="module")
def projector(made):
    return tiny_projectors.janus_pro(made / "mmproj.gguf")


def states(root, kept, *others):
    found = look([("Folder", one) for one in (root, *others)], kept)
    return {one.path.name: one.there for one in found}


def test_a_drive_that_is_away_greys_its_models_until_it_is_back(tmp_path, model):
    drive, kept = tmp_path / "drive", tmp_path / "cache" / "shelf.json"
    shelves.put(model, drive / "one.gguf")
    assert states(drive, kept) == {"one.gguf": True}
    drive.rename(tmp_path / "pulled")
    for _ in range(2):
        assert states(drive, kept) == {"one.gguf": False}
    (tmp_path / "pulled").rename(drive)
    assert states(drive, kept) == {"one.gguf": True}


def test_a_file_that_was_deleted_is_forgotten(tmp_path, model):
    kept = tmp_path / "shelf.json"
    one = shelves.put(model, tmp_path / "root" / "one.gguf")
    assert states(tmp_path / "root", kept) == {"one.gguf": True}
    one.unlink()
    assert states(tmp_path / "root", kept) == {}


def test_a_folder_that_was_forgotten_takes_its_models_along(tmp_path, model):
    kept, first, second = tmp_path / "shelf.json", tmp_path / "a", tmp_path / "b"
    for root in (first, second):
        shelves.put(model, root / f"{root.name}.gguf")
    assert states(first, kept, second) == {"a.gguf": True, "b.gguf": True}
    (tmp_path / "a").rename(tmp_path / "gone")
    assert states(second, kept) == {"b.gguf": True}


def test_an_empty_place_of_a_drive_that_is_not_mounted(tmp_path, model, monkeypatch):
    """As it looks: the folder is there and empty, and lies on another device."""
    root, kept = tmp_path / "root", tmp_path / "shelf.json"
    one = shelves.put(model, root / "one.gguf")
    device = remembered._device(root)
    monkeypatch.setattr(remembered, "_device", lambda folder: device + 1)
    assert states(root, kept) == {"one.gguf": True}
    one.unlink()
    monkeypatch.undo()
    for _ in range(2):
        assert states(root, kept) == {"one.gguf": False}


def test_a_folder_that_was_shut_is_not_forgotten(tmp_path, model, monkeypatch):
    root, kept = tmp_path / "root", tmp_path / "shelf.json"
    one = shelves.put(model, root / "one.gguf")
    assert states(root, kept) == {"one.gguf": True}
    one.rename(tmp_path / "out of sight")
    monkeypatch.setattr(remembered, "state", lambda folder: SHUT)
    assert states(root, kept) == {"one.gguf": False}


def test_a_link_to_a_drive_that_is_away(tmp_path, model):
    root, kept, drive = tmp_path / "root", tmp_path / "shelf.json", tmp_path / "drive"
    shelves.put(model, drive / "maker" / "one.gguf")
    root.mkdir()
    (root / "usb").symlink_to(drive)
    assert states(root, kept) == {"one.gguf": True}
    drive.rename(tmp_path / "pulled")
    assert states(root, kept) == {"one.gguf": False}


@pytest.mark.parametrize("damage", [b"", b"{", b"[" * 5000, b'{"models": [1]}', b"\xff"])
def test_a_damaged_memory_is_no_memory(tmp_path, model, damage):
    kept = tmp_path / "shelf.json"
    shelves.put(model, tmp_path / "root" / "one.gguf")
    kept.write_bytes(damage)
    assert states(tmp_path / "root", kept) == {"one.gguf": True}


def test_copies_are_found_by_their_hash(tmp_path, model, other, projector):
    shelves.lm_studio(tmp_path / "lm", model, projector)
    shelves.ollama(tmp_path / "ollama", model)
    shelves.put(model, tmp_path / "ours" / "mine.gguf")
    shelves.put(other, tmp_path / "ours" / "other.gguf")
    roots = [("Ollama", "ollama"), ("Parley", "ours"), ("LM Studio", "lm")]
    found = search([(source, tmp_path / name) for source, name in roots])
    assert len(found) == 4
    hashes = Hashes()
    one, two = merged(found, hashes)
    assert (one.path.name, one.also) == ("other.gguf", ())
    assert (two.source, two.also) == ("LM Studio", ("Parley", "Ollama")) and two.projector
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert set(hashes.known.values()) == {digest}  # other was told apart without reading it
    assert len(hashes.known) == 2  # nor is a blob read whose name is its hash


def test_ours_comes_first_where_both_are_alike(tmp_path, model):
    for source in ("LM Studio", "Parley"):
        shelves.put(model, tmp_path / source / "model.gguf")
    roots = [(source, tmp_path / source) for source in ("LM Studio", "Parley")]
    [one] = merged(search(roots), Hashes())
    assert (one.source, one.also) == ("Parley", ("LM Studio",))


def test_a_hash_is_computed_once(tmp_path, model):
    for name in ("a", "b"):
        shelves.put(model, tmp_path / f"{name}.gguf")
    found, hashes = search([("Folder", tmp_path)]), Hashes()
    assert len(merged(found, hashes)) == 1
    known = dict(hashes.known)
    hashes.remember_hash = None  # another one would be a crash
    assert len(merged(found, hashes)) == 1 and hashes.known == known


def test_looking_for_copies_can_be_called_off(tmp_path, model):
    for name in ("a", "b"):
        shelves.put(model, tmp_path / f"{name}.gguf")
    with pytest.raises(hashing.HashingCancelled):
        merged(search([("Folder", tmp_path)]), Hashes(), lambda: True)


def test_a_copy_that_cannot_be_read_stays_as_it_is(tmp_path, model):
    for name in ("a", "b"):
        shelves.put(model, tmp_path / f"{name}.gguf")
    found = search([("Folder", tmp_path)])
    os.truncate(tmp_path / "b.gguf", 10)
    assert merged(found, Hashes()) == found
