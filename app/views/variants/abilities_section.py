"""The section Abilities of the editor: tools, knowledge, adapters, and its voice."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter

from msgspec.structs import replace
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.shown import ShownToolSetting, title_of
from app.controllers.shown_variants import ShownWish
from app.controllers.variant_data import Adapter
from app.views.controls import Button, IconButton, column, label, row
from app.views.tool_rows import Drawing, EntryRow, ToolRow
from app.views.variants.draft import Draft
from app.views.variants.fields import ChoiceField, LineField, NumberField, Spin
from app.views.variants.section import FieldCard, Section
from app.views.variants.steps import Work
from app.views.variants.wishes import Wishes

MARGINS = (20, 12, 20, 12)
AS_SET, ONLY, NONE = "as set", "only", "none"
TOOLS = {AS_SET: "As I set", ONLY: "Only these", NONE: "None"}
TOOLS_HELP = "It never gets more than what is on under Tools, and each is asked for."
KNOWLEDGE = "Text files that travel with it: it answers from them."
ADAPTERS = "Applied to its model without loading it anew: LoRA adapters, control vectors (GGUF)."
NOT_HERE = "There is no tool of this name here."
TEXTS = "Text files (*.txt *.md *.csv *.json *.html *.rst);;All files (*)"
GGUF = "Adapters (*.gguf)"
OWN = "Your own"
STRONGEST = 4.0
KINDS = {"lora": "LoRA adapter", "control": "Control vector"}


def size_words(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size = size / 1000  # type: ignore[assignment]
    return f"{size:.1f} GB"


class AdapterRow(QFrame):
    scaled = Signal(str, float)  # SHA-256
    removed = Signal(str)

    def __init__(self, one: Adapter) -> None:
        super().__init__()
        self._sha256 = one.file.sha256
        name = one.title or one.file.name
        self.spin = Spin(f"How strongly {name} is applied", -STRONGEST, STRONGEST, 0.05, "Off")
        self.spin.setMinimum(-STRONGEST)
        self.spin.setSpecialValueText("")
        self.spin.setFixedWidth(100)
        self.spin.show_number(one.scale)
        self.remove = IconButton("trash-2", f"Remove {name}", side=32, color="muted")
        words = f"{KINDS[one.kind]} · {size_words(one.file.size)}"
        about = column(label(name, "strong"), label(words, "second"), gap=2)
        line = row(Drawing("sliders-horizontal"), about, self.spin, self.remove, margins=MARGINS)
        line.setSpacing(16)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.spin.valueChanged.connect(self._scale)
        self.remove.clicked.connect(self._remove)

    @Slot(float)
    def _scale(self, scale: float) -> None:
        self.scaled.emit(self._sha256, round(scale, 2))

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self._sha256)


class AbilitiesSection(Section):
    def __init__(
        self,
        draft: Draft,
        tools: Sequence[ShownToolSetting],
        voices: Sequence[str],
        *,
        fixed: bool,
    ) -> None:
        """tools: those there are here. voices: their names."""
        super().__init__(draft, fixed=fixed)
        self._known, self._voices = {one.name: one for one in tools}, voices
        self._chosen: tuple[str, ...] = draft.variant.tools or ()
        self._open = self._making = False  # shown though none is chosen yet; its rows are made
        self.rows: dict[str, ToolRow] = {}

    granted = Signal(str, bool)  # key of a wish, whether the person allows it

    def show_wishes(self, wishes: Sequence[ShownWish]) -> None:
        """Of the variant as it is kept."""
        if self.ready:
            self.wishes.show_wishes(wishes)

    def build(self) -> Work:
        self.wishes = Wishes()
        self.wishes.granted.connect(self.granted)
        self._layout.insertWidget(0, self.wishes)
        yield
        top = self.put_card("Tools")
        self.which = top.add(ChoiceField("Tools it may use", TOOLS_HELP, TOOLS))
        self.which.chosen.connect(self._set_which)
        self._show_which()
        self.tools = FieldCard()
        self.tools.setEnabled(not self.fixed)
        self.put_widget(self.tools, 20)
        yield
        self.texts = self.put_card("Knowledge", KNOWLEDGE)
        self.add_text = self._put_button("Add files…", "Add files it answers from", self._ask_text)
        yield
        self.adapters = self.put_card("Adapters", ADAPTERS)
        self.add_adapter = self._put_button("Add an adapter…", "", self._ask_adapter)
        yield
        voice = self.put_card("Voice")
        names = dict.fromkeys(("", *self._voices, self.variant.voice.name))
        titles = {name: name or OWN for name in names}
        self.voice = voice.add(
            ChoiceField("Voice", "Read with it, where it is here.", titles, drop_down=True)
        )
        self.voice.chosen.connect(partial(self._set_voice, "name"))
        self.bind(self.voice, attrgetter("voice.name"))
        yield
        self.language = voice.add(LineField("Language", "It speaks this one.", "en-GB", 120, 35))
        self.language.edited.connect(partial(self._set_voice, "language"))
        self.bind(self.language, attrgetter("voice.language"))
        self.speed = voice.add(NumberField("Speed", "1 is as it was made.", (0.5, 2.0), 0.05, OWN))
        self.speed.chosen.connect(self._set_speed)
        self.bind(self.speed, lambda one: one.voice.speed or None)
        yield

    def _put_button(self, words: str, name: str, asked: Callable[[], None]) -> Button:
        made, line = Button(words, picture="plus"), QWidget()
        made.setAccessibleName(name or words)
        made.clicked.connect(asked)
        line.setLayout(row(made, None))
        line.setVisible(False) if self.fixed else None
        self._layout.takeAt(self._layout.count() - 2)  # the room below the card
        self.put_widget(line, 20)
        return made

    def refresh(self) -> None:
        super().refresh()
        self._chosen = self.variant.tools or self._chosen
        self._show_which()
        self._show_tools()
        self._show_files()

    def _show_which(self) -> None:
        tools = self.variant.tools
        self.which.show_value(AS_SET if tools is None else ONLY if tools else NONE)

    def _show_tools(self) -> None:
        """All there are, and those it names that are not here, with those it may use on."""
        shown = self.variant.tools is not None and (bool(self.variant.tools) or self._open)
        if shown and not self.rows and not self._making:
            self._making = True
            self.steps.add(self._make_tools())
        for name, made in self.rows.items():
            made.switch.setChecked(name in self._chosen)
        self.tools.setVisible(shown and bool(self.rows))

    def _make_tools(self) -> Work:
        strangers = [
            ShownToolSetting(name, title_of(name), NOT_HERE, "reads", True)
            for name in self._chosen
            if name not in self._known
        ]
        for one in (*self._known.values(), *strangers):
            on = one.name in self._chosen
            made = self.tools.add(ToolRow(replace(one, on=on, off_words="")))
            made.switched.connect(self._set_tool)
            self.rows[one.name] = made
            yield

    def _show_files(self) -> None:
        one = self.variant
        if self._files == (one.knowledge, [a.file for a in one.adapters]):
            return
        self._files = (one.knowledge, [a.file for a in one.adapters])
        self.texts.clear()
        for file in one.knowledge:
            words = size_words(file.size)
            made = self.texts.add(EntryRow(file.sha256, file.name, words, "Remove", "file-text"))
            made.asked.connect(self._remove_text)
        self.adapters.clear()
        for adapter in one.adapters:
            line = self.adapters.add(AdapterRow(adapter))
            line.scaled.connect(self._scale)
            line.removed.connect(self._remove_adapter)

    _files: object = None  # those whose rows are shown

    # What the person does

    @Slot(str)
    def _set_which(self, which: str) -> None:
        self._open = which == ONLY
        tools = {AS_SET: None, NONE: (), ONLY: self._chosen}[which]
        self.draft.set(tools=tools)
        self._show_tools()

    @Slot(str, bool)
    def _set_tool(self, name: str, on: bool) -> None:
        rest = tuple(one for one in self._chosen if one != name)
        self._chosen = (*rest, name) if on else rest
        self.draft.set(tools=self._chosen)

    @Slot()
    def _ask_text(self) -> None:
        self.file_asked.emit("Files it answers from", TEXTS, "knowledge")

    @Slot()
    def _ask_adapter(self) -> None:
        self.file_asked.emit("An adapter for its model", GGUF, "adapter")

    @Slot(object)
    def _remove_text(self, sha256: str) -> None:
        kept = tuple(file for file in self.variant.knowledge if file.sha256 != sha256)
        self.draft.set(knowledge=kept)
        self._show_files()

    @Slot(str, float)
    def _scale(self, sha256: str, value: float) -> None:
        adapters = self.variant.adapters
        self.draft.set(
            adapters=tuple(
                replace(one, scale=value) if one.file.sha256 == sha256 else one for one in adapters
            )
        )

    @Slot(str)
    def _remove_adapter(self, sha256: str) -> None:
        kept = tuple(one for one in self.variant.adapters if one.file.sha256 != sha256)
        self.draft.set(adapters=kept)
        self._show_files()

    def _set_voice(self, name: str, value: str) -> None:
        self.draft.set(voice=replace(self.variant.voice, **{name: value.strip()}))

    @Slot(object)
    def _set_speed(self, value: float | None) -> None:
        self.draft.set(voice=replace(self.variant.voice, speed=value or 0.0))
