"""What goes between a plugin's process and the one that keeps it, beside tools and their results.

Both ends are ours, but the plugin's code runs beside one of them: nothing it sends is trusted.
"""

from engines.message import Message
from engines.messages import CallTool, Failed, ListTools, ToolResult, ToolsFound


class Fetch(Message, frozen=True):
    """It wants an address asked for it: a GET, or a POST of body or form."""

    url: str
    headers: dict[str, str] = {}
    form: dict[str, str] | None = None
    body: bytes | None = None


class Fetched(Message, frozen=True):
    """What came, or first in words why nothing did."""

    trouble: str = ""
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""


Asked = ListTools | CallTool | Fetched
Told = ToolsFound | ToolResult | Failed | Fetch
