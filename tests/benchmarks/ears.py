"""What the ears make of real speech, and how quick they are.

    python tests/benchmarks/ears.py [FOLDER] [--words FILE] [--model FOLDER] [--shape tiny]

FOLDER holds sound files (.raw: 16 kHz, mono, s16): each goes through the engines that read it and
listen to it, then to a speech model; FILE has lines of a file's name and its words, also as a table
in markdown. The model is the one that comes with Parley unless another is named. Times are those of
random weights in the shape of a real model: in turns, one window after another.
"""

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.paths import resource  # noqa: E402
from engines.errors import ParleyError  # noqa: E402
from engines.process import SET  # noqa: E402
from engines.sound.files import Options as FileOptions  # noqa: E402
from engines.sound.listener import Options as ListenerOptions  # noqa: E402
from engines.stt import folders  # noqa: E402
from engines.stt.faster_whisper import Options  # noqa: E402
from engines.stt.pauses import FRAME, Pauses  # noqa: E402
from engines.stt.pocketsphinx import Options as StarterOptions  # noqa: E402
from tests.data.running import Running  # noqa: E402

os.environ |= SET

from engines.messages import (  # noqa: E402
    Done,
    Failed,
    Hear,
    Heard,
    Pcm,
    ReadSound,
    Transcribe,
    Transcript,
)
from engines.stt.whisper.engine import WhisperEngine  # noqa: E402
from engines.stt.whisper.model import Whisper  # noqa: E402
from tests.data import speech, whisper_models  # noqa: E402

PAUSE = 0.8  # seconds of silence that end what is said
REPEATS = 9
PACE = 2.5  # words in a second
WORDS = [one + other for one in "bdfgkpt" for other in "aeioulmnr"]
SENTENCES = {  # about so many seconds of speech
    1: "Set a timer.",
    3: "Please tell me what seven times eight is.",
    6: "Remind me tomorrow at nine to call the dentist, and then show me my notes.",
    12: "What is the weather like in the mountains, how far is it from here to the sea, and which "
    "of the two would you choose for a week in the first half of September?",
    25: "I would like to write a letter to my landlord. The heating has not worked since Monday, "
    "I have called three times, and nobody came. Please ask for a date this week, say that I am at "
    "home after five on every day but Thursday, and ask whether the rent is lower for this month. "
    "Keep it friendly, but make it clear that I need an answer soon, and sign it with my name.",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path, nargs="?")
    options.add_argument("--words", type=Path)
    options.add_argument("--model", type=Path)
    options.add_argument("--shape", default="tiny", choices=whisper_models.SHAPES)
    given = options.parse_args()
    figures: dict[str, float] = {}
    if given.folder:
        figures |= hear_folder(given.folder, given.words, given.model or resource("ears"))
    figures |= measure_windows(given.shape)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def hear_folder(folder: Path, words: Path | None, model: Path) -> dict[str, float]:
    """Prints a line for each file; the word error of all that have known words."""
    log = Path(tempfile.gettempdir()) / "parley-ears.log"
    known = spoken_words(words) if words else {}
    ears = usable(model, log)
    listener = Running("listener", ListenerOptions(), log)
    wrong = count = 0
    for file in sorted(folder.iterdir()):
        read = read_sound(file, log)
        if isinstance(read, str):
            print(f"{file.name:18} refused: {read}")
            continue
        print(f"{file.name:18} {in_times(listener, read)}")
        if ears:
            said = " ".join(e.text for e in ears.ask(Transcribe(read)) if isinstance(e, Transcript))
            print(f"{'':18} “{said}”")
            if file.name in known:
                wrong += distance(known[file.name].split(), bare(said))
                count += len(known[file.name].split())
    for running in (listener, ears):
        if running:
            running.stop()
    if not (ears and count):
        return {}
    print(f"word error {wrong} of {count}: {100 * wrong / count:.1f} %")
    return {"word_error_percent": 100 * wrong / count}


def usable(model: Path, log: Path) -> Running | None:
    if model == resource("ears"):
        return Running("pocketsphinx", StarterOptions(), log, model)
    try:
        folders.check(model)
    except ParleyError as error:
        print(f"no speech model: {error.message}")
        return None
    return Running("faster_whisper", Options(), log, model)


def read_sound(file: Path, log: Path) -> bytes | str:
    """16 kHz, mono, s16; or the sentence with which it was refused."""
    if file.suffix == ".raw":
        return file.read_bytes()
    running = Running("sound_files", FileOptions(), log, file)
    try:
        if isinstance(refused := running.loaded[-1], Failed):
            return refused.message
        events = running.ask(ReadSound(0.0, 120.0))
        if isinstance(failed := events[-1], Failed):
            return failed.message
        pcm = b"".join(event.pcm for event in events if isinstance(event, Pcm))
        if isinstance(events[-1], Done) and events[-1].reason == "damaged":
            print(f"{file.name:18} is damaged; {len(pcm) / 32_000:.2f} s of it can be heard")
        return pcm
    finally:
        running.stop()


def in_times(listener: Running, pcm: bytes) -> str:
    """Where speech begins and ends, and when the rule says that it is over."""
    whole = pcm + speech.silence(2 * PAUSE)
    events = listener.ask(Hear(hash(pcm), whole, 16_000, 1, last=True))
    heard = [event for event in events if isinstance(event, Heard)]
    frames = [one for event in heard for one in zip(event.speech, event.loud, strict=True)]
    pauses, begun, over = Pauses(), 0.0, []
    for place, (likely, loud) in enumerate(frames):
        pauses.hear([likely], [loud])
        begun = begun or pauses.begun * place * FRAME
        if pauses.over(PAUSE):
            over.append(f"{pauses.length:.2f} (speech ended {pauses.last:.2f})")
            pauses = Continued(pauses.length)
    ends = ", ".join(over) or "never"
    return f"{len(pcm) / 32_000:6.2f} s; speech noticed at {begun:.2f}; over at {ends}"


class Continued(Pauses):
    """What follows an end, with times from the start of the file."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self._start = start

    @property
    def length(self) -> float:
        return self._start + super().length

    @property
    def last(self) -> float:
        return self._start + super().last


def spoken_words(file: Path) -> dict[str, str]:
    found = {}
    for line in file.read_text("utf-8").splitlines():
        parts = line.strip("| ").replace("|", " ").split(maxsplit=1)
        if len(parts) == 2 and re.fullmatch(r"[\w.-]+\.\w{3}", parts[0]):
            found[parts[0]] = " ".join(bare(parts[1]))
    return found


def bare(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", " ", text.casefold()).split()


def distance(right: list[str], said: list[str]) -> int:
    """Words to change, leave out or put in."""
    row = list(range(len(said) + 1))
    for number, word in enumerate(right, 1):
        before, row = row, [number]
        for place, other in enumerate(said):
            row.append(min(before[place] + (word != other), before[place + 1] + 1, row[place] + 1))
    return row[-1]


class Whole(Whisper):
    """Hears always in the whole window, as Whisper is made."""

    def encode(self, spectrum, frames):
        return super().encode(spectrum, self.contents.weights.frames)


def measure_windows(shape: str) -> dict[str, float]:
    """Seconds of work for each second of speech, in the window that fits and in the whole one."""
    figures: dict[str, float] = {}
    print(f"\n{shape}, 2 threads: seconds of processor (and of the clock) per second of speech")
    for length, sentence in SENTENCES.items():
        pcm = speech.spoken(sentence)
        seconds = len(pcm) / 32_000
        engines = engines_that_say(WORDS[: round(seconds * PACE)], shape)
        ways = {"draft": ("fitting", True), "final": ("fitting", False), "whole": ("whole", False)}
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, (window, draft) in ways.items():
                request = Transcribe(pcm, language="en", draft=draft)
                spent[name].append(timed(engines[window], request))
        cpu = {n: statistics.median(one for one, _ in s) for n, s in spent.items()}
        clock = {n: statistics.median(one for _, one in s) for n, s in spent.items()}
        ratio = statistics.median(
            w[0] / f[0] for w, f in zip(*(spent["whole"], spent["final"]), strict=True)
        )
        line = "  ".join(f"{n} {cpu[n] / seconds:.3f} ({clock[n] / seconds:.3f})" for n in ways)
        print(f"{seconds:5.1f} s  {line}  whole / fitting {ratio:.2f}")
        figures |= {f"{n}_rtf_{length}s": cpu[n] / seconds for n in ways}
        figures[f"whole_over_fitting_{length}s"] = ratio
        for engine in engines.values():
            engine.close()
    return figures


def engines_that_say(words: list[str], shape: str) -> dict[str, WhisperEngine]:
    folder = whisper_models.built(" ".join(words), shape)
    contents = folders.check(folder)
    kinds = {"fitting": Whisper, "whole": Whole}
    models = {name: kind(folder, contents, "cpu", 2) for name, kind in kinds.items()}
    for model in models.values():
        model.warm_up()
    return {name: WhisperEngine(_never, model, 5) for name, model in models.items()}


def _never(device: str) -> Whisper:
    raise AssertionError(device)  # the processor does not run out of memory here


def timed(engine: WhisperEngine, request: Transcribe) -> tuple[float, float]:
    cpu, clock = time.process_time(), time.perf_counter()
    found = [event for event in engine.run(request) if isinstance(event, Transcript)]
    spent = time.process_time() - cpu, time.perf_counter() - clock
    assert found
    return spent


if __name__ == "__main__":
    main()
