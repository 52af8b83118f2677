"""Films of strangers: single pictures out of them, evenly spread, without playing them."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from engines.errors import ParleyError
from engines.media.pictures import LONGEST, MEGAPIXELS, check_shape, pixels
from engines.messages import Event, Frame

FORMATS = "mov,mp4,matroska,webm,avi,asf,flv,mpeg,mpegts,ogg,mpegvideo"  # as the library names them
CODECS = (
    *("av1", "libdav1d", "cinepak", "dnxhd", "dvvideo", "ffv1", "flv", "h261", "h263", "h263i"),
    *("h263p", "h264", "hevc", "huffyuv", "indeo5", "libvpx", "libvpx-vp9", "mjpeg", "mpeg1video"),
    *("mpeg2video", "mpeg4", "msmpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "prores", "qtrle"),
    *("rawvideo", "svq3", "theora", "vc1", "vp6", "vp6a", "vp6f", "vp8", "vp9", "wmv1", "wmv2"),
    "wmv3",
)
MOST = 64  # pictures of one film
PATIENCE = 40.0  # seconds, after which the pictures found so far have to do
ONE = 5.0  # seconds for one picture
STEPS = 400  # pictures that are decoded to get from a key frame to the place that is asked for
BEFORE = 300  # packets without a picture, after which the place is given up
APART = 0.04  # seconds: two pictures nearer than that are one

NOT_FILM = "This is not a film Parley can read."
WHICH = "MP4, MOV, MKV, WebM, AVI, WMV, MPEG, FLV and OGV can be read."
GONE = "The film is not there any more."
NO_PICTURES = "There are no pictures in this film."


def spread(path: Path, count: int, longest: int) -> Iterator[Event]:
    """A Frame and Pixels for each of count places, fewer where the film has no more.

    Raises ParleyError where there is nothing to see.
    """
    until, shown = time.monotonic() + PATIENCE, 0
    with opened(path) as container:
        stream = video_track(container)
        for at, frame in _found(container, stream, min(count, MOST), until):
            image = drawn(frame, stream, min(longest, LONGEST))
            yield Frame(round(at, 3))
            yield pixels(image, _upright(frame, stream), "film")
            shown += 1
    if not shown:
        raise ParleyError(NO_PICTURES, "Choose another film, or a part of this one.")


def opened(path: Path) -> Any:
    import av
    from av.error import FFmpegError

    try:
        if not path.stat().st_size:
            raise ParleyError("This film is empty.", "Record or download it again.")
        lists = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
        return av.open(str(path), container_options=lists, metadata_errors="replace")
    except FileNotFoundError as error:
        raise ParleyError(
            "The film is not there any more.", "Look where it was moved to."
        ) from error
    except (FFmpegError, OSError, ValueError) as error:
        raise ParleyError(NOT_FILM, WHICH, f"{type(error).__name__}: {error}") from error


def video_track(container: Any) -> Any:
    """The track that is seen; the cover of a song is none."""
    from av.stream import Discard, Disposition

    tracks = [
        one for one in container.streams.video if Disposition.attached_pic not in one.disposition
    ]
    if not tracks:
        sound = container.streams.audio
        words = "This is sound without pictures." if sound else NO_PICTURES
        raise ParleyError(words, "Open it as a sound file." if sound else WHICH)
    stream = tracks[0]
    name = stream.codec_context.name if stream.codec_context else "unknown"
    if name not in CODECS:
        raise ParleyError(f"The pictures of this film ({name}) cannot be read.", WHICH)
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MEGAPIXELS * 1_000_000:
        raise ParleyError(
            f"The pictures of this film have {width * height / 1e6:,.0f} megapixels.", WHICH
        )
    check_shape(max(1, width), max(1, height))
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    stream.codec_context.thread_count = 1  # several would hold a picture each
    return stream


def drawn(frame: Any, stream: Any, longest: int) -> Any:
    """An image in RGB, upright, in the shape it is meant to be seen in."""
    from PIL import Image

    stored = _shape(frame, stream)
    share = min(1.0, longest / max(stored))
    width, height = (max(1, round(side * share)) for side in stored)
    image = frame.reformat(width, height, "rgb24", interpolation="LANCZOS").to_image()
    turns = {90: "ROTATE_90", 180: "ROTATE_180", 270: "ROTATE_270"}
    turn = turns.get(round(frame.rotation / 90) * 90 % 360)
    return image.transpose(Image.Transpose[turn]) if turn else image


def _shape(frame: Any, stream: Any) -> tuple[int, int]:
    """In pixels that are square; never made larger."""
    width, height = frame.width, frame.height
    ratio = float(stream.sample_aspect_ratio or 1)
    if not 0.1 <= ratio <= 10:
        ratio = 1.0
    shape = (width, round(height / ratio)) if ratio > 1 else (round(width * ratio), height)
    return max(1, shape[0]), max(1, shape[1])


def _upright(frame: Any, stream: Any) -> tuple[int, int]:
    width, height = _shape(frame, stream)
    return (height, width) if round(frame.rotation / 90) % 2 else (width, height)


def _found(container: Any, stream: Any, count: int, until: float) -> Iterator[tuple[float, Any]]:
    """Places in seconds from the start, in order, and the pictures there."""
    seconds, start = length(container, stream), (container.start_time or 0) / 1e6
    last = -1.0
    if seconds:
        for place in range(count):
            wanted = (place + 0.5) * seconds / count
            found = _at(container, stream, start + wanted, start + last, until)
            if found and found[0] - start > last + APART:
                last = found[0] - start
                yield max(0.0, last), found[1]
            if time.monotonic() > until:
                return
    if last < 0:
        yield from _in_passing(container, stream, count, start, until)


def length(container: Any, stream: Any) -> float:
    """In seconds; 0 where the film does not say, or nonsense."""
    told = (container.duration or 0) / 1e6
    if not told and stream.duration and stream.time_base:
        told = float(stream.duration * stream.time_base)
    return told if 0 < told < 1e6 else 0.0


def _at(
    container: Any, stream: Any, wanted: float, last: float, until: float
) -> tuple[float, Any] | None:
    """The key frame before the place; where that was shown already, the picture at the place."""
    from av.error import FFmpegError

    try:
        container.seek(round(wanted * 1e6), backward=True)
    except (FFmpegError, OverflowError):
        return None
    until, best = min(until, time.monotonic() + ONE), None
    for frame in _frames(container, stream, STEPS):
        if frame.time is not None and frame.time > last + APART:
            if best is not None and frame.time > wanted:
                break
            best = frame
            if frame.key_frame or frame.time >= wanted:
                break
        if time.monotonic() > until:
            break
    return (best.time, best) if best is not None else None


def _in_passing(
    container: Any, stream: Any, count: int, start: float, until: float
) -> Iterator[tuple[float, Any]]:
    """Key frames of a film that tells no length, or in which one cannot seek.

    It is read once: of what is kept every other is dropped whenever there are too many.
    """
    from av.error import FFmpegError

    kept: list[tuple[float, Any]] = []
    step = 0
    with suppress(FFmpegError, OverflowError):
        container.seek(0)
    stream.codec_context.skip_frame = "NONKEY"
    for seen, frame in enumerate(_frames(container, stream)):
        if seen % (1 << step) == 0:
            at = frame.time - start if frame.time is not None else 0.0
            kept.append((max(0.0, at), frame))
            if len(kept) > 2 * count:
                kept, step = kept[::2], step + 1
        if time.monotonic() > until:
            break
    yield from kept[:: max(1, -(-len(kept) // count))]


def _frames(container: Any, stream: Any, most: int = 0) -> Iterator[Any]:
    """What can be decoded from here on; broken packets are passed over."""
    from av.error import FFmpegError

    came = empty = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):
            return
        try:
            frames = packet.decode()
        except FFmpegError:
            frames = []
        yield from frames
        came, empty = came + len(frames), 0 if frames else empty + 1
        if (most and came >= most) or (most and empty > BEFORE):
            return
