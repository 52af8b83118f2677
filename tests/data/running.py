"""One engine in its real process, and what it said."""

import queue
from pathlib import Path

from engines.host import EngineHost
from engines.messages import ENDINGS, CallTool, ToolCall
from engines.process import COMMAND


class Running:
    patience = 60  # seconds without an event, after which the test fails

    def __init__(self, name, options, log, model=None, grace=2.0, command=COMMAND, **grants):
        """loaded: what it said while loading."""
        self._events: queue.SimpleQueue = queue.SimpleQueue()
        self.host = EngineHost(
            lambda job, event: self._events.put((job, event)), command, grace=grace
        )
        self.host.start(name, model or Path(), options, log=log, **grants)
        self.loaded = self.heard(0)

    def heard(self, job):
        """All events of a job, in order."""
        found = []
        while not found or not isinstance(found[-1], ENDINGS):
            number, event = self._events.get(timeout=self.patience)
            if number == job:
                found.append(event)
        return found

    def until(self, job):
        """What all jobs said up to the end of this one, each with its job."""
        found = []
        while not found or found[-1][0] != job or not isinstance(found[-1][1], ENDINGS):
            found.append(self._events.get(timeout=self.patience))
        return found

    def saw(self, job, kind):
        """Wait for an event of this kind."""
        while True:
            number, event = self._events.get(timeout=self.patience)
            if number == job and isinstance(event, kind):
                return event

    def ask(self, request):
        return self.heard(self.host.submit(request))

    def call(self, tool, allowed=(), **given):
        return self.ask(CallTool(ToolCall("c1", tool, given), allowed))

    def stop(self):
        self.host.stop()
        assert self.host.gone.wait(60)


def data_bound(pid):
    """Bytes the process may take at most, as Linux has it; None: as many as there are."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    [bound] = [line.split()[3] for line in lines if line.startswith("Max data size")]
    return None if bound == "unlimited" else int(bound)
