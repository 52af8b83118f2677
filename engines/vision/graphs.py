"""A CLIP model as two ONNX graphs whose weights lie in its safetensors file."""

import math
from typing import TYPE_CHECKING, Any

from engines.errors import ModelRefused
from engines.models import graphs
from engines.vision.folders import TEXT, VISION, Contents, EyesRefused

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SCALES = (0.01, 1000.0)  # of likenesses
USUAL_SCALE = 100.0
MOST_BIAS = 1000.0
SIZES = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 16: 2}  # ONNX's types, in bytes


class Graphs:
    """Both towers on onnxruntime. Raises EyesRefused."""

    def __init__(self, contents: Contents, threads: int) -> None:
        self._vision = _session(contents, VISION, threads)
        self._text = _session(contents, TEXT, threads)
        self.scale, self.bias = likeness(contents)

    def pictures(self, pixels: "Array") -> "Array":
        return _run(self._vision, pixels)

    def words(self, ids: "Array") -> "Array":
        return _run(self._text, ids)


def likeness(contents: Contents) -> tuple[float, float | None]:
    """What is made of how alike two places are, as the model learned it: a scale and a bias."""
    logarithm, bias = (_number(contents, name) for name in ("logit_scale", "logit_bias"))
    scale = USUAL_SCALE if logarithm is None else math.exp(min(logarithm, 50.0))
    if not SCALES[0] <= scale <= SCALES[1] or abs(bias or 0.0) > MOST_BIAS:
        raise EyesRefused("its weights are damaged", f"scale {scale}, bias {bias}")
    return scale, bias


def _number(contents: Contents, name: str) -> float | None:
    import numpy

    tensor = contents.tensors.get(name)
    kinds = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
    if tensor is None or tensor.type not in kinds or tensor.elements != 1:
        return None
    with contents.weights.open("rb") as file:
        file.seek(tensor.start)
        value = float(numpy.frombuffer(file.read(tensor.size), kinds[tensor.type])[0])
    if not math.isfinite(value):
        raise EyesRefused("its weights are damaged", f"{name} {value}")
    return value


def _session(contents: Contents, name: str, threads: int) -> Any:
    import onnxruntime

    path = contents.folder / name
    try:
        model = graphs.read(path)
        graphs.check(model, lambda tensor: _check_tensor(tensor, contents))
    except ModelRefused as error:
        raise EyesRefused(f"of its {name}: {error.reason}", error.detail) from error
    if len(graphs.inputs(model)) != 1 or len(model.graph.output) != 1:
        raise EyesRefused(f"its {name} is a model of another kind", str(graphs.inputs(model)))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except graphs.failures() as error:
        raise EyesRefused(f"its {name} cannot be run", str(error)) from error


def _check_tensor(tensor: Any, contents: Contents) -> None:
    """What lies elsewhere lies in the weights of this folder, whole."""
    if not tensor.external_data and not tensor.data_location:
        return
    said = {one.key: one.value for one in tensor.external_data}
    try:
        start, size = int(said.get("offset", 0)), int(said.get("length", -1))
    except ValueError:
        start, size = -1, -1
    elements = math.prod(tensor.dims)
    whole = contents.weights.stat().st_size
    if said.get("location") != contents.weights.name:
        raise EyesRefused("it wants to read other files", f"{said.get('location')!r:.80}")
    if start < 0 or size != elements * SIZES.get(tensor.data_type, 0) or start + size > whole:
        raise EyesRefused("its parts do not belong together", f"{tensor.name[:60]}: {said!r:.120}")


def _run(session: Any, given: "Array") -> "Array":
    try:
        return session.run(None, {session.get_inputs()[0].name: given})[0]
    except graphs.failures() as error:
        raise EyesRefused("it breaks off while it looks", str(error)) from error
