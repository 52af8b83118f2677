"""Runs the tools of one program that speaks MCP."""

import base64
import io
import json
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import mcp_types
from PIL import Image

from engines.errors import ParleyError
from engines.messages import (
    CallTool,
    Done,
    Event,
    ListTools,
    Loaded,
    Request,
    Sent,
    ToolPicture,
    ToolResult,
    ToolsFound,
)
from engines.tools.engine import shortened
from engines.tools.mcp_client.heard import Heard
from engines.tools.mcp_client.session import Refused, Session
from engines.tools.strangers import clean, digest, without

ORIGIN = "mcp"
LARGEST = 64_000  # bytes of a result
PICTURES = 4  # of one result
PIXELS, SIDE = 40_000_000, 2048  # of a picture that comes, and of one that is shown
NOTHING = "The program answered with nothing."


def connected(
    options: Any,
    transport: AbstractAsyncContextManager[Any],
    heard: Heard,
    progress: Callable[[float], bool],
) -> "McpEngine":
    """An engine whose program is ready. options: name, seconds, place."""
    session = Session(options.name, transport, heard)
    try:
        session.start(lambda: progress(0.0))
    except BaseException:
        session.close()
        raise
    return McpEngine(options.name, session, options.seconds, options.place)


class McpEngine:
    def __init__(self, name: str, session: Session, seconds: float, place: str) -> None:
        """place: the address, in words where there is no single one; "" where nothing is sent."""
        self._name, self._session, self._seconds, self._place = name, session, seconds, place

    def loaded(self) -> Loaded:
        return Loaded(name=self._name, runner=self._session.version)

    def run(self, request: Request) -> Generator[Event, None, Done]:
        match request:
            case ListTools():
                found, heard = self._listed(), self._session.heard
                if self._place:  # with what it took to be connected
                    yield Sent(self._place, "tools/list", heard.sent, heard.received)
                yield ToolsFound(found)
            case CallTool():
                yield from self._call(request)
            case _:
                raise ParleyError("A program cannot answer this.", "", type(request).__name__)
        return Done()

    def interrupt(self) -> None:
        self._session.interrupt()

    def close(self) -> None:
        self._session.close()

    def _listed(self) -> tuple[dict[str, Any], ...]:
        try:
            return self._session.tools()
        except Refused as error:
            raise ParleyError(f"{self._name} does not say what it can do.", str(error)) from error

    def _call(self, request: CallTool) -> Generator[Event, None, None]:
        """Run the tool, if it is still the one the person saw."""
        call, heard = request.call, self._session.heard
        found = self._listed()
        tool = next((one for one in found if one["name"] == call.name), None)
        if tool is None or digest(tool) != request.digest:
            yield ToolsFound(found)
            return
        sent, received = heard.sent, heard.received
        try:
            result = self._session.call(call.name, call.arguments, self._seconds)
            pictures = list(drawn(result.content))
            text, error = told(result, len(pictures)), result.is_error
        except Refused as refused:
            pictures, text, error = [], str(refused), True
        yield from pictures
        if self._place:
            what = f"tools/call {call.name}"
            yield Sent(self._place, what, heard.sent - sent, heard.received - received)
        yield ToolResult(call.id, without(text, heard.secrets), error, ORIGIN)


def told(result: mcp_types.CallToolResult, shown: int) -> str:
    """A result as text for the model: texts as they are, other parts described."""
    parts = [part for one in result.content if (part := in_words(one))]
    if not parts and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False)]
    if shown:
        parts.append(f"({shown} picture{'s are' if shown > 1 else ' is'} shown to the person.)")
    text = clean("\n".join(parts), LARGEST)
    return shortened(text.encode()[:LARGEST].decode("utf-8", "ignore")) or NOTHING


def in_words(part: mcp_types.ContentBlock) -> str:
    match part:
        case mcp_types.TextContent(text=text):
            return text
        case mcp_types.EmbeddedResource(resource=mcp_types.TextResourceContents(text=text)):
            return text
        case mcp_types.ImageContent(mime_type=kind, data=data):
            return f"(A picture, {kind}, {len(data) * 3 // 4:,} bytes.)"
        case mcp_types.AudioContent(mime_type=kind, data=data):
            return f"(A sound, {kind}, {len(data) * 3 // 4:,} bytes, which cannot be played here.)"
        case mcp_types.ResourceLink(uri=uri, name=name):
            return f"(A link: {name}, {uri})"
        case mcp_types.EmbeddedResource(resource=resource):
            return f"(A file, {resource.uri}, which cannot be shown here.)"
    return ""


def drawn(parts: Iterable[mcp_types.ContentBlock]) -> Sequence[ToolPicture]:
    """Pictures as PNG made here, in the jail: the window never reads what a stranger packed."""
    found = [shown_as(p.data) for p in parts if isinstance(p, mcp_types.ImageContent)]
    return [picture for picture in found if picture][:PICTURES]


def shown_as(data: str) -> ToolPicture | None:
    try:
        packed = io.BytesIO(base64.b64decode(data, validate=True))
        with Image.open(packed, formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
            if image.width * image.height > PIXELS:
                return None
            image.thumbnail((SIDE, SIDE))
            made = image.convert("RGBA" if image.has_transparency_data else "RGB")
        out = io.BytesIO()
        made.save(out, "PNG")
        return ToolPicture(out.getvalue(), made.width, made.height)
    except Exception:  # a decoder may raise anything
        return None
