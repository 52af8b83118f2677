"""Three hundred pictures, documents, films and sounds that nobody should trust.

Each goes through the real engine in its process and its jail: it may be read or refused in words,
but nothing crashes, hangs or grows, and the next good picture is read. A seeded tenth is always
run; `bootstrap.py test --full` runs all. Some of them end or bloat the bare library, which is run
beside it.
"""

import collections
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
from PIL import Image

from engines.media import files, film
from engines.messages import (
    Cancelled,
    Done,
    Failed,
    Page,
    Pcm,
    Pixels,
    ReadDocument,
    ReadFrames,
    ReadPicture,
    ReadSound,
)
from engines.sound import files as sound_files
from tests.data import bombs, documents, hostile_media
from tests.data.hostile_media import DOCUMENT, FILM, KINDS, PICTURE, READ, SOUND, WORDS
from tests.data.hostile_xml import SVG, nested
from tests.data.running import Running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing bounds memory")

SEED = 104
ALL, SOME = 320, 32
MOST = {PICTURE: 1150, DOCUMENT: 1150, FILM: 1650, SOUND: 700}  # megabytes a process may take
USUAL = 700  # megabytes that all but a few stay below
PATIENCE = 110  # seconds: no answer takes longer
BARE = Path(__file__).parents[1] / "data/bare_media.py"
GOOD = hostile_media.good("PNG", "RGB")


class Memory:
    """The most that a process, or one it is divided into, took while this was open."""

    def __init__(self, process):
        self._process, self._over, self.most = psutil.Process(process), threading.Event(), 0

    def __enter__(self):
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _watch(self):
        while not self._over.wait(0.01):
            try:
                for one in (self._process, *self._process.children()):
                    self.most = max(self.most, one.memory_info().rss >> 20)
            except psutil.Error:
                pass


class Readers:
    """Gives each file to the engine it is for."""

    def __init__(self, folder):
        fonts, self._folder = documents.FONTS, folder
        options = files.Options(str(fonts))
        self.media = Running("media", options, folder / "log.txt", read=(fonts,))
        self.media.patience = PATIENCE + 10
        self.pid = self.media.host.pid

    def read(self, hostile):
        """What was said, and the megabytes it took."""
        name, data, role, _ = hostile
        if role in (FILM, SOUND):
            return self._opened(name, data, role)
        ask = ReadPicture(data, 800, 100) if role == PICTURE else ReadDocument(data, name, 800, 100)
        with Memory(self.pid) as memory:
            events = self.media.ask(ask)
        return events, memory.most

    def _opened(self, name, data, role):
        path = self._folder / name
        path.write_bytes(data)
        engines = {FILM: ("film", film.Options()), SOUND: ("sound_files", sound_files.Options())}
        engine, options = engines[role]
        running = Running(engine, options, self._folder / "log.txt", path)
        running.patience = PATIENCE + 10
        try:
            events = running.loaded
            if not isinstance(events[-1], Done):
                return events, 0
            with Memory(running.host.pid) as memory:
                events = running.ask(ReadFrames(4, 200) if role == FILM else ReadSound(0.0, 5.0))
            return events, memory.most
        finally:
            running.stop()


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    readers = Readers(tmp_path_factory.mktemp("hostile"))
    yield readers
    readers.media.stop()


def checked(hostile, events, megabytes, seconds):
    """Raises AssertionError where it is not as it is to be. Returns the words, or "read"."""
    ending = events[-1]
    assert seconds < PATIENCE
    assert megabytes < MOST[hostile.role]
    if not isinstance(ending, Failed):
        assert isinstance(ending, Done)
        assert hostile.expected != WORDS
        found = (Pixels, Page, Pcm)
        assert any(isinstance(one, found) for one in events) or hostile.role == SOUND
        return "read"
    assert hostile.expected != READ, ending
    assert ending.message.startswith(("This ", "There ", "The pictures", "So "))
    assert ending.message.endswith(".")
    assert ending.hint.endswith(".")
    for jargon in ("inside Parley", "model", "Error", "Traceback", "None"):
        assert jargon not in ending.message + ending.hint
    return ending.message


def provoke(readers, course):
    """(kind -> how often, what was said -> how often); after each a good picture is read."""
    counted, said, large = collections.Counter(), collections.Counter(), 0
    for kind, seed in course:
        hostile = hostile_media.made(kind, seed)
        began = time.monotonic()
        events, megabytes = readers.read(hostile)
        try:
            said[checked(hostile, events, megabytes, time.monotonic() - began)] += 1
            large += megabytes > USUAL
            pixels, ending = readers.media.ask(ReadPicture(GOOD, 1000))
            assert (pixels.width, pixels.height, ending) == (96, 64, Done())
            assert readers.media.host.pid == readers.pid
        except AssertionError as error:
            raise AssertionError(f"{kind} {seed}: {str(events)[:300]}") from error
        counted[kind] += 1
    assert large <= len(course) // 10
    return counted, said


@pytest.mark.timeout(600)
def test_a_tenth_of_the_files(readers):
    counted, said = provoke(readers, hostile_media.course(ALL, SEED)[:SOME])
    assert len(counted) >= 12
    assert len(said) >= 5


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_all_files(readers):
    counted, said = provoke(readers, hostile_media.course(ALL, SEED))
    print(dict(counted), dict(said))  # noqa: T201
    assert sum(counted.values()) == ALL >= 300
    assert len(counted) == len(KINDS) >= 12


def icon():
    return bombs.icon(bombs.png(9_400, 9_400, colours=6))


def zip_bomb():
    spaces = bombs.repeated(b" " * bombs.MEGABYTE, 500)
    return bombs.archive(hostile_media.members("a.docx") | {"word/document.xml": spaces})


def endless_sheet():
    """One number, in the last cell there can be."""
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    sheet += b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    parts = hostile_media.members("a.xlsx") | {"xl/worksheets/sheet1.xml": sheet}
    return documents.packed(parts)


KILLERS = {  # kind -> (file, what it is opened with, what it is to Parley)
    "large picture": (lambda: bombs.png(11_500, 11_500, colours=6), "pillow", PICTURE, WORDS),
    "picture in an icon": (icon, "pillow", PICTURE, WORDS),
    "deep drawing": (lambda: nested(b"g", 100_000), "resvg", PICTURE, WORDS),
    "packed document": (zip_bomb, "docx", DOCUMENT, WORDS),
    "endless sheet": (endless_sheet, "openpyxl", DOCUMENT, READ),
    "slow sound": (lambda: bombs.wav(1, 100_000), "av", SOUND, WORDS),
}
BLOATED = 600  # megabytes


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KILLERS)
def test_the_bare_library_dies_or_grows_of_what_is_only_words_here(readers, tmp_path, kind):
    """What the process, its bounds and the looks before it are for."""
    make, library, role, expected = KILLERS[kind]
    name = {"docx": "a.docx", "openpyxl": "a.xlsx", "av": "a.wav"}.get(library, "a.png")
    (tmp_path / name).write_bytes(data := make())
    command = [sys.executable, BARE, library, tmp_path / name]
    bare = subprocess.run(command, capture_output=True, text=True, timeout=500)
    died, grown = bare.returncode < 0 or bare.returncode == 2, int(bare.stdout or 0)
    assert died or grown > BLOATED, bare
    events, megabytes = readers.read(hostile_media.Hostile(name, data, role))
    assert isinstance(events[-1], Failed if expected == WORDS else Done)
    assert megabytes < 300
    assert isinstance(readers.media.ask(ReadPicture(GOOD, 100))[0], Pixels)


class Heard(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_error(404)

    do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_): ...


@pytest.fixture
def heard():
    with ThreadingHTTPServer(("127.0.0.1", 0), Heard) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def reds(pixels):
    return pixels.rgb.count(b"\xfe\x01\x02")


def test_no_drawing_reaches_a_file_or_an_address(readers, heard, tmp_path):
    secret = tmp_path / "secret.png"
    Image.new("RGB", (9, 9), (254, 1, 2)).save(secret)
    shown = SVG % (b'width="9" height="9"', b'<image width="9" height="9" href="%s"/>')
    own = shown % (b"data:image/png;base64," + hostile_media.base64.b64encode(secret.read_bytes()))
    assert reds(readers.media.ask(ReadPicture(own, 9))[0])  # what it would look like
    address = f"http://127.0.0.1:{heard.server_port}/a.svg".encode()
    for place in (
        address,
        str(secret).encode(),
        f"file://{secret}".encode(),
        b"file:///etc/passwd",
    ):
        for data in hostile_media.outside(place):
            first, *_ = readers.media.ask(ReadPicture(data, 9))
            assert isinstance(first, Failed) or not reds(first), data
    assert heard.asked == []


def test_no_document_reaches_an_address(readers, heard):
    place = f"http://127.0.0.1:{heard.server_port}/a".encode()
    action = b"100 0 obj<</S/URI/URI(%s)/F(%s)>>endobj\n" % (place, place)
    page = documents.written(documents.WORDS)
    pdf = documents.pdf(page, extra=action).replace(b"/Catalog", b"/Catalog/OpenAction 100 0 R")
    xml = b'<!DOCTYPE a SYSTEM "%s"><a/>' % place
    word = hostile_media.members("a.docx")
    linked = word["word/_rels/document.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" TargetMode="External" Target="%s" Type="http://schemas.'
        b'openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
        % place,
    )
    tries = {
        "a.pdf": pdf,
        "a.docx": documents.packed(word | {"word/_rels/document.xml.rels": linked}),
        "b.docx": documents.packed(word | {"word/document.xml": xml}),
        "a.odt": documents.packed(hostile_media.members("a.odt") | {"content.xml": xml}),
        "a.html": b'<html><link rel="stylesheet" href="%s"><img src="%s">' % (place, place),
        "a.epub": documents.packed(hostile_media.members("a.epub") | {"O/c.xhtml": xml}),
    }
    for name, data in tries.items():
        assert readers.media.ask(ReadDocument(data, name, 200)), name
    assert heard.asked == []


def test_the_child_of_a_read_can_do_nothing_else(readers):
    """It is locked in further than the engine, and no descriptor of that stays open in it."""
    data = documents.pdf(*[documents.SCAN] * 20)
    job = readers.media.host.submit(ReadDocument(data, "a.pdf", 2000))
    readers.media.saw(job, Page)  # it is locked in before it looks at anything
    (child,) = psutil.Process(readers.pid).children()
    about = Path(f"/proc/{child.pid}")
    status = (about / "status").read_text()
    kept = sorted(str(one.readlink()) for one in (about / "fd").iterdir())
    readers.media.host.cancel(job)
    assert isinstance(readers.media.heard(job)[-1], Cancelled)
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
    assert [one.partition(":")[0] for one in kept] == ["/dev/null"] * 3 + ["pipe"]
