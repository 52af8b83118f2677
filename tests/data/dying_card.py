"""A worker on a computer whose graphics card ends every process that touches it.

Run as a worker; its engine "card" tells as its device what it may see of the cards.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from engines import jail, registry, worker  # noqa: E402
from engines.llm.echo import EchoEngine, Options  # noqa: E402
from engines.protocol import EngineSpec, Kind  # noqa: E402


def create(model, options, progress):
    said = {os.environ.get(name, "every card") for name in worker.UNSEEN}
    return EchoEngine(0.0, ", ".join(said), False, 0)


def good():
    return 1


SPECS = {
    name: EngineSpec(name, Kind.STT, name, Options, create, gpu=True, cuda=True, devices=devices)
    for name, devices in {"dying": os.abort, "good": good}.items()
}
registry.spec = SPECS.__getitem__
jail.has_gpu = lambda nodes: True
for _name in worker.UNSEEN:
    os.environ.pop(_name, None)

if __name__ == "__main__":
    worker.main()
