"""A file is read where no module can be imported any more: all it takes is there before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, sys
from pathlib import Path
from engines.media import frames, pictures
from engines.media.documents import plain
from engines.media.documents.reading import reader
from engines.media.files import SPEC as FILES
from engines.media.film import SPEC as FILM

class Late:
    def find_spec(self, name, *_):
        found.append(name)
        return None

def alone(name, work):
    '''In a fork, so that nothing is there because of the file before.'''
    global found
    if (child := os.fork()) == 0:
        found, prepared = [], work()
        sys.meta_path.insert(0, Late())
        try:
            prepared()
        except Exception as error:
            found.append(repr(error))
        late = [one for one in found if one not in FINE]
        print(name, *late, sep="\\t") if late else None
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)

FINE = {"olefile"}  # optional, and not installed

def picture(path):
    pictures.prepare()
    return lambda: pictures.decoded(path.read_bytes(), 100)

def document(path):
    read = reader(path.read_bytes(), path.name)
    return lambda: list(read(path.read_bytes(), 100))

def film(path):
    for one in FILM.imports:
        __import__(one)
    return lambda: list(frames.spread(path, 2, 100))

for one in FILES.imports:
    __import__(one)
for path in sorted(Path(sys.argv[1]).iterdir(), key=lambda path: "pfd".index(path.name[0])):
    if path.name.startswith("d"):
        plain.prepare_encodings()  # once for all that follow, because it takes long
    alone(path.name, lambda: {"p": picture, "d": document, "f": film}[path.name[0]](path))
"""


@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there it is read in the same process")
def test_nothing_is_imported_when_a_file_is_read(tmp_path):
    from PIL import Image

    from tests.data import documents, hostile_media
    from tests.data.films import film

    for format in hostile_media.FORMATS:
        (tmp_path / f"p.{format}").write_bytes(hostile_media.good(format))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "ä"
    Image.new("CMYK", (9, 9)).save(tmp_path / "p.cmyk.jpg", exif=exif, icc_profile=b"none")
    Image.new("I;16", (9, 9)).save(tmp_path / "p.16.tif", compression="tiff_lzw", description="ä")
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>x</text></svg>'
    (tmp_path / "p.svg").write_bytes(drawing)
    for name, make in documents.ALL.items():
        (tmp_path / f"d{name}").write_bytes(make())
    (tmp_path / "dold.txt").write_bytes("Grüße, ÄÖÜ und ein Wort".encode("cp1252"))
    (tmp_path / "dwide.txt").write_bytes("Grüße".encode("utf-16"))
    (tmp_path / "dscan.pdf").write_bytes(documents.pdf(documents.SCAN))
    for name in ("f.mp4", "f.mkv", "f.avi"):
        film(tmp_path / name, sound=name != "f.avi")
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, tmp_path],
        cwd=ROOT, capture_output=True, text=True, timeout=500, check=True,
    )  # fmt: skip
    assert run.stdout == ""
