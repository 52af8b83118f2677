"""How quickly photos are found and looked at.

    python3 packaging/bootstrap.py bench photos

100,000 vectors of 512 numbers lie in an index; a photo is asked for ("more like this") through the
engine's process, from the request to the answer with its 300 keys (cpu_ms: what that computes).
Beside it, in the same blocks, numpy multiplies all vectors as f32 in this process and takes the
best 300: the yardstick, without files, processes, names or words. Ends with one JSON line.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from array import array
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as a worker has it

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy  # noqa: E402
import psutil  # noqa: E402
from PIL import Image  # noqa: E402

from app.paths import resource  # noqa: E402
from engines import registry  # noqa: E402
from engines.messages import Done, FindPhotos, PhotosFound, ScanPhotos  # noqa: E402
from engines.vision.photo_index.facts import Known, opened  # noqa: E402
from engines.vision.photo_index.seeing import identity  # noqa: E402
from engines.vision.photo_index.vectors import Vectors, checksum  # noqa: E402
from engines.vision.photos import FACTS, vectors_of  # noqa: E402
from tests.data import tiny_eyes  # noqa: E402
from tests.data.photo_shelf import COLOURS, GROUNDS, OLD, SHAPES, drawn  # noqa: E402
from tests.data.running import Running  # noqa: E402

COUNT, DIMS, BEST = 100_000, 512, 300
BLOCKS, EACH = 15, 3  # blocks, and questions in each
CENTRES = 400  # kinds of things the photos show: real vectors lie in heaps


def vectors(count: int = COUNT, dims: int = DIMS, seed: int = 1):
    """f32 of length 1, in heaps around a common middle, as those of CLIP models."""
    random = numpy.random.default_rng(seed)
    middle = random.standard_normal(dims).astype("f4")
    heaps = random.standard_normal((CENTRES, dims)).astype("f4")
    made = random.standard_normal((count, dims)).astype("f4")
    made += heaps[random.integers(0, CENTRES, count)] + middle
    return made / numpy.linalg.norm(made, axis=1, keepdims=True)


def build(index: Path, made, identity: str) -> None:
    """An index as the engine leaves it: photos of 500 folders, named as cameras do."""
    index.mkdir(parents=True)
    facts = opened(index / FACTS)
    root = facts.keep_root(b"/photos", 1, True)
    folders = [b"/photos/%d/Walk %d" % (2000 + n % 24, n) for n in range(500)]
    facts.keep_folders(root, [(one, OLD) for one in folders])
    ids = facts.folders(root)
    store = Vectors(vectors_of(index, identity), made.shape[1], write=True)
    photos, rows = [], []
    for number, values in enumerate(made.astype("<f2")):
        packed = values.tobytes()
        at = OLD + number * 900
        about = (2_000_000, at * 10**9, 4032, 3024, at, number, checksum(packed), 9_000)
        name = b"IMG_%05d.jpg" % number
        photos.append(Known(number + 1, ids[folders[number % 500]], name, *about))
        rows.append((number, packed))
    store.write(rows)
    facts.begin_epoch(identity)
    facts.keep(photos)
    facts.close()
    store.close()


def wide_eyes(folder: Path, dims: int = DIMS) -> Path:
    """Tiny eyes whose vectors are this long, so that an index of such vectors is theirs."""
    import onnx

    tiny_eyes.build(folder)
    random = numpy.random.default_rng(2)
    count = len(tiny_eyes.PLAIN) + len(tiny_eyes.COLOURS)
    arrays = {
        "logit_scale": numpy.array(1.0, "f4"),
        "look": random.standard_normal((3, dims)).astype("f4"),
        "table": random.standard_normal((count, dims)).astype("f4"),
    }
    places = tiny_eyes.write_weights(folder / tiny_eyes.WEIGHTS, arrays)
    made = {"vision": tiny_eyes._vision(places), "text": tiny_eyes._text(places, count)}
    for name, data in made.items():
        model = onnx.load_model_from_string(data)
        model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = dims
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
    config = folder / "open_clip_config.json"
    about = json.loads(config.read_text("utf-8"))
    about["model_cfg"]["embed_dim"] = dims
    config.write_text(json.dumps(about), "utf-8")
    return folder


def started(name: str, folder: Path, eyes: Path, *granted: Path) -> Running:
    made = registry.all_specs()["photos"].options(str(folder / "index"), str(folder / "thumbs"))
    write = (folder / "index", folder / "thumbs")
    return Running(name, made, folder / f"{name}.log", eyes, read=granted, write=write)


def asked(finder: Running, request: FindPhotos) -> tuple[float, list[int]]:
    """Milliseconds from the request to the end of the answer, and the answer."""
    began = time.perf_counter()
    answer, ending = finder.ask(request)
    took = (time.perf_counter() - began) * 1000
    assert isinstance(answer, PhotosFound) and ending == Done()
    return took, list(array("Q", answer.keys))


def plainly(made, vector) -> tuple[float, list[int]]:
    """The yardstick: numpy over all of them, as f32."""
    began = time.perf_counter()
    likeness = made @ vector
    best = numpy.argpartition(-likeness, BEST)[:BEST]
    best = best[numpy.argsort(-likeness[best])]
    return (time.perf_counter() - began) * 1000, (best + 1).tolist()


def cpu(process: psutil.Process) -> float:
    """Seconds of computing; they do not grow while other programs have the processor."""
    times = process.cpu_times()
    return sum(times[:4])  # with those of processes it divided into


def search_100k(folder: Path | None = None) -> dict[str, float]:
    """Figures of searching 100,000 photos. The one that must hold: search_100k_ms below 100."""
    with tempfile.TemporaryDirectory() as made_here:
        return _search(folder or Path(made_here))


def _search(folder: Path) -> dict[str, float]:
    made = vectors()
    eyes = wide_eyes(folder / "eyes")
    build(folder / "index", made, identity(eyes))
    finder = started("photo_search", folder, eyes)
    first, _ = asked(finder, FindPhotos(like=1, count=BEST))  # reads the index
    random = numpy.random.default_rng(3)
    ours, theirs, recalls, worded = [], [], [], []
    process, spent, alone = psutil.Process(finder.host.pid), 0.0, 0.0
    for block in range(BLOCKS):
        before = cpu(process)
        for key in random.integers(1, COUNT, EACH).tolist():
            took, found = asked(finder, FindPhotos(like=key, count=BEST))
            ours.append(took)
            began = time.process_time()
            plain, best = plainly(made, made[key - 1])
            alone += time.process_time() - began
            theirs.append(plain)
            recalls.append(len(set(found) & set(best)) / BEST)
        spent += cpu(process) - before
        words = f"red walk {block} {2000 + block}"  # names of folders, a year, and other words
        worded.append(asked(finder, FindPhotos(words, count=BEST))[0])
    everything, keys = asked(finder, FindPhotos())
    assert len(keys) == COUNT
    memory = psutil.Process(finder.host.pid).memory_full_info().uss / 2**20
    finder.stop()
    return {
        "search_100k_ms": round(statistics.median(ours), 1),
        "search_100k_p95_ms": round(sorted(ours)[int(len(ours) * 0.95)], 1),
        "words_ms": round(statistics.median(worded), 1),
        "numpy_f32_ms": round(statistics.median(theirs), 1),
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 2),
        "cpu_ms": round(1000 * spent / len(ours), 1),
        "numpy_cpu_ms": round(1000 * alone / len(theirs), 1),
        "recall": round(statistics.mean(recalls), 4),
        "worst_recall": round(min(recalls), 4),
        "first_ms": round(first),
        "all_ms": round(everything),
        "own_memory_mb": round(memory),
    }


def looking(count: int = 240) -> dict[str, float]:
    """How many photos of 12 megapixels are looked at in a second, with the starter's eyes."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        photos = folder / "photos"
        photos.mkdir()
        kinds = [(s, c, g) for s in SHAPES for c in COLOURS for g in GROUNDS]
        noise = Image.effect_noise((4000, 3000), 20).convert("RGB")
        for number, kind in enumerate(kinds[:12]):
            image = Image.blend(drawn(*kind, (4000, 3000)), noise, 0.2)
            image.save(photos / f"{number}.jpg", quality=90)
        for number in range(12, count):
            (photos / f"{number}.jpg").write_bytes((photos / f"{number % 12}.jpg").read_bytes())
        for one in photos.iterdir():
            os.utime(one, (OLD, OLD))
        looker = started("photos", folder, resource("eyes"), photos)
        process = psutil.Process(looker.host.pid)
        before = cpu(process)
        began = time.perf_counter()
        *_, told, ending = looker.ask(ScanPhotos((str(photos),)))
        took = time.perf_counter() - began
        assert ending == Done() and told.folders[0][1] == count
        computed = (cpu(process) - before) / count
        began = time.perf_counter()
        looker.ask(ScanPhotos((str(photos),)))
        again = time.perf_counter() - began
        memory = process.memory_full_info().uss / 2**20
        looker.stop()
        return {
            "photos_per_second": round(count / took, 1),
            "cpu_ms_per_photo": round(1000 * computed, 1),
            "nothing_new_ms": round(again * 1000, 1),
            "own_memory_mb": round(memory),
        }


def main() -> None:
    result = {"searching": search_100k(), "looking": looking()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
