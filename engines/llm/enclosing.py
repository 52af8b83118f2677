"""Pictures and sounds as a server is sent them: files in the text of a message, kept by name."""

import base64
import io
import wave
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from engines.errors import ParleyError
from engines.messages import Listen, Look, Picture, Seen, Sound, Turn

KEPT = 256 << 20  # bytes of what is kept, as it is sent
SHARP = 512 * 512  # pixels; a larger picture is sent as a JPEG, a tenth of its size
QUALITY = 92
REFUSALS = ("image", "vision", "multimodal", "multi-modal", "mmproj", "picture", "audio")

Part = dict[str, Any]


class Enclosures:
    """What was shown, written down once; the longest unused is forgotten first."""

    def __init__(self, most: int = KEPT) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[str, tuple[Part, int]] = OrderedDict()

    def take(self, request: Look | Listen) -> Seen:
        if request.hash not in self._kept:
            part, size = enclosed(request)
            self._kept[request.hash] = part, size
            self._size += size
            while self._size > self._most and len(self._kept) > 1:
                self._size -= self._kept.popitem(last=False)[1][1]
        return Seen(request.hash, 0, 0.0)

    def missing(self, turns: Iterable[Turn]) -> tuple[str, ...]:
        hashes = dict.fromkeys(part.hash for turn in turns for part in media_of(turn))
        for hash in hashes:
            if hash in self._kept:
                self._kept.move_to_end(hash)
        return tuple(hash for hash in hashes if hash not in self._kept)

    def part(self, hash: str) -> Part:
        return self._kept[hash][0]


def media_of(turn: Turn) -> list[Picture | Sound]:
    return [part for part in turn.parts if isinstance(part, Picture | Sound)]


def enclosed(request: Look | Listen) -> tuple[Part, int]:
    """The part of a message, and how many bytes of text it holds."""
    if isinstance(request, Listen):
        data = text_of(sound_file(request))
        return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}, len(data)
    kind, data = picture_file(request)
    url = f"data:image/{kind};base64,{text_of(data)}"
    return {"type": "image_url", "image_url": {"url": url}}, len(url)


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def picture_file(look: Look) -> tuple[str, bytes]:
    """A file with nothing in it but the pixels."""
    from PIL import Image

    if not 0 < look.width * look.height * 3 == len(look.rgb):
        raise ParleyError("This picture is damaged.", "Try another one.", f"{look.width}")
    picture = Image.frombytes("RGB", (look.width, look.height), look.rgb)
    kind = "png" if look.width * look.height <= SHARP else "jpeg"
    file = io.BytesIO()
    if kind == "png":
        picture.save(file, "png")
    else:  # no coarser for colours than for light: thin red letters stay readable
        picture.save(file, "jpeg", quality=QUALITY, subsampling=0)
    return kind, file.getvalue()


def sound_file(listen: Listen) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(listen.rate)
        written.writeframes(listen.pcm)
    return file.getvalue()


def refuses_media(code: int, said: str) -> bool:
    """Whether a server says that its model does not see or hear."""
    return code in (400, 415, 422, 500, 501) and any(word in said.lower() for word in REFUSALS)
