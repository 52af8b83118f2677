"""Requests for reminders and timers."""

import re

from engines.errors import ParleyError
from engines.llm.routing.wording import in_digits, unwrapped
from engines.tools import clock, moments

WEEKDAYS = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
AMOUNT = (
    r"(?:\d+(?:\.\d+)?|an?|half an|a quarter of an|three quarters of an|an? couple of|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"|thirty|forty|"
    r"forty-five|forty five|fifty|sixty|ninety|twenty-five|twenty five)(?: and a half)?)"
)
UNIT = r"(?:minutes?|mins?|hours?|hrs?|seconds?|secs?|days?|weeks?|months?)"
SPAN = rf"{AMOUNT}[ -]?{UNIT}(?: and a half)?(?: and \d+ {UNIT})?"
HOUR = (
    r"(?:\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?(?: o'clock)?|noon|midnight|half past"
    r" \w+|quarter (?:past|to) \w+)"
)
PARTS = r"(?: morning| afternoon| evening| night)?"
DAY = (
    rf"(?:(?:on |next |this |coming )*{WEEKDAYS}|tomorrow|today|tonight|this (?:morning"
    rf"|afternoon|evening)"
    rf"|the day after tomorrow|(?:on )?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTHS}"
    rf"|(?:on )?{MONTHS} (?:the )?\d{{1,2}}(?:st|nd|rd|th)?|next (?:week|month)|on"
    rf" \d{{4}}-\d\d-\d\d|(?:on )?the \d{{1,2}}(?:st|nd|rd|th))"
)
EXACT = r"(?:\d{1,2}(?:[:.]\d{2})? ?[ap]\.?m\.?|\d{1,2}:\d{2}|noon|midnight)"  # needs no "at"
WHEN = (
    rf"(?:in (?:about )?{SPAN}|{SPAN} from now|in the (?:morning|afternoon|evening)"
    rf"|{EXACT}(?: (?:on )?{DAY}{PARTS})?|{DAY}{PARTS}(?:,? (?:at|by|around) {HOUR}| {HOUR})?"
    rf"|(?:at|by|around) {HOUR}(?: (?:on )?{DAY}{PARTS}| today| in the (?:morning|afternoon"
    rf"|evening))?)"
)
ME = (
    r"(?:remind|ping|alert|notify|nudge) me|(?:set|create|make|add|put)(?: me)? (?:an? )?"
    r"(?:reminder|alarm|alert)(?: for me)?|i (?:need|want|would like|'d like) an? reminder|reminder"
    r"|i (?:need|want|would like) to be reminded|don't let me forget|make sure (?:i"
    r" remember|i don't forget)"
    r"|don't forget to remind me"
)
LINK = r"(?: to| about| of| that| for|:|,| -)*"
FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:{ME}),? (?:for )?(?P<when>{WHEN}){LINK} (?P<about>.+)",
        rf"(?:{ME}){LINK} (?P<about>.+?),? (?P<when>{WHEN})",
        rf"(?P<when>{WHEN}),? (?:{ME}){LINK} (?P<about>.+)",
        rf"(?:i (?:have to|need to|must|should) )?(?P<about>.+?) (?P<when>{WHEN})[,.;:]"
        rf" (?:please )?"
        r"(?:remind me|set a reminder|reminder)(?: please)?",
    )
]
TIMER = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:(?:set|start|make|create|give me|i need|put on|run|begin)(?: me)? )?(?:an? "
        rf"|the |my )?"
        rf"(?:timer|alarm|countdown|reminder)(?: for| of| to|:)? (?P<span>{SPAN})",
        rf"(?:(?:set|start|make|create|give me|i need) )?(?:an? )?(?P<span>{SPAN}) (?:timer"
        rf"|countdown|alarm)",
        rf"(?:(?:set|start|make|create|give me|i need)(?: me)? )?(?:an? |the |my )?"
        rf"(?:timer|alarm|reminder)(?: for)? (?P<when>{WHEN})",
        rf"(?:count ?down|count down from) (?P<span>{SPAN})",
        rf"(?:wake me(?: up)?|remind me|alert me|ping me|notify me|tell me|call me)"
        rf" (?P<when>{WHEN})",
    )
]
NORMAL = (
    (r"^half an hour", "30 minutes"),
    (r"^a quarter of an hour", "15 minutes"),
    (r"^three quarters of an hour", "45 minutes"),
    (r"^an? couple of ", "2 "),
    (r"^an? (?=minute|hour|second|day|week|month)", "1 "),
    (r"^(\d+) ?-?(?:mins?)$", r"\1 minutes"),
    (r"^(\d+) ?-?(?:hrs?)$", r"\1 hours"),
    (r"^(\d+) ?-?(?:secs?)$", r"\1 seconds"),
    (r"^1\.5 hours?$|^(?:1|an) hour and a half$", "90 minutes"),
    (r"^2\.5 hours?$", "150 minutes"),
    (r"^(\d+)-", r"\1 "),
    (r"^([2-9]|\d\d+) (minute|hour|second|day|week|month)$", r"\1 \2s"),
)
ENDING = re.compile(r"[\s,]*(?:please|thanks|thank you|[?!.])$", re.IGNORECASE)
DUTY = re.compile(r"(?:(?:that )?i (?:have to|need to|must|should)|me to) ", re.IGNORECASE)
VAGUE = re.compile(r"(?:it|that|this|them|me|to|up)?", re.IGNORECASE)


def asked(text: str) -> dict[str, object] | None:
    """text keeps its case (wording.tidy)."""
    text = unwrapped(text)
    for form in TIMER:
        if found := form.fullmatch(text):
            groups = found.groupdict()
            said = f"in {groups['span']}" if groups.get("span") else groups["when"]
            return sure({"when": moment(said)})
    for form in FORMS:
        if found := form.fullmatch(text):
            about = ENDING.sub("", found["about"]).strip(" :,").strip("\"'")
            about = DUTY.sub("", about)
            if not VAGUE.fullmatch(about) and not _has_time(about):
                return sure({"when": moment(found["when"]), "about": about})
    return None


def sure(arguments: dict[str, object]) -> dict[str, object] | None:
    """The tool itself must be able to read the time; that it is past, it says itself."""
    try:
        moments.moment(str(arguments["when"]), clock.now())
    except ParleyError as error:
        return arguments if "past" in error.message else None
    return arguments


def _has_time(about: str) -> bool:
    """Two times in one sentence are left to the model."""
    return bool(re.search(rf"\bin {SPAN}\b|\bat {HOUR}\b", about, re.IGNORECASE))


def moment(said: str) -> str:
    """In the form the tool reads: spans in digits after "in", days and times as they were said."""
    text = re.sub(r"^on (?!\d)|\babout ", "", said.strip(" ,").casefold())
    text = re.sub(r"\bcoming ", "", text)
    if not text.startswith("in "):
        return text
    span = in_digits(text.removeprefix("in "))
    for form, written in NORMAL:
        span = re.sub(form, written, span)
    return f"in {span}"
