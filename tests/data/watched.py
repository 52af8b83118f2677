"""A link to a real engine process, and everything it said."""

from app.engine import EngineLink
from engines.messages import ENDINGS, Chat, Ending, Event, Text, Turn


def say(text: str) -> Chat:
    return Chat((Turn("user", (Text(text),)),))


class Watched:
    def __init__(self, qtbot, link: EngineLink) -> None:
        self.link, self._qtbot = link, qtbot
        self.events: list[tuple[int, Event]] = []
        self.states: list[str] = []
        link.event.connect(self._hear)
        link.state_changed.connect(self.states.append)

    def _hear(self, job: int, event: Event) -> None:
        self.events.append((job, event))

    def ask(self, text: str) -> int:
        return self.link.submit(say(text))

    def of(self, job: int) -> list[Event]:
        return [event for j, event in self.events if j == job]

    def endings(self, job: int) -> list[Event]:
        return [event for event in self.of(job) if isinstance(event, ENDINGS)]

    def until(self, condition) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=60_000)

    def heard(self, job: int) -> None:
        """Wait for the first word of an answer."""
        self.until(lambda: self.of(job))

    def ending(self, job: int) -> Ending:
        """Wait for the one ending of a job."""
        self.until(lambda: self.endings(job))
        (ending,) = self.endings(job)
        return ending

    def ready(self) -> int:
        """Wait until the model is loaded; the number of its process."""
        self.until(lambda: self.link.state == "ready")
        return self.link.pid
