"""The two towers as ONNX, their weights left where they are: in the safetensors file."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tower import Shape

OPSET, FORMAT = 18, 9
F32, F16 = TensorProto.FLOAT, TensorProto.FLOAT16


def write(folder: Path, weights: Path, shape: Shape) -> None:
    for name, made in (("vision", vision(weights, shape)), ("text", text(weights, shape))):
        onnx.save(made, folder / f"{name}.onnx")
        onnx.checker.check_model(str(folder / f"{name}.onnx"))


class Graph:
    """Nodes in order; each call gives the name of what comes out."""

    def __init__(self, weights: Path) -> None:
        self._file = weights.name
        with weights.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            self._about = json.loads(file.read(size))
        self._begin = 8 + size
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[TensorProto] = []

    def __call__(self, kind: str, *inputs: str, **settings: object) -> str:
        out = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [out], **settings))
        return out

    def weight(self, name: str) -> str:
        """A tensor of the safetensors file, as f32."""
        about = self._about[name]
        begin, end = about["data_offsets"]
        tensor = TensorProto(name=name, data_type=F16, dims=about["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (
            ("location", self._file),
            ("offset", str(self._begin + begin)),
            ("length", str(end - begin)),
        ):
            tensor.external_data.add(key=key, value=value)
        self.constants.append(tensor)
        return self("Cast", name, to=F32)

    def constant(self, value: np.ndarray) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def numbers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def number(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def linear(self, x: str, name: str) -> str:
        """name is a pair of tensors, as "…weight" and "…bias", or "…_weight" and "…_bias"."""
        across = self("Transpose", self.weight(f"{name}weight"), perm=[1, 0])
        return self("Add", self("MatMul", x, across), self.weight(f"{name}bias"))

    def norm(self, x: str, name: str, epsilon: float) -> str:
        parts = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self("LayerNormalization", x, *parts, axis=-1, epsilon=epsilon)

    def block(self, x: str, name: str, heads: int, length: int, width: int, mask: str = "") -> str:
        shape = Shape()
        inner = self.norm(x, f"{name}.ln_1", shape.epsilon)
        inner = self.linear(inner, f"{name}.attn.in_proj_")
        inner = self("Reshape", inner, self.numbers(0, length, 3, heads, width // heads))
        inner = self("Transpose", inner, perm=[2, 0, 3, 1, 4])
        q, k, v = (self("Gather", inner, self.constant(np.array(one)), axis=0) for one in range(3))
        k = self("Transpose", k, perm=[0, 1, 3, 2])
        scores = self("Mul", self("MatMul", q, k), self.number((width // heads) ** -0.5))
        if mask:
            scores = self("Add", scores, mask)
        seen = self("MatMul", self("Softmax", scores, axis=-1), v)
        seen = self("Transpose", seen, perm=[0, 2, 1, 3])
        seen = self("Reshape", seen, self.numbers(0, length, width))
        x = self("Add", x, self.linear(seen, f"{name}.attn.out_proj."))
        inner = self.linear(self.norm(x, f"{name}.ln_2", shape.epsilon), f"{name}.mlp.c_fc.")
        gate = self("Sigmoid", self("Mul", inner, self.number(1.702)))
        return self("Add", x, self.linear(self("Mul", inner, gate), f"{name}.mlp.c_proj."))

    def unit(self, x: str) -> str:
        length = self("ReduceL2", x, self.numbers(-1), keepdims=1)
        return self("Div", x, length)

    def model(self, name: str, given: onnx.ValueInfoProto, out: str, size: int) -> onnx.ModelProto:
        self.nodes.append(helper.make_node("Identity", [out], ["vectors"]))
        made = helper.make_graph(
            self.nodes,
            name,
            [given],
            [helper.make_tensor_value_info("vectors", F32, ["n", size])],
            self.constants,
        )
        return helper.make_model(
            made,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=FORMAT,
            producer_name="Parley",
        )


def vision(weights: Path, shape: Shape) -> onnx.ModelProto:
    """f32 [n, 3, side, side] from -1 to 1 -> f32 [n, shared], each of length 1."""
    graph, patches = Graph(weights), shape.patches
    x = graph("Conv", "pictures", graph.weight("visual.conv1.weight"), strides=[shape.patch] * 2)
    x = graph("Reshape", x, graph.numbers(0, shape.width, patches))
    place = graph.weight("visual.positional_embedding")
    place = graph("Slice", place, graph.numbers(1), graph.numbers(1 + patches), graph.numbers(0))
    x = graph("Add", graph("Transpose", x, perm=[0, 2, 1]), place)  # the class token is left out
    for number in range(shape.layers):
        name = f"visual.transformer.resblocks.{number}"
        x = graph.block(x, name, shape.heads, patches, shape.width)
    x = graph.norm(x, "visual.ln_post", shape.epsilon)
    x = graph("ReduceMean", x, graph.numbers(1), keepdims=0)
    x = graph.unit(graph("MatMul", x, graph.weight("visual.proj")))
    given = helper.make_tensor_value_info("pictures", F32, ["n", 3, shape.side, shape.side])
    return graph.model("vision", given, x, shape.shared)


def text(weights: Path, shape: Shape) -> onnx.ModelProto:
    """int64 [n, context] -> f32 [n, shared], each of length 1."""
    graph, width, context = Graph(weights), shape.text_width, shape.context
    x = graph("Gather", graph.weight("token_embedding.weight"), "words", axis=0)
    x = graph("Add", x, graph.weight("positional_embedding"))
    mask = graph.constant(np.triu(np.full((context, context), -1e4, np.float32), 1))
    for number in range(shape.text_layers):
        name = f"transformer.resblocks.{number}"
        x = graph.block(x, name, shape.text_heads, context, width, mask)
    x = graph.norm(x, "ln_final", shape.epsilon)
    last = graph("ArgMax", "words", axis=1, keepdims=1)  # the end has the largest number
    last = graph("Unsqueeze", last, graph.numbers(2))
    whole = graph("Concat", graph("Shape", last, end=1), graph.numbers(1, width), axis=0)
    x = graph("GatherElements", x, graph("Expand", last, whole), axis=1)
    x = graph("Squeeze", x, graph.numbers(1))
    x = graph.unit(graph("MatMul", x, graph.weight("text_projection")))
    given = helper.make_tensor_value_info("words", TensorProto.INT64, ["n", context])
    return graph.model("text", given, x, shape.shared)
