"""A desktop's portal for shortcuts and pictures of the screen, on the environment's session bus.

It speaks as xdg-desktop-portal does: a method answers with the path of a request, and the true
answer is the signal Response of that request. Lines on its input are what the person does:
    press, release        the key
    rename Pause          the desktop's settings give the shortcut another key
    close                 the session is taken away
How it behaves is its argument: "kind", "refuses", "fails", "mute", "odd" (old: own names for
requests), "without" (a portal that has none of it). The picture it takes is PORTAL_PICTURE.
"""

import os
import sys
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
OK, CANCELLED, OTHER = 0, 1, 2


class Portal:
    def __init__(self, bus: DBusConnection, manner: str) -> None:
        self._bus, self._manner = bus, manner
        self._session = ""
        self._shortcut: tuple[str, dict[str, Any]] = ("", {})
        self._client = ""

    def answer(self, call: Message) -> None:
        fields = call.header.fields
        member = fields[HeaderFields.member]
        say(member, *told(call.body))
        if self._manner == "mute":
            return
        known = {"CreateSession": self._create, "BindShortcuts": self._bind, "Close": self._close}
        known["Screenshot"] = self._screenshot
        if member not in known or self._manner == "without":
            self._bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))
            return
        self._client = fields[HeaderFields.sender]
        known[member](call)

    def _create(self, call: Message) -> None:
        options = call.body[0]
        token = options["session_handle_token"][1]
        self._session = f"{PATH}/session/{self._escaped()}/{token}"
        self._respond(call, options, {"session_handle": ("s", self._session)})

    def _bind(self, call: Message) -> None:
        session, shortcuts, _, options = call.body
        assert session == self._session, "not the session of this client"
        ((name, about),) = shortcuts
        shown = {"trigger_description": ("s", f"Press {about['preferred_trigger'][1]}")}
        self._shortcut = (name, {"description": about["description"], **shown})
        self._respond(call, options, {"shortcuts": ("a(sa{sv})", [self._shortcut])})

    def _screenshot(self, call: Message) -> None:
        _, options = call.body
        assert options["interactive"] == ("b", True), "the person chooses"
        self._respond(call, options, {"uri": ("s", os.environ.get("PORTAL_PICTURE", ""))})

    def _close(self, call: Message) -> None:
        self._session = ""
        self._bus.send(new_method_return(call))

    def _respond(self, call: Message, options: dict[str, Any], results: dict[str, Any]) -> None:
        token = "own1" if self._manner == "odd" else options["handle_token"][1]
        request = f"{PATH}/request/{self._escaped()}/{token}"
        self._bus.send(new_method_return(call, "o", (request,)))
        code = {"refuses": CANCELLED, "fails": OTHER}.get(self._manner, OK)
        refused_at = call.header.fields[HeaderFields.member] != "CreateSession"
        code = code if refused_at else OK
        body = (code, {} if code else results)
        self._emit(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", body)

    def act(self, line: str) -> None:
        what, _, rest = line.partition(" ")
        name = self._shortcut[0]
        if what in ("press", "release"):
            member = "Activated" if what == "press" else "Deactivated"
            self._emit(PATH, SHORTCUTS, member, "osta{sv}", (self._session, name, 1, {}))
        elif what == "rename":
            changed = (name, {**self._shortcut[1], "trigger_description": ("s", rest)})
            body = (self._session, [changed])
            self._emit(PATH, SHORTCUTS, "ShortcutsChanged", "oa(sa{sv})", body)
        elif what == "close":
            self._emit(self._session, "org.freedesktop.portal.Session", "Closed", "a{sv}", ({},))

    def _emit(self, path: str, interface: str, member: str, signature: str, body: Any) -> None:
        self._bus.send(new_signal(DBusAddress(path, None, interface), member, signature, body))

    def _escaped(self) -> str:
        return self._client.lstrip(":").replace(".", "_")


def told(body: Any) -> list[str]:
    """What of a call a test wants to see."""
    shortcuts = [one for part in body if isinstance(part, list) for one in part]
    return [f"{name}:{about['preferred_trigger'][1]}" for name, about in shortcuts]


def say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


def main() -> None:
    bus = open_dbus_connection()
    bus.send_and_get_reply(message_bus.RequestName(NAME, 4))
    portal = Portal(bus, sys.argv[1])
    say("ready")
    bus.selector.register(sys.stdin, 1)
    os.set_blocking(0, False)
    while True:
        for key, _ in bus.selector.select():
            if key.fileobj is sys.stdin:
                lines = sys.stdin.read()
                if not lines:
                    return
                for line in lines.splitlines():
                    portal.act(line)
        try:
            while True:
                heard = bus.receive(timeout=0)
                if heard.header.message_type is MessageType.method_call:
                    portal.answer(heard)
        except TimeoutError:
            pass
        except (OSError, ConnectionError):
            return


if __name__ == "__main__":
    main()
