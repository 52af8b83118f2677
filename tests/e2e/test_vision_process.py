"""Eyes and the reader of text as processes of their own, in their jail, and what they find."""

import json
import os
import signal

import pytest

from app import paths, seeing
from app.controllers.findings import FindingsController
from app.engine import EngineLink
from app.resting import Resting
from engines.messages import Describe, Described, Done, Embed, Failed, Lines, Look, ReadText, Vector
from engines.vision import eyes, memory, ocr, open_clip
from tests.data import tiny_eyes
from tests.data.running import data_bound

WAIT = 100_000  # ms; the reader takes seconds of a free processor to start
pytestmark = pytest.mark.timeout(300)


def drawn(words, ink="black", paper="white"):
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (420, 90), paper)
    face = ImageFont.truetype(str(paths.resource("fonts/Inter_700Bold.ttf")), 34)
    ImageDraw.Draw(picture).text((20, 20), words, fill=ink, font=face)
    return Look(words, *picture.size, picture.tobytes())


RED = Look("red", 20, 10, bytes((230, 20, 20)) * 200)
SALE = drawn("Sale 50 % off", paper="#e61414", ink="white")


@pytest.fixture
def link(qtbot, tmp_path):
    """A function that gives a link; all are ended after the test."""
    made = []

    def link(**more):
        made.append(EngineLink(tmp_path / "logs", cache=tmp_path / "cache", **more))
        made[-1].said = []
        made[-1].event.connect(
            lambda job, event: one.said.append((job, event)),
        )
        one = made[-1]
        return one

    yield link
    for one in made:
        one.stop()


def answers(qtbot, link, request, wait=WAIT):
    """Events of one request up to its ending."""
    told = []
    job = link.submit(request)

    def over():
        told[:] = [event for number, event in link.said if number == job]
        return bool(told) and isinstance(told[-1], Done | Failed)

    qtbot.waitUntil(over, timeout=wait)
    return told


@pytest.fixture
def seen(link, tmp_path):
    one = link()
    one.open("eyes", tiny_eyes.build(tmp_path / "eyes"), eyes.Options())
    return one


def test_the_eyes_see_in_their_jail(qtbot, seen):
    described, done = answers(qtbot, seen, Describe(RED))[-2:]
    assert isinstance(described, Described) and described.words[0][0] == "red"
    assert done == Done() and seen.loaded.jail == "" and seen.loaded.name == "Tiny eyes"
    *vectors, done = answers(qtbot, seen, Embed((RED, RED), ("blue",)))
    assert [type(one) for one in vectors] == [Vector] * 3 and vectors[0] == vectors[1]


def test_a_hostile_folder_is_refused_and_the_next_question_too(qtbot, link, tmp_path):
    folder = tiny_eyes.build(tmp_path / "eyes")
    file = folder / "open_clip_config.json"
    content = json.loads(file.read_text("utf-8"))
    content["model_cfg"]["vision_cfg"]["image_size"] = 10**9
    file.write_text(json.dumps(content), "utf-8")
    one = link()
    one.open("eyes", folder, eyes.Options())
    for _ in range(2):
        [failed] = answers(qtbot, one, Describe(RED))
        assert isinstance(failed, Failed) and "impossible" in failed.message and failed.hint


def test_weights_that_need_more_memory_than_there_is_for_them_end_in_words(qtbot, link, tmp_path):
    """A graph of a few bytes that asks for a tensor of 64 GB."""
    import onnx
    from onnx import helper

    folder = tiny_eyes.build(tmp_path / "eyes")
    model = onnx.load(str(folder / "vision.onnx"), load_external_data=False)
    shape = helper.make_tensor("shape", onnx.TensorProto.INT64, [2], [1 << 17, 1 << 17])
    huge = [
        helper.make_node("ConstantOfShape", ["shape"], ["huge"]),
        helper.make_node("ReduceSum", ["huge"], ["one"], keepdims=0),
        helper.make_node("Add", ["near", "one"], ["place"]),
    ]
    model.graph.node[-1].output[0] = "near"
    model.graph.initializer.append(shape)
    model.graph.node.extend(huge)
    (folder / "vision.onnx").write_bytes(model.SerializeToString())
    one = link()
    one.open("eyes", folder, eyes.Options())
    ending = answers(qtbot, one, Describe(RED))[-1]
    assert isinstance(ending, Failed) and ending.message


def test_the_starters_own_eyes_see(qtbot, link):
    """Those that came with Parley: they open, and tell what is written from what is drawn."""
    one = link()
    one.open("eyes", paths.resource(seeing.EYES), eyes.Options())
    described = answers(qtbot, one, Describe(drawn("WORDS")))[-2]
    assert isinstance(described, Described) and len(described.words) > 5
    assert all(0 <= sure <= 1 for _, sure in described.words)
    assert one.loaded.jail == "" and one.loaded.parameters > 1_000_000
    assert one.loaded.size < 15_000_000
    assert memory.SPARE < data_bound(one.pid) < memory.SPARE + 5 * one.loaded.size


@pytest.fixture
def reader(link):
    one = link()
    one.open("ocr", paths.resource(""), ocr.Options())
    return one


def test_text_is_read_in_the_jail(qtbot, reader):
    events = answers(qtbot, reader, ReadText(SALE))
    [lines] = [event for event in events if isinstance(event, Lines)]
    assert [one.text for one in lines.lines] == ["Sale 50 % off"]
    assert reader.loaded.jail == "" and "rapidocr" in reader.loaded.runner


def test_without_its_packages_clip_says_what_to_do(qtbot, link, tmp_path):
    if os.environ.get("PARLEY_CLIP"):
        pytest.skip("they are here")
    folder = tiny_eyes.build(tmp_path / "clip")
    one = link()
    one.open("open_clip", folder, open_clip.Options(packages=str(tmp_path / "none")))
    failed = answers(qtbot, one, Describe(RED))[-1]
    assert isinstance(failed, Failed) and "packages that are not here" in failed.message
    assert "Fetch what CLIP models need" in failed.hint


@pytest.fixture
def findings(link, tmp_path):
    folder = tiny_eyes.build(tmp_path / "eyes")
    both = (
        Resting(link(), lambda: ("eyes", folder, eyes.Options(), {})),
        Resting(link(), lambda: ("ocr", folder, ocr.Options(), {})),
    )
    return FindingsController(*both)


def test_what_both_find_becomes_words(qtbot, findings):
    told = []
    findings.find(SALE, told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    [found] = told
    assert "red (" in found.text and "- Colours: red" in found.text
    assert found.lines == ("Sale 50 % off",) and "“Sale 50 % off”" in found.text


def test_engines_that_are_killed_are_started_again(qtbot, findings):
    findings.warm()
    qtbot.waitUntil(lambda: all(link.state == "ready" for link in findings.links), timeout=WAIT)
    told = []
    findings.find(SALE, told.append)
    for link in findings.links:
        os.kill(link.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert told[0].lines == ("Sale 50 % off",) and told[0].words[0][0] == "red"
