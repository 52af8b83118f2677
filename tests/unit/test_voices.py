"""Voices on this computer are found and checked; what nobody should trust is refused."""

import shutil

import pytest

from engines.errors import ParleyError
from engines.tts import loudness, phonemes, piper, voices
from tests.data import hostile_voices, tone_voice

REASONS = {
    "weights_in_another_file": "other files",
    "operator_of_its_own": "not ONNX's own",
    "another_kind_of_model": "of another kind",
    "not_sound": "not sound",
    "hours_of_sound": "not speech",
    "needs_a_download": "a library",
    "language_unknown": "language is not known",
    "speakers_that_are_not_there": "do not belong together",
}


@pytest.mark.parametrize("name", hostile_voices.KINDS)
def test_hostile_voices_are_refused_in_words(name, tmp_path):
    path = hostile_voices.KINDS[name](tmp_path)
    with pytest.raises(ParleyError) as refused:
        piper.create(path, piper.Options(), lambda _: True)
    assert refused.value.message.endswith(".") and refused.value.hint
    assert len(refused.value.message) < 200
    assert REASONS.get(name, "") in refused.value.message


def test_a_good_voice_says_what_it_is(tmp_path):
    path = tone_voice.build(tmp_path, speakers=2, default_speaker_id=1)
    (tmp_path / "MODEL_CARD").write_text("# Model card\n\n* License: [CC0](https://x.example)\n")
    about = voices.check(path)
    assert (about.name, about.rate, about.quality) == ("tone", 22050, "medium")
    assert about.language == "English (America)" and about.code == "en_US"
    assert about.speakers == ("speaker 0", "speaker 1")
    assert about.licence == "[CC0](https://x.example)"
    assert voices.beside(path)[1:] == (tmp_path / "tone.onnx.json", tmp_path / "MODEL_CARD")


def test_voices_are_found_where_they_usually_are(tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path / "home")
    given = tmp_path / "given"
    given.mkdir()
    tone_voice.build(given, name="b given")
    deep = tmp_path / "data/piper-voices/en/en_US/tone/medium"
    deep.mkdir(parents=True)
    tone_voice.build(deep, name="a deep")
    (deep / "alone.onnx").write_bytes(b"no description beside it")
    snapshot = tmp_path / "hub/models--rhasspy--piper-voices/snapshots/abc/de"
    snapshot.mkdir(parents=True)
    blob = tone_voice.build(tmp_path, name="blob")
    (snapshot / "c linked.onnx").symlink_to(blob)
    (snapshot / "c linked.onnx.json").symlink_to(blob.with_name("blob.onnx.json"))
    where = {"XDG_DATA_HOME": str(tmp_path / "data"), "HF_HUB_CACHE": str(tmp_path / "hub")}
    found = voices.find(given, given / "b given.onnx", environment=where)
    assert [one.name for one in found] == ["a deep", "b given", "c linked"]
    assert not any(one.problem for one in found)
    assert blob in voices.beside(found[2].path)


def test_a_bad_voice_is_shown_with_its_problem(tmp_path):
    path = hostile_voices.KINDS["rate_of_a_million"](tmp_path)
    named = tmp_path / "alone.onnx"
    shutil.copy(path, named)
    first, second = voices.find(
        tmp_path, named, environment={"XDG_DATA_HOME": str(tmp_path / "no")}
    )
    assert (first.name, first.about) == ("alone", None)
    assert "alone.onnx.json is missing beside it" in first.problem
    assert "1000000 for sample_rate" in second.problem and second.size == path.stat().st_size


def test_folders_in_themselves_end(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path)
    deep = tmp_path
    for _ in range(20):
        deep = deep / "d"
        deep.mkdir()
    tone_voice.build(deep)
    assert list(voices.files_in(tmp_path)) == []


def test_one_gain_brings_a_voice_to_its_loudness():
    import numpy

    rate = 22050
    for size in (0.01, 0.1, 0.9):
        tone = (size * numpy.sin(numpy.arange(rate) / 10)).astype(numpy.float32)
        gain = loudness.gain_for([tone, numpy.zeros(rate, numpy.float32)], rate)
        pcm = numpy.frombuffer(loudness.as_pcm(tone, gain, rate), "<i2") / 32768
        assert numpy.sqrt((pcm**2).mean()) == pytest.approx(0.1, rel=0.05)
        assert pcm[0] == 0 and abs(pcm[-1]) < 0.01
    loud = numpy.full(rate, 5.0, numpy.float32)
    assert (
        numpy.abs(numpy.frombuffer(loudness.as_pcm(loud, 1.0, rate), "<i2")).max() <= 0.71 * 32768
    )
    assert loudness.gain_for([], rate) == loudness.gain_for([numpy.zeros(9)], rate) == 1.0


def test_phonemes_of_words_that_run_together():
    rows = [list("aɪɐm ʌvðɪʲ əpˈɪniən, ðˌɐɾɪt.")]
    alone = ["ˈaɪ", "æm", "ʌv", "ðə", "əpˈɪniən", "ðˈæt", "ɪt"]
    starts = phonemes.word_starts(rows, alone)
    text = "".join(rows[0])
    parts = [text[a:b].strip(" ,.") for a, b in zip(starts, [*starts[1:], None], strict=True)]
    assert parts == ["aɪ", "ɐm", "ʌv", "ðɪʲ", "əpˈɪniən", "ðˌɐɾ", "ɪt"]
    assert phonemes.word_starts([["a"]], ["", "", ""]) == [0, 0, 0]


def test_a_breath_ends_at_a_pause():
    row = list("abc " * 40 + "de, " + "fgh " * 60)
    parts = list(phonemes.breaths(row))
    assert [one for part in parts for one in part] == row
    assert all(len(part) <= phonemes.LONG for part in parts) and parts[0][-1] == ","
    assert [len(part) for part in phonemes.breaths(["x"] * 600)] == [250, 250, 100]
