"""The Whisper engine on real models that say given words, in this process."""

import threading

import pytest

from engines.errors import ParleyError
from engines.messages import Chat, Progress, Transcribe, Transcript, Unheard
from engines.stt import folders
from engines.stt.whisper import devices
from engines.stt.whisper.engine import NotUnderstood, WhisperEngine
from engines.stt.whisper.model import Whisper
from tests.data import speech, whisper_models

SAYS = "what is seven times eight"
SAID = "Please tell me what seven times eight is."


class Watched(Whisper):
    """A model that writes down how much it was asked to hear."""

    def __init__(self, folder, device="cpu", **_):
        super().__init__(folder, folders.check(folder), "cpu", 1)
        self.heard, self.device, self.prompts = [], device, []

    def encode(self, spectrum, frames):
        self.heard.append(frames)
        return super().encode(spectrum, frames)

    def write(self, encoded, prompt, *given):
        self.prompts.append(list(prompt))
        return super().write(encoded, prompt, *given)


class OutOfMemory(Watched):
    def encode(self, spectrum, frames):
        if self.device == "cuda":
            raise RuntimeError("CUDA failed with error out of memory")
        return super().encode(spectrum, frames)


@pytest.fixture
def ear():
    """Makes an engine on a model that is built so."""
    made = []

    def make(says=SAYS, watched=Watched, device="cpu", **how):
        folder = whisper_models.built(says, **how)
        model = watched(folder, device)
        made.append(WhisperEngine(lambda where: watched(folder, where), model, beam=2))
        made[-1].watched = model
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def told(engine, pcm, **asked):
    events = list(engine.run(Transcribe(pcm, **asked)))
    return [event for event in events if not isinstance(event, Progress)]


def test_what_is_said_comes_with_its_place(ear):
    engine = ear()
    pcm = speech.silence(1) + speech.spoken(SAID) + speech.silence(1)
    (said,) = told(engine, pcm)
    assert (said.text, said.language) == (SAYS, "en")
    assert 0.8 < said.start < 1.4 and said.start + 1 < said.end < len(pcm) / 32_000 - 0.7
    assert engine.watched.heard == [1000]  # the short window was enough


@pytest.mark.parametrize("sound", ["silence", "noise", "hum", "tone", "burst"])
def test_what_is_no_speech_is_never_transcribed(ear, sound):
    engine = ear()
    for asked in ({}, {"draft": True}, {"patient": True}):
        (why,) = told(engine, getattr(speech, sound)(3.0), **asked)
        assert why == Unheard("silence" if sound == "silence" else "noise")
    assert engine.watched.heard == []


@pytest.mark.parametrize("pcm", [b"", b"\1", b"\1\0\3", bytes(200)])
def test_next_to_nothing_is_silence(ear, pcm):
    assert told(ear(), pcm) == [Unheard("silence")]


def test_a_loop_is_heard_again_in_the_whole_window_and_then_given_up(ear):
    engine = ear("again and on", loops=True)
    assert told(engine, speech.spoken(SAID)) == [Unheard("unsure")]
    assert engine.watched.heard == [1000, 3000]


def test_a_draft_is_not_tried_again(ear):
    engine = ear("again and on", loops=True)
    assert told(engine, speech.spoken(SAID), draft=True) == [Unheard("unsure")]
    assert engine.watched.heard == [1000]


def test_a_guess_is_heard_again(ear):
    engine = ear("maybe so", sure=0.5)
    told(engine, speech.spoken(SAID))
    assert engine.watched.heard == [1000, 3000]


def test_as_many_words_as_fit_are_written(ear):
    words = [one + other for one in "bdfg" for other in "aeiouklmnr"]
    long = speech.spoken("This goes on for a while, and then for another while. " * 2)
    (said,) = told(ear(" ".join(words)), long)
    assert said.text.split() == words and said.sure > -0.1


def test_a_take_longer_than_the_window_is_cut_at_pauses(ear):
    engine = ear()
    pcm = (speech.spoken(SAID) + speech.silence(0.5)) * 12
    found = told(engine, pcm)
    assert len(found) > 1 and all(one.text == SAYS for one in found)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))
    assert all(frames <= 3000 for frames in engine.watched.heard)


def test_a_file_comes_with_times_of_its_words(ear):
    (said,) = told(ear(), speech.spoken(SAID), patient=True)
    assert [word.text for word in said.words] == SAYS.split()
    places = [time for word in said.words for time in (word.start, word.end)]
    assert places == sorted(places) and said.start <= places[0] and places[-1] <= said.end + 0.1


def test_words_before_and_hot_words_go_ahead_of_the_prompt(ear):
    engine = ear()
    told(engine, speech.spoken(SAID), before="seven " * 300, hotwords="Parley " * 300)
    (prompt,) = engine.watched.prompts
    assert 200 < len(prompt) < 220
    token = engine.watched._model.hf_tokenizer.token_to_id
    assert prompt[0] == token("<|startofprev|>") and prompt[-1] == token("<|notimestamps|>")


def test_a_small_model_is_not_led_astray_by_them(ear):
    engine = ear(many=False, size=3_000)
    assert told(engine, speech.spoken(SAID), before="seven", hotwords="Parley")[0].text == SAYS
    token = engine.watched._model.hf_tokenizer.token_to_id
    assert engine.watched.prompts == [[token("<|startoftranscript|>"), token("<|notimestamps|>")]]


def test_the_language_is_the_one_asked_for(ear):
    engine = ear()
    assert told(engine, speech.spoken(SAID), language="de")[0].language == "de"
    with pytest.raises(ParleyError, match="does not know “xx”"):
        told(engine, speech.spoken(SAID), language="xx")
    with pytest.raises(ParleyError, match="only English"):
        told(ear(many=False), speech.spoken(SAID), language="de")
    with pytest.raises(ParleyError, match="only listens"):
        list(engine.run(Chat(())))


def test_a_model_sure_that_nobody_speaks_is_believed_only_with_unsure_words(ear):
    assert told(ear("well then", silent=True), speech.spoken(SAID))[0].text == "well then"
    engine = ear("well then", silent=True, sure=0.5)
    assert told(engine, speech.spoken(SAID))[0].why in ("noise", "unsure")


def test_less_than_a_quarter_second_of_speech_is_never_transcribed(ear):
    engine = ear()
    assert told(engine, speech.spoken(SAID)[: 2 * 8_000]) == [Unheard("noise")]
    assert engine.watched.heard == []


def test_words_of_silence_are_dropped_after_a_blip(ear):
    """The same words said at length are kept."""
    engine = ear("thank you")
    start = speech.spoken(SAID)[: 2 * 9_000]
    assert told(engine, start) == [Unheard("noise")] and engine.watched.heard == [1000]
    assert told(engine, speech.spoken(SAID))[0].text == "thank you"


def test_out_of_memory_on_the_card_the_processor_hears_the_same_sound(ear):
    engine = ear(watched=OutOfMemory, device="cuda")
    (said,) = told(engine, speech.spoken(SAID))
    assert said.text == SAYS and engine.loaded().device == "CPU, 1 thread"


def test_on_the_processor_a_failure_is_said(ear):
    class Failing(Watched):
        def encode(self, spectrum, frames):
            raise RuntimeError("bad allocation")

    with pytest.raises(NotUnderstood):
        told(ear(watched=Failing), speech.spoken(SAID))


def test_a_job_called_off_does_not_wait_for_its_step(ear):
    """The next one begins once the step is through."""
    go_on = threading.Event()

    class Slow(Watched):
        def encode(self, spectrum, frames):
            go_on.wait()
            return super().encode(spectrum, frames)

    engine = ear(watched=Slow)
    threading.Timer(0.2, engine.interrupt).start()
    events = engine.run(Transcribe(speech.spoken(SAID)))
    seen = [next(events), next(events)]  # the second comes although the step still waits
    assert all(isinstance(event, Progress) for event in seen) and not go_on.is_set()
    events.close()
    go_on.set()
    assert told(engine, speech.spoken(SAID))[0].text == SAYS


def test_a_card_is_taken_only_where_there_is_room(monkeypatch):
    gigabyte = 1 << 30
    monkeypatch.setattr(devices.ctranslate2, "get_cuda_device_count", lambda: 1)
    for free, promised, where in [
        (8, 0, "cuda"),
        (8, 6, "cpu"),
        (2, 0, "cpu"),
        (None, 0, "cpu"),
    ]:
        known = None if free is None else free * gigabyte
        monkeypatch.setattr(devices, "free_memory", lambda known=known: known)
        assert devices.choose("automatic", gigabyte // 2, promised * gigabyte) == where
    assert devices.choose("cpu", 0, 0) == "cpu" and devices.choose("cuda", 0, 0) == "cuda"
    monkeypatch.setattr(devices.ctranslate2, "get_cuda_device_count", lambda: 0)
    assert devices.choose("cuda", 0, 0) == "cpu"


def test_the_trial_of_a_card_runs():
    devices.trial("cpu")


def test_a_computer_without_a_card_has_none_to_use():
    assert devices.free_memory() is None or devices.free_memory() > 0
    assert devices.usable() == devices.ctranslate2.get_cuda_device_count()


def test_an_empty_wish_is_the_models_own(ear):
    assert isinstance(told(ear(many=False), speech.spoken(SAID))[0], Transcript)
