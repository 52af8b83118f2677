"""Makes what the starter's ears know of words: a language model and how the words sound.

    python packaging/ears/language.py resources/ears [--texts 300000]

Sentences of the starter's grammars and of everyday.toml, mixed with common words and pairs of words
from the general English model that comes with pocketsphinx.
"""

import argparse
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import arpa
from pocketsphinx import Config, Decoder, LogMath, NGramModel, get_model_path
from sayings import saying

SEED = 31
OURS = 0.8  # share of the starter's own sentences in what is likely
COMMON = 5_000  # words of general English that are known besides
PAIR, TELLING = 1e-6, 3.0  # a general pair is taken when it is this likely, and so much likelier
RARE = 1e-8  # how likely a word is that general English does not know
OPENING = 0.05  # of all words come at the start of a sentence
PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)*")
PHONE = re.compile(r"(\S+):[\d.]+")
SAME = {"AX": "AH", "PAU": ""}  # flite's names that cmudict has otherwise

Chances = list[dict[arpa.Gram, float]]


class General:
    """How likely words are in general English, also after another."""

    def __init__(self) -> None:
        file = get_model_path("en-us/en-us.lm.bin")
        self._decoder = Decoder(lm=file, loglevel="FATAL")
        self._model = self._decoder.get_lm("_default")
        self._one = self._decoder.get_logmath().log_to_ln(10**6) / 10**6
        self.pairs: list[arpa.Gram] = []
        words = set()
        for gram in self._grams():
            if len(gram) == 1:
                words.add(gram[0])
            else:
                self.pairs.append(gram)
        known = dictionary()
        self.alone = {w: self.chance(w) for w in words if w in known or w == arpa.END}

    def chance(self, word: str, before: str = "") -> float:
        words = [word, before] if before else [word]
        return math.exp(self._model.prob(words) * self._one)

    def after(self, before: str, word: str) -> float:
        if word in self.alone and (before in self.alone or before == arpa.BEGIN):
            return self.chance(word, before)
        return self.alone.get(word, RARE)

    def common(self) -> list[str]:
        ordered = sorted(self.alone, key=lambda word: self.alone[word], reverse=True)
        return [word for word in ordered if PLAIN.fullmatch(word)][:COMMON]

    def _grams(self) -> Iterator[arpa.Gram]:
        """Its words and pairs. The library writes them as text, but not how likely they are, and
        fails at the triples: so it does in a process of its own."""
        with tempfile.TemporaryDirectory() as folder:
            text = Path(folder, "general.arpa")
            script = (
                "import sys; from pocketsphinx import NGramModel as N;"
                "N.readfile(sys.argv[1]).write(sys.argv[2], N.str_to_type('arpa'))"
            )
            file = get_model_path("en-us/en-us.lm.bin")
            subprocess.run([sys.executable, "-c", script, file, text], check=False)
            with text.open(errors="replace") as lines:
                for line in lines:
                    if line.startswith("\\3-grams"):
                        return
                    parts = line.rstrip("\n").split("\t")
                    if len(parts) > 2:
                        yield tuple(parts[1:-1])


def mixed(texts: list[str], general: General) -> Chances:
    counts = arpa.counted(texts)
    own = arpa.smoothed(counts)
    rest = [{}, arpa.rests(own, 1), arpa.rests(own, 2)]

    def alone(word: str) -> float:
        return own[0].get((word,), 0.0)

    def after(before: str, word: str) -> float:
        found = own[1].get((before, word))
        return rest[1].get((before,), 1.0) * alone(word) if found is None else found

    ends = {arpa.BEGIN, arpa.END}
    known = ({gram[0] for gram in counts[0]} | {*general.common()}) - ends
    total = sum(general.alone.get(word, 0.0) for word in (*known, arpa.END))

    def usual(word: str) -> float:
        return general.alone.get(word, RARE) / total

    words = {(word,): OURS * alone(word) + (1 - OURS) * usual(word) for word in (*known, arpa.END)}
    pairs = {
        (one, two): OURS * chance + (1 - OURS) * general.after(one, two)
        for (one, two), chance in own[1].items()
    }
    for one, two in general.pairs:
        if (one, two) in pairs or (two,) not in words or not (one in known or one == arpa.BEGIN):
            continue
        chance = general.chance(two, one)
        first = OPENING if one == arpa.BEGIN else general.alone.get(one, 0.0)
        if first * chance > PAIR and chance > TELLING * usual(two):
            pairs[one, two] = OURS * after(one, two) + (1 - OURS) * chance
    triples = {
        gram: OURS * chance + (1 - OURS) * general.after(*gram[1:])
        for gram, chance in own[2].items()
    }
    return [words, pairs, triples]


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


def texts(count: int) -> list[str]:
    rng = Random(SEED)
    return [saying(rng).words for _ in range(count)]


def make(folder: Path, count: int) -> None:
    chances = mixed(texts(count), General())
    with tempfile.TemporaryDirectory() as made:
        plain = Path(made, "requests.arpa")
        arpa.write(plain, chances)
        model = NGramModel(Config(), LogMath(), str(plain))
        model.write(str(folder / "requests.lm.bin"), NGramModel.str_to_type("bin"))
    known, lines = dictionary(), []
    words = sorted(gram[0] for gram in chances[0] if gram[0] not in (arpa.BEGIN, arpa.END))
    for word in words:
        for number, phones in enumerate(known.get(word) or [pronounced(word)], 1):
            lines.append(f"{word if number == 1 else f'{word}({number})'} {phones}")
    (folder / "requests.dict").write_text("\n".join(lines) + "\n")
    absent = sum(1 for word in words if word not in known)
    print(f"{len(words)} words, {absent} not in cmudict; {[len(one) for one in chances]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts", type=int, default=300_000)
    options = parser.parse_args()
    make(options.folder, options.texts)
