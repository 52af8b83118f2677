"""Eyes of a few kilobytes that truly tell colours: the mean of a picture against words for it.

A picture becomes its mean red, green and blue; words become the sum of their tokens' colours.
"""

import json
import struct
from pathlib import Path

COLOURS = {"red": (1, -1, -1), "green": (-1, 1, -1), "blue": (-1, -1, 1), "white": (1, 1, 1)}
SIDE, CONTEXT = 16, 8
PLAIN = ["[PAD]", "[START]", "[END]", "a", "picture", "of", "[UNK]"]
WEIGHTS = "open_clip_model.safetensors"


def build(folder: Path, **changes) -> Path:
    """A good folder; changes replace entries of the configuration."""
    import numpy

    folder.mkdir(parents=True, exist_ok=True)
    words = [*PLAIN, *COLOURS]
    table = numpy.zeros((len(words), 3), "f4")
    for name, colour in COLOURS.items():
        table[words.index(name)] = colour
    arrays = {
        "logit_scale": numpy.array(numpy.log(10.0), "f4"),
        "look": numpy.eye(3, dtype="f4"),
        "table": table,
    }
    places = write_weights(folder / WEIGHTS, arrays)
    (folder / "vision.onnx").write_bytes(_vision(places))
    (folder / "text.onnx").write_bytes(_text(places, len(words)))
    _tokenizer(words).save(str(folder / "tokenizer.json"))
    (folder / "labels.txt").write_text("\n".join(COLOURS) + "\n", "utf-8")
    config = {
        "model_cfg": {
            "embed_dim": 3,
            "vision_cfg": {"image_size": SIDE, "width": 2, "layers": 1},
            "text_cfg": {"context_length": CONTEXT, "vocab_size": len(words), "width": 2},
        },
        "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic"},
        "name": "Tiny eyes",
        "licence": "CC0",
    }
    (folder / "open_clip_config.json").write_text(json.dumps(config | changes), "utf-8")
    return folder


def write_weights(file: Path, arrays) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    """A safetensors file; name -> (bytes from its start, bytes, shape)."""
    header, at = {}, 0
    for name, one in arrays.items():
        end = at + one.nbytes
        header[name] = {"dtype": "F32", "shape": list(one.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    data = b"".join(one.tobytes() for one in arrays.values())
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)
    start = 8 + len(text)
    return {
        name: (start + header[name]["data_offsets"][0], one.nbytes, one.shape)
        for name, one in arrays.items()
    }


def elsewhere(name, place, location=WEIGHTS):
    """A tensor whose numbers lie in the weights."""
    import onnx

    start, size, shape = place
    tensor = onnx.TensorProto(name=name, data_type=onnx.TensorProto.FLOAT, dims=shape)
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", start), ("length", size)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _vision(places) -> bytes:
    from onnx import helper

    nodes = [
        helper.make_node("GlobalAveragePool", ["pixels"], ["means"]),
        helper.make_node("Flatten", ["means"], ["flat"]),
        helper.make_node("MatMul", ["flat", "look"], ["place"]),
    ]
    return _model(nodes, ("pixels", 1, ["n", 3, SIDE, SIDE]), elsewhere("look", places["look"]))


def _text(places, count) -> bytes:
    from onnx import helper

    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("ReduceSum", ["rows", "axis"], ["place"], keepdims=0),
    ]
    axis = helper.make_tensor("axis", 7, [1], [1])
    return _model(nodes, ("ids", 7, ["n", CONTEXT]), elsewhere("table", places["table"]), axis)


def _model(nodes, given, *tensors) -> bytes:
    from onnx import helper

    inside = helper.make_tensor_value_info(*given)
    out = helper.make_tensor_value_info("place", 1, ["n", 3])
    graph = helper.make_graph(nodes, "tiny", [inside], [out], list(tensors))
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()


def _tokenizer(words):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [("[START]", 1), ("[END]", 2)]
    made.post_processor = processors.TemplateProcessing("[START] $A [END]", special_tokens=ends)
    return made
