"""Checks a GGUF file before any native code sees it, and tells what is in it.

The limits are ours. Where a rule says what the library would do, llama.cpp 0c1e57098 was read.
"""

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.errors import ModelMissing, ModelRefused
from engines.models.binary import BinaryFile
from engines.models.contents import U16, Contents, DescriptionReader
from engines.models.plausible import check_shape
from engines.models.tensors import FILE_TYPES, Tensor, packing
from engines.models.vocabulary import check_vocabulary

PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")
PARTS_LIMIT = 999
SHORT = 1000  # characters; longer texts are not kept among the metadata
EYES_AND_EARS = ("v.", "a.", "mm.")  # how the names of a projector's tensors begin
TEMPLATE = "tokenizer.chat_template"
NOT_A_CHAT_MODEL = {
    "mmproj": "the eyes or ears of a model (mmproj), not a chat model: open the model itself",
    "adapter": "an adapter (LoRA) for a model, not a chat model: open the model itself",
    "imatrix": "a set of measurements for packing a model, not a chat model",
    "controlvector": "a control vector for a model, not a chat model",
    "embedding": "a model for finding texts, not a chat model",
    "speech": "a model for making sound, not a chat model",
    "picture": "a model for making pictures, not a chat model",
}
ARCHITECTURES_OF = {
    "mmproj": ("clip",),
    "controlvector": ("controlvector",),
    "embedding": (
        *("bert", "modern-bert", "nomic-bert", "nomic-bert-moe", "neo-bert", "eurobert"),
        *("jina-bert-v2", "jina-bert-v3", "gemma-embedding", "llama-embed", "t5encoder"),
    ),
    "speech": ("wavtokenizer-dec", "qwen3tts", "pockettts", "whisper"),
    "picture": (
        "flux",
        "sd1",
        "sdxl",
        "sd3",
        "aura",
        "ltxv",
        "hyvid",
        "wan",
        "qwen_image",
        "lumina2",
    ),
}


@dataclass(frozen=True)
class Header:
    """What a checked model file says about itself; sizes in bytes, lengths in tokens."""

    architecture: str
    name: str
    licence: str
    parameters: int
    quantisation: str
    size: int
    context_trained: int
    block_count: int
    embedding_length: int
    vocab_size: int
    chat_template: str | None
    files: tuple[Path, ...]  # all parts, in order
    sampling: dict[str, int | float | str] = field(default_factory=dict)  # general.sampling.<key>
    metadata: dict[str, int | float | bool | str] = field(default_factory=dict)  # no lists


def check(path: Path) -> Header:
    """Read the header of a model file within fixed limits; raises ModelRefused, ModelMissing."""
    return read(path)[0]


def read(path: Path) -> tuple[Header, list[Contents]]:
    """The same with all that its files describe, the first one first."""
    first = read_contents(path)
    values = first.values
    architecture = check_purpose(values)
    files = parts(path, values)
    everything = [first, *(read_part(file, n, len(files)) for n, file in enumerate(files[1:], 1))]
    tensors = all_tensors(everything, values.get("split.tensors.count"))
    shape = check_shape(values, architecture)
    vocab_size = check_vocabulary(values)
    header = Header(
        architecture=architecture,
        name=text(values, "general.name") or path.stem,
        licence=text(values, "general.license"),
        parameters=sum(tensor.elements for tensor in tensors),
        quantisation=quantisation(values, tensors),
        size=sum(contents.size for contents in everything),
        context_trained=shape.whole("context_length"),
        block_count=shape.whole("block_count"),
        embedding_length=shape.whole("embedding_length"),
        vocab_size=vocab_size,
        chat_template=text(values, TEMPLATE) or None,
        files=files,
        sampling=sampling(values),
        metadata={k: v for k, v in values.items() if is_small(v)},
    )
    return header, everything


def read_contents(path: Path) -> Contents:
    if "\0" in str(path):
        raise ModelRefused("no file can have that name", repr(str(path)))
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would never end
            raise ModelRefused("it is a folder or a device, not a file", str(path))
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            return DescriptionReader(BinaryFile(file, size)).read()
    except FileNotFoundError as error:
        raise ModelMissing(str(path)) from error
    except OSError as error:
        raise ModelRefused("the system does not let Parley read it", str(error)) from error


def check_purpose(values: dict[str, Any]) -> str:
    """The architecture of a chat model."""
    architecture, kind = text(values, "general.architecture"), text(values, "general.type")
    for purpose, words in NOT_A_CHAT_MODEL.items():
        if kind == purpose or architecture in ARCHITECTURES_OF.get(purpose, ()):
            raise ModelRefused(f"it is {words}", f"{architecture} {kind}".strip())
    if whole(values, "split.no") > 0:
        raise ModelRefused(
            f"it is part {whole(values, 'split.no') + 1} of a model in"
            f" {whole(values, 'split.count')} files: open the first part"
        )
    if not architecture or len(architecture) > 64:
        raise ModelRefused("it does not say what kind of model it is", "general.architecture")
    return architecture


def parts(path: Path, values: dict[str, Any]) -> tuple[Path, ...]:
    """All files of the model, this one first. llama.cpp finds them by their names, so do we."""
    count = whole(values, "split.count", 1)
    if count <= 1:
        return (path,)
    name = PART.fullmatch(path.name)
    if name is None or int(name["count"]) != count or int(name["number"]) != 1:
        raise ModelRefused(
            f"it is the first of {count} files, and its name does not end in"
            f" -00001-of-{count:05}.gguf as it must",
            path.name,
        )
    if count > PARTS_LIMIT:
        raise ModelRefused(f"it claims to be in {count} parts", "split.count")
    return files_of(path)


def files_of(path: Path) -> tuple[Path, ...]:
    """The files a model consists of, judged by its name alone."""
    name = PART.fullmatch(path.name)
    if name is None or not 1 <= int(name["count"]) <= PARTS_LIMIT:
        return (path,)
    count = int(name["count"])
    return tuple(
        path.with_name(f"{name['stem']}-{n:05}-of-{count:05}.gguf") for n in range(1, count + 1)
    )


def read_part(path: Path, number: int, count: int) -> Contents:
    try:
        contents = read_contents(path)
    except ModelMissing as error:
        raise ModelRefused(
            f"part {number + 1} of its {count} files is missing", str(path)
        ) from error
    except ModelRefused as error:
        raise ModelRefused(f"part {number + 1} of {count}: {error.reason}", error.detail) from error
    if contents.types.get("split.no") != U16 or contents.values["split.no"] != number:
        raise ModelRefused(f"the file named as part {number + 1} of {count} is another", str(path))
    return contents


def all_tensors(everything: list[Contents], declared: int | None) -> list[Tensor]:
    tensors = [tensor for contents in everything for tensor in contents.tensors]
    if not tensors:
        raise ModelRefused("there are no weights in it")
    if len({tensor.name for tensor in tensors}) < len(tensors):
        raise ModelRefused("two of its files hold the same tensor")
    if any(tensor.name.startswith(EYES_AND_EARS) for tensor in tensors):
        raise ModelRefused(
            "its eyes or ears are in the same file, which only Ollama can use:"
            " get the model as it is made for llama.cpp, with a projector (mmproj)"
        )
    if len(everything) > 1 and declared != len(tensors):
        raise ModelRefused(
            "its files do not belong together", f"{len(tensors)} of {declared} tensors"
        )
    return tensors


def quantisation(values: dict[str, Any], tensors: list[Tensor]) -> str:
    """The name people know it by, else that of the packing of most of its weights; or ""."""
    named = FILE_TYPES.get(whole(values, "general.file_type", -1), "")
    return named or (packing(tensors) if tensors else "")


def sampling(values: dict[str, Any]) -> dict[str, int | float | str]:
    prefix = "general.sampling."
    found = {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
    return {k: v for k, v in found.items() if is_small(v) and not isinstance(v, bool)}


def text(values: dict[str, Any], key: str) -> str:
    value = values.get(key, "")
    return value if isinstance(value, str) else ""


def whole(values: dict[str, Any], key: str, default: int = 0) -> int:
    value = values.get(key, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def is_small(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= SHORT
    return isinstance(value, int | float)
