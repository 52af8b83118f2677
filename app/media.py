"""How what reads pictures, documents and films is started, and who brings them to the model."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from app import paths
from app.background import Background
from app.controllers.answering import Answering
from app.controllers.attaching import AttachController
from app.controllers.chat import ChatController
from app.controllers.decoding import Decoding
from app.controllers.describing import Describing
from app.controllers.findings import FindingsController
from app.controllers.keeping import Keeping
from app.controllers.looking import Looking
from app.controllers.models import ModelController
from app.engine import EngineLink
from app.resting import Resting
from app.store.conversations import Store
from engines import registry

READER = "media"  # engine
RESTS = 3  # minutes without a file, then it gives its memory back


def engines(folders: paths.Folders, parent: QObject) -> tuple[Resting, EngineLink, EngineLink]:
    """What reads pictures and documents, what reads films, and sounds for models that hear."""
    media = EngineLink(folders.logs, parent, idle_minutes=RESTS)

    def start() -> tuple[str, Path, Any, dict[str, Any]]:
        fonts = paths.resource("fonts")
        options = replace(registry.all_specs()[READER].options(), fonts=str(fonts))
        return READER, Path(), options, {"read": (fonts,)}

    films, sounds = (EngineLink(folders.logs, parent) for _ in range(2))
    return Resting(media, start), films, sounds


def attaching(
    media: Resting,
    film: EngineLink,
    sound: EngineLink,
    findings: FindingsController,
    store: Store,
    background: Background,
    models: ModelController,
    answering: Answering,
    chat: ChatController,
    keeping: Keeping,
    parent: QObject | None = None,
) -> AttachController:
    """What is attached, connected with who sends it and who asks about it."""
    decoding = Decoding(media, film, sound, store, background, parent)
    looking = Looking(models, decoding, parent)
    describing = Describing(findings, decoding, parent)
    made = AttachController(chat, store, decoding, looking, describing, parent)
    answering.looking = chat.ahead.looking = looking
    answering.describing = describing
    chat.ahead.files = made.parts
    keeping.use_files(made)
    return made
