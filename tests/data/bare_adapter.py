"""A child of a test: reads a few words with an adapter and nothing but the library.

Exits with 1 where the library refuses the file; a file that kills it ends this process.
"""

import ctypes
import os
import sys

from tests.data.bare_load import library

TOKENS = 8


def reads(model_path: str, adapter_path: str) -> bool:
    llama = library()
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(
        model_path.encode(), llama.llama_model_default_params()
    )
    params = llama.llama_context_default_params()
    params.n_ctx, params.n_threads = 256, 1
    context = llama.llama_init_from_model(model, params)
    adapter = llama.llama_adapter_lora_init(model, adapter_path.encode())
    if not adapter:
        return False
    several = (llama.llama_adapter_lora_p_ctypes * 1)(adapter)
    llama.llama_set_adapters_lora(context, several, 1, (ctypes.c_float * 1)(1.0))
    tokens = (ctypes.c_int32 * TOKENS)(*range(TOKENS))
    return not llama.llama_decode(context, llama.llama_batch_get_one(tokens, TOKENS))


if __name__ == "__main__":
    os.environ["GGML_NO_BACKTRACE"] = "1"
    sys.exit(not reads(*sys.argv[1:3]))
