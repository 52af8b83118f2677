"""Writes models of many shapes for tests, as large as real ones are, of zeros: they take no time
to make and no room on the disk, and in memory as much as others."""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf

from tests.data.tiny_models import CHATML, MERGES, NORMAL, Vocabulary
from tests.data.tiny_projectors import Shape as EyeShape
from tests.data.tiny_projectors import Signed, eyes

ALIGNMENT = 32

Facts = dict[str, Any]
Tensors = dict[str, tuple[int, ...]]  # name -> rows first, as PyTorch has them


@dataclass(frozen=True)
class Shape:
    """Of a llama; experts 0 for none, tied: its end uses the table of its beginning."""

    blocks: int = 8
    width: int = 768
    hidden: int = 2048
    heads: int = 12
    shared: int = 4  # heads of keys and values
    words: int = 8000
    packing: str = "F16"
    ends: str = ""  # packing of the tables, where it is another
    trained: int = 1 << 17
    tied: bool = False
    experts: int = 0
    used: int = 2
    window: int = 0  # tokens most blocks look back to: then it is a gemma3


def write(path: Path, shape: Shape) -> Path:
    words = Vocabulary()
    words.tokens += [f"w{n:06}" for n in range(shape.words)]
    words.types += [NORMAL] * shape.words
    name = "gemma3" if shape.window else "llama"
    facts: Facts = {
        "general.architecture": name,
        "general.name": f"Large {path.stem}",
        f"{name}.context_length": shape.trained,
        f"{name}.embedding_length": shape.width,
        f"{name}.feed_forward_length": shape.hidden,
        f"{name}.block_count": shape.blocks,
        f"{name}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{name}.attention.head_count": shape.heads,
        f"{name}.attention.head_count_kv": shape.shared,
        f"{name}.rope.freq_base": 10000.0,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": words.tokens,
        "tokenizer.ggml.token_type": [Signed(kind) for kind in words.types],
        "tokenizer.ggml.merges": list(MERGES),
        "tokenizer.ggml.bos_token_id": words.id("<|endoftext|>"),
        "tokenizer.ggml.eos_token_id": words.id("<|im_end|>"),
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": CHATML,
    }
    if shape.experts:
        facts[f"{name}.expert_count"] = shape.experts
        facts[f"{name}.expert_used_count"] = shape.used
    if shape.window:
        head = shape.width // shape.heads
        facts |= {f"{name}.attention.{x}_length": head for x in ("key", "value")}
        facts[f"{name}.attention.sliding_window"] = shape.window
    return finish(path, facts, tensors(shape, len(words)), shape.packing, shape.ends)


def tensors(shape: Shape, words: int) -> Tensors:
    width, hidden, kv = shape.width, shape.hidden, shape.width * shape.shared // shape.heads
    found: Tensors = {"token_embd.weight": (words, width), "output_norm.weight": (width,)}
    if not shape.tied and not shape.window:
        found["output.weight"] = (words, width)
    for n in range(shape.blocks):
        block = {
            **{"attn_q": (width, width), "attn_k": (kv, width), "attn_v": (kv, width)},
            **{"attn_output": (width, width), "attn_norm": (width,), "ffn_norm": (width,)},
        }
        many, mark = ((shape.experts,), "_exps") if shape.experts else ((), "")
        block |= {f"ffn_{x}{mark}": (*many, hidden, width) for x in ("gate", "up")}
        block[f"ffn_down{mark}"] = (*many, width, hidden)
        if shape.experts:
            block["ffn_gate_inp"] = (shape.experts, width)
        if shape.window:
            block |= {f"{x}_norm": (width,) for x in ("post_attention", "post_ffw")}
            block |= {f"attn_{x}_norm": (width // shape.heads,) for x in "qk"}
        found |= {f"blk.{n}.{name}.weight": size for name, size in block.items()}
    return found


def projector(path: Path, shape: EyeShape, joins: int) -> Path:
    """Eyes as those of tiny_projectors.janus_pro, in F16."""
    facts: Facts = {"general.architecture": "clip", **eyes("janus_pro", shape, joins)}
    width, hidden, patch = shape.width, shape.hidden, shape.patch
    found: Tensors = {
        "v.patch_embd.weight": (width, 3, patch, patch),
        "v.patch_embd.bias": (width,),
        "v.position_embd.weight": (shape.places, width),
        "v.post_ln.weight": (width,),
        "v.post_ln.bias": (width,),
        **{"mm.0.weight": (joins, width), "mm.0.bias": (joins,)},
        **{"mm.1.weight": (joins, joins), "mm.1.bias": (joins,)},
    }
    for n in range(shape.blocks):
        block: Tensors = {}
        for name in ("ln1", "ln2"):
            block |= {f"{name}.weight": (width,), f"{name}.bias": (width,)}
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            block |= {f"{name}.weight": (width, width), f"{name}.bias": (width,)}
        block |= {"ffn_up.weight": (hidden, width), "ffn_up.bias": (hidden,)}
        block |= {"ffn_down.weight": (width, hidden), "ffn_down.bias": (width,)}
        found |= {f"v.blk.{n}.{name}": size for name, size in block.items()}
    return finish(path, facts, found, "F16", "F32", plain=("position",))


def finish(
    path: Path,
    facts: Facts,
    tensors: Tensors,
    packing: str,
    ends: str,
    plain: Iterable[str] = ("ffn_gate_inp",),
) -> Path:
    """Tensors with one row, or one of plain in their names, stay F32."""
    described, place = b"", 0
    for name, shape in tensors.items():
        table = name in ("token_embd.weight", "output.weight")
        kind = gguf.GGMLQuantizationType[ends if ends and table else packing]
        if len(shape) == 1 or any(word in name for word in plain):
            kind = gguf.GGMLQuantizationType.F32
        sizes = struct.pack(f"<I{len(shape)}Q", len(shape), *reversed(shape))
        described += text(name) + sizes + struct.pack("<IQ", kind, place)
        block, size = gguf.GGML_QUANT_SIZES[kind]
        place += -(-math.prod(shape) // block * size // ALIGNMENT) * ALIGNMENT
    start = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts))
    start += b"".join(text(key) + value(one) for key, one in facts.items()) + described
    with path.open("wb") as file:
        file.write(start)
        file.truncate(-(-len(start) // ALIGNMENT) * ALIGNMENT + place)
    return path


def text(words: str) -> bytes:
    data = words.encode()
    return struct.pack("<Q", len(data)) + data


def value(one: Any) -> bytes:
    if isinstance(one, list):
        kind = value(one[0])[:4]
        return (
            struct.pack("<I", 9)
            + kind
            + struct.pack("<Q", len(one))
            + b"".join(value(item)[4:] for item in one)
        )
    if isinstance(one, str):
        return struct.pack("<I", 8) + text(one)
    for kind, number, code in ((bool, 7, "?"), (float, 6, "f"), (Signed, 5, "i"), (int, 4, "I")):
        if isinstance(one, kind):
            return struct.pack("<I" + code, number, one)
    raise TypeError(one)
