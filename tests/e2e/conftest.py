"""Parley as a person starts it, in the test's own folder."""

from argparse import Namespace

import pytest
from PySide6.QtCore import QObject

from app import paths
from app.parts import build
from app.views import fonts, style
from app.views.window import MainWindow
from engines.tools.registry import all_tools
from tests.data import tiny_models
from tests.data.asking import WAIT
from tests.e2e.test_formats import HERMES, hermes
from tests.ui.appearing import appear


@pytest.fixture
def start(qtbot, qapp, tmp_path):
    """A function that starts Parley in tmp_path and shows its window; ended after the test."""
    running = []

    def start(model="", echo=False):
        while running:
            stop(running.pop())
        owner = QObject()
        args = Namespace(data_dir=tmp_path / "data", model=str(model), echo=echo, files=[])
        parts = build(args, owner)
        fonts.load_fonts(paths.resource("fonts"))
        look = style.Look(qapp, parts.preferences, owner)
        window = MainWindow(parts, paths.resource(""))
        qtbot.addWidget(window)
        appear(qtbot, window)
        if model:  # of the tests: a letter is a token to it, and the tools take some thousand
            assert not parts.preferences.set_engine("context", 16384)
        parts.history.refresh()
        parts.start_engines(str(model))
        parts.tidy()
        running.append((owner, look, parts, window))
        qtbot.waitUntil(lambda: parts.models.ready, timeout=WAIT)
        return parts, window

    yield start
    for one in running:
        stop(one)


def stop(running):
    _, _, parts, window = running
    window.close()
    parts.stop()


@pytest.fixture
def parley(start, tmp_path):
    """A function that starts Parley with a model that makes this call, and says what it answers."""

    def parley(name, **arguments):
        model = tiny_models.scripted(
            tmp_path / "m.gguf",
            hermes(name, arguments),
            template=HERMES,
            then=("\t", ["Here", " it is."]),
            context=32768,
        )
        parts, window = start(model)
        for ours in all_tools():  # a letter is a token here, and these take some thousand
            parts.toolbox.set_on(ours, False)
        return parts, window

    return parley
