"""A voice's network: checked, opened on one thread, and stopped when asked.

Everything here runs in the jailed worker: the file is a stranger's.
"""

from pathlib import Path
from typing import Any

from engines.errors import ModelRefused
from engines.models import graphs
from engines.tts.voices import VoiceRefused

INPUTS = {"input", "input_lengths", "scales"}
SPEAKER = "sid"
DURATION = "Ceil"  # the node that rounds how long each phoneme is, in hops


def read(path: Path) -> Any:
    """The model, with the length of each phoneme as its second output where that is known.

    Raises VoiceRefused: what is no model, needs another file, or has parts of its own making.
    """
    try:
        model = graphs.read(path)
        graphs.check(model)
    except ModelRefused as error:
        raise VoiceRefused(error.reason, error.detail) from error
    names = set(graphs.inputs(model))
    if names not in (INPUTS, INPUTS | {SPEAKER}) or not 1 <= len(model.graph.output) <= 2:
        raise VoiceRefused("it is a model of another kind", ", ".join(sorted(names))[:200])
    _show_durations(model.graph)
    return model


def _show_durations(graph: Any) -> None:
    import onnx

    found = {name for node in graph.node if node.op_type == DURATION for name in node.output}
    if len(graph.output) == 1 and len(found) == 1:
        graph.output.append(onnx.ValueInfoProto(name=found.pop()))


def has_speakers(model: Any) -> bool:
    return any(one.name == SPEAKER for one in model.graph.input)


def parameters(model: Any) -> int:
    total = 0
    for tensor in model.graph.initializer:
        count = 1
        for size in tensor.dims:
            count *= size
        total += count
    return total


class Stopped(Exception):
    """The run was ended by stop()."""


class Session:
    """What PiperVoice needs of an ONNX session, and a way to end a run that is under way.

    Its threads never spin: where others work too, that is about twice as slow.
    """

    def __init__(self, model: Any, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._running = onnxruntime.RunOptions()
        try:
            self._session = onnxruntime.InferenceSession(
                model.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
        except graphs.failures() as error:
            raise VoiceRefused("it is not a model that can be run", str(error)) from error

    def run(self, names: list[str] | None, given: dict[str, Any]) -> list[Any]:
        """Raises Stopped, or VoiceRefused where the model cannot be run."""
        try:
            return list(self._session.run(names, given, self._running))
        except graphs.failures() as error:
            if self._running.terminate:
                raise Stopped from error
            raise VoiceRefused("it breaks off while it speaks", str(error)) from error

    def stop(self) -> None:
        """Called from another thread; what runs ends at its next node."""
        self._running.terminate = True

    def begin(self) -> None:
        self._running.terminate = False
