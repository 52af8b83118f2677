"""The row for the token with which the hub of models knows the person."""

from PySide6.QtCore import Slot

from app.controllers.hub_token import HubToken
from app.views import option_controls
from app.views.card import Card
from app.views.controls import Button
from app.views.voice_rows import Line

TITLE = "Token for the hub"


class HubTokenCard(Card):
    def __init__(self, token: HubToken) -> None:
        self.field = option_controls.Line("", TITLE, True)
        self.forget = Button("Forget", "link")
        self.forget.setAccessibleName("Forget the token for the hub")
        self.line = Line(TITLE, token.words, self.field, self.forget)
        super().__init__((self.line,))
        self._token = token
        self._sought = f"{TITLE} models gated hugging face key fetch".casefold()
        self.field.chosen.connect(self._keep)
        self.forget.clicked.connect(token.forget)
        token.changed.connect(self._show)
        self._show()

    def look(self) -> None:
        self._token.look()

    def narrow_to(self, words: list[str]) -> bool:
        found = all(word in self._sought for word in words)
        self.setVisible(found)
        return found

    @Slot(object)
    def _keep(self, token: str) -> None:
        """It is not shown again, and not kept in the field."""
        self._token.keep(token)
        self.field.show_value("")

    @Slot()
    def _show(self) -> None:
        self.line.say(self._token.words)
        self.forget.setVisible(self._token.kept)
