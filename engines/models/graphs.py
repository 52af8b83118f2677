"""What an ONNX file of a stranger may be made of: checked before onnxruntime sees it."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.errors import ModelRefused

MOST_NODES, MOST_TENSORS = 50_000, 20_000
DEEPEST = 4
DOMAINS = ("", "ai.onnx")


def no_other_files(tensor: Any) -> None:
    if tensor.external_data or tensor.data_location:
        raise ModelRefused("it wants to read other files", tensor.name[:60])


def read(path: Path) -> Any:
    """The model, without what it has in other files. Raises ModelRefused."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        return onnx.load(str(path), load_external_data=False)
    except (DecodeError, OSError, RecursionError, ValueError) as error:
        raise ModelRefused("it is damaged", str(error)) from error


def check(model: Any, tensor: Callable[[Any], None] = no_other_files) -> None:
    """Raises ModelRefused; tensor is asked about each of its tensors and may raise it too."""
    graph = model.graph
    if model.functions or any(one.domain not in DOMAINS for one in model.opset_import):
        raise ModelRefused("it has parts that are not ONNX's own")
    if len(graph.node) > MOST_NODES or len(graph.initializer) > MOST_TENSORS:
        raise ModelRefused("it has far too many parts", f"{len(graph.node)} nodes")
    _check_graph(graph, tensor, 0)


def inputs(model: Any) -> list[str]:
    """Names of what it must be given."""
    known = {one.name for one in model.graph.initializer}
    return [one.name for one in model.graph.input if one.name not in known]


def failures() -> tuple[type[Exception], ...]:
    """What onnxruntime raises: a class for each kind, with nothing of its own above them."""
    library = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    kinds = vars(library).values()
    return tuple(one for one in kinds if isinstance(one, type) and issubclass(one, Exception))


def _check_graph(graph: Any, tensor: Callable[[Any], None], depth: int) -> None:
    if depth > DEEPEST:
        raise ModelRefused("it is nested too deep")
    if graph.sparse_initializer:
        raise ModelRefused("it has parts Parley does not know", "sparse tensors")
    for one in graph.initializer:
        tensor(one)
    for node in graph.node:
        if node.domain not in DOMAINS:
            raise ModelRefused("it has parts that are not ONNX's own", node.domain[:60])
        for attribute in node.attribute:
            for one in (attribute.t, *attribute.tensors):
                tensor(one)
            for inner in (*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])):
                _check_graph(inner, tensor, depth + 1)
