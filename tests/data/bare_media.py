"""A child of a test: opens a file with nothing but the library, as a plain program would.

    python bare_media.py LIBRARY FILE

It may take a gigabyte and five seconds of computing. Prints the megabytes it took; exits with 1
where the library raises, and 2 where memory ran out.
"""

import io
import resource
import sys
from pathlib import Path

SECONDS, MEMORY = 5, 1 << 30


def pillow(path: Path) -> None:
    from PIL import Image

    with Image.open(path) as image:
        image.convert("RGB")


def resvg(path: Path) -> None:
    import resvg_py

    resvg_py.svg_to_bytes(svg_string=path.read_text("utf-8"))


def docx(path: Path) -> None:
    import docx

    len(docx.Document(str(path)).paragraphs)


def openpyxl(path: Path) -> None:
    import openpyxl

    for row in openpyxl.load_workbook(path, data_only=True).active.iter_rows(values_only=True):
        any(row)


def av(path: Path) -> None:
    import av

    resampler = av.AudioResampler("s16", "mono", 16_000)
    kept = io.BytesIO()
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            for one in resampler.resample(frame):
                kept.write(bytes(one.planes[0]))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    code = 0
    opened = {"pillow": pillow, "resvg": resvg, "docx": docx, "openpyxl": openpyxl, "av": av}
    try:
        opened[sys.argv[1]](Path(sys.argv[2]))
    except MemoryError:
        code = 2
    except Exception as error:  # noqa: BLE001
        sys.stderr.write(f"{error}\n")
        code = 1
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10))
    sys.exit(code)
