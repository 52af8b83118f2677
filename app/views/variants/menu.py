"""The menu of a variant: everything that can be done with it but changing it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.controllers.shown_variants import ShownVariant
from app.views import icons, style
from app.views.controls import Menu

FORMATS = (  # format, words, ending of its files
    ("parley", "Parley variant…", "parley"),
    ("modelfile", "Ollama Modelfile…", "Modelfile"),
    ("card", "Character card, picture…", "png"),
    ("card json", "Character card, JSON…", "json"),
)
Chosen = Callable[[str, str], None]  # verb, what it is said of ("" or a format)


def menu_of(one: ShownVariant, chosen: Chosen, parent: QWidget) -> Menu:
    whole = Menu(parent=parent)
    whole.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    whole.setAccessibleName(f"What to do with {one.name}")

    def add(menu: Menu, words: str, picture: str, verb: str, about: str = "") -> QAction:
        made = menu.addAction(words)
        if picture:
            made.setIcon(icons.icon(picture, style.current().text_2, 16))
        made.triggered.connect(lambda: chosen(verb, about))
        return made

    add(whole, "Look at it" if one.built_in else "Edit", "pencil", "open")
    add(whole, "Use in this conversation", "check", "use").setEnabled(not one.in_use)
    default = "No longer the default" if one.default else "Set as default"
    add(whole, default, "pin-off" if one.default else "pin", "default")
    whole.addSeparator()
    add(whole, "Make a copy", "copy", "duplicate")
    add(whole, "Compare with another…", "columns-2", "compare")
    export = Menu("Export", whole)
    export.setIcon(icons.icon("external-link", style.current().text_2, 16))
    for name, words, _ in FORMATS:
        add(export, words, "", "export", name)
    whole.addMenu(export)
    if one.update:
        add(whole, "See what the update changes…", "refresh-cw", "update")
    whole.addSeparator()
    add(whole, "Hide" if one.built_in else "Delete", "trash-2", "remove")
    return whole
