"""The step that checks what the system must bring, by trying it, and installs what is missing."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Iterable, NamedTuple

from steps import pythons
from steps.terminal import Problem, Progress, ToolFailed, output_of, run_tool, say


class Need(NamedTuple):
    """Something of the system, and the package that brings it; "" where it is always there."""

    name: str
    apt: str
    dnf: str
    pacman: str


# what QtWidgets links, and what its plugins for X11 and Wayland load
LIBRARIES = (
    Need("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Need("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Need("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Need("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Need("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Need("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Need("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Need(
        "libxcb-render-util.so.0",
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
    ),
    Need("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Need("libpulse.so.0", "libpulse0", "pulseaudio-libs", "libpulse"),
    Need("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor", "wayland"),
    Need("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl", "wayland"),
)
COMPILER = Need("a C++ compiler", "g++", "gcc-c++", "gcc")
SCREEN = Need("Xvfb (a screen in memory)", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")
SCREEN_KEY = Need("xauth", "xauth", "xorg-x11-xauth", "xorg-xauth")
SOUND = Need("PulseAudio (a sound card in memory)", "pulseaudio", "pulseaudio", "pulseaudio")
SOUND_TOOL = Need("pactl", "pulseaudio-utils", "pulseaudio-utils", "libpulse")
OTHER_VOICE = Need("flite (a second synthesiser)", "flite", "flite", "flite")
BUS = Need("dbus-daemon (a private bus)", "dbus", "dbus-daemon", "dbus")
OLDEST_GLIBC = (2, 34)  # what the wheels of PySide6 are built for
LOADS = """
import ctypes, sys
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)
"""
INSTALL = {
    "apt": "apt-get update && {sudo}apt-get install -y --no-install-recommends",
    "dnf": "dnf install -y",
    "pacman": "pacman -S --needed --noconfirm",
    "brew": "brew install",
}
VISUAL_CPP = (
    "winget install Microsoft.VisualStudio.2022.BuildTools --override "
    '"--add Microsoft.VisualStudio.Workload.VCTools --includeRecommended --passive"'
)


def check_system(purpose: str, log: Path) -> pythons.Python:
    """The Python to use, once the system has everything. Raises Problem."""
    check_glibc()
    python = pythons.newest(pythons.candidates())
    missing = list(missing_needs(purpose, python))
    if missing and package_manager() == "apt" and os.geteuid() == 0:
        install_with_apt([need.apt for need in missing], log)
        python = pythons.newest(pythons.candidates())
        missing = list(missing_needs(purpose, python))
    if missing or python is None:
        raise Problem(
            f"this system lacks {', '.join(need.name for need in missing)}.",
            todo=what_to_install(missing),
        )
    return python


def check_glibc() -> None:
    if not sys.platform.startswith("linux"):
        return
    name = os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in os.confstr_names else ""
    version = tuple(int(part) for part in (name or "").split(" ")[-1].split(".") if part.isdigit())
    if version < OLDEST_GLIBC:
        raise Problem(
            "Qt needs the GNU C library 2.34 or newer; this system has " + (name or "another one"),
            todo="Use Debian 12, Ubuntu 22.04, Fedora 35, or a newer release.",
        )


def missing_needs(purpose: str, python: pythons.Python | None) -> Iterable[Need]:
    if python is None:
        yield python_need()
    elif python.lacks:
        package = "python{}.{}-venv".format(*python.version[:2])
        name = f"the modules {', '.join(python.lacks)} of Python {python.words}"
        yield Need(name, package, "python3", "python")
    if sys.platform.startswith("linux"):
        absent = missing_libraries([need.name for need in LIBRARIES])
        yield from (need for need in LIBRARIES if need.name in absent)
        if purpose == "test":
            programs = (("Xvfb", SCREEN), ("xauth", SCREEN_KEY), ("pulseaudio", SOUND))
            programs += (("pactl", SOUND_TOOL), ("flite", OTHER_VOICE), ("dbus-daemon", BUS))
            yield from (need for program, need in programs if not shutil.which(program))
    if not compiler_works():
        yield COMPILER


def python_need() -> Need:
    packages = [name for name in pythons.NAMES if output_of(["apt-cache", "show", name])]
    apt = f"{packages[0]} {packages[0]}-venv" if packages else "python3 python3-venv"
    return Need("a Python from 3.11 to 3.14 (64 bit)", apt, "python3.13", "python")


def missing_libraries(names: list[str]) -> set[str]:
    """Those that the loader of this system cannot open; tried in a process of its own."""
    said = output_of([sys.executable, "-c", LOADS, *names])
    return set(names) if said is None else set(said.split())


def compiler_works() -> bool:
    if sys.platform == "win32":
        programs = os.environ.get("PROGRAMFILES(X86)", "C:\\Program Files (x86)")
        tool = Path(programs) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
        component = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
        asked = [str(tool), "-latest", "-requires", component, "-property", "installationPath"]
        return bool(output_of(asked))
    return compiles("#include <thread>\nint main() { return std::thread().joinable(); }\n")


def compiles(source: str, *flags: str) -> bool:
    """True when this C++ program compiles and links here."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "probe.cpp"
        program.write_text(source)
        made = ["-std=c++17", str(program), "-o", str(Path(folder) / "probe"), *flags]
        named = os.environ.get("CXX", "").split()
        compilers = [named] if named else [[name] for name in ("c++", "g++", "clang++")]
        return any(output_of([*compiler, *made], 120) is not None for compiler in compilers)


def package_manager() -> str:
    if sys.platform == "darwin":
        return "brew"
    programs = {"apt": "apt-get", "dnf": "dnf", "pacman": "pacman"}
    return next((name for name in programs if shutil.which(programs[name])), "")


def what_to_install(missing: list[Need]) -> str:
    """The one line to run here, or in words where no line is known."""
    manager = package_manager()
    if sys.platform == "win32":
        return "\n".join(
            VISUAL_CPP if need is COMPILER else "winget install Python.Python.3.13"
            for need in missing
        )
    if manager == "brew":
        lines = ["xcode-select --install"] if COMPILER in missing else []
        lines += ["brew install python@3.13"] if set(missing) - {COMPILER} else []
        return " ; ".join(lines)
    if not manager:
        return "Install these with the package manager of this system."
    return install_line(manager, missing, as_root=os.geteuid() == 0)


def install_line(manager: str, missing: list[Need], as_root: bool) -> str:
    sudo = "" if as_root else "sudo "
    packages = list(dict.fromkeys(getattr(need, manager) for need in missing))
    return sudo + INSTALL[manager].format(sudo=sudo) + " " + " ".join(packages)


def install_with_apt(packages: list[str], log: Path) -> None:
    """Raises Problem."""
    names = [name for package in packages for name in package.split()]
    say("Missing on this system, so it is installed now: " + " ".join(names))
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    apt = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    apt += ["-o", "APT::Status-Fd=1", "-o", "Dpkg::Use-Pty=0"]
    try:
        with Progress("Installing packages of the system") as progress:
            run_tool(["dpkg", "--configure", "-a"], log, environ=environ)  # if one was interrupted
            run_tool(["apt-get", "update", "-q"], log, environ=environ)
            run_tool([*apt, *names], log, progress.follow(apt_fraction), environ)
    except ToolFailed as failed:
        raise failed.problem("installing packages of the system.") from failed


def apt_fraction(line: str) -> float | None:
    """How far apt is, from a line of its status: downloading is the first half."""
    kind, _, rest = line.partition(":")
    if kind not in ("dlstatus", "pmstatus"):
        return None
    try:
        done = float(rest.split(":")[1]) / 200
    except (IndexError, ValueError):
        return None
    return done if kind == "dlstatus" else 0.5 + done
