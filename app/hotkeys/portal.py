"""The key through the desktop's portal GlobalShortcuts, the only way there is on Wayland."""

import itertools
import os
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress
from PySide6.QtCore import QObject, Slot

from app.hotkeys.bus import Bus
from app.hotkeys.keys import Key
from app.hotkeys.system import BIND, LOST, RELEASED, SystemKey

SERVICE, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"
REGISTRY = "org.freedesktop.host.portal.Registry"
APP = "org.parley.Parley"
TALK = "talk"  # our name for the one shortcut
ABOUT = "Hold to talk to Parley"
REFUSED = 1  # what a Response says when the person said no
MISSING = ("UnknownMethod", "UnknownInterface", "ServiceUnknown", "UnknownObject", "NameHasNoOwner")
ONLY = "so the key works only in Parley's window."
WORDS = {
    "ask": "Your desktop can give Parley the key in every program. It will ask you once.",
    "asking": "Your desktop is being asked for the key…",
    "no bus": f"This desktop offers programs no keys of their own, {ONLY}",
    "refused": f"Your desktop was told not to give Parley the key, {ONLY}",
    "failed": f"Your desktop could not give Parley the key, {ONLY}",
    "gone": f"The part of your desktop that gives out keys has stopped, {ONLY}",
    "closed": f"Your desktop has taken the key back, {ONLY}",
}


class PortalKey(SystemKey):
    """A session of the portal with one shortcut; what the desktop makes of it, its words tell."""

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        bus.setParent(self)
        bus.ready.connect(self._on_ready)
        bus.heard.connect(self._on_heard)
        bus.lost.connect(self._on_lost)
        self._key: Key | None = None
        self._connected, self._held, self._gone = False, False, False
        self._session = ""
        self._numbers = itertools.count(1)
        self._waiting: dict[str, Callable[[int, dict[str, Any]], None]] = {}  # by request's path

    def watch(self, key: Key, agreed: bool) -> None:
        """The desktop remembers which key the person gave; ours is a proposal to it."""
        self._key = key
        if not agreed:
            self._tell("ask", must_ask=True)
        elif self._connected:
            self._begin()
        else:
            self._tell("asking")
            self._bus.connect_to()

    def leave(self) -> None:
        self._end_session()
        self._key = None
        self.say(False, "")

    def stop(self) -> None:
        self._end_session()
        self._bus.close()

    # the conversation with the portal

    @Slot()
    def _on_ready(self) -> None:
        self._connected = True
        watched = "org.freedesktop.DBus"
        self._bus.listen(watched, watched, about=SERVICE)
        for interface in (SHORTCUTS, REQUEST, SESSION):
            self._bus.listen(SERVICE, interface)
        # older portals do not know this, newer ones want to know who we are
        self._bus.call(DBusAddress(PATH, SERVICE, REGISTRY), "Register", "sa{sv}", (APP, {}))
        self._begin()

    def _begin(self) -> None:
        """A new session; another key needs one, too."""
        self._end_session()
        if self._key is None:
            return
        self._tell("asking")
        token = f"parley_{os.getpid()}_{next(self._numbers)}"
        options = {"session_handle_token": ("s", token)}
        self._request("CreateSession", "a{sv}", (), options, self._on_session)

    def _on_session(self, code: int, results: dict[str, Any]) -> None:
        session = results.get("session_handle", ("s", ""))[1]
        if code or not isinstance(session, str) or not session or self._key is None:
            return self._tell("refused" if code == REFUSED else "failed")
        self._session = session
        wanted = {"description": ("s", ABOUT), "preferred_trigger": ("s", self._key.trigger)}
        body = (session, [(TALK, wanted)], "")
        return self._request("BindShortcuts", "oa(sa{sv})sa{sv}", body, {}, self._on_bound)

    def _on_bound(self, code: int, results: dict[str, Any]) -> None:
        if code:
            self._end_session()
            self._tell("refused" if code == REFUSED else "failed")
        else:
            self._show(results.get("shortcuts", ("", []))[1])

    def _request(
        self, member: str, signature: str, body: tuple[Any, ...], options: dict[str, Any],
        answered: Callable[[int, dict[str, Any]], None],
    ) -> None:  # fmt: skip
        """Call a method whose true answer comes later, as the signal of a request."""
        token = f"parley_{os.getpid()}_{next(self._numbers)}"
        sender = self._bus.name.lstrip(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        self._waiting = {path: answered}  # a request begun before counts no more
        session, key = self._session, self._key

        def replied(reply: tuple[Any, ...] | None, error: str) -> None:
            if (session, key) != (self._session, self._key):
                return
            if reply is None:
                missing = error.rpartition(".")[2] in MISSING
                self._tell("no bus" if missing else "failed")
            elif reply[0] != path and path in self._waiting:  # older portals name it themselves
                self._waiting[reply[0]] = self._waiting.pop(path)

        options = {"handle_token": ("s", token), **options}
        address = DBusAddress(PATH, SERVICE, SHORTCUTS)
        self._bus.call(address, member, signature, (*body, options), replied)

    def _end_session(self) -> None:
        self._release()
        self._waiting = {}
        if self._session:
            self._bus.call(DBusAddress(self._session, SERVICE, SESSION), "Close", "", ())
            self._session = ""

    # what the portal tells

    @Slot(str, str, object)
    def _on_heard(self, name: str, path: str, body: tuple[Any, ...]) -> None:
        if name == f"{REQUEST}.Response" and path in self._waiting:
            self._waiting.pop(path)(*body)
        elif name == f"{SESSION}.Closed" and self._session and path == self._session:
            self._session = ""
            self._release()
            self._tell("closed")
        elif name == "org.freedesktop.DBus.NameOwnerChanged" and body[0] == SERVICE:
            self._on_owner(body[2])
        elif name.startswith(SHORTCUTS) and self._session and body[0] == self._session:
            self._on_shortcut(name.rpartition(".")[2], body[1])

    def _on_shortcut(self, member: str, about: Any) -> None:
        if member == "ShortcutsChanged":
            self._show(about)
        elif member == "Activated" and about == TALK and not self._held:
            self._held = True
            self.pressed.emit()
        elif member == "Deactivated" and about == TALK:
            self._release(RELEASED)

    def _on_owner(self, owner: str) -> None:
        """The portal has gone, or one that had gone is back; it also comes at our first call."""
        wanted = self._key is not None and not self.must_ask
        if not owner:
            self._gone, self._session, self._waiting = True, "", {}
            self._release()
            if wanted:
                self._tell("gone")
        elif self._gone and wanted:
            self._gone = False
            self._begin()

    @Slot()
    def _on_lost(self) -> None:
        self._connected, self._session, self._waiting = False, "", {}
        self._release()
        if self._key is not None and not self.must_ask:
            self._tell("no bus")

    def _release(self, how: str = LOST) -> None:
        if self._held:
            self._held = False
            self.over.emit(how)

    def _show(self, shortcuts: Any) -> None:
        """shortcuts: [(name, facts)]. Only the desktop knows which key the person really gave."""
        found: dict[str, Any] | None = dict(shortcuts).get(TALK)
        trigger = (found or {}).get("trigger_description", ("s", ""))[1]
        if found is None:
            self._tell("refused")
        elif trigger:
            self.say(True, f"In every program your desktop gives Parley the key: {trigger}.")
        else:
            words = "Your desktop knows Parley's talk key. Give it a key in the desktop's settings."
            self.say(True, words)

    def _tell(self, what: str, must_ask: bool = False) -> None:
        after = f" {BIND}" if what not in ("ask", "asking") else ""
        self.say(False, WORDS[what] + after, must_ask)
