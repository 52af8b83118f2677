"""Kinds of malformed files whose bytes fit together and describe an impossible model."""

import math
import struct
from random import Random

from tests.data.drafts import (
    F32,
    I32,
    LIST,
    TEXT,
    U32,
    VOCABULARY,
    Kill,
    Made,
    byte_texts,
    spm_tokenizer,
    valid,
)

TOKENS, TYPES = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"


def block_counts(random: Random) -> Made:
    for count in (0, 513, 5000, 65536, (1 << 31) - 1, 1 << 31, 0xFFFFFFFF):
        yield Kill(f"block_count {count}"), valid().set("llama.block_count", U32, count)
    for count in (1, 3, 100, 512):
        yield f"block_count {count}", valid().set("llama.block_count", U32, count)
    yield "negative", valid().set("llama.block_count", I32, -1)
    yield Kill("more to predict"), valid().set("llama.nextn_predict_layers", U32, 3)


def heads(random: Random) -> Made:
    for name in ("llama.attention.head_count", "llama.attention.head_count_kv"):
        for count in (0, 5, 33, 65536, 0xFFFFFFFF):
            yield f"{name} {count}", valid().set(name, U32, count)
        yield f"{name} for three blocks", valid().set(name, LIST, (U32, [2, 2, 2]))
        yield f"{name} all zero", valid().set(name, LIST, (U32, [0, 0]))
        yield f"{name} in texts", valid().set(name, LIST, (TEXT, ["2", "2"]))
        yield f"{name} in floats", valid().set(name, LIST, (F32, [2.0, 2.0]))
    for count in (0, 1, 31, 1 << 20, 0xFFFFFFFF):
        yield f"embedding_length {count}", valid().set("llama.embedding_length", U32, count)
    for count in (0, 1 << 31, 0xFFFFFFFF):
        yield f"context_length {count}", valid().set("llama.context_length", U32, count)


def epsilons(random: Random) -> Made:
    key = "llama.attention.layer_norm_rms_epsilon"
    for value in (math.nan, -1e-5, -1.0, -math.inf):
        yield Kill(f"{value}"), valid().set(key, F32, value)
    for value in (math.inf, 0.0, 1e30):
        yield f"{value}", valid().set(key, F32, value)
    yield Kill("a NaN of its own"), valid().set(key, F32, struct.pack("<I", 0xFFC01234))


def experts(random: Random) -> Made:
    for count in (1, 8, 256):
        yield Kill(f"{count} experts, none used"), valid().set("llama.expert_count", U32, count)
    yield Kill("none, two used"), valid().set("llama.expert_used_count", U32, 2)
    yield Kill("too many"), valid(experts=4).set("llama.expert_count", U32, 1025)
    for used in (0, 5, 0xFFFFFFFF):
        yield Kill(f"{used} of 4 used"), valid(experts=4).set("llama.expert_used_count", U32, used)
    for groups in (4, 3, 0xFFFFFFFF):
        draft = valid(experts=4).set("llama.expert_group_count", U32, groups)
        yield Kill(f"{groups} groups of 4"), draft
    yield Kill("groups of nothing"), valid().set("llama.expert_group_count", U32, 2)
    yield "more than there are", valid(experts=4).set("llama.expert_count", U32, 8)


def rope(random: Random) -> Made:
    for name in ("su", "", "yarn\0n", "LINEAR"):
        draft = valid().set("llama.rope.scaling.type", TEXT, name)
        yield (f"scaling {name!r}" if "\0" in name else Kill(f"scaling {name!r}")), draft
    for count in (1, 15, 33, 0xFFFFFFFF):
        yield f"dimension_count {count}", valid().set("llama.rope.dimension_count", U32, count)
    for value in (math.nan, math.inf, -1.0):
        yield f"freq_base {value}", valid().set("llama.rope.freq_base", F32, value)


def tokens(random: Random) -> Made:
    yield Kill("all equal"), valid().set(TOKENS, LIST, (TEXT, ["a"] * VOCABULARY))
    for _ in range(4):
        texts = [*byte_texts(), "he", "<|im_start|>", "<|im_end|>"]
        one, other = random.sample(range(VOCABULARY), 2)
        texts[one] = texts[other]
        yield Kill(f"{one} like {other}"), valid().set(TOKENS, LIST, (TEXT, texts))
    hidden = [*byte_texts(), "he", "x\0one", "x\0two"]
    hidden[byte_texts().index("x")] = "xx"
    yield Kill("equal up to a zero byte"), valid().set(TOKENS, LIST, (TEXT, hidden))
    named = [*byte_texts(), "he", "", "[EMPTY_257]"]
    yield Kill("named like an empty one"), valid().set(TOKENS, LIST, (TEXT, named))
    for count in (0, 1, 100, VOCABULARY - 1):
        texts = [*byte_texts(), "he", "<|im_start|>"][:count]
        yield f"only {count}", valid().set(TOKENS, LIST, (TEXT, texts))
    yield "as numbers", valid().set(TOKENS, LIST, (U32, range(VOCABULARY)))
    yield "as one text", valid().set(TOKENS, TEXT, "a b c")
    many = [f"t{i}" for i in range(20_000)]
    yield "far more than vectors", valid().set(TOKENS, LIST, (TEXT, many))


def sentencepiece(random: Random) -> Made:
    plain = [f"w{i}" for i in range(VOCABULARY)]
    plain[:3] = ["<unk>", "<s>", "</s>"]
    draft = valid(spm_tokenizer).set(TYPES, LIST, (I32, [2, 3, 3] + [1] * 256))
    yield Kill("no byte tokens"), draft.set(TOKENS, LIST, (TEXT, plain))
    without = [entry for entry in spm_tokenizer() if entry[0] == TOKENS][0][2][1]
    for byte in (0xF0, 0x9F):
        texts = [t if t != f"<0x{byte:02X}>" else "gone" for t in without]
        yield Kill(f"byte {byte:#x} missing"), valid(spm_tokenizer).set(TOKENS, LIST, (TEXT, texts))
    scores = "tokenizer.ggml.scores"
    for count in (0, 1, VOCABULARY - 1, VOCABULARY + 5):
        draft = valid(spm_tokenizer).set(scores, LIST, (F32, [0.0] * count))
        yield f"{count} scores", draft
        draft = valid(spm_tokenizer).set(TYPES, LIST, (I32, [1] * count))
        yield f"{count} types", draft
    yield "scores as texts", valid(spm_tokenizer).set(scores, LIST, (TEXT, ["0"] * VOCABULARY))
    yield "types as floats", valid(spm_tokenizer).set(TYPES, LIST, (F32, [1.0] * VOCABULARY))
    yield "types as one number", valid(spm_tokenizer).set(TYPES, I32, 1)
    yield "types of no kind", valid(spm_tokenizer).set(TYPES, LIST, (I32, [77] * VOCABULARY))


def special_tokens(random: Random) -> Made:
    for name in ("bos_token_id", "eos_token_id", "eot_token_id"):
        for value in (VOCABULARY, 1 << 31, random.randrange(300, 1 << 30)):
            yield f"{name} {value}", valid().set(f"tokenizer.ggml.{name}", U32, value)
        yield f"{name} as text", valid().set(f"tokenizer.ggml.{name}", TEXT, "1")
    yield "merges as numbers", valid().set("tokenizer.ggml.merges", LIST, (U32, [1, 2]))
    yield "merges without a space", valid().set("tokenizer.ggml.merges", LIST, (TEXT, ["he", ""]))
    for name, value in (
        ("model", "word2vec"),
        ("model", "none"),
        ("pre", "no such"),
        ("model", ""),
    ):
        yield f"{name} {value!r}", valid().set(f"tokenizer.ggml.{name}", TEXT, value)


def missing(random: Random) -> Made:
    draft = valid()
    for key, _, _ in draft.keys:
        yield f"without {key}", valid().drop(str(key))
    for number in (0, 1, 2, 5, len(draft.tensors) - 1):
        fewer = valid()
        name = fewer.tensors.pop(number).name
        yield f"without {name}", fewer


def not_for_chat(random: Random) -> Made:
    for architecture in ("clip", "bert", "nomic-bert", "t5encoder", "wavtokenizer-dec", "flux"):
        yield architecture, valid().set("general.architecture", TEXT, architecture)
    for purpose in ("adapter", "mmproj", "imatrix"):
        yield purpose, valid().set("general.type", TEXT, purpose)
    for architecture in ("", "nothing known", "(unknown)", "x" * 300):
        yield architecture[:20], valid().set("general.architecture", TEXT, architecture)


KINDS = (
    block_counts,
    heads,
    epsilons,
    experts,
    rope,
    tokens,
    sentencepiece,
    special_tokens,
    missing,
    not_for_chat,
)
