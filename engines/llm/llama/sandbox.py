"""Limits on what a chat template can make: no value and no step of it may be large.

Together with the clock in templates.py this keeps a hostile template from hanging or filling the
process. A single call into C cannot be interrupted, so everything that makes a value is asked
before and measured after: a text of texts of texts is caught as well as one long text.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.filters import make_attrgetter
from jinja2.parser import Parser
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import soft_str

VALUE = 1 << 20  # characters, items and items of items in one value
MADE = 128 << 20  # bytes of all values made on the way, together
REFERENCE = 16  # bytes an item of a list costs
COUNT = 100_000  # the largest number that says how much of something to make
BITS = 1024  # of a whole number
WIDTH = 9999  # of a formatted field
FORM = 200  # characters of a form for dates

FILTERS = (
    *("abs", "batch", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first"),
    *("float", "format", "indent", "int", "items", "last", "length", "list", "lower", "map"),
    *("max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select"),
    *("selectattr", "slice", "sort", "string", "title", "trim", "truncate", "unique", "upper"),
)
FORBIDDEN = {"format_map", "translate", "maketrans"}  # methods of texts that multiply unseen


class TooMuch(jinja2.TemplateError):
    """A limit was reached."""


class Generation(Extension):
    """{% generation %}…{% endgeneration %} marks what to train on; here it changes nothing."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class Generator(CodeGenerator):
    """Asks the environment where Jinja would not: for `~`, slices, lists, tuples and dicts."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self._all("environment.joined((", node.nodes, "))", frame)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802
        self._all("environment.measure([", node.items, "])", frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802
        if node.ctx == "load":
            self._all("environment.measure((", node.items, "))", frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        self.write("environment.measure(")
        super().visit_Dict(node, frame)
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        self._all("environment.getitem(", (node.node, node.arg), ")", frame)

    def visit_Slice(self, node: nodes.Slice, frame: Frame) -> None:  # noqa: N802
        nothing = nodes.Const(None)
        parts = [part or nothing for part in (node.start, node.stop, node.step)]
        self._all("slice(", parts, ")", frame)

    def _all(self, before: str, parts: Iterable[nodes.Node], after: str, frame: Frame) -> None:
        self.write(before)
        for part in parts:
            self.visit(part, frame)
            self.write(", ")
        self.write(after)


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of one template. Every limit ends in TooMuch."""

    code_generator_class = Generator
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,
            finalize=self.spell,
            extensions=["jinja2.ext.loopcontrols", Generation],
        )
        self._made = 0
        self._weights: dict[int, tuple[Any, int]] = {}
        self.concat = self._concatenate  # type: ignore[method-assign]
        known = ("range", "dict", "namespace", "cycler", "joiner")
        self.globals = {name: self.globals[name] for name in known}
        self.globals |= {"raise_exception": raise_exception, "strftime_now": strftime_now}
        self.filters = {name: self._measured(self.filters[name]) for name in FILTERS}
        self.filters |= {"tojson": self._to_json, "join": self._join, "sum": self._sum}

    def begin(self) -> None:
        """Before each rendering: nothing has been made yet."""
        self._made = 0
        self._weights.clear()

    def measure(self, value: Any) -> Any:
        """Count a value that was just made."""
        if isinstance(value, int) and value.bit_length() > BITS:
            raise TooMuch("a number is too large")
        if isinstance(value, str | bytes | list | tuple | dict):
            check_size(self.weigh(value))
            self._made += len(value) * (1 if isinstance(value, str | bytes) else REFERENCE)
            if self._made > MADE:
                raise TooMuch("it makes too much")
        return value

    def weigh(self, value: Any) -> int:
        """How many characters and items a value holds, counted as often as they would be seen."""
        if isinstance(value, str | bytes):
            return len(value) + 1
        if isinstance(value, Namespace):
            return self._weigh_all(value._Namespace__attrs.values())  # type: ignore[attr-defined]
        if not isinstance(value, list | tuple | dict):
            return 1
        if (known := self._weights.get(id(value))) is None:
            items = (*value, *value.values()) if isinstance(value, dict) else value
            known = value, self._weigh_all(items)
            self._weights[id(value)] = known  # holds the value, so that its id stays its own
        return known[1]

    def spell(self, value: Any) -> Any:
        """What {{ }} is about to turn into text."""
        if not isinstance(value, str | Undefined):
            check_size(self.weigh(value))
        return value

    def joined(self, parts: Iterable[Any]) -> str:
        return self._concatenate([soft_str(self.spell(part)) for part in parts])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*":
            check_product(left, right)
        elif operator == "**":
            check_power(left, right)
        elif operator == "%" and isinstance(left, str | bytes):
            self._check_form(left, right if isinstance(right, tuple) else (right,))
        return self.measure(super().call_binop(context, operator, left, right))

    def getitem(self, obj: Any, argument: Any) -> Any:
        found = super().getitem(obj, argument)
        return self.measure(found) if isinstance(argument, slice) else found

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        method = getattr(obj, "__wrapped__", obj)  # the sandbox wraps str.format
        owner = getattr(method, "__self__", None)
        if isinstance(owner, str | bytes):
            name = getattr(method, "__name__", "")
            if name == "join":
                return self._join(None, args[0] if args else (), soft_str(owner))
            self._check(name, (owner, *args), kwargs)
        else:
            check_counts((*args, *kwargs.values()))
        return self.measure(super().call(context, obj, *args, **kwargs))

    def _weigh_all(self, items: Iterable[Any]) -> int:
        total = 1
        for item in items:
            total += self.weigh(item)
            check_size(total)
        return total

    def _concatenate(self, parts: Iterable[str]) -> str:
        parts = list(parts)
        check_size(sum(map(len, parts)))
        return self.measure("".join(parts))

    def _measured(self, filter_: Callable[..., Any]) -> Callable[..., Any]:
        """The same filter; what goes in and what comes out is looked at."""
        wanted = getattr(filter_, "jinja_pass_arg", None)

        def measured(*args: Any, **kwargs: Any) -> Any:
            given = args[1:] if wanted else args
            self._check(filter_.__name__.removeprefix("do_"), given, kwargs)
            return self.measure(filter_(*args, **kwargs))

        if wanted:
            measured.jinja_pass_arg = wanted  # type: ignore[attr-defined]
        return measured

    def _check(self, name: str, values: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        """Before a filter or a method of a text runs: could it make far more than it is given?"""
        everything = (*values, *options.values())
        check_counts(everything)
        weights = [self.weigh(value) for value in everything]
        check_size(sum(weights))
        if name in FORBIDDEN:
            raise TooMuch(f"{name} is not allowed")
        if name == "format":
            self._check_form(soft_str(values[0]), everything[1:])
        elif name == "replace":
            check_size(weights[0] * max(weights[2:], default=1) // max(weights[1] - 1, 1))
        elif name in ("indent", "expandtabs"):
            wide = max((v for v in everything[1:] if isinstance(v, int)), default=8)
            check_size(weights[0] * max(wide, *weights[1:], 1))

    def _check_form(self, form: str | bytes, values: tuple[Any, ...]) -> None:
        """The number of fields times the longest value, and every width, given or written."""
        text = form.decode("latin-1") if isinstance(form, bytes) else form
        widths = [int(found[:9]) for found in re.findall(r"\d+", text)]
        if max(widths, default=0) > WIDTH:
            raise TooMuch("a field is too wide")
        check_counts(values)
        fields = text.count("%") + text.count("{")
        longest = max(map(self.weigh, values), default=1)
        if "*" in text or ":" in text:  # a value may be a width
            longest = max(longest, *(abs(v) for v in values if isinstance(v, int)), 0)
        check_size(len(text) + sum(widths) + fields * longest)

    @jinja2.pass_eval_context
    def _join(self, _: Any, value: Any, d: str = "", attribute: Any = None) -> str:
        get = make_attrgetter(self, attribute) if attribute is not None else None
        parts = []
        for item in value:
            parts += [soft_str(self.spell(get(item) if get else item)), d]
        return self._concatenate(parts[:-1])

    def _sum(self, value: Any, attribute: Any = None, start: Any = 0) -> Any:
        get = make_attrgetter(self, attribute) if attribute is not None else None
        for item in value:
            start = self.call_binop(None, "+", start, get(item) if get else item)
        return start

    def _to_json(
        self,
        value: Any,
        indent: int | None = None,
        ensure_ascii: bool = False,
        separators: tuple[str, str] | None = None,
        sort_keys: bool = False,
    ) -> str:
        """As templates know it from Hugging Face: nothing escaped for HTML."""
        if isinstance(indent, int) and not 0 <= indent <= 16:
            raise TooMuch("an indent is too wide")
        check_size(self.weigh(value))
        return self.measure(
            json.dumps(
                value,
                ensure_ascii=bool(ensure_ascii),
                indent=indent,
                separators=separators
                and (soft_str(separators[0])[:9], soft_str(separators[1])[:9]),
                sort_keys=bool(sort_keys),
            )
        )


def raise_exception(message: object) -> None:
    raise jinja2.TemplateError(str(message)[:FORM])


def strftime_now(form: str) -> str:
    check_size(0 if len(form) <= FORM else VALUE + 1)
    return datetime.now().strftime(form)


def check_size(size: int) -> None:
    if size > VALUE:
        raise TooMuch("a value is too long")


def check_counts(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, int) and abs(value) > COUNT:
            raise TooMuch("a number is too large")


def check_product(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        check_bits(left.bit_length() + right.bit_length())
    for one, times in ((left, right), (right, left)):
        if isinstance(one, str | bytes | list | tuple) and isinstance(times, int):
            check_size(len(one) * times)


def check_power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        check_bits(left.bit_length() * abs(right))


def check_bits(bits: int) -> None:
    if bits > BITS:
        raise TooMuch("a number is too large")
