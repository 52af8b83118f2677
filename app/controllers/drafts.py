"""Messages that are being written: one for each conversation, and one for the next new one."""

from app.store.conversations import Store


class Drafts:
    """Those of this session are answered from here: the store may not have the newest yet."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # None: of the conversation that begins with it
        self._known: dict[int | None, str] = {None: store.new_draft()}

    def of(self, conversation: int | None) -> str:
        if conversation not in self._known:
            stored = self._store.conversation(conversation) if conversation else None
            return stored.draft if stored else ""
        return self._known[conversation]

    def keep(self, conversation: int | None, text: str) -> None:
        self._known[conversation] = text
        self._store.save_draft(conversation, text)
