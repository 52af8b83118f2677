"""What can go wrong while a model is fetched, in words."""

from engines.errors import ParleyError

ANYTHING_HERE = "What was fetched so far stays; go on when you like."


class Stopped(Exception):
    """cancelled() became true; what is here stays, and the next run goes on from it."""


class NotPermitted(ParleyError):
    """A place nobody opened."""

    def __init__(self, place: str, sender: str = "") -> None:
        words = f"{sender} sends on to {place}" if sender else f"{place} was to be asked"
        super().__init__(f"{words}, and that was not allowed.", "It was not contacted.")
        self.place = place


class Unreachable(ParleyError):
    def __init__(self, place: str, detail: str = "") -> None:
        super().__init__(f"{place} cannot be reached.", f"Go online. {ANYTHING_HERE}", detail)


class BrokenOff(Unreachable):
    """In the middle of an answer: the next try may bring the rest."""


class Untrusted(ParleyError):
    def __init__(self, place: str, detail: str = "") -> None:
        words = f"{place} could not prove that it is {place}, so it was told nothing."
        super().__init__(words, "Check this computer's clock, and who runs this network.", detail)


class NeedsToken(ParleyError):
    """The makers of a model want to know who fetches it."""

    def __init__(self, place: str, repository: str, refused: bool, detail: str = "") -> None:
        if refused:
            words = f"{place} does not let the owner of your token have {repository}."
            hint = f"Agree to its terms at {place}/{repository}, then try again."
        else:
            words = (
                f"{place} gives {repository} only to people it knows, or there is no such model."
            )
            hint = f"Agree to its terms at {place}/{repository}, and put your token in Preferences."
        super().__init__(words, hint, detail)
        self.repository, self.refused = repository, refused


class NotThere(ParleyError):
    def __init__(self, place: str, what: str, detail: str = "") -> None:
        super().__init__(f"There is no {what} at {place}.", "It may have been renamed.", detail)


class Busy(ParleyError):
    """The place answers, but cannot or will not serve us now."""

    def __init__(self, place: str, wait: float = 0, detail: str = "") -> None:
        if wait:
            words = f"{place} asks to be left alone for {_time(wait)}."
        else:
            words = f"{place} has trouble of its own."
        super().__init__(words, f"Try again later. {ANYTHING_HERE}", detail)


class Odd(ParleyError):
    """What came is not what was asked for, again and again."""

    def __init__(self, place: str, what: str, detail: str = "") -> None:
        super().__init__(f"{place} {what}.", f"Try again later. {ANYTHING_HERE}", detail)


class Damaged(ParleyError):
    """The whole file came, and it is not the one that was promised."""

    def __init__(self, name: str, place: str, detail: str = "") -> None:
        super().__init__(
            f"What {place} sent as {name} is not the file it promised, so it was thrown away.",
            "Fetch it again. If that happens twice, the place itself has a wrong file.",
            detail,
        )


class DiskFull(ParleyError):
    """needed and free in bytes; what was fetched stays."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(
            f"The disk has {_size(free)} free, and {_size(needed)} are needed.",
            f"Make room, then go on. {ANYTHING_HERE}",
        )
        self.needed, self.free = needed, free


class NotWritable(ParleyError):
    def __init__(self, path: str, detail: str = "") -> None:
        super().__init__(f"Nothing can be written to {path}.", "Choose another folder.", detail)


class HostileName(ParleyError):
    """A name that would lead out of the folder, or that some system cannot have."""

    def __init__(self, name: str, reason: str) -> None:
        shown = "".join(c if c.isprintable() else "�" for c in name[:80])
        super().__init__(f"The file “{shown}” {reason}, so it is not fetched.", "", repr(name))


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count, 0) / 1e6:.0f} MB"


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.0f} hours"
