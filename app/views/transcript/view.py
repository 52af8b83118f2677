"""The conversation in the middle of the chat page."""

from time import thread_time

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from app.controllers.shown import ShownQuestion, ShownTurn
from app.views.theme import Theme
from app.views.transcript import accessible
from app.views.transcript.editing import Editing
from app.views.transcript.interactive import InteractivePage
from app.views.transcript.row import Row

FRAME_MS = 16  # text that arrives is drawn at most this often
SHARE = 4  # drawing takes at most a quarter of the time
WARM_MS = 250  # after the first paint


class Transcript(InteractivePage):
    """Turns are told to it; what the person wants is asked by signals."""

    edited = Signal(int, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        accessible.install(Transcript)
        super().__init__(theme, parent)
        self.setObjectName("transcript")
        self.setAccessibleName("Conversation")
        self._theme, self._px = theme, 15
        self._thought, self._text = "", ""
        self._warm = False
        self._editing = Editing(self)
        self._frame = QTimer(self, interval=FRAME_MS, singleShot=True)
        self._frame.timeout.connect(self.flush)
        self.restyle(theme, self._px)

    @property
    def motion(self) -> bool:
        """Whether things may move; off under reduced motion."""
        return self.painting.motion

    @motion.setter
    def motion(self, moves: bool) -> None:
        self.painting.motion = moves
        self.place_children()

    # turns

    def set_turns(self, turns: list[ShownTurn]) -> None:
        """Show another conversation, from its end."""
        self._editing.leave()
        self._thought = self._text = ""
        self.selection.clear()
        self.finder.clear()
        self.kit.times.read(turns)
        self.stack.reset([Row(turn) for turn in turns])
        self.hovered, self.current = -1, len(turns) - 1
        self._show_change()

    def add_turn(self, turn: ShownTurn) -> None:
        self.flush()
        self.kit.times.add(turn)
        self.stack.append(Row(turn))
        self.stack.at_end = True  # the person just sent something
        self.current = len(self.stack.rows) - 1
        self._show_change()

    def change_turn(self, turn: ShownTurn) -> None:
        """A newer state of the turn with the same key."""
        number = self.row_of(turn.key)
        if number < 0:
            return
        if number == len(self.stack.rows) - 1:
            self._thought = self._text = ""  # the turn says it all
        asked = _questions(self.stack.rows[number].turn)
        self._newer = turn
        self.kit.times.add(turn)
        self.change(number, self._change_row)
        for key, question in _questions(turn).items():
            if key not in asked:
                self.announce(f"Parley asks: {accessible.spoken_question(question)}")

    def _change_row(self, row: Row) -> None:
        row.change(self._newer, self.kit, self.stack.width)

    def cut(self, count: int) -> None:
        """Keep only the first count turns."""
        self.flush()
        self._editing.leave()
        self.selection.cut(count)
        self.finder.clear()
        self.stack.cut(count)
        self.kit.times.read(row.turn for row in self.stack.rows)
        self.hovered, self.current = -1, min(self.current, count - 1)
        self._show_change()

    def _show_change(self) -> None:
        self.settle()
        self.viewport().update()
        accessible.tell(self, QAccessible.Event.ObjectReorder)

    # a turn that is read out

    def read_out(self, key: int) -> None:
        """Say which turn is being spoken; -1 for none."""
        self.spoken.clear()
        self.spoken.follows = self.stack.at_end or key in self._keys_in_view()
        for number, row in enumerate(self.stack.rows):
            if row.aloud != (row.turn.key == key):
                self.change(number, self._toggle_aloud)

    def _toggle_aloud(self, row: Row) -> None:
        row.read_out(not row.aloud, self.kit, self.stack.width)

    def _keys_in_view(self) -> set[int]:
        return {self.stack.rows[number].turn.key for number in self.stack.rows_in_view()}

    # an answer that is being written

    def add_text(self, text: str) -> None:
        """More of the last turn's text; drawn with the next frame."""
        self._text += text
        self._draw_soon()

    def add_thought(self, text: str) -> None:
        self._thought += text
        self._draw_soon()

    def _draw_soon(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def flush(self) -> None:
        """Take in what has arrived and repaint from where it changed."""
        if not (self._text or self._thought) or not self.stack.rows:
            return
        begun = thread_time()
        last = len(self.stack.rows) - 1
        before = self.painting.glimpse()
        self.selection.follow(last, self.stack.change(last, self._add_to_row))
        self.finder.forget(last)
        self.settle()
        self.painting.repaint_since(before)
        spent = (thread_time() - begun) * 1000
        self._frame.setInterval(max(FRAME_MS, round(SHARE * spent)))

    def _add_to_row(self, row: Row) -> None:
        thought, text = self._thought, self._text
        self._thought = self._text = ""
        row.add(thought, text, self.kit, self.stack.width)

    # looks

    def set_theme(self, theme: Theme) -> None:
        if theme != self._theme:
            self._theme = theme
            self._editing.restyle()
            self.restyle(theme, self._px)

    def set_text_size(self, px: int) -> None:
        if px != self._px:
            self._px = px
            self.restyle(self._theme, px)
            self._editing.restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._warm:
            self._warm = True
            QTimer.singleShot(WARM_MS, self.pending.warm)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.place_children()

    # finding, selecting, editing

    def find(self, text: str) -> int:  # type: ignore[override]  # QWidget.find is a static of C++
        """How often text occurs; the first match is shown."""
        self.flush()
        count = self.finder.find(text)
        self._show_match(self.finder.current())
        return count

    def find_step(self, way: int) -> int:
        """Go to the next or the previous match; its number from 1, 0 when there is none."""
        self._show_match(self.finder.step(way))
        return self.finder.number

    def _show_match(self, match: tuple[int, int, int, int] | None) -> None:
        if match:
            row, index, start, end = match
            box = self.stack.boxes(row)[index]
            top, bottom = box.span(start, end)
            self.stack.bring(row, index, top, bottom)
        self.settle()
        self.viewport().update()

    def clear_find(self) -> None:
        self.finder.clear()
        self.viewport().update()

    def selected_text(self) -> str:
        return self.selection.text()

    def edit(self, key: int, text: str = "") -> None:
        """Open the field over what the person said; with text in place of it."""
        number = self.row_of(key)
        if number >= 0 and self.stack.rows[number].turn.role == "user":
            self._editing.begin(number, text)

    def settle(self) -> None:
        super().settle()
        self._editing.follow()

    def announce(self, text: str) -> None:
        """Have a screen reader say text."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))


def _questions(turn: ShownTurn) -> dict[str, ShownQuestion]:
    return {tool.question.key: tool.question for tool in turn.tools if tool.question}
