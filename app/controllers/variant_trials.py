"""What a variant is tried with: the same terms as in a conversation, also where it is not saved."""

from collections.abc import Callable

from msgspec.structs import replace

from app.controllers.terms import AsSet, Terms
from app.controllers.variant_force import InForce
from app.controllers.variant_library import Library
from app.controllers.variant_terms import Given, with_variant
from app.controllers.variant_wishes import Grants, wishes_of
from app.store.conversations import StoredPart
from engines.variants.variant import Variant


class TrialTerms:
    """A variant goes by its id, which one that is being edited has, too."""

    def __init__(self, plain: AsSet, library: Library, force: InForce, grants: Grants) -> None:
        self._plain, self._library, self._force, self._grants = plain, library, force, grants

    def prepare(self, variant: Variant, question: str, done: Callable[[Terms], None]) -> None:
        """done gets the terms of an answer to this question, once."""

        def found(passages: tuple[StoredPart, ...]) -> None:
            terms = with_variant(self._plain.terms(), variant, self._given(variant))
            done(replace(terms, found=passages))

        self._force.find(variant.id, question, found)

    def _given(self, variant: Variant) -> Given:
        """What the person agreed to, and what they are just writing into it."""
        held = self._library.get(variant.id)
        if held is None:
            return Given(variant.id, "", frozenset(wishes_of(variant)))
        fresh = frozenset(wishes_of(variant)) - frozenset(wishes_of(held.variant))
        given = self._force.given(held, {})
        return replace(given, granted=given.granted | fresh)
