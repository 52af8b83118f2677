"""The engine of pictures and documents in its process and its jail."""

import io
import os

import psutil
import pytest
from PIL import Image

from engines.media import film as film_engine
from engines.media.files import Options
from engines.media.kinds import LARGEST
from engines.messages import (
    Done,
    Failed,
    Frame,
    Page,
    Pixels,
    Preview,
    ReadDocument,
    ReadFrames,
    ReadPicture,
    ReadSound,
)
from tests.data import documents
from tests.data.films import film
from tests.data.running import Running
from tests.unit.test_media_pictures import corners, encoded

FONTS = documents.FONTS


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "log.txt"
    running = Running("media", Options(str(FONTS)), log, read=(FONTS,))
    yield running
    running.stop()


def test_the_jail_is_closed(media):
    loaded, ending = media.loaded
    assert ending == Done()
    assert not loaded.jail


def test_a_picture_comes_as_pixels_and_a_preview(media):
    photo = Image.effect_noise((800, 600), 80).convert("RGB")
    pixels, preview, ending = media.ask(ReadPicture(encoded(photo, "JPEG"), 400, 100))
    assert ending == Done()
    assert (pixels.width, pixels.height, len(pixels.rgb)) == (400, 300, 400 * 300 * 3)
    assert (pixels.whole_width, pixels.whole_height, pixels.format) == (800, 600, "JPEG")
    assert (preview.width, preview.height) == (100, 75)
    with Image.open(io.BytesIO(preview.data)) as image:
        assert (image.format, image.size) == ("JPEG", (100, 75))
    drawing, small, _ = media.ask(ReadPicture(encoded(corners()), 400, 4000))
    assert small.data.startswith(b"\x89PNG")
    assert (small.width, drawing.width) == (64, 64)  # never made larger


def test_a_preview_may_be_larger_than_the_pixels(media):
    pixels, preview, _ = media.ask(ReadPicture(encoded(corners(size=(600, 400))), 60, 300))
    assert (pixels.width, preview.width, pixels.whole_width) == (60, 300, 600)
    pixels, preview, _ = media.ask(ReadPicture(encoded(corners(size=(600, 400))), 300, 310))
    assert (pixels.width, preview.width) == (300, 300)  # nothing is scaled twice for so little


@pytest.mark.parametrize("name", documents.ALL)
def test_every_document_is_read_without_any_file(media, name):
    *pages, ending = media.ask(ReadDocument(documents.ALL[name](), name))
    assert ending == Done()
    assert documents.WORDS in "".join(page.text for page in pages)


def test_a_scan_has_its_picture_behind_its_page(media):
    data = documents.pdf(documents.written(documents.WORDS), documents.SCAN)
    kinds = [type(one) for one in media.ask(ReadDocument(data, "a.pdf", 200, 50))]
    assert kinds == [Page, Page, Pixels, Preview, Done]


@pytest.mark.parametrize(
    "request_",
    [
        ReadPicture(b"8BPS" + bytes(60), 100),
        ReadPicture(bytes(LARGEST + 1), 100),
        ReadPicture(encoded(corners())[:90], 100),
        ReadPicture(encoded(corners()), 0),
        ReadPicture(encoded(corners()), 10, box=(0.5, 0.5, 0.5, 0.7)),
        ReadDocument(b"", "a.pdf"),
        ReadSound(0.0, 1.0),
    ],
    ids=["photoshop", "large", "broken", "nothing", "box", "empty", "other"],
)
def test_every_refusal_is_words(media, request_):
    (failed,) = media.ask(request_)
    assert isinstance(failed, Failed)
    assert failed.message.endswith(".")
    assert "wrong inside" not in failed.message


def test_the_process_is_one_and_keeps_no_memory_and_no_child(media):
    noise = encoded(Image.effect_noise((1600, 1200), 80).convert("RGB"), "BMP")
    process = psutil.Process(media.host.pid)
    media.ask(ReadPicture(noise, 800))
    before, open_before = process.memory_info().rss, process.num_fds()
    for _ in range(5):
        media.ask(ReadPicture(noise, 800))
    assert process.memory_info().rss < before + (30 << 20)
    assert process.num_fds() == open_before
    assert process.children() == []


def test_a_read_that_is_called_off_ends_and_the_next_one_is_read(media):
    data = documents.pdf(*[documents.SCAN] * 20)
    job = media.host.submit(ReadDocument(data, "a.pdf", 4000))
    media.saw(job, Page)
    media.host.cancel(job)
    assert type(media.heard(job)[-1]).__name__ == "Cancelled"
    assert isinstance(media.ask(ReadPicture(encoded(corners()), 10))[0], Pixels)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4">%s</svg>'


def test_a_drawing_is_written_in_our_fonts(media):
    text = SVG % b'<text x="0" y="3" font-size="3" font-family="Nowhere">M</text>'
    pixels, _ = media.ask(ReadPicture(text, 100))
    assert (pixels.width, pixels.height, pixels.format) == (100, 100, "SVG")
    assert pixels.rgb.count(b"\0\0\0") > 300


@pytest.mark.skipif(os.name == "nt", reason="paths")
def test_a_drawing_shows_no_file_of_the_person(media, tmp_path):
    (tmp_path / "secret.png").write_bytes(encoded(Image.new("RGB", (4, 4), "red")))
    place = str(tmp_path / "secret.png").encode()
    for href in (place, b"file://" + place):
        image = b'<image width="4" height="4" href="%s"/>' % href
        (pixels, _) = media.ask(ReadPicture(SVG % image, 50))
        assert pixels.rgb == b"\xff" * 50 * 50 * 3


def test_a_film_is_read_in_a_process_of_its_own_that_reads_no_other_file(tmp_path):
    own, other = film(tmp_path / "a.mp4", sound=True), film(tmp_path / "b.mp4")
    running = Running("film", film_engine.Options(), tmp_path / "log.txt", own)
    try:
        assert not running.loaded[0].jail
        kinds = [type(one) for one in running.ask(ReadFrames(6, 32, 16))]
        assert kinds == [Frame, Pixels, Preview] * 6 + [Done]
        own.unlink()
        own.symlink_to(other)
        (failed,) = running.ask(ReadFrames(6, 32, 16))
        assert isinstance(failed, Failed)
    finally:
        running.stop()
