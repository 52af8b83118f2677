"""Answers aloud: said while they are written, read out when asked, and quiet at once."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.answering import Answer, Answering
from app.controllers.chat import ChatController
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.controllers.speech import Said, Speech
from app.controllers.turns import FIRST_SOUND, HEARD, PARAGRAPH, VOICE, talked, text_of
from app.controllers.voices import Voices
from app.store.conversations import StoredTurn
from engines.messages import ENDINGS, Done, Event, Failed, Pcm, Speak, Spoken
from engines.tts.reading import Reading

AHEAD = 3.0  # seconds of sound that may wait to be heard before more is made
FAILURES = 2  # in a row, then a voice is given up
ON_SCREEN = "The answer is on the screen."
NO_LOUDSPEAKER = Notice("Nothing can be said aloud here.", "Connect a loudspeaker or headphones.")


class SpeakController(QObject):
    """One speech at a time; a new one silences the one before. sound is app.audio.sound.Sound.

    numbers are what Sound knows speeches by, each larger than any before. sound None: never
    speaks.
    """

    speaking_changed = Signal(bool)
    aloud_changed = Signal(int)  # key of the turn that is being said, -1 for none
    word_spoken = Signal(int, int, int)  # key of the turn, first and last + 1 character of its text
    notice = Signal(object)

    def __init__(
        self,
        voices: Voices,
        sound: Any,
        numbers: Iterator[int],
        answering: Answering,
        chat: ChatController,
        preferences: PreferencesController,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._voices, self._sound, self._numbers = voices, sound, numbers
        self._answering, self._chat, self._preferences = answering, chat, preferences
        self._clock = clock
        self.speaking = False
        self._speech: Speech | None = None
        self._silenced: Speech | None = None  # the last one that was, until it is known exactly
        self._job = -1
        self._failures = 0
        self._word: Said | None = None  # the last one that was told
        self._sent = 0.0  # when the question was, whose answer has not begun
        self._told: set[str] = set()  # troubles the person knows of, until something is heard
        voices.came.connect(self._on_event)
        voices.notice.connect(self.notice)
        answering.started.connect(self._on_started)
        answering.text_added.connect(self._on_text)
        answering.changed.connect(self._on_changed)
        answering.finished.connect(self._on_finished)
        chat.busy_changed.connect(self._on_busy)
        chat.opened.connect(self._on_opened)
        chat.cut.connect(self._on_cut)
        if sound:
            sound.heard.connect(self._on_heard)
            sound.finished.connect(self._on_all_heard)
            sound.silenced.connect(self._on_silenced)
            sound.troubled.connect(self._on_trouble)

    # What the person does

    @Slot()
    def prepare(self) -> None:
        """An answer may have to be spoken soon: start what takes a moment."""
        if self._sound and self._preferences.settings.speak_answers != "never":
            self._voices.get_ready()
            self._sound.open_loudspeaker()

    @Slot()
    def silence(self) -> None:
        """Quiet at once. An answer is not written on, and the model knows only what was heard."""
        if speech := self._leave():
            self._sound.silence()
            self._silenced = speech
            running = self._answering.answer
            if speech.cuts and running and running.turn.id == speech.turn.id:
                if (heard := speech.cut_at(speech.heard)) > 0:
                    running.facts[HEARD] = heard
                self._chat.stop()
            else:
                self._cut(speech, speech.heard)

    @Slot(int)
    def read_aloud(self, key: int) -> None:
        """Say a turn from its beginning; stop when it is the one being said."""
        again = self._speech is None or key != self._speech.turn.id
        self.silence()
        running = self._answering.answer
        turn = running.current() if running and running.turn.id == key else self._chat.turn_of(key)
        if not again or turn is None:
            return
        if self._sound is None:
            self.notice.emit(NO_LOUDSPEAKER)
            return
        speech = self._begin(turn, cuts=False)
        speech.text = text_of(turn.parts)
        if not self._is_written(speech):
            speech.end()
        self._go_on()

    def read_last_answer(self) -> None:
        """Read out the newest answer on the page, or be quiet."""
        if self._speech:
            self.silence()
            return
        for turn in reversed(self._chat.turns):
            if turn.role == "assistant" and turn.text.strip():
                self.read_aloud(turn.key)
                return

    def stop(self) -> None:
        """At the end of the program: what was heard is remembered."""
        self.silence()
        self._voices.link.stop()

    # An answer is written

    @Slot(bool)
    def _on_busy(self, busy: bool) -> None:
        if not busy:
            self._sent = 0.0
        elif self._answering.answer is None:  # a question is on its way
            self._sent = self._sent or self._clock()
            self.silence()

    @Slot()
    def _on_started(self) -> None:
        answer = self._answering.answer
        assert answer
        self.silence()
        on_screen = answer.turn.conversation == self._chat.conversation
        if self._sound and on_screen and self._is_wanted(answer):
            self._begin(answer.turn, cuts=True).asked = self._sent or self._clock()

    def _is_wanted(self, answer: Answer) -> bool:
        choice = self._preferences.settings.speak_answers
        if choice != "talked":
            return choice == "always"
        asked_aloud = {"spoken", "heard_seconds"} & answer.facts.keys()
        return bool(asked_aloud) or any(talked(turn) for turn in answer.history[-1:])

    def _begin(self, turn: StoredTurn, cuts: bool) -> Speech:
        self._voices.get_ready(turn)
        reading = Reading(self._voices.language)
        speech = Speech(next(self._numbers), turn, cuts, reading)
        self._speech, self._failures, self._word = speech, 0, None
        self._sound.open_loudspeaker()
        return speech

    def _is_written(self, speech: Speech) -> bool:
        """Whether the text of the speech still grows."""
        running = self._answering.answer
        return bool(running and running.turn.id == speech.turn.id)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        speech = self._speech
        if speech and self._is_written(speech):
            speech.add(text)
            self._go_on()

    @Slot(object)
    def _on_changed(self, turn: StoredTurn) -> None:
        """A tool is called: what was said before it is a paragraph of its own."""
        speech = self._speech
        if speech and turn.id == speech.turn.id and turn.parts and turn.parts[-1].kind == "call":
            speech.close_paragraph(PARAGRAPH)
            self._go_on()

    @Slot(object)
    def _on_finished(self, turn: StoredTurn) -> None:
        for speech in (self._speech, self._silenced):
            if speech and speech.turn.id == turn.id:
                speech.turn = turn
        speech = self._speech
        if speech and speech.turn is turn:
            if turn.status == "stopped":
                self.silence()
            else:
                speech.end()
                self._go_on()

    @Slot()
    def _on_opened(self) -> None:
        """Another conversation is on the page. An answer is written on without a voice."""
        speech = self._speech
        if speech is None or speech.turn.conversation == self._chat.conversation:
            return
        if self._is_written(speech):
            self._leave()
            self._sound.silence()
        else:
            self.silence()

    @Slot()
    def _on_cut(self) -> None:
        if self._speech and self._chat.turn_of(self._speech.turn.id) is None:
            self.silence()

    # Words become sound

    def _go_on(self) -> None:
        """Have the next clause made into sound, unless enough of it waits already."""
        speech = self._speech
        if speech is None or speech.closed or self._job >= 0:
            return
        if speech.length - speech.heard > AHEAD:
            return
        if clause := speech.next():
            self._voices.get_ready(speech.turn)
            self._job = self._voices.submit(Speak(clause.text, self._voices.speed))
            self._set_speaking(True)
        elif speech.over:
            speech.closed = True
            self._sound.finish(speech.number)

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        speech = self._speech
        if job != self._job or speech is None:
            return
        match event:
            case Spoken(place, length, start, end):
                speech.take_word(place, length, start, end)
            case Pcm(pcm, rate) if pcm:
                speech.take_sound(len(pcm) / 2 / rate)
                self._sound.play(speech.number, pcm, rate)
        if isinstance(event, ENDINGS):
            self._job = -1
            self._on_ending(speech, event)

    def _on_ending(self, speech: Speech, ending: Event) -> None:
        if isinstance(ending, Done):
            self._failures = 0
            speech.done()
            self._go_on()
            return
        self._failures += 1
        why = ending if isinstance(ending, Failed) else Failed("The voice stopped.")
        if self._failures < FAILURES or self._voices.give_up(why):
            speech.again()
            self._go_on()
        else:
            speech.give_up()
            self._go_on()  # what was said before is heard to its end
            self._tell(Notice(why.message, why.hint or ON_SCREEN, why.detail, kind="error"))

    # The loudspeaker

    @Slot(int, float)
    def _on_heard(self, number: int, seconds: float) -> None:
        speech = self._speech
        if speech is None or number != speech.number:
            return
        if seconds > 0 and not speech.heard:
            self._told.clear()
            self._note_first_sound(speech)
        speech.heard = seconds
        word = speech.word_at(seconds)
        if word and word is not self._word:
            self._word = word
            self.word_spoken.emit(speech.turn.id, word.start, word.end)
        self._go_on()

    def _note_first_sound(self, speech: Speech) -> None:
        """How long the person waited to hear something, for the facts of the answer."""
        if not speech.asked:
            return
        running = self._answering.answer
        before = speech.turn.facts if running is None else running.facts
        waited = before.get("heard_seconds", 0.0) + self._clock() - speech.asked
        facts = {FIRST_SOUND: waited, VOICE: self._voices.name}
        if running and running.turn.id == speech.turn.id:
            running.facts.update(facts)
        else:
            self._chat.note(speech.turn, facts)

    @Slot(int)
    def _on_all_heard(self, number: int) -> None:
        if self._speech and number == self._speech.number:
            self._leave()

    @Slot(int, float)
    def _on_silenced(self, number: int, seconds: float) -> None:
        if self._speech and number == self._speech.number:  # another sound took its place
            self._speech.heard = seconds
            self.silence()
        elif self._silenced and number == self._silenced.number:
            speech, self._silenced = self._silenced, None
            self._cut(speech, seconds)

    @Slot(object)
    def _on_trouble(self, trouble: Any) -> None:
        if trouble.part != "loudspeaker":
            return
        if trouble.over:
            self._leave()
        kind = "error" if trouble.over else "info"
        self._tell(Notice(trouble.message, trouble.hint, kind=kind))

    # Ends

    def _cut(self, speech: Speech, seconds: float) -> None:
        """Remember how far an answer was heard."""
        heard = speech.cut_at(seconds)
        if speech.cuts and heard > 0 and speech.turn.facts.get(HEARD) != heard:
            self._chat.note(speech.turn, {HEARD: heard})

    def _leave(self) -> Speech | None:
        """Nothing more is made into sound; returns what was being said."""
        speech, self._speech = self._speech, None
        job, self._job = self._job, -1
        if job >= 0:
            self._voices.link.cancel(job)
        self._set_speaking(False)
        return speech

    def _set_speaking(self, speaking: bool) -> None:
        if speaking != self.speaking:
            self.speaking = speaking
            key = self._speech.turn.id if speaking and self._speech else -1
            self.aloud_changed.emit(key)
            self.speaking_changed.emit(speaking)

    def _tell(self, notice: Notice) -> None:
        """Once, until something is heard again."""
        if notice.message not in self._told:
            self._told.add(notice.message)
            self.notice.emit(notice)
