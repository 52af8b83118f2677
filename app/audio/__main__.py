"""The audio process: takes orders from the window, gives them to microphone and loudspeaker."""

import os
import queue
import sys
import threading
from contextlib import suppress

# before Qt is loaded; it speaks of libraries that this system need not have
os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false")

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot  # noqa: E402

from app.audio import messages  # noqa: E402
from app.audio.messages import (  # noqa: E402
    Begin,
    Devices,
    End,
    Finish,
    Gone,
    Lost,
    Missing,
    Open,
    Order,
    Play,
    Ready,
    Report,
    Silence,
    Unusable,
    Use,
)
from app.audio.pulse import Watch  # noqa: E402
from engines.wire import Wire  # noqa: E402

WATCHED = 2.0  # seconds a sound server has to answer before Qt asks it too
SETTLED = 100  # ms; Qt tells one change of devices several times


class Post:
    """Reports on their way to the window. A window that is slow for a while holds nothing up."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._waiting: queue.SimpleQueue[Report | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._send, name="post", daemon=True)
        self._thread.start()

    def put(self, report: Report) -> None:
        self._waiting.put(report)

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join(1.0)

    def _send(self) -> None:
        with suppress(OSError):  # the window is gone: the reading thread notices
            while (report := self._waiting.get()) is not None:
                self._wire.send(0, report)


class Desk(QObject):
    """Everything of Qt's sound, on the main thread of this process."""

    _came = Signal(object)
    _present_now = Signal(object)  # names of devices the sound server has
    _server_came = Signal()
    _server_gone = Signal()

    def __init__(self, wire: Wire, post: Post, parent: QObject) -> None:
        super().__init__(parent)
        self._wire, self._post = wire, post
        queued = Qt.ConnectionType.QueuedConnection
        self._came.connect(self._do, queued)
        self._present_now.connect(self._compare, queued)
        self._server_gone.connect(lambda: self._report(Gone()), queued)
        self._server_came.connect(self._look_again, queued)
        self._watch = Watch(self._present_now.emit, self._server_came.emit, self._server_gone.emit)
        self._open()
        self._tell_devices()
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def _open(self) -> None:
        from PySide6.QtMultimedia import QMediaDevices

        from app.audio.loudspeaker import Loudspeaker
        from app.audio.microphone import Microphone
        from app.audio.streams import Present

        # a server that goes after Qt looked and before it is watched would never be missed
        self._watch.wait(WATCHED)
        self._present = Present(self)
        self._microphone = Microphone(self._present, self._report, self)
        self._loudspeaker = Loudspeaker(self._present, self._report, self)
        self._devices = QMediaDevices(self)
        self._settled = QTimer(self, singleShot=True, interval=SETTLED)
        self._settled.timeout.connect(self._devices_changed)
        self._devices.audioInputsChanged.connect(self._settled.start)
        self._devices.audioOutputsChanged.connect(self._settled.start)

    def _listen(self) -> None:
        with suppress(EOFError):
            while True:
                self._came.emit(self._wire.receive()[1])
        self._came.emit(None)

    @Slot(object)
    def _do(self, order: Order | None) -> None:
        match order:
            case Begin(take, file):
                self._microphone.begin(take, file)
            case End(take):
                self._microphone.end(take)
            case Play():
                self._loudspeaker.play(order)
            case Finish(speech):
                self._loudspeaker.finish(speech)
            case Silence(speech):
                self._loudspeaker.silence(speech)
            case Open():
                self._loudspeaker.open()
            case Use(microphone, loudspeaker):
                self._microphone.use(microphone)
                self._loudspeaker.use(loudspeaker)
            case None:
                self._leave()

    def _report(self, report: Report) -> None:
        self._post.put(report)
        match report:
            case Lost() | Gone() | Missing(_, True):
                self._leave()

    @Slot(object)
    def _compare(self, names: set[str]) -> None:
        self._present.take(names)
        self._settled.start()

    @Slot()
    def _look_again(self) -> None:
        """Qt looked before there was a server, and does not look again."""
        if self._present.nothing():
            self._report(Gone())

    @Slot()
    def _devices_changed(self) -> None:
        self._tell_devices()
        self._microphone.devices_changed()
        self._loudspeaker.devices_changed()

    def _tell_devices(self) -> None:
        from app.audio import streams

        self._post.put(
            Devices(
                streams.told(self._present.inputs()),
                streams.told(self._present.outputs()),
            )
        )

    def _leave(self) -> None:
        """Without Qt's own tidying, which may wait for a sound server that is gone."""
        self._microphone.join()
        self._post.close()
        os._exit(0)


def main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    wire = Wire(sys.stdin.buffer, out, messages.Order)
    post = Post(wire)
    post.put(Ready())
    qt = QCoreApplication(["parley-audio"])
    try:
        desk = Desk(wire, post, qt)
    except ImportError as error:
        post.put(Unusable(str(error)))
        post.close()
        os._exit(1)
    qt.exec()
    del desk


if __name__ == "__main__":
    main()
