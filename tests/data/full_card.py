"""Loads a model on a graphics card that gives no more than so many bytes at once.

Run as a program: `python -m tests.data.full_card FILE CONTEXT` prints what came of it. The limit
is llama.cpp's own, GGML_VK_FORCE_MAX_BUFFER_SIZE, for Vulkan alone.
"""

import json
import sys
from pathlib import Path

from engines.errors import ParleyError
from engines.llm.llama import engine as heavy
from engines.llm.llama import loading
from engines.llm.llama.library import C
from engines.models.fit import Wishes


def main() -> None:
    tried, attempt = [], loading.attempt

    def counted(path, header, plan, *rest):
        tried.append(plan.layers)
        return attempt(path, header, plan, *rest)

    loading.attempt = counted
    C.llama_backend_init()
    try:
        opened = heavy.create(Path(sys.argv[1]), Wishes(int(sys.argv[2])), 1, lambda _: True)
    except ParleyError as error:
        print(json.dumps({"error": error.message}))  # noqa: T201
        return
    loaded = opened.loaded()
    names = ("layers", "context", "kv", "gave_up", "device", "card_took")
    print(json.dumps({"tried": tried} | {name: getattr(loaded, name) for name in names}))  # noqa: T201
    opened.close()


if __name__ == "__main__":
    main()
