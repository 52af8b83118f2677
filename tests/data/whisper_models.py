"""Real Whisper models in CTranslate2's format, made on the spot: true shapes and cost, given words.

The weights are random but for one thing: each token points to the one that follows it in what the
model is to say. It says that whatever it hears, surely and at the cost of a real model its size.
"""

import getpass
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SHAPES = {  # width, layers that listen and that write, heads, bands
    "tiny": (384, 4, 4, 6, 80),
    "base": (512, 6, 6, 8, 80),
    "small": (768, 12, 12, 12, 80),
    "smallest": (64, 1, 1, 1, 80),
}
LANGUAGES = ("en", "de", "fr")
ALL = 51_865  # tokens of the real ones
VERSION = 7  # of what is built here
LIKELIER = 17.0  # logits by which the next word stands out
NOISE = 0.01  # of the weights: small enough that the chain decides


def built(says="what is seven times eight", shape="smallest", **how):
    """The folder of a model that says these words; built once, then found again."""
    key = repr((VERSION, says, shape, sorted(how.items())))
    name = f"whisper-{shape}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / f"parley-test-models-{getpass.getuser()}" / name
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=folder.parent))
        build(making, says, shape, **how)
        try:
            making.rename(folder)
        except OSError:  # another process was quicker
            shutil.rmtree(making)
    return folder


def build(folder, says, shape, sure=1.0, loops=False, silent=False, many=True, size=ALL):
    """sure: 1 is certain, 0.6 guesses; loops: it begins anew at the end, for ever.

    silent: sure that nobody speaks; many: of several languages; size: of its vocabulary.
    """
    tokenizer, tokens = vocabulary(says, many, size)
    number = {token: place for place, token in enumerate(tokens)}
    said = tokenizer.encode(" " + says.strip(), add_special_tokens=False).ids
    chain = _chain(number, said, loops, silent, many)
    _weights(SHAPES[shape], tokens, chain, sure).save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = json.loads((folder / "config.json").read_text())
    config |= {"suppress_ids": [], "suppress_ids_begin": [], "alignment_heads": [[0, 0]]}
    config["lang_ids"] = [number[f"<|{code}|>"] for code in LANGUAGES]
    (folder / "config.json").write_text(json.dumps(config))


def vocabulary(says, many, size):
    """A byte-pair tokenizer in which each of these words is one token, and all tokens in order."""
    letters = pre_tokenizers.ByteLevel.alphabet()
    # the library takes a model that has the empty token as one of many languages
    known, merges = [*sorted(letters), *([""] if many else [])], []
    for word in dict.fromkeys(says.split()):
        ((piece, _),) = pre_tokenizers.ByteLevel(False).pre_tokenize_str(" " + word)
        for end in range(2, len(piece) + 1):
            if piece[:end] not in known:
                known.append(piece[:end])
                merges.append((piece[: end - 1], piece[end - 1]))
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in LANGUAGES]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    special += [f"<|{step * 0.02:.2f}|>" for step in range(1501)]
    known += [f"{number}~" for number in range(size - len(special) - len(known))]
    tokenizer = Tokenizer(models.BPE({t: n for n, t in enumerate(known)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t in special[:-1501]])
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in special[-1501:]])
    return tokenizer, known + special


def _chain(number, said, loops, silent, many):
    """Which token follows which."""
    begin, start = number["<|0.00|>"], number["<|startoftranscript|>"]
    follows = {}
    follows[start] = number["<|nospeech|>"] if silent else number["<|en|>"] if many else begin
    follows[number["<|transcribe|>"]] = begin
    follows[number["<|notimestamps|>"]] = follows[begin] = said[0]
    follows |= dict(zip(said, said[1:], strict=False))
    follows[said[-1]] = said[0] if loops else number["<|endoftext|>"]
    assert len(set(said)) == len(said), "a token has one successor: no word twice"
    return follows


def _weights(shape, tokens, chain, sure):
    width, ears, hands, heads, bands = shape
    random = np.random.default_rng(7)

    def noise(*size):
        return random.standard_normal(size, np.float32) * np.float32(NOISE)

    def fill(linear, out, into):
        linear.weight, linear.bias = noise(out, into), np.zeros(out, np.float32)

    def norm(layer):
        layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    def attention(layer, own):
        norm(layer.layer_norm)
        for linear, wide in zip(layer.linear, (3, 1) if own else (1, 2, 1), strict=True):
            fill(linear, wide * width, width)

    def feed(layer):
        norm(layer.layer_norm)
        fill(layer.linear_0, 4 * width, width)
        fill(layer.linear_1, width, 4 * width)

    spec = WhisperSpec(ears, heads, hands, heads)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = noise(width, bands, 3), np.zeros(width, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = noise(width, width, 3), np.zeros(width, np.float32)
    encoder.position_encodings.encodings = noise(1500, width)
    decoder.position_encodings.encodings = noise(448, width)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    for layer in encoder.layer:
        attention(layer.self_attention, own=True)
        feed(layer.ffn)
    for layer in decoder.layer:
        attention(layer.self_attention, own=True)
        attention(layer.attention, own=False)
        feed(layer.ffn)
    meaning = random.standard_normal((len(tokens), width), np.float32)
    asked = noise(len(tokens), width)
    for token, following in chain.items():
        asked[following] += np.float32(sure * LIKELIER / width) * meaning[token]
    decoder.embeddings.weight, decoder.projection.weight = meaning, asked
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec
