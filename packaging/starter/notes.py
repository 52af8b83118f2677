"""Requests to find notes and to write one."""

from random import Random

from asking import SAID, asked, fact, subject, template_of
from exchange import Exchange, answered

NOTHING = ("No note mentions {s}.",)
WRITTEN = ("Noted: {t}",)
COLONS = (":", ":", " that", "")


def find_notes(rng: Random, held: bool) -> Exchange:
    about, template = subject(rng), template_of(rng, "find_notes", held)
    if not held and rng.random() < 0.08:
        about, template = "", SAID["find_notes"]["latest"]
    one = asked(rng, held, "find_notes", template, {"s": about}, {"about": about})
    if rng.random() < 0.2:
        result = rng.choice(NOTHING).format(s=about or "that")
        return answered(one, result, result)
    rows = [f"{day(rng)}: {fact(rng)}" for _ in range(rng.choice((1, 1, 2)))]
    result = "\n".join(rows)
    return answered(one, result, f"I found this in your notes:\n{result}")


def day(rng: Random) -> str:
    return f"{rng.randint(2024, 2028)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def write_note(rng: Random, held: bool) -> Exchange:
    text = fact(rng)
    if rng.random() < 0.3:
        text = text[:1].upper() + text[1:]
    template = template_of(rng, "write_note", held).replace("{c}", rng.choice(COLONS))
    one = asked(rng, held, "write_note", template, {"t": text}, {"text": text})
    result = rng.choice(WRITTEN).format(t=text)
    return answered(one, result, result)
