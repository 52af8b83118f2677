"""variant.toml: a variant as text that people can read, and the hash of what it says."""

import hashlib
import re
import tomllib
from typing import Any

import msgspec
import tomli_w

from engines.variants import names
from engines.variants.checked import LARGEST_TOML, BadVariant, checked, explained, newer
from engines.variants.variant import FORMAT, Variant

HEAD = "# A variant of Parley: a model customised for a purpose. It carries no code.\n\n"
MOST_DOTS = 40  # in one line outside texts: deep keys take the reader quadratic time
TEXTS = re.compile(
    r'"""(?:[^"\\]|\\(?:.|\Z)|"(?!""))*(?:"""|\Z)'
    r"|'''(?:[^']|'(?!''))*(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*"?'
    r"|'[^'\n]*'?"
    r"|\#[^\n]*",
    re.DOTALL,
)


def to_toml(variant: Variant) -> bytes:
    """Raises BadVariant. Equal variants give equal bytes."""
    variant = checked(variant)
    text = tomli_w.dumps(plain(variant), multiline_strings=True, indent=2)
    data = (HEAD + text).encode()
    if len(data) > LARGEST_TOML:
        raise BadVariant(
            "It has more than 1 MB of text.", "Put long texts into files it answers from."
        )
    return data


def from_toml(data: bytes) -> Variant:
    """Raises BadVariant for anything that is no variant, in bounded time and memory."""
    told = table(data, names.TOML)
    if type(told.get("format")) is int and told["format"] > FORMAT:
        raise newer()
    try:
        return checked(msgspec.convert(told, Variant))
    except (msgspec.ValidationError, RecursionError) as error:
        raise explained(error) from error


def table(data: bytes, name: str) -> dict[str, Any]:
    """TOML of a stranger, of 1 MB at most. Raises BadVariant; name is that of the file."""
    if len(data) > LARGEST_TOML:
        raise BadVariant(f"{name} is larger than 1 MB.")
    try:
        text = data.decode("utf-8-sig")
        if any(line.count(".") > MOST_DOTS for line in TEXTS.sub("", text).splitlines()):
            raise BadVariant(f"{name} is nested too deeply.")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BadVariant(f"{name} is no text in UTF-8.", detail=str(error)) from error
    except (ValueError, RecursionError, OverflowError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> BadVariant:
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    where = f": line {place[1]} is wrong" if place else ""
    return BadVariant(
        f"{name} cannot be read{where}.",
        "It must be TOML: look at it with a text editor.",
        str(error)[:500],
    )


def digest(variant: Variant) -> str:
    """SHA-256 of all a variant says, its files by their hashes; its id does not count."""
    said = plain(msgspec.structs.replace(checked(variant), id=""))
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def plain(value: Any) -> Any:
    """Tables, lists and values, without what is as it would be anyway."""
    if isinstance(value, msgspec.Struct):
        return {
            field.name: plain(found)
            for field in msgspec.structs.fields(value)
            if (found := getattr(value, field.name)) != field.default
        }
    return [plain(one) for one in value] if isinstance(value, tuple) else value
