"""Compiles and renders the chat templates of model files: hostile programs until proven otherwise.

The limits need no signals, threads or system calls, so they hold in every process and system.
"""

import sys
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

import jinja2
from jinja2 import nodes

from engines.llm.llama.sandbox import Sandbox, TooMuch

SECONDS = 1.0  # CPU time for compiling a template, and for each rendering
SOURCE = 64 * 1024  # characters of a template; the longest in use have 20,000
OUTPUT = 4 << 20  # characters
EVENTS = 64  # lines and calls between two looks at the clock

FAILURES = (  # what a template, or Python running it, may raise; a template can catch nothing
    jinja2.TemplateError,
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NameError),
    *(RuntimeError, SyntaxError, TypeError, ValueError),
)


class TemplateRefused(Exception):
    """The template cannot be used; the reason is for the log.

    costly: it ran into a limit, so it should not be tried in other ways.
    """

    def __init__(self, error: Exception | str) -> None:
        named = isinstance(error, Exception)
        super().__init__(f"{type(error).__name__}: {error}" if named else error)
        self.costly = isinstance(error, TooMuch)


class Template:
    """A compiled template. Raises TemplateRefused, whatever is wrong with it."""

    def __init__(self, source: str) -> None:
        if len(source) > SOURCE:
            raise TemplateRefused(f"it has {len(source)} characters")
        self.source = source
        self._sandbox = Sandbox()
        try:
            with Deadline():
                syntax = self._sandbox.parse(source)
                self.names = {name.name for name in syntax.find_all(nodes.Name)}
                self._template = self._sandbox.from_string(syntax)
        except FAILURES as error:
            raise TemplateRefused(error) from error

    def render(self, variables: Mapping[str, Any]) -> str:
        pieces, length = [], 0
        self._sandbox.begin()
        try:
            with Deadline():
                for piece in self._template.generate(dict(variables)):
                    pieces.append(piece)
                    length += len(piece)
                    if length > OUTPUT:
                        raise TooMuch("its output is too long")
        except FAILURES as error:
            raise TemplateRefused(error) from error
        return "".join(pieces)


class Deadline:
    """Ends Python code that has used up its CPU time, by looking at the clock as it runs.

    A trace function sees every line of a template and every call: nothing a template can write
    runs long without either.
    """

    def __enter__(self) -> None:
        self._end = time.thread_time() + SECONDS
        self._count = 0
        self._before = sys.gettrace()
        sys.settrace(self._trace)

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        self._count += 1
        if self._count % EVENTS == 0 and time.thread_time() > self._end:
            raise TooMuch("it takes too long")
        return self._trace if frame.f_code.co_filename == "<template>" else None
