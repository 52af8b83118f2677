"""Rows or cards that are made when they come into view: hundreds cost nothing."""

import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.views.entering import reveal

AHEAD = 240  # pixels below what is seen that are made, too
BUDGET = 0.003  # seconds of the processor for one go


class InView(QFrame):
    """What is shown has a key each; its widgets have a body that takes the keyboard, and stops()
    where Tab halts. Widgets that stay keep the keyboard.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._shown: Sequence[Any] = ()
        self._made: dict[str, Any] = {}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._make)

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self._shown]

    def made(self, key: str) -> Any | None:
        """The widget of this key, where it was made already."""
        return self._made.get(key)

    def show_all(self, shown: Sequence[Any]) -> None:
        self._shown = shown
        wanted = {one.key: one for one in shown}
        for key in [key for key in self._made if key not in wanted]:
            gone = self._made.pop(key)
            gone.hide()
            gone.deleteLater()
        for key, one in self._made.items():
            self._renew(one, wanted[key])
        self._place()

    # what each kind does in its own way

    @abstractmethod
    def _new(self, one: Any) -> Any:
        """Its widget, a child of this."""

    @abstractmethod
    def _renew(self, made: Any, one: Any) -> None:
        """Show it as it is now."""

    @abstractmethod
    def _lay_out(self) -> None:
        """Say how high this is."""

    @abstractmethod
    def _top(self, place: int) -> int: ...

    @abstractmethod
    def _put(self, made: Any, place: int) -> None:
        """Give it its place."""

    def _arranged(self) -> None:
        """Those that are made stand in their places."""

    # what all do

    @Slot()
    def _place(self) -> None:
        self._lay_out()
        for place, one in enumerate(self._shown):
            if made := self._made.get(one.key):
                self._put(made, place)
        self._arranged()
        self._soon.start()

    @Slot()
    def _make(self) -> None:
        """From the first to the last that is seen, so that Tab goes through them in order."""
        until, start = self.visibleRegion().boundingRect().bottom() + AHEAD, time.thread_time()
        if until <= AHEAD:
            return  # nothing of it is seen
        fresh = False
        for place, one in enumerate(self._shown):
            if self._top(place) > until:
                break
            if one.key not in self._made:
                if time.thread_time() - start > BUDGET:
                    self._soon.start()
                    break
                self._made[one.key] = made = self._new(one)
                self._put(made, place)
                made.show()
                fresh = True
        if fresh:
            self._arranged()
            self._order_tab()

    def _order_tab(self) -> None:
        """Tab goes through them where they stand, though they were made last."""
        before = self._halt_before()
        for one in self._shown:
            if made := self._made.get(one.key):
                for stop in made.stops():
                    if before:
                        QWidget.setTabOrder(before, stop)
                    before = stop

    def _halt_before(self) -> QWidget | None:
        """Where Tab halts before it comes to the first."""
        before = self.previousInFocusChain()
        while before and before is not self:
            halts = before.focusPolicy() & Qt.FocusPolicy.TabFocus
            if halts and not self.isAncestorOf(before):
                return before
            before = before.previousInFocusChain()
        return None

    def _step_from(self, sender: object, by: int) -> None:
        """The arrow keys: the keyboard goes so many further, where there is one."""
        here = next((p for p, key in enumerate(self.keys) if self._made.get(key) is sender), -1)
        there = here + by
        if here >= 0 and 0 <= there < len(self.keys) and (one := self._made.get(self.keys[there])):
            one.body.setFocus()
            reveal(one)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._soon.start()  # something of it has come into view

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._place()
