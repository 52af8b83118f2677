"""Folders that are no usable speech model, each broken in its own way; how -> the words for it."""

import json
import os
import struct

HOW = {
    "gone": "not there any more",
    "a file": "not there any more",
    "no config": "no config.json",
    "no model": "no model.bin",
    "no tokenizer": "no tokenizer.json",
    "no vocabulary": "no vocabulary.json",
    "empty model": "model.bin is empty",
    "model is a folder": "no model.bin",
    "model is a pipe": "no model.bin",
    "huge tokenizer": "tokenizer.json is far too large",
    "cut short": "ends too early",
    "garbage": "not in CTranslate2's format",
    "another kind": "not a Whisper model",
    "lying lengths": "model.bin is damaged",
    "many arrays": "model.bin is damaged",
    "config is no JSON": "config.json is damaged",
    "config is a list": "config.json is damaged",
    "config is nested": "config.json is damaged",
    "tokenizer is empty": "tokenizer.json is damaged",
    "vocabulary is numbers": "vocabulary.json is damaged",
    "vocabulary is short": "do not belong together",
    "another tokenizer": "do not belong together",
    "other bands": "do not belong together",
}


def broken(good, folder, how):
    """A copy of a good folder in this one (which is empty), broken so."""
    if how == "gone":
        return folder / "gone"
    if how == "a file":
        (folder / "file").write_bytes(b"x")
        return folder / "file"
    for file in good.iterdir():
        (folder / file.name).symlink_to(file)
    BREAK[how](folder)
    return folder


def _gone(name):
    return lambda folder: (folder / name).unlink()


def _text(name, text):
    def write(folder):
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_text(text, "utf-8")

    return write


def _model(change):
    """model.bin with its first bytes changed."""

    def write(folder):
        data = (folder / "model.bin").read_bytes()
        (folder / "model.bin").unlink()
        (folder / "model.bin").write_bytes(change(data))

    return write


def _instead(make):
    def write(folder):
        (folder / "model.bin").unlink()
        make(folder / "model.bin")

    return write


def _huge(folder):
    (folder / "tokenizer.json").unlink()
    with (folder / "tokenizer.json").open("wb") as file:
        file.truncate(1 << 30)


def _lying(data):
    """The first array claims one byte more than its shape needs."""
    at = 4 + 2 + len("WhisperSpec") + 1 + 4 + 4
    name = struct.unpack_from("<H", data, at)[0]
    axes = data[at + 2 + name]
    length = at + 2 + name + 1 + 4 * axes + 1
    value = struct.unpack_from("<I", data, length)[0]
    return data[:length] + struct.pack("<I", value + 1) + data[length + 4 :]


def _moved(folder):
    """A tokenizer whose steering tokens have other numbers."""
    content = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    for token in content["added_tokens"]:
        token["id"] += 1
    _text("tokenizer.json", json.dumps(content))(folder)


def _short(folder):
    tokens = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    _text("vocabulary.json", json.dumps(tokens[:-1]))(folder)


BREAK = {
    "no config": _gone("config.json"),
    "no model": _gone("model.bin"),
    "no tokenizer": _gone("tokenizer.json"),
    "no vocabulary": _gone("vocabulary.json"),
    "empty model": _model(lambda data: b""),
    "model is a folder": _instead(lambda path: path.mkdir()),
    "model is a pipe": _instead(lambda path: os.mkfifo(path)),
    "huge tokenizer": _huge,
    "cut short": _model(lambda data: data[: len(data) // 2]),
    "garbage": _model(lambda data: b"\xff" * 1000),
    "another kind": _model(lambda data: data.replace(b"WhisperSpec", b"MarianSpec!", 1)),
    "lying lengths": _model(_lying),
    "many arrays": _model(lambda data: data[:22] + b"\xff" * 4 + data[26:]),
    "config is no JSON": _text("config.json", "{"),
    "config is a list": _text("config.json", "[1]"),
    "config is nested": _text("config.json", "[" * 100_000),
    "tokenizer is empty": _text("tokenizer.json", "{}"),
    "vocabulary is numbers": _text("vocabulary.json", "[1, 2]"),
    "vocabulary is short": _short,
    "another tokenizer": _moved,
    "other bands": _text("preprocessor_config.json", '{"feature_size": 128}'),
}
