"""What the person gave with a question, above its words: pictures, documents and films."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from app.controllers.shown import ShownAttachment
from app.views import icons
from app.views.attachments.groups import grouped, icon_of, mark_of, spoken
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.pictures import RADIUS, Key, Pictures
from app.views.transcript.source import clean
from app.views.transcript.style import Style

ALONE = 240  # pixels of the longer side of a picture that came alone
ROW, LOW_ROW, FEW = 152, 112, 4  # height of several; of more than a few
FRAME = 84  # height of a frame of a film, and of a page
SMALLEST = 56  # a tiny picture gets so much room
BETWEEN, BELOW = 6, 8
CARD_WIDE, CARD_HIGH, CARD_ICON = 264, 60, 40
PILL = QColor(16, 16, 22, 190)
MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Item:
    """A picture, or the card of a document, film or sound, where it stands."""

    shown: ShownAttachment
    card: bool
    area: QRect


class AttachedBox(Box):
    """One box for all of them, as high as it will be before anything is decoded."""

    def __init__(self, attached: Sequence[ShownAttachment], pictures: Pictures) -> None:
        super().__init__(0)
        self._attached = tuple(attached)
        self._pictures = pictures
        self._items: list[Item] = []
        self.identity = ("attached", self._attached)
        self.copied_as = "\n".join(clean(group.whole.name) for group in grouped(attached))

    def estimate(self, style: Style, width: int) -> int:
        return attached_height(self._attached, width)

    def lay_out(self, style: Style, width: int) -> None:
        self._items = list(_placed(self._attached, width))
        self.width, self.height = width, _height(self._items)

    def under(self, point: QPoint) -> ShownAttachment | None:
        return next((item.shown for item in self._items if item.area.contains(point)), None)

    def shows(self, key: Key) -> bool:
        return any(item.shown.preview == key.path for item in self._items)

    def controls(self) -> list[Control]:
        return [
            Control("open_attached", spoken(item.shown), item.area, item.shown.key, RADIUS)
            for item in self._items
        ]

    def length(self) -> int:
        return 1

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The names, whichever part is selected."""
        return self.copied_as

    # how they look

    def paint(self, canvas: Canvas) -> None:
        for item in self._items:
            if not canvas.clip.intersects(QRectF(item.area)):
                continue
            if item.card:
                self._paint_card(canvas, item)
            else:
                self._paint_picture(canvas, item)
            if canvas.selected:
                shade = canvas.style.color("selection")
                shade.setAlphaF(0.5)
                canvas.painter.setPen(Qt.PenStyle.NoPen)
                canvas.painter.setBrush(shade)
                canvas.painter.drawRoundedRect(QRectF(item.area), RADIUS, RADIUS)

    def _paint_picture(self, canvas: Canvas, item: Item) -> None:
        painter, place = canvas.painter, QRectF(item.area)
        ratio = painter.device().devicePixelRatioF()
        key = Key(item.shown.preview, item.area.width(), item.area.height(), ratio, True)
        picture = self._pictures.get(key) if item.shown.preview else None
        if picture is not None and not picture.isNull():
            painter.drawImage(place, picture)
            edge = canvas.style.color("text")
            edge.setAlphaF(0.12)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        else:
            canvas.card(place, "panel", "border", RADIUS)
            theme = canvas.style.theme
            drawing = icons.pixmap(icon_of(item.shown), theme.muted, 22, ratio)
            painter.drawPixmap(place.center() - QPointF(11, 11), drawing)
        mark = mark_of(item.shown)
        if item.shown.box:
            mark = f"{mark}, part" if mark else "part"
        if mark:
            self._paint_pill(canvas, place, mark)

    def _paint_pill(self, canvas: Canvas, place: QRectF, words: str) -> None:
        """On the picture, in its lower left corner."""
        painter, font = canvas.painter, canvas.style.caption
        metrics = QFontMetricsF(font)
        wide, tall = metrics.horizontalAdvance(words) + 12, metrics.height() + 4
        area = QRectF(place.left() + 6, place.bottom() - tall - 6, wide, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(area, tall / 2, tall / 2)
        painter.setFont(font)
        painter.setPen(QColor("white"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_card(self, canvas: Canvas, item: Item) -> None:
        painter, style, place = canvas.painter, canvas.style, QRectF(item.area)
        canvas.card(place, "surface", "border_strong", 14)
        inset = (CARD_HIGH - CARD_ICON) / 2
        tile = QRectF(place.left() + inset, place.top() + inset, CARD_ICON, CARD_ICON)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("accent_soft"))
        painter.drawRoundedRect(tile, 10, 10)
        ratio = painter.device().devicePixelRatioF()
        drawing = icons.pixmap(icon_of(item.shown), style.theme.soft_text, 20, ratio)
        painter.drawPixmap(tile.center() - QPointF(10, 10), drawing)
        left, room = tile.right() + 12, place.right() - tile.right() - 24
        for text, font, role, y in (
            (item.shown.name, style.strong, "text", place.center().y() - 20),
            (item.shown.words, style.caption, "text_2", place.center().y()),
        ):
            way = Qt.TextElideMode.ElideMiddle if role == "text" else Qt.TextElideMode.ElideRight
            words = QFontMetricsF(font).elidedText(" ".join(clean(text).split()), way, room)
            painter.setFont(font)
            canvas.text(QRectF(left, y, room, 20), words, role, MIDDLE)


# where they stand: lines that end at the right, as the words below them

Sized = tuple[ShownAttachment, int, int]  # its width and height


def attached_height(attached: Sequence[ShownAttachment], width: int) -> int:
    return _height(_placed(attached, width))


def _height(items: Iterable[Item]) -> int:
    return max((item.area.bottom() for item in items), default=0) + 1 + BELOW


def _placed(attached: Sequence[ShownAttachment], width: int) -> Iterator[Item]:
    groups = grouped(attached)
    loose = [group.whole for group in groups if group.whole.kind == "picture"]
    y = 0
    for item in _block(_sizes(loose, width), width, y):
        yield item
        y = item.area.bottom() + 1 + BETWEEN
    for group in groups:
        if group.whole.kind == "picture":
            continue
        wide = min(CARD_WIDE, width)
        yield Item(group.whole, True, QRect(width - wide, y, wide, CARD_HIGH))
        y += CARD_HIGH + BETWEEN
        for item in _block([_scaled(part, FRAME, width) for part in group.parts], width, y):
            yield item
            y = item.area.bottom() + 1 + BETWEEN


def _shape(shown: ShownAttachment) -> float:
    """Its width by its height."""
    return max(0.05, min(20.0, (shown.width or 4) / (shown.height or 3)))


def _scaled(shown: ShownAttachment, high: int, width: int) -> Sized:
    """So high, and not wider or narrower than can be looked at."""
    wide = max(high * 2 // 3, min(high * 2, round(high * _shape(shown)), width))
    return shown, wide, high


def _sizes(shown: Sequence[ShownAttachment], width: int) -> list[Sized]:
    if len(shown) != 1:
        high = ROW if len(shown) <= FEW else LOW_ROW
        return [_scaled(one, high, width) for one in shown]
    shape = _shape(shown[0])
    longest = ALONE
    if shown[0].width:  # never larger than it is
        longest = max(SMALLEST, min(ALONE, max(shown[0].width, shown[0].height)))
    wide = longest if shape >= 1 else max(SMALLEST, round(longest * shape))
    high = longest if shape <= 1 else max(SMALLEST, round(longest / shape))
    return [(shown[0], min(wide, width), high)]


def _lines(sizes: list[Sized], width: int) -> Iterator[list[Sized]]:
    """As many in a line as fit."""
    line: list[Sized] = []
    used = 0
    for one in sizes:
        if line and used + one[1] > width:
            yield line
            line, used = [], 0
        line.append(one)
        used += one[1] + BETWEEN
    if line:
        yield line


def _block(sizes: list[Sized], width: int, y: int) -> Iterator[Item]:
    """Lines from one left edge; the widest ends at the right."""
    lines = list(_lines(sizes, width))
    ends = [sum(wide + BETWEEN for _, wide, _ in line) - BETWEEN for line in lines]
    for line in lines:
        x = width - max(ends)
        for shown, wide, high in line:
            yield Item(shown, False, QRect(x, y, wide, high))
            x += wide + BETWEEN
        y += line[0][2] + BETWEEN
