"""The desktop's message bus, for what QtDBus cannot send from Python: arrays of structures."""

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Parser,
    message_bus,
    new_method_call,
)
from jeepney.bus import get_bus
from jeepney.io.blocking import prep_socket
from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from app.background import Background, Task

log = logging.getLogger(__name__)
PATIENCE_MS = 25_000  # for the reply to a call, as the bus itself has it
PIECE = 65_536  # bytes read at once
Answered = Callable[[tuple[Any, ...] | None, str], None]  # (reply, "") or (None, name of the error)
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"


class Bus(QObject):
    """One connection; everything it hears arrives on the GUI thread, which never waits for it."""

    ready = Signal()
    heard = Signal(str, str, object)  # interface.member, path and arguments of a signal
    lost = Signal()  # there is no bus, or not any more

    def __init__(self, address: str, background: Background, parent: QObject | None = None) -> None:
        """address as in DBUS_SESSION_BUS_ADDRESS."""
        super().__init__(parent)
        self._address, self._background = address, background
        self._socket: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None
        self._parser = Parser()
        self._serial = 0
        self._open: dict[int, Answered] = {}
        self._connecting = False
        self.name = ""  # ours on the bus, as ":1.42"

    def connect_to(self) -> None:
        """Begin; ready or lost follows."""
        if not self._connecting and self._socket is None:
            self._connecting = True
            self._background.run(self._reach, self._reached, self._failed)

    def close(self) -> None:
        self._open.clear()
        if self._notifier:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._socket:
            self._socket.close()
            self._socket = None

    def call(
        self, address: DBusAddress, member: str, signature: str, body: tuple[Any, ...],
        answered: Answered = lambda reply, error: None,
    ) -> None:  # fmt: skip
        """Ask; answered gets the reply, or the name of what went wrong."""
        self._send(new_method_call(address, member, signature, body), answered)

    def listen(self, sender: str, interface: str, about: str = "") -> None:
        """Hear the signals of an interface; about: only those whose first argument it is."""
        rule = MatchRule(type="signal", sender=sender, interface=interface)
        if about:
            rule.add_arg_condition(0, about)
        self._send(message_bus.AddMatch(rule))

    def _send(self, message: Message, answered: Answered = lambda reply, error: None) -> None:
        self._serial += 1
        serial = self._serial
        self._open[serial] = answered
        QTimer.singleShot(PATIENCE_MS, self, lambda: self._end(serial, None, NO_REPLY))
        try:
            assert self._socket is not None
            self._socket.sendall(message.serialise(serial))
        except (OSError, AssertionError):
            self._lose()

    def _reach(self, task: Task) -> socket.socket:
        return prep_socket(get_bus(self._address), timeout=2.0)

    def _reached(self, made: socket.socket) -> None:
        self._connecting = False
        made.setblocking(False)
        self._socket, self._parser = made, Parser()
        self._notifier = QSocketNotifier(made.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._send(message_bus.Hello(), self._greeted)

    def _greeted(self, reply: tuple[Any, ...] | None, error: str) -> None:
        if reply is None:
            self._lose()
        else:
            self.name = reply[0]
            self.ready.emit()

    def _failed(self, error: Exception) -> None:
        log.info("no bus: %s", error)
        self._connecting = False
        self.lost.emit()

    @Slot()
    def _read(self) -> None:
        if self._socket is None:
            return
        messages: list[Message] = []
        with suppress(BlockingIOError):
            try:
                data = self._socket.recv(PIECE)
                messages = self._parser.feed(data)
            except (ConnectionError, ValueError, KeyError) as error:
                log.info("the bus: %s", error)
                data = b""
            if not data:
                self._lose()
        for message in messages:
            self._take(message)

    def _take(self, message: Message) -> None:
        fields, kind = message.header.fields, message.header.message_type
        if kind is MessageType.signal:
            name = f"{fields.get(HeaderFields.interface)}.{fields.get(HeaderFields.member)}"
            self.heard.emit(name, fields.get(HeaderFields.path, ""), message.body)
        elif kind is MessageType.method_return:
            self._end(fields[HeaderFields.reply_serial], message.body, "")
        elif kind is MessageType.error:
            error = fields.get(HeaderFields.error_name, NO_REPLY)
            self._end(fields[HeaderFields.reply_serial], None, error)

    def _end(self, serial: int, reply: tuple[Any, ...] | None, error: str) -> None:
        if answered := self._open.pop(serial, None):
            answered(reply, error)

    def _lose(self) -> None:
        self.close()
        self.lost.emit()
