"""Builds and connects every part but the window: what the window and `parley ask` share."""

import itertools
import time
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app import ears, homes, media, paths, photos, seeing, settings, shelves, variants
from app.audio.sound import Sound
from app.background import Background
from app.controllers.acting import ActingController
from app.controllers.answering import Answering
from app.controllers.arrivals import ArrivalController
from app.controllers.chat import ChatController
from app.controllers.consent import ConsentController
from app.controllers.everyone import Controllers
from app.controllers.excerpt import Excerpt
from app.controllers.extras import ExtrasController
from app.controllers.hearing import Hearing
from app.controllers.history import HistoryController
from app.controllers.keeping import Keeping
from app.controllers.keys import KeysController
from app.controllers.listening import Listening
from app.controllers.models import ModelController
from app.controllers.outcomes import OutcomesController
from app.controllers.plugins import PluginsController
from app.controllers.preferences import PreferencesController
from app.controllers.programs import ProgramsController
from app.controllers.registering import RegisteringController
from app.controllers.reminders import RemindersController
from app.controllers.replay import Replay
from app.controllers.running import RunningController
from app.controllers.sampling import VoiceSample
from app.controllers.saving import SavingController
from app.controllers.seal import SealController
from app.controllers.server import ServerController
from app.controllers.shown import Notice
from app.controllers.sound_files import SoundFilesController
from app.controllers.sound_tests import SoundTests
from app.controllers.speak import SpeakController
from app.controllers.takes import Takes
from app.controllers.talk import FINISHING, LISTENING, OPENING, TalkController
from app.controllers.terms import AsSet
from app.controllers.titles import TitleController
from app.controllers.toolbox import ToolboxController
from app.controllers.transcribing import Transcribing
from app.controllers.undo import UndoStack
from app.controllers.variant_pictures import VariantPictures
from app.controllers.variant_voice import VariantVoice
from app.controllers.voice import VoiceController
from app.controllers.voices import Voices
from app.controllers.writing_down import WritingDown
from app.engine import EngineLink
from app.fetching import clip_packages
from app.keys import Keys
from app.registering.opener import opener
from app.resting import Resting
from app.store.conversations import Store
from engines.errors import ParleyError

BIN_DAYS = 30  # what was deleted can be brought back so long
TOOLS_REST = 10  # minutes without a call, then a process of tools gives its memory back
SPEAKER_RESTS = 20  # minutes
STARTER = "starter/parley-starter.gguf"


@dataclass(kw_only=True)
class Parts(Controllers):
    """Everything but the window; `parley ask` uses the same without one."""

    folders: paths.Folders
    background: Background
    store: Store
    llm: EngineLink
    homes: dict[str, EngineLink]  # of the tools
    sound: Sound | None  # None without a window: nothing is heard or said then
    voice: tuple[Resting, ...]  # engines that hear
    readers: tuple[EngineLink, ...]  # of files

    def start_engines(self, model: str) -> None:
        """Open the given model, else the one that was open last, else the starter."""
        self.toolbox.warm("tools")
        chosen = model or self.preferences.model
        if chosen and Path(chosen).is_file():
            self.models.open_file(chosen)
            return
        self.models.open_starter()
        if chosen:
            words, hint = f"There is no model file at {chosen}.", "The starter is open instead."
            self.models.notice.emit(Notice(words, hint, kind="error"))

    def tidy(self) -> None:
        """After the window is up: what opening the data had to mend, what was due, the old bin."""
        for words in self.store.notices:
            self.chat.notice.emit(Notice(words, kind="error"))
        self.reminders.start()
        self.talk.look()
        self.sound_files.tidy()
        self.store.empty_bin(int((time.time() - BIN_DAYS * 86_400) * 1000))
        self.programs.start()
        self.plugins.start()
        self.photos.start()
        self.shelf.start()

    def stop(self) -> None:
        self.speak.stop()
        self.saving.stop()
        self.extras.stop()
        self.chat.stop()
        self.sound_files.stop()
        self.photos.stop()
        self.shelf.stop()
        self.variants.stop()
        if self.sound:
            self.sound.stop()
        self.background.stop()
        self.shelf.finish()
        self.variants.finish()
        self.talk.keeping.stop()
        self.llm.stop()
        for one in self.voice:
            one.link.stop()
        for link in self.readers:
            link.stop()
        for link in self.homes.values():
            link.stop()
        self.programs.stop()
        self.plugins.stop()
        self.store.close()


class Unsaved(QObject):
    """What could not be written and nobody else speaks of."""

    notice = Signal(object)  # Notice

    def show(self, error: ParleyError) -> None:
        self.notice.emit(Notice(error.message, error.hint, error.detail, kind="error"))


def build(args: Namespace, parent: QObject, in_memory: bool = False) -> Parts:
    """Make and connect every part. Raises ParleyError when the data cannot be opened."""
    folders = paths.folders(args.data_dir).make()
    chosen = settings.load(folders.settings)
    background = Background(parent)
    unsaved = Unsaved(parent)
    store = Store(None if in_memory else folders.database, background.deliver, unsaved.show)
    engine = "echo" if args.echo else "llama_cpp"
    undo = UndoStack(parent)
    kept = None if in_memory else folders.settings
    own = (folders.data, folders.config, folders.state, folders.cache)
    preferences = PreferencesController(chosen, kept, engine, parent, own)
    llm = EngineLink(
        folders.logs, parent, idle_minutes=chosen.app.idle_minutes, cache=folders.cache
    )
    consent = ConsentController(store, may_ask=not in_memory, parent=parent)
    seal = SealController(store, preferences, parent)
    names = homes.names()
    links = {n: EngineLink(folders.logs, parent, idle_minutes=TOOLS_REST) for n in names}
    starts = {n: homes.home(n, preferences, folders.notes, folders.cache) for n in names}
    toolbox = ToolboxController(links, starts, store, consent, seal, preferences, parent)
    toolbox.unusable = homes.unusable()
    preferences.home_changed.connect(toolbox.grants_changed)
    starter = paths.resource(STARTER)
    help = paths.resource("help")
    models = ModelController(llm, store, background, preferences, starter, help, engine, parent)
    models.adapters = folders.adapters
    models.learnt = OutcomesController(llm, folders.cache, background, parent).learnt
    models.spared.there = homes.card_there
    answering = Answering(llm, toolbox, store, parent)
    chat = ChatController(store, answering, models, preferences, undo, toolbox, consent, parent)
    history = HistoryController(store, chat, undo, parent)
    titles = TitleController(llm, store, answering, models, history, toolbox, preferences, parent)
    kept_variants = variants.controller(
        *(folders, preferences, models, toolbox, seal, store, background, undo, chat),
        *([titles], parent),
    )
    kept_variants.start()
    plain = AsSet(preferences, toolbox)
    trying = variants.trials(
        *(kept_variants, plain, models, answering, toolbox, background, undo, parent)
    )
    key_store = Keys(None if in_memory else folders.config / "keys.json")
    keys = KeysController(key_store, background, parent)
    asker = EngineLink(folders.logs, parent)
    server = ServerController(models, preferences, seal, keys, undo, asker, parent)
    programs = ProgramsController(
        *(preferences, toolbox, seal, undo),
        lambda: EngineLink(folders.logs, parent, idle_minutes=TOOLS_REST),
        folders.data / "programs",
        parent,
    )
    plugins = PluginsController(
        *(preferences, toolbox, undo, background),
        lambda: EngineLink(folders.logs, parent, idle_minutes=TOOLS_REST),
        folders.data / "plugins",
        homes.no_plugins(),
        parent,
    )
    sound = None if in_memory else Sound(parent, folders.logs / "sound.log")
    speeches = itertools.count(1)
    listener, stt, patient = ears.engines(folders, preferences, models, parent)
    replay = Replay(sound, background, speeches, parent)
    takes = Takes(folders.data / "takes", background, parent)
    keeping = Keeping(takes, replay, store, chat, preferences, parent)
    careful = ears.careful(folders, preferences, background, parent)

    def warm() -> None:
        listener.warm()
        stt.warm()

    writing = WritingDown(
        *(Listening(listener.link, parent), Hearing(stt.link, parent=parent), careful),
        *(keeping, chat, preferences, warm, parent),
    )
    if sound:
        ears.use_devices(sound, preferences)
    talk = TalkController(sound, writing, keeping, chat, preferences, parent)
    voices, speaker = (
        Voices(EngineLink(folders.logs, parent, idle_minutes=SPEAKER_RESTS), preferences, parent)
        for _ in range(2)
    )
    speak = SpeakController(speaker, sound, speeches, answering, chat, preferences, parent)
    talk.use_voice(speak)
    talk.state_changed.connect(lambda state: speak.prepare() if state == OPENING else None)
    encoder = EngineLink(folders.logs, parent)
    saving = SavingController(voices, encoder, background, chat, preferences, parent)
    arrivals = ArrivalController(chat, models, talk, parent)
    arrivals.look_into = kept_variants.imports.sort_out
    arrivals.variants_given.connect(kept_variants.look_at)
    files, films, heard = media.engines(folders, parent)
    drawn = folders.cache / "variants"
    kept_variants.use_pictures(VariantPictures(files, drawn, background, parent))
    findings = seeing.findings(folders, preferences, parent)
    attaching = media.attaching(
        *(
            files,
            films,
            heard,
            findings,
            store,
            background,
            models,
            answering,
            chat,
            keeping,
            parent,
        )
    )
    arrivals.files.connect(attaching.take)
    reader = EngineLink(folders.logs, parent)
    sound_files = SoundFilesController(
        *(store, Transcribing(reader, patient, parent), background, preferences, undo),
        lambda: llm.loaded.context if llm.loaded else 0,
        parent,
    )
    excerpts = EngineLink(folders.logs, parent)
    if sound:
        sound_files.hear_through(Excerpt(excerpts, sound, speeches, parent))
    arrivals.sounds.connect(sound_files.add)
    attaching.sounds.connect(sound_files.add)
    sound_files.quoted.connect(arrivals.quoted)
    talk.state_changed.connect(
        lambda state: sound_files.give_way(state in (OPENING, LISTENING, FINISHING))
    )
    searched = photos.controller(folders, preferences, background, undo, parent)
    searched.asked.connect(attaching.take)
    talk.state_changed.connect(
        lambda state: searched.give_way("talk", state in (OPENING, LISTENING, FINISHING))
    )
    llm.state_changed.connect(lambda state: searched.give_way("answer", state == "busy"))
    trials = SoundTests(sound, background, speeches, folders.cache, lambda: talk.listening, parent)
    voicing = VoiceController(
        *(preferences, sound, background, trials),
        *(VoiceSample(voices, sound, speeches, preferences, parent), folders.data / "models"),
        *(paths.resource(ears.EARS), args.data_dir, parent),
    )
    arrivals.voice_given.connect(voicing.offer)
    arrivals.plugin_given.connect(plugins.look_at)
    reminders = RemindersController(store, undo, parent)
    acting = ActingController(toolbox, preferences, seal, reminders, folders.notes, parent)
    clip = clip_packages(folders.data / seeing.EXTRA, paths.constraints())
    extras = ExtrasController(clip, seal, background, parent)
    shelf = shelves.controller(
        *(folders, preferences, models, seal, store, background, undo, key_store, keys),
        parent,
    )
    wanted = VariantVoice(kept_variants.library, kept_variants.force, chat, voicing)
    voices.wanted = speaker.wanted = wanted
    unsaved.notice.connect(chat.notice)
    preferences.idle_minutes_changed.connect(llm.set_idle_minutes)
    return Parts(
        preferences,
        models,
        chat,
        history,
        arrivals,
        attaching,
        undo,
        toolbox,
        consent,
        seal,
        server,
        reminders,
        acting,
        programs,
        plugins,
        talk,
        sound_files,
        speak,
        saving,
        voicing,
        extras,
        searched,
        shelf,
        RegisteringController(opener(args.data_dir, paths.resource("")), background, parent),
        RunningController(models, background, parent),
        kept_variants,
        *trying,
        folders=folders,
        background=background,
        store=store,
        llm=llm,
        homes=links,
        sound=sound,
        voice=(listener, stt, patient),
        readers=(reader, excerpts, asker, careful.link, files.link, films, heard, *findings.links),
    )
