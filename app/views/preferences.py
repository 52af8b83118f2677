"""The page of preferences: the app's settings and the engine's options, as they are declared."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.controllers.preferences import PreferencesController
from app.views.controls import Switch, column, label
from app.views.options_form import OptionsForm
from app.views.page import Page
from app.views.search_field import SearchField


class PreferencesPage(Page):
    def __init__(self, preferences: PreferencesController) -> None:
        self.app = OptionsForm(preferences.settings, preferences.set)
        self.engine = OptionsForm(
            preferences.engine_options(), preferences.set_engine, "Engine of the model"
        )
        self.search = SearchField("Search preferences")
        self.search.setFixedWidth(240)
        self.nothing = label("No setting has these words.", "soft")
        self.nothing.hide()
        inside = QWidget()
        inside.setLayout(column(self.nothing, self.app, self.engine, gap=0))
        super().__init__("Preferences", inside, self.search)
        self.search.textChanged.connect(self._narrow)
        preferences.changed.connect(self.app.show_value)
        preferences.engine_changed.connect(self.engine.show_value)

        preferences.changed.connect(self._on_setting)
        Switch.moves = preferences.settings.motion

    def enter(self) -> None:
        self.search.setFocus()

    @Slot(str)
    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        found = [form.narrow_to(words) for form in (self.app, self.engine)]
        self.nothing.setVisible(not any(found))

    @Slot(str, object)
    def _on_setting(self, name: str, value: object) -> None:
        if name == "motion":
            Switch.moves = bool(value)
