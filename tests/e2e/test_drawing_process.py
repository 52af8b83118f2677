"""Drawing in its own jailed process, as the app runs it."""

import io

import pytest
from PIL import Image

from app import paths
from engines import jail, registry
from engines.messages import Done, Loaded, ToolPicture
from tests.data.running import Running


@pytest.fixture
def call(tmp_path):
    fonts = paths.resource("fonts")
    options = registry.all_specs()["drawing"].options(fonts=str(fonts))
    running = Running("drawing", options, tmp_path / "log", read=(fonts,))
    loaded, ending = running.loaded
    assert ending == Done() and isinstance(loaded, Loaded)
    assert (loaded.jail == "") is all(jail.probe())
    yield running.call
    running.stop()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_picture_comes_out_of_the_jail(call):
    picture, result, ending = call("plot", expression="sin x", start=0, end=10)
    assert isinstance(picture, ToolPicture) and picture.title == "sin x" and ending == Done()
    assert (result.text, result.error) == ("Plotted sin x from 0 to 10.", False)
    image = Image.open(io.BytesIO(picture.png), formats=["PNG"])
    assert image.size == (picture.width, picture.height) and len(image.getcolors(1 << 20)) > 10
    picture, result, _ = call("chart", kind="pie", labels="東京, Paris 🎈", values="3, 4")
    assert isinstance(picture, ToolPicture) and not result.error


def test_what_cannot_be_drawn_is_said_and_the_next_one_is_drawn(call):
    result, ending = call("plot", expression="__import__('os')")
    assert result.error and "cannot read" in result.text and ending == Done()
    result, _ = call("chart", kind="bar", labels="a, b", values="1")
    assert result.error and "2 labels do not fit 1 value" in result.text
    assert isinstance(call("plot", expression="x")[0], ToolPicture)
