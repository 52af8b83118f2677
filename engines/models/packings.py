"""Which models lie in a repository, judged by the names of its files: packings, parts, projectors.

One model comes packed in several ways (quantised); each is one file, or several that belong
together, and what it sees with is a file of its own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engines.models.companions import MARK, words
from engines.models.gguf import PART
from engines.stt import folders as whispers
from engines.tts import voices as pipers
from engines.vision import folders as clips

PACKED = re.compile(
    r"(?:^|[-._/ ])((?:UD-)?(?:IQ\d_[A-Z]+|I?Q\d+_K(?:_(?:XL|[SML]))?|Q\d_\d|TQ\d_\d|MXFP4(?:_MOE)?"
    r"|NVFP4|BF16|F?FP?16|FP?32))(?=$|[-._/ ])",
    re.IGNORECASE,
)
NOT_A_MODEL = re.compile(
    r"(?:^|[-._/])(?:imatrix|mtp|draft|assistant|lora|adapter)(?=[-._/])", re.I
)
PLAIN = (  # how a packing begins -> in words, the smaller ones first
    (("IQ1", "TQ1", "IQ2", "Q2", "TQ2"), "Smallest"),
    (("IQ3", "Q3"), "Small"),
    (("IQ4", "Q4", "MXFP4", "NVFP4"), "Balanced"),
    (("Q5",), "Fine"),
    (("Q6",), "Finer"),
    (("Q8",), "Nearly whole"),
    (("BF16", "F16", "FP16"), "Whole"),
    (("F32", "FP32"), "Whole, in twice the size"),
)
USUAL = ("Q4_K_M", "UD-Q4_K_M", "Q4_K_XL", "UD-Q4_K_XL", "MXFP4", "MXFP4_MOE", "Q4_0", "Q4_K_S")
EYES = ("F16", "FP16", "BF16", "Q8_0", "F32", "FP32")  # of projectors, the likelier first
WHISPER = (whispers.CONFIG, whispers.MODEL, whispers.TOKENIZER)
CLIP_WEIGHTS = (clips.WEIGHTS, *clips.OTHER_NAMES)


@dataclass(frozen=True)
class Packing:
    """One thing that can be fetched and then used."""

    file: str  # the first of its weights: its key
    names: tuple[str, ...]  # all files it needs, the projector too
    size: int  # bytes of them all
    weights: int  # bytes without the projector
    packed: str = ""  # "Q4_K_M", "" where its name does not say
    projector: str = ""

    @property
    def rank(self) -> int:
        """Smaller packings have smaller ones."""
        return next((n for n, (starts, _) in enumerate(PLAIN) if self._begins(starts)), len(PLAIN))

    @property
    def title(self) -> str:
        plain = dict(enumerate(words for _, words in PLAIN)).get(self.rank, "")
        return f"{plain} ({self.packed})" if plain else Path(self.file).stem

    def _begins(self, starts: tuple[str, ...]) -> bool:
        return self.packed.removeprefix("UD-").startswith(starts)


def packings(job: str, sizes: Mapping[str, int]) -> tuple[Packing, ...]:
    """What of a repository (file name -> bytes) does a job; the smallest first."""
    made = {"listen": _whisper, "find": _clip, "speak": _voices}.get(job, _weights)(sizes)
    return tuple(sorted(made, key=lambda one: (one.weights, one.file)))


def usual(made: Iterable[Packing]) -> Packing | None:
    """What most people take: small enough, and hardly worse than the whole."""
    known = list(made)
    for name in USUAL:
        if found := next((one for one in known if one.packed == name), None):
            return found
    balanced = [one for one in known if one.rank >= 2]
    return balanced[0] if balanced else known[-1] if known else None


def packed(name: str) -> str:
    """How a file is packed, as its name has it: "Q4_K_M"; "" where it does not say."""
    found = PACKED.findall(name.rpartition(".")[0])
    return found[-1].upper() if found else ""


def _weights(sizes: Mapping[str, int]) -> list[Packing]:
    files = [name for name in sizes if name.lower().endswith(".gguf")]
    eyes = [name for name in files if MARK in name.rpartition("/")[2].lower()]
    models = [n for n in files if n not in eyes and not NOT_A_MODEL.search(f"/{n}")]
    made = []
    for parts in _together(models):
        eye = _projector(parts[0], models, eyes)
        names = (*parts, *((eye,) if eye else ()))
        weights = sum(sizes[one] for one in parts)
        whole = weights + (sizes[eye] if eye else 0)
        made.append(Packing(parts[0], names, whole, weights, packed(parts[0]), eye))
    return made


def _together(models: Iterable[str]) -> list[tuple[str, ...]]:
    """Files of one model in several parts, in order; those with a part missing are left out."""
    whole, split = [], {}
    for name in sorted(models):
        part = PART.fullmatch(name.rpartition("/")[2])
        if part is None:
            whole.append((name,))
        else:
            folder = name.rpartition("/")[0]
            split.setdefault((folder, part["stem"], int(part["count"])), []).append(name)
    return whole + [tuple(names) for (_, _, count), names in split.items() if len(names) == count]


def _projector(model: str, models: Iterable[str], eyes: list[str]) -> str:
    """The one whose name is most like the model's, packed as is usual."""
    likes = {eye: len(_words(eye) & _words(model)) for eye in eyes}
    mine = [
        eye
        for eye, like in likes.items()
        if all(len(_words(eye) & _words(other)) <= like for other in models)
    ]

    def worth(eye: str) -> tuple[int, int, str]:
        known = EYES.index(packed(eye)) if packed(eye) in EYES else len(EYES)
        return -likes[eye], known, eye

    return min(mine, key=worth, default="")


def _words(name: str) -> set[str]:
    return words(Path(name)) - {packed(name).lower()}


def _whisper(sizes: Mapping[str, int]) -> list[Packing]:
    vocabulary = next((one for one in whispers.VOCABULARIES if one in sizes), "")
    if not vocabulary or not all(name in sizes for name in WHISPER):
        return []
    names = (*WHISPER, vocabulary, *((whispers.SPECTRUM,) if whispers.SPECTRUM in sizes else ()))
    return [_folder(whispers.MODEL, names, sizes)]


def _clip(sizes: Mapping[str, int]) -> list[Packing]:
    weights = next((one for one in CLIP_WEIGHTS if one in sizes), "")
    if not weights or clips.CONFIG not in sizes:
        return []
    more = (clips.TOKENIZER,) if clips.TOKENIZER in sizes else ()
    return [_folder(weights, (weights, clips.CONFIG, *more), sizes)]


def _voices(sizes: Mapping[str, int]) -> list[Packing]:
    made = []
    for name in sizes:
        about = name + pipers.ABOUT
        if name.endswith(pipers.MODEL) and about in sizes:
            folder, _, _ = name.rpartition("/")
            card = f"{folder}/{pipers.CARD}" if folder else pipers.CARD
            names = (name, about, *((card,) if card in sizes else ()))
            made.append(_folder(name, names, sizes))
    return made


def _folder(file: str, names: tuple[str, ...], sizes: Mapping[str, int]) -> Packing:
    return Packing(file, names, sum(sizes[one] for one in names), sizes[file])
