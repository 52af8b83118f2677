"""All controllers together, as the window and the programs that start it know them."""

from dataclasses import dataclass

from app.controllers.acting import ActingController
from app.controllers.arrivals import ArrivalController
from app.controllers.attaching import AttachController
from app.controllers.chat import ChatController
from app.controllers.consent import ConsentController
from app.controllers.extras import ExtrasController
from app.controllers.history import HistoryController
from app.controllers.models import ModelController
from app.controllers.photos import PhotosController
from app.controllers.plugins import PluginsController
from app.controllers.preferences import PreferencesController
from app.controllers.programs import ProgramsController
from app.controllers.registering import RegisteringController
from app.controllers.reminders import RemindersController
from app.controllers.running import RunningController
from app.controllers.saving import SavingController
from app.controllers.seal import SealController
from app.controllers.server import ServerController
from app.controllers.shelf import ShelfController
from app.controllers.sound_files import SoundFilesController
from app.controllers.speak import SpeakController
from app.controllers.talk import TalkController
from app.controllers.toolbox import ToolboxController
from app.controllers.undo import UndoStack
from app.controllers.variant_compare import VariantCompare
from app.controllers.variant_preview import VariantPreview
from app.controllers.variant_tests import VariantTests
from app.controllers.variants import VariantsController
from app.controllers.voice import VoiceController


@dataclass
class Controllers:
    preferences: PreferencesController
    models: ModelController
    chat: ChatController
    history: HistoryController
    arrivals: ArrivalController
    attaching: AttachController
    undo: UndoStack
    toolbox: ToolboxController
    consent: ConsentController
    seal: SealController
    server: ServerController
    reminders: RemindersController
    acting: ActingController
    programs: ProgramsController
    plugins: PluginsController
    talk: TalkController
    sound_files: SoundFilesController
    speak: SpeakController
    saving: SavingController
    voicing: VoiceController
    extras: ExtrasController
    photos: PhotosController
    shelf: ShelfController
    registering: RegisteringController
    running: RunningController
    variants: VariantsController
    variant_tests: VariantTests
    variant_preview: VariantPreview
    variant_compare: VariantCompare
