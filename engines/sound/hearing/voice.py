"""How likely somebody speaks: the Silero voice detector that comes with faster-whisper."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime

from engines.errors import ParleyError

RATE = 16_000  # Hz
FRAME = 512  # samples, 32 ms
BEFORE = 64  # samples of the frame before it that the model hears again
STATE = (1, 1, 128)
AT_ONCE = 1_000  # frames
FAINT = 0.01  # loudest sample of what is called silence


class NoDetector(ParleyError):
    def __init__(self, detail: str) -> None:
        super().__init__(
            "The part that notices speech is missing from this installation.",
            "Run the set-up again.",
            detail,
        )


def model_file() -> Path:
    """Where it lies. The package is not imported: that would load much that nobody here needs."""
    spec = find_spec("faster_whisper")
    if spec is None or spec.origin is None:
        raise NoDetector("no faster_whisper")
    found = sorted((Path(spec.origin).parent / "assets").glob("silero_vad_v*.onnx"))
    if not found:
        raise NoDetector(str(spec.origin))
    return found[-1]


class VoiceDetector:
    """Follows one sound after another; keeps what the model remembers between two pieces."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(model_file()), options, providers=["CPUExecutionProvider"]
        )
        self.begin()

    def begin(self) -> None:
        """A new sound: forget the one before."""
        self._h = self._c = np.zeros(STATE, np.float32)
        self._before = np.zeros(BEFORE, np.float32)
        self._rest = np.empty(0, np.float32)  # less than a frame

    def hear(self, sound: np.ndarray, last: bool = False) -> tuple[list[float], list[float]]:
        """How likely each frame that is complete by now is speech, and how loud it is.

        sound is float32 at RATE; its last frame is filled up with silence.
        """
        sound = np.concatenate((self._rest, sound))
        whole = len(sound) // FRAME * FRAME
        if last and whole < len(sound):
            whole += FRAME
            sound = np.pad(sound, (0, whole - len(sound)))
        self._rest = sound[whole:]
        frames = sound[:whole].reshape(-1, FRAME)
        found: list[float] = []
        for start in range(0, len(frames), AT_ONCE):
            found += self._probabilities(frames[start : start + AT_ONCE])
        return found, np.abs(frames).max(1, initial=0.0).tolist()

    def _probabilities(self, frames: np.ndarray) -> list[float]:
        befores = np.vstack((self._before, frames[:-1, -BEFORE:]))
        self._before = frames[-1, -BEFORE:]
        fed = {"input": np.hstack((befores, frames)), "h": self._h, "c": self._c}
        likely, self._h, self._c = self._session.run(None, fed)
        return np.ravel(likely).tolist()


def without_speech(sound: np.ndarray) -> str:
    """What sound (-1 to 1) is in which nobody speaks, as Unheard tells it."""
    return "noise" if np.abs(sound).max(initial=0.0) > FAINT else "silence"
