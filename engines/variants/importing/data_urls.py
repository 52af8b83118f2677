"""Pictures that stand within a text, as data: addresses."""

import base64
import binascii

from engines.variants.checked import LARGEST_PICTURE

PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"RIFF": "webp"}
LONGEST = LARGEST_PICTURE * 4 // 3 + 100  # characters


def picture(address: str) -> bytes:
    """b"" where it is none, too large, or no PNG, JPEG or WebP."""
    head, mark, body = address.partition(";base64,")
    if not mark or not head.startswith("data:image/") or len(address) > LONGEST:
        return b""
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if kind(data) else b""


def kind(data: bytes) -> str:
    """Its usual suffix; "" of what a variant cannot have as its picture."""
    found = next((name for mark, name in PICTURES.items() if data.startswith(mark)), "")
    return "" if found == "webp" and data[8:12] != b"WEBP" else found
