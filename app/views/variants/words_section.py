"""The section Words of the editor: what the model is told, and how a conversation begins."""

from functools import partial
from operator import attrgetter

from app.views.variants.examples import ExamplesField
from app.views.variants.fields import BoxField, LinesField
from app.views.variants.section import Section
from app.views.variants.steps import Work

TOLD = "Told to the model before every conversation, and before your own instructions."
GREETING = "What it says first, where it should begin."
OPENINGS = "Shown on an empty page, to begin with."
EXAMPLES = "Told to the model as if they had been said: it answers in the same way."


class WordsSection(Section):
    def build(self) -> Work:
        told = self.put_card("What it is told")
        self.instructions = told.add(BoxField("Instructions", TOLD, "You are a patient tutor…", 11))
        self._bind("instructions", self.instructions)
        yield
        self.examples = told.add(ExamplesField("Examples", EXAMPLES))
        self._bind("examples", self.examples)
        yield
        begins = self.put_card("How it begins")
        self.greeting = begins.add(BoxField("Greeting", GREETING, lines=2))
        self._bind("greeting", self.greeting)
        yield
        self.openings = begins.add(
            LinesField("Openings", OPENINGS, "Add an opening", "Explain fractions")
        )
        self._bind("openings", self.openings)
        yield

    def _bind(self, name: str, field: BoxField | LinesField | ExamplesField) -> None:
        self.bind(field, attrgetter(name))
        field.edited.connect(partial(self.put, name))
