"""What the model is asked with, from what the person set."""

from typing import Any

from app.settings import Settings
from engines.messages import Chat, Sampling


def request(chosen: Settings, tools: tuple[dict[str, Any], ...]) -> tuple[Chat, dict[str, Any]]:
    """A Chat without turns, and what was set, for the facts of its answer."""
    temperature = None if chosen.temperature < 0 else chosen.temperature
    think = {"model": None, "always": True, "never": False}[chosen.thinking]
    about: dict[str, Any] = {"longest answer": chosen.longest_answer}
    if temperature is not None:
        about |= {"temperature": temperature}
    sampling = Sampling(temperature=temperature)
    return Chat((), tools, sampling, max_tokens=chosen.longest_answer, think=think), about
