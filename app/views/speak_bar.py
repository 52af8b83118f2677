"""Above the message: that Parley speaks, or makes a sound file, and how to stop it."""

from time import monotonic

from PySide6.QtCore import QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from app.controllers.preferences import PreferencesController
from app.controllers.saving import SavingController
from app.controllers.speak import SpeakController
from app.views import style
from app.views.controls import IconButton, label, row

HEIGHT = 34
BEAT_MS = 80
BARS = ((0.0, 1.1), (0.35, 0.9), (0.6, 1.3), (0.2, 1.0))  # where each begins, and how fast


class SpeakBar(QWidget):
    """Not there while neither happens."""

    def __init__(
        self,
        speak: SpeakController,
        saving: SavingController,
        preferences: PreferencesController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._waves = Waves(preferences)
        self.stop = IconButton("square", "Stop reading", "Esc", 28, "soft_text")
        self.speaking = Pill(self._waves, label("Reading aloud"), self.stop)
        self._bar = QProgressBar()
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._bar.setAccessibleName("Saved of the sound file")
        self._percent = label("")
        self.cancel = IconButton("x", "Stop saving", side=28, color="soft_text")
        words = label("Saving as a sound file")
        self.saving = Pill(words, self._bar, self._percent, self.cancel)
        self.setLayout(row(None, self.speaking, self.saving, None, margins=(0, 4, 0, 6)))
        self.stop.clicked.connect(speak.silence)
        self.cancel.clicked.connect(saving.cancel)
        speak.speaking_changed.connect(self._show_speaking)
        saving.progressed.connect(self._show_progress)
        self._show_speaking(speak.speaking)
        self._show_progress(-1.0)

    @Slot(bool)
    def _show_speaking(self, speaking: bool) -> None:
        self.speaking.setVisible(speaking)
        self._fit()

    @Slot(float)
    def _show_progress(self, done: float) -> None:
        self.saving.setVisible(done >= 0)
        self._bar.setValue(round(done * 100))
        self._percent.setText(f"{max(0.0, done) * 100:.0f} %")
        self._fit()

    def _fit(self) -> None:
        self.setVisible(not (self.speaking.isHidden() and self.saving.isHidden()))


class Pill(QFrame):
    def __init__(self, *parts: QWidget) -> None:
        super().__init__()
        self.setObjectName("soft_pill")
        self.setFixedHeight(HEIGHT)
        self.setLayout(row(*parts, margins=(14, 0, 4, 0), gap=10))


class Waves(QWidget):
    """Four bars that rise and fall while something is said; still under reduced motion."""

    def __init__(self, preferences: PreferencesController) -> None:
        super().__init__()
        self._preferences = preferences
        self.setFixedSize(20, 16)
        self._beat = QTimer(self, interval=BEAT_MS)
        self._beat.timeout.connect(self.update)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._preferences.settings.motion:
            self._beat.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._beat.stop()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        moment = monotonic() if self._beat.isActive() else 0.0
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.current().color("accent"))
            for number, (begin, speed) in enumerate(BARS):
                part = (moment * speed + begin) % 1.0
                height = 5 + 11 * (1 - abs(2 * part - 1))
                painter.drawRoundedRect(
                    QRectF(number * 5 + 1, (16 - height) / 2, 3, height), 1.5, 1.5
                )
