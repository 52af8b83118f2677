"""Hands a document or an address to the program the person's system has for it."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_with_system(target: str) -> bool:
    """target is an http(s) address or an absolute path, already checked. False: no program."""
    web = target.startswith(("http://", "https://"))
    url = QUrl(target, QUrl.ParsingMode.StrictMode) if web else QUrl.fromLocalFile(target)
    return url.isValid() and QDesktopServices.openUrl(url)
