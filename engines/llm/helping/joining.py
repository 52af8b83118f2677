"""Makes other computers devices of llama.cpp, in the process of a model that is about to load."""

import ctypes

from engines.errors import ParleyError
from engines.llm.helping.asking import all_of, places_of
from engines.llm.llama.library import devices, shared

REBUILD = (
    "Start Parley again with packaging/bootstrap.py setup: it builds llama.cpp with what is needed."
)


class NoRpc(ParleyError):
    """The library was built without."""

    def __init__(self, detail: str) -> None:
        words = "This build of llama.cpp cannot use other computers."
        super().__init__(words, REBUILD, detail)


def available() -> str:
    """Why this build cannot use other computers, in words; "" when it can."""
    try:
        library()
    except NoRpc as error:
        return f"{error.message} {error.hint}"
    return ""


def library() -> ctypes.CDLL:
    try:
        rpc = shared("ggml-rpc")
    except (OSError, RuntimeError, FileNotFoundError) as error:
        raise NoRpc(str(error)) from error
    rpc.ggml_backend_rpc_add_server.argtypes = [ctypes.c_char_p]
    rpc.ggml_backend_rpc_add_server.restype = ctypes.c_void_p
    return rpc


def join(text: str) -> tuple[tuple[str, ...], str]:
    """The computers that help from now on, and a sentence about those that do not."""
    devices()  # its own come first
    try:
        places, rpc = places_of(text), library()
    except ParleyError as error:
        return (), f"{error.message} {error.hint}"
    there, troubles = all_of(places)
    ggml = shared("ggml")
    ggml.ggml_backend_register.argtypes = [ctypes.c_void_p]
    joined = []
    for helper in there:
        if found := rpc.ggml_backend_rpc_add_server(helper.place.encode()):
            ggml.ggml_backend_register(found)
            joined.append(helper.place)
    words = " ".join(f"{one.message} It does not help." for one in troubles)
    return tuple(joined), words
