"""What is on the clipboard or dragged over the window, as far as the message can use it."""

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

ENCODED = ("image/png", "image/jpeg", "image/webp", "image/tiff", "image/gif", "image/bmp")
Given = bytes | QImage  # a picture file as another program gave it, or only its pixels


def files_in(mime: QMimeData) -> list[Path]:
    """Addresses on the network are left out."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def has_picture(mime: QMimeData) -> bool:
    return mime.hasImage() or any(kind in ENCODED for kind in mime.formats())


def droppable(mime: QMimeData) -> bool:
    """Whether it has files, or a picture that comes without words."""
    words = mime.hasText() and not mime.hasUrls()
    return bool(files_in(mime)) or (has_picture(mime) and not words)


def picture_in(mime: QMimeData) -> Given | None:
    """The picture on the clipboard or under the mouse; its file where there is one.

    A file is handed on as it is: what is in it is decoded in a jail, never here.
    """
    there = mime.formats()
    for kind in ENCODED:
        if kind in there and (data := bytes(mime.data(kind).data())):
            return data
    picture = mime.imageData() if mime.hasImage() else None
    return picture if isinstance(picture, QImage) and not picture.isNull() else None
