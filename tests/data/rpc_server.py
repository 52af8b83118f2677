"""llama.cpp's own RPC server on the loopback, out of the library Parley runs with: --port NUMBER.

It is what llama.cpp's program ggml-rpc-server calls.
"""

import ctypes
import sys

from engines.llm.helping.joining import library
from engines.llm.llama.library import devices, shared


def main():
    devices()
    ggml, rpc = shared("ggml"), library()
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    one = (ctypes.c_void_p * 1)(ggml.ggml_backend_dev_get(0))
    start = rpc.ggml_backend_rpc_start_server
    start.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t]
    start.argtypes += [ctypes.POINTER(ctypes.c_void_p)]
    start(f"127.0.0.1:{sys.argv[1]}".encode(), None, 1, 1, one)


if __name__ == "__main__":
    main()
