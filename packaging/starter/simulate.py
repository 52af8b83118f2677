"""What the tools of Parley answer to a call: they themselves are asked."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parents[2]))

from exchange import Asked, arguments_text  # noqa: E402

from engines.messages import CallTool, ToolCall, ToolResult  # noqa: E402
from engines.tools import clock  # noqa: E402
from engines.tools.engine import answer  # noqa: E402
from engines.tools.registry import Use, all_tools  # noqa: E402

FIRST = datetime(2024, 1, 1)
MINUTES = 30 * 365 * 24 * 60


def result(asked: Asked) -> ToolResult:
    """Today's result for the clock."""
    call = ToolCall("1", asked.tool, json.loads(arguments_text(asked.arguments)))
    return answer(CallTool(call), all_tools(), Use())


def result_on_some_day(rng: Random, asked: Asked) -> tuple[ToolResult, datetime]:
    """The clock stands at a random moment."""
    moment = FIRST + timedelta(minutes=rng.randrange(MINUTES))
    real = clock.now
    clock.now = lambda: moment
    try:
        return result(asked), moment
    finally:
        clock.now = real
