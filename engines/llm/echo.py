"""A pretend model for tests and for `--echo`: repeats the last turn, or acts out a failure."""

import ctypes
import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engines.errors import ParleyError
from engines.messages import (
    CallTool,
    Chat,
    Done,
    Event,
    Listen,
    Loaded,
    Look,
    Picture,
    Prefill,
    Progress,
    Request,
    Seen,
    Sound,
    TextDelta,
    ToolCall,
    Turn,
    Unseen,
    Usage,
    plain,
)
from engines.options import option
from engines.protocol import EngineSpec, Kind

PREFILL_STEPS = 500  # of the delay each
TOKENS = 64  # of a picture or sound
SHOWN = (Picture, Sound)


def _fail(_: str) -> Iterator[Event]:
    yield TextDelta("half ")
    raise ParleyError("The echo broke.", "Say something else.")


def _bug(_: str) -> Iterator[Event]:
    yield TextDelta("half ")
    raise KeyError("a bug")


def _crash(_: str) -> Iterator[Event]:
    yield TextDelta("half ")
    os._exit(9)


def _leave(_: str) -> Iterator[Event]:
    yield TextDelta("half ")
    sys.exit(3)


def _segv(_: str) -> Iterator[Event]:
    yield TextDelta("half ")
    ctypes.string_at(0)


def _signal(name: str) -> Iterator[Event]:
    """Die by, or stop at, the signal of that name: "signal SIGBUS"."""
    yield TextDelta("half ")
    os.kill(os.getpid(), signal.Signals[name])


def _hang(_: str) -> Iterator[Event]:
    yield TextDelta("half ")
    while True:  # deaf to cancel, as native code in one long call is
        time.sleep(0.05)


def _mute(_: str) -> Iterator[Event]:
    """A native call that never gives the interpreter back, so that no other thread runs either."""
    yield TextDelta("half ")
    ctypes.PyDLL(None).usleep(ctypes.c_uint(60_000_000))


def _slow(_: str) -> Iterator[Event]:
    for number in range(1000):
        yield TextDelta(f"{number} ")
        time.sleep(0.1)


def _flood(count: str) -> Iterator[Event]:
    for _number in range(int(count or 10_000)):
        yield TextDelta("x")


def _huge(size: str) -> Iterator[Event]:
    yield TextDelta("y" * int(size or 80 * 1024 * 1024))


def _deep(_: str) -> Iterator[Event]:
    """A value nested deeper than a frame can be read."""
    nested: list[object] = []
    for _level in range(100_000):
        nested = [nested]
    yield ToolCall("1", "deep", {"a": nested})


def _garbage(_: str) -> Iterator[Event]:
    """Nonsense on every pipe this process holds, the wire's among them."""
    yield TextDelta("half ")
    for fd in range(3, 64):
        with suppress(OSError):  # not open, or the end that is read
            if stat.S_ISFIFO(os.fstat(fd).st_mode):
                os.write(fd, b"\x05\x00\x00\x00what?")


def _noise(_: str) -> Iterator[Event]:
    """What native libraries do: print to file descriptor 1."""
    os.write(1, b"printed by a library\n")
    sys.stdout.write("printed by Python\n")
    sys.stdout.flush()
    yield TextDelta("quiet ")


def _read(path: str) -> Iterator[Event]:
    """The first line of a file, or how reading it was refused."""
    try:
        yield TextDelta(Path(path).read_text("utf-8").partition("\n")[0])
    except OSError as error:
        yield TextDelta(type(error).__name__)


def _env(_: str) -> Iterator[Event]:
    yield TextDelta(" ".join(sorted(os.environ)))


def _think(_: str) -> Iterator[Event]:
    """Work between yields, then a memory hog: two hundred megabytes held by the engine."""
    yield TextDelta(str(len(bytearray(200 * 1024 * 1024))))


VERBS: dict[str, Callable[[str], Iterator[Event]]] = {
    "fail": _fail,
    "bug": _bug,
    "crash": _crash,
    "leave": _leave,
    "segv": _segv,
    "signal": _signal,
    "hang": _hang,
    "mute": _mute,
    "slow": _slow,
    "flood": _flood,
    "huge": _huge,
    "deep": _deep,
    "garbage": _garbage,
    "noise": _noise,
    "read": _read,
    "env": _env,
}


class EchoEngine:
    def __init__(self, delay: float, device: str, sees: bool, remembers: int) -> None:
        self._delay, self._device, self._sees = delay, device, sees
        self._shown: dict[str, str] = {}  # what each picture or sound is, by its hash
        self._remembers = remembers

    def loaded(self) -> Loaded:
        return Loaded(
            name="Echo",
            context=4096,
            device=self._device,
            runner="echo",
            sees=self._sees,
            hears=self._sees,
        )

    def run(self, request: Request) -> Generator[Event, None, Done | None]:
        match request:
            case Prefill(turns) | Chat(turns) if unseen := self._unseen(turns):
                yield Unseen(unseen)
                return Done("unseen")
            case Prefill():
                yield from self._prefill()
                return None
            case Chat(turns):
                yield from self._tell(turns)
                return (yield from self._answer(plain(turns[-1])))
            case Look(hash, width, height, rgb) if self._sees:
                if len(rgb) != width * height * 3:
                    raise ParleyError("The echo could not see this picture.", "Try another one.")
                yield from self._take(hash, f"{width} x {height}")
                return None
            case Listen(hash, pcm, rate) if self._sees:
                yield from self._take(hash, f"{len(pcm) / 2 / rate:.1f} s")
                return None
            case CallTool() | _:
                raise ParleyError("The echo cannot do that.", "Ask it something.")

    def _take(self, hash: str, what: str) -> Iterator[Event]:
        seconds = 0.0 if hash in self._shown else self._delay
        time.sleep(seconds)
        self._shown[hash] = what
        while len(self._shown) > self._remembers:
            self._shown.pop(next(iter(self._shown)))
        yield Seen(hash, TOKENS, seconds, TOKENS)

    def _unseen(self, turns: tuple[Turn, ...]) -> tuple[str, ...]:
        named = (part.hash for turn in turns for part in turn.parts if isinstance(part, SHOWN))
        return tuple(dict.fromkeys(hash for hash in named if hash not in self._shown))

    def _tell(self, turns: tuple[Turn, ...]) -> Iterator[Event]:
        """What the whole conversation shows."""
        parts = [part for turn in turns for part in turn.parts]
        for kind, name in ((Picture, "see"), (Sound, "hear")):
            if found := [self._shown[part.hash] for part in parts if isinstance(part, kind)]:
                noun = {"see": "picture", "hear": "sound"}[name] + "s" * (len(found) > 1)
                yield TextDelta(f"I {name} {len(found)} {noun}: {', '.join(found)}. ")

    def _prefill(self) -> Iterator[Event]:
        for step in range(PREFILL_STEPS):
            time.sleep(self._delay)
            yield Progress("reading", step, PREFILL_STEPS)

    def _answer(self, text: str) -> Generator[Event, None, Done]:
        verb, _, rest = text.partition(" ")
        if verb in VERBS:
            yield from VERBS[verb](rest)
            return Done()
        words = text.split()
        for word in words:
            time.sleep(self._delay)
            yield TextDelta(word + " ")
        return Done("stop", Usage(len(words), 0, len(words)), seed=1)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Options:
    delay: float = option(0.0, "Seconds between words", between=(0.0, 10.0))
    sees: bool = option(True, "It takes pictures and sounds")
    remembers: int = option(1000, "Pictures it keeps in mind", between=(0, 1000))
    loading: str = option("", "How loading goes", among=("", "slow", "fail", "crash", "hang"))


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> EchoEngine:
    match options.loading:
        case "fail":
            raise ParleyError("The echo would not load.", "Choose another.")
        case "crash":
            os.abort()
        case "hang":
            time.sleep(3600)
        case "slow":
            for step in range(100):
                if not progress(step / 100):
                    break
                time.sleep(0.1)
    return EchoEngine(options.delay, "CPU", options.sees, options.remembers)


SPEC = EngineSpec("echo", Kind.LLM, "Echo (pretend model)", Options, create, read=lambda model: ())
