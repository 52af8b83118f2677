"""Writes tiny GGUF files for tests: random weights, or weights that say a given script."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gguf
import numpy as np

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6  # llama_token_type

CHATML = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\n' + (message.content or '') }}"
    "{%- for call in message.tool_calls or [] %}"
    "{{- '\n<tool_call>\n' + (call.function | tojson) + '\n</tool_call>' }}"
    "{%- endfor %}{{- '<|im_end|>\n' }}"
    "{%- endfor %}"
    "{%- if tools %}{{- '<tools>' }}{%- for tool in tools %}{{- tool | tojson }}{%- endfor %}"
    "{{- '</tools>' }}{%- endif %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}"
    "{{- '<think>\n\n</think>\n\n' }}{%- endif %}{%- endif %}"
)

_TOOLS = CHATML[CHATML.index("{%- if tools") : CHATML.index("{%- if add_generation")]
TOOLS_FIRST = _TOOLS + CHATML.replace(_TOOLS, "")  # as in most models' templates

SPECIALS = {
    "<|endoftext|>": CONTROL,
    "<|im_start|>": CONTROL,
    "<|im_end|>": CONTROL,
    "<tool_call>": USER_DEFINED,
    "</tool_call>": USER_DEFINED,
    "<think>": USER_DEFINED,
    "</think>": USER_DEFINED,
}
MERGES = ("h e", "Ġ t", "i n", "Ġt he", "e r", "Ġ a", "a n", "o n", "Ġa n")

Weights = dict[str, np.ndarray]


@dataclass
class Vocabulary:
    """Tokens of a byte-level vocabulary: every byte, some merges, the specials, then extra ones.

    Extra tokens have no merges, so no text ever becomes one of them: only the model says them.
    """

    extra: Sequence[bytes] = ()
    specials: dict[str, int] = field(default_factory=lambda: dict(SPECIALS))

    def __post_init__(self) -> None:
        letters = [alphabet()[b] for b in range(256)]
        merged = ["".join(pair.split(" ")) for pair in MERGES]
        spelled = ["".join(alphabet()[b] for b in text) for text in self.extra]
        self.tokens = [*letters, *merged, *self.specials, *spelled]
        plain = len(letters) + len(merged)
        self.types = [NORMAL] * plain + list(self.specials.values()) + [NORMAL] * len(spelled)
        self.first_extra = plain + len(self.specials)

    def __len__(self) -> int:
        return len(self.tokens)

    def id(self, token: str) -> int:
        return self.tokens.index(token)

    def byte(self, text: str) -> int:
        return self.id(alphabet()[ord(text)])

    def is_rare(self, token: int) -> bool:
        """Special, or a byte that is no printable character on its own."""
        return self.types[token] != NORMAL or token < 256 and not 32 <= token < 127

    def write(self, writer: gguf.GGUFWriter) -> None:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("gpt-2")
        writer.add_token_list(self.tokens)
        writer.add_token_types(self.types)
        writer.add_token_merges(MERGES)
        writer.add_bos_token_id(self.id("<|endoftext|>"))
        writer.add_eos_token_id(self.id("<|im_end|>"))
        writer.add_add_bos_token(False)


class SentencePiece(Vocabulary):
    """A vocabulary like Llama 2's: a space is U+2581, a text begins with one."""

    def __post_init__(self) -> None:
        words = [
            "▁",
            *"abcdefghijklmnopqrstuvwxyz",
            "▁he",
            "ll",
            "hell",
            "▁hell",
            "▁hello",
            "[",
            "]",
        ]
        spelled = [text.decode() for text in self.extra]
        bytes_ = [f"<0x{b:02X}>" for b in range(256)]
        self.tokens = ["<unk>", "<s>", "</s>", *bytes_, *words, *spelled]
        self.types = [UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256, *[NORMAL] * (len(words + spelled))]
        self.first_extra = 3 + 256 + len(words)

    def byte(self, text: str) -> int:
        return self.id(f"<0x{ord(text):02X}>")

    def write(self, writer: gguf.GGUFWriter) -> None:
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(self.tokens)
        writer.add_token_scores([float(len(token)) for token in self.tokens])
        writer.add_token_types(self.types)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_add_bos_token(True)


def alphabet() -> list[str]:
    """The printable character that stands for each byte in a byte-level vocabulary (GPT-2)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(b) if b in plain else chr(next(others)) for b in range(256)]


def random_llama(
    path: Path,
    *,
    seed: int = 0,
    context: int = 4096,
    template: str | None = CHATML,
    vocabulary: Vocabulary | None = None,
    layers: int = 2,
    metadata: dict[str, float | int] | None = None,
    change: Callable[[Weights], object] = lambda weights: None,
) -> Path:
    """A llama with random weights: what it says means nothing but depends on all it has read.

    change: what is done to its weights before they are written.
    """
    vocabulary = vocabulary or Vocabulary()
    width, hidden = 64, 128
    random = Random(seed)
    weights = random.ends(vocabulary, width)
    for n in range(layers):
        weights |= attention(random, n, width, heads=4, kv_heads=2, size=16)
        weights |= feed_forward(random, n, width, hidden)
    change(weights)

    def describe(writer: gguf.GGUFWriter) -> None:
        describe_attention(writer, context, width, hidden, layers)
        for key, value in (metadata or {}).items():
            add = writer.add_float32 if isinstance(value, float) else writer.add_int32
            add(key, value)

    return write(path, "llama", describe, vocabulary, weights, template)


def random_moe(
    path: Path, *, seed: int = 0, change: Callable[[Weights], object] = lambda weights: None
) -> Path:
    """A llama with four experts in each layer, two of which are asked for a token."""
    vocabulary, width, hidden, layers, experts = Vocabulary(), 64, 128, 2, 4
    random = Random(seed)
    weights = random.ends(vocabulary, width)
    for n in range(layers):
        weights |= attention(random, n, width, heads=4, kv_heads=2, size=16)
        weights |= {
            f"blk.{n}.ffn_norm.weight": ones(width),
            f"blk.{n}.ffn_gate_inp.weight": random.matrix(experts, width),
            f"blk.{n}.ffn_gate_exps.weight": random.normal(experts, hidden, width) / width**0.5,
            f"blk.{n}.ffn_up_exps.weight": random.normal(experts, hidden, width) / width**0.5,
            f"blk.{n}.ffn_down_exps.weight": random.normal(experts, width, hidden) / hidden**0.5,
        }
    change(weights)

    def describe(writer: gguf.GGUFWriter) -> None:
        describe_attention(writer, 4096, width, hidden, layers)
        writer.add_expert_count(experts)
        writer.add_expert_used_count(2)

    return write(path, "llama", describe, vocabulary, weights, CHATML)


def random_gemma3(path: Path, *, seed: int = 0, window: int = 64) -> Path:
    """Six layers, five of which see only the last `window` tokens."""
    vocabulary, width, hidden, layers = Vocabulary(), 64, 128, 6
    random = Random(seed)
    weights = random.ends(vocabulary, width)
    for n in range(layers):
        weights |= attention(random, n, width, heads=4, kv_heads=2, size=16)
        weights |= feed_forward(random, n, width, hidden)
        for name in ("post_attention_norm", "post_ffw_norm"):
            weights[f"blk.{n}.{name}.weight"] = ones(width)
        for name in ("attn_q_norm", "attn_k_norm"):
            weights[f"blk.{n}.{name}.weight"] = ones(16)

    def describe(writer: gguf.GGUFWriter) -> None:
        describe_attention(writer, 4096, width, hidden, layers)
        writer.add_key_length(16)
        writer.add_value_length(16)
        writer.add_sliding_window(window)

    return write(path, "gemma3", describe, vocabulary, weights, CHATML)


def random_qwen2vl(path: Path, *, seed: int = 0) -> Path:
    """A picture takes fewer positions than tokens: it is counted by rows and columns."""
    vocabulary, width, hidden, layers = Vocabulary(), 64, 128, 2
    random = Random(seed)
    weights = random.ends(vocabulary, width)
    for n in range(layers):
        weights |= attention(random, n, width, heads=4, kv_heads=2, size=16)
        weights |= feed_forward(random, n, width, hidden)
        for name, size in (("q", 64), ("k", 32), ("v", 32)):
            weights[f"blk.{n}.attn_{name}.bias"] = random.normal(size) * 0.1

    def describe(writer: gguf.GGUFWriter) -> None:
        describe_attention(writer, 4096, width, hidden, layers)
        writer.add_rope_dimension_sections([2, 3, 3, 0])

    return write(path, "qwen2vl", describe, vocabulary, weights, CHATML)


def random_mamba(path: Path, *, seed: int = 0) -> Path:
    """A recurrent model: its memory cannot be cut back."""
    vocabulary, width, layers, state, rank = Vocabulary(), 64, 2, 16, 4
    inner = 2 * width
    random = Random(seed)
    weights = random.ends(vocabulary, width)
    for n in range(layers):
        block = f"blk.{n}."
        weights |= {
            block + "attn_norm.weight": ones(width),
            block + "ssm_in.weight": random.matrix(2 * inner, width),
            block + "ssm_conv1d.weight": random.matrix(inner, 4),
            block + "ssm_conv1d.bias": ones(inner) * 0,
            block + "ssm_x.weight": random.matrix(rank + 2 * state, inner),
            block + "ssm_dt.weight": random.matrix(inner, rank),
            block + "ssm_dt.bias": ones(inner) * 0,
            block + "ssm_a": -np.exp(random.normal(inner, state) * 0.3),
            block + "ssm_d": ones(inner),
            block + "ssm_out.weight": random.matrix(width, inner),
        }

    def describe(writer: gguf.GGUFWriter) -> None:
        describe_shape(writer, 4096, width, 0, layers)
        writer.add_head_count(0)
        writer.add_ssm_conv_kernel(4)
        writer.add_ssm_inner_size(inner)
        writer.add_ssm_state_size(state)
        writer.add_ssm_time_step_rank(rank)

    return write(path, "mamba", describe, vocabulary, weights, CHATML)


def random_lfm2(path: Path, *, seed: int = 0) -> Path:
    """A hybrid: blocks with a short convolution, whose state cannot be cut back, and attention."""
    vocabulary, width, hidden, layers = Vocabulary(), 64, 128, 4
    random = Random(seed)
    weights = random.ends(vocabulary, width)
    weights["token_embd_norm.weight"] = weights.pop("output_norm.weight")
    for n in range(layers):
        block = f"blk.{n}."
        if n % 2:
            weights |= attention(random, n, width, heads=4, kv_heads=2, size=16)
            weights |= {block + f"attn_{x}_norm.weight": ones(16) for x in "qk"}
        else:
            weights |= {
                block + "attn_norm.weight": ones(width),
                block + "shortconv.in_proj.weight": random.matrix(3 * width, width),
                block + "shortconv.conv.weight": random.matrix(width, 3),
                block + "shortconv.out_proj.weight": random.matrix(width, width),
            }
        weights |= feed_forward(random, n, width, hidden)

    def describe(writer: gguf.GGUFWriter) -> None:
        describe_shape(writer, 4096, width, hidden, layers)
        writer.add_head_count(4)
        writer.add_head_count_kv([2 if n % 2 else 0 for n in range(layers)])
        writer.add_shortconv_l_cache(3)
        writer.add_rope_freq_base(10000.0)

    return write(path, "lfm2", describe, vocabulary, weights, CHATML)


def scripted(
    path: Path,
    chunks: Sequence[str | bytes],
    *,
    template: str | None = CHATML,
    specials: dict[str, int] | None = None,
    vocabulary: type[Vocabulary] = Vocabulary,
    context: int = 16384,  # a token is a letter here, and tools take some thousand
    after: str = "\n",
    forever: bool = False,
    then: tuple[str, Sequence[str]] = ("", ()),
) -> Path:
    """A model that answers with these chunks, one token each, then ends (or begins again).

    It looks only at the last token: the answer begins after a prompt that ends with `after`.
    A chunk that is one of the specials is said as that token; all others must differ from each
    other and be longer than one byte. then: what a prompt has to end with for another answer, and
    that answer.
    """
    usual = dict(SPECIALS) if vocabulary is Vocabulary else {}
    known = usual if specials is None else specials
    texts = [c.encode() if isinstance(c, str) else c for c in (*chunks, *then[1])]
    own = vocabulary([t for t in texts if t.decode("utf-8", "replace") not in known])
    if vocabulary is Vocabulary:
        own = Vocabulary(own.extra, known)
    extra = iter(range(own.first_extra, len(own)))
    steps = [
        own.id(s) if (s := t.decode("utf-8", "replace")) in known else next(extra) for t in texts
    ]
    end = own.id("<|im_end|>" if vocabulary is Vocabulary else "</s>")
    size = 32 * math.ceil(len(own) / 32)
    output = np.zeros((len(own), size), np.float32)
    answers = [(after, steps[: len(chunks)]), (then[0], steps[len(chunks) :])]
    for begins, said in answers if then[1] else answers[:1]:
        previous = own.byte(begins)
        for step in [*said, said[0] if forever else end]:
            output[step, previous] = 3
            previous = step
    one_layer = {k: v * 0 for k, v in attention(Random(0), 0, size, 2, 2, size // 2).items()}
    one_layer |= {k: v * 0 for k, v in feed_forward(Random(0), 0, size, 32).items()}
    weights: Weights = {
        "token_embd.weight": np.eye(len(own), size, dtype=np.float32),
        "output_norm.weight": ones(size),
        "output.weight": output,
        **one_layer,
    }

    def describe(writer: gguf.GGUFWriter) -> None:
        describe_shape(writer, context, size, 32, 1)
        writer.add_head_count(2)
        writer.add_head_count_kv(2)

    return write(path, "llama", describe, own, weights, template)


class Random:
    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def normal(self, *shape: int) -> np.ndarray:
        return self._generator.standard_normal(shape, dtype=np.float32)

    def matrix(self, rows: int, columns: int) -> np.ndarray:
        return self.normal(rows, columns) / math.sqrt(columns)

    def ends(self, vocabulary: Vocabulary, width: int) -> Weights:
        """Embedding and output; such a model hardly ever says a rare token."""
        output = self.matrix(len(vocabulary), width) * 4
        output[[n for n in range(len(vocabulary)) if vocabulary.is_rare(n)]] = 0
        return {
            "token_embd.weight": self.normal(len(vocabulary), width) * 0.3,
            "output_norm.weight": ones(width),
            "output.weight": output,
        }


def ones(size: int) -> np.ndarray:
    return np.ones(size, np.float32)


def attention(random: Random, n: int, width: int, heads: int, kv_heads: int, size: int) -> Weights:
    block = f"blk.{n}."
    return {
        block + "attn_norm.weight": ones(width),
        block + "attn_q.weight": random.matrix(heads * size, width),
        block + "attn_k.weight": random.matrix(kv_heads * size, width),
        block + "attn_v.weight": random.matrix(kv_heads * size, width),
        block + "attn_output.weight": random.matrix(width, heads * size),
    }


def feed_forward(random: Random, n: int, width: int, hidden: int) -> Weights:
    block = f"blk.{n}."
    return {
        block + "ffn_norm.weight": ones(width),
        block + "ffn_gate.weight": random.matrix(hidden, width),
        block + "ffn_up.weight": random.matrix(hidden, width),
        block + "ffn_down.weight": random.matrix(width, hidden),
    }


def describe_shape(
    writer: gguf.GGUFWriter, context: int, width: int, hidden: int, layers: int
) -> None:
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(hidden)
    writer.add_block_count(layers)
    writer.add_layer_norm_rms_eps(1e-5)


def describe_attention(
    writer: gguf.GGUFWriter, context: int, width: int, hidden: int, layers: int
) -> None:
    describe_shape(writer, context, width, hidden, layers)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(10000.0)


def write(
    path: Path,
    architecture: str,
    describe: Callable[[gguf.GGUFWriter], None],
    vocabulary: Vocabulary,
    weights: Weights,
    template: str | None,
) -> Path:
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(f"Tiny {architecture}")
    writer.add_license("cc0-1.0")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    describe(writer)
    vocabulary.write(writer)
    if template is not None:
        writer.add_chat_template(template)
    for name, values in weights.items():
        writer.add_tensor(name, np.ascontiguousarray(values, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
