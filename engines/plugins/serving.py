"""The plugin's end: loads it, then answers calls one after another until nobody asks any more."""

import sys
from collections.abc import Mapping
from typing import BinaryIO

from engines.errors import ParleyError
from engines.messages import CallTool, Failed, ListTools, ToolResult, ToolsFound
from engines.plugins import api, loading
from engines.plugins.about import BadPlugin
from engines.plugins.contents import Contents
from engines.plugins.talk import Asked, Fetch, Fetched
from engines.tools.registry import Tool
from engines.wire import Wire

WRONG = "{} gave back {} and no text: its author has to mend it."
LARGEST = 100_000  # characters of a result that is sent at all


class Serving:
    def __init__(
        self,
        contents: Contents,
        folders: Mapping[str, str],
        reader: BinaryIO,
        writer: BinaryIO,
    ) -> None:
        self._wire, self._job = Wire(reader, writer, Asked), 0
        self._contents, self._tools = contents, dict[str, Tool]()
        sys.modules[api.NAME] = api.module(contents.files, folders, self._fetch)

    def run(self) -> None:
        """Until the other end is gone."""
        while True:
            self._job, request = self._wire.receive()
            match request:
                case ListTools():
                    self._wire.send(self._job, self._listed())
                case CallTool():
                    self._wire.send(self._job, self._called(request))

    def _listed(self) -> ToolsFound | Failed:
        try:
            self._tools = self._tools or loading.load(self._contents)
        except BadPlugin as error:
            return Failed(sayable(error.message), sayable(error.hint))
        about = [one.schema() | {"effect": str(one.effect)} for one in self._tools.values()]
        return ToolsFound(tuple(about))

    def _called(self, request: CallTool) -> ToolResult:
        call = request.call
        try:
            text = self._tools[call.name].call(call.arguments)
        except ParleyError as error:
            words = f"{error.message} {error.hint}".strip()
            return ToolResult(call.id, sayable(words), error=True)
        except MemoryError:
            return ToolResult(call.id, f"{call.name} took too much memory.", error=True)
        except (Exception, SystemExit) as error:  # it may raise anything, also to end itself
            words = f"{call.name} failed. {loading.where(error)}"
            return ToolResult(call.id, sayable(words), error=True)
        if not isinstance(text, str):
            words = WRONG.format(call.name, type(text).__name__)
            return ToolResult(call.id, words, error=True)
        return ToolResult(call.id, sayable(text))

    def _fetch(self, wanted: Fetch) -> Fetched:
        self._wire.send(self._job, wanted)
        _, answer = self._wire.receive()
        assert isinstance(answer, Fetched)
        return answer


def sayable(text: str) -> str:
    """Without half characters, which no message can carry, and not without an end."""
    return text[:LARGEST].encode("utf-8", "replace").decode()
