"""How a job ends, and which jobs give way."""

import pytest

from engines.errors import ParleyError
from engines.messages import (
    Cancelled,
    Chat,
    Done,
    Failed,
    Loaded,
    Prefill,
    TextDelta,
    Transcribe,
)
from engines.worker import Inbox, run_job

CHAT, PREFILL = Chat(()), Prefill(())


class Scripted:
    """An engine whose run is a generator function given by the test."""

    def __init__(self, run):
        self.run = run

    def loaded(self):
        return Loaded()

    def close(self):
        pass


def events_of(run, cancelled=()):
    sent = []
    run_job(Scripted(run), 4, CHAT, lambda job, event: sent.append(event), cancelled)
    return sent


def test_the_returned_done_is_the_ending():
    def run(request):
        yield TextDelta("a")
        return Done("length")

    assert events_of(run) == [TextDelta("a"), Done("length")]


def test_returning_nothing_is_a_plain_done():
    def run(request):
        yield TextDelta("a")

    assert events_of(run) == [TextDelta("a"), Done()]


def test_cancel_closes_the_generator_at_a_yield():
    cancelled, closed = set(), []

    def run(request):
        try:
            yield TextDelta("a")
            cancelled.add(4)
            yield TextDelta("b")
            yield TextDelta("c")
        finally:
            closed.append(True)

    assert events_of(run, cancelled) == [TextDelta("a"), TextDelta("b"), Cancelled()]
    assert closed == [True]


def test_a_job_cancelled_before_it_began_does_nothing():
    def run(request):
        raise AssertionError("ran")
        yield

    assert events_of(run, {4}) == [Cancelled()]


@pytest.mark.parametrize(
    ("error", "words"),
    [(ParleyError("No.", "Do this."), "No."), (ZeroDivisionError(), "Something went wrong")],
)
def test_an_exception_becomes_words_and_nothing_more(caplog, error, words):
    def run(request):
        yield TextDelta("a")
        raise error

    first, ending = events_of(run)
    assert first == TextDelta("a") and isinstance(ending, Failed)
    assert ending.message.startswith(words)
    caplog.clear()  # a bug is logged as one


def test_a_failing_cleanup_is_a_failure():
    def run(request):
        try:
            yield TextDelta("a")
        finally:
            raise ParleyError("Not tidied.")

    assert events_of(run, {4}) == [Cancelled()]  # never began, so nothing to tidy
    cancelled = set()
    sent = []

    def send(job, event):
        sent.append(event)
        cancelled.add(job)

    run_job(Scripted(run), 4, CHAT, send, cancelled)
    assert sent == [TextDelta("a"), Failed("Not tidied.")]


def test_an_event_that_cannot_be_sent_fails_its_job(caplog):
    def run(request):
        yield TextDelta("too much")

    sent = []

    def send(job, event):
        if isinstance(event, TextDelta):
            raise ValueError("a message of 99 bytes")
        sent.append(event)

    run_job(Scripted(run), 4, CHAT, send, ())
    assert len(sent) == 1 and isinstance(sent[0], Failed)
    caplog.clear()


@pytest.fixture
def inbox():
    inbox = Inbox()
    inbox.put(1, CHAT)
    assert inbox.take() == (1, CHAT)
    return inbox


def test_a_waiting_job_ends_at_once_when_cancelled(inbox):
    assert inbox.put(2, CHAT) == [] and inbox.put(3, CHAT) == []
    assert inbox.cancel(2) == [2] and inbox.cancel(2) == []
    assert inbox.take() == (3, CHAT)


def test_a_running_job_is_told(inbox):
    assert inbox.cancel(1) == []
    assert 1 in inbox.cancelled


def test_cancelling_what_is_over_changes_nothing(inbox):
    inbox.put(2, CHAT)
    inbox.take()
    assert inbox.cancel(1) == [] and not inbox.cancelled


def test_speculation_gives_way_to_a_question(inbox):
    assert inbox.put(2, PREFILL) == [] and inbox.put(3, PREFILL) == []
    assert not inbox.cancelled  # a question does not give way to speculation
    assert inbox.put(4, CHAT) == [2, 3]
    assert inbox.take() == (4, CHAT)


def test_running_speculation_gives_way_too(inbox):
    inbox.put(2, PREFILL)
    assert inbox.take() == (2, PREFILL)
    assert inbox.put(3, CHAT) == [] and 2 in inbox.cancelled
    assert inbox.take() == (3, CHAT) and not inbox.cancelled


def test_when_nobody_listens_nothing_begins(inbox):
    inbox.put(2, CHAT)
    inbox.close()
    assert 1 in inbox.cancelled and inbox.take() is None


def test_a_draft_gives_way_to_what_is_meant_and_to_a_newer_draft(inbox):
    draft, meant = Transcribe(b"", draft=True), Transcribe(b"")
    assert inbox.put(2, draft) == [] and inbox.put(3, draft) == [2]
    assert inbox.take() == (3, draft)
    assert inbox.put(4, draft) == [] and not inbox.cancelled  # else none would ever end
    assert inbox.put(5, meant) == [4] and 3 in inbox.cancelled
    assert inbox.take() == (5, meant)
    assert inbox.put(6, draft) == [] and not inbox.cancelled
