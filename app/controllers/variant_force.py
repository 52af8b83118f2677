"""Which variant is in force in a branch, and the terms it gives."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.controllers import attached
from app.controllers.models import ModelController
from app.controllers.terms import VARIANT, AsSet, Terms
from app.controllers.turns import text_of
from app.controllers.variant_library import Held, Library
from app.controllers.variant_terms import KNOWLEDGE, Given, about, with_variant
from app.store.conversations import StoredPart, StoredTurn
from app.store.variants import DEFAULT, TAKEN, Variants

if TYPE_CHECKING:
    from engines.variants.knowledge import Knowledge

LETTERS = 3  # of a token, at least
UNKNOWN = 8_192  # tokens, where nobody knows how many the model remembers
ALWAYS = 0.25  # of its context that a variant's own files may take all the time
PASSAGES = 0.15  # of it that passages for one question may take
LONGEST = 24_000  # characters of either
STARTED = 0  # in place of a turn: before the first


def said(turn: StoredTurn) -> str:
    """The variant a turn was under."""
    found = turn.facts.get(VARIANT)
    return str(found.get("id", "")) if isinstance(found, dict) else ""


class Known(msgspec.Struct, frozen=True):
    """A variant's own files, read."""

    knowledge: "Knowledge"
    letters: int  # of context they were measured against
    whole: str  # "" where they are too long to be told always


class InForce(QObject):
    """What the person chose since the branch's last turn, else the variant of that turn, else
    what the conversation began with, else the default."""

    changed = Signal()  # what is in force somewhere
    failed = Signal(str, object)  # words, the error

    def __init__(
        self,
        plain: AsSet,
        library: Library,
        kept: Variants,
        models: ModelController,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._plain, self._library, self._kept = plain, library, kept
        self._models, self._background = models, background
        self._choices: dict[int | None, dict[int, str]] = {}
        self._scales: dict[int | None, dict[str, float]] = {}
        self.granted: Callable[[str], frozenset[str]] = lambda _: frozenset()
        self.default = next(iter(kept.marked(DEFAULT)), "")
        self.taken = {*kept.marked(TAKEN)}  # those that came from elsewhere
        self._known: dict[str, Known] = {}  # by digest
        self._times = 0  # something was changed
        library.changed.connect(self._on_library)

    # which

    def in_force(self, conversation: int | None, branch: Sequence[StoredTurn]) -> str:
        choices = self.choices(conversation)
        if branch:
            return self._here(choices.get(branch[-1].id, said(branch[-1])))
        return self._here(choices.get(STARTED, self.default))

    def chosen(self, conversation: int | None, branch: Sequence[StoredTurn]) -> str | None:
        """What the person chose since the last turn, and has not used yet."""
        after = branch[-1].id if branch else STARTED
        return self.choices(conversation).get(after)

    def again(self, branch: Sequence[StoredTurn], index: int) -> str:
        """A choice made since counts where the last question is asked again."""
        later = any(turn.role == "user" for turn in branch[index + 1 :])
        chosen = None if later else self.chosen(branch[index].conversation, branch)
        return self._here(said(branch[index]) if chosen is None else chosen)

    def choose(
        self, conversation: int | None, branch: Sequence[StoredTurn], variant: str | None
    ) -> None:
        after = branch[-1].id if branch else STARTED
        choices = self.choices(conversation)
        choices.pop(after, None)
        if variant is not None:
            choices[after] = variant
        self._kept.choose(conversation, after, variant)
        self.tell()

    def begun(self, conversation: int) -> None:
        for after, variant in self.choices(None).items():
            self._choices[conversation] = {after: variant}
            self._kept.choose(conversation, after, variant)
            self._kept.choose(None, after, None)
        for adapter, scale in self.scales(None).items():
            self._scales.setdefault(conversation, {})[adapter] = scale
            self._kept.scale(conversation, adapter, scale)
            self._kept.scale(None, adapter, None)
        self._choices[None], self._scales[None] = {}, {}

    def choices(self, conversation: int | None) -> dict[int, str]:
        if conversation not in self._choices:
            self._choices[conversation] = self._kept.choices(conversation)
        return self._choices[conversation]

    def scales(self, conversation: int | None) -> dict[str, float]:
        if conversation not in self._scales:
            self._scales[conversation] = self._kept.scales(conversation)
        return self._scales[conversation]

    def set_scale(self, conversation: int | None, adapter: str, scale: float | None) -> None:
        self.scales(conversation).pop(adapter, None)
        if scale is not None:
            self.scales(conversation)[adapter] = scale
        self._kept.scale(conversation, adapter, scale)
        self.tell()

    def set_default(self, variant: str) -> None:
        self.default = variant
        self._kept.mark(DEFAULT, [variant] if variant else [])
        self.tell()

    def mark_taken(self, variant: str, taken: bool) -> None:
        """It came from elsewhere, whatever the person changed in it since."""
        self.taken = self.taken | {variant} if taken else self.taken - {variant}
        self._kept.mark(TAKEN, [variant] if taken else [], variant)

    def tell(self) -> None:
        self._times += 1
        self.changed.emit()

    def _here(self, variant: str) -> str:
        """One that was deleted is none; before all are read nobody knows."""
        gone = self._library.ready and self._library.get(variant) is None
        return "" if gone else variant

    # what it gives

    def asked(self, conversation: int | None, branch: Sequence[StoredTurn]) -> dict[str, Any]:
        return self.facts(self.in_force(conversation, branch), branch)

    def facts(self, variant: str, before: Sequence[StoredTurn]) -> dict[str, Any]:
        changed = bool(before) and said(before[-1]) != variant
        if not variant and not changed:
            return {}
        held = self._library.get(variant)
        found = about(held.variant, variant, held.digest) if held else {"id": variant}
        return {VARIANT: found | {"changed": True} if changed else found}

    def mark(self, conversation: int | None, branch: Sequence[StoredTurn]) -> object:
        return self.in_force(conversation, branch), self._times

    def of(self, conversation: int | None, branch: Sequence[StoredTurn]) -> Terms:
        return self._terms(conversation, self.in_force(conversation, branch))

    def _terms(self, conversation: int | None, variant: str) -> Terms:
        plain, held = self._plain.terms(), self._library.get(variant)
        if not held or held.trouble:
            return plain
        return with_variant(plain, held.variant, self.given(held, self.scales(conversation)))

    def given(self, held: Held, scales: Mapping[str, float]) -> Given:
        granted, known = self.granted(held.key), self._known.get(held.digest)
        whole = known.whole if known and KNOWLEDGE in granted else ""
        return Given(held.key, held.digest, granted, scales, whole, held.key in self.taken)

    def prepare(
        self, history: Sequence[StoredTurn], variant: str, done: Callable[[Terms], None]
    ) -> None:
        if variant:
            self._library.when_ready(partial(self._prepare, history, variant, done))
        else:
            done(self._plain.terms())

    def _prepare(
        self, history: Sequence[StoredTurn], variant: str, done: Callable[[Terms], None]
    ) -> None:
        conversation, question = history[-1].conversation, text_of(history[-1].parts)

        def ready(found: tuple[StoredPart, ...]) -> None:
            terms = self._terms(conversation, variant)
            done(msgspec.structs.replace(terms, found=found))

        self.find(variant, question, ready)

    # its own files

    def find(
        self, variant: str, question: str, done: Callable[[tuple[StoredPart, ...]], None]
    ) -> None:
        """done gets what its files say about a question: nothing where they are told whole."""
        held = self._library.get(variant)
        if not held or not held.variant.knowledge or KNOWLEDGE not in self.granted(variant):
            return done(())
        if not held.digest and not self._library.in_turn.idle:  # it is being written
            return self._library.in_turn.run(
                lambda: None, lambda _: self.find(variant, question, done)
            )
        letters = (self._models.context or UNKNOWN) * LETTERS

        def work(_: object) -> tuple[Known, tuple[StoredPart, ...]]:
            known = self._known.get(held.digest)
            if known is None or known.letters != letters:
                known = learn(held, letters)
            if known.whole or not question.strip():
                return known, ()
            room = min(LONGEST, int(letters * PASSAGES))
            passages = known.knowledge.passages(question, room)
            return known, tuple(attached.passage_part(one.file, one.text) for one in passages)

        def learnt(result: tuple[Known, tuple[StoredPart, ...]]) -> None:
            known, found = result
            if self._known.get(held.digest) is not known:
                self._known[held.digest] = known
                self._times += 1
            done(found)

        def failed(error: Exception) -> None:
            self.failed.emit(f"“{held.variant.name}” answers without its own files.", error)
            done(())

        self._background.run(work, learnt, failed)
        return None

    def warm(self, variant: str) -> None:
        """Read its files before the first question."""
        self.find(variant, "", lambda _: None)

    def _on_library(self) -> None:
        digests = {held.digest for held in self._library.held.values()}
        self._known = {digest: one for digest, one in self._known.items() if digest in digests}
        self.tell()


def learn(held: Held, letters: int) -> Known:
    """Raises ParleyError."""
    from engines.variants.knowledge import Knowledge

    knowledge = Knowledge.of(held.open())
    whole = knowledge.whole(min(LONGEST, int(letters * ALWAYS)))
    return Known(knowledge, letters, whole or "")
