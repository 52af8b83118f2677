"""The tools that draw, note, remind and search: what each is asked, and what is said without it."""

from random import Random

from amounts import word
from asking import WORDS, asked, filled, subject, template_of
from copying import PLAIN
from drawings import chart, plot
from exchange import Exchange, Said, Source, answered
from notes import find_notes, write_note
from reminders import remind
from sums import trouble
from talking import TOPICS

OFF = {
    "plot": "Plots are switched off here, so I cannot draw that.",
    "chart": "Charts are switched off here, so I cannot draw that.",
    "find_notes": "Notes are switched off here, so I cannot look for that.",
    "write_note": "Notes are switched off here, so I cannot write that down.",
    "remind": "Reminders are switched off here, so I cannot set one.",
    "web_search": "Searching the web is switched off here, so I cannot look that up.",
}
TROUBLES = (
    *("The network seal is shut.", "The person said no.", "Nothing was found."),
    "The search service did not answer.",
)


def web_search(rng: Random, held: bool) -> Exchange:
    """Only when the person says that it is to be searched for."""
    topic = rng.choice(TOPICS)
    longer = (f"{topic} {word(rng)}", f"{word(rng)} {rng.choice(PLAIN)} {topic}")
    queries = [filled(rng, rng.choice(WORDS["queries"]).replace("{t}", topic)) for _ in range(3)]
    query = rng.choice((topic, subject(rng), *longer, *queries))
    template = template_of(rng, "web_search", held)
    one = asked(rng, held, "web_search", template, {"s": query}, {"query": query})
    if rng.random() < 0.3:
        message = rng.choice(TROUBLES)
        return answered(one, message, trouble(message))
    titles = [_title(rng) for _ in range(rng.randint(1, 2))]
    rows = [f"{n}. {one} (Web)\n   https://{word(rng)}.org" for n, one in enumerate(titles, 1)]
    reply = f"The first result is: {titles[0]}. The others stand above."
    return answered(one, "\n".join(rows), reply)


def _title(rng: Random) -> str:
    some = [rng.choice((word(rng), rng.choice(PLAIN))) for _ in range(rng.randint(2, 4))]
    return " ".join(some).capitalize()


ALL: dict[str, Source] = {
    "plot": plot,
    "chart": chart,
    "find_notes": find_notes,
    "write_note": write_note,
    "remind": remind,
    "web_search": web_search,
}


def _without(tool: str) -> Source:
    def told(rng: Random, held: bool) -> Exchange:
        one, reply = ALL[tool](rng, held), OFF[tool]
        said = (one.said[0], Said("assistant", reply))
        return Exchange(f"no_{tool}", one.family, said, (reply,))

    return told


WITHOUT = {tool: _without(tool) for tool in ALL}
