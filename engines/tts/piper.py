"""Voices of Piper: neural, one file for each, quick enough to speak on one core."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engines.errors import ModelMissing, ParleyError
from engines.messages import Done, Event, Loaded, Pcm, Request, Speak, Spoken
from engines.options import option
from engines.protocol import EngineSpec, Kind
from engines.tts import loudness, network, voices
from engines.tts.clauses import sentences
from engines.tts.phonemes import breaths, word_starts
from engines.tts.voices import About, VoiceRefused
from engines.tts.words import words_of

if TYPE_CHECKING:
    import numpy

WARM_UP = "1, 2, 3."  # said to nobody: the first run is slow, and tells how loud a voice is
RESTS = {".": 0.2, "!": 0.2, "?": 0.2, "…": 0.2, ",": 0.08, ";": 0.12, ":": 0.12}  # seconds
SLOWEST, FASTEST = 0.4, 4.0
LONGEST = 120  # seconds of sound of one breath; more is no speech


@dataclass(frozen=True)
class Options:
    threads: int = option(
        1,
        "Threads of the voice",
        "One is enough for voices of medium quality and leaves the rest to the model.",
        between=(1, 8),
    )


class Said(NamedTuple):
    """The sound of some phonemes: samples, and where each phoneme begins in them."""

    sound: "numpy.ndarray[Any, Any]"
    begins: Sequence[int]  # one more than there are phonemes: the last is the end


class PiperEngine:
    def __init__(self, path: Path, about: About, options: Options) -> None:
        from piper import PiperVoice
        from piper.config import PiperConfig

        model = network.read(path)
        if network.has_speakers(model) != (about.settings["num_speakers"] > 1):
            raise VoiceRefused("its two files do not belong together", "speakers")
        self._about, self._threads = about, options.threads
        self._size, self._parameters = path.stat().st_size, network.parameters(model)
        self._session = network.Session(model, options.threads)
        session: Any = self._session
        self._voice = PiperVoice(session, PiperConfig.from_dict(dict(about.settings)))
        self._called_off = False
        self._gain = self._warm_up()

    def loaded(self) -> Loaded:
        from importlib.metadata import version

        threads = f"{self._threads} thread{'s' if self._threads > 1 else ''}"
        return Loaded(
            name=self._about.name,
            architecture="VITS",
            parameters=self._parameters,
            size=self._size,
            licence=self._about.licence,
            device=f"CPU, {threads}",
            runner=f"piper-tts {version('piper-tts')}, ONNX Runtime {version('onnxruntime')}",
            language=self._about.language,
            quality=self._about.quality,
            speakers=self._about.speakers,
        )

    def run(self, request: Request) -> Generator[Event, None, Done]:
        if not isinstance(request, Speak):
            raise ParleyError("The voice can only speak.", "", type(request).__name__)
        self._called_off = False
        self._session.begin()
        try:
            yield from self._spoken(request)
        except network.Stopped:
            yield Pcm(b"", self._about.rate)  # the point where the job ends as called off
        return Done()

    def interrupt(self) -> None:
        self._called_off = True
        self._session.stop()

    def close(self) -> None:
        pass

    def _spoken(self, request: Speak) -> Iterator[Event]:
        # [[…]] would be taken for phonemes
        text = request.text.replace("[[", "((").replace("\0", " ")
        settings = self._settings(request)
        start = 0  # samples
        for first, last in sentences(text):
            for events, length in self._sentence(text[first:last], first, settings, start):
                yield from events
                start += length

    def _sentence(
        self, text: str, place: int, settings: Any, start: int
    ) -> Iterator[tuple[list[Event], int]]:
        """For each breath what is told of it, and its length in samples."""
        words = words_of(text)
        if not words:
            return
        rows = [part for row in self._phonemes(text) for part in breaths(row)]
        if not rows:
            return
        names = [text[at : at + length] for at, length in words]
        starts = word_starts(rows, self._apart(names))
        done = 0  # phonemes
        for row in rows:
            said = self._say(row, settings)
            rest = int(RESTS.get(row[-1], 0.0) * self._about.rate)
            inside = [n for n, one in enumerate(starts) if done <= one < done + len(row)]
            edges = [said.begins[starts[n] - done] for n in inside] + [said.begins[-1]]
            events: list[Event] = [
                Spoken(
                    place + words[n][0],
                    words[n][1],
                    (start + edges[i]) / self._about.rate,
                    (start + edges[i + 1]) / self._about.rate,
                )
                for i, n in enumerate(inside)
            ]
            pcm = loudness.as_pcm(said.sound, self._gain, self._about.rate)
            events.append(Pcm(pcm + bytes(2 * rest), self._about.rate))
            yield events, len(said.sound) + rest
            start += len(said.sound) + rest
            done += len(row)

    def _say(self, phonemes: Sequence[str], settings: Any) -> Said:
        ids = self._voice.phonemes_to_ids(list(phonemes))
        found = self._voice.phoneme_ids_to_audio(ids, settings, include_alignments=True)
        sound, lengths = found if isinstance(found, tuple) else (found, None)
        self._check(sound)
        return Said(sound.reshape(-1), self._begins(phonemes, ids, lengths, sound.size))

    def _check(self, sound: Any) -> None:
        import numpy

        longest = LONGEST * self._about.rate
        if sound.dtype != numpy.float32 or sound.ndim > 1 or not 0 < sound.size <= longest:
            raise VoiceRefused("what it gives is not speech", f"{sound.dtype} {sound.shape}")
        if not numpy.isfinite(sound).all():
            raise VoiceRefused("what it gives is not sound", "not finite")

    def _begins(
        self, phonemes: Sequence[str], ids: list[int], lengths: Any, size: int
    ) -> list[int]:
        """The sample where each phoneme begins; even shares where the voice does not tell."""
        known = self._voice.config.phoneme_id_map
        pause = len(known["_"])
        counts = [len(known[one]) + pause if one in known else 0 for one in phonemes]
        before = len(known["^"]) + pause
        fits = before + sum(counts) + len(known["$"]) == len(ids)
        if lengths is None or lengths.shape != (len(ids),) or lengths.min() < 0 or not fits:
            return [size * n // len(phonemes) for n in range(len(phonemes) + 1)]
        ends = [0, *(int(one) for one in lengths.cumsum())]
        places = [before]
        for count in counts:
            places.append(places[-1] + count)
        return [min(ends[place], size) for place in places]

    def _settings(self, request: Speak) -> Any:
        from piper.config import SynthesisConfig

        speed = min(max(request.speed, SLOWEST), FASTEST)
        several = 0 <= request.speaker < len(self._about.speakers)
        return SynthesisConfig(
            speaker_id=request.speaker if several else None,
            length_scale=self._voice.config.length_scale / speed,
        )

    def _phonemes(self, text: str) -> list[list[str]]:
        try:
            return self._voice.phonemize(text)
        except RuntimeError as error:  # espeak does not know the language
            raise VoiceRefused("its language is not known", str(error)) from error

    def _apart(self, words: list[str]) -> Sequence[Sequence[str]]:
        """The phonemes of each word said by itself; its letters where that is not to be had."""
        found = self._phonemes("\n\n".join(words))
        return found if len(found) == len(words) else words

    def _warm_up(self) -> float:
        rows = [row for row in self._phonemes(WARM_UP) if row]
        parts = [self._say(row, self._settings(Speak(WARM_UP))).sound for row in rows]
        return loudness.gain_for(parts, self._about.rate)


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> PiperEngine:
    if not model.is_file():
        raise ModelMissing(str(model))
    return PiperEngine(model, voices.check(model), options)


SPEC = EngineSpec(
    "piper",
    Kind.TTS,
    "Piper",
    Options,
    create,
    imports=("numpy", "onnx", "onnxruntime", "piper"),
    read=voices.beside,
)
