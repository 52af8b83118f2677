"""How a model lies in memory, in words: layers, what it took and was thought to take."""

from app.controllers.file_names import is_blob
from engines.messages import AdaptersHeld, Loaded

REMEMBERS = {
    "f16": "whole (f16)",
    "bf16": "whole (bf16)",
    "f32": "whole, in twice the size (f32)",
    "q8_0": "packed to half (q8_0)",
    "q4_0": "packed to a quarter (q4_0)",
}


def rows_of_memory(loaded: Loaded, held: AdaptersHeld) -> list[tuple[str, str]]:
    """(label, value) for the card; an empty value is for nobody."""
    layers = f"{loaded.layers} of {loaded.layers_total} on the graphics card"
    return [
        ("Layers", layers if loaded.layers_total else ""),
        ("Remembers", REMEMBERS.get(loaded.kv, loaded.kv)),
        ("Memory", memory_words(loaded)),
        ("Adapters", adapter_words(held)),
        ("Helped by", ", ".join(loaded.helpers)),
        ("Did without", loaded.gave_up),
    ]


def memory_words(loaded: Loaded) -> str:
    """What it takes, and what was thought; "" of what says nothing of it."""
    if not loaded.took:
        return ""
    words = f"{size_words(loaded.took)} ({size_words(loaded.forecast)} were forecast)"
    if not loaded.card_took:
        return words
    card, expected = size_words(loaded.card_took), size_words(loaded.card_forecast)
    return f"{words}, and {card} on the card ({expected} were forecast)"


def adapter_words(held: AdaptersHeld) -> str:
    """Those that are loaded, and what they take beside the model; "" where there are none."""
    size = held.took + held.card_took
    return f"{len(held.sha256s)} in memory, {size_words(size)} more" if held.sha256s else ""


def takes_in(loaded: Loaded) -> str:
    """What else than text; "" for nothing."""
    senses = ("pictures", loaded.sees), ("sound", loaded.hears)
    kinds = [word for word, does in senses if does]
    named = loaded.projector and not is_blob(loaded.projector)
    through = f", through {loaded.projector}" if named else ""
    return " and ".join(kinds) + through if kinds else ""


def size_words(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def small_size(size: int) -> str:
    """Of what may be a few kilobytes only."""
    return size_words(size) if size >= 1e6 else f"{max(1, round(size / 1000)):,} KB"
