"""Everything that can be done by a key or from the menu, declared once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.undo import UndoStack
from app.views import icons, style
from app.views.controls import Menu

FILE, EDIT, VIEW, HELP = "File", "Edit", "View", "Help"
THEMES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))
SEPARATOR = "-"


@dataclass(frozen=True)
class Entry:
    name: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    picture: str = ""


ENTRIES = (
    Entry("new", "New conversation", FILE, ("Ctrl+N", "Ctrl+Shift+O"), "plus"),
    Entry("shelf", "Models", FILE, ("Ctrl+Shift+L",), "shelf"),
    Entry("variants", "Variants", FILE, ("Ctrl+Shift+A",), "shapes"),
    Entry("switch_variant", "Switch the variant", FILE, ("Ctrl+J",), "shapes"),
    Entry("open_model", "Open model…", FILE, ("Ctrl+O",), "folder-open"),
    Entry("attach", "Attach a file…", FILE, ("Ctrl+U",), "paperclip"),
    Entry("screenshot", "Take a part of the screen", FILE, ("Ctrl+Shift+P",), "scan"),
    Entry("sound_files", "Sound files", FILE, ("Ctrl+Shift+S",), "sound"),
    Entry("photos", "Find a photo", FILE, ("Ctrl+Shift+F",), "image"),
    Entry("server", "Use a server…", FILE, (), "server"),
    Entry("release", "Give memory back", FILE, (), "hard-drive"),
    Entry("quit", "Quit", FILE, ("Ctrl+Q",), "log-out"),
    Entry("undo", "Undo", EDIT, ("Ctrl+Z",), "undo-2"),
    Entry("copy", "Copy", EDIT, ("Ctrl+C",), "copy"),
    Entry("find", "Find in this conversation", EDIT, ("Ctrl+F",), "search"),
    Entry("search", "Search conversations", EDIT, ("Ctrl+K",), "search"),
    Entry("read_aloud", "Read the answer aloud, or be quiet", EDIT, ("Ctrl+Shift+R",), "speaker"),
    Entry("preferences", "Preferences", EDIT, ("Ctrl+,",), "settings"),
    Entry("tools", "Tools and permissions", EDIT, ("Ctrl+Shift+T",), "wrench"),
    Entry("voice", "Voice", EDIT, ("Ctrl+Shift+V",), "mic"),
    Entry("zoom_in", "Larger text", VIEW, ("Ctrl++", "Ctrl+="), "zoom-in"),
    Entry("zoom_out", "Smaller text", VIEW, ("Ctrl+-",), "zoom-out"),
    Entry("zoom_reset", "Usual text size", VIEW, ("Ctrl+0",), "type"),
    Entry("sidebar", "Show or hide the sidebar", VIEW, ("Ctrl+B",), "panel-left"),
    Entry("write", "Go to the message", VIEW, ("Ctrl+L",), "pencil"),
    Entry("model", "What is running", VIEW, ("Ctrl+Shift+M",), "cpu"),
    Entry("seal", "Network seal", VIEW, ("Ctrl+Shift+N",), "lock"),
    Entry("sent", "What left this computer", VIEW, (), "globe"),
    Entry("help", "Help", HELP, ("F1",), "circle-help"),
    Entry("shortcuts", "Shortcuts", HELP, ("Ctrl+/", "Ctrl+?"), "keyboard"),
    Entry("about", "About Parley", HELP, (), "info"),
    Entry("menu", "Menu", HELP, ("F10",), "menu"),
)


class Actions:
    """The window's QActions by name, and the menu made of them."""

    def __init__(
        self,
        window: QWidget,
        verbs: Mapping[str, Callable[[], None]],
        models: ModelController,
        preferences: PreferencesController,
        undo: UndoStack,
    ) -> None:
        self._window, self._models, self._preferences = window, models, preferences
        self.by_name: dict[str, QAction] = {}
        for entry in ENTRIES:
            action = QAction(entry.text, window)
            action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setData(entry.menu)
            action.triggered.connect(verbs[entry.name])
            window.addAction(action)
            self.by_name[entry.name] = action
        self._themes = self._theme_actions()
        undo.changed.connect(self.show_undo)
        self.show_undo(undo.label)

    @Slot(str)
    def show_undo(self, label: str) -> None:
        action = self.by_name["undo"]
        action.setText(f"Undo: {label[0].lower()}{label[1:]}" if label else "Undo")
        action.setEnabled(bool(label))

    def _theme_actions(self) -> list[QAction]:
        group = QActionGroup(self._window)
        group.triggered.connect(self._choose_theme)
        made = []
        for name, text in THEMES:
            action = group.addAction(QAction(text, self._window, checkable=True))
            action.setData(name)
            made.append(action)
        return made

    def _choose_theme(self, action: QAction) -> None:
        self._preferences.set("theme", action.data())

    def menu(self) -> Menu:
        """A fresh menu with submenus as a menu bar has them."""
        whole, color = Menu(parent=self._window), style.current().text_2
        whole.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        whole.setAccessibleName("Menu")
        for title in (FILE, EDIT, VIEW, HELP):
            part = Menu(title, whole)
            whole.addMenu(part)
            for entry in ENTRIES:
                if entry.menu == title and entry.name != "menu":
                    action = self.by_name[entry.name]
                    action.setIcon(icons.icon(entry.picture, color, 16))
                    part.addAction(action)
                    self._add_after(entry.name, part)
        return whole

    def _add_after(self, name: str, menu: Menu) -> None:
        """Submenus that stand below an entry."""
        if name == "open_model":
            recent = self._recent(menu)
            recent.setEnabled(bool(recent.actions()))
            menu.addMenu(recent)
        elif name == "sidebar":
            chosen = self._preferences.settings.theme
            themes = Menu("Theme", menu)
            for action in self._themes:
                action.setChecked(action.data() == chosen)
                themes.addAction(action)
            menu.addMenu(themes)
        elif name in ("release", "copy", "zoom_reset"):
            menu.addSeparator()

    def _recent(self, menu: Menu) -> Menu:
        recent = Menu("Recent models", menu)
        for name, path in self._models.recent():
            action = recent.addAction(name)
            action.setData(path)
            action.setToolTip(path)
        recent.triggered.connect(self._open_recent)
        return recent

    def _open_recent(self, action: QAction) -> None:
        self._models.open_file(action.data())
