"""The pages of help, one below the other; the starter answers from the same words."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.views import style
from app.views.card import headed
from app.views.controls import THEME_EVENT, column, label
from app.views.page import Page
from app.views.search_field import SearchField
from app.views.slices import finish, later

READING = (
    Qt.TextInteractionFlag.TextSelectableByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
)
FIRST = (
    "start",
    "starter",
    "conversations",
    "pictures",
    "tools",
    "notes",
    "web",
    "programs",
    "models",
)


class Topic(QWidget):
    """One file: its heading, and its paragraphs in a card, which are made one by one."""

    followed = Signal(str)  # the file a link leads to

    def __init__(self, file: Path) -> None:
        super().__init__()
        heading, *self._blocks = file.read_text("utf-8").strip().split("\n\n")
        title = heading.removeprefix("# ")
        self.sought = " ".join((title, *self._blocks)).casefold()
        self._made: list[QLabel] = []  # of what may have links
        self._lines = column(margins=(20, 14, 20, 16), gap=10)
        card = QFrame()
        card.setObjectName("card")
        card.setLayout(self._lines)
        self.setLayout(headed(title, card))

    def pieces(self) -> list[Callable[[], None]]:
        """Each makes a paragraph more."""
        return [self._add] * len(self._blocks)

    @property
    def paragraphs(self) -> list[QLabel]:
        """All of them, made where they are not."""
        while self._blocks:
            self._add()
        return self._made

    def _add(self) -> None:
        if self._blocks:
            self._lines.addWidget(self._paragraph(self._blocks.pop(0)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == THEME_EVENT:
            self._color_links()

    def _paragraph(self, block: str) -> QLabel:
        if block.startswith("#"):
            return label(block.lstrip("# "), "strong")
        made = label("", wrap=True)
        made.setTextFormat(Qt.TextFormat.MarkdownText)
        made.setTextInteractionFlags(READING)
        made.linkActivated.connect(self.followed)
        self._made.append(made)
        color_links(made)
        made.setText(block)
        return made

    def _color_links(self) -> None:
        """Markdown takes the colour of links from the palette while it is read."""
        for one in self._made:
            color_links(one)
            text = one.text()
            one.setText("")
            one.setText(text)


def color_links(text: QLabel) -> None:
    palette = text.palette()
    palette.setColor(palette.ColorRole.Link, style.current().color("link"))
    text.setPalette(palette)


class HelpPage(Page):
    def __init__(self, folder: Path) -> None:
        files = {file.stem: file for file in sorted(folder.glob("*.md"))}
        order = [*FIRST, *(name for name in files if name not in FIRST)]
        self.topics = {name: Topic(files[name]) for name in order if name in files}
        self.search = SearchField("Search help")
        self.search.setFixedWidth(240)
        self.nothing = label("No page of help has these words. Ask the starter.", "soft")
        self.nothing.hide()
        inside, lines = QWidget(), QVBoxLayout()
        lines.setContentsMargins(0, 0, 0, 0)
        for one in (self.nothing, *self.topics.values()):
            lines.addWidget(one)
        inside.setLayout(lines)
        super().__init__("Help", inside, self.search)
        self.search.textChanged.connect(self._narrow)
        for one in self.topics.values():
            one.followed.connect(self.show_topic)
            later(self, one.pieces())

    def enter(self) -> None:
        self.search.setFocus()

    @Slot(str)
    def show_topic(self, link: str) -> None:
        """link as it stands in the text: the name of the other file."""
        topic, body = self.topics.get(Path(link).stem), self.area.widget()
        if topic and body:
            finish(self)  # its place is below all that
            self.search.clear()
            place = topic.mapTo(body, topic.rect().topLeft())
            self.area.verticalScrollBar().setValue(place.y())

    @Slot(str)
    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        shown = {topic: all(w in topic.sought for w in words) for topic in self.topics.values()}
        for topic, fits in shown.items():
            topic.setVisible(fits)
        self.nothing.setVisible(not any(shown.values()))
