"""One place in the transcript for work beside the GUI thread: formulas and the colours of code."""

from functools import cache

from app.background import Background


@cache
def background() -> Background:
    """Shared and never deleted: a task may outlive the transcript that asked for it."""
    return Background()
