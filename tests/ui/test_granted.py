"""Folders the person lets tools look into."""

import json
from pathlib import Path

import pytest

from app import granted, settings
from app.controllers.preferences import PreferencesController


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "share" / "parley"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def preferences(qapp, tmp_path, own):
    path = tmp_path / "settings.json"
    return PreferencesController(settings.load(path), path, "llama_cpp", own=[own])


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    return folder


def test_a_granted_folder_is_kept_and_can_be_taken_back(preferences, folder, tmp_path):
    told = []
    preferences.folders_changed.connect(lambda: told.append(preferences.folders))
    assert preferences.grant_folder(str(folder)) == ""
    assert preferences.grant_folder(str(folder)) == ""  # twice is once
    assert preferences.folders == preferences.usable_folders() == (str(folder),)
    assert settings.load(tmp_path / "settings.json").folders == [str(folder)]
    preferences.revoke_folder(str(folder))
    assert preferences.folders == () and told == [(str(folder),), ()]
    assert settings.load(tmp_path / "settings.json").folders == []


def test_what_may_not_be_granted_is_said_in_words(preferences, folder, own, tmp_path):
    (folder / "a.txt").write_text("x")
    (folder / "up").symlink_to(own)
    (folder / "loop").symlink_to(folder / "loop")
    refused = {
        folder / "none": "no folder",
        folder / "a.txt": "not a folder",
        Path("/"): "too much",
        Path.home(): "too much",
        own: "own data",
        own.parent: "own data",
        tmp_path: "own data",
        folder / "up": "own data",
        folder / "loop": "folder",
        folder / "odd\udcff": "Rename",
    }
    for path, words in refused.items():
        assert words in preferences.grant_folder(str(path)), path
    (own / "inside").mkdir()
    assert "own data" in preferences.grant_folder(str(own / "inside"))
    assert preferences.grant_folder("a\0b")
    assert preferences.grant_folder("x" * 5000)
    assert preferences.folders == ()


def test_a_link_is_granted_as_the_folder_it_leads_to(preferences, folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    preferences.grant_folder(str(tmp_path / "link"))
    assert preferences.folders == (str(folder),)


def test_a_folder_that_became_a_way_elsewhere_is_not_handed_on(preferences, folder, tmp_path):
    preferences.grant_folder(str(folder))
    folder.rename(tmp_path / "moved")
    assert preferences.folders == (str(folder),) and preferences.usable_folders() == ()
    folder.symlink_to(tmp_path / "moved")
    assert preferences.usable_folders() == ()


def test_a_grant_does_not_outlive_a_move_of_the_data(folder):
    assert granted.usable([str(folder)], [folder / "data"]) == ()
    assert granted.usable([str(folder)], []) == (str(folder),)


@pytest.mark.parametrize("stored", ["x", 3, {"a": 1}, [3, None, ["/"]]])
def test_a_broken_list_costs_the_list(tmp_path, stored):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"folders": stored}))
    assert settings.load(path).folders == []
