"""How variants are put together: their files, what is kept of them, and who is told."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject

from app import paths
from app.background import Background
from app.controllers.answering import Answering
from app.controllers.chat import ChatController
from app.controllers.hub_door import HubDoor
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.seal import SealController
from app.controllers.terms import AsSet
from app.controllers.titles import TitleController
from app.controllers.toolbox import ToolboxController
from app.controllers.trial import Trial
from app.controllers.undo import UndoStack
from app.controllers.variant_compare import VariantCompare
from app.controllers.variant_files import Files
from app.controllers.variant_fit import Fit
from app.controllers.variant_force import InForce
from app.controllers.variant_imports import Imports
from app.controllers.variant_library import Library
from app.controllers.variant_preview import VariantPreview
from app.controllers.variant_shelves import WHO, Shelves
from app.controllers.variant_tests import VariantTests
from app.controllers.variant_trials import TrialTerms
from app.controllers.variant_wishes import Grants, Tools
from app.controllers.variants import VariantsController
from app.store.conversations import Store
from app.store.variants import Variants


def controller(
    folders: paths.Folders,
    preferences: PreferencesController,
    models: ModelController,
    toolbox: ToolboxController,
    seal: SealController,
    store: Store,
    background: Background,
    undo: UndoStack,
    chat: ChatController,
    titles: Iterable[TitleController] = (),
    parent: QObject | None = None,
    built_in: Path | None = None,
) -> VariantsController:
    """titles ask under the same terms. built_in: where those that came with Parley lie."""
    kept = Variants(store)
    place = built_in or paths.resource("variants")
    library = Library(folders.data / "variants", folders.adapters, place, background, parent)
    force = InForce(AsSet(preferences, toolbox), library, kept, models, background, parent)
    chat.terms = force
    for one in titles:
        one.terms = force

    def tools() -> Tools:
        return Tools(toolbox.offered())

    grants = Grants(kept, parent)
    imports = Imports(library, grants, tools, undo, background, parent)
    files = Files(library, background, parent)
    door = HubDoor(seal, background, str, parent, who=WHO, family=())
    on_shelves = Shelves(library, kept, door, preferences, undo, background, parent)
    return VariantsController(
        *(library, force, grants, tools, imports, files, on_shelves),
        *(Fit(models, store, background, parent), kept, chat, undo, parent),
    )


class Trials(NamedTuple):
    """What asks variants outside a conversation; one trial at a time among them all."""

    tests: VariantTests
    preview: VariantPreview
    compare: VariantCompare


def trials(
    variants: VariantsController,
    plain: AsSet,
    models: ModelController,
    answering: Answering,
    toolbox: ToolboxController,
    background: Background,
    undo: UndoStack,
    parent: QObject | None = None,
) -> Trials:
    """plain: the terms of whoever has no variant."""
    terms = TrialTerms(plain, variants.library, variants.force, variants.grants)
    trial = Trial(models.link, answering, toolbox, terms.prepare, parent)
    made = Trials(
        VariantTests(trial, variants, variants.kept, models, background, parent),
        VariantPreview(trial, parent),
        VariantCompare(trial, variants, variants.kept, undo, parent),
    )
    made.tests.scored.connect(lambda _: variants.scores_changed())
    made.compare.counted.connect(lambda _: variants.scores_changed())
    return made
