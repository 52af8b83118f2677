"""A desktop's key store on the environment's session bus, as the Secret Service is specified.

Secrets travel in plain, which a store may ask for. Its argument is its manner: "open", "locked"
(and the person dismisses what would unlock it) or "mute" (it never answers).
Source: https://specifications.freedesktop.org/secret-service/latest/
"""

import sys

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

NAME, PATH = "org.freedesktop.secrets", "/org/freedesktop/secrets"
WALLET, PROMPT = f"{PATH}/collection/wallet", f"{PATH}/prompt/1"


class Store:
    def __init__(self, bus, manner):
        self._bus, self._manner, self._count = bus, manner, 0
        self.items = {}  # path -> attributes, secret

    def answer(self, call):
        fields = call.header.fields
        member, path = fields[HeaderFields.member], fields.get(HeaderFields.path, "")
        body = call.body
        match member:
            case _ if self._manner == "mute":
                return
            case "OpenSession" if body[0] == "plain":
                self._reply(call, "vo", (("s", ""), f"{PATH}/session/1"))
            case "OpenSession":
                self._bus.send(new_error(call, "org.freedesktop.DBus.Error.NotSupported"))
            case "ReadAlias":
                self._reply(call, "o", (WALLET,))
            case "Get" | "GetAll":
                self._tell(call, body[1] if member == "Get" else "")
            case "Unlock":
                self._reply(call, "aoo", ([], PROMPT))
            case "Prompt":
                self._dismiss(call)
            case "SearchItems":
                wanted = body[0].items()
                found = [p for p, (about, _) in self.items.items() if wanted <= about.items()]
                self._reply(call, "ao", (found,))
            case "CreateItem":
                self._create(call)
            case "GetSecret":
                secret = (f"{PATH}/session/1", b"", self.items[path][1], "text/plain")
                self._reply(call, "(oayays)", (secret,))
            case "Delete":
                del self.items[path]
                self._reply(call, "o", ("/",))
            case _:
                self._bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))

    def _create(self, call):
        properties, (_, _, secret, _), replaces = call.body
        about = dict(properties["org.freedesktop.Secret.Item.Attributes"][1])
        same = [path for path, (other, _) in self.items.items() if other == about]
        self._count += 1
        path = same[0] if same and replaces else f"{WALLET}/{self._count}"
        self.items[path] = about, bytes(secret)
        self._reply(call, "oo", (path, "/"))

    def _tell(self, call, name):
        locked = self._manner == "locked"
        values = {"Locked": ("b", locked), "Label": ("s", "Wallet")}
        if name:
            self._reply(call, "v", (values[name],))
        else:
            self._reply(call, "a{sv}", (values,))

    def _dismiss(self, call):
        self._bus.send(new_method_return(call))
        address = DBusAddress(PROMPT, None, "org.freedesktop.Secret.Prompt")
        self._bus.send(new_signal(address, "Completed", "bv", (True, ("ao", []))))

    def _reply(self, call, signature, body):
        self._bus.send(new_method_return(call, signature, body))


def main():
    bus = open_dbus_connection()
    bus.send_and_get_reply(message_bus.RequestName(NAME, 4))
    store = Store(bus, sys.argv[1])
    print("ready", flush=True)  # noqa: T201
    while True:
        try:
            heard = bus.receive()
        except (OSError, ConnectionError):
            return
        if heard.header.message_type is MessageType.method_call:
            store.answer(heard)


if __name__ == "__main__":
    main()
