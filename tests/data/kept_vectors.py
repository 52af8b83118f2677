"""Pictures and words whose vectors of the starter's eyes are kept in eyes_vectors.json.

.venv/bin/python -m tests.data.kept_vectors    writes them anew, after the eyes were trained anew
"""

import hashlib
import json
from pathlib import Path

from app import paths, seeing
from engines.messages import Embed, Look, Vector
from engines.vision import eyes, folders

KEPT = Path(__file__).with_name("eyes_vectors.json")
WORDS = ("a red circle", "the word “HELLO”", "three blue squares on green", "x " * 300)


def shapes():
    """Pictures of several shapes, wide and high, the same each time."""
    from PIL import Image, ImageDraw, ImageFont

    made = []
    for place, size in enumerate(((300, 200), (120, 260), (128, 128), (40, 33))):
        picture = Image.new("RGB", size, (250, 250 - 40 * place, 240))
        pen = ImageDraw.Draw(picture)
        pen.ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill=(200, 10, 30))
        pen.rectangle((size[0] // 2, size[1] // 2, size[0] - 3, size[1] - 3), fill=(10, 40, 200))
        made.append(Look(str(place), *size, picture.tobytes()))
    word = Image.new("RGB", (420, 90), "white")
    face = ImageFont.truetype(str(paths.resource("fonts/Inter_700Bold.ttf")), 34)
    ImageDraw.Draw(word).text((20, 20), "HELLO", fill="black", font=face)
    return (*made, Look("word", *word.size, word.tobytes()))


def rows(events):
    import numpy

    found = [numpy.frombuffer(one.values, "<f4") for one in events if isinstance(one, Vector)]
    return numpy.stack(found)


def opened():
    return eyes.create(paths.resource(seeing.EYES), eyes.Options(), lambda _: True)


def now():
    return rows(opened().run(Embed(shapes(), WORDS)))


def weights():
    """Which weights the starter's eyes have."""
    file = paths.resource(seeing.EYES) / folders.WEIGHTS
    return hashlib.sha256(file.read_bytes()).hexdigest()


def kept():
    """The vectors, or None where they are of other weights."""
    import numpy

    content = json.loads(KEPT.read_text("utf-8"))
    return numpy.array(content["vectors"], "f4") if content["weights"] == weights() else None


def alike(ours, theirs):
    """The smallest cosine between two rows that should be the same."""
    assert ours.shape == theirs.shape
    return float((ours * theirs).sum(axis=1).min())


def main():
    vectors = [[round(float(n), 4) for n in row] for row in now()]
    KEPT.write_text(json.dumps({"weights": weights(), "vectors": vectors}) + "\n", "utf-8")


if __name__ == "__main__":
    main()
