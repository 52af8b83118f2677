"""The voice of the first minute: espeak-ng, which comes with a hundred languages in one wheel."""

import logging
import os
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_short,
    c_size_t,
    c_uint,
    c_void_p,
    string_at,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from engines.errors import ParleyError
from engines.messages import Done, Event, Loaded, Pcm, Request, Speak, Spoken
from engines.options import option
from engines.protocol import EngineSpec, Kind
from engines.tts.languages import LANGUAGES
from engines.tts.words import Marks, words_of

log = logging.getLogger(__name__)

SYNCHRONOUS = 2  # sound goes to a callback, which runs in the thread that asked
PIECE = 60  # milliseconds of sound in one callback
NO_EXIT = 0x8000  # the library must not end the process when its data are missing
RATE, PITCH = 1, 3  # numbers of parameters
USUAL_RATE = 175  # words a minute, which sounds as the voice was made
UTF8, END_PAUSE = 1, 0x1000  # flags of a text; the pause is the one its last sign asks for
WORD, END = 1, 5  # kinds of marks: a word begins, a clause has ended
NO_MORE = 0  # ends the list of marks
ENDS_IN_PAUSE = ".!?,;:…。！？，、；："
AHEAD = 50  # pieces that may wait for the one who reads them
LONGEST = 2  # seconds of a word that are told at once
SLOWEST, FASTEST = 0.4, 4.0

MISSING = "The built-in voice cannot be loaded: its files are not where they were installed."
AGAIN = "Set Parley up again, or choose another voice on the page Voice."

VARIANTS = {
    "as it is": "",
    "woman": "+f2",
    "another woman": "+f4",
    "man": "+m3",
    "another man": "+m7",
    "old man": "+grandpa",
    "whisper": "+whisper",
}


class Mark(Structure):
    """espeak_EVENT of speak_lib.h; places in characters from 1, sample from the beginning."""

    _fields_ = (
        *(("kind", c_int), ("identifier", c_uint), ("place", c_int), ("length", c_int)),
        *(("milliseconds", c_int), ("sample", c_int), ("user", c_void_p), ("id", c_void_p)),
    )


Callback = CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(Mark))


class Piece(NamedTuple):
    pcm: bytes
    marks: list[tuple[int, int, int]]  # kind, place from 0, sample


@dataclass(frozen=True)
class Options:
    language: str = option(
        "English (America)", "Language", "Of the voice that came with Parley.", among=LANGUAGES
    )
    variant: str = option("as it is", "Voice", among=tuple(VARIANTS))
    pitch: int = option(50, "Pitch", "50 is as the voice was made.", between=(0, 99))


class Espeak:
    """One loaded espeak-ng; there can be only one in a process."""

    def __init__(self, options: Options) -> None:
        self._library, self.rate, self.version = load()
        name = options.language + VARIANTS[options.variant]
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise ParleyError(
                f"The built-in voice does not speak {options.language}.",
                "Choose another language for it on the page Voice.",
                name,
            )
        self._library.espeak_SetParameter(PITCH, options.pitch, 0)
        self._language = options.language
        self._pieces: queue.Queue[Piece | None] = queue.Queue(AHEAD)
        self._called_off = False
        self._callback = Callback(self._take)  # kept: the library holds no reference
        self._library.espeak_SetSynthCallback(self._callback)

    def loaded(self) -> Loaded:
        return Loaded(
            name="espeak-ng",
            licence="GPL-3.0-or-later",
            device="CPU, 1 thread",
            runner=f"espeak-ng {self.version}",
            language=self._language,
        )

    def run(self, request: Request) -> Generator[Event, None, Done]:
        if not isinstance(request, Speak):
            raise ParleyError("The voice can only speak.", "", type(request).__name__)
        if words_of(request.text):
            rate = min(max(request.speed, SLOWEST), FASTEST) * USUAL_RATE
            self._library.espeak_SetParameter(RATE, round(rate), 0)
            yield from self._spoken(request.text)
        return Done()

    def interrupt(self) -> None:
        self._called_off = True

    def close(self) -> None:
        self._library.espeak_Terminate()

    def _spoken(self, text: str) -> Iterator[Event]:
        """The sound from word to word, each after its mark."""
        marks, sound = Marks(text), Sound(self.rate)
        for piece in self._streamed(text):
            yield from sound.add(piece.pcm)
            for kind, place, sample in piece.marks:
                if kind == WORD and (word := marks.word_at(place)):
                    yield from sound.until(sample, word)
                elif kind == END:
                    yield from sound.until(sample, None)
        yield from sound.until(sound.end(), None)
        if self._called_off:
            yield Pcm(b"", self.rate)  # the point where the job ends as called off, not as done

    def _streamed(self, text: str) -> Iterator[Piece]:
        """What the library makes, as it comes: it works in a thread, for it hands over only in
        the middle of its one call."""
        self._called_off = False
        thread = threading.Thread(target=self._synthesise, args=(text,), daemon=True)
        thread.start()
        piece: Piece | None = Piece(b"", [])
        try:
            while (piece := self._pieces.get()) is not None:
                yield piece
        finally:
            self._called_off |= piece is not None
            while piece is not None:
                piece = self._pieces.get()
            thread.join()

    def _synthesise(self, text: str) -> None:
        data = text.replace("\0", " ").encode("utf-8", "replace") + b"\0"
        flags = UTF8 | (END_PAUSE if text.rstrip()[-1:] in ENDS_IN_PAUSE else 0)
        try:
            failed = self._library.espeak_Synth(data, len(data), 0, 1, 0, flags, None, None)
            if failed:
                log.error("espeak_Synth: %d for %d characters", failed, len(text))
        finally:
            self._pieces.put(None)

    def _take(self, samples: Any, count: int, marks: Any) -> int:
        """Called by the library with each piece; 1 makes it stop."""
        if self._called_off:
            return 1
        pcm = string_at(samples, count * 2) if samples and count > 0 else b""
        self._pieces.put(Piece(pcm, list(read_marks(marks))))
        return int(self._called_off)


class Sound:
    """Sound of a text, handed on up to where its next word begins."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._pcm = bytearray()  # what was not handed on
        self._given = 0  # samples
        self._word: tuple[int, int] | None = None  # whose sound begins what is held

    def add(self, pcm: bytes) -> Iterator[Event]:
        """A word that takes long is told in parts."""
        self._pcm += pcm
        if self._held() >= LONGEST * self._rate:
            yield from self.until(self.end(), self._word)

    def end(self) -> int:
        """Samples so far."""
        return self._given + self._held()

    def until(self, sample: int, word: tuple[int, int] | None) -> Iterator[Event]:
        """All before this sample, where another word begins, or none."""
        sample = max(self._given, min(sample, self.end()))
        if self._word:
            yield Spoken(*self._word, self._given / self._rate, sample / self._rate)
        size = (sample - self._given) * 2
        if size:
            yield Pcm(bytes(self._pcm[:size]), self._rate)
        del self._pcm[:size]
        self._given, self._word = sample, word

    def _held(self) -> int:
        return len(self._pcm) // 2


def read_marks(marks: Any) -> Iterator[tuple[int, int, int]]:
    number = 0
    while marks and marks[number].kind != NO_MORE:
        mark = marks[number]
        yield mark.kind, mark.place - 1, mark.sample
        number += 1


def load() -> tuple[CDLL, int, str]:
    """The library ready to speak, its sample rate in Hz and its version."""
    import espeakng_loader

    try:
        library = CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path()
    except (OSError, RuntimeError) as error:
        raise ParleyError(MISSING, AGAIN, str(error)) from error
    library.espeak_Synth.argtypes = (
        *(c_char_p, c_size_t, c_uint, c_int, c_uint, c_uint),
        *(POINTER(c_uint), c_void_p),
    )
    library.espeak_SetSynthCallback.argtypes = (Callback,)
    library.espeak_Info.restype = c_char_p
    rate = library.espeak_Initialize(SYNCHRONOUS, PIECE, os.fsencode(data), NO_EXIT)
    if rate <= 0:
        raise ParleyError(MISSING, AGAIN, f"espeak_Initialize: {rate}")
    return library, rate, library.espeak_Info(None).decode().split()[0]


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Espeak:
    return Espeak(options)


SPEC = EngineSpec(
    "espeak",
    Kind.TTS,
    "espeak-ng",
    Options,
    create,
    imports=("espeakng_loader",),
    read=lambda model: (),
)
