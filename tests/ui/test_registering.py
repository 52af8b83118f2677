"""Model files open with Parley: registered by a click, driven by the desktop's tools, undone."""

import os
import plistlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt

from app.controllers.registering import RegisteringController
from app.paths import resource
from app.registering import associations, opener
from app.registering.freedesktop import ENTRY, KIND, FreeDesktop, quoted
from app.registering.windows import WindowsRegistry
from app.views.registering_card import RegisteringCard
from engines.errors import ParleyError

ROOT = Path(__file__).parents[2]
WAIT = 60_000
needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, ("gio", "update-mime-database"))), reason="no tools of a desktop"
)
DEFAULTS = """# mine
[Added Associations]
text/plain=vim.desktop;

[Default Applications]
text/plain=vim.desktop
application/x-gguf=other.desktop;third.desktop;
"""


@pytest.fixture
def desktop(tmp_path):
    """A desktop in folders of its own, and a program that notes what it is given."""
    script, noted = tmp_path / 'a $trange 100% "name"' / "note.py", tmp_path / "noted"
    script.parent.mkdir()
    script.write_text(f"import sys; open({str(noted)!r}, 'w').write('\\n'.join(sys.argv[1:]))")
    command = [sys.executable, str(script), "--data-dir", "a `b` \\ c"]
    data, config = tmp_path / "share", tmp_path / "config"
    made = FreeDesktop(data, config, command, resource(""))
    made.data, made.config, made.noted = data, config, noted
    return made


def gio(desktop, *words):
    home = {"XDG_DATA_HOME": str(desktop.data), "XDG_CONFIG_HOME": str(desktop.config)}
    environ = {**os.environ, **home, "XDG_DATA_DIRS": "/usr/share"}
    ran = subprocess.run(["gio", *words], env=environ, capture_output=True, text=True, timeout=60)
    return ran.stdout + ran.stderr


def everything(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} if folder.exists() else {}


@needs_tools
def test_the_desktop_opens_a_model_file_with_it(desktop, tmp_path):
    desktop.register()
    model = tmp_path / "a model with spaces.gguf"
    model.write_bytes(b"GGUF\3\0\0\0")
    assert KIND in gio(desktop, "info", "-a", "standard::content-type", str(model))
    assert ENTRY in gio(desktop, "mime", KIND).splitlines()[0]
    (tmp_path / "pirate.parley").write_bytes(b"PK")
    kind = gio(desktop, "info", "-a", "standard::content-type", str(tmp_path / "pirate.parley"))
    assert "application/x-parley-variant" in kind
    assert gio(desktop, "open", str(model)) == ""
    end = time.monotonic() + 60
    while not desktop.noted.exists() or not desktop.noted.read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert desktop.noted.read_text().splitlines() == ["--data-dir", "a `b` \\ c", str(model)]


@needs_tools
def test_undoing_leaves_what_was_there(desktop):
    desktop.config.mkdir()
    (desktop.config / "mimeapps.list").write_text(DEFAULTS)
    desktop.register()
    assert desktop.is_registered()
    text = (desktop.config / "mimeapps.list").read_text()
    assert f"x-parley-variant={ENTRY};" in text
    assert set(DEFAULTS.replace("gguf=", f"gguf={ENTRY};").split()) <= set(text.split())
    desktop.undo()
    assert not desktop.is_registered()
    assert (desktop.config / "mimeapps.list").read_text() == DEFAULTS
    left = [p for p in everything(desktop.data) if b"arley" in p.read_bytes()]
    assert left == [] and "gguf" not in (desktop.data / "mime/globs2").read_text()


@pytest.mark.parametrize(
    "text", ["", "[Default Applications]\n", "[Other]\na=b\n", DEFAULTS.replace(KIND, "a/b")]
)
def test_the_list_of_defaults(text):
    changed = associations.with_default(text, KIND, ENTRY)
    assert associations.default(changed, KIND) == ENTRY
    assert associations.with_default(changed, KIND, ENTRY) == changed
    assert KIND not in associations.without_default(changed, KIND, ENTRY)
    assert set(text.split()) <= set(associations.without_default(changed, KIND, ENTRY).split())
    assert associations.without_default(text, KIND, ENTRY) == text


def test_a_list_that_is_a_link_stays_one(desktop, tmp_path):
    desktop.config.mkdir()
    (tmp_path / "dotfiles").write_text(DEFAULTS)
    (desktop.config / "mimeapps.list").symlink_to(tmp_path / "dotfiles")
    with_tools(desktop.register)
    assert (desktop.config / "mimeapps.list").is_symlink()
    assert ENTRY in (tmp_path / "dotfiles").read_text()


def with_tools(verb):
    """Without update-mime-database the files are written all the same, and words say what lacks."""
    try:
        verb()
    except ParleyError as error:
        assert "shared-mime-info" in error.hint


def test_a_list_that_is_not_text_is_left_alone(desktop):
    desktop.config.mkdir()
    (desktop.config / "mimeapps.list").write_bytes(b"\xff\xfe\0")
    with pytest.raises(ParleyError) as refused:
        desktop.register()
    assert refused.value.hint and not everything(desktop.data)
    assert (desktop.config / "mimeapps.list").read_bytes() == b"\xff\xfe\0"


def test_a_folder_that_cannot_be_written(desktop):
    desktop.data.write_text("a file in the place of the folder")
    with pytest.raises(ParleyError) as refused:
        desktop.register()
    assert refused.value.hint and not desktop.is_registered()


def test_it_is_registered_anew_when_parley_moved(desktop, tmp_path):
    with_tools(desktop.register)
    moved = FreeDesktop(desktop.data, desktop.config, ["elsewhere"], resource(""))
    assert desktop.is_registered() and not moved.is_registered()


def test_words_of_a_command_are_quoted():
    assert quoted("plain") == '"plain"'
    assert quoted('a"b`c$d\\e%f') == '"a\\\\"b\\\\`c\\\\$d\\\\\\\\e%%f"'


def test_windows(tmp_path):
    """The same code on a file: Qt reads and writes the registry through the same class."""
    classes = QSettings(str(tmp_path / "classes.ini"), QSettings.Format.IniFormat)
    classes.setValue(".gguf/.", "Other.Program")
    registry = WindowsRegistry(classes, ["C:\\Program Files\\Parley\\parley.exe", "--x"])
    before = {key: classes.value(key) for key in classes.allKeys()}
    assert not registry.is_registered()
    for _ in range(2):
        registry.register()
    assert registry.is_registered()
    command = classes.value("Parley.gguf/shell/open/command/.")
    assert command == '"C:\\Program Files\\Parley\\parley.exe" --x "%1"'
    registry.undo()
    assert {key: classes.value(key) for key in classes.allKeys()} == before
    classes.remove(".gguf/.")
    registry.register()
    registry.undo()
    assert classes.allKeys() == []


def test_what_the_mac_is_told():
    about = plistlib.loads((ROOT / "packaging/macos/document_types.plist").read_bytes())
    opened, kinds = about["CFBundleDocumentTypes"], about["UTImportedTypeDeclarations"]
    for one, kind, ending in zip(opened, kinds, ("gguf", "parley"), strict=True):
        assert one["LSItemContentTypes"] == [kind["UTTypeIdentifier"]]
        assert kind["UTTypeTagSpecification"]["public.filename-extension"] == [ending]


def test_a_file_that_a_mac_hands_over_arrives():
    code = """
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from app.given import Application
app, given = Application([]), []
app.given.connect(given.append)
QCoreApplication.sendEvent(app, QFileOpenEvent(QUrl.fromLocalFile("/tmp/a model.gguf")))
assert given == [["/tmp/a model.gguf"]], given
"""
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, check=True, timeout=60)


def test_the_command_starts_this_parley(tmp_path):
    command = opener.own_command(tmp_path, {})
    assert command[-2:] == ["--data-dir", str(tmp_path)]
    run = [*opener.own_command(None, {}), "--version"]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ran.stdout.startswith("Parley ")
    assert opener.own_command(None, {"APPIMAGE": "/a/parley"}) == ["/a/parley"]
    assert isinstance(opener.opener(None, resource(""), {"FLATPAK_ID": "x"}), str)


def test_by_clicks(qtbot, light, background, desktop):
    controller = RegisteringController(desktop, background)
    card = RegisteringCard(controller)
    qtbot.addWidget(card)
    card.show()
    card.look()
    qtbot.waitUntil(card.register.isVisible, timeout=WAIT)
    qtbot.mouseClick(card.register, Qt.MouseButton.LeftButton)
    assert controller.shown.state == "busy"
    qtbot.waitUntil(card.undo.isVisible, timeout=WAIT)
    assert desktop.is_registered() and "open with Parley" in card.line.words.text()
    qtbot.mouseClick(card.undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.register.isVisible, timeout=WAIT)
    assert not desktop.is_registered()


def test_what_does_not_work_is_said(qtbot, light, background, desktop):
    desktop.data.write_text("a file in the place of the folder")
    card = RegisteringCard(RegisteringController(desktop, background))
    qtbot.addWidget(card)
    card.show()
    card.look()
    qtbot.waitUntil(card.register.isVisible, timeout=WAIT)
    qtbot.mouseClick(card.register, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.line.problem.isVisible, timeout=WAIT)
    assert "Open with" in card.line.problem.text()


def test_a_system_on_which_it_is_set_up_elsewhere(qtbot, light, background):
    card = RegisteringCard(RegisteringController(opener.ON_A_MAC, background))
    qtbot.addWidget(card)
    card.show()
    card.look()
    assert card.line.words.text() == opener.ON_A_MAC
    assert not card.register.isVisible() and not card.undo.isVisible()
