"""Windows: the person's own part of the registry says which program opens a kind of file."""

import ctypes
import subprocess
import sys
from collections.abc import Sequence

from PySide6.QtCore import QSettings

from engines.errors import ParleyError

NAME, TITLE = "Parley.gguf", "Model for Parley"
SUFFIX, CHOICES = ".gguf/.", f".gguf/OpenWithProgids/{NAME}"  # "." is the value without a name
COMMAND, BEFORE = f"{NAME}/shell/open/command/.", f"{NAME}/before"
ASSOCIATIONS_CHANGED = 0x08000000


class WindowsRegistry:
    """classes: HKEY_CURRENT_USER\\Software\\Classes, which needs no rights to change."""

    def __init__(self, classes: QSettings, command: Sequence[str]) -> None:
        self._classes = classes
        self._command = f'{subprocess.list2cmdline(command)} "%1"'

    def is_registered(self) -> bool:
        self._classes.sync()
        return self._classes.value(SUFFIX) == NAME and self._classes.value(COMMAND) == self._command

    def register(self) -> None:
        if (before := self._classes.value(SUFFIX)) not in (None, "", NAME):
            self._classes.setValue(BEFORE, before)
        self._classes.setValue(f"{NAME}/.", TITLE)
        self._classes.setValue(COMMAND, self._command)
        self._classes.setValue(CHOICES, "")
        self._classes.setValue(SUFFIX, NAME)
        self._done()

    def undo(self) -> None:
        before = self._classes.value(BEFORE)
        if self._classes.value(SUFFIX) == NAME:
            if before:
                self._classes.setValue(SUFFIX, before)
            else:
                self._classes.remove(SUFFIX)
        self._classes.remove(CHOICES)
        self._classes.remove(NAME)
        self._done()

    def _done(self) -> None:
        self._classes.sync()
        if self._classes.status() != QSettings.Status.NoError:
            raise ParleyError(
                "Windows did not let Parley change which program opens model files.",
                "Choose Parley in the Explorer, under “Open with”.",
                str(self._classes.status()),
            )
        if sys.platform == "win32":
            ctypes.windll.shell32.SHChangeNotify(ASSOCIATIONS_CHANGED, 0, None, None)
