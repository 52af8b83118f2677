"""How this system is told which program opens a model file."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSettings

from app.registering.freedesktop import FreeDesktop
from app.registering.windows import WindowsRegistry

PACKAGED = "The package of Parley tells this system what Parley opens; it is set up there."
ON_A_MAC = (
    "On a Mac the installed Parley opens model files by itself: choose it in the Finder, under "
    "Get Info, “Open with”."
)


class Opener(Protocol):
    """Of one system. Each may take a second; both verbs raise ParleyError."""

    def is_registered(self) -> bool: ...

    def register(self) -> None: ...

    def undo(self) -> None: ...


def opener(
    data_dir: Path | None, resources: Path, environ: Mapping[str, str] = os.environ
) -> Opener | str:
    """That of this system, or why there is none, in words. data_dir: what Parley started with."""
    if "FLATPAK_ID" in environ or "SNAP" in environ:
        return PACKAGED
    command = own_command(data_dir, environ)
    if sys.platform == "win32":
        place = "HKEY_CURRENT_USER\\Software\\Classes"
        return WindowsRegistry(QSettings(place, QSettings.Format.NativeFormat), command)
    if sys.platform == "darwin":
        return ON_A_MAC
    home = Path.home()
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return FreeDesktop(data, config, command, resources)


def own_command(data_dir: Path | None, environ: Mapping[str, str] = os.environ) -> list[str]:
    """What starts this Parley from anywhere; files follow."""
    folder = ["--data-dir", str(data_dir.absolute())] if data_dir else []
    if image := environ.get("APPIMAGE"):
        return [image, *folder]
    if getattr(sys, "frozen", False):
        return [sys.executable, *folder]
    script = shutil.which("parley", path=str(Path(sys.executable).parent))
    return [*([script] if script else [_python(), "-P", "-m", "app"]), *folder]


def _python() -> str:
    """On Windows the one that opens no console."""
    quiet = Path(sys.executable).with_name("pythonw.exe")
    return str(quiet) if sys.platform == "win32" and quiet.is_file() else sys.executable
