"""The list of models that could be fetched, as it comes with Parley."""

from collections import Counter

import pytest

from app.paths import resource
from engines.models import catalogue
from engines.models.catalogue import Damaged, read
from engines.models.found import JOBS

ENTRIES = read(resource("models.toml"))
GOOD = '[[model]]\njob = "talk"\ntitle = "A"\nrepository = "a/b"\ngood_at = "Talking."\n'


def of(job):
    return [one for one in ENTRIES if one.job == job]


def test_there_is_something_for_every_job():
    count = Counter(one.job for one in ENTRIES)
    assert set(count) == set(JOBS) and min(count.values()) >= 5
    families = {one.title.split()[0] for one in of("talk")}
    assert len(families) >= 8
    assert sum(one.sees for one in of("talk")) >= 8 and all(one.sees for one in of("see"))
    assert len({one.language[:2] for one in of("speak")}) >= 30


def test_every_entry_is_said_in_plain_words():
    for one in ENTRIES:
        assert one.good_at.endswith(".") and 8 < len(one.good_at) < 130, one.title
        assert "GGUF" not in one.title and "Q4" not in one.title, one.title
        assert one.licence or one.job == "speak", one.title


def test_every_file_is_of_the_kind_its_job_needs():
    for one in ENTRIES:
        kind = {"talk": ".gguf", "see": ".gguf", "speak": ".onnx"}.get(one.job, "")
        assert one.file.endswith(kind) and bool(one.file) == bool(kind), one.title
        assert one.parameters > 0 or one.job == "speak", one.title
    for one in of("speak"):
        folder, name = one.file.rsplit("/", 1)
        language, speaker, quality = name.removesuffix(".onnx").split("-")
        assert folder == f"{language[:2]}/{language}/{speaker}/{quality}"
        assert one.language == language


def test_the_strongest_come_first():
    sizes = [one.parameters for one in of("talk")]
    assert sizes[0] > 4 * sizes[-1]
    assert sum(a >= b * 0.75 for a, b in zip(sizes, sizes[1:], strict=False)) >= 0.8 * len(sizes)


@pytest.mark.parametrize(
    ("title", "least", "most"),
    [
        ("Qwen3.5 4B", 2.4e9, 3.6e9),  # the documentation of such files: 2.6 GB and 0.67 GB
        ("Whisper large v3", 2.9e9, 3.2e9),  # 3.1 GB
        ("Cori · English (Great Britain)", 1.1e8, 1.2e8),  # 114 MB
        ("CLIP ViT-B/32 (LAION-2B)", 5.5e8, 6.5e8),  # 605 MB
    ],
)
def test_sizes_are_estimated_well_enough(title, least, most):
    [one] = [one for one in ENTRIES if one.title == title]
    assert least < one.size < most


@pytest.mark.parametrize(
    "wrong",
    [
        "[[model",
        GOOD + GOOD,
        GOOD + "surprise = 1\n",
        GOOD + 'parameters = "many"\n',
        GOOD.replace("talk", "sing"),
        GOOD.replace("a/b", "a/../b"),
        GOOD.replace('repository = "a/b"\n', ""),
    ],
)
def test_a_damaged_list_is_told_from_a_good_one(tmp_path, wrong):
    file = tmp_path / "models.toml"
    file.write_text(GOOD, "utf-8")
    assert catalogue.read(file)[0].title == "A"
    file.write_text(wrong, "utf-8")
    with pytest.raises(Damaged):
        catalogue.read(file)
