"""Runs the person's or the model's Python. Only ever called in a cell: it trusts nothing after."""

import ast
import errno
import io
import os
import sys
import traceback
import warnings
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import msgspec

NAME = "<code>"
PICTURES = 5
BYTES = 20 << 20  # of all pictures
VALUE = 4000  # characters of the value of the last line
WIDEST = 1600  # pixels of a figure
DPI = 200  # as in our own drawings

HINTS: dict[type[BaseException], str] = {
    ModuleNotFoundError: "Only Python's own modules, numpy, sympy and matplotlib are here.",
    PermissionError: "There is no network here, no other program, and no file from outside. "
    "Files have bare names, as plot.png.",
    MemoryError: "There are 2 GB of memory.",
    EOFError: "Nobody can type here: write the values into the code.",
}
TOO_LARGE = "A file may have 32 MB."


class Drawn(NamedTuple):
    data: bytes
    title: str


class Ran(msgspec.Struct):
    """What comes out of a cell. Written by strangers, whatever the fields say."""

    value: str = ""  # of the last line, if it is an expression
    error: str = ""  # in words for the model
    made: int = 0  # pictures, with those that are not handed out
    pictures: list[Drawn] = []  # as they are: to be decoded by nobody but another cell


def run(code: str) -> bytes:
    sys.stdout = io.TextIOWrapper(
        io.FileIO(1, "w", closefd=False), "utf-8", "backslashreplace", line_buffering=True
    )
    sys.stderr = sys.stdout
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    shown = Shown()
    ran = Ran()
    try:
        ran.value = execute(code)
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            ran.error = leaving.code
    except BaseException as error:  # whatever the code may raise
        ran.error = in_words(error, code)
    try:
        sys.stdout.flush()
        ran.pictures, ran.made = shown.pictures(), shown.made
    except Exception as error:  # the code may have broken matplotlib
        ran.error = ran.error or in_words(error, code)
    return msgspec.msgpack.encode(ran)


def execute(code: str) -> str:
    """The written value of the last line, "" where it has none worth writing."""
    tree = ast.parse(code, NAME)
    names: dict[str, Any] = {"__name__": "__main__"}
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compiled(tree), names)
    if not isinstance(last, ast.Expr):
        return ""
    value = eval(compiled(ast.Expression(last.value)), names)
    return "" if value is None or is_drawing(value) else repr(value)[:VALUE]


def compiled(tree: ast.Module | ast.Expression) -> CodeType:
    return compile(tree, NAME, "eval" if isinstance(tree, ast.Expression) else "exec")


def is_drawing(value: Any) -> bool:
    """What plt.plot and its like return says nothing to anybody."""
    inner = value[0] if isinstance(value, list | tuple) and value else value
    return type(inner).__module__.partition(".")[0] == "matplotlib"


def in_words(error: BaseException, code: str) -> str:
    """The last line of the code that took part, what happened there, and a hint."""
    kind = type(error)
    message = str(error.msg if isinstance(error, SyntaxError) else error)[:1000]
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == NAME]
    number = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    words = f"{kind.__name__}: {message}".removesuffix(": ")
    if number:
        source = code.splitlines()[number - 1 : number]
        words = f"Line {number}: {words}\n    {source[0].strip()[:200] if source else ''}".rstrip()
    hint = next((words for known, words in HINTS.items() if issubclass(kind, known)), "")
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        hint = TOO_LARGE
    return f"{words}\n{hint}".strip()


class Shown:
    """Figures that were shown, saved or left open, each once, in the order they came."""

    def __init__(self) -> None:
        import matplotlib
        from matplotlib import pyplot
        from matplotlib.figure import Figure

        self._pyplot = pyplot
        self._taken: list[Drawn] = []
        self._room, self.made = BYTES, 0
        self._saved: dict[str, Any] = {}  # path -> the figure it was drawn from
        self._shown: set[int] = set()
        save = Figure.savefig

        def savefig(figure: Figure, target: Any, *given: Any, **named: Any) -> None:
            save(figure, target, *given, **named)
            if isinstance(target, str | os.PathLike):
                self._saved[str(Path(os.fsdecode(target)).absolute())] = figure

        Figure.savefig = savefig  # type: ignore[method-assign]
        matplotlib.use = lambda *given, **named: None  # no window can be opened here
        pyplot.show = self._show

    def _show(self, *given: Any, **named: Any) -> None:
        for number in self._pyplot.get_fignums():
            self._take(self._pyplot.figure(number))
        self._pyplot.close("all")

    def _take(self, figure: Any) -> None:
        if id(figure) in self._shown:
            return
        self._shown.add(id(figure))
        file = io.BytesIO()
        dpi = min(DPI, WIDEST / max(figure.get_size_inches()))
        figure.savefig(file, format="png", dpi=dpi)
        self._add(file.getvalue(), title_of(figure))

    def _add(self, data: bytes, title: str) -> None:
        self.made += 1
        if len(self._taken) < PICTURES and len(data) <= self._room:
            self._room -= len(data)
            self._taken.append(Drawn(data, title))

    def pictures(self) -> list[Drawn]:
        """Those shown, then the files that were saved, then the figures left open."""
        for path in sorted(Path().glob("*.png"), key=lambda file: file.stat().st_mtime_ns):
            figure = self._saved.get(str(path.absolute()))
            if figure is not None and id(figure) in self._shown:
                continue
            if figure is not None:
                self._shown.add(id(figure))
            title = title_of(figure) if figure is not None else ""
            self._add(path.read_bytes(), title or path.stem)
        self._show()
        return self._taken


def title_of(figure: Any) -> str:
    places = ("left", "center", "right")
    titles = [axes.get_title(place) for axes in figure.axes for place in places]
    return next((title for title in (figure.get_suptitle(), *titles) if title), "")
