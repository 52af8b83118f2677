"""The preview beside the editor: a small conversation with the variant as it stands there."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QStackedWidget, QWidget

from app.controllers.shown import ShownError, ShownTool, ShownTurn
from app.controllers.variant_data import Variant
from app.controllers.variant_preview import ShownPreview, VariantPreview
from app.views import style
from app.views.controls import IconButton, column, label, row
from app.views.transcript.view import Transcript
from app.views.variants.words import counted

TITLE = "Try it"
ABOUT = "Ask it something. It answers as it stands here, also before you save; nothing is kept."
STATES = {"waiting": "waiting", "running": "streaming", "stopped": "stopped"}
USED = "used"
FAILED = "It could not answer."
PX = 14
FRAME_MS = 33
WIDTH = 336


class Preview(QFrame):
    def __init__(self, preview: VariantPreview, variant: Callable[[], Variant]) -> None:
        """variant: as it stands in the editor now."""
        super().__init__()
        self.setObjectName("preview")
        self.setAccessibleName(TITLE)
        self._preview, self._variant = preview, variant
        self._shown: tuple[ShownPreview, ...] = ()
        self.transcript = Transcript(style.current())
        self.transcript.set_text_size(PX)
        self.words = label("", "caption")
        self.again = IconButton("rotate-ccw", "Begin again", side=32)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Ask it something")
        self.field.setAccessibleName("Question for the preview")
        self.send = IconButton("arrow-up", "Ask", "Enter", 36)
        self.nothing = label(ABOUT, "soft", wrap=True)
        self._middle = QStackedWidget()
        self._lay_out()
        self.field.returnPressed.connect(self.ask)
        self.field.textChanged.connect(self._show_state)
        self.send.clicked.connect(self._ask_or_stop)
        self.again.clicked.connect(preview.clear_preview)
        self._soon = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._soon.timeout.connect(self.refresh)
        preview.changed.connect(self._on_changed)
        self.refresh()

    def _lay_out(self) -> None:
        head = QWidget()
        head.setFixedHeight(52)
        head.setLayout(
            row(label(TITLE, "title"), None, self.words, self.again, margins=(18, 8, 10, 4))
        )
        empty = QWidget()
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        empty.setLayout(column(None, self.nothing, None, margins=(32, 0, 32, 0)))
        self._middle.addWidget(empty)
        self._middle.addWidget(self.transcript)
        self.send.setObjectName("send")
        foot = row(self.field, self.send, margins=(14, 8, 14, 14), gap=8)
        whole = column(head, self._middle, foot, margins=(1, 0, 0, 0), gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def stops(self) -> list[QWidget]:
        """Where Tab halts, in order."""
        return [self.again, self.transcript, self.field, self.send]

    def greet(self) -> None:
        """What it would say first is seen before anything is asked."""
        greeting = self._variant().greeting
        self.nothing.setText(greeting or ABOUT)

    @Slot()
    def ask(self) -> None:
        if text := self.field.text().strip():
            self.field.clear()
            self._preview.preview(self._variant(), text)

    @Slot()
    def _ask_or_stop(self) -> None:
        if self._preview.busy:
            self._preview.stop_preview()
        else:
            self.ask()

    @Slot()
    def _on_changed(self) -> None:
        """The last answer grows many times a second."""
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def refresh(self) -> None:
        """Only what is new is drawn."""
        before, self._shown = self._shown, self._preview.shown
        if len(self._shown) < len(before) or [one.question for one in before] != [
            one.question for one in self._shown[: len(before)]
        ]:
            self.transcript.set_turns([])
            before = ()
        for place, one in enumerate(self._shown):
            if place < len(before):
                if one != before[place]:
                    self.transcript.change_turn(self._turn(place, one))
            else:
                asked = ShownTurn(2 * place, "user", one.question, plain=True)
                self.transcript.add_turn(asked)
                self.transcript.add_turn(self._turn(place, one))
        self._middle.setCurrentIndex(1 if self._shown else 0)
        asked = len(self._shown)
        self.words.setText(counted(asked, "question") if asked else "")
        self.again.setVisible(bool(asked))
        self._show_state()

    def _turn(self, place: int, one: ShownPreview) -> ShownTurn:
        tools = tuple(ShownTool(name, "", USED) for name in one.tools)
        error = ShownError(FAILED, one.words) if one.state == "failed" else None
        status = STATES.get(one.state, one.state)
        note = "Stopped." if one.state == "stopped" else ""
        return ShownTurn(
            *(2 * place + 1, "assistant", one.answer, one.thought, status, note),
            tools=tools,
            error=error,
            plain=True,
        )

    @Slot()
    def _show_state(self) -> None:
        busy = self._preview.busy
        on = busy or bool(self.field.text().strip())
        self.send.rename("Stop" if busy else "Ask", "Esc" if busy else "Enter")
        self.send.show_picture("square" if busy else "arrow-up", "on_accent" if on else "muted")
        if self.send.property("tone") != (tone := "on" if on else "off"):
            self.send.setProperty("tone", tone)
            self.send.style().unpolish(self.send)
            self.send.style().polish(self.send)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._preview.busy:
            self._preview.stop_preview()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.transcript.set_theme(style.current())
