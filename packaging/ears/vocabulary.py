"""The tokens: bytes and word pieces, digits alone, and Whisper's own marks for English only.

The order of the marks is that of OpenAI's English models, which faster-whisper relies on.
"""

from collections.abc import Iterable
from itertools import cycle
from string import ascii_lowercase, digits

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

PIECES = 768
MARKS = (
    *("<|endoftext|>", "<|startoftranscript|>", "<|translate|>", "<|transcribe|>"),
    *("<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"),
)
TIMES = tuple(f"<|{number * 0.02:.2f}|>" for number in range(1501))
# faster-whisper never lets a model write a lone space or a lone ":", so they belong to digits
WORD = Regex(r" ?\d|:\d| ?[^\s\d:]+|\s|:")
SURE = 3000 * [  # so that each of these is one piece
    *(f"{letter} 1:{digit}" for letter, digit in zip(ascii_lowercase, cycle(digits), strict=False))
]


def make(texts: Iterable[str]) -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(WORD, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=PIECES,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator((f" {text}" for text in texts), trainer)
    # English models: text, end of text, then the marks and the times
    made.add_special_tokens([AddedToken(one, special=True) for one in (*MARKS, *TIMES)])
    return made
