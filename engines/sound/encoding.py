"""Makes sound files: samples in, bytes and their places in the file out."""

import io
from typing import Any

from engines.errors import ParleyError
from engines.messages import Encoded, WriteSound

SLOWEST, FASTEST = 4_000, 96_000  # Hz
FORMATS = {"wav": "pcm_s16le", "mp3": "libmp3lame"}  # container -> codec
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
MP3_BITS = "64000"  # a second: as much as MP3 allows at its lowest rates, plenty for one voice


class Sink:
    """What PyAV writes into as if it were a file; keeps what was not handed on yet."""

    def __init__(self) -> None:
        self._place = self._end = 0
        self._waiting: list[Encoded] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(Encoded(bytes(data), self._place))
        self._place += len(data)
        self._end = max(self._end, self._place)
        return len(data)

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._end}[whence]
        self._place = start + offset
        return self._place

    def take(self) -> list[Encoded]:
        taken, self._waiting = self._waiting, []
        return taken


class Encoder:
    """One file. Raises ParleyError for a format or rate nobody can write."""

    def __init__(self, format: str, rate: int) -> None:
        import av

        if format not in FORMATS:
            raise ParleyError(f"Sound cannot be saved as {format!r}.", "Save it as WAV or MP3.")
        if not SLOWEST <= rate <= FASTEST:
            raise ParleyError(f"Sound of {rate} samples a second cannot be saved.")
        self.format, self.rate = format, rate
        self._sink = Sink()
        # bit-exact: without the library's name and version in the file
        self._file = av.open(
            self._sink, "w", format=format, container_options={"fflags": "+bitexact"}
        )
        written = rate if format == "wav" else next((r for r in MP3_RATES if r >= rate), 48_000)
        bits = {} if format == "wav" else {"b": MP3_BITS}
        self._stream: Any = self._file.add_stream(FORMATS[format], rate=written, options=bits)
        self._stream.layout = "mono"
        self._file.start_encoding()  # even a file without a sample has a header

    def add(self, pcm: bytes) -> list[Encoded]:
        """pcm: mono, s16."""
        import av

        if count := len(pcm) // 2:
            frame = av.AudioFrame(format="s16", layout="mono", samples=count)
            frame.sample_rate = self.rate
            frame.planes[0].update(pcm[: count * 2])
            self._file.mux(self._stream.encode(frame))
        return self._sink.take()

    def end(self) -> list[Encoded]:
        """The rest, and the header again, which knows the length now."""
        self._file.mux(self._stream.encode(None))
        self._file.close()
        return self._sink.take()


class Writing:
    """Pieces of one file after another."""

    def __init__(self) -> None:
        self._encoder: Encoder | None = None

    def take(self, piece: WriteSound) -> list[Encoded]:
        """What comes of this piece. After an error the next piece begins a new file."""
        encoder = self._encoder or Encoder(piece.format, piece.rate)
        self._encoder = None
        if (encoder.format, encoder.rate) != (piece.format, piece.rate):
            raise ParleyError("The sound changed its form in the middle of a file.", "Try again.")
        made = encoder.add(piece.pcm)
        if piece.last:
            return made + encoder.end()
        self._encoder = encoder
        return made
