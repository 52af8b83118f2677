"""Shows pictures to the open model: it takes each in once, and turns only name them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers import attached
from app.controllers.decoding import Decoding, Sensed
from app.controllers.jobs import Jobs, trouble
from app.controllers.models import ModelController
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import ENDINGS, Done, Event, Failed, Listen, Loaded, Look, Pcm, Seen

FailedBy = Callable[[Failed], None]
Cost = tuple[int, float]  # tokens, seconds of encoding
LOST = Failed(
    "A picture of this conversation is not there any more.",
    "Attach it again, or ask in a new conversation.",
)
TOO_MANY = Failed(
    "The model cannot keep so many pictures in mind at once.",
    "Ask about fewer of them in a new conversation.",
)


class Looking(QObject):
    changed = Signal()  # another process of a model: it has seen nothing yet

    def __init__(
        self, models: ModelController, decoding: Decoding, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._models, self._decoding = models, decoding
        self._jobs = Jobs(models.link, parent=self)
        self.model = 1  # number of the process that looks
        self.costs: dict[str, Cost] = {}  # by hash, of this process
        models.link.event.connect(self._on_event)

    @property
    def known(self) -> bool:
        """Whether it sees can be told."""
        return self._models.known

    @property
    def sees(self) -> bool:
        return self._models.sees

    @property
    def hears(self) -> bool:
        return self._models.hears

    @property
    def senses(self) -> tuple[bool, bool, bool]:
        return self._models.senses

    @property
    def is_read_to(self) -> bool:
        """It sees pictures, and is told the text that programs read in them."""
        return self._models.is_read_to

    def takes(self, parts: Iterable[StoredPart]) -> list[StoredPart]:
        """Those of them the model can take in."""
        senses = {attached.SEEN: self.sees, attached.LISTENED: self.hears}
        return [part for part in parts if senses.get(part.kind)]

    @property
    def loading(self) -> bool:
        return self._models.link.state == "loading"

    @property
    def context(self) -> int:
        return self._models.context

    def show(
        self,
        parts: Iterable[StoredPart],
        done: Callable[[], None],
        failed: FailedBy,
        sensed: Mapping[str, Sensed] | None = None,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Have the model take in these, one after another, while they are wanted.

        sensed is what is at hand. Where they are not wanted any more nothing is called.
        """
        left, ready = list(parts), sensed or {}

        def go_on() -> None:
            if not wanted():
                return None
            if not left:
                return done()
            part = left.pop(0)
            one = attached.about(part)
            if one is None:
                return failed(LOST)
            if one.hash in ready:
                return self._look(one.hash, ready[one.hash], go_on, failed)

            def read(found: Sensed) -> None:
                self._look(one.hash, found, go_on, failed)

            return self._decoding.again(part, read, failed)

        go_on()

    def show_again(
        self,
        turns: Sequence[StoredTurn],
        hashes: Iterable[str],
        done: Callable[[], None],
        failed: FailedBy,
    ) -> None:
        """What the model says it does not know (Unseen), from the originals."""
        wanted = {one.hash: part for part, one in attached.sensed(turns)}
        missing = list(dict.fromkeys(hashes))
        if not all(name in wanted for name in missing):
            failed(LOST)
        else:
            self.show([wanted[name] for name in missing], done, failed)

    def cost(self, parts: Iterable[StoredPart]) -> Cost | None:
        """What taking in these took altogether; None where this model did not look at all."""
        names = [one.hash for part in parts if (one := attached.about(part))]
        known = [self.costs[name] for name in names if name in self.costs]
        if not known or len(known) < len(names):
            return None
        return sum(cost[0] for cost in known), sum(cost[1] for cost in known)

    def facts(self, turns: Sequence[StoredTurn]) -> dict[str, Any]:
        """What pictures had to do with an answer; seconds are those of the last question's."""
        seen = [part for part, _ in attached.pictures(turns)]
        if not seen or not self.sees:
            return {}
        about: dict[str, Any] = {"pictures": len(seen)}
        if cost := self.cost(seen):
            about["picture_tokens"] = cost[0]
        if turns and (new := self.cost(part for part, _ in attached.pictures(turns[-1:]))):
            about["picture_seconds"] = new[1]
        return about

    def _look(self, name: str, given: Sensed, done: Callable[[], None], failed: FailedBy) -> None:
        def hears(event: Event) -> None:
            if isinstance(event, Seen):
                before = self.costs.get(name, (0, 0.0))[1]
                self.costs[name] = (event.tokens, event.seconds or before)
            elif isinstance(event, Done):
                done()
            elif isinstance(event, ENDINGS):
                failed(trouble(event))

        if isinstance(given, Pcm):
            self._jobs.ask(Listen(name, given.pcm, given.rate), hears)
        else:
            self._jobs.ask(Look(name, given.width, given.height, given.rgb), hears)

    @Slot(int, object)
    def _on_event(self, job: int, event: Any) -> None:
        if job == 0 and isinstance(event, Loaded):
            self.model += 1
            self.costs.clear()
            self.changed.emit()
