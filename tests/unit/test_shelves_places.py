"""Where other programs keep their models on each system, and what may not be looked into."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engines.models.shelves.places import AWAY, SHUT, THERE, state, usual_places

ROOT = Path(__file__).parents[2]
MAC = "Library/Application Support"
USUAL = {
    "linux": {
        "LM Studio": ".lmstudio/models",
        "Ollama": ".ollama/models",
        "Hugging Face": ".cache/huggingface/hub",
        "Jan": ".local/share/Jan/data",
        "GPT4All": ".local/share/nomic.ai/GPT4All",
        "llama.cpp": ".cache/llama.cpp",
    },
    "darwin": {
        "LM Studio": ".lmstudio/models",
        "Ollama": ".ollama/models",
        "Hugging Face": ".cache/huggingface/hub",
        "Jan": f"{MAC}/Jan/data",
        "GPT4All": f"{MAC}/nomic.ai/GPT4All",
        "llama.cpp": "Library/Caches/llama.cpp",
    },
    "win32": {
        "LM Studio": ".lmstudio/models",
        "Ollama": ".ollama/models",
        "Hugging Face": ".cache/huggingface/hub",
        "Jan": "AppData/Roaming/Jan/data",
        "GPT4All": "AppData/Local/nomic.ai/GPT4All",
        "llama.cpp": "AppData/Local/llama.cpp",
    },
}


def places(home, platform="linux", **environ):
    """Those below home: this machine may have some of its own."""
    found = usual_places(home, environ, platform)
    return [(source, path) for source, path in found if path.is_relative_to(home)]


@pytest.mark.parametrize("platform", USUAL)
def test_the_usual_places_are_found_where_they_are_there(tmp_path, platform):
    assert places(tmp_path, platform) == []
    for folder in USUAL[platform].values():
        (tmp_path / folder).mkdir(parents=True)
    assert dict(places(tmp_path, platform)) == {
        source: tmp_path / folder for source, folder in USUAL[platform].items()
    }


def test_an_older_lm_studio(tmp_path):
    (tmp_path / ".cache/lm-studio/models").mkdir(parents=True)
    assert places(tmp_path) == [("LM Studio", tmp_path / ".cache/lm-studio/models")]


def test_what_a_program_was_told_is_listed_though_it_is_away(tmp_path):
    (tmp_path / ".lmstudio").mkdir()
    away = tmp_path / "drive"
    (tmp_path / ".lmstudio/settings.json").write_text(f'{{"downloadsFolder": "{away}/lm"}}')
    (tmp_path / ".local/share/Jan").mkdir(parents=True)
    (tmp_path / ".local/share/Jan/settings.json").write_text(f'{{"data_folder": "{away}/jan"}}')
    (tmp_path / ".config/nomic.ai").mkdir(parents=True)
    ini = f"[General]\nmodelPath={away}/gpt\nchatTheme=%Dark\n"
    (tmp_path / ".config/nomic.ai/GPT4All.ini").write_text(ini)
    found = dict(places(tmp_path, OLLAMA_MODELS=f"{away}/ollama", HF_HOME=f"{away}/hf"))
    assert found == {
        "LM Studio": away / "lm",
        "Jan": away / "jan",
        "GPT4All": away / "gpt",
        "Ollama": away / "ollama",
        "Hugging Face": away / "hf" / "hub",
    }


def test_lm_studio_may_have_moved_its_home(tmp_path):
    (tmp_path / "moved/models").mkdir(parents=True)
    (tmp_path / ".lmstudio-home-pointer").write_text(f"{tmp_path}/moved\n")
    assert places(tmp_path) == [("LM Studio", tmp_path / "moved/models")]


def test_the_variables_of_the_hubs_library_in_its_order(tmp_path):
    names = {"HF_HUB_CACHE": "a", "HUGGINGFACE_HUB_CACHE": "b", "HF_HOME": "c"}
    environ = {name: str(tmp_path / folder) for name, folder in names.items()}
    for expected in ("a", "b", "c/hub"):
        assert places(tmp_path, **environ) == [("Hugging Face", tmp_path / expected)]
        del environ[next(iter(environ))]


@pytest.mark.parametrize("settings", ["", "{", "[1]", '{"downloadsFolder": 3}', "\0", "[" * 9000])
def test_settings_that_are_damaged_say_nothing(tmp_path, settings):
    for name in (".lmstudio/settings.json", ".local/share/Jan/settings.json"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(settings)
    (tmp_path / ".config/nomic.ai").mkdir(parents=True)
    (tmp_path / ".config/nomic.ai/GPT4All.ini").write_text(settings)
    (tmp_path / ".lmstudio-home-pointer").write_text("relative/or nonsense\n\n")
    assert places(tmp_path) == []


def test_states(tmp_path):
    assert state(tmp_path) == THERE
    assert state(tmp_path / "nowhere") == AWAY
    (tmp_path / "file").touch()
    assert state(tmp_path / "file") == AWAY


def test_a_folder_of_somebody_else_is_shut_and_no_trouble(tmp_path):
    """As that of Ollama's service; root may look everywhere, so somebody else asks here."""
    shut = tmp_path / "shut"
    (shut / "manifests").mkdir(parents=True)
    (shut / "blobs").mkdir()
    shut.chmod(0)
    code = f"""
import os, sys
from pathlib import Path
from engines.models.shelves.places import state, usual_places
from engines.models.shelves.search import search
from engines.models.companions import beside
if os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)
shut = Path({str(shut)!r})
assert search([("Ollama", shut), ("Folder", shut), ("Jan", shut), ("Hugging Face", shut)]) == []
assert beside(shut / "blobs" / ("sha256-" + "0" * 64)) == ()
assert ("Ollama", shut) in usual_places(shut, {{"OLLAMA_MODELS": str(shut)}}, "linux")
print(state(shut))
"""
    try:
        ran = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    finally:
        shut.chmod(0o700)
    assert ran.stdout.strip() == SHUT, ran.stderr
    assert os.listdir(shut)  # noqa: PTH208
