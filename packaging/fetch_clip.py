"""Fetches torch and open_clip for the tests marked clip, by the same way as the window.

    .venv/bin/python packaging/fetch_clip.py FOLDER

What was fetched is kept as long as the tested versions are the same.
"""

import json
import sys
from pathlib import Path

from app.fetching import MARKER, Fetching, clip_packages, room
from app.paths import constraints
from engines.errors import ParleyError

NEEDS = 8  # GB: twice the unpacked size, for a moment


def current(folder: Path, pins: Path) -> bool:
    """Whether what lies there is of the versions that are wanted now."""
    try:
        there = json.loads((folder / MARKER).read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return False
    lines = pins.read_text("utf-8").splitlines()
    wanted = dict(line.split(";")[0].split()[0].split("==") for line in lines if "==" in line)
    known = {name.lower().replace("_", "-"): version for name, version in wanted.items()}
    fetched = dict(one.split("==") for one in there)
    names = {name.lower().replace("_", "-"): version for name, version in fetched.items()}
    return all(known.get(name, version) == version for name, version in names.items())


def main() -> int:
    folder, pins = Path(sys.argv[1]), constraints()
    extra = clip_packages(folder, pins)
    if extra.size() and current(folder, pins):
        print(f"torch and open_clip are in {folder}.")
        return 0
    if room(folder) < NEEDS << 30:
        print(f"{NEEDS} GB have to be free for torch and open_clip.", file=sys.stderr)
        return 1
    said = ""

    def say(words: str, share: float) -> None:
        nonlocal said
        if (short := words.split(",")[0]) != said:
            said = short
            print(short, flush=True)

    try:
        Fetching(extra).run(say)
    except ParleyError as error:
        print(f"{error.message} {error.hint}\n{error.detail}", file=sys.stderr)
        return 1
    print(f"torch and open_clip: {extra.size() / 1e9:.1f} GB in {folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
