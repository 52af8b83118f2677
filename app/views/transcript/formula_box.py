"""The box of a formula that stands on a line of its own."""

from math import ceil

from PySide6.QtCore import QPoint, QRectF

from app.views.transcript.box import Box, Canvas
from app.views.transcript.document import plain_document
from app.views.transcript.formula import DENSITY, Drawn, Formulas
from app.views.transcript.pieces import Formula
from app.views.transcript.style import Style


class FormulaBox(Box):
    def __init__(self, piece: Formula, style: Style, formulas: Formulas) -> None:
        super().__init__(style.block_gap)
        self.piece = piece
        self.copied_as = f"$$\n{piece.latex}\n$$"
        self._formulas = formulas
        self._drawn: Drawn | None = None
        self._place = QRectF()

    def estimate(self, style: Style, width: int) -> int:
        return 3 * style.line

    def lay_out(self, style: Style, width: int) -> None:
        latex, px, color = self.piece.latex, style.px + 1, style.theme.text
        left = style.indent_of(self.piece.nest)
        self._drawn = self._formulas.get(latex, px, color)
        self.waits = self._drawn is None and self._formulas.is_drawing(latex, px, color)
        self.width = width
        if self._drawn is None:
            self.document = plain_document(f"$${latex}$$", style.code, style.code_leading)
            self.document.setTextWidth(width - left)
            self.at = QPoint(left, 0)
            self.height = ceil(self.document.size().height())
            return
        self.document = None
        scale = min(1.0, (width - left) / self._drawn.width)
        wide, tall = self._drawn.width * scale, self._drawn.height * scale
        self._place = QRectF(left + round((width - left - wide) / 2), 4, wide, tall)
        self.height = ceil(tall) + 8

    def release(self) -> None:
        super().release()
        self._drawn = None
        self.width = -1

    def paint(self, canvas: Canvas) -> None:
        if self._drawn is None:
            self.draw_document(canvas)
            return
        picture = self._drawn.picture
        if canvas.selected:
            canvas.painter.fillRect(self._place, canvas.style.color("selection"))
        whole = QRectF(0, 0, self._drawn.width * DENSITY, self._drawn.height * DENSITY)
        canvas.painter.drawImage(self._place, picture, whole)

    def length(self) -> int:
        return 1

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The whole formula, whichever part of it is selected."""
        return self.copied_as
