"""The section Answers of the editor: sampling, lengths, thinking, and the shape of answers."""

from functools import partial
from operator import attrgetter

from msgspec.structs import replace
from PySide6.QtCore import Slot

from app.views.variants.fields import BoxField, ChoiceField, NumberField
from app.views.variants.section import Section
from app.views.variants.steps import Work

MODEL = "As the model says"
FREE, JSON, GRAMMAR = "free", "json", "grammar"
THINK = {"": "As I set", "always": "Always", "never": "Never"}
SHAPES = {FREE: "Free", JSON: "JSON", GRAMMAR: "Grammar"}
SAMPLING = (  # name, title, help, (low, high), step, decimals
    ("temperature", "Temperature", "Low is exact, high is varied.", (0.0, 2.0), 0.05, 2),
    ("top_p", "Top p", "Only the likeliest that make this share.", (0.0, 1.0), 0.05, 2),
    ("top_k", "Top k", "Only this many of the likeliest words.", (1.0, 1000.0), 1.0, 0),
    ("min_p", "Min p", "None below this share of the likeliest.", (0.0, 1.0), 0.01, 2),
    ("repeat_penalty", "Repeat penalty", "Above 1: not what it has said.", (0.5, 2.0), 0.05, 2),
    ("presence_penalty", "Presence penalty", "", (-2.0, 2.0), 0.1, 2),
    ("frequency_penalty", "Frequency penalty", "", (-2.0, 2.0), 0.1, 2),
    ("seed", "Seed", "The same one gives the same answer again.", (0.0, 2**31 - 1.0), 1.0, 0),
)  # fmt: skip
SHAPE_HELP = "The model cannot answer otherwise."
SCHEMA_HELP = "Left empty: any JSON."
ANY_JSON = "{}"
WHOLE = ("top_k", "seed")


class AnswersSection(Section):
    def build(self) -> Work:
        how = self.put_card("How long")
        self.think = how.add(ChoiceField("Think first", "For models that can.", THINK))
        self.think.chosen.connect(partial(self.put, "think"))
        self.bind(self.think, attrgetter("think"))
        yield
        self.minutes = how.add(
            NumberField(
                "Minutes to think",
                "Then the thought is ended, and the answer begins.",
                (0.5, 120.0),
                0.5,
                "No limit",
                1,
            )
        )
        self.minutes.chosen.connect(self._set_minutes)
        self.bind(self.minutes, lambda one: one.minutes or None)
        yield
        self.longest = how.add(
            NumberField("Longest answer", "In tokens.", (16, 131_072), 16, "As in Preferences", 0)
        )
        self.longest.chosen.connect(partial(self._set_whole, "longest_answer"))
        self.bind(self.longest, lambda one: one.longest_answer or None)
        yield
        self.context = how.add(
            NumberField("Context it wants", "In tokens.", (512, 1_048_576), 512, "Any", 0)
        )
        self.context.chosen.connect(partial(self._set_whole, "context"))
        self.bind(self.context, lambda one: one.context or None)
        yield
        self.card = self.put_card("Shape")
        self.shape = self.card.add(ChoiceField("Shape of answers", SHAPE_HELP, SHAPES))
        self.shape.chosen.connect(self._set_shape)
        self.schema = self.card.add(BoxField("JSON schema", SCHEMA_HELP, '{"type": "object"}', 8))
        self.bind(self.schema, attrgetter("json_schema")).edited.connect(self._set_schema)
        yield
        self.grammar = self.card.add(BoxField("Grammar", "In GBNF.", 'root ::= "yes" | "no"', 8))
        self.bind(self.grammar, attrgetter("grammar")).edited.connect(partial(self.put, "grammar"))
        self._show_kept_shape()
        fine, self.sampling = self.put_card("Sampling"), {}
        for name, title, about, between, step, decimals in SAMPLING:
            yield
            field = self.sampling[name] = fine.add(
                NumberField(title, about, between, step, MODEL, decimals)
            )
            field.chosen.connect(partial(self._set_sampling, name))
            self.bind(field, attrgetter(f"sampling.{name}"))

    def refresh(self) -> None:
        super().refresh()
        self._show_kept_shape()

    def _show_kept_shape(self) -> None:
        one = self.variant
        shape = GRAMMAR if one.grammar else JSON if one.json_schema else FREE
        self.shape.show_value(shape)
        self._show_shape(shape)

    def _show_shape(self, shape: str) -> None:
        self.card.show_row(self.schema, shape == JSON)
        self.card.show_row(self.grammar, shape == GRAMMAR)

    @Slot(object)
    def _set_minutes(self, value: float | None) -> None:
        self.draft.set(minutes=value or 0.0)

    def _set_whole(self, name: str, value: float | None) -> None:
        self.put(name, round(value or 0))

    def _set_sampling(self, name: str, value: float | None) -> None:
        made = round(value) if value is not None and name in WHOLE else value
        self.draft.set(sampling=replace(self.variant.sampling, **{name: made}))

    @Slot(str)
    def _set_schema(self, text: str) -> None:
        self.draft.set(json_schema=text if text.strip() else ANY_JSON)

    @Slot(str)
    def _set_shape(self, shape: str) -> None:
        """What stands in the boxes stays on the page, and counts only where it is shown."""
        schema, grammar = self.schema.box.text(), self.grammar.box.text()
        self.draft.set(
            json_schema=(schema or ANY_JSON) if shape == JSON else "",
            grammar=grammar if shape == GRAMMAR else "",
        )
        self.schema.show_value(self.variant.json_schema or schema)
        self._show_shape(shape)
