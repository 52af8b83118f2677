"""Writes what the ears have learned as a folder that faster-whisper opens as it stands, in int8.

python packaging/ears/export.py FOLDER OUT [--as-is: the last weights, not their average]
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from ctranslate2.specs import whisper_spec
from hearer import Attention, Block, Hearer, Shape
from tokenizers import Tokenizer
from torch import Tensor, nn

ABOUT = {"name": "Starter's ears", "licence": "GPL-3.0-or-later"}  # what Parley shows of it
FEATURES = {
    **{"feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30},
    **{"n_fft": 400, "feature_extractor_type": "WhisperFeatureExtractor"},
}


def specification(hearer: Hearer, tokenizer: Tokenizer) -> whisper_spec.WhisperSpec:
    shape = hearer.shape
    spec = whisper_spec.WhisperSpec(shape.encoder, shape.heads, shape.decoder, shape.heads)
    encoder, decoder = spec.encoder, spec.decoder
    _plain(encoder.conv1, hearer.conv1)
    _plain(encoder.conv2, hearer.conv2)
    encoder.position_encodings.encodings = _array(hearer.places)
    _norm(encoder.layer_norm, hearer.encoder_norm)
    decoder.embeddings.weight = _array(hearer.embedding.weight)
    decoder.projection.weight = decoder.embeddings.weight
    decoder.position_encodings.encodings = _array(hearer.order)
    _norm(decoder.layer_norm, hearer.decoder_norm)
    for layer, block in zip(encoder.layer, hearer.encoder, strict=True):
        _block(layer, block)
    for layer, block in zip(decoder.layer, hearer.decoder, strict=True):
        _block(layer, block)
        _norm(layer.attention.layer_norm, block.cross_norm)
        _plain(layer.attention.linear[0], block.cross.query)
        _plain(layer.attention.linear[1], block.cross.memory)
        _plain(layer.attention.linear[2], block.cross.out)
    spec.register_vocabulary([tokenizer.id_to_token(one) for one in range(shape.vocabulary)])
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []  # an end at once is how silence is written
    spec.config.lang_ids = []
    spec.config.alignment_heads = [[shape.decoder - 1, head] for head in range(shape.heads)]
    return spec


def _block(layer, block: Block) -> None:  # noqa: ANN001
    _norm(layer.self_attention.layer_norm, block.norm)
    _merged(layer.self_attention.linear[0], block.own)
    _plain(layer.self_attention.linear[1], block.own.out)
    _norm(layer.ffn.layer_norm, block.last_norm)
    _plain(layer.ffn.linear_0, block.up)
    _plain(layer.ffn.linear_1, block.down)


def _merged(spec, attention: Attention) -> None:  # noqa: ANN001
    parts = (attention.query, attention.memory)
    spec.weight = np.concatenate([_array(part.weight) for part in parts])
    spec.bias = np.concatenate([_array(part.bias) for part in parts])


def _plain(spec, module: nn.Module) -> None:  # noqa: ANN001
    spec.weight, spec.bias = _array(module.weight), _array(module.bias)


def _norm(spec, module: nn.Module) -> None:  # noqa: ANN001
    spec.gamma, spec.beta = _array(module.weight), _array(module.bias)


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().float().contiguous().numpy()


def load(folder: Path, averaged: bool = True) -> Hearer:
    hearer = Hearer(Shape(**json.loads((folder / "shape.json").read_text())))
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    hearer.load_state_dict(state["average" if averaged else "hearer"])
    return hearer.eval()


def write(hearer: Hearer, tokenizer: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    spec = specification(hearer, Tokenizer.from_file(str(tokenizer)))
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(out))
    config = json.loads((out / "config.json").read_text())
    (out / "config.json").write_text(json.dumps(ABOUT | config, indent=2) + "\n")
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    (out / "preprocessor_config.json").write_text(json.dumps(FEATURES, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as-is", action="store_true")
    options = parser.parse_args()
    hearer = load(options.folder, not options.as_is)
    write(hearer, options.folder / "tokenizer.json", options.out)
