"""Pictures of tools, and previews: decoded beside the GUI thread, kept while they are near."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QFile, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QImage, QImageReader, QPainter, QPen

from app.background import Task
from app.controllers.shown import ShownPicture
from app.views import icons
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.offthread import background
from app.views.transcript.source import clean
from app.views.transcript.style import Style

TALLEST = 420  # pixels
RADIUS = 12
KEPT = 64 * 1024 * 1024  # bytes of decoded pictures: more than a screen twice as dense shows
DEAREST = 40_000_000  # pixels of a file that are decoded
BUTTON, ICON = 32, 16
GONE = "This picture is no longer there."
PNG, JPEG = b"\x89PNG", b"\xff\xd8\xff"  # how their files begin


class Key(NamedTuple):
    """A picture as it is shown somewhere."""

    path: str
    width: int
    height: int
    ratio: float  # pixels of the screen for each of width and height
    preview: bool = False  # made by Parley of a file the person gave: cut to the area it fills


class Pictures:
    """Pictures by file and size; done is called with the key when one is ready."""

    def __init__(self, done: Callable[[Key], None]) -> None:
        self._done = done
        self._known: OrderedDict[Key, QImage] = OrderedDict()
        self._size = 0  # bytes of them
        self._tasks: dict[Key, Task] = {}

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    @property
    def waiting(self) -> int:
        return len(self._tasks)

    def get(self, key: Key) -> QImage | None:
        """The picture, an empty one when there is none, or None while it is decoded."""
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if key not in self._tasks:
            self._tasks[key] = _Decoding(key, self._finish).start()
        return None

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    def _finish(self, key: Key, picture: QImage) -> None:
        self._tasks.pop(key, None)
        self._known[key] = picture
        self._size += picture.sizeInBytes()
        while self._size > KEPT and len(self._known) > 1:
            self._size -= self._known.popitem(last=False)[1].sizeInBytes()
        self._done(key)


class _Decoding:
    def __init__(self, key: Key, finish: Callable[[Key, QImage], None]) -> None:
        self._key, self._finish = key, finish

    def start(self) -> Task:
        return background().run(self._work, self._found, self._failed)

    def _work(self, task: Task) -> QImage:
        path, width, height, ratio, preview = self._key
        if task.cancelled:
            return QImage()
        size = QSize(ceil(width * ratio), ceil(height * ratio))
        return on_paper(read_preview(path, size) if preview else read(path, size), ratio)

    def _found(self, picture: QImage) -> None:
        self._finish(self._key, picture)

    def _failed(self, error: Exception) -> None:
        raise error  # a file that cannot be read is an empty picture; this is a mistake of ours


def read(path: str, size: QSize | None = None) -> QImage:
    """The picture in a PNG file, whatever the file is called; empty for anything else.

    The reader scales as well, because it lets other threads run meanwhile; QImage does not.
    """
    with _opened(path, (PNG,)) as reader:
        if reader and size:
            reader.setScaledSize(size)
        return reader.read() if reader else QImage()


def read_preview(path: str, size: QSize | None = None) -> QImage:
    """The same for a PNG or JPEG file; what juts out of size is cut off on both sides."""
    with _opened(path, (PNG, JPEG)) as reader:
        if reader and size:
            whole = reader.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            cut = QRect(QPoint(0, 0), size)
            cut.moveCenter(QRect(QPoint(0, 0), whole).center())
            reader.setScaledSize(whole)
            reader.setScaledClipRect(cut)
        return reader.read() if reader else QImage()


@contextmanager
def _opened(path: str, kinds: tuple[bytes, ...]) -> Iterator[QImageReader | None]:
    """What reads a file of one of these kinds; None for anything else, and for too large ones."""
    file = QFile(path)
    begins = bytes(file.peek(4).data()) if file.open(QFile.OpenModeFlag.ReadOnly) else b""
    kind = next((kind for kind in kinds if begins.startswith(kind)), b"")
    reader = QImageReader(file, QByteArray(b"jpeg" if kind == JPEG else b"png"))
    reader.setAutoDetectImageFormat(False)
    there = reader.size() if kind and reader.canRead() else QSize()
    yield reader if there.isValid() and there.width() * there.height() <= DEAREST else None
    file.close()


def on_paper(picture: QImage, ratio: float) -> QImage:
    """The picture on white paper with round corners."""
    if picture.isNull():
        return QImage()
    paper = QImage(picture.size(), QImage.Format.Format_RGB32)
    paper.fill(Qt.GlobalColor.white)
    with QPainter(paper) as painter:
        painter.drawImage(0, 0, picture)
    cut = QImage(picture.size(), QImage.Format.Format_ARGB32_Premultiplied)
    cut.fill(Qt.GlobalColor.transparent)
    with QPainter(cut) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(paper))
        painter.drawRoundedRect(QRectF(cut.rect()), RADIUS * ratio, RADIUS * ratio)
    return cut


def fit(picture: ShownPicture, width: int) -> QSize:
    """How large it is shown in a column: as it is, or smaller."""
    wide, tall = max(1, picture.width), max(1, picture.height)
    scale = min(1.0, width / wide, TALLEST / tall)
    return QSize(max(1, round(wide * scale)), max(1, round(tall * scale)))


class PictureBox(Box):
    """A picture a tool made; as high as it will be before it is decoded."""

    def __init__(self, picture: ShownPicture, place: tuple[int, int], pictures: Pictures) -> None:
        super().__init__(8)
        self.picture = picture
        self.identity = ("picture", picture, place)  # number of its tool, number in it
        self.copied_as = clean(picture.title)
        self.key: Key | None = None  # of what it painted last
        self._pictures = pictures
        self._area = QRect()

    @property
    def area(self) -> QRect:
        return self._area

    def estimate(self, style: Style, width: int) -> int:
        return fit(self.picture, width).height()

    def lay_out(self, style: Style, width: int) -> None:
        size = fit(self.picture, width)
        self._area = QRect(0, 0, size.width(), size.height())
        self.width, self.height = width, max(size.height(), 24)

    def shows(self, key: Key) -> bool:
        return self.key == key

    def controls(self) -> list[Control]:
        title = f": {self.copied_as}" if self.copied_as else ""
        copy, save = self._buttons()
        return [
            Control("open_picture", f"Open the picture{title}", self._area, self.picture, RADIUS),
            Control("copy_picture", "Copy the picture", copy, self.picture),
            Control("save_picture", "Save the picture as…", save, self.picture),
        ]

    def _buttons(self) -> tuple[QRect, QRect]:
        """In the upper right corner; beside a picture too small for them."""
        area = self._area
        small = area.width() < 4 * BUTTON or area.height() < 2 * BUTTON
        beside = min(area.right() + 8, self.width - 2 * BUTTON)
        x = beside if small else area.right() - 2 * BUTTON - 8
        y = 0 if small else 10
        return QRect(x, y, BUTTON, BUTTON), QRect(x + BUTTON, y, BUTTON, BUTTON)

    def paint(self, canvas: Canvas) -> None:
        painter = canvas.painter
        ratio = painter.device().devicePixelRatioF()
        place = QRectF(self._area)
        self.key = Key(self.picture.path, self._area.width(), self._area.height(), ratio)
        picture = self._pictures.get(self.key)
        if picture is None or picture.isNull():
            canvas.card(place, "panel", "border", RADIUS)
        if picture is not None and picture.isNull():
            self._paint_gone(canvas, place)
        elif picture is not None:
            painter.drawImage(place, picture)
            painter.setPen(QPen(canvas.style.color("border_strong"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if canvas.selected:
            shade = canvas.style.color("selection")
            shade.setAlphaF(0.5)
            painter.fillRect(place, shade)
        if canvas.active:
            self._paint_buttons(canvas, ratio)

    def _paint_gone(self, canvas: Canvas, place: QRectF) -> None:
        canvas.painter.setFont(canvas.style.small)
        words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        canvas.text(place.adjusted(12, 4, -12, -4), GONE, "muted", words)

    def _paint_buttons(self, canvas: Canvas, ratio: float) -> None:
        copy, save = self._buttons()
        canvas.card(QRectF(copy.united(save)), "raised", "border_strong", 8)
        for name, button in (("copy", copy), ("download", save)):
            drawing = icons.pixmap(name, canvas.style.theme.text_2, ICON, ratio)
            corner = QPointF(button.topLeft()) + QPointF(BUTTON - ICON, BUTTON - ICON) / 2
            canvas.painter.drawPixmap(corner, drawing)

    def length(self) -> int:
        return 1

    def text(self, start: int = 0, end: int | None = None) -> str:
        """Its title, whichever part of it is selected."""
        return self.copied_as
