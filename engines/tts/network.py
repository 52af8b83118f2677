"""A voice's network: checked, opened on one thread, and stopped when asked.

Everything here runs in the jailed worker: the file is a stranger's.
"""

import importlib
from pathlib import Path
from typing import Any

from engines.tts.voices import VoiceRefused

INPUTS = {"input", "input_lengths", "scales"}
SPEAKER = "sid"
MOST_NODES, MOST_TENSORS = 50_000, 20_000
DOMAINS = ("", "ai.onnx")
DURATION = "Ceil"  # the node that rounds how long each phoneme is, in hops


def read(path: Path) -> Any:
    """The model, with the length of each phoneme as its second output where that is known.

    Raises VoiceRefused: what is no model, needs another file, or has parts of its own making.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(path), load_external_data=False)
    except (DecodeError, OSError, RecursionError, ValueError) as error:
        raise VoiceRefused("it is damaged", str(error)) from error
    _check(model)
    _show_durations(model.graph)
    return model


def _check(model: Any) -> None:
    graph = model.graph
    if model.functions or any(one.domain not in DOMAINS for one in model.opset_import):
        raise VoiceRefused("it has parts that are not ONNX's own")
    if len(graph.node) > MOST_NODES or len(graph.initializer) > MOST_TENSORS:
        raise VoiceRefused("it has far more parts than a voice", f"{len(graph.node)} nodes")
    names = {one.name for one in graph.input} - {one.name for one in graph.initializer}
    if names not in (INPUTS, INPUTS | {SPEAKER}) or not 1 <= len(graph.output) <= 2:
        raise VoiceRefused("it is a model of another kind", ", ".join(sorted(names))[:200])
    _check_graph(graph, 0)


def _check_graph(graph: Any, depth: int) -> None:
    if depth > 4:
        raise VoiceRefused("it is nested deeper than a voice is")
    _check_tensors(graph.initializer)
    if graph.sparse_initializer:
        raise VoiceRefused("it has parts that are not those of a voice", "sparse tensors")
    for node in graph.node:
        if node.domain not in DOMAINS:
            raise VoiceRefused("it has parts that are not ONNX's own", node.domain[:60])
        for attribute in node.attribute:
            _check_tensors((attribute.t, *attribute.tensors))
            for inner in (*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])):
                _check_graph(inner, depth + 1)


def _check_tensors(tensors: Any) -> None:
    for tensor in tensors:
        if tensor.external_data or tensor.data_location:
            raise VoiceRefused("it wants to read other files", tensor.name[:60])


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
        except failures() as error:
            raise VoiceRefused("it is not a model that can be run", str(error)) from error

    def run(self, names: list[str] | None, given: dict[str, Any]) -> list[Any]:
        """Raises Stopped, or VoiceRefused where the model cannot be run."""
        try:
            return list(self._session.run(names, given, self._running))
        except failures() as error:
            if self._running.terminate:
                raise Stopped from error
            raise VoiceRefused("it breaks off while it speaks", str(error)) from error

    def stop(self) -> None:
        """Called from another thread; what runs ends at its next node."""
        self._running.terminate = True

    def begin(self) -> None:
        self._running.terminate = False


def failures() -> tuple[type[Exception], ...]:
    """The library has a class of its own for each kind, with nothing above them."""
    library = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    kinds = vars(library).values()
    return tuple(one for one in kinds if isinstance(one, type) and issubclass(one, Exception))
