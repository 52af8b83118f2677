"""The rows of the page of tools: a tool with its switch, a folder, a permission, a reminder."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.shown import ShownToolSetting
from app.views import icons, style
from app.views.controls import THEME_EVENT, Button, Switch, column, label, row
from app.views.facts import Elided

MARGINS = (20, 12, 20, 12)
PICTURES = {
    "algebra": "sigma",
    "calculator": "calculator",
    "chart": "chart-column",
    "clock": "clock",
    "find_in_files": "file-search",
    "find_notes": "notebook-pen",
    "list_files": "folder-open",
    "open": "external-link",
    "plot": "chart-line",
    "remind": "bell",
    "run_python": "code",
    "units": "ruler",
    "web_search": "search",
    "write_note": "notebook-pen",
}
BY_EFFECT = {"reads": "file-text", "writes": "pencil", "runs": "power", "sends": "globe"}


class Drawing(QWidget):
    """One of the icons, in the colour of soft words."""

    def __init__(self, picture: str, side: int = 20) -> None:
        super().__init__()
        self._picture, self._side = picture, side
        self._shown = label("")
        self._shown.setFixedSize(side, side)
        self.setLayout(row(self._shown))
        self._draw()

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        if event.type() == THEME_EVENT:
            self._draw()

    def _draw(self) -> None:
        dpr = self.devicePixelRatioF()
        drawn = icons.pixmap(self._picture, style.current().text_2, self._side, dpr)
        self._shown.setPixmap(drawn)


class ToolRow(QFrame):
    """What a tool does, and whether the model may use it."""

    switched = Signal(str, bool)

    def __init__(self, tool: ShownToolSetting) -> None:
        super().__init__()
        self._name = tool.name
        self.switch = Switch(tool.on, tool.title)
        self.switch.setEnabled(not tool.off_words)
        picture = PICTURES.get(tool.name) or BY_EFFECT.get(tool.effect, "wrench")
        words = column(label(tool.title, "strong"), label(tool.words, "second", wrap=True), gap=2)
        if tool.off_words:
            words.addWidget(label(tool.off_words, "danger", wrap=True))
        line = row(Drawing(picture), words, self.switch, margins=MARGINS, gap=16)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.switch.clicked.connect(self._tell)

    @Slot(bool)
    def _tell(self, on: bool) -> None:
        self.switched.emit(self._name, on)


class EntryRow(QFrame):
    """Something that can be taken away: a name, words below it, and the button."""

    asked = Signal(object)  # the key

    def __init__(self, key: object, title: str, words: str, verb: str, picture: str) -> None:
        super().__init__()
        self._key = key
        self.take = Button(verb, "link")
        self.take.setAccessibleName(f"{verb}: {title}")
        name = Elided(title, "strong") if "/" in title or "\\" in title else label(title, "strong")
        about = column(name, gap=2)
        if words:
            about.addWidget(label(words, "second", wrap=True))
        line = row(Drawing(picture), about, self.take, margins=MARGINS, gap=16)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.take.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.asked.emit(self._key)
