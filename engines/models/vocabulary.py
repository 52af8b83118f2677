"""Rules for the tokenizer inside a GGUF: what the library asserts, it must be asked before."""

from typing import Any

from engines.errors import ModelRefused
from engines.models.contents import F32, I32, TEXT, Array

PREFIX = "tokenizer.ggml."
VOCABULARY_LIMIT = 1 << 20
# The ids a conversation needs. Others that point nowhere are ignored by the library, and do occur.
NEEDED_IDS = ("bos_token_id", "eos_token_id", "eot_token_id", "eom_token_id")
NONE = (0xFFFFFFFF, -1)  # how some converters write "there is none"


def check_vocabulary(values: dict[str, Any]) -> int:
    """The number of tokens; raises ModelRefused where the library would abort or read astray."""
    model = values.get(PREFIX + "model")
    if not isinstance(model, str):
        raise ModelRefused("it has no vocabulary", PREFIX + "model")
    tokens = values.get(PREFIX + "tokens")
    if model in ("none", "no_vocab") or tokens is None:
        raise ModelRefused("it has no vocabulary", PREFIX + "tokens")
    texts = list_of(tokens, (TEXT,), "tokens").items
    if not texts or len(texts) > VOCABULARY_LIMIT:
        raise ModelRefused("its vocabulary has an impossible size", f"tokens: {len(texts or ())}")
    spelled = spellings(texts)
    check_companions(values, len(texts))
    if model == "llama":
        check_bytes(spelled)
    if model == "gpt2" and PREFIX + "merges" not in values and not knows_no_merges(values):
        raise ModelRefused("its vocabulary is not complete", PREFIX + "merges")
    check_special_ids(values, len(texts))
    return len(texts)


def list_of(value: Any, kinds: tuple[int, ...], name: str) -> Array:
    if not isinstance(value, Array) or value.kind not in kinds:
        raise ModelRefused("a part of its vocabulary is of the wrong kind", PREFIX + name)
    return value


def spellings(texts: Any) -> set[bytes]:
    """All tokens as the library sees them: cut at a zero byte, an empty one named by its place.

    Two that are then equal make it abort: it keeps the tokens in a map and counts them.
    """
    spelled = {
        (text.partition(b"\0")[0] if b"\0" in text else text) or b"[EMPTY_%d]" % place
        for place, text in enumerate(texts)
    }
    if len(spelled) < len(texts):
        raise ModelRefused(
            "its vocabulary has the same token twice", f"{len(texts) - len(spelled)} repeated"
        )
    return spelled


def check_companions(values: dict[str, Any], count: int) -> None:
    for name, kinds in (("scores", (F32, I32)), ("token_type", (I32,))):
        value = values.get(PREFIX + name)
        if value is not None and list_of(value, kinds, name).count != count:
            raise ModelRefused(
                "parts of its vocabulary are of different length",
                f"{PREFIX}{name}: {value.count} for {count} tokens",
            )
    if (merges := values.get(PREFIX + "merges")) is not None:
        list_of(merges, (TEXT,), "merges")


def check_bytes(spelled: set[bytes]) -> None:
    """A SentencePiece vocabulary must be able to spell every byte: else a new character aborts."""
    missing = [
        b for b in range(256) if b"<0x%02X>" % b not in spelled and bytes([b]) not in spelled
    ]
    if missing:
        raise ModelRefused(
            "its vocabulary cannot spell every character", f"no token for byte {missing[0]:#04x}"
        )


def knows_no_merges(values: dict[str, Any]) -> bool:
    return values.get(PREFIX + "pre") == "kimi-k2"


def check_special_ids(values: dict[str, Any], count: int) -> None:
    for name in NEEDED_IDS:
        value = values.get(PREFIX + name, 0)
        if not isinstance(value, int) or not (value in NONE or 0 <= value < count):
            raise ModelRefused(
                "its vocabulary points to a token it does not have", f"{PREFIX}{name}: {value}"
            )
