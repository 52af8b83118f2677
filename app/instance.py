"""One Parley per data folder: a second start hands its files, links and commands to the first."""

import json
from pathlib import Path

from PySide6.QtCore import QByteArray, QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.handing import SILENT, Silent, hand_over, name_of
from engines.errors import ParleyError

LARGEST = 1_000_000  # bytes of a hand-over


class Instance(QObject):
    """Holds the lock of a data folder and listens for later starts."""

    received = Signal(object)  # list[str]: absolute paths, links or commands; empty: show yourself

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._lock = QLockFile(str(folder / "parley.lock"))
        self._lock.setStaleLockTime(0)  # only the death of its owner makes a lock stale
        self._name = name_of(folder)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)

    def first(self) -> bool:
        """Whether this is the first start; it then listens for the others."""
        if not self._lock.tryLock(0):
            return False
        QLocalServer.removeServer(self._name)  # left behind by a start that was killed
        self._server.listen(self._name)
        return True

    def hand_over(self, words: list[str]) -> None:
        """Give words to the running Parley. Raises ParleyError when it does not answer."""
        try:
            if hand_over(self._folder, words):
                return
        except Silent:
            pass
        raise ParleyError(*SILENT)

    def close(self) -> None:
        self._server.close()
        self._lock.unlock()

    @Slot()
    def _accept(self) -> None:
        while socket := self._server.nextPendingConnection():
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._take(socket)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        assert isinstance(socket, QLocalSocket)
        self._take(socket)

    def _take(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > LARGEST:
            socket.abort()
        elif socket.canReadLine():
            try:
                words = json.loads(bytes(socket.readLine().data()))
            except ValueError:
                return socket.abort()
            socket.write(QByteArray(b"taken\n"))
            socket.flush()
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                self.received.emit(words)
        return None
