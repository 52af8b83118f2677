"""The variants that are here, as cards and menus show them."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import QObject

from app.controllers.chat import ChatController
from app.controllers.shown_variants import ShownVariant
from app.controllers.variant_fit import Fit
from app.controllers.variant_force import InForce
from app.controllers.variant_library import Held, Library
from app.controllers.variant_pictures import VariantPictures
from app.controllers.variant_shelves import Shelves
from app.controllers.variant_wishes import Grants, Tools
from app.controllers.variant_words import PLAIN, Record, shown
from app.store.variants import HIDDEN, Variants
from engines.variants.variant import Variant


class VariantCards(QObject):
    """A variant goes by its key, which is its id; "" is plain Parley."""

    def __init__(
        self,
        library: Library,
        force: InForce,
        grants: Grants,
        tools: Callable[[], Tools],
        on_shelves: Shelves,
        fit: Fit,
        kept: Variants,
        chat: ChatController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.library, self.force, self.grants, self.tools = library, force, grants, tools
        self.on_shelves, self.fit, self.kept, self._chat = on_shelves, fit, kept, chat
        self.pictures: VariantPictures | None = None
        self._hidden = set(kept.marked(HIDDEN))
        self._scores, self._duels = kept.scores(), kept.duels()

    def in_force(self) -> str:
        """Of the conversation on screen, from its next turn on."""
        return self.force.in_force(self._chat.conversation, self._chat.branch)

    def all(self) -> tuple[ShownVariant, ...]:
        """By name; the hidden ones are not among them."""
        visible = [one for one in self.library.held.values() if one.key not in self._hidden]
        visible.sort(key=lambda held: (held.variant.name.casefold(), held.key))
        return self._all_shown(visible)

    def hidden(self) -> tuple[ShownVariant, ...]:
        """Variants that came with Parley and were put away; show_again brings one back."""
        return self._all_shown([h for h in self.library.held.values() if h.key in self._hidden])

    def shown(self, key: str) -> ShownVariant | None:
        """None for one that is not here; "" is plain Parley."""
        if not key:
            return replace(PLAIN, in_use=not self.in_force(), default=not self.force.default)
        held = self.library.get(key)
        return self._all_shown([held])[0] if held else None

    def variant(self, key: str) -> Variant | None:
        held = self.library.get(key)
        return held.variant if held else None

    def digest(self, key: str) -> str:
        """ "" while it is being written."""
        held = self.library.get(key)
        return held.digest if held else ""

    def find(self, text: str) -> tuple[ShownVariant, ...]:
        """For @name while it is typed: those whose names begin so, then those that hold it."""
        wanted = text.strip().casefold()
        found = [one for one in self.all() if wanted in one.name.casefold() and not one.trouble]
        return tuple(sorted(found, key=lambda one: not one.name.casefold().startswith(wanted)))

    def named(self, text: str) -> tuple[str, str] | None:
        """Key and the rest of a message that begins with @name; None where none is named."""
        if not text.startswith("@"):
            return None
        said = text[1:]
        for one in sorted(self.all(), key=lambda one: -len(one.name)):
            rest = said[len(one.name) :]
            same = said[: len(one.name)].casefold() == one.name.casefold()
            if same and not one.trouble and (not rest or not rest[0].isalnum()):
                return one.key, rest.lstrip(" ,:\n")
        return None

    def _all_shown(self, all_of_them: Sequence[Held]) -> tuple[ShownVariant, ...]:
        tools, updates, used = self.tools(), self.on_shelves.updates(), self.in_force()

        def record(held: Held) -> Record:
            return Record(
                granted=self.grants.of(held.key),
                scores=[one for one in self._scores if one.variant == held.key],
                duels=[one for one in self._duels if held.key in (one.winner, one.loser)],
                picture=self.pictures.path(held) if self.pictures else "",
                base_here=self.fit.here(held.variant),
                default=held.key == self.force.default,
                in_use=held.key == used,
                update=held.key in updates,
            )

        return tuple(shown(held, record(held), tools) for held in all_of_them)
