"""A model that other computers help: the same engine, which says who helps."""

from collections.abc import Generator

import msgspec

from engines.messages import Done, Event, Loaded, Request
from engines.protocol import Engine, Interruptible


class Helped:
    def __init__(self, engine: Engine, helpers: tuple[str, ...], trouble: str) -> None:
        self._engine, self._helpers, self._trouble = engine, helpers, trouble

    def loaded(self) -> Loaded:
        loaded = self._engine.loaded()
        sentences = " ".join(one for one in (loaded.gave_up, self._trouble) if one)
        return msgspec.structs.replace(loaded, gave_up=sentences, helpers=self._helpers)

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        return self._engine.run(request)

    def interrupt(self) -> None:
        if isinstance(self._engine, Interruptible):
            self._engine.interrupt()

    def close(self) -> None:
        self._engine.close()
