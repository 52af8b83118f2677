"""Turns to tokens: the template's text may become special tokens, nobody else's can."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.llm.llama import dialogue
from engines.llm.llama.dialogue import UNSEEN, Mangled, Message, Piece, StandIns
from engines.llm.llama.media import Media, Units
from engines.llm.llama.reply import THOUGHTS
from engines.llm.llama.templates import Template, TemplateRefused
from engines.llm.llama.vocabulary import Vocabulary
from engines.messages import Text, ToolCall, ToolResult, Turn

CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CHATML_ENDS = ("<|im_end|>", "<|im_start|>")
OTHER_CALLS = ("<function=", "<arg_key>")  # a template that teaches calls that are not JSON
ANSWERS = 64  # whose tokens are remembered

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prompt:
    tokens: Units
    settled: int  # tokens up to the end of the last words: a longer conversation goes on from here
    thinking: str = ""  # the closing mark, when the template itself begins the thought
    stop: tuple[str, ...] = ()  # strings that end an answer, where no token of the model does
    json_calls: bool = False  # the model is told to write <tool_call>{JSON}</tool_call>


@dataclass(frozen=True)
class Asked:
    """What is to be written down."""

    turns: Sequence[Turn]
    tools: Sequence[dict[str, Any]] = ()
    think: bool | None = None
    answer: bool = True  # open the assistant's turn

    @property
    def with_tools(self) -> bool:
        """Calls may be in the turns also when no more are wanted."""
        return bool(self.tools) or any(
            isinstance(part, ToolCall | ToolResult) for turn in self.turns for part in turn.parts
        )


@dataclass(frozen=True)
class Form:
    """One way to lay out the turns; a template that refuses one may take another."""

    as_text: bool = False  # tools, calls and results are told in words
    merged: bool = False  # no system turn, and no two turns of one role in a row
    spelled: bool = False  # a call's arguments are JSON in a text
    parted: bool = (
        False  # what was said is a list of parts, as many templates of seeing models want
    )


def unknown(part: Media) -> Units:
    raise AssertionError(f"{part.hash}: this model takes words only")  # the engine has seen to it


class Prompter:
    """Writes prompts for one model, with its own template or, where it has none, in ChatML.

    units: what stands for a picture or sound.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        source: str | None,
        for_tools: str | None,
        units: Callable[[Media], Units] = unknown,
    ) -> None:
        self._vocabulary, self._units = vocabulary, units
        self._chatml = Template(CHATML)
        self._parted: set[str] = set()  # templates that take nothing but parts
        self._template = self._try(source)
        self._for_tools = self._try(for_tools) if self._template else None
        self._said: OrderedDict[str, list[int]] = OrderedDict()

    @property
    def own_template(self) -> bool:
        return self._template is not None

    @property
    def thinks(self) -> bool:
        template = self._template
        return bool(template) and (
            "enable_thinking" in template.names or any(mark in template.source for mark in THOUGHTS)
        )

    def remember(self, text: str, tokens: Sequence[int]) -> None:
        """An answer as it was said: its text might be cut into other tokens when read again."""
        self._said[text] = list(tokens)
        while len(self._said) > ANSWERS:
            self._said.popitem(last=False)

    def write(self, asked: Asked) -> Prompt:
        costly: Template | None = None
        for template, form in self._attempts(asked):
            if template is costly:
                continue
            form = replace(form, parted=template.source in self._parted)
            try:
                pieces = self._render(template, form, asked)
            except (TemplateRefused, Mangled) as reason:
                log.info("the chat template could not be used so: %s", reason or "it changes words")
                costly = template if getattr(reason, "costly", False) else None
            else:
                prompt = self._tokenise(pieces)
                json_calls = bool(asked.tools) and (form.as_text or writes_json(template))
                ends = self._chatml_ends() if template is self._chatml else ()
                return replace(prompt, json_calls=json_calls, stop=ends)
        raise AssertionError("ChatML takes any turns")

    def _try(self, source: str | None) -> Template | None:
        if not source:
            return None
        hello = Asked([Turn("user", (Text("Hello"),))])
        reason: Exception | None = None
        for form in (Form(), Form(parted=True)):
            try:
                template = Template(source)
                self._render(template, form, hello)
            except (TemplateRefused, Mangled) as error:
                reason = reason or error
            else:
                if form.parted:
                    self._parted.add(source)
                return template
        log.info("the file's chat template is not used: %s", reason or "it changes words")
        return None

    def _attempts(self, asked: Asked) -> Iterator[tuple[Template, Form]]:
        template = self._for_tools if asked.tools and self._for_tools else self._template
        if template:
            if not asked.with_tools or "tools" in template.names:
                yield template, Form()
                yield template, Form(merged=True)
            if asked.with_tools:
                if "tools" in template.names:
                    yield template, Form(spelled=True)
                yield template, Form(as_text=True)
                yield template, Form(as_text=True, merged=True)
        yield self._chatml, Form(as_text=True)

    def _messages(
        self, form: Form, asked: Asked, hide: dialogue.Hide, show: dialogue.Show
    ) -> list[Message]:
        if form.as_text:
            found = dialogue.hermes(asked.turns, asked.tools, hide, show)
        else:
            found = dialogue.messages(asked.turns, hide, show, self._guard(hide), form.spelled)
        return dialogue.without_system(found) if form.merged else found

    def _render(self, template: Template, form: Form, asked: Asked) -> list[Piece]:
        """The prompt in pieces. A template that tampers with stand-ins gets the real words, in
        which no special token's name is left whole."""
        words = StandIns()
        listed = self._messages(form, asked, words.hide, words.hide)
        variables = self._variables(listed, asked, form, self._guard(words.hide))
        rendered = template.render(variables)
        newest = listed[-1]["content"] if listed else ""
        try:
            return words.reveal(rendered, newest)
        except Mangled:
            listed = self._messages(form, asked, self._disarm, no_place)
        try:
            rendered = template.render(self._variables(listed, asked, form, self._disarm))
        except TemplateRefused as error:  # whose reason may repeat the words, which no log shall
            raise Mangled from error
        if listed and squeezed(listed[-1]["content"]) not in squeezed(rendered, whole=True):
            raise Mangled
        return [Piece(rendered, words=False)]

    def _variables(
        self, listed: list[Message], asked: Asked, form: Form, guard: dialogue.Hide
    ) -> dict[str, Any]:
        name = self._vocabulary.name
        variables: dict[str, Any] = {
            "messages": parted(listed) if form.parted else listed,
            "add_generation_prompt": asked.answer,
            "bos_token": name(self._vocabulary.bos),
            "eos_token": name(self._vocabulary.eos),
        }
        if asked.tools and not form.as_text:
            variables["tools"] = dialogue.describe(asked.tools, guard)
        if asked.think is not None:
            variables["enable_thinking"] = asked.think
        return variables

    def _guard(self, hide: dialogue.Hide) -> dialogue.Hide:
        """Hide only text that holds the name of a control token: a template may lay out the rest,
        names of tools for example, as it likes."""

        def guard(text: str) -> str:
            return hide(text) if any(True for _ in self._vocabulary.control.places(text)) else text

        return guard

    def _disarm(self, text: str) -> str:
        for at in reversed(list(self._vocabulary.control.places(text))):
            text = text[: at + 1] + UNSEEN + text[at + 1 :]
        return text

    def _tokenise(self, pieces: Sequence[Piece]) -> Prompt:
        vocabulary, settled = self._vocabulary, 0
        tokens: Units = []
        for piece in pieces:
            if piece.media:
                tokens += self._units(piece.media)
            elif piece.words and (said := self._said.get(piece.text)):
                tokens += said
            else:
                last = tokens[-1] if tokens else None
                follows = isinstance(last, int) and not vocabulary.is_special(last)
                tokens += vocabulary.tokens(piece.text, special=not piece.words, continues=follows)
            if piece.words:
                settled = len(tokens)
        if vocabulary.add_bos and tokens[:1] != [vocabulary.bos]:
            tokens.insert(0, vocabulary.bos)
            settled += 1 if settled else 0
        end = pieces[-1].text.rstrip() if pieces and not pieces[-1].words else ""
        thinking = next(
            (close for mark, close in THOUGHTS.items() if end.endswith(mark.rstrip())), ""
        )
        return Prompt(tokens, settled, thinking)

    def _chatml_ends(self) -> tuple[str, ...]:
        """Where ChatML's marks are no tokens the model writes them out."""
        first = self._vocabulary.tokens(CHATML_ENDS[0], special=True)
        return () if len(first) == 1 else CHATML_ENDS


def parted(listed: list[Message]) -> list[Message]:
    """Pictures are among the words, behind stand-ins like theirs."""
    return [{**m, "content": [{"type": "text", "text": m["content"]}]} for m in listed]


def no_place(part: Media) -> str:
    raise Mangled  # words can stand in a template that changes them, a picture cannot


def writes_json(template: Template) -> bool:
    source = template.source
    return "<tool_call>" in source and not any(mark in source for mark in OTHER_CALLS)


def squeezed(text: str, *, whole: bool = False) -> str:
    """Without white space and case, to recognise words that a template has laid out anew."""
    found = "".join(text.split()).casefold()
    return found if whole else found[:40]
