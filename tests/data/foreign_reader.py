"""Reads files of other programs in a process of little memory: python -m tests.data.foreign_reader
FOLDER. Each folder in it holds one file. Says as JSON how many variants came of how many files."""

import hashlib
import json
import sys
import time
from pathlib import Path

from engines.errors import ParleyError
from engines.variants import exporting, importing, texts
from engines.variants.file import read as read_own
from engines.variants.importing import Imported
from engines.variants.writing import write

try:
    import resource
except ImportError:  # not on Windows
    resource = None

MEMORY = 300 << 20  # bytes; the interpreter itself takes some 40 MB of them
LONGEST_WORDS = 400


def main(folder: Path) -> None:
    if resource:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    counts = {"files": 0, "variants": 0, "refused": 0}
    slowest = (0.0, "")
    for path in sorted(folder.glob("*/*")):
        start = time.process_time()
        try:
            found = importing.read_all(path)
        except ParleyError as error:
            assert error.message.endswith(".") and len(error.message) < LONGEST_WORDS, path
            counts["refused"] += 1
            found = ()
        except BaseException as error:
            raise AssertionError(path) from error
        slowest = max(slowest, (time.process_time() - start, str(path)))
        for one in found[:3]:
            check(one, path)
        counts["files"] += 1
        counts["variants"] += len(found)
    print(json.dumps(counts | {"slowest": slowest}))  # noqa: T201


def check(one: Imported, path: Path) -> None:
    """It can be kept, written for others, and all it says is fit to be shown."""
    try:
        for words in one.left_out:
            assert not texts.hidden(words, line=True) and len(words) < LONGEST_WORDS, words
        for file in one.variant.attached():
            data = one.files[file.name]
            assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert len(one.files) == len(one.variant.attached())
        kept = path.with_suffix(".parley")
        write(one.variant, one.files, kept)
        assert read_own(kept).variant == one.variant
        kept.unlink()
        exporting.modelfile(one.variant)
        exporting.card(one.variant, files=one.files)
    except BaseException as error:
        raise AssertionError(path) from error


if __name__ == "__main__":
    main(Path(sys.argv[1]))
