"""What tools may do: asked in the conversation, answered by a click, remembered if wished."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.shown import ShownPermission, ShownQuestion
from app.controllers.turns import said_on
from app.store.conversations import Store
from app.store.permissions import Permissions

LASTING = ("conversation", "always", "never")
YES = ("once", "conversation", "always")


def hash_of(home: str, command: str, schema: dict[str, Any]) -> str:
    """What a permission is bound to: a tool that changes in any word of it is another tool."""
    return sha256(msgspec.json.encode([home, command, schema], order="deterministic")).hexdigest()


@dataclass(frozen=True)
class Matter:
    """What is asked about."""

    tool: str
    hash: str
    places: tuple[str, ...]  # addresses it would send to
    conversation: int | None
    again: str = ""  # why a lasting yes does not count this time

    @property
    def place(self) -> str:
        return " ".join(sorted(self.places))


class ConsentController(QObject):
    changed = Signal()  # the question that waits, or the lasting answers

    def __init__(self, store: Store, may_ask: bool, parent: QObject | None = None) -> None:
        """may_ask False: there is nobody to ask, and what would be asked is refused."""
        super().__init__(parent)
        self._store, self._permissions = store, Permissions(store)
        self._may_ask = may_ask
        self.question: ShownQuestion | None = None
        self._waiting: tuple[Matter, Callable[[bool], None]] | None = None

    def ask(
        self, matter: Matter, question: ShownQuestion, answered: Callable[[bool], None]
    ) -> None:
        """answered is called once with yes or no: at once where a lasting answer holds."""
        choice = self._permissions.choice(matter.hash, matter.place, matter.conversation)
        if choice == "no" or not (choice or self._may_ask):
            answered(False)
        elif choice == "yes" and not matter.again:
            answered(True)
        elif not self._may_ask:
            answered(False)
        else:
            self.question, self._waiting = question, (matter, answered)
            self.changed.emit()

    @Slot(str, str)
    def answer(self, key: str, choice: str) -> None:
        """The person clicked. The only way into the lasting answers."""
        if self._waiting is None or self.question is None or self.question.key != key:
            return
        matter, answered = self._waiting
        self.question = self._waiting = None
        if choice in LASTING:
            about = (matter.tool, matter.hash, matter.place)
            self._permissions.add(about, choice, matter.conversation, self.changed.emit)
        self.changed.emit()
        answered(choice in YES)

    def withdraw(self) -> None:
        """The answer was stopped: nobody waits for the choice any more."""
        if self._waiting is not None:
            self.question = self._waiting = None
            self.changed.emit()

    def permissions(self) -> tuple[ShownPermission, ...]:
        def words(choice: str, conversation: int | None) -> str:
            stored = self._store.conversation(conversation) if conversation else None
            if choice == "conversation" and stored:
                return f"In “{stored.title}”"
            return {"always": "Always", "never": "Never"}.get(choice, "In one conversation")

        return tuple(
            ShownPermission(
                p.id, p.tool, words(p.choice, p.conversation), p.place, said_on(p.since)
            )
            for p in self._permissions.all()
        )

    @Slot(int)
    def forget(self, key: int) -> None:
        self._permissions.forget(key, self.changed.emit)
