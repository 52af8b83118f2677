"""The talk key as a whole: in the window and, where it can be, in every program."""

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.controllers.preferences import PreferencesController
from app.hotkeys import keys
from app.hotkeys.global_key import GlobalKey
from app.hotkeys.window_key import WindowKey

ANYWHERE = "talk_anywhere"  # the setting


class TalkKey(QObject):
    """Whichever of the two sees a press first owns it until its end, so that none counts twice."""

    pressed = Signal()
    over = Signal(str)  # how: see app/hotkeys/system.py
    changed = Signal()  # words, works, must_ask or key

    def __init__(
        self, everywhere: GlobalKey, preferences: PreferencesController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.everywhere, self._preferences = everywhere, preferences
        everywhere.setParent(self)
        self.window = WindowKey(everywhere.down, self)
        self._owner: QObject | None = None
        for one in (self.window, everywhere):
            one.pressed.connect(partial(self._on_press, one))
            one.over.connect(partial(self._on_over, one))
        everywhere.changed.connect(self.changed)
        preferences.voice_changed.connect(self._on_voice)
        preferences.changed.connect(self._on_setting)
        qt = QGuiApplication.instance()
        assert isinstance(qt, QGuiApplication)
        qt.applicationStateChanged.connect(self._on_state)
        self._on_state(qt.applicationState())
        self._take()

    @Slot(bool)
    def pause(self, paused: bool) -> None:
        """The person chooses another key: the one before does nothing meanwhile."""
        self.window.paused = paused
        self._take()

    def stop(self) -> None:
        self.window.stop()
        self.everywhere.stop()

    def _take(self) -> None:
        name = self._preferences.voice.talk_key
        self.window.end()
        self.window.key = keys.parse(name)
        anywhere = self._preferences.settings.talk_anywhere
        agreed = bool(self._preferences.voice.agreed_key)
        self.everywhere.set_key(name, anywhere and not self.window.paused, agreed)

    @Slot()
    def ask(self) -> None:
        """The person wants the system to ask them; it is remembered for later starts."""
        self._preferences.set_voice("agreed_key", "yes")
        self._take()

    @Slot(str, str)
    def _on_voice(self, name: str, value: str) -> None:
        if name == "talk_key":
            self._take()

    @Slot(str, object)
    def _on_setting(self, name: str, value: object) -> None:
        if name == ANYWHERE:
            self._take()

    @Slot(object)
    def _on_state(self, state: Qt.ApplicationState) -> None:
        self.everywhere.set_front(state == Qt.ApplicationState.ApplicationActive)

    def _on_press(self, source: QObject) -> None:
        if self._owner is None:
            self._owner = source
            self.pressed.emit()

    def _on_over(self, source: QObject, how: str) -> None:
        if source is self._owner:
            self._owner = None
            self.over.emit(how)
