"""Windows: the person's own part of the registry says which program opens a kind of file."""

import ctypes
import subprocess
import sys
from collections.abc import Sequence

from PySide6.QtCore import QSettings

from engines.errors import ParleyError

KINDS = ((".gguf", "Model for Parley"), (".parley", "Variant for Parley"))
COMMAND, BEFORE = "shell/open/command/.", "before"  # "." is the value without a name
ASSOCIATIONS_CHANGED = 0x08000000


class WindowsRegistry:
    """classes: HKEY_CURRENT_USER\\Software\\Classes, which needs no rights to change."""

    def __init__(self, classes: QSettings, command: Sequence[str]) -> None:
        self._classes = classes
        self._command = f'{subprocess.list2cmdline(command)} "%1"'

    def is_registered(self) -> bool:
        self._classes.sync()
        return all(
            self._classes.value(f"{suffix}/.") == named(suffix)
            and self._classes.value(f"{named(suffix)}/{COMMAND}") == self._command
            for suffix, _ in KINDS
        )

    def register(self) -> None:
        for suffix, title in KINDS:
            name = named(suffix)
            if (before := self._classes.value(f"{suffix}/.")) not in (None, "", name):
                self._classes.setValue(f"{name}/{BEFORE}", before)
            self._classes.setValue(f"{name}/.", title)
            self._classes.setValue(f"{name}/{COMMAND}", self._command)
            self._classes.setValue(f"{suffix}/OpenWithProgids/{name}", "")
            self._classes.setValue(f"{suffix}/.", name)
        self._done()

    def undo(self) -> None:
        for suffix, _ in KINDS:
            name = named(suffix)
            before = self._classes.value(f"{name}/{BEFORE}")
            if self._classes.value(f"{suffix}/.") == name:
                if before:
                    self._classes.setValue(f"{suffix}/.", before)
                else:
                    self._classes.remove(f"{suffix}/.")
            self._classes.remove(f"{suffix}/OpenWithProgids/{name}")
            self._classes.remove(name)
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


def named(suffix: str) -> str:
    """What Windows calls a kind of file of ours."""
    return f"Parley{suffix}"
