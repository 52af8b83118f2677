"""What every way to a picture of the screen is."""

from PySide6.QtCore import QObject, Signal

from app.controllers.shown import Notice

OWN_KEY = "Take it with your desktop's own key, and paste it into the message."


class Screenshot(QObject):
    """take() ends with taken, failed, or, when the person thinks better of it, left."""

    taken = Signal(object)  # bytes of a picture file, or a QImage
    failed = Signal(object)  # Notice
    left = Signal()

    def take(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """At the end of the program."""

    def fail(self, words: str, hint: str = OWN_KEY) -> None:
        self.failed.emit(Notice(words, hint, kind="error"))
