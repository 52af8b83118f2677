"""What is attached to the message being written: files on their way to being ready."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.shown import ShownAttachment
from engines.senses import Box


class AttachController(QObject):
    """Every file becomes a chip: reading, then looking (the model takes it in), then ready.

    Files that are dropped or chosen go to ArrivalController.take, which hands on to take what is
    no model and no voice. Chips belong to the message of a conversation; shown() are those of the
    one on screen. While pending, Send waits: keep the words in the message and send them once
    settled comes (a message handed over earlier waits by itself and is not lost either).
    A message may be sent without words when there is a chip.
    """

    changed = Signal()  # what shown() tells, or pending
    settled = Signal()  # nothing of the message on screen is being read any more
    notice = Signal(object)  # Notice
    sounds = Signal(list)  # paths of sound files for the page Sound files

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    # What the page asks

    @property
    def pending(self) -> bool:
        """Something of the message on screen is not ready yet."""
        return False

    def shown(self) -> list[ShownAttachment]:
        """Of the message on screen. A film is one chip here; its frames stand in the turn."""
        return []

    # What the person does

    @Slot(list)
    def take(self, paths: Iterable[str]) -> None:
        """Files by their path: pictures, documents, text files, films, sounds."""

    def take_picture(self, data: bytes, name: str) -> None:
        """An encoded picture, as PNG, from the clipboard or of the screen."""

    @Slot(str)
    def remove(self, key: str) -> None:
        """Take a chip out of the message."""

    @Slot(str)
    def retry(self, key: str) -> None:
        """Read a chip that failed once more."""

    def box(self, key: str, box: Box) -> None:
        """Ask about this part of a picture in the message only, at full resolution."""

    def ask_about(self, turn_key: int, place: str, box: Box) -> None:
        """A part of a picture in the conversation becomes a chip; place is ShownAttachment.key."""

    @Slot(str)
    def write_down(self, key: str) -> None:
        """Have the words of a film (or sound) chip written down on the page Sound files."""
