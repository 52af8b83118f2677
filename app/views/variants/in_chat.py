"""Variants in the conversation: the chip and its panel, @name, and openings on an empty page."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.controllers.variants import VariantsController
from app.views.chat import ChatPage
from app.views.variants.names import Names
from app.views.variants.switch_panel import SwitchPanel


class InChat(QObject):
    def __init__(self, variants: VariantsController, page: ChatPage, window: QWidget) -> None:
        super().__init__(page)
        self._variants, self._page = variants, page
        self.panel = SwitchPanel(variants, window)
        self.names = Names(variants, page.composer.edit)
        page.composer.addressed = self._addressed
        page.head.variant.asked.connect(self.panel.open_at)
        self.panel.closed.connect(page.write)
        variants.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Who answers from here on."""
        key = self._variants.in_force()
        shown, variant = self._variants.shown(key), self._variants.variant(key)
        if shown is None:
            shown, variant = self._variants.shown(""), None
        assert shown
        self._page.head.variant.show_variant(shown)
        openings = variant.openings if variant else ()
        self._page.welcome.show_variant(shown, openings, variant.greeting if variant else "")

    @Slot()
    def open_panel(self) -> None:
        self.panel.open_at(self._page.head.variant)

    def _addressed(self, text: str) -> str:
        """The message without @name at its beginning: from here on that one answers."""
        found = self._variants.named(text)
        if found is None:
            return text
        key, rest = found
        self._variants.use(key)
        return rest
