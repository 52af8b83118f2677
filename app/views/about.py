"""The page about Parley: what it is, its licence, and what comes with it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFrame, QWidget

import app
from app.views.badge import Badge
from app.views.controls import column, label, row
from app.views.page import Page
from app.views.slices import later

PROMISE = (
    "A local assistant: models on this computer answer, and nothing leaves it unless you allow it. "
    "Parley is free software under the GNU General Public License, version 3 or later."
)


UNTRIED = (  # what no one has seen work yet, and how it was tried instead
    ["Real microphones and loudspeakers", "tried with PulseAudio's virtual ones on Linux"],
    ["Bluetooth headsets, and sound on Windows and macOS", "not tried"],
    ["The talk key on Windows and macOS", "the system's functions were played by a test"],
    [
        "The talk key on Wayland (GNOME, KDE, Hyprland …)",
        "tried against a stand-in that speaks the portal's protocol on a bus of its own",
    ],
    [
        "Published Whisper models and Piper voices",
        "tried with models of the same formats that the tests build",
    ],
    [
        "Language models on a graphics card of any maker",
        "tried with Mesa's Vulkan driver made of software (lavapipe) on Linux",
    ],
    ["Speech models on a graphics card", "not tried"],
)


class AboutPage(Page):
    def __init__(self, licences: Path) -> None:
        names = column(label("Parley", "heading"), label(f"Version {app.VERSION}", "second"), gap=2)
        head = row(Badge(64), names, None, gap=16)
        bundled, *beside = tables(licences.read_text("utf-8"))
        parts = [head, label(PROMISE, "soft", wrap=True), 8]
        parts += [label("What comes with it", "section"), card(bundled), 8]
        parts += [label("What it runs with", "section"), *(card(rows) for rows in beside)]
        parts += [8, label("Never tried on the real thing", "section"), card(UNTRIED)]
        inside = QWidget()
        inside.setLayout(column(*parts, gap=12))
        super().__init__("About Parley", inside)


def tables(text: str) -> list[list[list[str]]]:
    """The rows of every table in our own LICENSES.md, without their heads."""
    found: list[list[list[str]]] = []
    for block in text.split("\n\n"):
        if block.startswith("|"):
            lines = block.strip().replace("`", "").splitlines()[2:]
            found.append([[cell.strip() for cell in line.strip("|").split("|")] for line in lines])
    return found


def card(rows: Sequence[list[str]]) -> QFrame:
    made = QFrame()
    made.setObjectName("card")
    lines = column(margins=(20, 12, 20, 12), gap=12)
    made.setLayout(lines)

    def add(what: str, *about: str) -> None:
        words = label(" · ".join(about), "second", wrap=True)
        lines.addLayout(column(label(what, "strong"), words, gap=2))

    later(made, [partial(add, *one) for one in rows])
    return made
