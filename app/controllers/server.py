"""A server of the person's that answers in place of a model on this computer."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.models import SERVER, ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.seal import SealController
from app.controllers.shown import Notice
from engines.messages import Sent

WHO = "Model on a server"
NO_ADDRESS = "Enter the address of the server, for instance http://127.0.0.1:8080/v1."
LOCKED = Notice(
    "The network is locked, so this server cannot be used.",
    "Unlock it in the status bar, then try again.",
    kind="error",
)


class ServerController(QObject):
    notice = Signal(object)  # Notice

    def __init__(
        self,
        models: ModelController,
        preferences: PreferencesController,
        seal: SealController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models, self._preferences, self._seal = models, preferences, seal
        models.sent.connect(self._on_sent)
        seal.shut_for.connect(self._on_shut)

    def options(self) -> Any:
        """Address, model and key as option() fields."""
        return self._preferences.options_of(SERVER)

    def set(self, name: str, value: Any) -> str:
        return self._preferences.set_option(SERVER, name, value)

    @Slot()
    def use(self) -> None:
        """From now on the server answers. Beyond this computer it opens the seal for its address.

        Only the person's click leads here: a start of Parley never connects by itself.
        """
        where = place_of(self.options().address)
        if not where:
            self.notice.emit(Notice("This is not an address.", NO_ADDRESS, kind="error"))
        elif is_here(where):
            self._models.open_server(where)
        elif self._seal.locked:
            self.notice.emit(LOCKED)
        else:
            self._seal.open_for(where, WHO)
            self._models.open_server(where)

    @Slot(str)
    def _on_shut(self, place: str) -> None:
        """The seal was shut for the server in use: its process ends, the starter takes over."""
        if place == self._models.server:
            self._models.open_starter()
            words = f"The network was shut for {place}."
            self.notice.emit(Notice(words, "The starter is open instead."))

    @Slot(object)
    def _on_sent(self, sent: Sent) -> None:
        if not is_here(sent.where):

            def record(entry: int) -> None:
                self._seal.complete(entry, sent.sent, 0)

            self._seal.record(WHO, sent.where, sent.what, record)


def place_of(address: str) -> str:
    """host or host:port of an http address; "" for what is none."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def is_here(place: str) -> bool:
    """Whether an address is of this computer itself."""
    host = urlsplit(f"//{place}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
