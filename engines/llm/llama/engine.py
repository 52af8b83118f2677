"""Answers with a GGUF model: our own loop on llama.cpp's C functions.

The work for each token is the same at the start of an answer and at its end.
"""

import json
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from engines.errors import ParleyError
from engines.llm.llama import schema, threads
from engines.llm.llama.adapters import Adapters
from engines.llm.llama.fitting import Fitter
from engines.llm.llama.grammar import BadGrammar, Grammar
from engines.llm.llama.library import VERSION, C
from engines.llm.llama.loading import Opened, Wanted, load
from engines.llm.llama.media import Media, Slice, Units, media_in, missing, written
from engines.llm.llama.memory import ContextFull, shared
from engines.llm.llama.model import file_state
from engines.llm.llama.projectors import choose as choose_projector
from engines.llm.llama.prompt import Asked, Prompt, Prompter
from engines.llm.llama.reply import MARKS, Reply
from engines.llm.llama.sampling import Sampler, choose
from engines.llm.llama.senses import Blind, Senses
from engines.messages import (
    Chat,
    Done,
    Event,
    Listen,
    Loaded,
    Look,
    Prefill,
    Progress,
    Request,
    ToolsDropped,
    Turn,
    TurnsDropped,
    Unseen,
    Usage,
)
from engines.models.adapter import base_of
from engines.models.fit.forecast import reads
from engines.models.fit.outline import of_contents
from engines.models.fit.plans import Wishes
from engines.models.gguf import Header, read
from engines.models.projector import Projector
from engines.outcomes import Learnt


class FileChanged(ParleyError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            "The model file was changed while it was in use.", "Open the model again.", str(path)
        )


@dataclass
class Answer:
    """One answer while it is made."""

    prompt: Prompt
    sampler: Sampler
    reply: Reply
    call_form: str  # the grammar of a tool call, or ""
    form: Grammar | None = None  # the grammar of the whole answer
    led: bool = False  # the call being said was put under its grammar, or does not fit it
    said: list[int] = field(default_factory=list)
    reason: str = "length"


class LlamaEngine:
    """One loaded model. interrupt() may be called from another thread, everything else not."""

    def __init__(
        self,
        path: Path,
        header: Header,
        opened: Opened,
        threads: int,
        senses: Senses | ParleyError,
        reads: int,
        adapters: Adapters,
    ) -> None:
        self._path, self._header, self._opened = path, header, opened
        self._model, self.memory = model, memory = opened.model, opened.memory
        self._threads, self._senses, self._reads = threads, senses, reads
        self._adapters = adapters
        self._state = file_state(path)
        self._vocabulary = model.vocabulary
        templates = (model.template(), model.template("tool_use"))
        self._prompter = Prompter(model.vocabulary, *templates, self._units)
        self._fitter = Fitter(
            self._prompter, model.vocabulary, memory.size, lambda part: len(self._units(part))
        )
        if isinstance(senses, Senses):
            memory.decode = senses.decode
        self._pieces: dict[int, tuple[bytes, str]] = {}

    def loaded(self) -> Loaded:
        header, opened = self._header, self._opened
        plan, layers = opened.plan, header.block_count + 1
        projector = self._senses.projector if isinstance(self._senses, Senses) else None
        return Loaded(
            name=header.name,
            architecture=header.architecture,
            quantisation=header.quantisation,
            parameters=header.parameters,
            size=header.size,
            context=self.memory.size,
            context_trained=self._model.context_trained,
            licence=header.licence,
            device=device_name(opened, self._threads),
            runner=VERSION,
            own_template=self._prompter.own_template,
            thinks=self._prompter.thinks,
            sees=projector is not None and projector.sees,
            hears=projector is not None and projector.hears,
            projector=projector.path.name if projector else "",
            kv=plan.kv,
            layers=layers if plan.layers < 0 else min(plan.layers, layers),
            layers_total=layers,
            forecast=plan.forecast.at_first,
            card_forecast=plan.forecast.card - plan.forecast.card_projector,
            took=opened.took,
            card_took=opened.card_took,
            gave_up=plan.gave_up,
            corrected=plan.forecast.factor,
            reads=self._reads,
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        if file_state(self._path) not in (None, self._state):  # deleting it does no harm
            raise FileChanged(self._path)
        if isinstance(request, Prefill | Chat):
            yield from self._adapters.use(request.adapters)
        if isinstance(request, Prefill):
            return (yield from self._prefill(request))
        if isinstance(request, Chat):
            return (yield from self._chat(request))
        if isinstance(request, Look | Listen):
            return (yield from self._awake().take(request))
        raise ParleyError("This model can only chat.", "Open another model.", str(type(request)))

    def interrupt(self) -> None:
        """Leave the step being computed: the running job was cancelled."""
        self.memory.interrupt()
        if isinstance(self._senses, Senses):
            self._senses.interrupt()

    def close(self) -> None:
        self.memory.close()
        self._adapters.close()
        if isinstance(self._senses, Senses):
            self._senses.close()
        self._model.close()

    def _awake(self) -> Senses:
        if isinstance(self._senses, Senses):
            return self._senses
        raise self._senses

    def _ready_for(self, turns: Sequence[Turn]) -> Iterator[Event]:
        """The encoder is loaded where there are pictures or sounds: it tells how long they are."""
        if media_in(turns):
            yield from self._awake().opened()

    def _units(self, part: Media) -> Units:
        """What stands for a picture or sound in a prompt."""
        return written(self._awake().units(part))

    def _prefill(self, request: Prefill) -> Generator[Event, None, Done]:
        began = time.perf_counter()
        yield from self._ready_for(request.turns)
        asked = Asked(request.turns, request.tools, answer=False)
        prompt = self._fitter.fit(asked, self.memory.size).prompt
        # up to the last words: what the template puts after them may differ once there is more
        tokens = prompt.tokens[: prompt.settled or None]
        if shared(self.memory.tokens, tokens) == len(tokens):
            yield Progress("reading", len(tokens), len(tokens))
            return Done(usage=Usage(len(tokens), len(tokens)))
        if unseen := self._unseen(tokens):
            yield unseen
            return Done("unseen")
        cached = yield from self._read(tokens, 0)
        seconds = time.perf_counter() - began
        return Done(usage=Usage(len(tokens), cached, prompt_seconds=seconds))

    def _chat(self, request: Chat) -> Generator[Event, None, Done]:
        began = time.perf_counter()
        yield from self._ready_for(request.turns)
        asked = Asked(request.turns, request.tools, request.think)
        fitted = self._fitter.fit(asked, request.max_tokens)
        # after neither would there be logits, and the library would choose from them all the same
        if not fitted.prompt.tokens or isinstance(fitted.prompt.tokens[-1], Slice):
            raise ParleyError("There is nothing to answer.", "Write something first.")
        if unseen := self._unseen(fitted.prompt.tokens):
            yield unseen
            return Done("unseen")
        if fitted.dropped:
            yield TurnsDropped(fitted.dropped)
        if fitted.without_tools:
            request = replace(request, tools=())
            yield ToolsDropped()
        answer = self._begin(request, fitted.prompt)
        try:
            cached = yield from self._read(fitted.prompt.tokens, fitted.prompt.settled)
            read = time.perf_counter()
            yield from self._say(answer, request.max_tokens, request.think_seconds)
        finally:
            self._end(answer)
        usage = Usage(
            prompt_tokens=len(fitted.prompt.tokens),
            cached_tokens=cached,
            output_tokens=len(answer.said),
            prompt_seconds=read - began,
            output_seconds=time.perf_counter() - read,
        )
        return Done("tools" if answer.reply.calls else answer.reason, usage, answer.sampler.seed)

    def _begin(self, request: Chat, prompt: Prompt) -> Answer:
        form = self._form(request)
        choice = choose(request.sampling, self._header.sampling)
        sampler = Sampler(self._vocabulary, choice, request.sampling.seed)
        reply = Reply(
            tools=[str(tool.get("name")) for tool in request.tools],
            stop=(*request.stop, *prompt.stop),
            thinking=prompt.thinking,
            space_first=self._vocabulary.is_sentencepiece,
        )
        lead = prompt.json_calls and not form
        return Answer(prompt, sampler, reply, self._call_form(request) if lead else "", form)

    def _form(self, request: Chat) -> Grammar | None:
        """The grammar the whole answer must fit. Raises BadGrammar."""
        if request.grammar:
            return Grammar(self._vocabulary, request.grammar)
        if not request.json_schema:
            return None
        try:
            gbnf = schema.from_schema(json.loads(request.json_schema))
        except (ValueError, RecursionError) as error:
            raise BadGrammar(str(error)) from error
        return Grammar(self._vocabulary, gbnf)

    def _call_form(self, request: Chat) -> str:
        """A grammar of calls; without the parameters where those cannot be put into one."""
        for tools in (request.tools, [{"name": tool.get("name")} for tool in request.tools]):
            try:
                gbnf = schema.from_tools(tools)
                Grammar(self._vocabulary, gbnf).close()
            except (BadGrammar, schema.Unwritable, RecursionError):
                continue
            return gbnf
        return ""

    def _unseen(self, tokens: Units) -> Unseen | None:
        """The pictures and sounds that have to be read and are not there to be read."""
        kept = self.memory.keep(tokens)
        hashes = missing(tokens[kept:])
        return Unseen(hashes) if hashes else None

    def _read(self, tokens: Units, settled: int) -> Generator[Event, None, int]:
        """Bring the prompt into the memory; returns how much of it was there already."""
        cached = self.memory.keep(tokens)
        yield Progress("reading", cached, len(tokens))
        for done in self.memory.read(tokens, (settled,)):
            yield Progress("reading", done, len(tokens))
        return cached

    def _say(self, answer: Answer, most: int, think_seconds: float) -> Iterator[Event]:
        sampler, reply, memory, said = answer.sampler, answer.reply, self.memory, answer.said
        ends = self._vocabulary.ends
        if not reply.in_thought:
            sampler.grammar = answer.form
        until = time.perf_counter() + (think_seconds or math.inf)
        closing: list[int] = []  # what is left to say of the mark that ends a thought
        while len(said) < most:
            if reply.in_thought and time.perf_counter() > until:
                mark = self._vocabulary.tokens(reply.closing, special=True, continues=True)
                closing, until = list(mark), math.inf
            ended = bool(closing)
            token = closing.pop(0) if closing else sampler.sample(memory)
            if token is None or (ends(token) and not ended):
                answer.reason = "stop"
                break
            said.append(token)
            told = reply.take(*self._piece(token))
            yield from told or (reply.pulse(),)
            if reply.over:
                answer.reason = "stop"
                break
            if answer.form or answer.call_form:
                self._lead(answer)
            try:
                memory.add(token)
            except ContextFull:
                answer.reason = "context"
                break
        yield from reply.finish()

    def _lead(self, answer: Answer) -> None:
        """Put the answer under its grammar after a thought, and a call under that of calls."""
        sampler, call = answer.sampler, answer.reply.call
        if answer.form:
            if not sampler.grammar and not answer.reply.in_thought:
                sampler.grammar = answer.form
        elif call is None:
            if sampler.grammar:
                sampler.grammar.close()
            sampler.grammar, answer.led = None, False
        elif not answer.led:
            sampler.grammar, answer.led = self._begun(answer.call_form, call), True

    def _begun(self, gbnf: str, text: str) -> Grammar | None:
        """The grammar of a call whose first letters came in one token with the opening mark."""
        grammar = Grammar(self._vocabulary, gbnf)
        for token in self._vocabulary.tokens(text, special=False, continues=True) if text else ():
            if not grammar.allows(token):
                grammar.close()
                return None
            grammar.accept(token)
        return grammar

    def _end(self, answer: Answer) -> None:
        if answer.sampler.grammar and answer.sampler.grammar is not answer.form:
            answer.sampler.grammar.close()
        if answer.form:
            answer.form.close()
        answer.sampler.close()
        text = answer.reply.text
        if text and b"".join(self._piece(t)[0] for t in answer.said) == text.encode():
            self._prompter.remember(text, answer.said)

    def _piece(self, token: int) -> tuple[bytes, str]:
        """The bytes a token says, and its name when it says none but may be a mark."""
        if (found := self._pieces.get(token)) is None:
            said, name = self._vocabulary.piece(token, special=False), ""
            if not said:
                name = self._vocabulary.piece(token, special=True).decode("utf-8", "replace")
            found = self._pieces[token] = said, name if any(name in m for m in MARKS) else ""
        return found


def create(
    path: Path,
    wishes: Wishes,
    asked_threads: int,
    progress: Callable[[float], bool],
    anyway: bool = False,
    learnt: tuple[Learnt, ...] = (),
    adapters: Path | None = None,
) -> LlamaEngine:
    """Load a model so that it fits; anyway and learnt as loading.Wanted has them.

    adapters: the folder of its adapters.
    """
    header, contents = read(path)
    C.llama_backend_init()
    count = asked_threads or threads.usual()
    projector = choose_projector(path, header.embedding_length)
    size = projector.takes if isinstance(projector, Projector) else 0
    wanted = Wanted(wishes, count, size, learnt, anyway)
    outline = of_contents(contents)
    opened = load(path, header, outline, wanted, progress)
    senses = senses_of(path, projector, opened, count)
    changing = Adapters(adapters, base_of(header, contents), opened)
    return LlamaEngine(path, header, opened, count, senses, round(reads(outline)), changing)


def senses_of(
    path: Path, projector: Projector | ParleyError | None, opened: Opened, count: int
) -> Senses | ParleyError:
    """What the model sees and hears with, or why it does not."""
    if projector is None:
        return Blind("This model does not see or hear.", f"no projector beside {path.name}")
    if isinstance(projector, ParleyError):
        return projector
    gpu = bool(opened.plan.layers)
    return Senses(projector, opened.model, opened.memory.size, gpu, count)


def device_name(opened: Opened, count: int) -> str:
    """What computes, as a person is told."""
    if opened.card:
        layers = opened.plan.layers
        return opened.card.name if layers < 0 else f"{opened.card.name}, {layers} layers"
    cpu = f"CPU, {count} thread{'s' * (count > 1)}"
    return f"{cpu} (no room on {opened.passed_by.name})" if opened.passed_by else cpu
