"""What goes wrong with sound, in words for the person."""

from app.audio.messages import Trouble

NONE = {
    "microphone": ("No microphone was found.", "Connect one and try again. Typing always works."),
    "loudspeaker": (
        "No loudspeaker was found.",
        "Connect one to hear answers. They are in the conversation in any case.",
    ),
}
BROKEN = {
    "microphone": (
        "The microphone could not be used.",
        "Another program may hold it, or it needs to be plugged in again. Choose another one "
        "on the page Voice.",
    ),
    "loudspeaker": (
        "The loudspeaker could not be used.",
        "It may need to be plugged in again. Choose another one on the page Voice.",
    ),
}
GOES_ON = {
    "microphone": "Parley listens through {} now. A moment of what you said may be missing.",
    "loudspeaker": "Parley speaks through {} now, from where you stopped hearing it.",
}
REFUSED = Trouble(
    "microphone",
    "Parley may not use the microphone.",
    "Allow it in the privacy settings of this computer, then try again. Typing always works.",
    over=True,
)


def none(part: str) -> Trouble:
    return Trouble(part, *NONE[part], over=True)


def broken(part: str) -> Trouble:
    return Trouble(part, *BROKEN[part], over=True)


def unusable(part: str, detail: str) -> Trouble:
    hint = f"Run the set-up again. The system says: {detail}" if detail else "Restart Parley."
    return Trouble(part, "Sound does not work on this computer.", hint, over=True)


def gone(part: str, name: str, over: bool = False) -> Trouble:
    """Nothing has taken its place yet; until it is over, one is looked for."""
    hint = "Connect one." if over else "Parley goes on as soon as there is one."
    return Trouble(part, went_away(part, name), hint, over)


def goes_on(part: str, before: str, name: str) -> Trouble:
    message = went_away(part, before)
    if before == name:
        message = f"The {part} was away for a moment."
    return Trouble(part, message, GOES_ON[part].format(quoted(name)), over=False)


def moved(part: str, name: str) -> Trouble:
    verb = "listens" if part == "microphone" else "speaks"
    return Trouble(part, f"Parley {verb} through {quoted(name)} now.", "", over=False)


def unwritten(reason: str) -> Trouble:
    message = f"What you say cannot be written to the disk: {reason}."
    return Trouble("microphone", message, "Until it can be, it is kept in memory only.", over=False)


def went_away(part: str, name: str) -> str:
    return f"The {part} {quoted(name)} went away." if name else f"The {part} went away."


def quoted(name: str) -> str:
    return f"“{name}”"
