"""How fast a model comes, beside the hub's own library on the same server in the same run.

Ours hashes what came and waits until it is on the disk for good; the library does neither. First
with nothing between the server and us, then from afar: 50 ms until an answer begins, and no more
than 20 MB a second over one connection.

Run: python -m tests.benchmarks.download [--megabytes N] [--blocks N] [--folder FOLDER]. The last
line is JSON; ratios over 1 say that ours is faster.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

REPOSITORY, NAME = "ours/model-GGUF", "model-Q4_K_M.gguf"
FAR = ("20e6", "0.05")  # bytes a second of one connection, seconds before each answer

Way = Callable[[str, Path], Path]


def ours(endpoint: str, folder: Path) -> Path:
    from engines.models.download import Download
    from engines.models.hub import Hub

    hub = Hub(endpoint, permits=lambda _: True)
    try:
        return Download(hub, hub.listing(REPOSITORY), [NAME], folder, spare=0).run()[0]
    finally:
        hub.web.close()


def the_librarys(endpoint: str, folder: Path) -> Path:
    from huggingface_hub import hf_hub_download

    found = hf_hub_download(REPOSITORY, NAME, endpoint=endpoint, local_dir=folder, token=False)
    return Path(found)


@contextmanager
def served(models: Path, *how: str):
    """The address of a hub in a process of its own."""
    command = [sys.executable, "-m", "tests.data.hub_server", str(models), *how]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as server:
        assert server.stdin and server.stdout
        try:
            yield json.loads(server.stdout.readline())["endpoint"]
        finally:
            server.stdin.close()


def took(way: Way, endpoint: str, under: Path, size: int) -> tuple[float, float]:
    """Seconds, and seconds of CPU."""
    folder = Path(tempfile.mkdtemp(dir=under))
    os.sync()  # what an earlier one left to be written is not this one's cost
    began, cpu = time.perf_counter(), time.process_time()
    found = way(endpoint, folder)
    spent = time.perf_counter() - began, time.process_time() - cpu
    assert found.stat().st_size == size
    shutil.rmtree(folder)
    return spent


def compared(endpoint: str, under: Path, size: int, blocks: int) -> dict[str, object]:
    """In turns, each way first every second time."""
    spent: dict[Way, list[tuple[float, float]]] = {ours: [], the_librarys: []}
    for way in spent:
        took(way, endpoint, under, size)  # imports, and the server's cache
    for block in range(blocks):
        for way in list(spent)[:: -1 if block % 2 else 1]:
            spent[way].append(took(way, endpoint, under, size))
    pairs = list(zip(spent[ours], spent[the_librarys], strict=True))
    ratios = [theirs[0] / mine[0] for mine, theirs in pairs]
    low, _, high = statistics.quantiles(ratios, n=4)
    return {
        "ratio_to_hub": round(statistics.median(ratios), 2),
        "quartiles": [round(low, 2), round(high, 2)],
        "mb_per_s": round(size / 1e6 / statistics.median(one for one, _ in spent[ours])),
        "hub_mb_per_s": round(size / 1e6 / statistics.median(t for t, _ in spent[the_librarys])),
        "cpu_ratio": round(statistics.median(b[1] / a[1] for a, b in pairs), 2),
        "blocks": blocks,
    }


def written(model: Path, size: int) -> None:
    model.parent.mkdir(parents=True)
    with model.open("wb") as opened:
        for at in range(0, size, 1 << 20):
            opened.write(os.urandom(min(1 << 20, size - at)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--blocks", type=int, default=9)
    parser.add_argument("--folder", help="where everything is written")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        under, size = Path(name), asked.megabytes << 20
        near, far = under / "near", under / "far"
        written(near / REPOSITORY / NAME, size)
        written(far / REPOSITORY / NAME, size // 4)
        os.environ |= {"HF_HOME": name, "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_OFFLINE": "0"}
        with served(near) as endpoint:
            found = compared(endpoint, under, size, asked.blocks)
        with served(far, *FAR) as endpoint:
            found["from_afar"] = compared(endpoint, under, size // 4, asked.blocks)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
