"""What tests of sound files ask of the window and of its parts."""

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from tests.data.asking import WAIT
from tests.data.sounds import silence
from tests.data.speech import spoken

SAYS = "what is seven times eight"  # the ears of these tests hear it, whatever is said
TALK = "Good morning, this is the beginning of a long talk about nothing at all."


def talk(sentences):
    return b"".join(spoken(TALK) + silence(1.2) for _ in range(sentences))


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(300, 300), *how)
    window.shell.dropEvent(event)


def page_of(window):
    page = window.pages.currentWidget()
    assert page.accessibleName() == "Sound files"
    return page


def file_of(parts, name):
    return next(one for one in parts.sound_files.files() if one.name == name)


def finished(qtbot, parts, name, state="done"):
    qtbot.waitUntil(
        lambda: any(o.name == name and o.state == state for o in parts.sound_files.files()),
        timeout=WAIT,
    )
    return file_of(parts, name)


def lines(qtbot, parts, name):
    found = []
    parts.sound_files.lines(file_of(parts, name).key, found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT)
    return found[0]


def progressed(qtbot, parts, name, share, timeout=WAIT):
    """It is on its way, and so far."""
    qtbot.waitUntil(
        lambda: any(o.name == name and o.share >= share for o in parts.sound_files.files()),
        timeout=timeout,
    )


def whole(found, seconds):
    """Each piece of the file was written down, once."""
    assert found and all(one.text == SAYS for one in found)
    starts = [one.start for one in found]
    assert starts == sorted(starts) and found[-1].end <= seconds + 0.1
    gaps = [b.start - a.end for a, b in zip(found, found[1:], strict=False)]
    assert all(gap >= 0 for gap in gaps) and max(gaps, default=0) < 8
    assert found[0].start < 6 and seconds - found[-1].end < 8
    return starts
