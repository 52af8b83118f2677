"""What the speech probabilities of a take say: begun, over, enough, and where to cut.

A probability stands for 32 ms of sound, as in engines.messages.Heard.speech.
"""

from collections import deque
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

FRAME = 0.032  # seconds
LIKELY = 0.5  # from here on a frame is speech
DROP = 0.15  # a frame of speech is followed by one until it falls so far below
RUN = 2  # frames in a row that make speech of it; a click makes one
BEGIN = 3  # and the first time, when nothing was said yet
ENOUGH = 0.25  # seconds of speech below which nothing is worth transcribing
PAST = 10.0  # seconds that tell how noise seems, and how loud who speaks
NOISE_SHARE = 0.1  # the quietest tenth of them is noise, not speech
NOISE_STEP = 0.3  # speech is surer than noise by so much
SUREST = 0.8  # the most that is asked of speech
VOICES = 0.2  # noise this likely is others who speak
NEAR = 0.3  # of the loudness of who speaks: what is softer then may be them
LOUDEST = 10  # so many frames are as loud as who speaks
AGAIN = 8  # frames after which noise is judged anew


class Pauses:
    """Follows one take. All times are seconds of sound."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=round(PAST / FRAME))
        self._loud: deque[float] = deque(maxlen=round(PAST / FRAME))
        self._likely, self._near = LIKELY, 0.0
        self._frames = 0  # heard so far
        self._speech = 0  # of them speech
        self._end = self._near_end = 0  # the frame after the last speech, and the last near one
        self._run = 0
        self.begun = False  # somebody has said something

    def hear(self, speech: Sequence[float], loud: Sequence[float] = ()) -> None:
        """Take in further probabilities, and how loud each of these frames is where it is known."""
        for likely, level in zip_longest(speech, loud[: len(speech)], fillvalue=1.0):
            self._seen.append(likely)
            self._loud.append(level)
            self._frames += 1
            if self._frames % AGAIN == 0 and self._frames * FRAME >= 1.0:
                self._judge_noise()
            floor = self._likely - (DROP if self._run else 0.0)
            self._run = self._run + 1 if likely >= floor else 0
            needed = RUN if self.begun else BEGIN
            if self._run >= needed:
                self._speech += needed if self._run == needed else 1
                self._end, self.begun = self._frames, True
                if level >= self._near:
                    self._near_end = self._frames

    def _judge_noise(self) -> None:
        """More is asked of speech where noise alone seems like it; where others speak in the
        background, who speaks here is the loudest."""
        noise = sorted(self._seen)[int(len(self._seen) * NOISE_SHARE)]
        self._likely = min(max(LIKELY, noise + NOISE_STEP), SUREST)
        others = noise >= VOICES
        self._near = NEAR * sorted(self._loud)[-LOUDEST] if others else 0.0

    @property
    def length(self) -> float:
        """Seconds heard so far."""
        return self._frames * FRAME

    @property
    def spoken(self) -> float:
        """Seconds of speech so far."""
        return self._speech * FRAME

    @property
    def enough(self) -> bool:
        """Whether there is anything worth transcribing."""
        return self.spoken >= ENOUGH

    @property
    def last(self) -> float:
        """Where the last speech ended, in seconds from the start; 0 before any."""
        return self._end * FRAME

    @property
    def quiet(self) -> float:
        """Seconds since the last speech, or since the start before any.

        Speech of others, or soft one, counts for half: it may still be who speaks.
        """
        return max(self._frames - self._end, (self._frames - self._near_end) / 2) * FRAME

    def over(self, pause: float) -> bool:
        """Hands-free: something was said, and then nothing for so many seconds."""
        return self.begun and self.enough and self.quiet >= pause


class Stretch(NamedTuple):
    """A part of a take, in seconds from its start."""

    start: float
    end: float


MARGIN = 0.2  # seconds kept around speech
LONGEST = 28.0  # seconds of a stretch: what Whisper hears at once, less a margin
SILENCE = 2.0  # seconds of pause that always part two stretches
EARLIEST = 0.5  # of LONGEST: no cut before it


def stretches(
    speech: Sequence[float], longest: float = LONGEST, silence: float = SILENCE
) -> list[Stretch]:
    """The parts of a take that hold speech, none longer than `longest`, cut at its pauses."""
    limit, margin = int(longest / FRAME), round(MARGIN / FRAME)
    found = []
    for start, end in _spoken(speech, max(round(silence / FRAME), 2 * margin + 1)):
        begin, stop = max(start - margin, 0), min(end + margin, len(speech))
        while stop - begin > limit:
            cut = _quietest(speech, begin + int(limit * EARLIEST), begin + limit)
            found.append(Stretch(begin * FRAME, cut * FRAME))
            begin = cut
        found.append(Stretch(begin * FRAME, stop * FRAME))
    return found


def _spoken(speech: Sequence[float], silence: int) -> list[tuple[int, int]]:
    """First and last frame (not included) of each part whose pauses are shorter than silence."""
    parts: list[tuple[int, int]] = []
    for place, likely in enumerate(speech):
        if likely < LIKELY:
            continue
        if parts and place - parts[-1][1] < silence:
            parts[-1] = (parts[-1][0], place + 1)
        else:
            parts.append((place, place + 1))
    return parts


def _quietest(speech: Sequence[float], first: int, last: int) -> int:
    """The middle of the longest pause between two frames, else the least likely frame."""
    best, began = (0, 0), None
    for place in range(first, last + 1):
        if place < last and speech[place] < LIKELY - DROP:
            began = place if began is None else began
        elif began is not None:
            best, began = max(best, (place - began, began)), None
    if best[0]:
        return best[1] + best[0] // 2
    return min(range(first, last), key=speech.__getitem__)


def spoken(speech: Sequence[float]) -> float:
    """Seconds of speech in a take that is there as a whole."""
    pauses = Pauses()
    pauses.hear(speech)
    return pauses.spoken
