"""What the page of photos says: how far looking is, what is shown, and whose eyes found it."""

import os
import time

from app.controllers.photo_keeping import PhotoKeeping
from app.controllers.shown import ShownPhoto
from engines.messages import Photo

MONTHS = ("January", "February", "March", "April", "May", "June", "July") + (
    "August",
    "September",
    "October",
    "November",
    "December",
)
OWN = (
    "Parley's own eyes know shapes, colours, signs and symbols, not real photos. Names, folders "
    "and years count as well."
)
BLIND = (
    "Only names, folders and years were compared: the photos have not been seen by these eyes yet."
)


def status(keeping: PhotoKeeping) -> tuple[str, float]:
    """The line above the grid, and how much is done (-1: nobody knows)."""
    done, total = keeping.done, keeping.total
    far = f"{done:,} of {total:,} photos looked at" if total else ""
    share = done / total if total else -1.0
    match keeping.state:
        case "waiting":
            return "Parley looks at your photos soon", -1.0
        case "looking" if total and done < total:
            left = minutes(keeping.minutes_left)
            return f"{far} · {left}" if left else far, share
        case "looking":
            return "Looking for new photos…", -1.0
        case "held":
            return f"{far} · waits for you" if far else "Waits until you are done", share
        case "battery":
            return f"{far} · waits for power" if far else "Waits for power", share
        case "failed":
            return f"{keeping.trouble.message} {keeping.trouble.hint}".strip(), -1.0
        case "current":
            return counted(keeping), -1.0
    return "", -1.0


def counted(keeping: PhotoKeeping) -> str:
    seen = sum(one[1] for one in keeping.folders)
    broken = sum(one[2] for one in keeping.folders)
    words = f"{seen:,} photo{'s' * (seen != 1)} · up to date"
    return f"{words} · {broken:,} could not be read" if broken else words


def minutes(left: float) -> str:
    if left < 0:
        return ""
    if left < 1:
        return "less than a minute left"
    if left < 90:
        return f"{round(left)} min left"
    return f"{round(left / 60)} hours left"


def heading(words: str, like: str, count: int) -> str:
    if like:
        return f"Photos like {like}"
    if said := " ".join(words.split()):
        return f"Best matches for “{said}”" if count else f"Nothing fits “{said}”"
    return "All photos, the newest first"


def said(model: str, own: bool) -> tuple[str, bool]:
    """Who found them, in words, and whether these are Parley's own eyes."""
    if not model:
        return BLIND, own
    return (OWN if own else f"Found with {model}."), own


def shown(photo: Photo, preview: str) -> ShownPhoto:
    path = os.fsdecode(photo.path)
    words = [day(photo.taken)] if photo.taken else []
    words += [f"{photo.width:,} × {photo.height:,}"] if photo.width else ["Could not be read"]
    name = readable(os.path.basename(path))  # noqa: PTH119
    folder = readable(os.path.dirname(path))  # noqa: PTH120
    return ShownPhoto(
        photo.key,
        name,
        path,
        " · ".join(words),
        folder,
        preview if photo.width else "",
        photo.there,
    )


def readable(name: str) -> str:
    """For the screen: bytes that are no text, and what would break a line, are shown as such."""
    plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(one if one.isprintable() else "�" for one in plain)


def day(seconds: int) -> str:
    """ "12 June 2019"; the camera's own clock."""
    when = time.gmtime(min(max(seconds, 0), 4_102_444_800))
    return f"{when.tm_mday} {MONTHS[when.tm_mon - 1]} {when.tm_year}"
