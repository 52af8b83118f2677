"""The network seal: its button in the status bar, and the card that says what may leave."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.controllers.seal import SealController
from app.controllers.shown import ShownSeal
from app.views.controls import Button, IconButton, Switch, column, label, restyle, row
from app.views.facts import empty
from app.views.popover import Fitted, Popover

WIDTH = 400
LOOKS = {"shut": ("lock", ""), "open": ("lock-open", "warn"), "locked": ("lock", "strong")}
LOCKED_WORDS = "While it is locked no tool may even ask to use the network."


class SealButton(Button):
    """Says in words whether anything may leave; opens the card."""

    def __init__(self, seal: SealController) -> None:
        super().__init__("", "status", "lock")
        seal.changed.connect(self.show_seal)
        self.show_seal(seal.seal)

    @Slot(object)
    def show_seal(self, seal: ShownSeal) -> None:
        picture, tone = LOOKS[seal.state]
        words = f"{seal.wants[0][1]} wants out" if seal.wants else seal.words
        tone = "warn" if seal.wants else tone
        self.setText(words)
        self.setAccessibleName(f"Network seal: {words}")
        self.show_picture(picture, {"warn": "warn", "strong": "text"}.get(tone, "text_2"))
        if self.property("tone") != tone:
            restyle(self, tone=tone)


class SealCard(Popover):
    log_asked = Signal()

    def __init__(self, seal: SealController, parent: QWidget) -> None:
        super().__init__("Network seal", parent)
        self._seal = seal
        self.close_button = IconButton("x", "Close", "Esc", 32)
        self.state = label("", "second", wrap=True)
        self.locked = Switch(seal.locked, "Lock the network")
        self.shut_all = Button("Shut all", picture="lock")
        self.log = Button("What left this computer…", picture="file-text")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._shown: ShownSeal | None = None
        inside = QWidget()
        switch = row(label("Locked", "strong"), None, self.locked)
        about = label(LOCKED_WORDS, "second", wrap=True)
        inside.setLayout(column(self.state, self._rows, 4, switch, about, gap=8))
        head = row(label("Network seal", "title"), None, self.close_button)
        self.card.setLayout(
            column(head, Fitted(inside, WIDTH), row(self.log, self.shut_all, None), gap=12,
                   margins=(20, 14, 12, 16))
        )  # fmt: skip
        self.close_button.clicked.connect(self.close_panel)
        self.locked.clicked.connect(seal.lock)
        self.shut_all.clicked.connect(self._shut_all)
        self.log.clicked.connect(self._open_log)
        seal.changed.connect(self.show_seal)

    def open_at(self, anchor: QWidget) -> None:
        self._shown = None
        self.show_seal(self._seal.seal)
        super().open_at(anchor)

    @Slot(object)
    def show_seal(self, seal: ShownSeal) -> None:
        self.locked.setChecked(seal.state == "locked")
        self.shut_all.setVisible(bool(seal.open))
        if seal == self._shown:
            return
        self._shown = seal
        left = f"{seal.left} time{'s' if seal.left != 1 else ''} something left since the start."
        self.state.setText(f"{seal.words}. {left if seal.left else ''}".strip())
        empty(self._rows)
        for place, who, what in seal.wants:
            asks = label(f"{who} asks for {place}", "strong", wrap=True)
            self._rows.addLayout(column(asks, label(what[:300], "code", wrap=True), gap=2))
        for place, who, until in seal.open:
            shut = Button("Shut", "link")
            shut.setAccessibleName(f"Shut {place}")
            shut.setProperty("place", place)
            shut.clicked.connect(self._shut_one)
            about = column(label(place, "strong"), label(f"{who}, {until}", "second"), gap=0)
            self._rows.addLayout(row(about, None, shut))
        if self.isVisible():
            QTimer.singleShot(0, self.place)

    @Slot()
    def _shut_one(self) -> None:
        self._seal.shut(self.sender().property("place"))

    @Slot()
    def _shut_all(self) -> None:
        self._seal.shut()

    @Slot()
    def _open_log(self) -> None:
        self.close_panel()
        self.log_asked.emit()
