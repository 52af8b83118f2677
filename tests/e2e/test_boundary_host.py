"""Workers that lie, jobs that end once whatever happens, and no orphans."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import psutil
import pytest

from app.engine import EngineLink
from engines import host, jail, process
from engines.host import EngineHost
from engines.llm.echo import Options
from engines.messages import ENDINGS, Cancelled, Done, Failed, Prefill, TextDelta
from engines.worker import DEVICES
from tests.data.watched import Watched, say

ROOT = Path(__file__).parents[2]
MODEL = Path("model")


class Heard:
    """Collects what a host reports from its threads."""

    def __init__(self):
        self.events, self._changed = [], threading.Condition()

    def __call__(self, job, event):
        with self._changed:
            self.events.append((job, event))
            self._changed.notify_all()

    def of(self, job):
        return [event for j, event in self.events if j == job]

    def until(self, condition):
        with self._changed:
            assert self._changed.wait_for(condition, timeout=30)

    def ended(self, jobs):
        return {j for j, event in self.events if isinstance(event, ENDINGS)} >= set(jobs)

    def ending(self, job):
        self.until(lambda: self.ended([job]))
        return self.of(job)[-1]

    def check(self, jobs):
        """Every job has exactly one ending and says nothing after it."""
        for job in jobs:
            events = self.of(job)
            assert isinstance(events[-1], ENDINGS), (job, events[-3:])
            assert not any(isinstance(event, ENDINGS) for event in events[:-1]), (job, events)


# workers that lie

FRAMES = """
import os, sys, time, msgspec
from engines.messages import *
def frame(job, event):
    body = msgspec.msgpack.encode((job, event))
    os.write(1, len(body).to_bytes(4, "little") + body)
"""
FOREVER = "\nwhile True: time.sleep(1)"


@pytest.fixture
def lie():
    """Runs a worker made of these lines."""
    hosts = []

    def start(lines, **times):
        heard = Heard()
        times = {"grace": 0.5, "patience": 30.0} | times
        hosts.append(EngineHost(heard, [sys.executable, "-c", FRAMES + lines], **times))
        hosts[-1].start("echo", MODEL, Options())
        return hosts[-1], heard

    yield start
    for each in hosts:
        each.stop(0.5)


@pytest.mark.parametrize(
    "lines",
    [
        r'os.write(1, b"\xff\xff\xff\xff" + b"x" * 1000)',
        r'os.write(1, b"\x03\0\0\0abc")',
        'frame("one", Done())',
        "frame(0, Start('echo', '', {}))",
        "frame(0, {'type': 'Done', 'usage': 5})",
        "print('hello from a library', flush=True)",
        "os.close(1)",
    ],
)
def test_nonsense_ends_the_worker(lie, lines):
    each, heard = lie(lines + FOREVER)
    job = each.submit(say("hello"))
    assert heard.ending(0).message == heard.ending(job).message == host.NONSENSE.message
    assert each.over and each.gone.wait(10)


def test_endings_that_come_twice_or_uncalled_are_dropped(lie):
    _, heard = lie(
        "for n in range(5): frame(7, Done())\n"
        "frame(0, Done()); frame(0, Done()); frame(0, Failed('x')); frame(0, Loaded())\n"
        "frame(99, TextDelta('from nowhere')); os.close(1)"
    )
    heard.until(lambda: heard.events)
    assert heard.events == [(0, Done())]


def test_half_a_frame_is_silence(lie):
    _, heard = lie(r'os.write(1, b"\x30\0\0\0half")' + FOREVER, patience=0.5)
    assert heard.ending(0) == host.SILENT


def test_a_worker_that_never_reads_can_be_stopped(lie):
    each, heard = lie("frame(0, Done())" + FOREVER)
    heard.ending(0)
    jobs = [each.submit(say("x" * 1_000_000)) for _ in range(5)]
    each.stop(0.3)
    assert [heard.ending(job) for job in jobs] == [Cancelled()] * 5


def test_a_command_that_is_not_there_is_said():
    heard = Heard()
    each = EngineHost(heard, ["/nonexistent/parley"])
    each.start("echo", MODEL, Options())
    assert heard.ending(0).message == process.NOT_STARTED.message
    assert each.gone.wait(10)
    assert heard.ending(each.submit(say("late"))) == host.NOT_RUNNING


def test_options_that_cannot_be_sent_fail_the_loading():
    heard = Heard()
    each = EngineHost(heard)
    each.start("echo", MODEL, Options(delay=object()))
    assert isinstance(heard.ending(0), Failed)
    assert each.gone.wait(10) and heard.of(0) == [heard.ending(0)]


@pytest.mark.parametrize("level", [jail.FULL, jail.CALLS, jail.NONE])
def test_a_throwaway_process_counts_graphics_cards(level):
    command = [*process.COMMAND, DEVICES, "echo", level]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    assert int(run.stdout) == 0


def test_a_busy_window_is_not_the_models_silence():
    heard, patience = Heard(), 1.0

    def slowly(job, event):
        if event == TextDelta("first "):
            threading.Event().wait(patience * 1.5)
        heard(job, event)

    each = EngineHost(slowly)
    each.start("echo", MODEL, Options(delay=0.4))
    heard.ending(0)
    each.set_patience(patience)
    job = each.submit(say("first of several words to be said"))  # longer than the wait
    assert isinstance(heard.ending(job), Done)
    each.stop()


def test_the_next_process_waits_for_the_memory_of_the_one_before(tmp_path):
    first, second = (EngineHost(Heard(), grace=0.5) for _ in "ab")
    heard = Heard()
    first._on_event = heard
    first.start("echo", MODEL, Options())
    heard.ending(0)
    first.submit(say("hang"))
    second.start("echo", MODEL, Options(), after=first.gone)
    assert second.pid is None
    first.end(0.3)
    assert second.submit(say("x")) == 1
    second.stop()
    assert first.gone.is_set()


# exactly one ending, whatever happens

LONG = pytest.mark.timeout(900)

TEXTS = ("a b c", "fail", "bug", "crash", "leave", "segv", "hang", "mute", "flood 500", "garbage")
TEXTS += ("signal SIGSTOP", "signal SIGABRT", "huge 1000000", "noise")


def play(seed):
    """A random life of a process; returns its endings by kind."""
    dice, heard = random.Random(seed), Heard()
    each = EngineHost(heard, grace=0.2, patience=1.5)
    loading = dice.choices(("", "slow", "crash", "fail"), (20, 1, 1, 1))[0]
    each.start("echo", MODEL, Options(delay=0.002, loading=loading))
    jobs = [0]
    if dice.random() < 0.8:
        heard.until(lambda: heard.ended([0]) or loading == "slow")
    for _ in range(dice.randint(3, 12)):
        match dice.choices(
            ("ask", "prefill", "cancel", "wait", "kill", "stop"), (6, 1, 4, 3, 1, 1)
        )[0]:
            case "ask":
                jobs.append(each.submit(say(dice.choice(TEXTS))))
            case "prefill":
                jobs.append(each.submit(Prefill(())))
            case "cancel":
                each.cancel(dice.choice(jobs))
            case "wait":
                threading.Event().wait(dice.random() * 0.05)
            case what if pid := each.pid:
                os.kill(pid, signal.SIGKILL if what == "kill" else signal.SIGSTOP)
    match dice.choice(("leave", "cancel", "wait")):
        case "cancel":
            for job in jobs:
                each.cancel(job)
            heard.until(lambda: heard.ended(jobs))
        case "wait":
            heard.until(lambda: heard.ended(jobs))
    each.stop(0.2)
    heard.check(jobs)
    return Counter(type(event).__name__ for _, event in heard.events if isinstance(event, ENDINGS))


def play_all(seeds):
    counts = sum((play(seed) for seed in seeds), Counter())
    assert set(counts) == {"Done", "Cancelled", "Failed"}, counts


def test_every_job_ends_once_in_a_tenth_of_the_lives():
    play_all(range(0, 100, 10))


@pytest.mark.full
@LONG
def test_every_job_ends_once_in_a_hundred_lives():
    play_all(range(100))


def play_with_the_window(watched, qtbot, seed):
    """The same for a link, whose process comes and goes."""
    dice, jobs = random.Random(seed), []
    for _ in range(dice.randint(4, 14)):
        match dice.choices(("ask", "cancel", "wait", "kill", "unload", "open"), (6, 3, 3, 1, 1, 1))[
            0
        ]:
            case "ask":
                jobs.append(watched.ask(dice.choice(TEXTS)))
            case "cancel" if jobs:
                watched.link.cancel(dice.choice(jobs))
            case "wait":
                qtbot.wait(dice.randint(0, 60))
            case "kill" if pid := watched.link.pid:
                os.kill(pid, signal.SIGKILL)
            case "unload":
                watched.link.unload()
            case "open":
                watched.link.open("echo", MODEL, Options())
    for job in jobs:
        watched.ending(job)
    return jobs


@pytest.mark.parametrize(
    "seeds",
    [range(6), pytest.param(range(60), marks=[pytest.mark.full, LONG])],
    ids=["tenth", "all"],
)
def test_every_job_of_a_link_ends_once(qtbot, tmp_path, seeds):
    watched = Watched(qtbot, EngineLink(tmp_path, grace=0.3, patience=2.0))
    watched.link.open("echo", MODEL, Options())
    jobs = [job for seed in seeds for job in play_with_the_window(watched, qtbot, seed)]
    watched.link.stop()
    heard = Heard()
    heard.events = watched.events
    heard.check(jobs)


# no orphans

APP = """
import sys, time
from pathlib import Path
from engines.host import EngineHost
from engines.llm.echo import Options
from engines.messages import Loaded, Progress, TextDelta
from tests.data.watched import say
def tell(job, event):
    if isinstance(event, (TextDelta, Progress)):
        print(host.pid, flush=True)
host = EngineHost(tell)
host.start("echo", Path("model"), Options(loading=sys.argv[2]))
host.submit(say(sys.argv[1]))
time.sleep(600)
"""


@pytest.mark.parametrize("text", ["hello", "slow", "hang", "mute", "signal SIGSTOP"])
def test_no_orphan_is_left_when_the_app_is_killed(text):
    _kill_the_app(text, "")


def test_no_orphan_is_left_when_the_app_is_killed_while_loading():
    _kill_the_app("hello", "slow")


def _kill_the_app(text, loading):
    command = [sys.executable, "-c", APP, text, loading]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as app:
        worker = psutil.Process(int(app.stdout.readline()))
        app.kill()
    try:
        for _ in range(100):
            if worker.status() == psutil.STATUS_ZOMBIE:  # nobody reaps it in some containers
                return
            threading.Event().wait(0.1)
    except psutil.NoSuchProcess:
        return
    worker.kill()
    raise AssertionError("the worker is still there after ten seconds")
