"""How the shelf of models is put together: what is here, the hub, and what is fetched from it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app import paths
from app.background import Background
from app.controllers.fetches import FetchesController
from app.controllers.hub_door import HubDoor
from app.controllers.hub_offers import HubOffers
from app.controllers.hub_token import NAME, HubToken
from app.controllers.keys import KeysController
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.seal import SealController
from app.controllers.server import place_of
from app.controllers.shelf import ShelfController
from app.controllers.shelf_around import LookingAround
from app.controllers.shelf_use import Using
from app.controllers.undo import UndoStack
from app.kept import Kept
from app.keys import Keys
from app.store.conversations import Store

if TYPE_CHECKING:  # the network's library is loaded when something is asked
    from engines.models.hub import Hub

HUB = "https://huggingface.co"
MODELS = "models"  # under data: Parley's own folder of them

MakeHub = Callable[[Callable[[str], bool]], "Hub"]


def controller(
    folders: paths.Folders,
    preferences: PreferencesController,
    models: ModelController,
    seal: SealController,
    store: Store,
    background: Background,
    undo: UndoStack,
    key_store: Keys,
    keys: KeysController,
    parent: QObject,
) -> ShelfController:
    own = folders.data / MODELS

    def place() -> str:
        return place_of(preferences.settings.hub or HUB)

    make = hub_of(preferences, key_store)
    door = HubDoor(seal, background, place, parent)
    around = LookingAround(
        *(preferences, background, own, folders.cache),
        *(folders.data / "shelf.json", store, paths.resource("models.toml")),
        *(lambda: models.link.pid, parent),
    )
    using = Using(preferences, models, background, undo, own, parent)
    offers = HubOffers(door, make, lambda: around.machine, parent)
    kept = Kept(folders.data / "fetches.json", background)
    fetches = FetchesController(door, make, own, kept, parent)
    token = HubToken(keys, parent)
    return ShelfController(around, using, offers, fetches, token, preferences, own, parent)


def hub_of(preferences: PreferencesController, key_store: Keys) -> MakeHub:
    """Makes the hub as the person set it; called in threads, where a key store may take long."""

    def make(permits: Callable[[str], bool]) -> "Hub":
        from engines.models.hub import Hub

        chosen = preferences.settings
        return Hub(chosen.hub or HUB, key_store.get(NAME), chosen.proxy, permits)

    return make
