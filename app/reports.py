"""What happens to errors nobody expected: a log entry, and a notice the person can copy."""

import faulthandler
import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import app

log = logging.getLogger(__name__)


def start_log(folder: Path) -> None:
    """Write the app's log to a rotating file; crashes of the process itself to another."""
    handler = logging.handlers.RotatingFileHandler(
        folder / "app.log", maxBytes=2_000_000, backupCount=4, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    faulthandler.enable((folder / "crash.log").open("a", encoding="utf-8"))


def catch_unexpected(show: Callable[[str], None]) -> None:
    """Log every exception no one caught, on any thread, and hand its text to show.

    show may be called on any thread. The app goes on: an error in one place must not cost a
    person the words in another.
    """

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("unexpected", exc_info=(kind, error, trace))
        show("".join(traceback.format_exception(kind, error, trace)))

    def report_thread(args: Any) -> None:
        if args.exc_type is not SystemExit:
            report(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = report
    threading.excepthook = report_thread


def details(error: str) -> str:
    """The text behind "Copy details": what failed and on what kind of system; no content."""
    system = f"Parley {app.VERSION} · Python {platform.python_version()} · {platform.platform()}"
    return f"{system}\n{error}"
