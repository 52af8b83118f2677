"""Writes eyes_vectors.json anew, with onnxruntime alone: after resources/eyes was trained anew.

.venv/bin/python -m tests.data.write_eyes_vectors
"""

import json

import numpy

from app import paths, seeing
from engines.messages import Embed, Vector
from engines.vision import eyes
from tests.e2e.test_clip_process import KEPT, WORDS, _weights, shapes


def main() -> None:
    folder = paths.resource(seeing.EYES)
    engine = eyes.create(folder, eyes.Options(), lambda _: True)
    found = [one for one in engine.run(Embed(shapes(), WORDS)) if isinstance(one, Vector)]
    rows = [[round(float(n), 4) for n in numpy.frombuffer(v.values, "<f4")] for v in found]
    about = {"weights": _weights(folder), "vectors": rows}
    KEPT.write_text(json.dumps(about) + "\n", "utf-8")


if __name__ == "__main__":
    main()
