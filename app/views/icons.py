"""Icons: drawings from resources/icons in any colour and size, sharp at any screen density."""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.paths import resource

STROKE = 1.75  # of a drawing 24 units wide; the files come with 2


@cache
def _drawing(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text("utf-8")


@lru_cache(512)
def pixmap(name: str, color: str, size: int, dpr: float = 1.0) -> QPixmap:
    """The drawing called name in one colour, size by size logical pixels."""
    svg = _drawing(name).replace("currentColor", color)
    return _render(svg.replace('stroke-width="2"', f'stroke-width="{STROKE}"'), size, dpr)


def icon(name: str, color: str, size: int = 18, gap: int = 0) -> QIcon:
    """An icon for buttons and menus, with gap space to its right."""
    made = QIcon()
    for dpr in (1.0, 2.0):
        drawn = pixmap(name, color, size, dpr)
        made.addPixmap(_widened(drawn, gap) if gap else drawn)
    return made


def _widened(drawn: QPixmap, gap: int) -> QPixmap:
    dpr = drawn.devicePixelRatio()
    wide = QPixmap(drawn.width() + round(gap * dpr), drawn.height())
    wide.setDevicePixelRatio(dpr)
    wide.fill(Qt.GlobalColor.transparent)
    with QPainter(wide) as painter:
        painter.drawPixmap(0, 0, drawn)
    return wide


@cache
def app_pixmap(size: int, dpr: float = 1.0) -> QPixmap:
    return _render(_drawing("parley"), size, dpr)


def app_icon() -> QIcon:
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_render(_drawing("parley"), size, 1.0))
    return made


def _render(svg: str, size: int, dpr: float) -> QPixmap:
    drawn = QPixmap(round(size * dpr), round(size * dpr))
    drawn.setDevicePixelRatio(dpr)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    return drawn
