"""Plain requests: as they are said, as they should be written, and how many words are wrong."""

from engines.messages import Done, Transcribe, Transcript

SAID = {
    "what is seventeen times twenty three": "what is 17 times 23",
    "remind me to call the dentist tomorrow at nine": "remind me to call the dentist tomorrow at 9",
    "convert twelve kilometres to miles": "convert 12 kilometres to miles",
    "how many days until the fifth of may": "how many days until the 5th of may",
    "what do my notes say about the garden": "what do my notes say about the garden",
    "search the web for electric cars": "search the web for electric cars",
    "start a new conversation": "start a new conversation",
    "thank you": "thank you",
}
REQUESTS, WRITTEN = tuple(SAID), tuple(SAID.values())
MOST = 0.25  # of the words may be wrong


def heard(ears, pcm, **how):
    """All that a running engine makes of a sound, in lower case."""
    events = ears.ask(Transcribe(pcm, **how))
    assert isinstance(events[-1], Done), events
    texts = [event.text.strip() for event in events if isinstance(event, Transcript)]
    return " ".join(texts).lower()


def wrong(wanted, found):
    """Words put in, left out or mistaken."""
    row = list(range(len(found.split()) + 1))
    for place, word in enumerate(wanted.split(), 1):
        before, row[0] = row[0], place
        for at, other in enumerate(found.split(), 1):
            row[at], before = min(row[at] + 1, row[at - 1] + 1, before + (word != other)), row[at]
    return row[-1]


def share(ears, sounds):
    """Of the words of the requests, how many are wrong."""
    errors = [wrong(text, heard(ears, pcm)) for text, pcm in zip(WRITTEN, sounds, strict=True)]
    return sum(errors) / len(" ".join(WRITTEN).split())
