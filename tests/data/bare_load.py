"""A child of a test: loads a model with nothing but the library, speaks a word, exits with 0.

Exits with 1 where the library refuses the file; a file that kills it ends this process.
"""

import ctypes
import importlib
import importlib.util
import os
import sys

SAID = "Hello, naïve world \U0001f642\n".encode()


def library():
    """llama_cpp.llama_cpp without the package around it, which needs more than is installed."""
    found = importlib.util.find_spec("llama_cpp")
    assert found is not None
    sys.modules["llama_cpp"] = importlib.util.module_from_spec(found)
    return importlib.import_module("llama_cpp.llama_cpp")


def loads(path: str) -> bool:
    llama = library()
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
    if not model:
        return False
    params = llama.llama_context_default_params()
    params.n_ctx = params.n_batch = 64
    params.n_threads = params.n_threads_batch = 1
    context = llama.llama_init_from_model(model, params)
    if not context:
        return False
    tokens = (llama.llama_token * 64)()
    vocabulary = llama.llama_model_get_vocab(model)
    count = llama.llama_tokenize(vocabulary, SAID, len(SAID), tokens, 64, True, True)
    piece = ctypes.create_string_buffer(256)
    llama.llama_token_to_piece(vocabulary, tokens[0], piece, 256, 0, True)
    return count > 0 and llama.llama_decode(context, llama.llama_batch_get_one(tokens, count)) == 0


if __name__ == "__main__":
    os.environ["GGML_NO_BACKTRACE"] = "1"
    sys.exit(not loads(sys.argv[1]))
