"""What it costs that strangers' files are read in a process of their own.

    python tests/benchmarks/media.py [--runs 9]

A photo of 12 megapixels becomes pixels for a model and a preview: through the engine, as it is
used, and by Pillow in this process with the same steps; both in turn, medians of wall time. Then
what a fork costs (a picture of one pixel), pages of a PDF in a second, and the memory a reading
takes at most.
"""

import argparse
import io
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import psutil  # noqa: E402
from PIL import Image  # noqa: E402

from engines.media.files import Options  # noqa: E402
from engines.messages import Done, Pixels, ReadDocument, ReadPicture  # noqa: E402
from tests.data import documents  # noqa: E402
from tests.data.running import Running  # noqa: E402

LONGEST, PREVIEW = 1568, 320
PAGES = 400


def photo(width: int, height: int) -> bytes:
    """Soft shapes with the noise of a camera."""
    image = Image.effect_mandelbrot((width // 4, height // 4), (-2, -1.2, 1, 1.2), 60)
    image = Image.merge("RGB", [image, image.rotate(180), image.transpose(0)])
    noise = Image.effect_noise((width, height), 12).convert("RGB")
    image = Image.blend(image.resize((width, height), Image.Resampling.BICUBIC), noise, 0.2)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88)
    return file.getvalue()


def bare(data: bytes) -> None:
    """What a program does that trusts the file."""
    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        image.convert("RGB").tobytes()
        image.thumbnail((PREVIEW, PREVIEW), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "JPEG", quality=85)


def took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def middle(times: list[float]) -> float:
    return round(statistics.median(times), 1)


def grown(pid: int, work: Callable[[], object]) -> int:
    """Megabytes that the engine and its fork took at most, together."""
    most, over, process = [0], threading.Event(), psutil.Process(pid)

    def watch() -> None:
        while not over.wait(0.005):
            try:
                sizes = [one.memory_info().rss for one in (process, *process.children())]
            except psutil.Error:
                continue
            most[0] = max(most[0], sum(sizes) >> 20)

    thread = threading.Thread(target=watch)
    thread.start()
    work()
    over.set()
    thread.join()
    return most[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = range(parser.parse_args().runs)
    data, large = photo(4000, 3000), photo(8600, 5800)
    dot = io.BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "PNG")
    words = " ".join([documents.WORDS] * 60)
    pdf = documents.pdf(*[documents.written(words)] * PAGES, size=(20_000, 100))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        running = Running("media", Options(), Path(folder) / "log.txt")
        started = (time.perf_counter() - began) * 1000

        def ask(request: ReadPicture | ReadDocument) -> list[object]:
            events = running.ask(request)
            assert events[-1] == Done(), events[-1]
            return events

        picture = ReadPicture(data, LONGEST, PREVIEW)
        smallest = ReadPicture(dot.getvalue(), 9)
        ask(picture)
        pairs = [(took(lambda: ask(picture)), took(lambda: bare(data))) for _ in runs]
        ask(ReadDocument(pdf, "a.pdf"))
        pages = [took(lambda: ask(ReadDocument(pdf, "a.pdf"))) for _ in range(3)]
        assert running.host.pid
        process = psutil.Process(running.host.pid)
        before = process.memory_info().rss >> 20
        most = grown(running.host.pid, lambda: ask(ReadPicture(large, 4096)))
        found = {
            "start_ms": round(started),
            "photo_12_mp_ms": middle([ours for ours, _ in pairs]),
            "photo_12_mp_bare_ms": middle([other for _, other in pairs]),
            "ratio": round(statistics.median(ours / other for ours, other in pairs), 2),
            "round_trip_ms": middle([took(lambda: ask(smallest)) for _ in runs]),
            "pdf_pages_a_second": round(PAGES / middle(pages) * 1000),
            "resting_mb": before,
            "photo_50_mp_most_mb": most,
            "resting_after_mb": process.memory_info().rss >> 20,
        }
        assert any(isinstance(one, Pixels) for one in ask(picture))
        running.stop()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
