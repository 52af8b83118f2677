import json
from dataclasses import fields

import pytest

from app import settings
from engines import registry
from engines.options import chosen, problem


def test_a_bad_value_keeps_the_default(tmp_path, caplog):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"app": {"text_size": 0, "theme": "dark", "gone": 1}}))
    loaded = settings.load(file).app
    assert (loaded.text_size, loaded.theme) == (15, "dark")
    assert "between 10 and 32" in caplog.text and "gone" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"app": 3, "engines": [], "recent": "x"}'])
def test_a_broken_file_never_stops_the_start(tmp_path, caplog, text):
    file = tmp_path / "settings.json"
    file.write_text(text)
    assert settings.load(file) == settings.Chosen()
    caplog.clear()


def test_an_unreadable_file_is_kept_aside(tmp_path, caplog):
    file = tmp_path / "settings.json"
    file.write_text("{half")
    settings.load(file)
    assert (tmp_path / "settings.json.bad").read_text() == "{half"
    caplog.clear()


def test_saves_and_loads(tmp_path):
    file = tmp_path / "settings.json"
    chosen = settings.Chosen(settings.Settings(theme="dark"), {"llama_cpp": {"context": 2048}})
    chosen.recent = ["/models/ä.gguf"]
    settings.save(chosen, file)
    assert settings.load(file) == chosen
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize(
    "options", [settings.Settings, *(s.options for s in registry.all_specs().values())]
)
def test_every_option_has_words_and_a_valid_default(options):
    for f in filter(chosen, fields(options)):
        assert f.metadata["label"] and problem(options, f.name, f.default) is None


def test_what_the_app_fills_in_is_not_taken_from_the_file(caplog):
    options = registry.all_specs()["files"].options()
    assert settings.fill(options, {"folders": ["/"]}).folders == ()
    assert "cannot be chosen" in caplog.text
    caplog.clear()
