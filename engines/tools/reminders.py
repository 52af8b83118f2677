"""Reminders: the tool reads the time, the app keeps it and speaks up."""

from datetime import datetime
from typing import Annotated

from engines.errors import ParleyError
from engines.messages import Act
from engines.tools.moments import moment
from engines.tools.registry import Use, tool

LONGEST = 500  # characters of what it is about
SOON = 600  # seconds; up to there the seconds are told


def now() -> datetime:
    return datetime.now()


@tool("writes", acts="remind")
def remind(
    when: Annotated[str, "in 20 minutes; tomorrow at 18:00; friday at 9; 2027-03-03 14:00"],
    about: Annotated[str, "what to remind of; empty for a timer"] = "",
    *,
    use: Use,
) -> str:
    """Remind the person at a time, while Parley is open."""
    about = " ".join(about.split()).encode("utf-8", "replace").decode("utf-8")
    if len(about) > LONGEST:
        raise ParleyError(f"A reminder holds {LONGEST} characters at most.", "Write a note.")
    present = now()
    at = moment(when, present)
    use.tell(Act("remind", {"at": round(at.timestamp() * 1000), "about": about}))
    soon = at.second and (at - present).total_seconds() < SOON
    shown = f"{at:%Y-%m-%d %H:%M:%S}" if soon else f"{at:%Y-%m-%d %H:%M}"
    return f"I will remind you at {shown}: {about or 'time is up'}."
