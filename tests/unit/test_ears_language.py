"""The language model of the starter's ears: its chances, and that its two files belong together."""

import math

from pocketsphinx import Decoder

from app import paths
from ears import arpa
from engines.stt.pocketsphinx import PHONES, WORDS

TEXTS = [
    "what is seven times eight",
    "what is a tree",
    "is it seven",
    "what is seven times two",
] * 2


def read(path):
    """Of each order: run of words -> its chance and the share left for what never followed it."""
    found, order = [{}, {}, {}], -1
    for line in path.read_text().splitlines():
        if line.endswith("-grams:"):
            order = int(line[1]) - 1
        elif "\t" in line:
            chance, gram, *rest = line.split("\t")
            words = tuple(gram.split())
            found[order][words] = 10 ** float(chance), 10 ** float(rest[0]) if rest else 1.0
    return found


def chance(grams, history, word):
    """As ARPA's readers do it."""
    run = (*history, word)
    if run in grams[len(run) - 1]:
        return grams[len(run) - 1][run][0]
    rest = grams[len(history) - 1].get(history, (0.0, 1.0))[1]
    return rest * chance(grams, history[1:], word)


def test_what_may_follow_adds_up_to_one(tmp_path):
    path = tmp_path / "made.arpa"
    arpa.write(path, arpa.smoothed(arpa.counted(TEXTS)))
    grams = read(path)
    words = [one for (one,) in grams[0] if one != arpa.BEGIN]
    for history in [(), ("what",), ("is", "seven"), ("what", "is"), ("tree",), (arpa.BEGIN,)]:
        assert math.isclose(sum(chance(grams, history, w) for w in words), 1.0, abs_tol=2e-3)
    assert chance(grams, ("what", "is"), "seven") > chance(grams, ("what", "is"), "tree")
    assert chance(grams, ("what", "is"), "two") > 0.0


def test_what_is_shipped_belongs_together():
    words, phones = (paths.resource("ears") / name for name in (WORDS, PHONES))
    known = [line.split()[0] for line in phones.read_text().splitlines()]
    alone = [word for word in known if "(" not in word]
    decoder = Decoder(lm=str(words), dict=str(phones), loglevel="FATAL")
    model = decoder.get_lm("_default")
    unknown = model.prob(["qwertz"])
    assert len(alone) > 5000
    assert not [word for word in alone if model.prob([word]) <= unknown]
    assert model.prob(["is", "what"]) > model.prob(["is", "kilometres"])
