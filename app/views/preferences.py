"""The page of preferences: the app's settings and the engine's options, as they are declared."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.controllers.extras import ExtrasController
from app.controllers.hub_token import HubToken
from app.controllers.preferences import PreferencesController
from app.controllers.registering import RegisteringController
from app.views.card import Card
from app.views.controls import Button, Switch, column, label
from app.views.extras_card import ExtrasCard
from app.views.hub_token_card import HubTokenCard
from app.views.options_form import OptionsForm
from app.views.page import Page
from app.views.registering_card import RegisteringCard
from app.views.search_field import SearchField
from app.views.voice_page import PAGES
from app.views.voice_rows import Line

PICTURES = "Pictures"  # a page of the settings
VOICE_WORDS = (
    "Microphone and loudspeaker, the talk key, models that hear, voices, and how talking and "
    "speaking go: they have a page of their own."
)


class Elsewhere(Line):
    """Leads to a page of its own; found by the words of the settings that are there."""

    def __init__(self, title: str, words: str, options: Any, pages: Sequence[str]) -> None:
        self.open = Button("Open")
        self.open.setAccessibleName(f"Open the page {title}")
        super().__init__(title, words, self.open)
        told = [about.metadata for about in fields(options) if about.metadata["page"] in pages]
        named = (f"{one['label']} {one['help']} {one['page']}" for one in told)
        self._sought = " ".join((title, words, *named)).casefold()

    def narrow_to(self, words: list[str]) -> bool:
        found = all(word in self._sought for word in words)
        self.setVisible(found)
        return found


class PreferencesPage(Page):
    voice_asked = Signal()

    def __init__(
        self,
        preferences: PreferencesController,
        extras: ExtrasController,
        registering: RegisteringController,
        token: HubToken,
    ) -> None:
        without = (*PAGES, PICTURES)
        self.app = OptionsForm(preferences.settings, preferences.set, without=without)
        self.pictures = OptionsForm(preferences.settings, preferences.set, pages=(PICTURES,))
        self.extras = ExtrasCard(extras)
        self.registering = RegisteringCard(registering)
        self.token = HubTokenCard(token)
        self.voice = Elsewhere("Voice", VOICE_WORDS, preferences.settings, PAGES)
        self._voice_card = Card((self.voice,))
        self.engine = OptionsForm(
            preferences.engine_options(), preferences.set_engine, "Engine of the model"
        )
        self.search = SearchField("Search preferences")
        self.search.setFixedWidth(240)
        self.nothing = label("No setting has these words.", "soft")
        self.nothing.hide()
        inside = QWidget()
        parts = (self.nothing, self._voice_card, 20, self.app, self.pictures, self.extras, 20)
        parts = (*parts, self.token, 20, self.registering, 20, self.engine)
        inside.setLayout(column(*parts, gap=0))
        super().__init__("Preferences", inside, self.search)
        self.search.textChanged.connect(self._narrow)
        self.voice.open.clicked.connect(self.voice_asked)
        preferences.changed.connect(self.app.show_value)
        preferences.changed.connect(self.pictures.show_value)
        preferences.engine_changed.connect(self.engine.show_value)

        preferences.changed.connect(self._on_setting)
        Switch.moves = preferences.settings.motion

    def enter(self) -> None:
        self.search.setFocus()
        self.extras.look()
        self.registering.look()
        self.token.look()

    @Slot(str)
    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        found = [form.narrow_to(words) for form in (self.app, self.pictures, self.engine)]
        found.append(self.extras.narrow_to(words))
        found.append(self.registering.narrow_to(words))
        found.append(self.token.narrow_to(words))
        found.append(self.voice.narrow_to(words))
        self._voice_card.setVisible(found[-1])
        self.nothing.setVisible(not any(found))

    @Slot(str, object)
    def _on_setting(self, name: str, value: object) -> None:
        if name == "motion":
            Switch.moves = bool(value)
