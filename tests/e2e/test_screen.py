"""The window opens on a real screen, with the libraries the set-up asked the system for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

ROOT = Path(__file__).parents[2]


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """The environment of a process that shall see a screen: on Linux one that is in memory."""
    environ = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY")}
    if not sys.platform.startswith("linux"):
        yield environ
        return
    environ.pop("WAYLAND_DISPLAY", None)
    said, told = os.pipe()
    command = ["Xvfb", "-displayfd", str(told), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with (
        os.fdopen(said) as number,
        subprocess.Popen(command, pass_fds=[told], stderr=subprocess.DEVNULL) as server,
    ):
        os.close(told)
        yield {**environ, "DISPLAY": f":{number.readline().strip()}"}
        server.terminate()


def test_the_window_paints_on_a_real_screen(
    screen: dict[str, str], tmp_path: Path, qtbot: QtBot
) -> None:
    frame, said = tmp_path / "frame", tmp_path / "said"
    with (
        said.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "app", "--data-dir", tmp_path],
            cwd=ROOT,
            env={**screen, "PARLEY_FIRST_FRAME": str(frame)},
            stderr=errors,
        ) as app,
    ):
        qtbot.waitUntil(lambda: frame.exists() or app.poll() is not None, timeout=60_000)
        assert app.poll() is None, said.read_text()
        app.terminate()
    assert "qt.qpa" not in said.read_text() and "Traceback" not in said.read_text()
