"""Exact algebra by SymPy, in a cell: its parser evaluates what it reads."""

from typing import Annotated, Literal

from engines.errors import ParleyError
from engines.sandbox import symbols
from engines.sandbox.cell import Cell, read, readable
from engines.tools.python import ENDS, UNREADABLE
from engines.tools.registry import Use, tool

LENGTH = 2000  # characters
Task = Literal["solve", "simplify", "expand", "factor", "differentiate", "integrate", "limit"]


@tool(effect="pure", home="python")
def algebra(
    task: Annotated[Task, "what to do"],
    expression: Annotated[str, "for example x^2 - 5x + 6 = 0; equations divided by ;"],
    variable: Annotated[str, "for several unknowns: x, y"] = "x",
    at: Annotated[str, "limit: where, as 0 or oo; integrate: from, to"] = "",
    *,
    use: Use,
) -> str:
    """Solve, simplify, expand, factor, differentiate, integrate, or find a limit, exactly."""
    if max(map(len, (expression, variable, at))) > LENGTH:
        raise ParleyError(f"The expression is longer than {LENGTH} characters.")
    own: Cell = use.options
    outcome = own.run(lambda: symbols.answer(task, expression, variable, at), files=True)
    if outcome.end:
        raise ParleyError(ENDS[outcome.end].replace("Do less at once.", "Ask something easier."))
    found = read(outcome.answer, symbols.Answer) or symbols.Answer(error=UNREADABLE)
    if found.error:
        raise ParleyError(readable(found.error[: symbols.LONGEST]))
    return readable(found.text[: symbols.LONGEST])
