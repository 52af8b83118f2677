"""A CLIP model tells colours apart, and hostile folders are refused in words."""

import json
import struct

import pytest

from engines.errors import ParleyError
from engines.messages import Chat, Describe, Described, Embed, Look, ReadText, Vector
from engines.vision import eyes, folders, pictures, tokens
from tests.data import kept_vectors, tiny_eyes

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 40), (10, 20, 240), (250, 250, 250)


def plain(colour, width=24, height=18):
    return Look("h", width, height, bytes(colour) * (width * height))


@pytest.fixture
def opened(tmp_path):
    return eyes.create(tiny_eyes.build(tmp_path / "eyes"), eyes.Options(), lambda _: True)


def told(engine, picture, words=()):
    [found] = [e for e in engine.run(Describe(picture, words)) if isinstance(e, Described)]
    return found


def test_it_tells_what_it_sees_with_the_models_own_words(opened):
    for colour, word in ((RED, "red"), (GREEN, "green"), (BLUE, "blue"), (WHITE, "white")):
        found = told(opened, plain(colour))
        assert found.words[0][0] == word and found.words[0][1] > 0.9
        assert abs(sum(sure for _, sure in found.words) - 1) < 1e-5
        assert found.colours == ((word, 1.0),)


def test_among_given_words_only(opened):
    found = told(opened, plain(RED), ("a blue thing", "a red thing"))
    assert [word for word, _ in found.words] == ["a red thing", "a blue thing"]


def test_pictures_and_words_lie_where_they_belong(opened):
    import numpy

    many = (*[plain(RED)] * 20, plain(BLUE))  # more than a batch
    vectors = list(opened.run(Embed(many, ("red", "blue"))))
    assert all(isinstance(one, Vector) for one in vectors)
    rows = numpy.stack([numpy.frombuffer(one.values, "<f4") for one in vectors])
    assert rows.shape == (23, 3)
    assert numpy.allclose(numpy.linalg.norm(rows, axis=1), 1, atol=1e-5)
    likeness = rows[:21] @ rows[21:].T
    assert (likeness[:20].argmax(axis=1) == 0).all() and likeness[20].argmax() == 1


def test_what_it_says_of_itself(opened):
    loaded = opened.loaded()
    assert (loaded.name, loaded.licence, loaded.architecture) == ("Tiny eyes", "CC0", "CLIP")
    assert loaded.parameters == 1 + 9 + 33 and loaded.size > 1000


@pytest.mark.parametrize("request_", [Chat(()), ReadText(plain(RED))], ids=["chat", "text"])
def test_it_says_what_it_cannot_do(opened, request_):
    with pytest.raises(ParleyError, match="cannot do that"):
        list(opened.run(request_))


@pytest.mark.parametrize(
    "picture",
    [Look("h", 0, 5, b""), Look("h", 2, 2, b"123"), Look("h", -3, -4, bytes(36))],
    ids=["empty", "short", "negative"],
)
def test_what_is_no_picture_is_refused(opened, picture):
    for request in (Describe(picture), Embed((picture,))):
        with pytest.raises(ParleyError, match="not a picture"):
            list(opened.run(request))


def test_slim_pictures_do_not_grow(opened):
    assert told(opened, plain(BLUE, 1, 40_000)).words[0][0] == "blue"
    assert told(opened, plain(BLUE, 40_000, 1)).words[0][0] == "blue"


def test_the_starters_eyes_give_what_they_gave():
    if (saved := kept_vectors.kept()) is None:
        pytest.skip("the kept vectors are of other weights: tests/data/kept_vectors.py")
    assert kept_vectors.alike(kept_vectors.now(), saved) > 0.999


# Colours


def test_colours_have_the_names_people_use():
    expected = {
        (255, 140, 0): "orange",
        (250, 230, 20): "yellow",
        (120, 70, 25): "brown",
        (130, 40, 200): "purple",
        (255, 150, 190): "pink",
        (0, 190, 190): "turquoise",
        (8, 8, 10): "black",
        (128, 128, 130): "grey",
        (240, 220, 180): "beige",
    }
    found = {colour: pictures.colours(plain(colour))[0][0] for colour in expected}
    assert found == expected


def test_shares_of_colours():
    half = Look("h", 20, 20, bytes(RED) * 200 + bytes(WHITE) * 200)
    shares = dict(pictures.colours(half))
    assert shares["red"] == pytest.approx(0.5, abs=0.05)
    assert shares["white"] == pytest.approx(0.5, abs=0.05)


# Words


def test_long_words_keep_the_token_that_ends_them():
    how = folders.Wording(5, 0, "whitespace", 100)
    assert tokens.fitted([1, 5, 6, 2], how) == [1, 5, 6, 2, 0]
    assert tokens.fitted([1, 5, 6, 7, 8, 9, 2], how) == [1, 5, 6, 7, 2]


def test_words_are_cleaned_as_the_model_learned_them():
    assert tokens.cleaned("  A  Red\nBike! ", "whitespace") == "A Red Bike!"
    assert tokens.cleaned("  A  Red\nBike! ", "lower") == "a red bike!"
    assert tokens.cleaned("A_Red Bike!", "canonicalize") == "a red bike"


# Hostile and broken folders


def config(folder, change):
    file = folder / folders.CONFIG
    content = json.loads(file.read_text("utf-8"))
    change(content)
    file.write_text(json.dumps(content), "utf-8")


def graph(folder, name, change):
    import onnx

    model = onnx.load(str(folder / name), load_external_data=False)
    change(model)
    (folder / name).write_bytes(model.SerializeToString())


def external(key, value):
    def change(model):
        tensor = next(t for t in model.graph.initializer if t.external_data)
        next(e for e in tensor.external_data if e.key == key).value = value

    return lambda folder: graph(folder, "vision.onnx", change)


def header(change):
    def broken(folder):
        file = folder / tiny_eyes.WEIGHTS
        data = file.read_bytes()
        length = struct.unpack_from("<Q", data)[0]
        content = json.loads(data[8 : 8 + length])
        change(content)
        text = json.dumps(content).encode().ljust(length)
        file.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])

    return broken


def write(name, data):
    return lambda folder: (folder / name).write_bytes(data)


def at_end(model):
    model.graph.node[0].domain = "com.example"


def nothing_known(model):
    model.graph.node[0].op_type = "TakeOver"


def own_function(model):
    import onnx

    model.functions.append(onnx.FunctionProto(name="own", domain="own"))


def wide(content):
    content["model_cfg"]["embed_dim"] = 8


def set_config(*path, value):
    def change(content):
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = value

    return lambda folder: config(folder, change)


def linked_away(folder):
    (folder / tiny_eyes.WEIGHTS).rename(folder.parent / "elsewhere")
    external("location", "../elsewhere")(folder)


BROKEN = {
    "no vision": (lambda f: (f / "vision.onnx").unlink(), "no vision.onnx"),
    "no weights": (lambda f: (f / tiny_eyes.WEIGHTS).unlink(), "other formats"),
    "only a pickle": (
        lambda f: (f / tiny_eyes.WEIGHTS).rename(f / "open_clip_pytorch_model.bin"),
        "other formats",
    ),
    "empty tokenizer": (write("tokenizer.json", b""), "is empty"),
    "tokenizer is no json": (write("tokenizer.json", b"\xff{"), "tokenizer.json is damaged"),
    "config is deep": (write(folders.CONFIG, b"[" * 100_000), "is damaged"),
    "config is a list": (write(folders.CONFIG, b"[1]"), "is damaged"),
    "config of something else": (write(folders.CONFIG, b'{"a": 1}'), "not that of a CLIP"),
    "huge side": (set_config("model_cfg", "vision_cfg", "image_size", value=10**9), "impossible"),
    "side is text": (
        set_config("model_cfg", "vision_cfg", "image_size", value="big"),
        "impossible",
    ),
    "no spread": (set_config("preprocess_cfg", "std", value=[0.5, 0, 0.5]), "impossible std"),
    "odd resize": (set_config("preprocess_cfg", "resize_mode", value="stretch"), "unknown"),
    "wrong size of vectors": (lambda f: config(f, wide), "another shape"),
    "labels are bytes": (write("labels.txt", b"\xff\xfe\x00"), "labels.txt is damaged"),
    "endless label": (write("labels.txt", b"x" * 5000), "no list of words"),
    "header too long": (write(tiny_eyes.WEIGHTS, b"\xff" * 100), "impossibly long"),
    "weights cut short": (
        lambda f: write(tiny_eyes.WEIGHTS, (f / tiny_eyes.WEIGHTS).read_bytes()[:-9])(f),
        "damaged",
    ),
    "tensor of another size": (header(lambda c: c["look"].update(shape=[3, 4])), "damaged"),
    "unknown numbers": (header(lambda c: c["look"].update(dtype="Q3")), "does not know"),
    "graph is no graph": (write("vision.onnx", b"not a graph at all"), "vision.onnx"),
    "reads /etc/passwd": (external("location", "/etc/passwd"), "read other files"),
    "leaves the folder": (linked_away, "other formats"),
    "leaves by dots": (external("location", "../" + tiny_eyes.WEIGHTS), "read other files"),
    "begins beyond the end": (external("offset", str(1 << 40)), "belong together"),
    "begins before the start": (external("offset", "-8"), "belong together"),
    "offset is no number": (external("offset", "many"), "belong together"),
    "length is a lie": (external("length", "4000"), "belong together"),
    "operator of its own": (lambda f: graph(f, "text.onnx", at_end), "not ONNX's own"),
    "function of its own": (lambda f: graph(f, "text.onnx", own_function), "not ONNX's own"),
    "unknown operator": (lambda f: graph(f, "vision.onnx", nothing_known), "cannot be run"),
    "two graphs are one": (
        lambda f: write("vision.onnx", (f / "text.onnx").read_bytes())(f),
        "breaks off",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_hostile_folders_are_refused_in_words(name, tmp_path):
    folder = tiny_eyes.build(tmp_path / "eyes")
    broken, words = BROKEN[name]
    broken(folder)
    with pytest.raises(ParleyError) as refused:
        told(eyes.create(folder, eyes.Options(), lambda _: True), plain(RED))
    assert words in refused.value.message
    assert refused.value.hint and len(refused.value.message) < 200


def test_a_folder_that_is_gone(tmp_path):
    with pytest.raises(folders.EyesRefused, match="not there any more"):
        eyes.create(tmp_path / "gone", eyes.Options(), lambda _: True)
