"""What PulseAudio says of its devices: Qt notices neither that one was taken away nor that the
server died. PipeWire speaks the same language. Audio process only; silent on other systems.
"""

import ctypes
import sys
import threading
import time
from collections.abc import Callable

LIBRARY = "libpulse.so.0"  # Qt's own sound needs it too
NO_AUTOSPAWN = 1  # of pa_context_flags
READY, FAILED, TERMINATED = 4, 5, 6  # of pa_context_state
SINKS, SOURCES = 1, 2  # of pa_subscription_mask
RETRY = 2.0  # seconds until a server that is not there is looked for again


class _Info(ctypes.Structure):
    """How both pa_sink_info and pa_source_info begin."""

    _fields_ = (("name", ctypes.c_char_p),)


_Listed = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.POINTER(_Info), ctypes.c_int, ctypes.c_void_p
)
_Happened = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)
RESULTS = {  # of the functions used; the others return numbers
    "pa_mainloop_new": ctypes.c_void_p,
    "pa_mainloop_get_api": ctypes.c_void_p,
    "pa_context_new": ctypes.c_void_p,
    "pa_context_subscribe": ctypes.c_void_p,
    "pa_context_get_sink_info_list": ctypes.c_void_p,
    "pa_context_get_source_info_list": ctypes.c_void_p,
}


class Watch:
    """Calls back from a thread of its own: changed with the names of all devices whenever they
    changed; came when there was no server at first and now there is; gone when it is not any more.
    """

    def __init__(
        self,
        changed: Callable[[set[str]], None],
        came: Callable[[], None],
        gone: Callable[[], None],
    ) -> None:
        self._changed, self._came, self._gone = changed, came, gone
        self._names: set[str] = set()
        self._listing = 0  # lists that are not complete yet
        self._stale = True
        self._tried = threading.Event()  # once: connected, or there is no server
        # ctypes keeps no callback alive
        self._listed, self._happened = _Listed(self._take_in), _Happened(self._note)
        if sys.platform == "linux":
            threading.Thread(target=self._watch, name="devices", daemon=True).start()
        else:
            self._tried.set()

    def wait(self, seconds: float) -> None:
        """Until it watches: of a server that goes after that, gone is told."""
        self._tried.wait(seconds)

    def _watch(self) -> None:
        try:
            self._pulse = ctypes.CDLL(LIBRARY)
            for name, result in RESULTS.items():
                getattr(self._pulse, name).restype = result
            connected = self._connected()
        except OSError:  # no such library: then Qt has another sound system
            return
        finally:
            self._tried.set()
        if not connected:
            while not self._connected():
                time.sleep(RETRY)
            self._came()
        self._follow()
        self._gone()

    def _connected(self) -> bool:
        pulse = self._pulse
        self._loop = ctypes.c_void_p(pulse.pa_mainloop_new())
        api = ctypes.c_void_p(pulse.pa_mainloop_get_api(self._loop))
        self._context = ctypes.c_void_p(pulse.pa_context_new(api, b"Parley"))
        pulse.pa_context_connect(self._context, None, NO_AUTOSPAWN, None)
        while (state := pulse.pa_context_get_state(self._context)) != READY:
            if state in (FAILED, TERMINATED):
                pulse.pa_context_unref(self._context)
                pulse.pa_mainloop_free(self._loop)
                return False
            pulse.pa_mainloop_iterate(self._loop, 1, None)
        pulse.pa_context_set_subscribe_callback(self._context, self._happened, None)
        self._drop(pulse.pa_context_subscribe(self._context, SINKS | SOURCES, None, None))
        return True

    def _follow(self) -> None:
        """Until the server is gone."""
        pulse = self._pulse
        while pulse.pa_context_get_state(self._context) == READY:
            if self._stale and not self._listing:
                self._stale, self._listing, self._names = False, 2, set()
                for ask in ("sink", "source"):
                    listing = getattr(pulse, f"pa_context_get_{ask}_info_list")
                    self._drop(listing(self._context, self._listed, None))
            pulse.pa_mainloop_iterate(self._loop, 1, None)

    def _drop(self, operation: int | None) -> None:
        if operation:
            self._pulse.pa_operation_unref(ctypes.c_void_p(operation))

    def _note(self, _context, _kind, _index, _data) -> None:
        self._stale = True

    def _take_in(self, _context, info, end: int, _data) -> None:
        """One device of a list, or its end."""
        if not end:
            self._names.add(info.contents.name.decode("utf-8", "replace"))
            return
        self._listing -= 1
        if not self._listing and not self._stale:
            self._changed(self._names)
