"""A PulseAudio server of the test's own: a microphone it speaks into, a loudspeaker it listens to.

A microphone hears what is played into a null sink (programs see it as the loudspeaker
"cable_<name>", which no test should choose); a loudspeaker is a null sink whose monitor the test
records. A program belongs to this server by the variables in `Server.variables`.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PATIENCE = 20.0  # seconds until a server must answer
MICROPHONE, LOUDSPEAKER = "mic", "speaker"  # the devices a fresh server has
RATE = 48_000  # of devices, where nothing else is asked for
FORGOTTEN = 60  # seconds without a program, then a server whose test was killed ends by itself
PIECE = 480  # bytes the ear reads at a time: 10 ms at 24 kHz
EAR_RATE = 24_000
QUIET = 100  # of 32767: below it is silence to the ear
MISSING = "These tests need PulseAudio: apt-get install pulseaudio pulseaudio-utils"


class Piece(NamedTuple):
    """What the ear heard: when its last sample came (time.perf_counter), and the samples."""

    at: float
    samples: array


class Ear:
    """Records what a source gives, until stop: a loudspeaker's monitor, or a microphone."""

    def __init__(self, environment: dict[str, str], source: str, rate: int = EAR_RATE) -> None:
        asked = ["--raw", "--format=s16le", "--channels=1", f"--rate={rate}"]
        asked += [f"--device={source}", "--latency-msec=10"]
        self._process = subprocess.Popen(
            ["parec", *asked], env=environment, stdout=subprocess.PIPE, bufsize=0
        )
        self.rate, self.pieces = rate, list[Piece]()
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._began.wait(PATIENCE), "the ear hears nothing, not even silence"

    def _listen(self) -> None:
        assert self._process.stdout
        rest = b""
        while piece := self._process.stdout.read(PIECE):
            whole = rest + piece
            even = len(whole) & ~1
            rest = whole[even:]
            self.pieces.append(Piece(time.perf_counter(), array("h", whole[:even])))
            self._began.set()

    @property
    def samples(self) -> array:
        """Everything so far."""
        return array("h", b"".join(piece.samples.tobytes() for piece in list(self.pieces)))

    def loud_spans(self, above: int = QUIET, gap: float = 0.03) -> list[tuple[float, float]]:
        """(start, end) of each sound as time.perf_counter; shorter silences do not count."""
        spans: list[list[float]] = []
        for at, samples in list(self.pieces):
            loud = [n for n, sample in enumerate(samples) if abs(sample) > above]
            if not loud:
                continue
            start = at - (len(samples) - loud[0]) / self.rate
            end = at - (len(samples) - 1 - loud[-1]) / self.rate
            if spans and start - spans[-1][1] < gap:
                spans[-1][1] = end
            else:
                spans.append([start, end])
        return [(start, end) for start, end in spans]

    def loud_samples(self, above: int = QUIET) -> array:
        """From the first loud sample to the last."""
        samples = self.samples
        loud = [n for n, sample in enumerate(samples) if abs(sample) > above]
        return samples[loud[0] : loud[-1] + 1] if loud else array("h")

    def seconds_heard(self, above: int = QUIET) -> float:
        return len(self.loud_samples(above)) / self.rate

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        if self._process.stdout:
            self._process.stdout.close()


class Player:
    """Something being said into a microphone."""

    def __init__(self, environment: dict[str, str], cable: str, pcm: bytes, *asked: str) -> None:
        self._process = subprocess.Popen(
            ["pacat", "--playback", "--raw", f"--device={cable}", *asked],
            env=environment,
            stdin=subprocess.PIPE,
        )
        self._thread = threading.Thread(target=self._feed, args=(pcm,), daemon=True)
        self._thread.start()

    def _feed(self, pcm: bytes) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(pcm)

    @property
    def playing(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> None:
        """Until its last sample was played."""
        assert not self._process.wait(120), "the sound could not be played"
        self._thread.join()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()


class Server:
    """One server. Its folder holds the socket, so kill and start give the same address again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket = folder / "s"
        self._process: subprocess.Popen | None = None
        self._modules: dict[str, list[str]] = {}  # device -> numbers of its modules
        self._microphones: set[str] = set()  # those of them that are
        self._open: list[Ear | Player] = []
        self.variables = {  # that make a program use this server
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_COOKIE": str(folder / "cookie"),
        }
        own = {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        self.program_environment = os.environ | own | self.variables

    def start(self, microphone: bool = True, loudspeaker: bool = True) -> None:
        """With the usual devices, which are the default ones. Returns when it answers."""
        options = ["-n", "--daemonize=no", "--use-pid-file=no"]
        options += [f"--exit-idle-time={FORGOTTEN}", "--realtime=yes", "--high-priority=yes"]
        options += ["--log-target=stderr", "--log-level=error"]
        native = f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}"
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                ["pulseaudio", *options, "-L", native],
                env=self.program_environment,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, "PulseAudio does not answer"
            time.sleep(0.01)
        if microphone:
            self.plug_microphone(MICROPHONE)
        if loudspeaker:
            self.plug_loudspeaker(LOUDSPEAKER)

    def kill(self) -> None:
        """As a crash of the server: every program loses its connection."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._modules.clear()
        self._microphones.clear()
        self._socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """It stands still, as on a computer that is out of breath."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        for one in self._open:
            one.stop()
        self.kill()

    def pactl(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words],
            env=self.program_environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert not done.returncode, f"pactl {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def plug_microphone(
        self, name: str, rate: int = RATE, channels: int = 2, sample: str = "s16le"
    ) -> None:
        """A new microphone; the first one of a server is the default."""
        shape = f"rate={rate} channels={channels} format={sample}"
        cable = self._load("module-null-sink", f"sink_name=cable_{name}", "norewinds=1", shape)
        source = self._load(
            *("module-remap-source", f"source_name={name}", f"master=cable_{name}.monitor", shape),
            f"source_properties=device.description={name}",
        )
        self._add_microphone(name, source, cable)

    def plug_deaf_microphone(self, name: str) -> None:
        """It hears silence for ever, and needs no loudspeaker to be played into."""
        told = f"description={name}"
        made = self._load("module-null-source", f"source_name={name}", "max_latency_msec=20", told)
        self._add_microphone(name, made)

    def _add_microphone(self, name: str, *modules: str) -> None:
        if not self._microphones:
            self.pactl("set-default-source", name)
        self._microphones.add(name)
        self._modules[name] = list(modules)

    def plug_loudspeaker(
        self, name: str, rate: int = RATE, channels: int = 2, sample: str = "s16le"
    ) -> None:
        """A new loudspeaker; the first one of a server is the default."""
        first = not set(self._modules) - self._microphones
        shape = f"rate={rate} channels={channels} format={sample}"
        told = f"sink_properties=device.description={name}"
        self._modules[name] = [
            self._load("module-null-sink", f"sink_name={name}", "norewinds=1", shape, told)
        ]
        if first:
            self.pactl("set-default-sink", name)

    def unplug(self, name: str) -> None:
        self._microphones.discard(name)
        for module in self._modules.pop(name):
            self.pactl("unload-module", module)

    def choose(self, microphone: str = "", loudspeaker: str = "") -> None:
        """What the system's settings call the default device."""
        if microphone:
            self.pactl("set-default-source", microphone)
        if loudspeaker:
            self.pactl("set-default-sink", loudspeaker)

    def say(self, file: Path, microphone: str = MICROPHONE) -> Player:
        """Begin to play a WAV file of 16-bit samples into the microphone."""
        with wave.open(str(file), "rb") as sound:
            assert sound.getsampwidth() == 2
            pcm = sound.readframes(sound.getnframes())
            return self.say_pcm(pcm, sound.getframerate(), microphone, sound.getnchannels())

    def say_pcm(
        self, pcm: bytes, rate: int, microphone: str = MICROPHONE, channels: int = 1
    ) -> Player:
        """Begin to play 16-bit samples into the microphone, at the pace of time."""
        asked = "--format=s16le", f"--rate={rate}", f"--channels={channels}"
        player = Player(self.program_environment, f"cable_{microphone}", pcm, *asked)
        self._open.append(player)
        return player

    def listen(self, loudspeaker: str = LOUDSPEAKER) -> Ear:
        """An ear at the loudspeaker, which hears already; ended with the server at the latest."""
        ear = Ear(self.program_environment, f"{loudspeaker}.monitor")
        self._open.append(ear)
        return ear

    def microphone_in_use(self, microphone: str = MICROPHONE) -> bool:
        """True when a program records, as the system's privacy indicator would show."""
        sources = [line.split("\t") for line in self.pactl("list", "short", "sources").splitlines()]
        number = next(number for number, name, *_ in sources if name == microphone)
        taken = self.pactl("list", "short", "source-outputs").splitlines()
        return any(line.split("\t")[1] == number for line in taken)

    def _answers(self) -> bool:
        asked = subprocess.run(["pactl", "info"], env=self.program_environment, capture_output=True)
        return not asked.returncode

    def _load(self, *words: str) -> str:
        return self.pactl("load-module", *words)


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A fresh server that runs; ended afterwards. Fails in words where PulseAudio is missing."""
    if not sys.platform.startswith("linux"):
        pytest.skip("PulseAudio is the sound of Linux")
    if not all(shutil.which(program) for program in ("pulseaudio", "pactl", "parec", "pacat")):
        pytest.fail(MISSING)
    folder = Path(
        tempfile.mkdtemp(prefix="parley-sound-")
    )  # short: a socket's path may be 107 long
    made = Server(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
