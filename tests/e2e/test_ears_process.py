"""Ears in their jailed processes, as the app runs them."""

import os
import signal
import sys
from pathlib import Path

import pytest

from engines.llm.echo import Options as EchoOptions
from engines.messages import (
    Cancelled,
    Done,
    Failed,
    Hear,
    Heard,
    Loaded,
    Progress,
    Transcribe,
    Transcript,
    Unheard,
)
from engines.sound.listener import Options as ListenerOptions
from engines.stt.faster_whisper import Options
from engines.stt.pauses import Pauses
from tests.data import broken_ears, speech, whisper_models
from tests.data.running import Running
from tests.unit.test_ears_folders import cached

SAYS = "what is seven times eight"
SAID = "Please tell me what seven times eight is."


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("ears") / "log"


@pytest.fixture(scope="module")
def ears(log):
    running = Running("faster_whisper", Options(), log, whisper_models.built(SAYS))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def listener(log):
    running = Running("listener", ListenerOptions(), log)
    yield running
    running.stop()


def texts(events):
    assert isinstance(events[-1], Done), events
    return [event.text for event in events if isinstance(event, Transcript)]


def test_it_is_loaded_in_a_jail_that_holds(ears, listener):
    for running in (ears, listener):
        (loaded,) = [event for event in running.loaded if isinstance(event, Loaded)]
        assert loaded.jail == "" and loaded.runner and loaded.device.startswith("CPU, ")
    (loaded,) = [event for event in ears.loaded if isinstance(event, Loaded)]
    assert loaded.architecture.startswith("Whisper") and loaded.size > 1_000_000
    assert loaded.quantisation.startswith("int8") and loaded.parameters > 1_000_000
    assert "CTranslate2" in loaded.runner


def test_a_microphone_of_any_kind_is_understood(ears, listener):
    """What the listener makes of a sound is what the ears take."""
    pcm = speech.spoken(SAID)
    found = listener.ask(Hear(1, pcm, 16_000, 1, last=True))
    heard = b"".join(event.pcm for event in found if isinstance(event, Heard))
    pauses = Pauses()
    pauses.hear([likely for event in found[:-1] for likely in event.speech])
    assert heard == pcm and pauses.enough
    assert texts(ears.ask(Transcribe(heard))) == [SAYS]
    assert texts(ears.ask(Transcribe(heard, draft=True))) == [SAYS]


def test_silence_is_no_text(ears):
    assert ears.ask(Transcribe(speech.silence(3)))[-2:] == [Unheard("silence"), Done()]
    assert ears.ask(Transcribe(b""))[-2:] == [Unheard("silence"), Done()]


def test_what_it_cannot_do_is_said_and_the_next_one_works(ears, listener):
    (failed,) = ears.ask(Transcribe(speech.spoken(SAID), language="xx"))
    assert isinstance(failed, Failed) and "xx" in failed.message and failed.hint
    (failed,) = listener.ask(Hear(1, b"ab", 3, 1))
    assert isinstance(failed, Failed) and failed.hint
    assert texts(ears.ask(Transcribe(speech.spoken(SAID)))) == [SAYS]


def test_drafts_that_wait_give_way_to_what_is_meant(ears):
    pcm = speech.spoken(SAID)
    long = (pcm + speech.silence(5)) * 15
    first = ears.host.submit(Transcribe(long, patient=True))  # the others wait for it
    drafts = [ears.host.submit(Transcribe(pcm, draft=True)) for _ in range(3)]
    meant = ears.host.submit(Transcribe(pcm))
    endings = {job: event for job, event in ears.until(meant) if job in (*drafts, meant, first)}
    assert [endings[job] for job in drafts] == [Cancelled()] * 3
    assert endings[first] == endings[meant] == Done()


def test_a_running_draft_gives_way(ears):
    draft = ears.host.submit(Transcribe((speech.spoken(SAID) + speech.silence(5)) * 40, draft=True))
    ears.saw(draft, Progress)
    meant = ears.host.submit(Transcribe(speech.spoken(SAID)))
    endings = dict(ears.until(meant))
    assert endings[draft] == Cancelled() and endings[meant] == Done()


def test_killed_in_the_middle_of_a_job_is_an_event_and_no_more(log):
    running = Running("faster_whisper", Options(), log, whisper_models.built(SAYS))
    job = running.host.submit(Transcribe(speech.spoken(SAID) * 100, patient=True))
    running.saw(job, Progress)
    os.kill(running.host.pid, signal.SIGKILL)
    assert isinstance(running.heard(job)[-1], Failed)
    running.stop()


@pytest.mark.parametrize("how", ["no tokenizer", "cut short", "another kind", "another tokenizer"])
def test_a_broken_folder_is_refused_in_words(log, tmp_path, how):
    folder = broken_ears.broken(whisper_models.built(), tmp_path, how)
    running = Running("faster_whisper", Options(), log, folder)
    failed = running.loaded[-1]
    assert isinstance(failed, Failed) and broken_ears.HOW[how] in failed.message and failed.hint
    running.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="cards are looked for on Linux")
@pytest.mark.parametrize(("name", "seen"), [("dying", ""), ("good", "every card")])
def test_a_card_that_ends_a_process_stays_unseen(log, name, seen):
    """As one without cuDNN does. A throwaway process touches it first."""
    script = str(Path(__file__).parents[1] / "data/dying_card.py")
    running = Running(name, EchoOptions(), log, command=(sys.executable, script))
    (loaded,) = [event for event in running.loaded if isinstance(event, Loaded)]
    assert loaded.device == seen
    running.stop()


def test_a_download_of_hugging_face_is_opened_through_its_links(log, tmp_path):
    snapshot = cached(tmp_path, whisper_models.built(SAYS))
    running = Running("faster_whisper", Options(), log, snapshot)
    assert texts(running.ask(Transcribe(speech.spoken(SAID)))) == [SAYS]
    running.stop()
