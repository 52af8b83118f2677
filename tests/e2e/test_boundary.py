"""The boundary with real processes: crash, hang, kill, cancel, and what the window sees of it."""

import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QTimer

from app.engine import NO_MODEL, OURS, Arrival, Arrivals, EngineLink
from engines import host, jail, process
from engines.llm.echo import Options
from engines.messages import ENDINGS, Cancelled, Done, Failed, Loaded, Prefill, Progress, TextDelta
from tests.data.watched import Watched, say

MODEL = Path("model")
LONG = {"grace": 20.0, "patience": 60.0}  # seconds, for a machine busy with other things
GRACE, PATIENCE = 0.4, 1.5  # where running out of them is the point
HALF = TextDelta("half ")


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


@pytest.fixture
def linked(qtbot, logs):
    """Makes links with no model open."""
    links = []

    def make(**times):
        links.append(EngineLink(logs, **times))
        return Watched(qtbot, links[-1])

    yield make
    for link in links:
        link.stop()
        assert link.state == "stopped" and link.pid is None


@pytest.fixture
def closed(linked):
    return linked(**LONG)


@pytest.fixture
def link(closed):
    closed.link.open("echo", MODEL, Options())
    return closed


@pytest.fixture
def hasty(linked):
    """A loaded link that waits for nobody who was told to stop."""
    hasty = linked(grace=GRACE, patience=LONG["patience"])
    hasty.link.open("echo", MODEL, Options())
    hasty.ready()
    return hasty


# the straight path


def test_loading_is_job_nought(link):
    assert link.link.state == "loading"
    link.ready()
    loaded, done = link.of(0)
    assert isinstance(loaded, Loaded) and loaded == link.link.loaded and done == Done()
    assert link.states == ["loading", "ready"]


def test_it_streams_and_is_done(link):
    job = link.ask("one two")
    assert isinstance(link.ending(job), Done)
    assert link.of(job)[:-1] == [TextDelta("one "), TextDelta("two ")]
    assert link.states == ["loading", "busy", "ready"]


def test_jobs_run_in_order_and_each_ends_once(link):
    jobs = [link.ask(f"question {n}") for n in range(20)]
    link.ending(jobs[-1])
    assert [job for job, event in link.events if isinstance(event, ENDINGS)] == [0, *jobs]


def test_an_expected_failure_keeps_its_words_and_the_process(link):
    pid = link.ready()
    assert link.ending(link.ask("fail")) == Failed("The echo broke.", "Say something else.")
    assert link.ending(link.ask("bug")).detail == "KeyError: 'a bug'"
    assert isinstance(link.ending(link.ask("more")), Done) and link.link.pid == pid


@pytest.mark.parametrize("text", ["huge", "deep"])
def test_what_cannot_cross_fails_its_job_only(link, text):
    pid = link.ready()
    assert isinstance(link.ending(link.ask(text)), Failed)
    assert isinstance(link.ending(link.ask("more")), Done) and link.link.pid == pid


def test_a_question_that_cannot_be_sent_fails_alone(link):
    pid = link.ready()
    assert link.ending(link.ask("x" * (65 << 20))).message == host.TOO_LARGE.message
    assert link.ending(link.ask("\ud800")).message == host.UNSPEAKABLE.message
    assert isinstance(link.ending(link.ask("more")), Done) and link.link.pid == pid


def test_what_libraries_print_is_not_taken_for_frames(link, logs):
    job = link.ask("noise")
    assert isinstance(link.ending(job), Done) and link.of(job)[0] == TextDelta("quiet ")
    assert "printed by a library" in (logs / "echo.log").read_text()


def test_without_a_model_a_question_fails_with_words(closed):
    job = closed.ask("hello")
    assert not closed.events  # not before the caller knows the number
    assert closed.ending(job) == NO_MODEL


# stop


def test_cancel_frees_the_window_at_once_and_the_next_question_runs(link):
    pid = link.ready()
    job = link.ask("slow")
    link.heard(job)
    link.link.cancel(job)
    assert link.ending(job) == Cancelled()
    assert isinstance(link.ending(link.ask("again")), Done)
    assert link.link.pid == pid and link.endings(job) == [Cancelled()]


def test_a_waiting_question_can_be_cancelled(link):
    first, second, third = link.ask("slow"), link.ask("second"), link.ask("third")
    link.heard(first)
    link.link.cancel(second)
    link.link.cancel(first)
    assert isinstance(link.ending(third), Done)
    assert link.of(second) == [Cancelled()]


@pytest.mark.parametrize("text", ["hang", "mute"])
def test_a_deaf_engine_is_killed_after_grace_and_starts_again(hasty, text):
    pid = hasty.ready()
    job, other = hasty.ask(text), hasty.ask("next in line")
    hasty.heard(job)
    hasty.link.cancel(job)
    assert hasty.ending(job) == Cancelled() and hasty.link.pid == pid  # the window did not wait
    assert hasty.ending(other) == host.DEAF
    hasty.until(lambda: not psutil.pid_exists(pid))
    assert isinstance(hasty.ending(hasty.ask("again")), Done) and hasty.link.pid != pid


def test_speculation_gives_way_to_a_question(closed):
    closed.link.open("echo", MODEL, Options(delay=0.02))
    pid = closed.ready()
    running, waiting = closed.link.submit(Prefill(())), closed.link.submit(Prefill(()))
    closed.heard(running)
    assert isinstance(closed.ending(closed.ask("a question")), Done)
    assert closed.ending(running) == closed.ending(waiting) == Cancelled()
    assert closed.link.pid == pid


# hang


@pytest.mark.parametrize("text", ["hang", "signal SIGSTOP"])
def test_silence_is_noticed(hasty, text):
    pid = hasty.ready()
    hasty.link.set_patience(PATIENCE)
    job, other = hasty.ask(text), hasty.ask("next in line")
    assert hasty.ending(job) == hasty.ending(other) == host.SILENT
    hasty.link.set_patience(LONG["patience"])
    assert hasty.of(job)[0] == HALF  # what was said stays
    assert not psutil.pid_exists(pid)
    assert isinstance(hasty.ending(hasty.ask("again")), Done)


def test_slow_is_not_silent(hasty):
    hasty.link.open("echo", MODEL, Options(delay=PATIENCE * 0.6))
    hasty.ready()
    hasty.link.set_patience(PATIENCE)
    assert isinstance(hasty.ending(hasty.ask("two words")), Done)


def test_a_stopped_process_never_blocks_the_window(hasty):
    os.kill(hasty.ready(), signal.SIGSTOP)
    began = time.thread_time()
    jobs = [hasty.ask("x" * 5_000_000) for _ in range(4)]  # far more than a pipe holds
    for job in jobs[1:]:
        hasty.link.cancel(job)
    hasty.link.unload()
    assert time.thread_time() - began < 0.05
    assert [hasty.ending(job) for job in jobs] == [Cancelled()] * 4


# death


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("crash", process.CRASHED),
        ("leave", process.CRASHED),
        ("segv", process.CRASHED),
        ("signal SIGABRT", process.CRASHED),
        ("signal SIGKILL", process.OUT_OF_MEMORY),
        ("signal SIGBUS", process.FILE_CHANGED),
        ("garbage", host.NONSENSE),
    ],
)
def test_a_death_fails_every_open_job_once_and_the_next_starts_anew(closed, text, words):
    link = closed
    link.link.open("echo", MODEL, Options(delay=0.3))
    pid = link.ready()
    link.ask("first")  # takes a moment, so that the others are there before the death
    jobs = [link.ask(text), link.ask("second"), link.ask("third")]
    for job in jobs:
        assert (link.ending(job).message, link.ending(job).hint) == (words.message, words.hint)
    assert link.of(jobs[0])[0] == HALF
    link.until(lambda: link.link.state == "stopped")
    assert isinstance(link.ending(link.ask("again")), Done)
    assert link.link.pid != pid and not psutil.pid_exists(pid)
    assert all(len(link.endings(job)) == 1 for job in jobs)


def test_a_death_while_idle_is_noticed(link):
    os.kill(link.ready(), signal.SIGKILL)
    link.until(lambda: link.link.state == "stopped")
    assert link.link.loaded is None
    assert isinstance(link.ending(link.ask("again")), Done)


# loading


@pytest.mark.parametrize(
    ("loading", "message"),
    [
        ("fail", "The echo would not load."),
        ("crash", process.CRASHED.message),
        ("hang", host.SILENT.message),
    ],
)
def test_what_waits_for_the_model_shares_its_fate(linked, loading, message):
    closed = linked(grace=GRACE, patience=PATIENCE if loading == "hang" else LONG["patience"])
    closed.link.open("echo", MODEL, Options(loading=loading))
    job = closed.ask("hello")
    assert closed.ending(0).message == closed.ending(job).message == message
    closed.until(lambda: closed.link.state == "stopped")


def test_an_unknown_engine_fails_to_load(closed):
    closed.link.open("nothing", MODEL, Options())
    assert isinstance(closed.ending(0), Failed)


def test_loading_tells_how_far_it_is_and_can_be_stopped(closed):
    closed.link.open("echo", MODEL, Options(loading="slow"))
    closed.until(lambda: len([e for e in closed.of(0) if isinstance(e, Progress)]) > 1)
    pid, job = closed.link.pid, closed.ask("hello")
    closed.link.cancel(0)
    assert closed.ending(0) == closed.ending(job) == Cancelled()
    closed.until(lambda: not psutil.pid_exists(pid))


def test_cancelling_a_question_lets_loading_go_on(hasty):
    hasty.link.open("echo", MODEL, Options(loading="slow"))
    hasty.events.clear()
    job = hasty.ask("hello")
    hasty.until(lambda: len(hasty.of(0)) > 1)
    hasty.link.cancel(job)
    assert hasty.ending(job) == Cancelled()
    before = len(hasty.of(0))
    hasty.until(lambda: len(hasty.of(0)) > before + 8)  # events 0.1 s apart: well after grace
    assert not hasty.endings(0)


def test_opening_another_model_ends_the_one_before(link):
    pid = link.ready()
    job = link.ask("slow")
    link.heard(job)
    link.link.open("echo", MODEL, Options(delay=0.01))
    assert link.ending(job) == Cancelled()
    link.until(lambda: link.link.pid is not None)
    assert not psutil.pid_exists(pid)  # its memory came back before the next was started
    assert isinstance(link.ending(link.ask("again")), Done) and len(link.endings(0)) == 2


# memory


def test_unload_gives_memory_back_and_the_next_question_loads(link):
    pid = link.ready()
    link.link.unload()
    assert link.link.state == "stopped" and link.link.loaded is None
    link.until(lambda: not psutil.pid_exists(pid))
    assert isinstance(link.ending(link.ask("again")), Done)
    assert link.states == ["loading", "ready", "stopped", "loading", "busy", "ready"]


def test_an_idle_model_is_unloaded(link):
    pid = link.ready()
    link.link.set_idle_minutes(0.2 / 60)
    link.until(lambda: not psutil.pid_exists(pid))
    assert link.link.state == "stopped"
    assert isinstance(link.ending(link.ask("again")), Done)


def test_a_model_at_work_is_not_idle(link):
    pid = link.ready()
    link.link.set_idle_minutes(0.2 / 60)
    job = link.ask("slow")
    link.until(lambda: len(link.of(job)) > 8)
    assert link.link.pid == pid


# the window


def test_a_flood_lets_the_window_live(link):
    link.ready()
    job = link.ask("flood 5000")
    threading.Event().wait(1.0)  # the window is busy; a thousand events wait for it
    link.link.event.connect(lambda job, event: sum(range(2000)))  # as if each were drawn
    turns = []
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: turns.append(len(link.events)))
    timer.start()
    assert isinstance(link.ending(job), Done)
    timer.stop()
    assert len(link.of(job)) == 5001
    assert len([n for n in turns if 2 < n < 900]) > 1  # it had its turns in the middle of them


def test_the_gui_thread_never_works_long(hasty):
    longest = 0.0

    def measured(action, *arguments):
        nonlocal longest
        began = time.thread_time()
        result = action(*arguments)
        longest = max(longest, time.thread_time() - began)
        return result

    for text in ("slow", "crash", "hang", "again"):
        job = measured(hasty.ask, text)
        hasty.heard(job)
        measured(hasty.link.cancel, job)
        measured(hasty.link.unload)
        measured(hasty.link.open, "echo", MODEL, Options())
    hasty.ready()
    assert longest < 0.05  # seconds of processor time


# the jail and the log


def test_the_worker_is_jailed(link, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("private")
    link.ready()
    job = link.ask(f"read {secret}")
    link.ending(job)
    offer = jail.probe()
    assert (link.of(job)[0] == TextDelta("PermissionError")) == bool(offer.landlock)
    assert (link.link.loaded.jail == "") == all(offer)


def test_keys_of_the_environment_stay_outside(closed, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "private")
    closed.link.open("echo", MODEL, Options())
    job = closed.ask("env")
    closed.ending(job)
    names = closed.of(job)[0].text.split()
    assert "OPENAI_API_KEY" not in names and {"PATH", *process.SET} <= set(names)


def test_the_log_says_what_happened_and_nothing_that_was_said(link, logs):
    canary = "marmalade"
    link.ending(link.ask(f"hello {canary}"))
    link.ending(link.ask(f"bug {canary}"))
    link.ending(link.ask(f"segv {canary}"))
    log = (logs / "echo.log").read_text()
    assert "a bug" in log and "Segmentation fault" in log and canary not in log


def test_what_engines_said_last_is_not_heard_after_the_end():
    arrivals = Arrivals()
    arrivals.put(Arrival(1, 5, Done()), may_wait=False)
    arrivals.close()
    arrivals.put(Arrival(1, 6, Done()), may_wait=False)
    assert arrivals.take() is None
    arrivals.put(Arrival(OURS, 7, Done()), may_wait=False)  # a job that comes too late is answered
    assert arrivals.take() == Arrival(OURS, 7, Done())


def test_stop_leaves_no_process(qtbot, logs):
    link = EngineLink(logs, grace=GRACE)
    watched = Watched(qtbot, link)
    link.open("echo", MODEL, Options())
    watched.heard(watched.ask("hang"))
    pid = link.pid
    link.stop()
    assert not psutil.pid_exists(pid)
    assert watched.ending(link.submit(say("too late"))) == NO_MODEL
