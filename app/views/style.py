"""How widgets look: a palette and one style sheet made from the tokens of a theme."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.controllers.preferences import PreferencesController
from app.views.sheet import sheet
from app.views.theme import DARK, LIGHT, Theme, text_font

UI_PX = 14
Role = QPalette.ColorRole


def apply(app: QApplication, theme: Theme) -> None:
    """Give the whole application the look of a theme."""
    if not app.styleSheet():
        app.setStyle("Fusion")  # the only style that looks alike everywhere
        app.setFont(text_font(UI_PX))
    app.setStyleSheet("")  # else every widget works out its palette under the old sheet first
    app.setPalette(palette(theme))
    app.setStyleSheet(sheet(theme))


def current() -> Theme:
    """The theme last applied, for what is painted by hand."""
    window = QGuiApplication.palette().color(Role.Window).name()
    return DARK if window == DARK.background else LIGHT


def palette(theme: Theme) -> QPalette:
    """Own colours for every role: without a desktop Qt knows no dark palette."""
    made = QPalette()
    for role, color in {
        Role.Window: theme.background,
        Role.WindowText: theme.text,
        Role.Base: theme.background,
        Role.AlternateBase: theme.panel,
        Role.Text: theme.text,
        Role.PlaceholderText: theme.muted,
        Role.Button: theme.raised,
        Role.ButtonText: theme.text,
        Role.BrightText: theme.on_accent,
        Role.Highlight: theme.selection,
        Role.HighlightedText: theme.text,
        Role.Link: theme.link,
        Role.LinkVisited: theme.link,
        Role.ToolTipBase: theme.text,
        Role.ToolTipText: theme.background,
        Role.Accent: theme.accent,
        Role.Light: theme.raised,
        Role.Midlight: theme.hover,
        Role.Mid: theme.border_strong,
        Role.Dark: theme.border_strong,
        Role.Shadow: theme.border_strong,
    }.items():
        made.setColor(role, QColor(color))
    for role in (Role.Text, Role.WindowText, Role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return made


class Look(QObject):
    """Keeps the application in the theme the person chose, following the system if asked to."""

    theme_changed = Signal(object)  # Theme

    def __init__(
        self, app: QApplication, preferences: PreferencesController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app, self._preferences = app, preferences
        self.theme = self._wanted()
        apply(app, self.theme)
        preferences.changed.connect(self._on_setting)
        app.styleHints().colorSchemeChanged.connect(self._update)

    def _wanted(self) -> Theme:
        chosen, hints = self._preferences.settings.theme, self._app.styleHints()
        if chosen == "system":
            hints.unsetColorScheme()
            return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
        dark = chosen == "dark"
        # also colours the frame of the window, on desktops that support it
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        return DARK if dark else LIGHT

    @Slot(str, object)
    def _on_setting(self, name: str, value: object) -> None:
        if name == "theme":
            self._update()

    @Slot()
    def _update(self) -> None:
        wanted = self._wanted()
        if wanted is not self.theme:
            self.theme = wanted
            apply(self._app, wanted)
            self.theme_changed.emit(wanted)
