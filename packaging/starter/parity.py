"""Compares the exported file in llama.cpp with what was trained: tokens and scores.

Torch and llama.cpp may live in different environments: `write` makes a file of expectations with
torch and tokenizers, `check` reads it with llama-cpp-python and numpy.
python packaging/starter/parity.py write FOLDER FILE.npz
python packaging/starter/parity.py check MODEL.gguf FILE.npz
"""

import argparse
import json
from pathlib import Path
from random import Random

import numpy as np
from conversation import conversation

SEED, TEXTS, SCORED, STEP = 99, 2500, 24, 5


def texts() -> list[str]:
    """Conversations, and odd strings no conversation has."""
    rng = Random(SEED)
    made = [conversation(rng, 2)[0] for _ in range(TEXTS - 500)]
    alphabet = "aZ09 .,'\"!?äß…漢字🙂\n\t-−×÷<>|{}[]é\u200d"
    return made + ["".join(rng.choices(alphabet, k=rng.randint(1, 60))) for _ in range(500)]


def write(folder: Path, out: Path) -> None:
    import torch
    from network import Network, Shape
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    network = Network(Shape(**json.loads((folder / "shape.json").read_text())))
    state = torch.load(folder / "checkpoint.pt", weights_only=True)["average"]
    network.load_state_dict(state)
    found: dict[str, np.ndarray] = {}
    for number, text in enumerate(texts()):
        ids = tokenizer.encode(text).ids
        found[f"tokens{number}"] = np.array(ids)
        if number < SCORED:
            mask = torch.ones(1, 1, len(ids), len(ids), dtype=torch.bool).tril()
            with torch.no_grad():
                scores = network.scores(network(torch.tensor([ids]), mask))[0]
            found[f"scores{number}"] = scores.numpy()
    np.savez(out, allow_pickle=False, **found)


def check(model: Path, expected: Path) -> None:
    from engines.llm.llama.library import C
    from engines.llm.llama.memory import Memory
    from engines.llm.llama.model import Model
    from engines.models import gguf

    loaded = Model(model, gguf.check(model), 0, lambda _: True)
    memory, size = Memory(loaded, 2048, 1), loaded.vocabulary.size
    found = np.load(expected)
    differing = sum(
        list(found[f"tokens{number}"]) != loaded.vocabulary.tokens(text, special=True)
        for number, text in enumerate(texts())
    )
    print(f"tokens: {TEXTS - differing} of {TEXTS} texts alike")
    differences, same, spread = [], 0, []
    for number in range(SCORED):
        ids, wanted = found[f"tokens{number}"].tolist(), found[f"scores{number}"]
        for length in range(1, len(ids) + 1, STEP):
            memory.keep(ids[:length])
            list(memory.read(ids[:length]))
            given = C.llama_get_logits_ith(memory.pointer, -1)
            scores = np.ctypeslib.as_array(given, (size,))
            differences.append(float(np.abs(scores - wanted[length - 1]).max()))
            same += int(scores.argmax() == wanted[length - 1].argmax())
            spread.append(float(wanted[length - 1].std()))
    worst, mean, places = max(differences), np.mean(spread), len(differences)
    print(f"scores: largest difference {worst:.3f} at a spread of {mean:.2f}")
    print(f"most likely token alike at {same} of {places} places ({same / places:.2%})")
    memory.close()
    loaded.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("write", "check"))
    parser.add_argument("source", type=Path)
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args()
    (write if chosen.step == "write" else check)(chosen.source, chosen.file)
