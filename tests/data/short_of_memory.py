"""Loads a model where the system gives no more than so many bytes of memory beside what is taken.

Run as a program: `python -m tests.data.short_of_memory FILE BYTES CONTEXT` prints what came of it.
"""

import json
import os
import resource
import sys
from pathlib import Path

from engines import machine
from engines.errors import ParleyError
from engines.llm.llama import engine as heavy
from engines.llm.llama.library import C, gpus
from engines.messages import Chat, Sampling, Text, TextDelta, Turn
from engines.models.fit import Wishes


def main() -> None:
    path, more, context = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    C.llama_backend_init()
    gpus()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        opened = heavy.create(path, Wishes(context), 1, lambda _: True)
    except ParleyError as error:
        print(json.dumps({"error": error.message, "hint": error.hint}))  # noqa: T201
        return
    asked = Chat((Turn("user", (Text("hi"),)),), max_tokens=8, sampling=Sampling(seed=1))
    said = [event.text for event in opened.run(asked) if isinstance(event, TextDelta)]
    loaded = opened.loaded()
    found = {"context": loaded.context, "kv": loaded.kv, "gave_up": loaded.gave_up}
    print(json.dumps(found | {"said": len(said), "held": machine.held()}))  # noqa: T201


if __name__ == "__main__":
    main()
