"""Whether the starter does what was asked when it has only heard it.

python packaging/ears/understanding.py [--count 15]     requests for each of seven tools

As typed, as the ears should write them down, in words instead of digits, and as heard in a voice
of festival. Held-out families; needs what evaluate.py needs.
"""

import argparse
from random import Random

import evaluate
import heldout
import sayings
import voices
from exchange import Exchange, Said, Source
from spoken import spoken, written

import dates  # isort: skip - of packaging/starter, like the three below
import judging  # isort: skip
import measures  # isort: skip
import speaker  # isort: skip
import sums  # isort: skip
import wants  # isort: skip

SEED = 4713
TOOLS = (
    *("calculator", "chart", "clock", "find_notes", "plot", "remind", "units", "web_search"),
    "write_note",
)
SOURCES: dict[str, Source] = {
    "calculator": sums.sums,
    "clock": dates.clock,
    "units": measures.units,
    **{name: wants.ALL[name] for name in ("find_notes", "remind", "web_search", "write_note")},
}
STARTER = evaluate.EARS.parent / "starter/parley-starter.gguf"


def asked(name: str, count: int) -> list[Exchange]:
    """Requests that can be said."""
    rng, found = Random(f"{SEED} {name}"), []
    while len(found) < count:
        made = SOURCES[name](rng, True)
        text = made.said[0].text
        if written(text) and not sayings.MADE_UP.search(text):
            found.append(made)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=15, help="requests for each tool")
    count = parser.parse_args().count
    ears, who = evaluate.starter(), speaker.shipped(STARTER)
    total = [0] * 4
    for name in SOURCES:
        made = asked(name, count)
        plain = [written(one.said[0].text) for one in made]
        sounds = voices.festival(voices.FESTIVAL[0], [spoken(text) for text in plain])
        heard = [ears(heldout.placed(one.pcm, None, at)) for at, one in enumerate(sounds)]
        ways = ([one.said[0].text for one in made], plain, [spoken(t) for t in plain], heard)
        right = [
            sum(
                judging.same(one.call, who.say([Said("user", text)], TOOLS).call)
                for one, text in zip(made, texts, strict=True)
            )
            for texts in ways
        ]
        total = [a + b for a, b in zip(total, right, strict=True)]
        print(name, f"of {count}: typed, written, in words, heard", *right, flush=True)
    print("all", f"of {count * len(SOURCES)}:", *total)


if __name__ == "__main__":
    main()
