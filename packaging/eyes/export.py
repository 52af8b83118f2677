"""Writes a trained checkpoint as the files that Parley, open_clip and llama.cpp open.

python packaging/eyes/export.py FOLDER EYES STARTER
FOLDER is train.py's; EYES becomes resources/eyes, STARTER resources/starter.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import graphs
import numpy as np
import torch
from safetensors.numpy import save_file
from tower import Shape

MEAN = STD = 0.5  # of each channel from 0 to 1
FLAG = 1000.0  # the first channel of the class token, which turns all attention from it
WEIGHTS = "open_clip_model.safetensors"
Tensors = dict[str, np.ndarray]


def export(folder: Path, eyes: Path, starter: Path) -> None:
    shape = Shape()
    state = torch.load(folder / "checkpoint.pt", weights_only=True)["average"]
    whole = {name: one.float().numpy() for name, one in state.items()}
    eyes.mkdir(parents=True, exist_ok=True)
    half = {name: one.astype(np.float16) for name, one in as_open_clip(whole, shape).items()}
    save_file(half, eyes / WEIGHTS, metadata={"format": "pt"})
    (eyes / "open_clip_config.json").write_text(json.dumps(config(shape), indent=2) + "\n")
    for name in ("tokenizer.json", "merges.txt.gz", "labels.txt"):
        shutil.copy(folder / name, eyes / name)
    graphs.write(eyes, eyes / WEIGHTS, shape)
    write_projector(starter / "parley-starter-mmproj.gguf", whole, shape)
    write_starter(folder, starter / "parley-starter-sees.gguf", state)


def as_open_clip(state: Tensors, shape: Shape) -> Tensors:
    """Under open_clip's names, with a class token that nobody looks at."""
    found: Tensors = {}
    for part, name in (("sight", "visual."), ("reading", "")):
        ours = f"eyes.{part}."
        for number in range(shape.layers if part == "sight" else shape.text_layers):
            for tensor, theirs in BLOCK.items():
                at = f"{name}transformer.resblocks.{number}.{theirs}"
                found[at] = state[f"{ours}blocks.{number}.{tensor}"]
    token = np.zeros(shape.width, np.float32)
    token[0] = FLAG
    sight, reading = "eyes.sight.", "eyes.reading."
    place = state[f"{sight}place"]
    embed = state[f"{sight}embed.weight"]
    found |= {
        "visual.class_embedding": token,
        "visual.positional_embedding": np.concatenate((np.zeros_like(place[:1]), place)),
        "visual.conv1.weight": embed.reshape(-1, 3, shape.patch, shape.patch),
        "visual.ln_post.weight": state[f"{sight}ln_post.weight"],
        "visual.ln_post.bias": state[f"{sight}ln_post.bias"],
        "visual.proj": state[f"{sight}proj"],
        "token_embedding.weight": state[f"{reading}embed.weight"],
        "positional_embedding": state[f"{reading}place"],
        "ln_final.weight": state[f"{reading}ln_final.weight"],
        "ln_final.bias": state[f"{reading}ln_final.bias"],
        "text_projection": state[f"{reading}proj"],
        "logit_scale": state["eyes.logit_scale"],
        "logit_bias": state["eyes.logit_bias"],
    }
    return {name: np.ascontiguousarray(one) for name, one in found.items()}


BLOCK = {
    **{f"{one}.{part}": f"{one}.{part}" for one in ("ln_1", "ln_2") for part in ("weight", "bias")},
    "qkv.weight": "attn.in_proj_weight",
    "qkv.bias": "attn.in_proj_bias",
    **{f"out.{part}": f"attn.out_proj.{part}" for part in ("weight", "bias")},
    **{f"up.{part}": f"mlp.c_fc.{part}" for part in ("weight", "bias")},
    **{f"down.{part}": f"mlp.c_proj.{part}" for part in ("weight", "bias")},
}


def config(shape: Shape) -> dict:
    """What open_clip reads: create_model_and_transforms("local-dir:resources/eyes")."""
    return {
        "name": "Parley's eyes",
        "licence": "GPL-3.0-or-later",
        "model_cfg": {
            "embed_dim": shape.shared,
            "quick_gelu": True,
            "init_logit_bias": -10,
            "vision_cfg": {
                "image_size": shape.side,
                "patch_size": shape.patch,
                "width": shape.width,
                "layers": shape.layers,
                "head_width": shape.width // shape.heads,
                "no_ln_pre": True,
                "pool_type": "avg",
            },
            "text_cfg": {
                "context_length": shape.context,
                "vocab_size": shape.words,
                "width": shape.text_width,
                "heads": shape.text_heads,
                "layers": shape.text_layers,
            },
        },
        "preprocess_cfg": {
            "mean": [MEAN] * 3,
            "std": [STD] * 3,
            "interpolation": "bicubic",
            "resize_mode": "longest",
            "fill_color": 127,
        },
    }


def write_projector(out: Path, state: Tensors, shape: Shape) -> None:
    """The tower and the way into the starter, as llama.cpp's "janus_pro"."""
    writer = gguf.GGUFWriter(out, "clip")
    writer.add_name("Parley's eyes")
    writer.add_license("GPL-3.0-or-later")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "janus_pro")
    writer.add_bool("clip.use_gelu", False)  # neither of two means the quick one
    at = "clip.vision."
    for name, number in (
        ("image_size", shape.side),
        ("patch_size", shape.patch),
        ("embedding_length", shape.width),
        ("feed_forward_length", 4 * shape.width),
        ("block_count", shape.layers),
        ("attention.head_count", shape.heads),
        ("projection_dim", shape.starter),
    ):
        writer.add_uint32(at + name, number)
    writer.add_float32(f"{at}attention.layer_norm_epsilon", shape.epsilon)
    writer.add_array(f"{at}image_mean", [MEAN] * 3)
    writer.add_array(f"{at}image_std", [STD] * 3)
    for name, tensor in projector_tensors(state, shape).items():
        exact = tensor.ndim == 1 or "position" in name
        writer.add_tensor(name, tensor.astype(np.float32 if exact else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def projector_tensors(state: Tensors, shape: Shape) -> Tensors:
    sight = "eyes.sight."
    embed = state[f"{sight}embed.weight"]
    found = {
        "v.patch_embd.weight": embed.reshape(-1, 3, shape.patch, shape.patch),
        "v.position_embd.weight": state[f"{sight}place"],
    }
    for part in ("weight", "bias"):
        found[f"v.post_ln.{part}"] = state[f"{sight}ln_post.{part}"]
        found[f"mm.0.{part}"] = state[f"eyes.projector.one.{part}"]
        found[f"mm.1.{part}"] = state[f"eyes.projector.two.{part}"]
        for number in range(shape.layers):
            ours, theirs = f"{sight}blocks.{number}.", f"v.blk.{number}."
            for mine, name in PROJECTOR_BLOCK.items():
                found[f"{theirs}{name}.{part}"] = state[f"{ours}{mine}.{part}"]
            parts = np.split(state[f"{ours}qkv.{part}"], 3)
            found |= {
                f"{theirs}attn_{one}.{part}": np.ascontiguousarray(tensor)
                for one, tensor in zip("qkv", parts, strict=True)
            }
    return found


PROJECTOR_BLOCK = {
    "ln_1": "ln1",
    "ln_2": "ln2",
    "out": "attn_out",
    "up": "ffn_up",
    "down": "ffn_down",
}


def write_starter(folder: Path, out: Path, state: dict[str, torch.Tensor]) -> None:
    """The starter as it became in learning to speak of pictures, by its own export."""
    script = Path(__file__).parents[1] / "starter" / "export.py"
    own = {name[8:]: one for name, one in state.items() if name.startswith("starter.")}
    with tempfile.TemporaryDirectory() as room:
        torch.save({"average": own}, Path(room) / "checkpoint.pt")
        for name in ("shape.json", "starter.json"):
            to = "tokenizer.json" if name == "starter.json" else name
            shutil.copy(folder / name, Path(room) / to)
        subprocess.run([sys.executable, str(script), room, str(out)], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("folder", "eyes", "starter"):
        parser.add_argument(name, type=Path)
    chosen = parser.parse_args()
    export(chosen.folder, chosen.eyes, chosen.starter)
    for one in (*sorted(chosen.eyes.iterdir()), *sorted(chosen.starter.glob("*.gguf"))):
        print(f"{one.name}: {one.stat().st_size / 1e6:.2f} MB")
