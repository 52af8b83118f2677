"""Variants: those that are here, the one in force, and all a person does with them."""

from collections.abc import Callable, Collection, Iterable

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.shown import Notice
from app.controllers.shown_variants import ShownOffer, ShownVariantShelf
from app.controllers.terms import VARIANT
from app.controllers.undo import UndoStack
from app.controllers.variant_cards import VariantCards
from app.controllers.variant_files import Files
from app.controllers.variant_fit import Fit
from app.controllers.variant_force import InForce
from app.controllers.variant_imports import Imports
from app.controllers.variant_library import Library
from app.controllers.variant_pictures import VariantPictures
from app.controllers.variant_shelves import Shelves
from app.controllers.variant_terms import adapted, title_of
from app.controllers.variant_wishes import Grants, Tools, wishes_of
from app.controllers.variant_words import numbered
from app.store.variants import HIDDEN, Variants
from engines.errors import ParleyError
from engines.variants.checked import checked
from engines.variants.minting import minted
from engines.variants.texts import washed
from engines.variants.variant import Variant

NEW = "New variant"
SCALE = "Change adapter"  # for undo


class VariantsController(VariantCards):
    """A variant goes by its key, which is its id; "" is plain Parley."""

    changed = Signal()  # what all(), shown(), in_force() or adapters() tell
    notice = Signal(object)  # Notice
    imports_ready = Signal(object)  # tuple of ShownImport and Notice

    def __init__(
        self,
        library: Library,
        force: InForce,
        grants: Grants,
        tools: Callable[[], Tools],
        imports: Imports,
        files: Files,
        on_shelves: Shelves,
        fit: Fit,
        kept: Variants,
        chat: ChatController,
        undo: UndoStack,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(library, force, grants, tools, on_shelves, fit, kept, chat, parent)
        self.imports, self.files, self._undo = imports, files, undo
        force.granted, grants.ours = grants.of, self._wishes_of_ours
        files.added.connect(self._on_file)
        for changing in (on_shelves, fit):
            changing.changed.connect(self.changed)
        on_shelves.fetched.connect(lambda path: self.look_at([path]))
        for one in (files, on_shelves):
            one.notice.connect(self.notice)
        grants.changed.connect(lambda _: force.tell())
        force.changed.connect(self._on_force)
        for failing in (library, force):
            failing.failed.connect(self._on_failed)
        for signal in (chat.opened, chat.turn_added, chat.cut):
            signal.connect(self._on_chat)
        self._shown_in_force = ""
        self._scaled: object = None  # conversation and adapter that were last
        chat.opened.connect(self._on_opened)

    @Slot()
    def start(self) -> None:
        self.library.start()
        self.fit.look()

    def stop(self) -> None:
        """At the end of the program, before the background is stopped."""
        self.on_shelves.stop()

    def finish(self) -> None:
        """At the end of the program, after the background is stopped."""
        self.library.stop()

    def use_pictures(self, pictures: VariantPictures) -> None:
        """Who draws them small, in a jail."""
        self.pictures = self.imports.pictures = self.files.pictures = pictures
        pictures.changed.connect(self.changed)

    # in force

    @Slot(str)
    def use(self, key: str) -> None:
        """In the conversation on screen, from here on."""
        held = self.library.get(key)
        if key and (held is None or held.trouble):
            words = held.trouble if held else "It is not here any more."
            self._tell(Notice("This variant cannot be used.", words, kind="error"))
            return
        before = self.in_force()
        if key == before:
            return
        conversation, branch = self._chat.conversation, self._chat.branch
        chosen = self.force.chosen(conversation, branch)
        self.force.choose(conversation, branch, key)
        self._undo.push("Switch variant", lambda: self.force.choose(conversation, branch, chosen))
        if held and (doubts := self.fit.doubts(held.variant)):
            self._tell(doubts)
        self.force.warm(key)
        self._chat.read_ahead()

    @Slot(str)
    def set_default(self, key: str) -> None:
        """Of new conversations. "" for none."""
        before = self.force.default
        if key != before and (not key or self.library.get(key)):
            self.force.set_default(key)
            self._undo.push("Set default", lambda: self.force.set_default(before))

    def adapters(self) -> tuple[tuple[str, str, float, str], ...]:
        """(title, SHA-256, scale, kind) of those the variant in force changes the model with."""
        key = self.in_force()
        held = self.library.get(key)
        if held is None:
            return ()
        scales = self.force.scales(self._chat.conversation)
        given = self.force.given(held, scales)
        return tuple(
            (title_of(one), one.file.sha256, scale, one.kind)
            for one, scale in adapted(held.variant, given)
        )

    @Slot(str, float)
    def set_scale(self, sha256: str, scale: float) -> None:
        """In the conversation on screen, from its next answer on."""
        conversation = self._chat.conversation
        before = self.force.scales(conversation).get(sha256)
        self.force.set_scale(conversation, sha256, scale)
        if self._scaled != (conversation, sha256) or self._undo.label != SCALE:
            self._scaled = conversation, sha256  # one step back for all of a slider's way
            self._undo.push(SCALE, lambda: self.force.set_scale(conversation, sha256, before))

    # made and changed

    def make(self) -> str:
        """A new one with nothing in it but a name; its key."""
        return self._add(Variant(name=numbered(NEW, self._names())), "New variant")

    def duplicate(self, key: str) -> str:
        """The key of the copy, "" where there is nothing to copy."""
        held = self.library.get(key)
        if held is None or held.trouble:
            return ""
        name = numbered(f"{held.variant.name[:70]} copy", self._names())
        copy = self._add(replace(held.variant, name=name), "Duplicate variant")
        self.grants.set(copy, self.grants.answered(key))
        self.force.mark_taken(copy, key in self.force.taken)
        return copy

    def save(self, key: str, variant: Variant) -> str:
        """What the person changed. Returns "" or, in words, why it cannot be."""
        held = self.library.get(key)
        if held is None:
            return "It is not here any more."
        if held.built_in:
            return "It came with Parley. Make a copy and change that."
        try:
            variant = checked(washed(replace(variant, id=key)))
        except ParleyError as error:
            return f"{error.message} {error.hint}".strip()
        if variant == held.variant:
            return ""
        before = self.grants.answered(key)
        fresh = set(wishes_of(variant)) - set(wishes_of(held.variant))
        take_back = self.library.put(key, variant)
        self.grants.add(key, fresh)  # who writes a wish into it agrees to it

        def undo() -> None:
            take_back()
            self.grants.set(key, before)

        self._undo.push("Change variant", undo)
        return ""

    @Slot(str)
    def remove(self, key: str) -> None:
        """One that came with Parley is only put away."""
        held = self.library.get(key)
        if held is None:
            return
        default = self.force.default
        if held.built_in:
            self._hide(key, True)
            take_back: Callable[[], None] = lambda: self._hide(key, False)  # noqa: E731
        else:
            take_back = self.library.remove(key)
        if key == default:
            self.force.set_default("")

        def undo() -> None:
            take_back()
            if key == default:
                self.force.set_default(key)

        self._undo.push("Delete variant", undo)
        words = "put away" if held.built_in else "deleted"
        self._tell(Notice(f"“{held.variant.name}” was {words}.", action="Undo"))

    @Slot(str)
    def show_again(self, key: str) -> None:
        self._hide(key, False)

    @Slot(str, str, bool)
    def grant(self, key: str, wish: str, granted: bool) -> None:
        """Let a variant do what it wants, or not."""
        before = self.grants.answered(key)
        if before.get(wish, False) != granted:
            self.grants.add(key, [wish], granted)
            self._undo.push("Change what a variant may", lambda: self.grants.set(key, before))

    @Slot(str, str, str)
    def add_file(self, key: str, path: str, kind: str) -> None:
        """kind is picture, knowledge or adapter; the variant has it when changed comes."""
        self.files.add(key, path, kind)

    @Slot(str, str, str)
    def export(self, key: str, path: str, format: str = "parley") -> None:
        """format is one of variant_files.FORMATS."""
        self.files.export(key, path, format)

    # taken in

    @Slot(list)
    def look_at(self, paths: Iterable[str]) -> None:
        """Files, and folders of one variant each; imports_ready follows."""
        self.imports.look_at(paths, self.imports_ready.emit)

    @Slot(str, set)
    def take_in(self, key: str, wishes: Collection[str], as_copy: bool = False) -> str:
        """What was shown, with the wishes the person agreed to. The key it has from now on."""
        here = self.imports.take_in(key, wishes, as_copy)
        self.force.mark_taken(here, True)
        if held := self.library.get(here):
            self._tell(Notice(f"“{held.variant.name}” was taken in.", action="Undo"))
        return here

    @Slot(str)
    def leave_out(self, key: str) -> None:
        """Not taken in."""
        self.imports.forget(key)

    # shelves

    def shelves(self) -> tuple[ShownVariantShelf, ...]:
        return self.on_shelves.shelves()

    def offers(self) -> tuple[ShownOffer, ...]:
        return self.on_shelves.offers()

    @Slot(str)
    def add_shelf(self, place: str) -> None:
        """A folder, or an address of the web."""
        self.on_shelves.add(place)

    @Slot(str)
    def forget_shelf(self, place: str) -> None:
        self.on_shelves.forget(place)

    @Slot()
    def look_at_shelf(self) -> None:
        """At all of them, addresses too: only the person's click leads here."""
        self.on_shelves.look()

    @Slot()
    def look_at_folders(self) -> None:
        self.on_shelves.look(addresses=False)

    @Slot(str)
    def fetch(self, key: str) -> None:
        """Bring an offer here; imports_ready follows, nothing is taken in."""
        self.on_shelves.fetch(key)

    @Slot(str)
    def update(self, key: str) -> None:
        """The other version of a variant that a shelf has; imports_ready shows what changes."""
        self.on_shelves.fetch(self.on_shelves.updates().get(key, ""))

    def scores_changed(self) -> None:
        """Something was written about scores or choices: once it is on disk."""
        self._scores, self._duels = self.kept.scores(), self.kept.duels()
        self.changed.emit()

    def _add(self, variant: Variant, words: str) -> str:
        key = minted()
        take_back = self.library.put(key, variant)
        self._undo.push(words, take_back)
        return key

    def _hide(self, key: str, hidden: bool) -> None:
        self._hidden = self._hidden | {key} if hidden else self._hidden - {key}
        self.kept.mark(HIDDEN, sorted(self._hidden))
        self.changed.emit()

    def _names(self) -> set[str]:
        return {held.variant.name for held in self.library.held.values()}

    def _wishes_of_ours(self, key: str) -> Collection[str]:
        held = self.library.get(key)
        return wishes_of(held.variant) if held and held.built_in else ()

    # told

    @Slot(str, object)
    def _on_file(self, key: str, variant: Variant) -> None:
        if trouble := self.save(key, variant):
            self._tell(Notice("The file was not added.", trouble, kind="error"))

    @Slot()
    def _on_force(self) -> None:
        self._shown_in_force = self.in_force()
        self.changed.emit()

    @Slot()
    def _on_chat(self, _: object = None) -> None:
        """Another conversation or branch may have another variant."""
        if (now := self.in_force()) != self._shown_in_force:
            self._shown_in_force = now
            self.changed.emit()

    @Slot()
    def _on_opened(self) -> None:
        self.library.when_ready(self._miss)

    def _miss(self) -> None:
        """The variant a conversation was held with is not here any more."""
        facts = self._chat.branch[-1].facts if self._chat.branch else {}
        about = facts.get(VARIANT) or {}
        if about.get("id") and self.library.get(about["id"]) is None:
            words = f"“{about.get('name')}” answered here, and is not on this computer any more."
            self._tell(Notice(words, "Plain Parley goes on; another variant can be chosen."))

    @Slot(str, object)
    def _on_failed(self, words: str, error: Exception) -> None:
        if isinstance(error, ParleyError):
            hint, detail = f"{error.message} {error.hint}".strip(), error.detail
        else:
            hint, detail = "Is the disk full?", str(error)
        self._tell(Notice(words, hint, detail, kind="error"))

    def _tell(self, notice: Notice) -> None:
        self.notice.emit(notice)
