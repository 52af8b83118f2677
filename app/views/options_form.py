"""A form drawn from a dataclass of options: every field with its words, control and reset."""

from collections.abc import Callable, Sequence
from dataclasses import Field, fields
from functools import partial
from itertools import groupby
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.views.card import Card, headed
from app.views.controls import Button, column, label, row
from app.views.option_controls import OptionControl, Text, control_for
from app.views.slices import finish, later

SetOption = Callable[[str, Any], str]  # name, value -> "" or why it cannot be


class OptionRow(QFrame):
    def __init__(self, about: Field[Any], value: Any, set_option: SetOption) -> None:
        super().__init__()
        self.name, self._default, self._set = about.name, about.default, set_option
        words = about.metadata
        self.sought = f"{words['label']} {words['help']} {words['page']}".casefold()
        self.control: OptionControl = control_for(about, value)
        self.reset = Button("Reset", "link")
        self.reset.setAccessibleName(f"Reset {words['label']}")
        self.problem = label("", "danger", wrap=True)
        help_text = label(words["help"], "second", wrap=True)
        if not words["help"]:
            help_text.hide()  # to show it, with no parent yet, would make it a window
        name = label(words["label"], "strong")
        name.setMinimumHeight(24)  # as high as the reset beside it
        title = row(name, self.reset, None, gap=4)
        about_it = column(title, help_text, self.problem, gap=2)
        if isinstance(self.control, Text):
            self.setLayout(column(about_it, self.control, margins=(20, 14, 20, 16), gap=10))
        else:
            line = row(about_it, self.control, margins=(20, 12, 20, 12), gap=24)
            line.setStretch(0, 1)
            self.setLayout(line)
        self.problem.hide()
        self._show_reset(value)
        self.control.chosen.connect(self._take)
        self.reset.clicked.connect(self._reset)

    def show_value(self, value: Any) -> None:
        self.control.show_value(value)
        self._say("")
        self._show_reset(value)

    @Slot(object)
    def _take(self, value: Any) -> None:
        why_not = self._set(self.name, value)
        self._say(why_not)
        if not why_not:
            self._show_reset(value)

    @Slot()
    def _reset(self) -> None:
        self.control.show_value(self._default)
        self._take(self._default)

    def _show_reset(self, value: Any) -> None:
        self.reset.setVisible(value != self._default)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))


class Section(QWidget):
    """One heading and a card with its options."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._rows: list[OptionRow] = []
        self._card = Card()
        self.setLayout(headed(title, self._card))

    def add_row(self, one: OptionRow) -> None:
        self._rows.append(one)
        self._card.add_row(one)

    def narrow_to(self, words: list[str]) -> bool:
        """Show only rows that have all the words. Answers whether any has."""
        shown = [all(word in one.sought for word in words) for one in self._rows]
        for one, fits in zip(self._rows, shown, strict=True):
            one.setVisible(fits)
        for place, rule in enumerate(self._card.rules):
            # between a shown row and one shown above it
            rule.setVisible(shown[place + 1] and any(shown[: place + 1]))
        self.setVisible(any(shown))
        return any(shown)


class OptionsForm(QWidget):
    """The options of one dataclass instance, in sections by their page."""

    def __init__(
        self,
        options: Any,
        set_option: SetOption,
        title: str = "",
        *,
        pages: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> None:
        """Only these pages of the options, or all without some."""
        super().__init__()
        self._options, self._set = options, set_option
        self._rows: dict[str, OptionRow] = {}
        self._sections: list[Section] = []
        layout = QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        chosen = [about for about in fields(options) if about.metadata.get("label")]
        shown = [
            about
            for about in chosen
            if about.metadata["page"] not in without
            and (not pages or about.metadata["page"] in pages)
        ]
        self.names = {about.name for about in shown}
        for page, group in groupby(shown, key=lambda about: about.metadata["page"]):
            section = Section(" · ".join(part for part in (title, page) if part))
            self._sections.append(section)
            layout.addWidget(section)
            later(self, [partial(self._add, section, about) for about in group])
        self.setLayout(layout)

    def _add(self, section: Section, about: Field[Any]) -> None:
        one = OptionRow(about, getattr(self._options, about.name), self._set)
        self._rows[one.name] = one
        section.add_row(one)

    def row(self, name: str) -> OptionRow:
        finish(self)
        return self._rows[name]

    @Slot(str, object)
    def show_value(self, name: str, value: Any) -> None:
        if name in self.names:
            self.row(name).show_value(value)

    def narrow_to(self, words: list[str]) -> bool:
        finish(self)
        found = [section.narrow_to(words) for section in self._sections]
        return any(found)
