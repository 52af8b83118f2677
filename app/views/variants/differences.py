"""What would change, one part after the other: how it was, and how it would be."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame

from app.controllers.shown_variants import ShownDifference
from app.views.controls import column, label, row
from app.views.variants.mark import Mark

LONGEST = 600  # characters of one side that are shown


class Differences(QFrame):
    def __init__(self, differences: Sequence[ShownDifference]) -> None:
        super().__init__()
        self.setObjectName("card")
        lines = column(margins=(16, 12, 16, 12), gap=12)
        for one in differences:
            lines.addLayout(self._lines(one))
        self.setLayout(lines)

    def _lines(self, one: ShownDifference):
        made = column(label(one.field, "strong"), gap=4)
        for text, picture, role in ((one.before, "minus", "gone"), (one.after, "plus", "come")):
            if text:
                shown = label(
                    text if len(text) < LONGEST else text[:LONGEST] + "…", role, wrap=True
                )
                said = "Before" if role == "gone" else "After"
                shown.setAccessibleName(f"{one.field}. {said}: {text}")
                line = row(Mark(picture, "muted", 14), shown, gap=8)
                line.setStretch(1, 1)
                made.addLayout(line)
        return made
