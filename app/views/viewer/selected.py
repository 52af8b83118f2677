"""The part of a picture that is asked about, as a rectangle one can take by its corners."""

from PySide6.QtCore import QPointF, QRectF

from app.controllers.shown import Part

LEAST = 8.0  # pixels on the screen; what is smaller was a click
NEAR = 12.0  # so far from a corner it is still meant
FIRST = 0.5  # of the picture, where it is made by a key


def around(start: QPointF, end: QPointF, picture: QRectF) -> QRectF:
    """From one corner to the other, inside the picture."""
    return QRectF(start, end).normalized().intersected(picture)


def corner_at(box: QRectF, point: QPointF) -> int:
    """The corner that is meant, from 0 clockwise from the upper left; -1 for none."""
    for number, corner in enumerate(corners(box)):
        away = point - corner
        if max(abs(away.x()), abs(away.y())) <= NEAR:
            return number
    return -1


def corners(box: QRectF) -> tuple[QPointF, ...]:
    return box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()


def moved(box: QRectF, by: QPointF, picture: QRectF) -> QRectF:
    """As large as before, inside the picture."""
    made = box.translated(by)
    x = max(picture.left(), min(made.left(), picture.right() - made.width()))
    y = max(picture.top(), min(made.top(), picture.bottom() - made.height()))
    made.moveTo(x, y)
    return made


def grown(box: QRectF, by: QPointF, picture: QRectF) -> QRectF:
    """With its lower right corner elsewhere."""
    end = box.bottomRight() + by
    least = box.topLeft() + QPointF(LEAST, LEAST)
    end = QPointF(max(least.x(), end.x()), max(least.y(), end.y()))
    return QRectF(box.topLeft(), end).intersected(picture)


def shares(box: QRectF, picture: QRectF) -> Part:
    """left, top, right and bottom as shares of the picture."""
    wide, tall = max(1e-6, picture.width()), max(1e-6, picture.height())
    found = (
        (box.left() - picture.left()) / wide,
        (box.top() - picture.top()) / tall,
        (box.right() - picture.left()) / wide,
        (box.bottom() - picture.top()) / tall,
    )
    left, top, right, bottom = (max(0.0, min(1.0, share)) for share in found)
    return left, top, right, bottom


def placed(part: Part, picture: QRectF) -> QRectF:
    """The other way round."""
    left, top, right, bottom = part
    corner = QPointF(
        picture.left() + left * picture.width(), picture.top() + top * picture.height()
    )
    end = QPointF(
        picture.left() + right * picture.width(), picture.top() + bottom * picture.height()
    )
    return QRectF(corner, end)
