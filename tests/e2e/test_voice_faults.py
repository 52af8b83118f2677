"""Two hundred faults of talking and being answered: nothing crashes, nothing said is lost.

A seeded tenth is always run; `bootstrap.py test --full` runs all. The words come from a model that
says the same ones whatever it hears (what is tested here is what becomes of them); the sound
server, the engines and the window are real.
"""

import collections

import pytest

from tests.data import voice_faults, whisper_models
from tests.data.voice_faults import FAULTS, Scene, course

SEED = 4
ALL, SOME = 200, 20


@pytest.fixture
def scene(sound_server, start, qtbot, tmp_path):
    parts, _ = start()
    parts.preferences.set_voice("ears", str(whisper_models.built(voice_faults.SAID)))
    parts.preferences.set("speak_answers", "always")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.bin").write_bytes(b"not a model")
    return Scene(qtbot, parts, sound_server, tmp_path, broken)


@pytest.mark.timeout(600)
def test_a_tenth_of_the_faults(scene, caplog):
    provoke(scene, course(ALL, SEED)[:SOME], caplog)


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_all_faults(scene, caplog):
    counted = provoke(scene, course(ALL, SEED), caplog)
    print(dict(counted))  # noqa: T201
    assert sum(counted.values()) == ALL and len(counted) == len(FAULTS) >= 12


def provoke(scene, faults, caplog):
    """After every few a plain sentence is answered as if nothing had been."""
    counted = collections.Counter()
    for number, (kind, seed) in enumerate(faults):
        scene.run(kind, seed)
        counted[kind] += 1
        if number % 5 == 4:
            turns = scene.utterances()
            scene.talked()
            scene.settle()
            assert scene.utterances() - turns, f"after {kind} {seed}"
    caplog.clear()  # what was broken was written down
    return counted
