"""Where a turn is saved as a sound file."""

import re
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.saving import SavingController

MP3, WAV = "MP3, small (*.mp3)", "WAV, exact (*.wav)"
_UNFIT = re.compile(r"[^\w .,+=()^-]+")


def ask_where(page: QWidget, saving: SavingController, key: int, title: str) -> None:
    """title is what the file is called if the person does not say otherwise."""
    dialog = QFileDialog(page, "Save as a sound file", "", f"{MP3};;{WAV}")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix("mp3")
    dialog.filterSelected.connect(
        lambda chosen: dialog.setDefaultSuffix("wav" if chosen == WAV else "mp3")
    )
    dialog.selectFile(f"{_UNFIT.sub(' ', title).strip(' .')[:60] or 'Answer'}.mp3")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(partial(saving.save, key))
    dialog.open()
