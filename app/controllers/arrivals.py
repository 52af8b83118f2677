"""What comes from outside the window: dropped or opened files, and words of a second start."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.models import ModelController
from app.controllers.shown import Notice
from app.controllers.talk import TalkController
from engines.sound.decoding import SUFFIXES as SOUNDS

LARGEST_TEXT = 64 * 1024  # bytes of a text file that still fits into a message
TALKING = ("talk", "talk-on", "talk-off")  # what `parley talk` hands over
COMMANDS = ("new", *TALKING)
VOICE, SPEECH_MODEL = ".onnx", "model.bin"  # how a voice ends; what a folder that hears has
NOT_YET = "Pictures and documents cannot be read yet."


class ArrivalController(QObject):
    voice_given = Signal(str)  # path of a voice (.onnx) or of a folder with a speech model
    quoted = Signal(str)  # text to put into the composer
    sounds = Signal(list)  # paths of sound files
    notice = Signal(object)  # Notice

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        talk: TalkController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat, self._models, self._talk = chat, models, talk

    @Slot(object)
    def take(self, words: list[str]) -> None:
        """Files by their path, or COMMANDS."""
        sounds = [word for word in words if word.lower().endswith(SOUNDS)]
        if sounds:
            self.sounds.emit(sounds)
        for word in words:
            if word in sounds:
                continue
            if word == "new":
                self._chat.new()
            elif word in TALKING:
                self._talk_by_command(word)
            elif word.lower().endswith(".gguf"):
                self._models.open_file(word)
            elif word.lower().endswith(VOICE) or (Path(word) / SPEECH_MODEL).is_file():
                self.voice_given.emit(word)
            else:
                self._quote(Path(word))

    def _talk_by_command(self, word: str) -> None:
        if word == "talk":
            self._talk.toggle()
        elif word == "talk-on":
            self._talk.press()
        else:
            self._talk.release()

    def _quote(self, file: Path) -> None:
        """Put a text file into the message, with its name; refuse anything else in words."""
        try:
            with file.open("rb") as opened:
                data = opened.read(LARGEST_TEXT + 1)
            if len(data) > LARGEST_TEXT:
                words = f"{file.name} is larger than {LARGEST_TEXT // 1024} KB."
                return self._refuse(words, "Copy the part you need into the message.")
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return self._refuse(f"{file.name} is not a text file.", NOT_YET)
        except (OSError, ValueError) as error:
            return self._refuse(f"{file.name} could not be read.", str(error))
        if "\0" in text:
            return self._refuse(f"{file.name} is not a text file.", NOT_YET)
        return self.quoted.emit(quoted(file.name, text))

    def _refuse(self, message: str, hint: str) -> None:
        self.notice.emit(Notice(message, hint, kind="error"))


def quoted(name: str, text: str) -> str:
    """The text of a file as it stands in a message."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{name}:\n{fence}\n{text.rstrip()}\n{fence}\n"
