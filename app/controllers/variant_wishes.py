"""What a variant wants, in words, and what of it the person agreed to."""

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from app.controllers.loaded_words import size_words, small_size
from app.controllers.offered import Offered
from app.controllers.shown import title_of
from app.controllers.shown_variants import ShownWish
from app.controllers.variant_terms import (
    KNOWLEDGE,
    VOICE,
    adapter_wish,
    tool_wish,
)
from app.controllers.variant_terms import (
    title_of as adapter_title,
)
from app.store.variants import Variants
from engines.tools.registry import Effect, all_tools
from engines.variants.variant import Variant

NO_TOOL = "There is no tool of this name here"
SWITCHED_OFF = "You have switched it off under Tools"
EFFECTS = {
    Effect.READS: ", which reads and changes nothing",
    Effect.WRITES: ", which asks you before it writes",
    Effect.RUNS: ", which asks you before it runs anything",
    Effect.SENDS: ", which asks you before anything leaves this computer",
}


class Tools:
    """What tools are on at this moment."""

    def __init__(self, offered: Mapping[str, Offered]) -> None:
        self._offered = offered

    def trouble(self, name: str) -> str:
        if name in self._offered:
            return ""
        return SWITCHED_OFF if name in all_tools() else NO_TOOL

    def title(self, name: str) -> str:
        one = self._offered.get(name)
        return one.title if one else title_of(name)

    def words(self, name: str) -> str:
        one = self._offered.get(name) or all_tools().get(name)
        return f"Use the tool “{self.title(name)}”{EFFECTS.get(one.effect, '') if one else ''}"


class Grants(QObject):
    """Nothing that is not granted happens; only the person's clicks lead here."""

    changed = Signal(str)  # variant

    def __init__(self, kept: Variants, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept, self._all = kept, kept.grants()
        self.ours: Callable[[str], Collection[str]] = lambda _: ()  # wishes of what came along

    def of(self, variant: str) -> frozenset[str]:
        return frozenset(wish for wish, yes in self.answered(variant).items() if yes)

    def answered(self, variant: str) -> dict[str, bool]:
        return dict.fromkeys(self.ours(variant), True) | self._all.get(variant, {})

    def set(self, variant: str, grants: dict[str, bool]) -> None:
        """These are all that hold for it from now on."""
        self._all[variant] = dict(grants)
        self._kept.grant(variant, grants)
        self.changed.emit(variant)

    def add(self, variant: str, wishes: Collection[str], granted: bool = True) -> None:
        self.set(variant, self.answered(variant) | dict.fromkeys(wishes, granted))


def wishes_of(variant: Variant) -> tuple[str, ...]:
    """Their keys."""
    found = [tool_wish(name) for name in variant.tools or ()]
    found += [adapter_wish(one) for one in variant.adapters]
    found += [KNOWLEDGE] if variant.knowledge else []
    found += [VOICE] if variant.voice.name else []
    return tuple(dict.fromkeys(found))


def shown_wishes(variant: Variant, granted: Collection[str], tools: Tools) -> tuple[ShownWish, ...]:
    found: list[ShownWish] = []
    for name in dict.fromkeys(variant.tools or ()):
        key, trouble = tool_wish(name), tools.trouble(name)
        found.append(ShownWish(key, tools.words(name), key in granted, not trouble, trouble))
    for one in variant.adapters:
        what = "control vector" if one.kind == "control" else "adapter"
        title, size = adapter_title(one), size_words(one.file.size)
        words = f"Change the model with its {what} “{title}”, {size}"
        found.append(ShownWish(adapter_wish(one), words, adapter_wish(one) in granted))
    if variant.knowledge:
        words = f"Answer from {files_words(variant)}"
        found.append(ShownWish(KNOWLEDGE, words, KNOWLEDGE in granted))
    if variant.voice.name:
        words = f"Be read with the voice {variant.voice.name}"
        found.append(ShownWish(VOICE, words, VOICE in granted))
    return tuple({one.key: one for one in found}.values())


def files_words(variant: Variant) -> str:
    count, size = len(variant.knowledge), sum(one.size for one in variant.knowledge)
    return f"{count} file{'s' * (count != 1)} of its own, {small_size(size)}"


def touches(variant: Variant, wishes: Sequence[ShownWish], tools: Tools) -> tuple[str, ...]:
    """What it may touch, as far as the person agreed."""
    granted = {wish.key for wish in wishes if wish.granted and wish.possible}
    found = [tools.title(name) for name in variant.tools or () if tool_wish(name) in granted]
    if variant.tools is None:
        found.append("The tools you have on")
    found += [adapter_title(one) for one in variant.adapters if adapter_wish(one) in granted]
    if KNOWLEDGE in granted:
        found.append(files_words(variant)[0].upper() + files_words(variant)[1:])
    if VOICE in granted:
        found.append(f"The voice {variant.voice.name}")
    return tuple(dict.fromkeys(found))
