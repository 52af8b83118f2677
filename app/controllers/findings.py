"""What programs find in a picture, in words."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from PySide6.QtCore import QObject, Slot

from app.controllers.found import Found, Unknown, found
from app.resting import Resting
from engines.messages import (
    ENDINGS,
    Cancelled,
    Describe,
    Described,
    Done,
    Event,
    Failed,
    Lines,
    Look,
    ReadText,
    Request,
)

KEPT = 200  # pictures whose findings are remembered
TRIES = 2  # of a request, where the process dies under it
CLOSED = Failed("The program that looks at it was closed.", "Try again.")

Told = Callable[[Found], None]


@dataclass
class Finding:
    """One picture on its way to words; None where nothing has come yet."""

    look: Look
    told: dict[int, Told] = field(default_factory=dict)  # who asked for it, by key
    described: Described | Unknown | None = None
    lines: Lines | Unknown | None = None
    tries: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return self.described is not None and self.lines is not None

    @property
    def certain(self) -> bool:
        """Nothing is missing: worth remembering."""
        return isinstance(self.described, Described) and isinstance(self.lines, Lines)


class FindingsController(QObject):
    """Two engines side by side look at a picture: one tells what it shows, one reads its text.

    What one of them cannot say is said in the words of the other's finding, so that done is
    always called exactly once, unless it was cancelled.
    """

    def __init__(self, eyes: Resting, reader: Resting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._eyes, self._reader = eyes, reader
        self._keys = count(1)
        self._open: dict[str, Finding] = {}
        self._jobs: dict[tuple[str, int], Finding] = {}  # by what was asked of whom
        self._known: OrderedDict[str, Found] = OrderedDict()
        eyes.link.event.connect(self._on_eyes)
        reader.link.event.connect(self._on_reader)
        self.links = (eyes.link, reader.link)

    def find(self, look: Look, done: Told) -> int:
        """What is in the picture; the key is for cancel. done may be called before it returns."""
        key, of = next(self._keys), look.hash
        if (known := self._known.get(of)) is not None:
            self._known.move_to_end(of)
            done(known)
            return key
        if (one := self._open.get(of)) is not None:
            one.told[key] = done
            return key
        one = self._open[of] = Finding(look, {key: done})
        self._ask("eyes", one)
        self._ask("reader", one)
        return key

    def read(self, look: Look, done: Told) -> int:
        """The same in the words for a model that sees and does not read."""
        return self.find(look, lambda what: done(what._replace(text=what.read)))

    def cancel(self, key: int) -> None:
        """Who asked does not want it any more; what nobody wants is ended."""
        one = next((o for o in self._open.values() if key in o.told), None)
        if one is None:
            return
        del one.told[key]
        if not one.told:
            del self._open[one.look.hash]
            for who, job in [at for at, o in self._jobs.items() if o is one]:
                del self._jobs[who, job]
                self._seer(who).link.cancel(job)

    def warm(self) -> None:
        """A picture is coming: have both ready."""
        self._eyes.warm()
        self._reader.warm()

    def forget(self) -> None:
        """Others look from now on: what was found may be another thing to them."""
        self._known.clear()

    def stop(self) -> None:
        """At the end of the program."""
        self._open.clear()
        self._jobs.clear()
        for link in self.links:
            link.stop()

    def _seer(self, who: str) -> Resting:
        return self._eyes if who == "eyes" else self._reader

    def _ask(self, who: str, one: Finding) -> None:
        one.tries[who] = one.tries.get(who, 0) + 1
        seer = self._seer(who)
        seer.warm()
        request: Request = Describe(one.look) if who == "eyes" else ReadText(one.look)
        self._jobs[who, seer.link.submit(request)] = one

    @Slot(int, object)
    def _on_eyes(self, job: int, event: Event) -> None:
        self._on_event("eyes", job, event)

    @Slot(int, object)
    def _on_reader(self, job: int, event: Event) -> None:
        self._on_event("reader", job, event)

    def _on_event(self, who: str, job: int, event: Event) -> None:
        one = self._jobs.get((who, job))
        if one is None:
            return
        match event:
            case Described():
                one.described = event
            case Lines():
                one.lines = event
        if isinstance(event, ENDINGS):
            del self._jobs[who, job]
            self._end(who, one, event)

    def _end(self, who: str, one: Finding, ending: Event) -> None:
        answered = one.described if who == "eyes" else one.lines
        stopped = self._seer(who).link.state == "stopped"  # its process ended under it
        if not answered and (stopped or isinstance(ending, Cancelled)) and one.tries[who] < TRIES:
            return self._ask(who, one)
        if answered is None:
            failed = ending if isinstance(ending, Failed) else CLOSED
            unknown = Unknown(failed.message if not isinstance(ending, Done) else CLOSED.message)
            if who == "eyes":
                one.described = unknown
            else:
                one.lines = unknown
        return self._tell(one) if one.whole else None

    def _tell(self, one: Finding) -> None:
        assert one.described is not None and one.lines is not None
        told = found(one.described, one.lines)
        del self._open[one.look.hash]
        if one.certain:
            self._known[one.look.hash] = told
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        for done in one.told.values():
            done(told)
