"""Reads an exported starter back, so that training can go on from it.

python packaging/starter/warm.py MODEL.gguf FOLDER [--words]
With --words the vocabulary is made anew from the grammars of today; a new token begins as the mean
of the old ones it is made of.
"""

import argparse
import json
from pathlib import Path

import gguf
import numpy as np
import tokenizer as tokens
import torch
from network import Shape
from tokenizers import Tokenizer, models
from train import make_tokenizer

EMBEDDING = "token_embd.weight"


def warm(model: Path, folder: Path, words: bool) -> None:
    reader = gguf.GGUFReader(model)
    shape = Shape()
    folder.mkdir(parents=True, exist_ok=True)
    old = read_tokenizer(reader)
    state = weights(reader, shape)
    if words:
        new = make_tokenizer(folder / "tokenizer.json", shape.vocabulary)
        state[EMBEDDING] = carried(state[EMBEDDING], old, new)
    else:
        old.save(str(folder / "tokenizer.json"))
    (folder / "shape.json").write_text(json.dumps(shape.as_dict()))
    torch.save(state, folder / "begin.pt")


def carried(rows: torch.Tensor, old: Tokenizer, new: Tokenizer) -> torch.Tensor:
    """A row for each token of new."""
    numbers, found = old.get_vocab(), torch.empty(new.get_vocab_size(), rows.shape[1])
    for token, number in new.get_vocab().items():
        if token in numbers:
            parts = [numbers[token]]
        else:
            parts = old.encode(new.decode([number], skip_special_tokens=False)).ids
        found[number] = rows[parts].mean(0)
    return found


def read_tokenizer(reader: gguf.GGUFReader) -> Tokenizer:
    numbers = {one: n for n, one in enumerate(reader.fields["tokenizer.ggml.tokens"].contents())}
    merges = [tuple(one.split(" ")) for one in reader.fields["tokenizer.ggml.merges"].contents()]
    made = tokens.empty(models.BPE(vocab=numbers, merges=merges))
    made.add_special_tokens(list(tokens.SPECIAL))
    return made


def weights(reader: gguf.GGUFReader, shape: Shape) -> dict[str, torch.Tensor]:
    """What export.tensors took apart is joined again."""
    found = {one.name: gguf.quants.dequantize(one.data, one.tensor_type) for one in reader.tensors}
    head, state = shape.width // shape.heads, {}
    for number in range(shape.layers):
        at = f"blk.{number}."
        q, k = (unpaired(found.pop(f"{at}attn_{one}.weight"), head) for one in "qk")
        state[f"{at}attn_qkv.weight"] = np.concatenate((q, k, found.pop(f"{at}attn_v.weight")))
        halves = [found.pop(f"{at}ffn_{one}.weight") for one in ("gate", "up")]
        state[f"{at}ffn_gate_up.weight"] = np.concatenate(halves)
    return {
        name: torch.from_numpy(np.array(one, np.float32)) for name, one in (state | found).items()
    }


def unpaired(matrix: np.ndarray, head: int) -> np.ndarray:
    """The inverse of export.paired."""
    rows = matrix.reshape(-1, head // 2, 2, matrix.shape[1])
    return rows.transpose(0, 2, 1, 3).reshape(matrix.shape)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--words", action="store_true")
    chosen = parser.parse_args()
    warm(chosen.model, chosen.folder, chosen.words)
