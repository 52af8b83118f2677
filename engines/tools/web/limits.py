"""A bound in time for what cannot be given one."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], raises: tuple[type[Exception], ...]) -> T:
    """What work returns or raises (of those); TimeoutError when it took longer.

    Its thread then goes on until the process ends, which is as soon as the call of the tool does.
    """
    results: queue.SimpleQueue[T] = queue.SimpleQueue()
    errors: queue.SimpleQueue[Exception] = queue.SimpleQueue()
    over = threading.Event()

    def run() -> None:
        try:
            results.put(work())
        except raises as error:
            errors.put(error)
        finally:
            over.set()

    threading.Thread(target=run, daemon=True).start()
    if not over.wait(seconds):
        raise TimeoutError(f"not done within {seconds:.1f} s")
    if not errors.empty():
        raise errors.get()
    return results.get_nowait()
