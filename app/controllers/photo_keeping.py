"""Keeps what is known of the person's photos current, and gives way to whatever they do."""

import os
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.background import Background
from app.controllers.preferences import PreferencesController
from app.resting import Resting
from engines.messages import ENDINGS, Done, Event, Failed, Progress, Scanned, ScanPhotos

FIRST = 12_000  # ms after the start of Parley, so that the first question is faster
SOON, YOUNG = 600, 6_000  # ms after a folder was granted; after files were seen that still grow
AGAIN = 1_500  # ms of quiet after a talk or an answer
POLL = 20_000  # ms between two looks at the times of the folders
WHOLE = 45 * 60.0  # seconds until everything is compared, for photos that were changed in place
TRIES = 5  # times in a row that the process may end before it is said
TOLD = 2.0  # seconds between two times it is told that there is more to see
SURE = 5.0  # seconds of looking before it is said how long the rest takes
BATTERY = "battery"


class PhotoKeeping(QObject):
    changed = Signal()  # state, done, total or folders
    more = Signal()  # there is something new to be found

    def __init__(
        self,
        looker: Resting,
        background: Background,
        preferences: PreferencesController,
        on_battery: Callable[[], bool],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._looker, self._background, self._preferences = looker, background, preferences
        self._on_battery, self._clock = on_battery, clock
        self.state = "none"  # none, waiting, looking, held, battery, failed or current
        self.done = self.total = 0  # photos, while it is looking
        self.folders: tuple[tuple[str, int, int, bool], ...] = ()  # as Scanned has them
        self.trouble = Failed("")
        self._watched: Sequence[tuple[bytes, int]] = ()
        self._job, self._stopped = -1, False
        self._granted: tuple[str, ...] = ()  # what the process that runs may read
        self._holds: set[str] = set()
        self._anyway = False  # also on battery
        self._tries, self._refused = 0, False
        self._begun = (0.0, 0)  # when this run began, and at how many photos
        self._told = self._whole = 0.0
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._look)
        self._poll = QTimer(self, interval=POLL)
        self._poll.timeout.connect(self._check)
        looker.link.event.connect(self._on_event)
        preferences.photos_changed.connect(self._on_folders)

    def start(self) -> None:
        """After the window is up."""
        self._poll.start()
        if self._preferences.photo_folders:
            self.state = "waiting"
            self._next.start(FIRST)
            self.changed.emit()

    def stop(self) -> None:
        """For good: what was not looked at is so another time."""
        self._stopped = True
        self._next.stop()
        self._poll.stop()
        self._looker.link.stop()

    def look_soon(self, ms: int = SOON) -> None:
        if not self._stopped and self._job < 0:
            left = self._next.remainingTime()
            self._next.start(ms if left < 0 else min(ms, left))

    def hold(self, who: str, held: bool) -> None:
        """Somebody needs the processor now, or no longer."""
        before = bool(self._holds)
        self._holds = self._holds | {who} if held else self._holds - {who}
        if self._holds and not before and self._job >= 0:
            self._call_off("held")
        elif before and not self._holds and self.state == "held":
            self._next.start(AGAIN)

    def renew(self) -> None:
        """Other eyes are to look at everything."""
        if self._job >= 0:
            self._call_off("waiting")
        self._looker.renew()
        self.look_soon()

    @Slot()
    def go_on(self) -> None:
        """Once more, or on battery as well until Parley is closed."""
        self._anyway = self._anyway or self.state == BATTERY
        self._tries = 0
        self.look_soon(0)

    @property
    def minutes_left(self) -> float:
        """-1.0 where nobody knows."""
        began, at = self._begun
        took, done = self._clock() - began, self.done - at
        if self.state != "looking" or took < SURE or done <= 0:
            return -1.0
        return (self.total - self.done) * took / done / 60

    @Slot()
    def _on_folders(self) -> None:
        """Also when the last one was taken back: what was known of it goes."""
        if self._job >= 0:
            self._call_off("waiting")
        self.state = "waiting" if self._preferences.photo_folders else "none"
        self.folders = tuple(
            one for one in self.folders if one[0] in self._preferences.photo_folders
        )
        self.changed.emit()
        self.look_soon()

    # One run

    @Slot()
    def _look(self) -> None:
        if self._stopped or self._job >= 0:
            return
        if self._holds:
            self._become("held")  # who holds it says when it is over
            return
        if self._preferences.photo_folders and not self._anyway and self._on_battery():
            self._become(BATTERY)
            return
        granted = self._preferences.usable_photo_folders()
        if granted != self._granted:
            self._looker.renew()
        self._looker.warm()
        self._granted = granted
        self.done = self.total = 0
        self._begun = (self._clock(), -1)
        self._job = self._looker.link.submit(ScanPhotos(self._preferences.photo_folders))
        self._become("looking" if self._preferences.photo_folders else "none")

    def _call_off(self, state: str) -> None:
        job, self._job = self._job, -1
        self._looker.link.cancel(job)
        self._become(state)

    def _become(self, state: str) -> None:
        self.state = state
        self.changed.emit()

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        if job == 0:
            self._refused = isinstance(event, Failed)  # the eyes cannot be opened
        if job != self._job or job < 0:
            return
        match event:
            case Progress(stage="looking", done=done, total=total):
                if self._begun[1] < 0:
                    self._begun = (self._clock(), done)
                self.done, self.total = done, total
                self._tries = 0
                self._tell()
            case Scanned():
                self.folders, self._watched = event.folders, event.watched
                self._whole = self._clock()
                if event.young:
                    self._next.start(YOUNG)
            case _ if isinstance(event, ENDINGS):
                self._job = -1
                self._end(event)

    def _tell(self) -> None:
        if self._clock() - self._told >= TOLD:
            self._told = self._clock()
            self.more.emit()
        self.changed.emit()

    def _end(self, ending: Event) -> None:
        if isinstance(ending, Done):
            self._tries = 0
            self._become("current" if self._preferences.photo_folders else "none")
            self.more.emit()
            return
        self._tries += 1
        died = self._looker.link.state == "stopped" and not self._refused
        if died and self._tries < TRIES:
            self._next.start(AGAIN)  # it ended over a photo, which is skipped in time
            return
        self.trouble = ending if isinstance(ending, Failed) else Failed("Looking was broken off.")
        self._become("failed")

    # What changes

    @Slot()
    def _check(self) -> None:
        """Folders have the time of the last file that came or went; asked beside the window."""
        if self.state == BATTERY:
            self.look_soon(0)
        elif self.state == "current":
            if self._clock() - self._whole > WHOLE:
                self.look_soon(0)
                return
            watched, roots = self._watched, [(path, there) for path, *_, there in self.folders]
            self._background.run(lambda _: differs(watched, roots), self._found, self._unknown)

    def _found(self, differs: bool) -> None:
        if differs and self.state == "current":
            self.look_soon(0)

    def _unknown(self, _error: Exception) -> None:
        """A folder that cannot be asked about is compared with the others in time."""


def differs(watched: Sequence[tuple[bytes, int]], roots: Sequence[tuple[str, bool]]) -> bool:
    """Whether a folder has another time than it had, is gone, or a granted one came back."""
    for root, there in roots:
        if os.path.isdir(root) != there:  # noqa: PTH112
            return True
    for path, modified in watched:
        try:
            if os.stat(path).st_mtime_ns != modified:  # noqa: PTH116
                return True
        except OSError:
            return True
    return False
