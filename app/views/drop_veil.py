"""What covers the window while something is dragged over it, and says what becomes of it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Property, QEasingCurve, QPointF, QPropertyAnimation, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.controllers.arrivals import VOICE, is_plugin, is_variant
from app.views import icons, style
from app.views.controls import Switch
from app.views.theme import text_font

INSET, RADIUS = 14, 22
DISC, ICON = 72, 30
FADE_MS = 140
FEW = 4  # files that are looked into while they are still held over the window
MODEL, FOLDER, PLUGIN, VARIANT = ".gguf", "folder", "plugin", "variant"
WORDS = {
    MODEL: ("cpu", "Drop to open this model", "It is checked before anything of it runs"),
    VOICE: ("speaker", "Drop to speak with this voice", "It is checked before it is used"),
    FOLDER: ("folder-open", "Drop to look for models in it", "Nothing in it is moved or changed"),
    PLUGIN: ("code", "Drop to look at this plugin", "Nothing of it runs before you allow it"),
    VARIANT: ("shapes", "Drop to look at this variant", "You see first what it wants"),
    "": ("image-plus", "Drop to add to your message", "Pictures, documents, films, sounds, text"),
}


def kind_of(files: Sequence[Path]) -> str:
    """Models, voices, plugins and variants are no part of a message."""
    if len(files) == 1 and is_plugin(str(files[0])):
        return PLUGIN
    endings = {file.suffix.lower() for file in files}
    if kind := next((kind for kind in (MODEL, VOICE) if endings == {kind}), ""):
        return kind
    variants = 0 < len(files) <= FEW and all(is_variant(str(file)) for file in files)
    return VARIANT if variants else ""


class DropVeil(QWidget):
    """Lies over everything, so that the widgets below do not take what is dropped."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind, self._shown = "", 0.0
        self._fade = QPropertyAnimation(self, b"shown", self)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.hide()

    def _get_shown(self) -> float:
        return self._shown

    def _set_shown(self, shown: float) -> None:
        self._shown = shown
        self.update()

    shown = Property(float, _get_shown, _set_shown)

    @property
    def words(self) -> str:
        """The invitation on screen, "" when there is none."""
        return WORDS[self._kind][1] if self.isVisible() else ""

    def invite(self, files: Sequence[Path], kind: str = "") -> None:
        """kind: one of WORDS where the files do not tell it."""
        self._kind = kind or kind_of(files)
        parent = self.parentWidget()
        assert parent
        self.setGeometry(parent.rect())
        self.raise_()
        self.show()
        self._fade.stop()
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.setDuration(FADE_MS if Switch.moves else 0)
        self._fade.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = style.current()
        picture, title, hint = WORDS[self._kind]
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(self._shown)
            ground = QColor(theme.background)
            ground.setAlphaF(0.9)
            painter.fillRect(self.rect(), ground)
            grown = INSET + (1 - self._shown) * 8
            frame = QRectF(self.rect()).adjusted(grown, grown, -grown, -grown)
            soft = theme.color("accent_soft")
            soft.setAlphaF(0.55)
            painter.setBrush(soft)
            pen = QPen(theme.color("accent"), 2, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([4, 4])
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawRoundedRect(frame, RADIUS, RADIUS)
            middle = frame.center() - QPointF(0, 34)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(middle, DISC / 2, DISC / 2)
            drawing = icons.pixmap(picture, theme.on_accent, ICON, self.devicePixelRatioF())
            painter.drawPixmap(middle - QPointF(ICON / 2, ICON / 2), drawing)
            line = QRectF(frame.left() + 20, middle.y() + DISC / 2 + 16, frame.width() - 40, 28)
            painter.setPen(theme.color("text"))
            painter.setFont(text_font(19, QFont.Weight.DemiBold))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), title)
            painter.setPen(theme.color("text_2"))
            painter.setFont(text_font(14))
            painter.drawText(line.translated(0, 28), int(Qt.AlignmentFlag.AlignCenter), hint)
