"""Python that a model writes, run in a cell; and the process that holds the libraries ready."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from engines import jail
from engines.errors import ParleyError
from engines.messages import Done, Event, Loaded, Request
from engines.options import option
from engines.protocol import EngineSpec, Kind
from engines.sandbox import cell, script, trial, warming, washing
from engines.sandbox.cell import Cell, Outcome
from engines.tools.engine import ToolsEngine, shortened
from engines.tools.registry import Use, tool

LENGTH = 100_000  # characters of code
SHOWN = 12_000  # characters of what it printed that the model reads
FENCE = re.compile(r"\s*```[a-z]*\n(?P<code>.*?)\n?```\s*", re.DOTALL)

ENDS = {
    cell.WALL_TIME: f"It was ended after {cell.WALL:.0f} seconds. Do less at once.",
    cell.CPU_TIME: f"It was ended after {cell.CPU} seconds of computing. Do less at once.",
    cell.TOO_MUCH: f"It was ended: it wrote more than {cell.FILES} files or too large ones.",
    cell.FLOODED: "It was ended, because it printed without end.",
    cell.KILLED: "It was ended by the system, perhaps because memory ran out.",
    cell.STOPPED: "It was stopped.",
}
NOTHING = "It ran and printed nothing."
UNREADABLE = "It ended without a result."


@dataclass(frozen=True)
class Options:
    scratch: str = option("", "")  # a folder in which each run gets one
    fonts: str = option("", "")  # a folder with the fonts to draw with; "": those of matplotlib


@tool(effect="runs", home="python")
def run_python(
    code: Annotated[str, "print what you want to know; plt.show() shows a picture"], *, use: Use
) -> str:
    """Run Python with numpy, sympy and matplotlib: no network, no files of the person, 10 seconds.

    Nothing is kept between two calls: imports and values have to be written again.
    """
    if len(code) > LENGTH:
        raise ParleyError(f"The code is longer than {LENGTH} characters.")
    return run(code, use)


def run(text: str, use: Use) -> str:
    """What came of it, in words for the model; raises ParleyError with the words of a failure."""
    fenced = FENCE.fullmatch(text)
    source = fenced["code"] if fenced else text
    own: Cell = use.options
    outcome = own.run(lambda: script.run(source), files=True)
    ran = read(outcome)
    pictures = washing.washed(own, ran.pictures[: script.PICTURES])
    for picture in pictures:
        use.tell(picture)
    parts = [said(outcome), ran.value, told(len(pictures), ran.made), ran.error]
    words = cell.readable("\n".join(part for part in parts if part.strip()))
    if ran.error:
        raise ParleyError(shortened(words))
    return words or NOTHING


def read(outcome: Outcome) -> script.Ran:
    if outcome.end:
        return script.Ran(error=ENDS[outcome.end])
    return cell.read(outcome.answer, script.Ran) or script.Ran(error=UNREADABLE)


def said(outcome: Outcome) -> str:
    text = outcome.said.decode("utf-8", "replace").rstrip("\n")
    left_out = len(text) - SHOWN
    if outcome.unsaid or left_out > 0:
        return f"{text[:SHOWN]}\n… and more: {max(left_out, 0) + outcome.unsaid} characters"
    return text


def told(shown: int, made: int) -> str:
    if shown < made:
        return f"{shown} of {made} pictures could be shown to the person."
    return f"{'A picture is' if made == 1 else f'{made} pictures are'} shown." if made else ""


class PythonEngine(ToolsEngine):
    """Holds the libraries in memory; every call is a fork of it."""

    def __init__(self, options: Options) -> None:
        folder, fonts = Path(options.scratch), Path(options.fonts)
        self._cell = Cell(folder, [fonts] if options.fonts else [])
        super().__init__("python", self._cell, "Python")
        self._gap = jail.gap(jail.probe())
        if not self._gap:
            self._cell.clear()
            warming.warm(options.fonts)
            self._gap = trial.gap(self._cell, folder)

    def loaded(self) -> Loaded:
        return Loaded(name="Python", jail=trial.OPEN if self._gap else "")

    def run(self, request: Request) -> Generator[Event, None, Done]:
        self._cell.start_anew()
        if self._gap:
            raise ParleyError(trial.OPEN, "", self._gap)
        return (yield from super().run(request))

    def interrupt(self) -> None:
        self._cell.stop()


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> PythonEngine:
    return PythonEngine(options)


SPEC = EngineSpec(
    "python",
    Kind.TOOL,
    "Python",
    Options,
    create,
    imports=("engines.plotting.library", "matplotlib.pyplot", "sympy", "PIL.PngImagePlugin"),
    forks=True,
    locked=True,
    read=lambda model: (),
)
