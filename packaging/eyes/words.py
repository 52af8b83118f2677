"""The vocabulary of the reading tower: a BPE both open_clip and `tokenizers` read alike."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

START, END, PIECE = "<start_of_text>", "<end_of_text>", "</w>"
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"  # as in open_clip


def bytes_in_order() -> list[str]:
    """The letters that stand for bytes, in the order open_clip numbers them."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(one) for one in plain] + [chr(256 + n) for n in range(256 - len(plain))]


def train(texts: Iterable[str], size: int) -> list[str]:
    """Merges, the first made first: "a b</w>"."""
    tokenizer = _around(models.BPE(end_of_word_suffix=PIECE))
    trainer = trainers.BpeTrainer(
        vocab_size=size - 2,
        min_frequency=2,
        show_progress=False,
        end_of_word_suffix=PIECE,
        initial_alphabet=sorted(bytes_in_order()),
    )
    tokenizer.train_from_iterator(texts, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [one if isinstance(one, str) else " ".join(one) for one in merges][: size - 514]


def tokenizer(merges: list[str], context: int) -> Tokenizer:
    """Gives each text `context` numbers: start, words, end, noughts."""
    letters = bytes_in_order()
    known = [*letters, *(one + PIECE for one in letters)]
    known += ["".join(one.split(" ")) for one in merges] + [START, END]
    numbers = {one: number for number, one in enumerate(known)}
    pairs = [tuple(one.split(" ")) for one in merges]
    made = _around(
        models.BPE(numbers, pairs, end_of_word_suffix=PIECE, unk_token=None)  # pyright: ignore
    )
    made.add_special_tokens([START, END])
    made.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(START, numbers[START]), (END, numbers[END])],
    )
    made.decoder = decoders.BPEDecoder(suffix=PIECE)
    made.enable_truncation(context)
    made.enable_padding(length=context, pad_id=0, pad_token=letters[0])
    return made


def write(merges: list[str], folder: Path, context: int) -> None:
    """tokenizer.json, and merges.txt.gz for open_clip's SimpleTokenizer."""
    tokenizer(merges, context).save(str(folder / "tokenizer.json"))
    text = "\n".join(["merges of Parley's eyes", *merges])
    (folder / "merges.txt.gz").write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


def _around(model: models.BPE) -> Tokenizer:
    made = Tokenizer(model)
    made.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return made
