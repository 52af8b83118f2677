"""Where Python's cycles die: an object of Qt must not do so in a worker thread."""

import threading
import weakref


class Knot:
    """Only the collector can free it."""

    def __init__(self):
        self.itself = self


def test_cycles_die_on_the_gui_thread(qtbot, background):
    died, done = [], []
    knot = Knot()
    weakref.finalize(knot, lambda: died.append(threading.get_ident()))
    del knot

    def work(_task):
        return [[number] for number in range(50_000)]  # enough for Python's own collector

    background.run(work, done.append, done.append)
    qtbot.waitUntil(lambda: bool(done) and bool(died), timeout=60_000)
    assert died == [threading.main_thread().ident]
