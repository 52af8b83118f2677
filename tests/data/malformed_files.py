"""Kinds of malformed files whose bytes do not fit together."""

import struct
from random import Random

from tests.data.drafts import (
    BOOL,
    F32,
    F64,
    I32,
    LIST,
    TEXT,
    U16,
    U32,
    U64,
    VOCABULARY,
    WIDTH,
    Draft,
    Kill,
    Made,
    text,
    valid,
)

FIRST, SECOND = "part-00001-of-00002.gguf", "part-00002-of-00002.gguf"
HUGE = (10**9, 1 << 31, 1 << 40, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
TOKENS = "tokenizer.ggml.tokens"


def aligned(step: int) -> Draft:
    """A whole model whose data begins at a multiple of step that is none of 32."""
    draft = valid().set("general.alignment", U32, step)
    draft.alignment = step
    for length in range(32):
        draft.set("general.author", TEXT, "x" * length)
        if draft.padded(len(draft.head())) % 32 == step:
            break
    return draft


def another_format(random: Random) -> Made:
    yield "empty", b""
    yield "zeros", bytes(4096)
    yield "noise", random.randbytes(4096)
    yield "web page", b"<!DOCTYPE html><html><head><title>404</title></head></html>" * 20
    yield "page after a blank line", b"\r\n  <html lang=en>Sign in</html>"
    yield "zip", b"PK\x03\x04" + random.randbytes(500)
    yield "pickle", b"\x80\x04\x95" + random.randbytes(500)
    yield "safetensors", struct.pack("<Q", 40) + b'{"a":{"dtype":"F32"}}'.ljust(40) + bytes(64)
    yield "json", b'{"model_type": "llama"}'
    yield "text", "Ein Gedicht über Modelle\n".encode() * 9
    yield "git lfs pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"
    yield "ggml of old", b"lmgg" + random.randbytes(300)
    yield "picture", b"\x89PNG\r\n\x1a\n" + random.randbytes(300)
    yield "one byte", b"G"
    yield "only the magic", b"GGUF"


def version(random: Random) -> Made:
    for number in (0, 1, 4, 99, 3 << 24, 2 << 24, 0xFFFFFFFF, random.randrange(5, 1 << 30)):
        draft = valid()
        draft.version = number
        yield f"version {number:#x}", draft
    yield "magic in capitals only", b"Gguf" + valid().pack()[4:]
    yield "magic reversed", b"FUGG" + valid().pack()[4:]
    yield "all big-endian", b"GGUF" + struct.pack(">IQQ", 3, 20, 18) + random.randbytes(400)


def counts(random: Random) -> Made:
    for count in (4097, 65537, *HUGE):
        draft = valid()
        draft.n_keys = count
        yield f"n_kv {count}", draft
        draft = valid()
        draft.n_tensors = count
        yield f"n_tensors {count}", draft
    for wrong in (-1, +1, -5, +3):
        draft = valid()
        draft.n_keys = len(draft.keys) + wrong
        yield f"n_kv off by {wrong}", draft
    none = valid()
    none.tensors = []
    yield "no tensors", none
    yield "nothing at all", b"GGUF" + struct.pack("<IQQ", 3, 0, 0)


def cut_short(random: Random) -> Made:
    whole = valid().pack()
    head = len(valid().head())
    for place in (5, 23, 24, 25, 40, head - 1, head, head + 1, len(whole) // 2, len(whole) - 4096):
        yield f"at {place}", whole[:place]
    for _ in range(8):
        place = random.randrange(24, head)
        yield f"in the description at {place}", whole[:place]
    for _ in range(6):
        place = random.randrange(head, len(whole) - 128)
        yield f"in the data at {place}", whole[:place]


def text_lengths(random: Random) -> Made:
    for length in (0, 70_000, (16 << 20) + 1, *HUGE):
        head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + struct.pack("<Q", length)
        yield f"key of {length} bytes", head + b"k" * 200
        value = struct.pack("<Q", length) + b"short"
        if length:
            yield f"value of {length} bytes", valid().set("general.author", F64, value)


def lists(random: Random) -> Made:
    """The first is the 49-byte file on which a well-known reader hangs and eats all memory."""
    one_key = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k")
    yield "2**63 numbers in 49 bytes", one_key + struct.pack("<IIQ", LIST, U32, 1 << 63)
    for element in (U32, F64, TEXT, BOOL, LIST):
        for count in (1 << 33, (1 << 62) + 1, (1 << 64) - 1):
            lie = struct.pack("<IQ", element, count) + bytes(64)
            yield f"{count} of type {element}", valid().set("general.tags", LIST, lie)
    for depth in (3, 50, 5000):
        nested = struct.pack("<IQ", LIST, 1) * depth + struct.pack("<IQ", U32, 0)
        yield f"{depth} deep", valid().set("general.tags", LIST, nested)
    wide = struct.pack("<IQ", LIST, 400) + struct.pack("<IQ", LIST, 400) * 400
    yield "wide and deep", valid().set("general.tags", LIST, wide)
    for element in (13, 255, 1 << 31):
        lie = struct.pack("<IQ", element, 2) + bytes(64)
        yield f"elements of type {element}", valid().set("general.tags", LIST, lie)


def value_types(random: Random) -> Made:
    for number in (13, 14, 255, 1 << 31, 0xFFFFFFFF, random.randrange(20, 1 << 30)):
        yield f"type {number}", valid().set("general.author", number, bytes(8))
    for key in ("llama.block_count", "llama.embedding_length", "llama.context_length"):
        yield f"{key} as text", valid().set(key, TEXT, "2")
        yield f"{key} as float", valid().set(key, F32, 2.0)
        yield f"{key} as bool", valid().set(key, BOOL, True)
    yield "architecture as number", valid().set("general.architecture", U32, 1)
    yield "epsilon as text", valid().set("llama.attention.layer_norm_rms_epsilon", TEXT, "1e-5")


def names(random: Random) -> Made:
    for key in (b"", b"general.\0name", b"\xff\xfe", "größe".encode(), b"a\nb", b"k" * 66_000):
        draft = valid()
        draft.keys.append((key, U32, 1))
        yield f"key {key[:12]!r}", draft
    for name in (b"", b"x" * 64, b"y" * 5000, b"blk\0", b"\x80\x81"):
        draft = valid()
        draft.tensors[3].name = name
        yield f"tensor {name[:12]!r}", draft
    for key in ("llama.block_count", "general.architecture", TOKENS):
        draft = valid()
        draft.keys.append(next(entry for entry in draft.keys if entry[0] == key))
        yield f"{key} twice", draft
    draft = valid()
    draft.tensors[4].name = draft.tensors[3].name
    yield "tensor twice", draft


def tensor_shapes(random: Random) -> Made:
    for n_dims in (0, 5, 17, 1 << 31, 0xFFFFFFFF):
        draft = valid()
        draft.tensors[2].n_dims = n_dims
        yield f"n_dims {n_dims}", draft
    for shape in (
        [0, 32],
        [32, 0],
        [1 << 63, 1],
        [1 << 32, 1 << 32],
        [1 << 33, 1 << 33, 1 << 33, 1 << 33],
        [(1 << 64) - 1, 2],
        [WIDTH + 1, VOCABULARY],
        [WIDTH, VOCABULARY * 1000],
        [WIDTH, WIDTH, WIDTH, 1 << 40],
    ):
        draft = valid()
        draft.tensors[0].shape = shape
        yield f"shape {shape}", draft


def tensor_types(random: Random) -> Made:
    for number in (4, 5, 31, 32, 33, 36, 38, 43, 99, 1 << 30, 1 << 31, 0xFFFFFFFF):
        draft = valid()
        draft.tensors[random.randrange(len(draft.tensors))].type = number
        yield f"type {number}", draft
    for number in (2, 8, 12, 30, 28):
        draft = valid()
        draft.tensors[2].type = number
        yield f"F32 called {number}", draft


def tensor_places(random: Random) -> Made:
    for offset in (1, 31, 32, 64, 1 << 20, *HUGE):
        draft = valid()
        draft.tensors[5].offset = offset
        yield f"offset {offset}", draft
    draft = valid()
    for tensor in draft.tensors:
        tensor.offset = 0
    yield "all in one place", draft
    for step in (1, 4, 8, 16):
        yield Kill(f"alignment {step}"), aligned(step)
    for step in (0, 3, 33, 1 << 21, 1 << 31, 0xFFFFFFFF):
        yield f"alignment {step}", valid().set("general.alignment", U32, step)
    yield "alignment as text", valid().set("general.alignment", TEXT, "32")
    yield "alignment as u64", valid().set("general.alignment", U64, 32)


def parts(random: Random) -> Made:
    def split(number: int, count: int = 2, tensors: int = 20) -> Draft:
        draft = valid() if number == 0 else Draft([], valid().tensors[10:])
        if number == 0:
            draft.tensors = draft.tensors[:10]
        draft.set("split.no", U16, number).set("split.count", U16, count)
        return draft.set("split.tensors.count", I32, tensors)

    first, second = split(0).pack(), split(1).pack()
    yield "second missing", {FIRST: first}
    yield "second opened", {SECOND: second, FIRST: first}
    yield "second cut", {FIRST: first, SECOND: second[:-5000]}
    yield "second empty", {FIRST: first, SECOND: b""}
    yield "second is the first", {FIRST: first, SECOND: first}
    yield "second is a whole model", {FIRST: first, SECOND: valid().pack()}
    yield "another name", {"model.gguf": first}
    yield "of three", {FIRST: split(0, 3).pack(), SECOND: second}
    yield "of 65535", {FIRST: split(0, 65535).pack(), SECOND: second}
    yield "21 tensors", {FIRST: split(0, tensors=21).pack(), SECOND: second}
    wrong = split(1).set("split.no", U32, 1).pack()
    yield Kill("number of the wrong type"), {FIRST: first, SECOND: wrong}


def flipped_bytes(random: Random) -> Made:
    whole, head = valid().pack(), len(valid().head())
    for number in range(20):
        damaged = bytearray(whole)
        for _ in range(random.randrange(1, 6)):
            damaged[random.randrange(4, head)] = random.randrange(256)
        yield f"damaged {number}", bytes(damaged)
    for number in range(5):
        damaged = bytearray(whole)
        for _ in range(2000):
            damaged[random.randrange(head, len(whole))] = random.randrange(256)
        yield f"damaged weights {number}", bytes(damaged)
    yield "noise after the head", b"GGUF" + struct.pack("<IQQ", 3, 9, 9) + random.randbytes(5000)
    yield "NaN weights", whole[:head] + b"\xff" * (len(whole) - head)


KINDS = (
    another_format,
    version,
    counts,
    cut_short,
    text_lengths,
    lists,
    value_types,
    names,
    tensor_shapes,
    tensor_types,
    tensor_places,
    parts,
    flipped_bytes,
)
