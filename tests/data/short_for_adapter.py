"""Changes a model where the system gives no more than so many bytes beside what is taken.

Run as a program: `python -m tests.data.short_for_adapter MODEL FOLDER SHA256 BYTES` prints what
came of it, and what the model says afterwards.
"""

import json
import os
import resource
import sys
from pathlib import Path

from engines.errors import ParleyError
from engines.messages import Adapted
from tests.data.talking import ask, opened


def main() -> None:
    model, folder, sha256, more = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    found = {}
    with opened(model, context=512, adapters=folder) as engine:
        before = ask(engine, "hi", max_tokens=8).text
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * os.sysconf("SC_PAGE_SIZE") + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            ask(engine, "hi", adapters=(Adapted(sha256),))
        except ParleyError as error:
            found = {"error": error.message, "hint": error.hint}
        after = ask(engine, "hi", max_tokens=8).text
    print(json.dumps(found | {"same": before == after}))  # noqa: T201


if __name__ == "__main__":
    main()
