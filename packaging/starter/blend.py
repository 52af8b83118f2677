"""Mixes the weights training began with into what came out, so that less is forgotten.

python packaging/starter/blend.py FOLDER SHARE
"""

import argparse
from pathlib import Path

import torch


def blend(folder: Path, share: float) -> None:
    """share: of begin.pt. The mean in the checkpoint becomes the mixture."""
    begin = torch.load(folder / "begin.pt", weights_only=True)
    path = folder / "checkpoint.pt"
    state = torch.load(path, weights_only=True)
    state["average"] = {
        name: one.lerp(begin[name], share) for name, one in state["average"].items()
    }
    torch.save(state, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("share", type=float)
    chosen = parser.parse_args()
    blend(chosen.folder, chosen.share)
