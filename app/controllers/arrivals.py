"""What comes from outside the window: dropped or opened files, and words of a second start."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.models import ModelController
from app.controllers.talk import TalkController
from engines.media.kinds import FILMS
from engines.plugins.about import FILE as PLUGIN
from engines.sound.decoding import SUFFIXES as SOUNDS
from engines.variants.importing import may_be

LARGEST_TEXT = 64 * 1024  # bytes of a text that still fits into a message
TALKING = ("talk", "talk-on", "talk-off")  # what `parley talk` hands over
COMMANDS = ("new", *TALKING)
ZIP_END = 64 * 1024  # bytes in which a ZIP lists its files, if they are few
VOICE, SPEECH_MODEL = ".onnx", "model.bin"  # how a voice ends; what a folder that hears has


Told = Callable[[set[str]], None]


class ArrivalController(QObject):
    voice_given = Signal(str)  # path of a voice (.onnx) or of a folder with a speech model
    quoted = Signal(str)  # text to put into the composer
    sounds = Signal(list)  # paths of sound files
    files = Signal(list)  # paths of what may be attached to the message
    plugin_given = Signal(str)  # path of a folder or a ZIP with plugin.toml
    variants_given = Signal(list)  # paths of variants, also of other programs' kinds

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        talk: TalkController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat, self._models, self._talk = chat, models, talk
        # reads files that may be variants, and tells which of them are
        self.look_into: Callable[[list[str], Told], None] = lambda paths, told: told(set())

    @Slot(object)
    def take(self, words: list[str]) -> None:
        """Files by their path, or COMMANDS."""
        sounds = [word for word in words if is_sound(word)]
        if sounds:
            (self.files if self._models.hears else self.sounds).emit(sounds)
        files = []
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
            elif is_plugin(word):
                self.plugin_given.emit(word)
            else:
                files.append(word)
        if doubtful := [one for one in files if is_variant(one)]:
            self.look_into(doubtful, partial(self._sorted, files))
        elif files:
            self.files.emit(files)

    def _sorted(self, paths: list[str], variants: set[str]) -> None:
        if variants:
            self.variants_given.emit([one for one in paths if one in variants])
        if files := [one for one in paths if one not in variants]:
            self.files.emit(files)

    def _talk_by_command(self, word: str) -> None:
        if word == "talk":
            self._talk.toggle()
        elif word == "talk-on":
            self._talk.press()
        else:
            self._talk.release()


def is_variant(path: str) -> bool:
    """May be one, of any program; whoever reads it decides."""
    return may_be(Path(path))


def is_plugin(path: str) -> bool:
    """A ZIP names at its end what is in it."""
    try:
        if not path.lower().endswith(".zip"):
            return (Path(path) / PLUGIN).is_file()
        with Path(path).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - ZIP_END))
            return PLUGIN.encode() in file.read()
    except OSError:
        return False


def is_sound(path: str) -> bool:
    """Of a file that may be a film it is found out by what is in it."""
    return path.lower().endswith(SOUNDS) and Path(path).suffix.lower() not in FILMS
