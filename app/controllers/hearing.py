"""From sound to words: one take after another through the engine that understands speech."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.listening import Said
from engines.messages import (
    ENDINGS,
    Done,
    Event,
    Failed,
    Transcribe,
    Transcript,
    Unheard,
)
from engines.stt.agreement import Agreement
from engines.stt.pauses import Pauses, stretches

BYTES = 32_000  # a second of 16 kHz, mono, s16
FRAME = 1024  # bytes of 32 ms, for which there is one probability of speech
OFTEN = 0.5  # seconds between two drafts, where they are quick
BREATHE = 1.5  # a draft waits this many times as long as the one before it took
QUIET = 0.25  # seconds without speech, after which what was said is heard with care
WINDOW = 25.0  # seconds; what is longer is settled piece by piece, at pauses
LEAD = 0.5  # seconds before the first speech that are heard with it
SURE = -0.7  # mean log-probability of a token: a draft this sure is as good as a careful pass
TRIES = 2
BEFORE = 200  # characters of what was said before that the engine is told
CLOSED = Failed("What you said could not be written down.", "Try again.")


@dataclass
class Pass:
    """One request to the engine: sound of the take from where its window begins up to a place."""

    job: int
    request: Transcribe
    upto: int  # bytes of the take
    began: float
    cuts: bool = False  # the window ends there: its words are settled
    whole: bool = False  # nothing was to follow when it began
    texts: list[str] = field(default_factory=list)
    sure: float = 0.0  # of the least sure of them
    why: str = ""  # there is no text

    @property
    def final(self) -> bool:
        """Another pass would not find anything else."""
        return not self.request.draft or (bool(self.texts) and self.sure >= SURE)


@dataclass(eq=False)
class Heeded:
    """A take on its way to words."""

    said: Said
    language: str = ""
    hotwords: str = ""
    live: bool = True  # words are shown while it is spoken; else they may take their time
    pauses: Pauses = field(default_factory=Pauses)
    followed: int = 0  # probabilities the pauses were told
    start: int = 0  # bytes: where its window begins; what lies before is settled
    settled: str = ""
    agreement: Agreement = field(default_factory=Agreement)
    running: Pass | None = None
    full: Pass | None = None  # the last one that ended and is final, in this window
    next_draft: float = 0.0
    why: str = ""  # of the last stretch without text
    tries: int = 1
    rests: bool = False  # the engine fails: nothing is asked until the take is whole
    ended: bool = False


class Hearing(QObject):
    """At most one pass of a take is under way; the next one takes all that was said so far."""

    words = Signal(object, str, str)  # Heeded, words that stay, words that may change
    written = Signal(object, str)  # Heeded, its text: "" when there is none, see why
    failed = Signal(object, object)  # Heeded, Failed

    def __init__(
        self,
        link: Any,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._clock = link, clock
        self._open: dict[int, Heeded] = {}
        link.event.connect(self._on_event)

    def go_on(self, one: Heeded) -> None:
        """There is more of it, or it is whole now: do what is due."""
        if one.ended:
            return
        self._follow(one)
        if one.running:
            if not (one.said.whole and one.running.request.draft and self._unheard(one)):
                return
            self._stop(one)  # its words would be thrown away
        if one.rests and one.said.whole:
            one.rests, one.tries = False, 1
        if one.rests:
            return
        upto = len(one.said.pcm)
        if upto - one.start > WINDOW * BYTES:
            self._settle(one, upto)
        elif one.said.whole:
            self._finish(one, upto)
        elif one.live and one.pauses.enough:
            self._draft(one, upto)

    def drop(self, one: Heeded) -> None:
        """Its words are not wanted any more."""
        one.ended = True
        if one.running:
            self._stop(one)

    # what is due

    def _follow(self, one: Heeded) -> None:
        one.pauses.hear(one.said.speech[one.followed :], one.said.loud[one.followed :])
        one.followed = max(one.followed, len(one.said.speech))
        if not one.pauses.begun:  # the silence before it is not worth hearing
            lead = len(one.said.pcm) // FRAME - round(LEAD * BYTES / FRAME)
            one.start = max(one.start, lead * FRAME)

    def _settle(self, one: Heeded, upto: int) -> None:
        """The window is long: hear its beginning for good."""
        speech = one.said.speech[one.start // FRAME : upto // FRAME]
        found = stretches(speech, WINDOW - 1.0)
        if found:
            self._ask(one, one.start + round(found[0].end * BYTES / FRAME) * FRAME, cuts=True)
        else:
            one.start, one.full = upto // FRAME * FRAME, None
            self.go_on(one)

    def _finish(self, one: Heeded, upto: int) -> None:
        spoken = self._spoken_after(one, one.start)
        if not one.pauses.enough or not spoken:
            self._end(one, "", "silence")
        elif one.full and not self._spoken_after(one, one.full.upto):
            self._end(one, " ".join(one.full.texts), one.full.why)  # nothing was said since
        else:
            self._ask(one, upto)

    def _draft(self, one: Heeded, upto: int) -> None:
        if one.pauses.quiet < QUIET:
            if self._clock() >= one.next_draft:
                self._ask(one, upto, draft=True)
        elif not (one.full and not self._spoken_after(one, one.full.upto)):
            self._ask(one, upto)  # most likely the last word: heard before the key is let go

    def _spoken_after(self, one: Heeded, place: int) -> bool:
        return one.pauses.last * BYTES > place + FRAME

    def _unheard(self, one: Heeded) -> bool:
        assert one.running
        return self._spoken_after(one, one.running.upto)

    # passes

    def _ask(self, one: Heeded, upto: int, *, draft: bool = False, cuts: bool = False) -> None:
        request = Transcribe(
            bytes(one.said.pcm[one.start : upto]),
            language=one.language,
            before=one.settled[-BEFORE:],
            hotwords=one.hotwords,
            draft=draft,
            patient=not one.live,
        )
        self._submit(one, request, upto, cuts)

    def _submit(self, one: Heeded, request: Transcribe, upto: int, cuts: bool) -> None:
        job = self._link.submit(request)
        one.running = Pass(job, request, upto, self._clock(), cuts, one.said.whole)
        self._open[job] = one

    def _stop(self, one: Heeded) -> None:
        assert one.running
        running, one.running = one.running, None
        del self._open[running.job]
        self._link.cancel(running.job)

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        one = self._open.get(job)
        if one is None or one.running is None:
            return
        match event:
            case Transcript(text=text, sure=sure):
                one.running.texts.append(text.strip())
                one.running.sure = min(one.running.sure, sure)
            case Unheard(why=why):
                one.running.why = why
        if isinstance(event, ENDINGS):
            del self._open[job]
            ended, one.running = one.running, None
            if isinstance(event, Done):
                self._take(one, ended)
            else:
                self._again(one, ended, event)

    def _take(self, one: Heeded, ended: Pass) -> None:
        one.tries = 1
        text = " ".join(filter(None, ended.texts))
        if ended.cuts:
            one.settled = f"{one.settled} {text}".strip()
            one.start, one.full, one.agreement = ended.upto, None, Agreement()
            self.words.emit(one, one.settled, "")
        else:
            took = self._clock() - ended.began
            one.next_draft = ended.began + max(OFTEN, BREATHE * took)
            if ended.final:
                one.full = ended
            if text and not one.said.whole:
                one.agreement.hear(text)
                sure = f"{one.settled} {one.agreement.confirmed}".strip()
                self.words.emit(one, sure, one.agreement.unconfirmed)
        self.go_on(one)

    def _again(self, one: Heeded, ended: Pass, event: Event) -> None:
        """The engine died or was closed under it: the same sound once more.

        While somebody still speaks nothing is given up: it is tried again when they are done.
        """
        one.tries += 1
        if one.tries <= TRIES and not ended.request.draft:
            self._submit(one, ended.request, ended.upto, ended.cuts)
        elif one.tries <= TRIES or not ended.whole:
            one.rests = one.tries > TRIES and not one.said.whole
            one.tries = 1 if one.said.whole and not ended.whole else one.tries
            self.go_on(one)
        else:
            one.ended = True
            self.failed.emit(one, event if isinstance(event, Failed) else CLOSED)

    def _end(self, one: Heeded, text: str, why: str) -> None:
        one.ended, one.why = True, why
        self.written.emit(one, f"{one.settled} {text}".strip())
