"""How many graphics cards there are, asked of the driver: torch may not be here yet."""

import ctypes
import sys

LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


def count() -> int:
    try:
        driver = ctypes.CDLL(LIBRARY)
    except OSError:
        return 0
    number = ctypes.c_int()
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(number)):
        return 0
    return number.value
