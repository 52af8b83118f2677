"""The colours of code, found by pygments beside the GUI thread and kept."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from app.background import Task
from app.views.transcript.offthread import background

KEPT = 300  # coloured texts
Run = tuple[int, int, str]  # where it starts, how long it is (UTF-16 units), kind of token
Line = tuple[Run, ...]
Key = tuple[str, str, str]  # language, the code before, the code
_COLORED = ("K", "N", "L", "C", "O")  # keywords, names, literals, comments, operators


class Highlighter:
    """Coloured lines of code; done is called with the key when they are found."""

    def __init__(self, done: Callable[[Key], None]) -> None:
        self._done = done
        self._known: OrderedDict[Key, list[Line]] = OrderedDict()
        self._tasks: dict[Key, Task] = {}

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    def get(self, key: Key) -> list[Line] | None:
        """The runs of every line, or None while they are looked for."""
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if not key[0] or not key[2]:
            return []
        if key not in self._tasks:
            self._tasks[key] = _Search(key, self._finish).start()
        return None

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    def _finish(self, key: Key, lines: list[Line]) -> None:
        self._tasks.pop(key, None)
        self._known[key] = lines
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        self._done(key)


class _Search:
    def __init__(self, key: Key, finish: Callable[[Key, list[Line]], None]) -> None:
        self._key, self._finish = key, finish

    def start(self) -> Task:
        return background().run(self._work, self._found, self._failed)

    def _work(self, task: Task) -> list[Line]:
        return [] if task.cancelled else color(*self._key)

    def _found(self, lines: list[Line]) -> None:
        self._finish(self._key, lines)

    def _failed(self, error: Exception) -> None:
        raise error  # pygments takes any text; this would be a mistake of ours


def color(language: str, context: str, text: str) -> list[Line]:
    """The coloured runs of every line of text, which goes on where context ends.

    None for a language pygments does not know.
    """
    from pygments.lexers import get_lexer_by_name  # heavy: not before code is on the page
    from pygments.util import ClassNotFound

    try:
        lexer: Any = get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return []
    lines: list[list[Run]] = [[]]
    place = 0  # in the line, in UTF-16 units
    for start, kind, value in lexer.get_tokens_unprocessed(context + text):
        begin = len(context) - start
        if begin >= len(value):
            continue
        name = str(kind).removeprefix("Token").lstrip(".")
        for number, part in enumerate((value[begin:] if begin > 0 else value).split("\n")):
            if number:
                lines.append([])
                place = 0
            length = len(part) + sum(sign > "\uffff" for sign in part)
            if length and name.startswith(_COLORED):
                lines[-1].append((place, length, name))
            place += length
    return [tuple(line) for line in lines]
