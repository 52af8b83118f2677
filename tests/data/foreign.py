"""Files of other programs' variants, whole and broken: a seeded list of any length, of 16 kinds."""

import base64
import copy
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

CARD: dict[str, Any] = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {
        "name": "Bo",
        "nickname": "B",
        "description": "{{char}} is <BOT>, a dog of {{user}}'s. {{random:a,{{pick:b,c}}}}",
        "personality": "loyal",
        "scenario": "A park. {{roll:d6}} {{reverse:abc}} {{// hidden}}",
        "first_mes": "Woof, {{user}}!",
        "mes_example": "<START>\n{{user}}: Sit!\n{{char}}: *sits*\n<START>\nBo: Woof\nYou: Good",
        "creator_notes": "<b>Good</b> dog\nmore",
        "creator_notes_multilingual": {"en": "Good dog"},
        "system_prompt": "{{original}} Be a dog.",
        "post_history_instructions": "Bark.",
        "alternate_greetings": ["Wuff", "Arf"],
        "group_only_greetings": [],
        "tags": ["dog", "park"],
        "creator": "Ada",
        "character_version": "2",
        "source": ["https://example.org/bo"],
        "assets": [{"type": "icon", "uri": "embeded://icon.png", "name": "main", "ext": "png"}],
        "extensions": {"parley": {"sampling": {"temperature": 0.5}, "tools": ["clock"]}},
        "character_book": {
            "name": "Parks",
            "extensions": {},
            "entries": [
                {"keys": ["tree"], "content": "@@depth 3\nTrees are tall.", "enabled": True,
                 "insertion_order": 3, "use_regex": False, "extensions": {}},
                {"keys": ["x"], "content": "fact", "enabled": True, "insertion_order": 1,
                 "extensions": {"parley": {"file": "facts.txt"}}},
                {"keys": [], "content": "It rains.", "enabled": True, "constant": True,
                 "insertion_order": 2, "extensions": {}},
            ],
        },
    },
}  # fmt: skip
PRESET = {
    "identifier": "@local:x",
    "name": "X",
    "operation": {
        "fields": [
            {"key": "llm.prediction.systemPrompt", "value": "Be X."},
            {"key": "llm.prediction.temperature", "value": 0.4},
            {"key": "llm.prediction.topPSampling", "value": {"checked": True, "value": 0.9}},
            {"key": "llm.prediction.structured", "value": {"type": "json", "jsonSchema": {}}},
        ]
    },
    "load": {"fields": [{"key": "llm.load.contextLength", "value": 4096}]},
}
OLD_PRESET = {"name": "Y", "inference_params": {"pre_prompt": "Be Y.", "temp": 0.1, "top_k": 4}}
JAN = {
    "object": "assistant",
    "id": "x",
    "name": "X",
    "avatar": "🐟",
    "model": "*",
    "instructions": "Be X, {{user}}.",
    "parameters": {"temperature": 0.2, "stream": True},
    "tools": [{"type": "retrieval", "enabled": True}],
}
WEB = [
    {
        "id": "x",
        "name": "X",
        "base_model_id": "llama3",
        "params": {"system": "Be X.", "temperature": 0.2, "think": False},
        "meta": {
            "description": "X",
            "profile_image_url": "data:image/png;base64,iVBORw0KGgo=",
            "suggestion_prompts": [{"content": "Why?"}],
            "tags": [{"name": "x"}],
            "toolIds": ["t"],
            "knowledge": [{"name": "k"}],
        },
    },
    {"info": {"id": "y", "name": "Y", "params": {}, "meta": {}}},
]
LIST = [{"name": "O", "filename": "o.gguf", "systemPrompt": "Be O.", "promptTemplate": "%1"}]
MODELFILE = (
    '# x\nFROM llama3:8b\nSYSTEM """Be\n"X"."""\nPARAMETER temperature 0.4\nPARAMETER stop "a b"\n'
    'TEMPLATE """{{ .Prompt }}"""\nADAPTER ./a.gguf\nLICENSE "MIT\nmore"\nMESSAGE user hi\n'
    "MESSAGE assistant hello\nMESSAGE system quiet\n"
)
YAML = (
    "model: qwen/qwen3\nbase:\n  - key: a/b\n    sources:\n      - type: huggingface\n"
    "        user: a\n        repo: b\nmetadataOverrides: {architectures: [qwen3]}\nconfig:\n"
    "  operation:\n    fields:\n      - key: llm.prediction.topKSampling\n        value: 20\n"
    "customFields:\n  - {key: enableThinking, type: boolean, defaultValue: false}\n"
)
INI = (
    "[General]\nchatTheme=Dark\n\n[model-Llama%203.gguf]\nname=Llama\ntemperature=0.7\n"
    'systemPrompt="### System:\\nBe kind, \\x1f600 \\"always\\"."\nisClone=true\n\n'
    "[network]\nport=1\n"
)
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 2**80, "", "\0", "\ud800", "\u202eabc", "{{user}}" * 50, [], {}, [[]],
    "x" * 10_000, ["a"] * 500, "../../x", "C:\\x", {"checked": True, "value": []}, "NaN", "1e999",
)  # fmt: skip
WORDS = (
    '"""', '"', "FROM ", "MESSAGE ", "PARAMETER ", "\r\n", "\r", "{{", "}}", "<START>", "[model-",
    "]", "%", "\\x", "&a", "*a", "!!python/object", "|\n", "\t", "- ", ": ", "\0", "\ufeff", "é",
    "!!float ''", "!!bool x", "2020-01-01", "? [a]\n", "!!set ", "<<: ",
    "@@dont_activate\n", "data:image/png;base64,", "embeded://", "__asset:", "\ud83d", "9" * 5000,
)  # fmt: skip


class Foreign(NamedTuple):
    kind: str  # how it was broken
    name: str
    data: bytes


def pixels() -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0abc")) + chunk(b"IEND")


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(card: object, keyword: bytes = b"ccv3") -> bytes:
    said = base64.b64encode(dumped(card))
    return pixels()[:33] + chunk(b"tEXt", keyword + b"\0" + said) + pixels()[33:]


def charx(card: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("card.json"), dumped(card))
        file.writestr(zipfile.ZipInfo("icon.png"), pixels())
    return out.getvalue()


def dumped(content: object) -> bytes:
    return json.dumps(content).encode()


TABLES = {
    "card.json": CARD, "second.json": {**CARD, "spec": "chara_card_v2"}, "first.json": CARD["data"],
    "x.preset.json": PRESET, "old.preset.json": OLD_PRESET, "assistant.json": JAN,
    "models-export.json": WEB, "models3.json": LIST,
}  # fmt: skip
TEXTS = {"Modelfile": MODELFILE, "model.yaml": YAML, "GPT4All.ini": INI}


def wholes() -> dict[str, bytes]:
    """One of each kind of file, as it should be."""
    found = {name: dumped(content) for name, content in TABLES.items()}
    found |= {name: said.encode() for name, said in TEXTS.items()}
    packed = zlib.compress(base64.b64encode(dumped(CARD)))
    found["packed.png"] = pixels()[:33] + chunk(b"zTXt", b"ccv3\0\0" + packed) + pixels()[33:]
    return found | {
        "card.png": png(CARD),
        "second.png": png(CARD, b"chara"),
        "x.charx": charx(CARD),
    }


def some_file(random: Random) -> tuple[str, bytes]:
    return random.choice([*wholes().items()])


def some_table(random: Random) -> tuple[str, Any]:
    name, content = random.choice([*TABLES.items()])
    return name, json.loads(json.dumps(content))


def as_file(random: Random, name: str, content: object) -> tuple[str, bytes]:
    """A card sometimes within what carries cards."""
    if name != "card.json" or random.random() < 0.4:
        return name, dumped(content)
    return ("x.png", png(content)) if random.random() < 0.5 else ("x.charx", charx(content))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in it."""
    if isinstance(value, dict | list):
        for key in [*value] if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


# how files are broken


def changed_bytes(random: Random) -> tuple[str, bytes]:
    name, data = some_file(random)
    broken = bytearray(data)
    for _ in range(random.randint(1, 20)):
        broken[random.randrange(len(broken))] = random.randrange(256)
    return name, bytes(broken)


def cut_off(random: Random) -> tuple[str, bytes]:
    name, data = some_file(random)
    return name, data[: random.randrange(len(data))]


def begun_late(random: Random) -> tuple[str, bytes]:
    name, data = some_file(random)
    return name, data[random.randrange(len(data)) :]


def pieces_twice(random: Random) -> tuple[str, bytes]:
    name, data = some_file(random)
    first, second = sorted(random.randrange(len(data)) for _ in range(2))
    return name, data[:second] + data[first:second] * random.randint(1, 200) + data[second:]


def two_in_one(random: Random) -> tuple[str, bytes]:
    (name, first), (_, second) = some_file(random), some_file(random)
    return name, first[: random.randrange(len(first))] + second


def odd_values(random: Random) -> tuple[str, bytes]:
    name, content = some_table(random)
    for _ in range(random.randint(1, 5)):
        container, key = random.choice([*places(content)] or [({}, "x")])
        container[key] = copy.deepcopy(random.choice(ODD))
    return as_file(random, name, content)


def missing_values(random: Random) -> tuple[str, bytes]:
    name, content = some_table(random)
    for _ in range(random.randint(1, 8)):
        if found := [one for one in places(content) if isinstance(one[0], dict)]:
            container, key = random.choice(found)
            del container[key]
    return as_file(random, name, content)


def long_lists(random: Random) -> tuple[str, bytes]:
    name, content = some_table(random)
    found = [c[k] for c, k in places(content) if isinstance(c[k], list) and c[k]]
    for one in random.sample(found, min(len(found), 2)):
        one *= random.choice((30, 500, 6000))
    return as_file(random, name, content)


def deep(random: Random) -> tuple[str, bytes]:
    name, content = some_table(random)
    container, key = random.choice([*places(content)])
    container[key] = "@@@"
    depth = random.choice((90, 400, 20_000))
    inner = random.choice((b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth))
    return name, dumped(content).replace(b'"@@@"', inner)


def long_texts(random: Random) -> tuple[str, bytes]:
    name, content = some_table(random)
    found = [one for one in places(content) if isinstance(one[0][one[1]], str)]
    container, key = random.choice(found)
    piece = random.choice(
        ("x", "é {{user}} ", "{{random:", "<START>\n{{user}}: a\n{{char}}: b\n", "\n")
    )
    container[key] = piece * random.choice((3_000, 100_000))
    return as_file(random, name, content)


def odd_words(random: Random) -> tuple[str, bytes]:
    name, said = random.choice([*TEXTS.items()])
    for _ in range(random.randint(1, 30)):
        place = random.randrange(len(said))
        said = said[:place] + random.choice(WORDS) + said[place + random.randint(0, 3) :]
    return name, said.encode("utf-8", "surrogatepass")


def lines_in_disorder(random: Random) -> tuple[str, bytes]:
    name, said = random.choice([*TEXTS.items()])
    lines = said.splitlines(keepends=True)
    random.shuffle(lines)
    return name, "".join(lines * random.choice((1, 1, 400))).encode()


def other_encodings(random: Random) -> tuple[str, bytes]:
    name, data = some_file(random)
    form = random.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp037"))
    return name, data.decode("latin-1").encode(form, "replace")


def bombs(random: Random) -> tuple[str, bytes]:
    size = random.choice((5, 30, 120)) << 20
    zeros = zlib.compress(bytes(size))
    aliases = "a: &a [x]\n" + "".join(f"k{n}: [*a, *a]\n" for n in range(99))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("card.json"), bytes(size))
    return random.choice(
        [
            ("x.png", pixels()[:33] + chunk(b"zTXt", b"ccv3\0\0" + zeros) + pixels()[33:]),
            ("x.png", pixels()[:33] + chunk(b"iTXt", b"ccv3\0\1\0\0\0" + zeros) + pixels()[33:]),
            ("x.charx", archive.getvalue()),
            ("model.yaml", YAML.encode() + aliases.encode()),
            ("model.yaml", b"model: a/b\nbase: " + b"[" * random.choice((100, 60_000))),
            ("card.json", b"[" + b"[]," * 3_000_000 + b"1]"),
            ("Modelfile", b"FROM x\n" + b"MESSAGE user a\nMESSAGE assistant b\n" * 50_000),
            ("Modelfile", b'FROM x\nSYSTEM """' + b'"" ' * 200_000),
            ("Modelfile", b"FROM x\n" + b"# parley name: a\n" * 100_000),
            ("GPT4All.ini", b"[model-a]\nsystemPrompt=x\n" * 50_000),
        ]
    )


def odd_chunks(random: Random) -> tuple[str, bytes]:
    kinds = (b"tEXt", b"zTXt", b"iTXt", b"IEND", b"IHDR", b"\0\0\0\0", b"IDAT")
    parts = [pixels()[:33]]
    for _ in range(random.randint(1, 40)):
        data = random.choice((b"", b"ccv3", b"ccv3\0", b"chara\0" + base64.b64encode(dumped(CARD))))
        made = bytearray(chunk(random.choice(kinds), data + random.randbytes(random.randrange(9))))
        if random.random() < 0.3:
            made[:4] = struct.pack(">I", random.choice((0, 1, 2**31, 2**32 - 1, len(data) + 9)))
        parts.append(bytes(made))
    return "x.png", b"".join(parts)


def odd_archives(random: Random) -> tuple[str, bytes]:
    out = io.BytesIO()
    usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    packing = random.choice((*usual, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(out, "w", packing) as file:
        for name in (
            "card.json",
            "../x",
            "/etc/x",
            "C:\\x",
            "icon.png",
            "a/b/../../c",
            "card.JSON",
        ):
            if random.random() < 0.7:
                info = zipfile.ZipInfo(name)
                info.compress_type = packing
                info.external_attr = random.choice((0, 0o120777 << 16, 0o010666 << 16))
                file.writestr(info, dumped(CARD) if "card" in name else pixels())
    data = bytearray(out.getvalue())
    for _ in range(random.choice((0, 0, 1, 3))):
        data[random.randrange(max(0, len(data) - 500), len(data))] = random.randrange(256)
    return "x.charx", bytes(data)


def floods() -> Iterator[Foreign]:
    """Small files that are more than half a gigabyte for whoever believes them."""
    packing = zlib.compressobj(9)
    zeros = packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH)
    more = packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH)
    packed = zeros + more * 600
    for kind, head in ((b"zTXt", b"ccv3\0\0"), (b"iTXt", b"ccv3\0\1\0\0\0")):
        text = chunk(kind, head + packed)
        yield Foreign("flood", "x.png", pixels()[:33] + text + pixels()[33:])
    for name in ("card.json", "icon.png"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            if name != "card.json":
                file.writestr("card.json", dumped(CARD))
            with file.open(name, "w") as member:
                for _ in range(600):
                    member.write(bytes(1 << 20))
        yield Foreign("flood", "x.charx", out.getvalue())
    yield Foreign("flood", "x.json", b"[" + b"[[[]]]," * 2_300_000 + b"1]")
    aliases = "".join(f"  - &a{n + 1} [*a{n}, *a{n}, *a{n}, *a{n}]\n" for n in range(14))
    yield Foreign("flood", "model.yaml", f"model: a/b\nbase:\n  - &a0 [x]\n{aliases}".encode())


KINDS: tuple[Callable[[Random], tuple[str, bytes]], ...] = (
    changed_bytes, cut_off, begun_late, pieces_twice, two_in_one, odd_values, missing_values,
    long_lists, deep, long_texts, odd_words, lines_in_disorder, other_encodings, bombs, odd_chunks,
    odd_archives,
)  # fmt: skip


def broken(count: int, seed: int = 7) -> Iterator[Foreign]:
    """The same for the same seed, kind after kind; the first ones are the same for any count."""
    for number in range(count):
        make = KINDS[number % len(KINDS)]
        name, data = make(random.Random(f"{seed} {number}"))
        yield Foreign(make.__name__.replace("_", " "), name, data)
