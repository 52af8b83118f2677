"""Draws scenes ahead of a training, in shards that are opened without reading them whole.

    python packaging/eyes/pool.py FOLDER --count 100000 --materials MATERIALS

A shard is NAME.npy (uint8 [n, 128, 128, 3]) and NAME.jsonl (a line each: caption, questions,
facts). Shards that are there already are kept, so that a run can go on where one ended.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scenes import SPLITS, Scene, materials, scene

SHARD = 5000


def pool(count: int, seed: int, split: str, folder: Path, family: str = "") -> None:
    """Writes `count` scenes; the same seed gives the same scenes."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, count, SHARD)):
        name = folder / f"{split.replace(' ', '-')}-{seed}-{number:03d}"
        if name.with_suffix(".npy").exists():
            continue
        rng = np.random.default_rng((seed, SPLITS.index(split), number))
        scenes = [scene(rng, split, family) for _ in range(min(SHARD, count - start))]
        lines = [
            json.dumps({"caption": one.caption, "questions": one.questions, "facts": one.facts})
            for one in scenes
        ]
        name.with_suffix(".jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        partial = name.with_suffix(".part.npy")
        np.save(partial, np.stack([one.pixels for one in scenes]))
        partial.rename(name.with_suffix(".npy"))
        print(name.name, flush=True)


def shards(folder: Path, split: str = "train") -> Iterator[tuple[np.ndarray, list[dict]]]:
    """The pixels of each whole shard, mapped and not read, and its lines."""
    for path in sorted(folder.glob(f"{split.replace(' ', '-')}-*[0-9].npy")):
        lines = path.with_suffix(".jsonl").read_text("utf-8").splitlines()
        yield np.load(path, mmap_mode="r"), [json.loads(line) for line in lines]


def read(folder: Path, split: str = "train") -> Iterator[Scene]:
    for pixels, lines in shards(folder, split):
        for one, line in zip(pixels, lines, strict=True):
            asked = tuple((question, answer) for question, answer in line["questions"])
            yield Scene(one, line["caption"], asked, line["facts"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=SPLITS, default="train")
    parser.add_argument("--family", default="")
    parser.add_argument("--materials", type=Path)
    args = parser.parse_args()
    if args.materials:
        materials.use(args.materials)
    pool(args.count, args.seed, args.split, args.folder, args.family)


if __name__ == "__main__":
    main()
