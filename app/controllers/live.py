"""What is known of a program that speaks MCP while it is on."""

from typing import Any


class Live:
    """A program that is on, while Parley runs."""

    def __init__(self, link: Any) -> None:
        self.link = link
        self.asking = False  # it is to say what it offers
        self.where = ""  # the place that is open for that
        self.job = -1
        self.entry = -1  # of the log, of what was asked outside
        self.why = ""  # it failed; "" while it can be used
        self.worked = False
        self.deaths = 0  # since it last did something
        self.note = ""
