"""A voice with the shape and cost of Piper's medium ones, and random weights: for timing only.

    voice = build(folder)     # 63 MB, once: a file that is there already is used again

What Piper's training code builds (VITS, "medium"), layer by layer: a text encoder of 6 layers of
192 channels, 4 coupling layers of the flow with 4 gated convolutions each, and the HiFiGAN
decoder that makes 8 x 8 x 4 samples of a frame, which is where nine tenths of the time goes.
Two things are simpler: attention has no relative positions, and the durations are 3 and 2 frames
for phonemes and pauses (what the duration predictor finds is not used, but it is computed), so
that a text is about as long as a real voice makes it.

Measured on one core: 15.6 million weights; 34, 137 and 540 ms of CPU for 0.4, 1.7 and 6.8 s of
sound, where a voice exported by Piper's own code took 40, 146 and 515 ms for the same texts.
"""

import json
from pathlib import Path

from tests.data.tone_voice import phoneme_ids

RATE, HOP = 22050, 256
HIDDEN, FILTER, LAYERS, HEADS, SYMBOLS = 192, 768, 6, 2, 256
FLOWS, GATES, GATE_KERNEL = 4, 4, 5
CHANNELS, UPSAMPLE = 256, ((8, 16), (8, 16), (4, 8))  # (rate, kernel)
RESIDUAL = ((3, (1, 2)), (5, (2, 6)), (7, (3, 12)))  # (kernel, dilations)
PHONEME, PAUSE = 3.0, 2.0  # frames


def build(folder):
    import onnx

    path = Path(folder) / "piper-shape-medium.onnx"
    about = {
        "audio": {"sample_rate": RATE, "quality": "medium"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
        "phoneme_id_map": phoneme_ids(),
        "hop_length": HOP,
    }
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        onnx.save(Network().model(), fresh)
        fresh.rename(path)
    path.with_name(path.name + ".json").write_text(json.dumps(about), "utf-8")
    return path


class Network:
    """Adds node after node; every method takes and gives names of values."""

    def __init__(self):
        import numpy

        self._random = numpy.random.default_rng(1)
        self._nodes, self._constants = [], {}

    def model(self):
        from onnx import TensorProto, helper, numpy_helper

        self._whole()
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self._nodes,
            "piper-shape",
            [
                value("input", TensorProto.INT64, ["batch", "phonemes"]),
                value("input_lengths", TensorProto.INT64, ["batch"]),
                value("scales", TensorProto.FLOAT, [3]),
            ],
            [value("output", TensorProto.FLOAT, ["batch", 1, "time"])],
            [numpy_helper.from_array(array, name) for name, array in self._constants.items()],
        )
        return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 15)])

    def node(self, kind, *inputs, **attributes):
        from onnx import helper

        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, array):
        name = f"weight_{len(self._constants)}"
        self._constants[name] = array
        return name

    def whole(self, *numbers):
        import numpy

        return self.constant(numpy.array(numbers, numpy.int64))

    def weight(self, *shape, fan):
        import numpy

        array = self._random.standard_normal(shape, dtype=numpy.float32) / fan**0.5
        return self.constant(array)

    def conv(self, x, source, target, kernel=1, dilation=1, group=1):
        import numpy

        weight = self.weight(target, source // group, kernel, fan=source // group * kernel)
        bias = self.constant(numpy.zeros(target, numpy.float32))
        pad = (kernel - 1) * dilation // 2
        return self.node(
            *("Conv", x, weight, bias),
            **{"kernel_shape": [kernel], "dilations": [dilation], "pads": [pad, pad]},
            group=group,
        )

    def norm(self, x):
        """Over the channels of [1, channels, time]."""
        mean = self.node("ReduceMean", x, axes=[1], keepdims=1)
        centred = self.node("Sub", x, mean)
        power = self.node("ReduceMean", self.node("Mul", centred, centred), axes=[1], keepdims=1)
        import numpy

        small = self.constant(numpy.array(1e-5, numpy.float32))
        return self.node("Div", centred, self.node("Sqrt", self.node("Add", power, small)))

    def split(self, x, *sizes):
        from onnx import helper

        names = [f"split_{len(self._nodes)}_{n}" for n in range(len(sizes))]
        self._nodes.append(helper.make_node("Split", [x, self.whole(*sizes)], names, axis=1))
        return names

    def attention(self, x):
        heads = self.whole(1, HEADS, HIDDEN // HEADS, -1)
        query, key, value = (
            self.node("Reshape", self.conv(x, HIDDEN, HIDDEN), heads) for _ in range(3)
        )
        scores = self.node("MatMul", self.node("Transpose", query, perm=[0, 1, 3, 2]), key)
        import numpy

        scale = self.constant(numpy.array((HIDDEN // HEADS) ** -0.5, numpy.float32))
        shares = self.node("Softmax", self.node("Mul", scores, scale), axis=-1)
        mixed = self.node("MatMul", value, self.node("Transpose", shares, perm=[0, 1, 3, 2]))
        flat = self.node("Reshape", mixed, self.whole(1, HIDDEN, -1))
        return self.conv(flat, HIDDEN, HIDDEN)

    def encoder(self, x):
        for _ in range(LAYERS):
            x = self.norm(self.node("Add", x, self.attention(x)))
            inner = self.node("Relu", self.conv(x, HIDDEN, FILTER, 3))
            x = self.norm(self.node("Add", x, self.conv(inner, FILTER, HIDDEN, 3)))
        return x

    def separable(self, x):
        """The convolutions of the duration predictor: by channel, then among channels."""
        for power in range(3):
            inner = self.norm(self.conv(x, HIDDEN, HIDDEN, 3, 3**power, HIDDEN))
            x = self.node("Add", x, self.norm(self.conv(inner, HIDDEN, HIDDEN)))
        return x

    def gated(self, x):
        skipped = None
        for layer in range(GATES):
            gate = self.conv(x, HIDDEN, 2 * HIDDEN, GATE_KERNEL)
            first, second = self.split(gate, HIDDEN, HIDDEN)
            both = self.node("Mul", self.node("Tanh", first), self.node("Sigmoid", second))
            last = layer == GATES - 1
            out = self.conv(both, HIDDEN, HIDDEN if last else 2 * HIDDEN)
            if not last:
                more, out = self.split(out, HIDDEN, HIDDEN)
                x = self.node("Add", x, more)
            skipped = out if skipped is None else self.node("Add", skipped, out)
        return skipped

    def flow(self, x):
        half = HIDDEN // 2
        for _ in range(FLOWS):
            kept, changed = self.split(x, half, half)
            mean = self.conv(self.gated(self.conv(kept, half, HIDDEN)), HIDDEN, half)
            x = self.node("Concat", self.node("Sub", changed, mean), kept, axis=1)
        return x

    def decoder(self, x):
        import numpy

        x = self.conv(x, HIDDEN, CHANNELS, 7)
        channels = CHANNELS
        third = self.constant(numpy.array(1 / len(RESIDUAL), numpy.float32))
        for rate, kernel in UPSAMPLE:
            x = self.node("LeakyRelu", x, alpha=0.1)
            weight = self.weight(channels, channels // 2, kernel, fan=channels * kernel / rate)
            channels //= 2
            pad = (kernel - rate) // 2
            x = self.node(
                "ConvTranspose", x, weight, kernel_shape=[kernel], strides=[rate], pads=[pad, pad]
            )
            parts = [self.residual(x, channels, size, many) for size, many in RESIDUAL]
            total = parts[0]
            for part in parts[1:]:
                total = self.node("Add", total, part)
            x = self.node("Mul", total, third)
        x = self.conv(self.node("LeakyRelu", x, alpha=0.01), channels, 1, 7)
        return self.node("Tanh", self.node("Mul", x, self.constant(numpy.float32(0.2).reshape(()))))

    def residual(self, x, channels, kernel, dilations):
        for dilation in dilations:
            inner = self.node("LeakyRelu", x, alpha=0.1)
            x = self.node("Add", x, self.conv(inner, channels, channels, kernel, dilation))
        return x

    def _whole(self):
        import numpy

        table = self.weight(SYMBOLS, HIDDEN, fan=1.0)
        embedded = self.node("Transpose", self.node("Gather", table, "input"), perm=[0, 2, 1])
        encoded = self.encoder(embedded)
        mean, deviation = self.split(self.conv(encoded, HIDDEN, 2 * HIDDEN), HIDDEN, HIDDEN)
        durations = self.durations(encoded)
        which = self.frames(durations)
        mean, deviation = (self.node("Gather", one, which, axis=2) for one in (mean, deviation))
        noise = self.node("Mul", self.node("RandomNormalLike", mean), self.scale(0))
        small = self.constant(numpy.array(0.1, numpy.float32))
        spread = self.node("Mul", noise, self.node("Exp", self.node("Mul", deviation, small)))
        sound = self.decoder(self.flow(self.node("Add", mean, spread)))
        self._nodes[-1].output[0] = "output"
        return sound

    def scale(self, number):
        return self.node("Gather", "scales", self.whole(number))

    def durations(self, encoded):
        """[1, phonemes], in frames; the predictor's work is done and counts for nothing."""
        import numpy

        usual = numpy.full(SYMBOLS, PHONEME, numpy.float32)
        usual[phoneme_ids()["_"][0]] = PAUSE
        x = encoded
        for _ in range(1 + FLOWS):
            x = self.separable(x)
        nothing = self.node(
            "Mul", self.conv(x, HIDDEN, 1), self.constant(numpy.array(1e-9, numpy.float32))
        )
        wanted = self.node("Gather", self.constant(usual), "input")
        wanted = self.node("Mul", self.node("Unsqueeze", wanted, self.whole(1)), self.scale(1))
        return self.node("Ceil", self.node("Sub", wanted, self.node("Abs", nothing)))

    def frames(self, durations):
        """For each frame the number of its phoneme."""
        import numpy
        from onnx import TensorProto

        zero, one = (self.constant(numpy.array(n, numpy.int64)) for n in (0, 1))
        counts = self.node("Reshape", durations, self.whole(-1))
        counts = self.node("Cast", counts, to=TensorProto.INT64)
        total = self.node("ReduceSum", counts, keepdims=0)
        frames = self.node("Unsqueeze", self.node("Range", zero, total, one), self.whole(-1))
        over = self.node("LessOrEqual", self.node("CumSum", counts, zero), frames)
        over = self.node("Cast", over, to=TensorProto.INT64)
        return self.node("ReduceSum", over, self.whole(1), keepdims=0)
