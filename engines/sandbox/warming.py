"""What a cell should find done already: libraries imported, fonts read, modules loaded."""

import gc
import io
from typing import Any

from engines.plotting import look
from engines.sandbox import washing


def warm(fonts: str) -> None:
    """In the process the cells are forks of, where matplotlib and SymPy are imported already."""
    import matplotlib
    import sympy
    import sympy.parsing.sympy_parser
    from matplotlib import pyplot

    style: dict[Any, Any] = look.style(fonts) | {"text.parse_math": True}
    matplotlib.rcParams.update(style)
    file = io.BytesIO()
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3], label="ä")
    axes.legend()
    axes.set(title="Title", xlabel="$x^2$")
    figure.savefig(file, format="png", dpi=60)
    pyplot.close(figure)
    colours = washing.decoded(file.getvalue())
    assert colours
    washing.written(colours, "")
    x: Any = sympy.Symbol("x")
    sympy.solve(x**2 - 1, x)
    sympy.integrate(sympy.sin(x) * x, x)
    sympy.limit(sympy.sin(x) / x, x, 0)
    sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2)
    gc.collect()  # a font that a cell clears away would complain of its file, which is closed there
    gc.freeze()
