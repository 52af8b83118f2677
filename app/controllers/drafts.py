"""Messages that are being written: one for each conversation, and one for the next new one."""

from app.store.conversations import Store


class Drafts:
    """What is on disk is as new as what is here, or newer by a commit that is under way."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._new = store.new_draft()  # of the conversation that begins with it

    def of(self, conversation: int | None) -> str:
        if conversation is None:
            return self._new
        stored = self._store.conversation(conversation)
        return stored.draft if stored else ""

    def keep(self, conversation: int | None, text: str) -> None:
        self._store.save_draft(conversation, text)
        if conversation is None:
            self._new = text
