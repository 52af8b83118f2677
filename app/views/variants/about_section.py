"""The section About of the editor: name, look, and the model it wants."""

from functools import partial
from operator import attrgetter

from msgspec.structs import replace
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit

from app.controllers.shown_variants import ShownVariant
from app.controllers.variant_data import Base
from app.views.controls import Button, column, row
from app.views.entering import enter
from app.views.variants.draft import Draft
from app.views.variants.fields import ChoiceField, LineField, LinesField
from app.views.variants.portrait import Portrait, drawable
from app.views.variants.section import FieldCard, Section
from app.views.variants.steps import Work
from app.views.variants.swatches import Swatches

PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp)"
LINE_HELP = "One sentence, shown on its card."
BASE_HELP = "It works with any; with this one it is at its best."
HUB_HELP = "Where it may be fetched."
INSTEAD_HELP = "Models that do as well, in words."
LICENCE_HELP = "Under which others may use it."
ANY, OTHER = "Any model", "Another one…"


class LookRow(QFrame):
    """The face, with the ways to another."""

    picture_asked = Signal()
    picture_removed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.face = Portrait(ShownVariant("", ""), 72)
        self.choose = Button("Choose a picture…", picture="image")
        self.remove = Button("Remove", "quiet")
        self.remove.setAccessibleName("Remove the picture")
        self.emoji = QLineEdit()
        self.emoji.setAccessibleName("Emoji or letter")
        self.emoji.setPlaceholderText("A")
        self.emoji.setMaxLength(8)
        self.emoji.setFixedWidth(56)
        self.colours = Swatches()
        pictures = row(self.choose, self.remove, None, gap=8)
        signs = row(self.emoji, self.colours, None, gap=8)
        line = row(self.face, column(pictures, signs, gap=8), margins=(20, 16, 20, 16), gap=20)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.choose.clicked.connect(self.picture_asked)
        self.remove.clicked.connect(self.picture_removed)


class AboutSection(Section):
    name: LineField

    def __init__(self, draft: Draft, bases: dict[str, Base], *, fixed: bool) -> None:
        """bases: the models on this computer, by their titles."""
        super().__init__(draft, fixed=fixed)
        self._bases, self._shown = bases, ShownVariant("-", draft.variant.name)

    def build(self) -> Work:
        what = self.put_card("What it is")
        self.look = what.add(LookRow())
        self.look.picture_asked.connect(self._choose)
        self.look.picture_removed.connect(self._remove_picture)
        self.look.emoji.textEdited.connect(partial(self._set_look, "emoji"))
        self.look.colours.chosen.connect(partial(self._set_look, "colour"))
        yield
        self._draw()
        self._field(what, "name", LineField("Name", hint="Patient tutor", longest=80))
        self._field(what, "line", LineField("What it is good for", LINE_HELP, longest=300))
        yield
        self.model = self.put_card("Its model")
        titles = {ANY: ANY} | {title: title for title in self._bases} | {OTHER: OTHER}
        self.base = self.model.add(ChoiceField("Model", BASE_HELP, titles, drop_down=True))
        self.base.chosen.connect(self._set_base)
        yield
        self.other = self.model.add(LineField("Described in words", hint="Qwen3 4B, Q4_K_M"))
        self.other.edited.connect(partial(self._change_base, "description"))
        self.hub = self.model.add(LineField("Place on the hub", HUB_HELP, "owner/name", 240))
        self.hub.edited.connect(partial(self._change_base, "hub"))
        yield
        self.instead = self.model.add(
            LinesField("Or instead", INSTEAD_HELP, "Add a model", "Gemma 3 4B")
        )
        self.instead.edited.connect(self._set_instead)
        self.bind(self.instead, lambda one: tuple(base.description for base in one.alternatives))
        self._show_base()
        yield
        rest = self.put_card("For whoever gets it")
        self._field(rest, "version", LineField("Version", wide=120, longest=40))
        self._field(rest, "author", LineField("Author", wide=240, longest=200))
        yield
        self._field(rest, "licence", LineField("Licence", LICENCE_HELP, "CC-BY-4.0", 240, 200))
        self.tags = rest.add(LineField("Tags", "With commas between them.", wide=240))
        self.tags.edited.connect(self._set_tags)
        self.bind(self.tags, lambda one: ", ".join(one.tags))
        yield

    def _field(self, card: FieldCard, name: str, field: LineField) -> None:
        setattr(self, name, self.bind(card.add(field), attrgetter(name)))
        field.edited.connect(partial(self.put, name))

    def show_face(self, shown: ShownVariant) -> None:
        """How it is kept; the draft's own colour and emoji come above that."""
        self._shown = shown
        if self.ready:
            self._draw()

    def _draw(self) -> None:
        look = self.variant.look
        picture = self._shown.picture if look.picture else ""
        about = {"name": self.variant.name, "colour": look.colour, "emoji": look.emoji}
        self.look.face.show_variant(replace(self._shown, key="-", picture=picture, **about))
        self.look.remove.setVisible(look.picture is not None and not self.fixed)
        self.look.choose.setVisible(not self.fixed)
        sign = look.emoji if not look.emoji or drawable(look.emoji) else ""
        if self.look.emoji.text().strip() != sign:
            self.look.emoji.setText(sign)
        self.look.colours.show_value(look.colour)

    def refresh(self) -> None:
        super().refresh()
        self._show_base()
        self._draw()

    def _show_base(self) -> None:
        base = self.variant.base
        known = next((t for t, b in self._bases.items() if same_model(b, base)), "")
        self.base.show_value(known or (ANY if base == Base() else OTHER))
        self.other.show_value(base.description)
        self.hub.show_value(base.hub)
        self._show_other(base != Base() and not known)

    def _show_other(self, shown: bool) -> None:
        for field in (self.other, self.hub):
            self.model.show_row(field, shown)

    # What the person does

    @Slot()
    def _choose(self) -> None:
        self.file_asked.emit("A picture for it", PICTURES, "picture")

    @Slot()
    def _remove_picture(self) -> None:
        self.draft.set(look=replace(self.variant.look, picture=None))
        self._draw()

    def _set_look(self, name: str, value: str) -> None:
        self.draft.set(look=replace(self.variant.look, **{name: value.strip()}))
        self._draw()

    @Slot(str)
    def _set_tags(self, text: str) -> None:
        self.draft.set(tags=tuple(tag for part in text.split(",") if (tag := part.strip())))

    @Slot(str)
    def _set_base(self, title: str) -> None:
        if title == OTHER:
            self._show_other(True)
            enter(self.other.field)
        else:
            self.draft.set(base=self._bases.get(title, Base()))
            self._show_base()

    def _change_base(self, name: str, value: str) -> None:
        """Another description means another model: nothing of the one before stays."""
        base = self.variant.base
        self.draft.set(base=replace(Base(base.description, hub=base.hub), **{name: value.strip()}))

    @Slot(tuple)
    def _set_instead(self, words: tuple[str, ...]) -> None:
        known = {base.description: base for base in self.variant.alternatives}
        self.draft.set(alternatives=tuple(known.get(one, Base(one)) for one in words))


def same_model(one: Base, other: Base) -> bool:
    return bool(one.sha256) and one.sha256 == other.sha256 or one == other
