"""matplotlib with nothing of the person's: neither their settings nor their lists of fonts.

Imported in a worker before its jail closes; the rest of this package imports matplotlib late.
"""

import logging
import os
import tempfile
import threading

with tempfile.TemporaryDirectory(prefix="parley-") as empty:
    os.environ["MPLCONFIGDIR"] = empty
    os.environ["MPL_IGNORE_SYSTEM_FONTS"] = "1"  # looking through them takes seconds
    import matplotlib
    from matplotlib import backend_bases, category, dates, figure, font_manager
    from matplotlib.backends import backend_agg

    matplotlib.use("agg")
    matplotlib.rcdefaults()
    del os.environ["MPL_IGNORE_SYSTEM_FONTS"]  # it would forbid fonts of our own as well
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a weight is missing
    for timer in threading.enumerate():
        if isinstance(timer, threading.Timer):  # font_manager's; the jail wants one thread
            timer.join()

__all__ = ["backend_agg", "backend_bases", "category", "dates", "figure", "font_manager"]
