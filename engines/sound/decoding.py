"""Reads sound files of strangers: what is in them, and their samples a piece at a time."""

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from engines.errors import ParleyError

RATE = 16_000  # Hz: what is handed on, mono, two bytes a sample
FORMATS = "wav,w64,mp3,mp4,ogg,flac,matroska,aiff,caf,au,amr,asf,aac"  # as the library names them
CODECS = (
    *("aac", "aac_fixed", "aac_latm", "ac3", "ac3_fixed", "alac", "amrnb", "amrwb", "dca", "eac3"),
    *("flac", "gsm", "gsm_ms", "libopencore_amrnb", "libopencore_amrwb", "libopus", "libvorbis"),
    *("mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float", "opus", "vorbis", "wmalossless"),
    *("wmapro", "wmav1", "wmav2", "wmavoice"),
)
SUFFIXES = (  # of the files people call sound or film; what is in one is looked up in it
    *(".wav", ".wave", ".w64", ".mp3", ".mp2", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus"),
    *(".flac", ".aif", ".aiff", ".aifc", ".caf", ".au", ".snd", ".amr", ".wma", ".webm", ".weba"),
    *(".mka", ".mkv", ".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".wmv", ".asf", ".raw", ".pcm"),
)
FAMILIES = ("pcm_", "adpcm_")  # all codecs that begin so are read, too
EXACT = ("wav", "w64", "flac", "mov,mp4,m4a,3gp,3g2,mj2", "aiff", "caf")  # say their true length
SLOWEST, FASTEST = 2_000, 400_000  # Hz
MOST_CHANNELS = 32
LEAST_BYTES = 100  # a second: no codec for speech is so thrifty, a header that says so is wrong
LONGEST = 24 * 3600  # seconds that are read of a file
LONGEST_GAP = 300  # seconds without samples that are filled with silence; more is a broken clock
SMALLEST_GAP = 0.1
BEFORE = 2.0  # seconds before the place that is looked for: some codecs need a run-up
PATIENCE = 60  # seconds for one step of the library, on a slow network drive say
MOST_FAILURES = 20  # of the container; a broken packet is skipped and not counted
TOLERATED = 3  # packets: a stray tag at the end of an MP3 is no damage
OFTEN = 200  # packets without a sample, then a sign of life
MEMORY = 1 << 29  # bytes: a header that asks for more is not believed
CHUNK = RATE * 2  # bytes

NOT_SOUND = "This is not a sound file Parley can read."
WHICH = "WAV, MP3, M4A, OGG, FLAC, WMA, AIFF, AMR and the sound of films can be read."
RAW = (".raw", ".pcm")
RAW_WORDS = "Raw sound does not say how it was recorded, so it cannot be read."
RAW_HINT = "Save it as WAV in the program it comes from."
NOTHING = "There is no sound in this file that can be read."


class Damaged(ParleyError):
    """The file is not what it says it is."""


class SoundFile:
    """An open sound file. Raises ParleyError when there is nothing to read in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = checked_size(path)
        self._container, self._stream = opened(path)
        codec = self._stream.codec_context
        if not SLOWEST <= codec.sample_rate <= FASTEST or not 1 <= codec.channels <= MOST_CHANNELS:
            detail = f"{codec.sample_rate} Hz, {codec.channels} channels"
            raise Damaged("This file claims a kind of sound that does not exist.", WHICH, detail)
        self.title = title_of(self._container, self._stream)
        self.codec = f"{codec.name}, {codec.sample_rate} Hz, {codec.channels} ch"
        self.seconds = plausible_seconds(self._container, self._stream, self.size)
        self._broken = 0  # packets and frames that could not be read
        self._begin(0)

    @property
    def damaged(self) -> bool:
        """Something of it could not be read."""
        return self._broken > TOLERATED

    @property
    def position(self) -> float:
        """Seconds from the start of the file to what is read next."""
        return self._handed / (RATE * 2)

    def read(self, seconds: float) -> Iterator[bytes]:
        """So many seconds of sound, fewer at the end; b"" is a sign of life."""
        wanted = round(seconds * RATE) * 2
        while wanted and not self._over:
            if not self._rest:
                self._refill()
            part = bytes(self._rest[: min(wanted, CHUNK)])
            del self._rest[: len(part)]
            self._handed += len(part)
            wanted -= len(part)
            yield part

    def unread(self, pcm: bytes) -> None:
        """What was read last, to be read again."""
        self._rest[:0] = pcm
        self._handed -= len(pcm)
        self._over = self._over and not pcm

    def go_to(self, at: float) -> None:
        """Read on from at, in seconds. May take a while: some formats are read from the start."""
        if abs(at - self.position) * RATE < 1:
            return
        self._reopen()
        self._begin(at)
        if at > BEFORE and not self._jump(at):
            self._reopen()
            self._begin(at)

    def close(self) -> None:
        self._container.close()

    @property
    def over(self) -> bool:
        return self._over

    def _begin(self, at: float) -> None:
        """From the start of the file, dropping all before at."""
        self._rest = bytearray()
        self._handed = round(at * RATE) * 2
        self._dropping = self._handed  # bytes of sound that come before what is wanted
        self._clock = 0.0  # seconds of the file that were decoded
        self._resampler: Any = None
        self._form: tuple[Any, ...] = ()
        self._over = False
        self._frames = self._decoded()

    def _reopen(self) -> None:
        self._container.close()
        self._container, self._stream = opened(self._path)

    def _jump(self, at: float) -> bool:
        """Decode from shortly before at; False where the file does not tell times well enough."""
        from av.error import FFmpegError

        with suppress(FFmpegError, OverflowError):
            self._container.seek(round((at - BEFORE + self._base()) * 1e6))
            first = next((one for one in self._frames if one is not None), None)
            if first is None or first.time is None:
                return False
            began = first.time - self._base()
            if not at - 60 <= began <= at:
                return False
            self._clock, self._dropping = began, round((at - began) * RATE) * 2
            self._take(first)
            return True
        return False

    def _base(self) -> float:
        """What a player calls zero, on the clock of the file."""
        start = self._container.start_time
        return start / 1e6 if start is not None and abs(start) < 1e15 else 0.0

    def _refill(self) -> None:
        """More samples, or none yet; sets over when there are no more."""
        if self.position >= LONGEST:
            raise ParleyError(
                f"Parley reads {LONGEST // 3600} hours of a file and stopped there.",
                "Cut the file into parts.",
            )
        frame = next(self._frames, StopIteration)
        if frame is StopIteration:
            if not self._clock:
                raise Damaged(NOTHING, WHICH)
            if self._container.format.name in EXACT and self._clock < self.seconds * 0.98 - 1:
                self._broken += TOLERATED + 1  # it ends in the middle
            self._flush()
            self._over = not self._rest
        elif frame is not None:
            self._take(frame)

    def _take(self, frame: Any) -> None:
        if not SLOWEST <= frame.sample_rate <= FASTEST:
            self._broken += 1
            return
        if frame.time is not None:
            gap = frame.time - self._base() - self._clock
            if SMALLEST_GAP < gap < LONGEST_GAP:
                self._clock += gap
                self._keep(bytes(round(gap * RATE) * 2))
        self._clock += frame.samples / frame.sample_rate
        self._keep(self._resampled(frame))

    def _resampled(self, frame: Any) -> bytes:
        """The samples as they are handed on; a file may change its form in the middle."""
        import av
        from av.error import FFmpegError

        form = (frame.sample_rate, frame.layout.name, frame.format.name)
        if form != self._form:
            self._flush()
            self._form, self._resampler = form, av.AudioResampler("s16", "mono", RATE)
        frame.pts = None
        try:
            return b"".join(samples(one) for one in self._resampler.resample(frame))
        except (FFmpegError, ValueError):
            self._broken += 1
            return bytes(round(frame.samples / frame.sample_rate * RATE) * 2)

    def _flush(self) -> None:
        from av.error import FFmpegError

        if self._resampler is not None:
            with suppress(FFmpegError, ValueError):
                self._keep(b"".join(samples(one) for one in self._resampler.resample(None)))
            self._resampler, self._form = None, ()

    def _keep(self, pcm: bytes) -> None:
        dropped = min(self._dropping, len(pcm))
        self._dropping -= dropped
        self._rest += pcm[dropped:]

    def _decoded(self) -> Iterator[Any]:
        """Frames; None now and then where none come. Ends with the file or where it is broken."""
        from av.error import FFmpegError

        quiet = 0
        for packet in self._packets():
            try:
                frames = packet.decode()
            except FFmpegError:
                self._broken, frames = self._broken + 1, []
            yield from frames
            quiet = 0 if frames else quiet + 1
            if quiet % OFTEN == OFTEN - 1 or self._dropping:
                yield None

    def _packets(self) -> Iterator[Any]:
        from av.error import FFmpegError

        for _failure in range(MOST_FAILURES):
            try:
                yield from self._container.demux(self._stream)
                return
            except FFmpegError:
                self._broken += 1 + TOLERATED


def checked_size(path: Path) -> int:
    """In bytes. Raises ParleyError for what cannot be a sound file."""
    try:
        about = path.stat()
    except OSError as error:
        raise ParleyError(
            f"{path.name} is not there any more.", "Look where it was moved to.", str(error)
        ) from error
    if not stat.S_ISREG(about.st_mode):
        raise ParleyError(f"{path.name} is not a file.", WHICH)
    if about.st_size == 0:
        raise ParleyError(f"{path.name} is empty.", "Record or download it again.")
    if path.suffix.lower() in RAW:
        raise ParleyError(RAW_WORDS, RAW_HINT)
    return about.st_size


def opened(path: Path) -> tuple[Any, Any]:
    """The container and the track that is heard in it."""
    import av
    from av.error import FFmpegError

    families = [one for one in av.codecs_available if one.startswith(FAMILIES)]
    codecs = ",".join((*CODECS, *families))
    lists = {"format_whitelist": FORMATS, "codec_whitelist": codecs, "protocol_whitelist": "file"}
    try:
        container = av.open(
            path, "r", container_options=lists, metadata_errors="replace", timeout=PATIENCE
        )
    except PermissionError as error:
        raise ParleyError("This file may not be read.", "Change its rights.", str(error)) from error
    except (FFmpegError, OSError, ValueError) as error:
        raise Damaged(NOT_SOUND, WHICH, f"{type(error).__name__}: {error}") from error
    return container, sound_track(container)


def sound_track(container: Any) -> Any:
    stream = container.streams.best("audio")
    if stream is None:
        words = "This film has no sound." if container.streams.video else NOTHING
        container.close()
        raise ParleyError(words, "Choose another file.")
    name = stream.codec_context.name if stream.codec_context else "unknown"
    if name not in CODECS and not name.startswith(FAMILIES):
        container.close()
        raise ParleyError(f"The sound in this file ({name}) cannot be read.", WHICH)
    from av.stream import Discard

    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    return stream


def title_of(container: Any, stream: Any) -> str:
    """From the file itself, on one line; "" when it says none."""
    for about in (container.metadata, stream.metadata):
        for key, value in about.items():
            if key.lower() == "title" and (line := " ".join(str(value).split())):
                return line[:200]
    return ""


def plausible_seconds(container: Any, stream: Any, size: int) -> float:
    """What the header says, where the file is large enough for it; 0 where nobody knows."""
    codec = stream.codec_context
    told = (container.duration or 0) / 1e6
    if codec.name.startswith("pcm_") and codec.bit_rate:
        told = min(told, size * 8 / codec.bit_rate)
    return told if 0 < told <= size / LEAST_BYTES else 0.0


def samples(frame: Any) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 2]
