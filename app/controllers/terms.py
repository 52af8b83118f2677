"""What a branch of a conversation is answered under: what the person set, and the variant."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from app.controllers.preferences import PreferencesController
from app.controllers.requests import request
from app.controllers.toolbox import ToolboxController
from app.controllers.turns import VARIANT, for_model
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import Chat, Prefill, Turn

__all__ = ["VARIANT", "AsSet", "Source", "Terms"]


class Terms(msgspec.Struct, frozen=True):
    request: Chat  # without its turns
    instructions: str = ""
    before: tuple[Turn, ...] = ()  # examples, told ahead of the branch
    strange: bool = False  # somebody else wrote what stands in them
    bound: bool = False  # no other tools than those of the request may be called
    facts: dict[str, Any] = {}  # for the answer
    found: tuple[StoredPart, ...] = ()  # passages, an answer begins with them

    def told(self, branch: Sequence[StoredTurn], senses: Sequence[bool] = ()) -> tuple[Turn, ...]:
        return for_model(branch, self.instructions, *senses, before=self.before)

    def refuses(self, tool: str) -> bool:
        return self.bound and all(tool != one.get("name") for one in self.request.tools)

    def prefill(self, branch: Sequence[StoredTurn], senses: Sequence[bool]) -> Prefill:
        return Prefill(self.told(branch, senses), self.request.tools, self.request.adapters)


class Source(Protocol):
    """Who knows the terms. A variant goes by its id, "" is none."""

    def in_force(self, conversation: int | None, branch: Sequence[StoredTurn]) -> str:
        """The variant the next turn of this branch is under."""
        ...

    def again(self, branch: Sequence[StoredTurn], index: int) -> str:
        """The variant that the turn there is made anew under."""
        ...

    def asked(self, conversation: int | None, branch: Sequence[StoredTurn]) -> dict[str, Any]:
        """The facts of what the person says next."""
        ...

    def facts(self, variant: str, before: Sequence[StoredTurn]) -> dict[str, Any]:
        """What a turn after these remembers of its variant."""
        ...

    def begun(self, conversation: int) -> None:
        """What was chosen for the next new conversation is this one's."""
        ...

    def mark(self, conversation: int | None, branch: Sequence[StoredTurn]) -> object:
        """Cheap; while it is the same, so are the terms of a branch."""
        ...

    def of(self, conversation: int | None, branch: Sequence[StoredTurn]) -> Terms:
        """As far as they are known now; without passages."""
        ...

    def prepare(
        self, history: Sequence[StoredTurn], variant: str, done: Callable[[Terms], None]
    ) -> None:
        """The terms of an answer to the last turn; done is called once, perhaps at once."""
        ...


class AsSet:
    """What the person set in Preferences, and no variant."""

    def __init__(self, preferences: PreferencesController, toolbox: ToolboxController) -> None:
        self._preferences, self._toolbox = preferences, toolbox

    def terms(self) -> Terms:
        chosen = self._preferences.settings
        asked, about = request(chosen, self._toolbox.schemas())
        return Terms(asked, chosen.instructions, facts={"settings": about})

    def in_force(self, conversation: int | None, branch: Sequence[StoredTurn]) -> str:
        return ""

    def again(self, branch: Sequence[StoredTurn], index: int) -> str:
        return ""

    def asked(self, conversation: int | None, branch: Sequence[StoredTurn]) -> dict[str, Any]:
        return {}

    def facts(self, variant: str, before: Sequence[StoredTurn]) -> dict[str, Any]:
        return {}

    def begun(self, conversation: int) -> None:
        pass

    def mark(self, conversation: int | None, branch: Sequence[StoredTurn]) -> object:
        return None

    def of(self, conversation: int | None, branch: Sequence[StoredTurn]) -> Terms:
        return self.terms()

    def prepare(
        self, history: Sequence[StoredTurn], variant: str, done: Callable[[Terms], None]
    ) -> None:
        done(self.terms())
