"""The voice a variant wants to be read with, as far as it is here and the person agreed."""

from pathlib import Path

from app.controllers.chat import ChatController
from app.controllers.variant_force import InForce, said
from app.controllers.variant_library import Library
from app.controllers.variant_terms import VOICE
from app.controllers.voice import VoiceController
from app.controllers.voices import BUILT_IN, PIPER, Voice, Wanted
from app.store.conversations import StoredTurn


class VariantVoice:
    """Asked before each clause: costs nothing."""

    def __init__(
        self,
        library: Library,
        force: InForce,
        chat: ChatController,
        voicing: VoiceController,
    ) -> None:
        self._library, self._force, self._chat, self._voicing = library, force, chat, voicing
        self._looked_for: set[str] = set()

    def __call__(self, turn: StoredTurn | None) -> Wanted:
        """Of a turn, or of the next one of the conversation on screen."""
        conversation, branch = self._chat.conversation, self._chat.branch
        key = said(turn) if turn else self._force.in_force(conversation, branch)
        held = self._library.get(key)
        if held is None:
            return Wanted()
        one = held.variant.voice
        allowed = VOICE in self._force.granted(key)
        return Wanted(self._named(one.name) if allowed else None, one.language, one.speed)

    def _named(self, name: str) -> Voice | None:
        """None where there is no such voice: the person's own speaks."""
        if name == BUILT_IN:
            return Voice(BUILT_IN)
        for one in self._voicing.voices():
            if one.value and not one.problem and Path(one.value).stem == name:
                return Voice(PIPER, Path(one.value))
        if name not in self._looked_for:
            self._looked_for.add(name)
            self._voicing.look()
        return None
