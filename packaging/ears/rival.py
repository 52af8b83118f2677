"""What the ears were measured against: pocketsphinx with a language model of the same requests.

python packaging/ears/rival.py FOLDER [--texts 60000]     makes requests.arpa and requests.dict
"""

import argparse
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import arpa
import numpy as np
from pocketsphinx import Decoder, get_model_path
from sayings import saying

SEED = 31  # the texts of the tokens
PHONE = re.compile(r"(\S+):[\d.]+")
SAME = {"AX": "AH", "PAU": ""}  # flite's names that cmudict has otherwise
BEAMS = {"beam": 1e-60, "wbeam": 1e-40, "pbeam": 1e-60, "maxhmmpf": 10_000, "lw": 6.5}


def make(folder: Path, texts: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(SEED)
    words = arpa.write(folder / "requests.arpa", [saying(rng).words for _ in range(texts)])
    known = dictionary()
    lines = []
    for word in words:
        for number, phones in enumerate(known.get(word) or [pronounced(word)], 1):
            lines.append(f"{word if number == 1 else f'{word}({number})'} {phones}")
    (folder / "requests.dict").write_text("\n".join(lines) + "\n")
    print(f"{len(words)} words, {sum(1 for word in words if word not in known)} not in cmudict")


def dictionary() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in Path(get_model_path("en-us/cmudict-en-us.dict")).read_text().splitlines():
        word, phones = line.split(maxsplit=1)
        found.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(phones)
    return found


def pronounced(word: str) -> str:
    """As flite would say it."""
    command = ["flite", "-voice", "kal16", "-psdur", "-t", word, "-o", "/dev/null"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = [name.upper() for name in PHONE.findall(told)]
    return " ".join(name for one in names if (name := SAME.get(one, one)))


def load(folder: Path) -> Callable[[np.ndarray], str]:
    decoder = Decoder(
        samprate=16000,
        loglevel="FATAL",
        lm=str(folder / "requests.arpa"),
        dict=str(folder / "requests.dict"),
        **BEAMS,
    )

    def hear(sound: np.ndarray) -> str:
        decoder.start_utt()
        decoder.process_raw((sound * 32767).astype("<i2").tobytes(), False, True)
        decoder.end_utt()
        found = decoder.hyp()
        return re.sub(r"\(\d+\)", "", found.hypstr) if found else ""

    return hear


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts", type=int, default=60_000)
    options = parser.parse_args()
    make(options.folder, options.texts)
