"""Reminders: kept on disk, told when their time has come, while Parley is open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.controllers.shown import Notice, ShownReminder
from app.controllers.turns import said_on
from app.controllers.undo import UndoStack
from app.store.conversations import Store
from app.store.reminders import Reminders, StoredReminder
from app.store.stored import now

LOOK_EVERY = 30_000  # ms; after a sleep or when the clock was set, no timer of Qt's is right
LATE = 90_000  # ms; so much after its time a reminder says so
MOST = 1000  # that wait at once
MOST_TOLD = 8  # in one notice
TIME_IS_UP = "Time is up."


class RemindersController(QObject):
    changed = Signal()  # which reminders wait
    due = Signal(str, str)  # title and text for the desktop
    notice = Signal(object)

    def __init__(
        self,
        store: Store,
        undo: UndoStack,
        parent: QObject | None = None,
        clock: Callable[[], int] = now,
    ) -> None:
        """clock is the UTC time in ms. Nothing is told before start."""
        super().__init__(parent)
        self._reminders, self._undo, self._clock = Reminders(store), undo, clock
        self._waiting = self._reminders.waiting()
        self._being_told: set[int] = set()
        self._started = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)

    def reminders(self) -> tuple[ShownReminder, ...]:
        """Those that wait, the next one first."""
        return tuple(shown(one) for one in self._left())

    @Slot()
    def start(self) -> None:
        """There is a window to tell them in: what was due meanwhile is told now."""
        self._started = True
        self._look()

    def add(self, at: int, about: str, conversation: int | None) -> str:
        """at is in UTC ms. Returns "" or, in words, why it cannot be."""
        if len(self._waiting) >= MOST:
            return "Too many reminders wait already. Cancel some under Tools."
        self._reminders.add(at, about, conversation, self._take)
        return ""

    @Slot(object)
    def cancel(self, key: int) -> None:
        one = next((one for one in self._left() if one.id == key), None)
        if one is None:
            return

        def cancelled(waiting: list[StoredReminder]) -> None:
            self._take(waiting)
            self._undo.push("Cancel reminder", lambda: self._reminders.put_back(one, self._take))
            self.notice.emit(Notice("Reminder cancelled.", one.about, action="Undo"))

        self._reminders.take_away(key, cancelled)

    def _left(self) -> list[StoredReminder]:
        return [one for one in self._waiting if one.id not in self._being_told]

    def _take(self, waiting: list[StoredReminder]) -> None:
        self._waiting = waiting
        self._being_told &= {one.id for one in waiting}
        self.changed.emit()
        self._look()

    @Slot()
    def _look(self) -> None:
        """Tell what is due by the clock on the wall, and look again in time."""
        if not self._started:
            return
        present = self._clock()
        if ripe := [one for one in self._left() if one.at <= present]:
            self._tell(ripe, present)
        left = self._left()
        if left:
            self._timer.start(max(0, min(left[0].at - self._clock(), LOOK_EVERY)))
        else:
            self._timer.stop()

    def _tell(self, ripe: Sequence[StoredReminder], present: int) -> None:
        for one in ripe:
            self._being_told.add(one.id)
            self._reminders.tell(one.id, self._take)
        self.changed.emit()
        text = told(ripe, present)
        if len(ripe) == 1:
            title, notice = "Reminder", Notice(f"Reminder: {text}", kind="reminder")
        else:
            title = f"{len(ripe)} reminders"
            notice = Notice(title, text, kind="reminder")
        self.notice.emit(notice)
        self.due.emit(title, text)


def told(ripe: Sequence[StoredReminder], present: int) -> str:
    lines = [in_words(one, present) for one in ripe[:MOST_TOLD]]
    if len(ripe) > MOST_TOLD:
        lines.append(f"… and {len(ripe) - MOST_TOLD} more")
    return "\n".join(lines)


def shown(one: StoredReminder) -> ShownReminder:
    return ShownReminder(one.id, said_on(one.at), one.about)


def in_words(one: StoredReminder, present: int) -> str:
    """With its time when that is over: Parley was closed, or the computer slept."""
    about = one.about or TIME_IS_UP
    return f"{about} ({said_on(one.at)})" if present - one.at > LATE else about
