"""The list of conversations: find, open, name, pin, delete."""

import time

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.shown import Notice, ShownConversation
from app.controllers.undo import UndoStack
from app.store.conversations import Store, StoredConversation

PAGE = 500  # conversations listed at first; more() adds as many
DAY = 86_400


class HistoryController(QObject):
    changed = Signal(object)  # list[ShownConversation]
    current_changed = Signal(object)  # int | None
    notice = Signal(object)  # Notice

    def __init__(
        self, store: Store, chat: ChatController, undo: UndoStack, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._chat, self._undo = store, chat, undo
        self._looking_for, self._limit = "", PAGE
        chat.stored.connect(self._on_stored)
        chat.opened.connect(self._on_opened)

    @property
    def current(self) -> int | None:
        return self._chat.conversation

    @property
    def conversations(self) -> list[ShownConversation]:
        if self._looking_for:
            found = self._store.search(self._looking_for)
            return [_shown(c, "Found") for c in found]
        now = time.time()
        rows = self._store.conversations(self._limit)
        return [_shown(c, "Pinned" if c.pinned else group(c.changed / 1000, now)) for c in rows]

    @Slot(str)
    def search(self, text: str) -> None:
        self._looking_for = text.strip()
        self.refresh()

    @Slot()
    def more(self) -> None:
        """The list was scrolled to its end."""
        if not self._looking_for:
            self._limit += PAGE
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        self.changed.emit(self.conversations)

    @Slot(int)
    def open(self, conversation: int) -> None:
        self._chat.open(conversation)

    @Slot()
    def new(self) -> None:
        self._chat.new()

    @Slot(int, str)
    def rename(self, conversation: int, title: str) -> None:
        stored = self._store.conversation(conversation)
        title = " ".join(title.split())
        if stored is None or not title or title == stored.title:
            return
        self._name(conversation, title, "person")
        old = (stored.title, stored.titled_by)
        self._undo.push("Rename conversation", lambda: self._name(conversation, *old))

    def retitle(self, conversation: int, title: str) -> None:
        """A title the model found; one the person gave stays."""
        stored = self._store.conversation(conversation)
        if stored and not stored.titled_by:
            self._name(conversation, title, "auto")

    @Slot(int, bool)
    def pin(self, conversation: int, pinned: bool) -> None:
        self._store.pin(conversation, pinned, done=self._written)

    @Slot(int)
    def delete(self, conversation: int) -> None:
        def deleted(_: object = None) -> None:
            self._chat.closed(conversation)
            self._undo.push("Delete conversation", lambda: self._restore(conversation))
            self.notice.emit(Notice("Conversation deleted.", action="Undo"))
            self.refresh()

        self._store.delete_conversation(conversation, done=deleted)

    def _restore(self, conversation: int) -> None:
        def restored(_: object = None) -> None:
            self.refresh()
            self._chat.open(conversation)

        self._store.restore_conversation(conversation, done=restored)

    def _name(self, conversation: int, title: str, by: str) -> None:
        self._store.rename(conversation, title, by, done=self._written)
        self._chat.retitled(conversation, title)

    def _written(self, _: object = None) -> None:
        self.refresh()

    @Slot(int)
    def _on_stored(self, _conversation: int) -> None:
        self.refresh()
        self.current_changed.emit(self.current)

    @Slot(object)
    def _on_opened(self, _turns: object) -> None:
        self.current_changed.emit(self.current)


def group(when: float, now: float) -> str:
    """The heading a conversation stands under; both times in seconds since 1970, local days."""
    midnight = time.mktime((*time.localtime(now)[:3], 0, 0, 0, 0, 0, -1))
    if when >= midnight:
        return "Today"
    if when >= midnight - DAY:
        return "Yesterday"
    if when >= midnight - 7 * DAY:
        return "Last 7 days"
    then = time.localtime(when)
    return time.strftime("%B" if then[0] == time.localtime(now)[0] else "%B %Y", then)


def _shown(stored: StoredConversation, heading: str) -> ShownConversation:
    return ShownConversation(stored.id, stored.title, heading, stored.pinned, stored.snippet)
