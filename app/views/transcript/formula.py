"""Formulas as pictures, drawn by ziamath beside the GUI thread and kept."""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, isfinite
from threading import Lock

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from app.background import Task
from app.views.transcript.offthread import background

log = logging.getLogger(__name__)

LENGTH = 600  # characters of LaTeX: about a millisecond each at worst
DEPTH = 6  # levels of braces: ziamath takes twice as long for every one (6: 170 ms)
WIDEST = 4000  # pixels
KEPT = 400  # drawings
DENSITY = 2.0  # pixels of a drawing for one on a plain screen

_ONE_AT_A_TIME = Lock()  # drawn side by side, formulas lose each other's parts
_NESTING = re.compile(r"\\left\b|\\begin\b|\{|\\right\b|\\end\b|\}")
_OWN_MACROS = re.compile(r"\\(?:(?:re)?newcommand|def|let|gdef|edef|providecommand)\b")


@dataclass
class Drawn:
    """A formula; measures in logical pixels."""

    picture: QImage
    width: float
    height: float
    ascent: float  # from its top to the line it stands on
    _centred: tuple[float, QImage, float] | None = None  # for the last height of an x

    def centred(self, x_height: float) -> tuple[QImage, float, float]:
        """The picture with room above or below, so that its middle is half an x above the line.

        Qt places a picture in a line only by its middle (AlignMiddle) or its bottom.
        """
        if self._centred and self._centred[0] == x_height:
            return self._centred[1], self.width, self._centred[2]
        above = self.ascent - x_height / 2
        half = max(above, self.height - above)
        tall = ceil(2 * half * DENSITY)
        canvas = QImage(self.picture.width(), tall, QImage.Format.Format_ARGB32_Premultiplied)
        canvas.fill(Qt.GlobalColor.transparent)
        with QPainter(canvas) as painter:
            painter.drawImage(0, round((half - above) * DENSITY), _undensed(self.picture))
        canvas.setDevicePixelRatio(DENSITY)
        self._centred = (x_height, canvas, tall / DENSITY)
        return canvas, self.width, tall / DENSITY


def _undensed(picture: QImage) -> QImage:
    copy = QImage(picture)
    copy.setDevicePixelRatio(1.0)
    return copy


class Formulas:
    """Drawings by (LaTeX, size, colour); changed is called when one has become ready."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._drawn: OrderedDict[tuple[str, int, str], Drawn | None] = OrderedDict()
        self._waiting: dict[tuple[str, int, str], None] = {}
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def get(self, latex: str, px: int, color: str) -> Drawn | None:
        """The drawing, or None while it is made and for what cannot be drawn."""
        key = (latex, px, color)
        if key in self._drawn:
            self._drawn.move_to_end(key)
            return self._drawn[key]
        if not drawable(latex):
            self._keep(key, None)
        elif key not in self._waiting:
            self._waiting[key] = None
            self._draw_next()
        return None

    def is_drawing(self, latex: str, px: int, color: str) -> bool:
        return (latex, px, color) in self._waiting

    def stop(self) -> None:
        self._waiting.clear()
        if self._task:
            self._task.cancel()

    def _draw_next(self) -> None:
        """One at a time: the newest is wanted most, and ziamath is not made for threads."""
        if self._waiting and not self._task:
            self._task = _Drawing(next(reversed(self._waiting)), self._finish).start()

    def _finish(self, key: tuple[str, int, str], drawn: Drawn | None) -> None:
        self._task = None
        self._waiting.pop(key, None)
        self._keep(key, drawn)
        self._draw_next()
        self._changed()

    def _keep(self, key: tuple[str, int, str], drawn: Drawn | None) -> None:
        self._drawn[key] = drawn
        while len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)


class _Drawing:
    def __init__(
        self,
        key: tuple[str, int, str],
        finish: Callable[[tuple[str, int, str], Drawn | None], None],
    ) -> None:
        self._key, self._finish = key, finish

    def start(self) -> Task:
        return background().run(self._work, self._done, self._failed)

    def _work(self, task: Task) -> Drawn | None:
        return None if task.cancelled else render(*self._key)

    def _done(self, drawn: Drawn | None) -> None:
        self._finish(self._key, drawn)

    def _failed(self, error: Exception) -> None:
        """What ziamath cannot read stays as it was written; it raises anything from its depths."""
        log.info("no drawing of %r: %r", self._key[0], error)
        self._finish(self._key, None)


def drawable(latex: str) -> bool:
    """Whether the formula is short and shallow enough to be drawn in a bounded time."""
    if len(latex) > LENGTH or _OWN_MACROS.search(latex):
        return False
    depth = 0
    for found in _NESTING.finditer(latex):
        depth += 1 if found[0] in ("{", "\\left", "\\begin") else -1
        if depth > DEPTH:
            return False
    return True


def render(latex: str, px: int, color: str) -> Drawn | None:
    """Draw with ziamath (20 ms, the first time 0.2 s more); may raise anything."""
    with _ONE_AT_A_TIME:
        # heavy, and needed only for formulas
        from ziamath.config import config
        from ziamath.zmath import Latex

        config.svg2 = False  # QtSvg reads SVG 1
        made = Latex(latex, size=px * 1.15, color=color, margin=1.0)
        svg = made.svg()
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    size = renderer.viewBoxF().size()
    width, height = size.width(), size.height()
    if not (isfinite(width * height) and 0 < width < WIDEST and 0 < height < WIDEST):
        return None
    picture = QImage(
        ceil(width * DENSITY), ceil(height * DENSITY), QImage.Format.Format_ARGB32_Premultiplied
    )
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, width * DENSITY, height * DENSITY))
    picture.setDevicePixelRatio(DENSITY)
    ascent = height - 1.0 + float(made.getyofst())
    return Drawn(picture, width, height, ascent)
