"""Read the text in a picture: rapidocr with the models it carries, without network or writes.

A drawing without text has its separate things counted.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines.errors import ParleyError
from engines.messages import Done, Event, Lines, Loaded, Look, Progress, ReadText, Request
from engines.options import option
from engines.protocol import EngineSpec, Kind
from engines.senses import Box, Line
from engines.vision import counting, pictures
from engines.vision.order import as_one_reads

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

FIND, TURN, READ = (  # the library's own models: of lines, of their direction, of their letters
    *("PP-OCRv6_det_small.onnx", "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
    "PP-OCRv6_rec_small.onnx",
)
LONGEST = 2_000  # pixels; larger pictures are made smaller, text of a page stays readable
SLIMMEST = 4  # times as long as wide; what is slimmer gets a margin, else the library blows it up
SMALLEST = 64  # pixels of a side, for the same reason
BATCH = 2  # lines read at once; with more the memory doubles and nothing is won
MOST = 1_000  # lines
CLEAR = 0.85  # of a line: it is text for certain
LEAST = 0.3  # below it is a guess at something that is no text
MISSING = ParleyError(
    "The program that reads text in pictures is not complete.",
    "Set Parley up again; it brings what is missing.",
)


@dataclass(frozen=True)
class Options:
    threads: int = option(
        2, "Threads of reading", "For the text in pictures. More is quicker.", between=(1, 8)
    )


class Reader:
    def __init__(self, options: Options) -> None:
        import cv2
        import omegaconf
        import rapidocr

        cv2.setNumThreads(1)
        models = Path(rapidocr.__file__).parent / "models"
        if not all((models / name).is_file() for name in (FIND, TURN, READ)):
            raise MISSING
        self._threads = options.threads
        self._size = sum((models / name).stat().st_size for name in (FIND, TURN, READ))
        self._library: Any = rapidocr.RapidOCR(params={"Global.log_level": "critical"})
        parts = {"Det": FIND, "Cls": TURN, "Rec": READ}
        with omegaconf.flag_override(self._library.cfg, "allow_objects", True):
            for part, name in parts.items():
                # sessions of ours: the library's own spin, and it would look for files elsewhere
                self._library.cfg[part].session = _session(models / name, options.threads)

    def loaded(self) -> Loaded:
        from importlib.metadata import version

        return Loaded(
            name="PP-OCRv6 small",
            architecture="PP-OCR",
            size=self._size,
            licence="Apache-2.0",
            device=f"CPU, {self._threads} thread{'s' if self._threads > 1 else ''}",
            runner=f"rapidocr {version('rapidocr')}, ONNX Runtime {version('onnxruntime')}",
        )

    def run(self, request: Request) -> Generator[Event, None, Done]:
        if not isinstance(request, ReadText):
            raise ParleyError("The reader of pictures cannot do that.", "", type(request).__name__)
        yield from self._read(request.picture)
        return Done()

    def close(self) -> None:
        pass

    def _read(self, look: Look) -> Generator[Event, None, None]:
        page, place = fitted(look)
        yield Progress("reading", 0, 1)
        crops, quads = self._find(page)
        # lines of like length together: a batch costs as much as its longest
        order = sorted(range(len(crops)), key=lambda n: crops[n].shape[1] / crops[n].shape[0])
        lines: list[Line] = []
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            for number, (text, sure) in zip(
                part, self._letters([crops[n] for n in part]), strict=True
            ):
                if text.strip() and sure >= LEAST:
                    lines.append(Line(text.strip(), place(quads[number]), round(sure, 3)))
            yield Progress("reading", start + len(part), len(order))
        read = tuple(as_one_reads(lines))
        things, colour = (None, "") if worded(read) else counting.seen(pictures.image(look))
        yield Lines(read, things, colour)

    def _find(self, page: "Array") -> tuple[list["Array"], "Array"]:
        """Each line of text as a picture of its own, and the four corners where it lies."""
        import rapidocr.main

        record: dict[str, Any] = {}
        try:
            crops, found = self._library.detect_and_crop(page, record)
        except rapidocr.main.RapidOCRError:  # its word for: there is none
            return [], []  # pyright: ignore[reportReturnType]
        top = record["padding_1"]["top"]
        quads = found.boxes - [0, top]
        kept = [n for n, crop in enumerate(crops[:MOST]) if min(crop.shape[:2]) > 0]
        return [crops[n] for n in kept], quads[kept]

    def _letters(self, crops: list["Array"]) -> list[tuple[str, float]]:
        upright = self._library.cls_and_rotate(crops)[0]
        read = self._library.recognize_txt(upright)
        return [(str(t), float(s)) for t, s in zip(read.txts, read.scores, strict=True)]


def worded(lines: Sequence[Line]) -> bool:
    """Whether it is a picture of text, in which letters are no things to count.

    A drawing of four rings is read as 88 too.
    """
    return any(one.sure >= CLEAR and len({m for m in one.text if m.isalnum()}) > 1 for one in lines)


def fitted(look: Look) -> tuple["Array", Callable[["Array"], Box]]:
    """The picture as the library wants it (BGR); and what makes a box of the whole of corners."""
    import numpy
    from PIL import Image

    picture = pictures.image(look)
    if max(picture.size) > LONGEST:
        share = LONGEST / max(picture.size)
        size = [max(1, round(n * share)) for n in picture.size]
        picture = picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)
    width, height = picture.size
    least = max(SMALLEST, max(width, height) // SLIMMEST)
    wide, high = max(0, least - width), max(0, least - height)
    if wide or high:
        around = Image.new("RGB", (width + wide, height + high), "white")
        around.paste(picture, (wide // 2, high // 2))
        picture = around

    def place(quad: "Array") -> Box:
        across = (quad[:, 0] - wide // 2) / width
        down = (quad[:, 1] - high // 2) / height
        edges = (across.min(), down.min(), across.max(), down.max())
        left, top, right, bottom = (round(float(min(max(n, 0.0), 1.0)), 4) for n in edges)
        return left, top, right, bottom

    return numpy.ascontiguousarray(numpy.asarray(picture)[:, :, ::-1]), place


def _session(model: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # pictures differ in size: it would only grow
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Reader:
    progress(0.1)
    return Reader(options)


SPEC = EngineSpec(
    *("ocr", Kind.VISION, "Text in pictures", Options, create),
    imports=("cv2", "numpy", "omegaconf", "onnxruntime", "PIL.Image", "rapidocr"),
    read=lambda model: (),
)
