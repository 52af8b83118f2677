"""What a server can do, in words."""

from engines.messages import Abilities

CAN = (  # field of Abilities, what it is called, what it means where the server has it
    ("streams", "Streaming", "answers appear as they are written"),
    ("tools", "Tools", "uses Parley's tools"),
    ("pictures", "Pictures", "sees what you show"),
    ("sounds", "Sounds", "hears recordings"),
    ("probabilities", "Probabilities", "tells how sure it is of each word"),
)
CANNOT = {
    "streams": "no: answers come all at once",
    "tools": "no: it gets none and answers from memory",
    "pictures": "no: it is told what programs find in them",
    "sounds": "no: it gets the words that were heard",
    "probabilities": "no",
}


def rows_of(can: Abilities) -> tuple[tuple[str, str], ...]:
    said = {"yes": "yes: {0}", "no": "{1}", "": "not known"}
    rows = [("Program", can.program or "not recognised")]
    for field, name, means in CAN:
        rows.append((name, said[getattr(can, field)].format(means, CANNOT[field])))
    if can.context:
        rows.append(("Context", f"{can.context:,} tokens"))
    return tuple(rows)


def sentence_of(can: Abilities) -> str:
    """ "llama-server · tools, pictures · 8,192 tokens"."""
    able = [name.lower() for field, name, _ in CAN[1:] if getattr(can, field) == "yes"]
    context = f"{can.context:,} tokens" if can.context else ""
    without = "text only" if not able else ", ".join(able)
    return " · ".join(one for one in (can.program, without, context) if one)
