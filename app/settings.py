"""Every setting of the app itself. An engine's own options are declared in the engine's file."""

import json
import logging
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from engines.options import option, problem

log = logging.getLogger(__name__)
VERSION = 1
T = TypeVar("T")


@dataclass
class Settings:
    theme: str = option(
        "system",
        "Theme",
        "Light, dark, or whatever the system uses.",
        among=("system", "light", "dark"),
        page="Look",
    )
    text_size: int = option(
        15, "Text size", "Of the conversation.", between=(10, 32), unit="px", page="Look"
    )
    motion: bool = option(
        True, "Movement", "Off: nothing on the page moves by itself.", page="Look"
    )
    enter_sends: bool = option(
        True, "Enter sends", "Off: Enter makes a new line and Ctrl+Enter sends.", page="Writing"
    )
    instructions: str = option(
        "",
        "Instructions",
        "Told to the model before every conversation, for instance your name or how you like "
        "answers. Leave it empty for none.",
        page="Answers",
    )
    temperature: float = option(
        -1.0,
        "Temperature",
        "Higher is more varied, 0 always picks the likeliest word, -1 is what the model's file "
        "recommends.",
        between=(-1.0, 2.0),
        page="Answers",
    )
    longest_answer: int = option(
        4096,
        "Longest answer",
        "The model is stopped here.",
        between=(16, 131072),
        unit="tokens",
        page="Answers",
    )
    use_tools: bool = option(
        True,
        "Tools",
        "Let the model use the calculator, the clock and the unit converter instead of guessing.",
        page="Answers",
    )
    network_locked: bool = option(
        False,
        "Lock the network",
        "On: nothing may leave this computer, and no tool may ask to.",
        page="Tools",
    )
    thinking: str = option(
        "model",
        "Thinking",
        "Models that can think first: let the model decide, always, or never.",
        among=("model", "always", "never"),
        page="Answers",
    )
    send_spoken: bool = option(
        True,
        "Send what I said at once",
        "Off: the words wait in the message, to be changed before they are sent.",
        page="Talking",
    )
    language: str = option(
        "",
        "I speak",
        "Two letters, as en or de. Empty: the model finds out with every sentence.",
        shape="line",
        page="Talking",
    )
    hands_free: bool = option(
        False,
        "Hands-free",
        "Parley listens until you switch the microphone off, and answers when you pause.",
        page="Talking",
    )
    pause: float = option(
        0.7,
        "A pause ends what I say after",
        "In hands-free mode.",
        between=(0.3, 3.0),
        unit="seconds",
        page="Talking",
    )
    keep_spoken: bool = option(
        True,
        "Keep the sound of what I say",
        "With the conversation, to hear it again. Off: only until its words are sent.",
        page="Talking",
    )
    talk_anywhere: bool = option(
        True,
        "The talk key works in other programs",
        "Off: only while Parley's window is in front.",
        page="Talk key",
    )
    speak_answers: str = option(
        "talked",
        "Answers aloud",
        "When I talked, always, or never.",
        among=("talked", "always", "never"),
        page="Speaking",
    )
    speed: float = option(
        1.0, "Speed of the voice", "1 is as it was made.", between=(0.5, 3.0), page="Speaking"
    )
    barge_in: bool = option(
        False,
        "Talking interrupts",
        "Hands-free, with a headset: Parley stops when you begin to speak. Over loudspeakers it "
        "would interrupt itself.",
        page="Speaking",
    )
    eyes: str = option(
        "",
        "Eyes for models that do not see",
        "The folder of a CLIP model. Empty: the small ones that came with Parley.",
        shape="line",
        page="Pictures",
    )
    hub: str = option(
        "",
        "Address of the hub",
        "Where models are searched and fetched. Empty: huggingface.co, or a mirror of it.",
        shape="line",
        page="Model",
    )
    proxy: str = option(
        "",
        "Proxy for fetching models",
        "As http://192.168.0.1:3128. Empty: the system's; “direct”: none.",
        shape="line",
        page="Model",
    )
    idle_minutes: int = option(
        20,
        "Give memory back after",
        "An idle model is unloaded and comes back with the next question. 0 keeps it.",
        between=(0, 1440),
        unit="minutes",
        page="Model",
    )


@dataclass
class Voice:
    """What is heard and said with; chosen on the page Voice from what this computer has."""

    microphone: str = ""  # id of the device; "" is the system's choice
    loudspeaker: str = ""
    talk_key: str = "Right Ctrl"  # held to talk
    agreed_key: str = ""  # "yes": the desktop may ask the person whether Parley gets the key
    ears: str = ""  # folder of a Whisper model; "" is the starter's
    voice: str = ""  # a Piper voice (.onnx); "" is the voice that came with Parley


@dataclass
class Chosen:
    """All that settings.json holds: what the person chose, and what each engine was told."""

    app: Settings = field(default_factory=Settings)
    engines: dict[str, dict[str, Any]] = field(default_factory=dict)  # engine -> option -> value
    model: str = ""  # path of the open model; "" is the starter
    recent: list[str] = field(default_factory=list)  # paths, newest first
    tools_off: list[str] = field(default_factory=list)  # names of tools the person switched off
    folders: list[str] = field(default_factory=list)  # paths tools may read, resolved
    photo_folders: list[str] = field(default_factory=list)  # whose photos can be searched, resolved
    model_folders: list[str] = field(default_factory=list)  # in which models are looked for
    programs: list[dict[str, Any]] = field(default_factory=list)  # read by app/programs.py
    servers: list[dict[str, Any]] = field(default_factory=list)  # read by app/servers.py
    plugins: list[dict[str, Any]] = field(default_factory=list)  # read by app/plugins.py
    voice: Voice = field(default_factory=Voice)
    talked: bool = False  # the person has talked: what is needed for it is started early


def load(path: Path) -> Chosen:
    """Read what is valid. A bad entry costs a log line and its default, never the start."""
    stored = _read(path)
    chosen = Chosen(model=_text(stored.get("model")), talked=stored.get("talked") is True)
    chosen.app = fill(Settings(), stored.get("app"))
    engines = stored.get("engines")
    if isinstance(engines, dict):
        chosen.engines = {k: v for k, v in engines.items() if isinstance(v, dict)}
    for name in ("programs", "servers", "plugins"):
        if isinstance(found := stored.get(name), list):
            setattr(chosen, name, [one for one in found if isinstance(one, dict)])
    spoken = stored.get("voice")
    for name, value in spoken.items() if isinstance(spoken, dict) else ():
        if hasattr(chosen.voice, name) and isinstance(value, str):
            setattr(chosen.voice, name, value)
    for name in ("recent", "tools_off", "folders", "photo_folders", "model_folders"):
        if isinstance(names := stored.get(name), list):
            setattr(chosen, name, [one for one in names if isinstance(one, str)])
    return chosen


def fill(options: T, stored: Any) -> T:
    """Put every valid stored value into a dataclass of options; log and skip the others."""
    for name, value in (stored if isinstance(stored, dict) else {}).items():
        if name not in type(options).__dataclass_fields__:  # type: ignore[attr-defined]
            log.warning("unknown setting %s", name)
        elif trouble := problem(type(options), name, value):
            log.warning("%s", trouble)
        else:
            object.__setattr__(options, name, value)  # an engine's options are frozen
    return options


def save(chosen: Chosen, path: Path) -> None:
    fresh = path.with_suffix(".new")
    text = json.dumps({"version": VERSION} | asdict(chosen), indent=2, ensure_ascii=False)
    fresh.touch(0o600)  # the key of a server or of a program may be in it
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)  # never a half-written file


def _read(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("settings unreadable, kept as %s.bad: %s", path.name, error)
        if path.is_file():
            path.replace(path.with_name(path.name + ".bad"))
        return {}
    return stored if isinstance(stored, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
