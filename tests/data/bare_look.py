"""A child of a test: shows a grey picture to a projector with nothing but the library.

Exits with 1 where the library refuses the file; a file that kills it ends this process.
"""

import ctypes
import importlib
import os
import sys

from tests.data.bare_load import library

SIDE = 64


def sees(model_path: str, projector_path: str) -> bool:
    llama = library()
    mtmd = importlib.import_module("llama_cpp.mtmd_cpp")
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(
        model_path.encode(), llama.llama_model_default_params()
    )
    params = mtmd.mtmd_context_params_default()
    params.use_gpu, params.n_threads, params.warmup = False, 1, False
    context = mtmd.mtmd_init_from_file(projector_path.encode(), model, params)
    if not context:
        return False
    pixels = (ctypes.c_uint8 * (SIDE * SIDE * 3))(*[128] * (SIDE * SIDE * 3))
    part = mtmd.mtmd_input_part(bitmap=mtmd.mtmd_bitmap_init(SIDE, SIDE, pixels))
    parts = (ctypes.POINTER(mtmd.mtmd_input_part) * 1)(ctypes.pointer(part))
    chunks = mtmd.mtmd_input_chunks_init()
    if mtmd.mtmd_tokenize_from_parts(context, chunks, parts, 1, False):
        return False
    for n in range(mtmd.mtmd_input_chunks_size(chunks)):
        chunk = mtmd.mtmd_input_chunks_get(chunks, n)
        if mtmd.mtmd_input_chunk_get_type(chunk) and mtmd.mtmd_encode_chunk(context, chunk):
            return False
    return True


if __name__ == "__main__":
    os.environ["GGML_NO_BACKTRACE"] = "1"
    sys.exit(not sees(*sys.argv[1:3]))
