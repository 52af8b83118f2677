"""A voice in Piper's format that says each phoneme as two tones, and the ear that reads them.

    voice = build(folder)               # voice.onnx with voice.onnx.json beside it
    heard(samples, rate)                # the phonemes in this sound, as text
    which(samples, rate, sentences)     # (number of the likeliest sentence, how alike 0..1)

The tones outlive any loudspeaker and resampling, so that captured sound proves the text.
"""

import difflib
import itertools
import json
import unicodedata
from pathlib import Path

RATE, HOP = 22050, 256
LOWEST, STEP, TONES = 6, 2, 20  # in multiples of RATE / HOP, which close a frame's waves
PAIRS = list(itertools.combinations(range(TONES), 2))
SILENT = {"_": 1, "^": 2, "$": 2, " ": 4, ".": 8, "?": 8, "!": 8, ",": 5, ";": 5, ":": 5}
SILENT |= {"ˈ": 0, "ˌ": 0, "ː": 0}  # marks of stress and length have no sound of their own
FRAMES = 5  # of a phoneme at length_scale 1
LOUD = 0.25  # of each tone
WINDOW, HEARD_STEP = 0.024, 0.004  # seconds
SHORTEST = 5  # steps a phoneme must be heard for


def phoneme_ids():
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    return DEFAULT_PHONEME_ID_MAP


def frequency(tone, speaker=0):
    return (LOWEST + STEP * tone + speaker) * RATE / HOP


def build(folder, *, speakers=1, name="tone", alignments=True, **config):
    """alignments=False leaves out what says how long each phoneme is, as old voices do."""
    import onnx

    path = Path(folder) / f"{name}.onnx"
    onnx.save(model(speakers, alignments), path)
    about = {
        "audio": {"sample_rate": RATE, "quality": "medium"},
        "espeak": {"voice": "en-us"},
        "language": {"code": "en_US", "name_english": "English", "country_english": "America"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "num_symbols": 256,
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker {n}": n for n in range(speakers)} if speakers > 1 else {},
        "phoneme_id_map": phoneme_ids(),
        "hop_length": HOP,
        "dataset": name,
        "piper_version": "1.0.0",
    }
    path.with_name(path.name + ".json").write_text(json.dumps(about | config), "utf-8")
    return path


def model(speakers, alignments):
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    frames = np.zeros(256, np.float32)
    tones = np.zeros((256, 2), np.float32)
    loud = np.zeros(256, np.float32)
    for phoneme, (number, *_) in phoneme_ids().items():
        frames[number] = SILENT.get(phoneme, FRAMES)
        tones[number] = [LOWEST + STEP * tone for tone in PAIRS[number]]
        loud[number] = 0 if phoneme in SILENT else LOUD
    constants = {
        "frames": frames,
        "tones": tones,
        "loud": loud,
        "zero": np.int64(0),
        "one": np.int64(1),
        "last": np.array([-1], np.int64),
        "as_output": np.array([1, 1, 1, -1], np.int64),
        "as_durations": np.array([1, 1, -1], np.int64),
        "wave": (np.arange(HOP) * 2 * np.pi / HOP).astype(np.float32),
        "length_at": np.int64(1),
    }
    node = helper.make_node
    round_up = "Ceil" if alignments else "Round"
    nodes = [
        node("Gather", ["scales", "length_at"], ["length"]),
        node("Reshape", ["input", "last"], ["ids"]),
        node("Gather", ["frames", "ids"], ["usual"]),
        node("Mul", ["usual", "length"], ["wanted"]),
        node("Reshape", ["wanted", "as_durations"], ["wanted_3d"]),
        node(round_up, ["wanted_3d"], ["durations"]),
        node("Reshape", ["durations", "last"], ["each"]),
        node("Cast", ["each"], ["counts"], to=TensorProto.INT64),
        node("CumSum", ["counts", "zero"], ["ends"]),
        node("ReduceSum", ["counts"], ["total"], keepdims=0),
        node("Range", ["zero", "total", "one"], ["frame"]),
        node("Unsqueeze", ["frame", "last"], ["frame_column"]),
        node("LessOrEqual", ["ends", "frame_column"], ["over"]),
        node("Cast", ["over"], ["over_count"], to=TensorProto.INT64),
        node("ReduceSum", ["over_count", "last"], ["which"], keepdims=0),
        node("Gather", ["ids", "which"], ["id_of_frame"]),
        node("Gather", ["tones", "id_of_frame"], ["two"]),
        node("Gather", ["loud", "id_of_frame"], ["loudness"]),
    ]
    pitch = "two"
    if speakers > 1:
        nodes += [
            node("Cast", ["sid"], ["shift"], to=TensorProto.FLOAT),
            node("Add", ["two", "shift"], ["shifted"]),
        ]
        pitch = "shifted"
    nodes += [
        node("Unsqueeze", [pitch, "last"], ["two_column"]),
        node("Mul", ["two_column", "wave"], ["phase"]),
        node("Sin", ["phase"], ["waves"]),
        node("ReduceSum", ["waves", "one_axis"], ["both"], keepdims=0),
        node("Unsqueeze", ["loudness", "last"], ["loudness_column"]),
        node("Mul", ["both", "loudness_column"], ["sound"]),
        node("Reshape", ["sound", "as_output"], ["output"]),
    ]
    constants["one_axis"] = np.array([1], np.int64)
    value = helper.make_tensor_value_info
    inputs = [
        value("input", TensorProto.INT64, ["batch", "phonemes"]),
        value("input_lengths", TensorProto.INT64, ["batch"]),
        value("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(value("sid", TensorProto.INT64, ["batch"]))
    outputs = [value("output", TensorProto.FLOAT, ["batch", 1, 1, "time"])]
    initializers = [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()]
    graph = helper.make_graph(nodes, "tones", inputs, outputs, initializers)
    return helper.make_model(
        graph, ir_version=8, opset_imports=[helper.make_opsetid("", 15)], producer_name="parley"
    )


def spoken(text):
    """The phonemes with a sound of their own that Piper would ask of this voice."""
    from piper.phonemize_espeak import EspeakPhonemizer

    known = set(phoneme_ids()) - set(SILENT)
    sentences = EspeakPhonemizer().phonemize("en-us", text)
    return [one for row in sentences for one in row if unicodedata.normalize("NFD", one) in known]


def heard(samples, rate):
    """The phonemes in int16 or float samples of any rate, in order."""
    return [one for one, _, _ in timed(samples, rate)]


def timed(samples, rate):
    """(phoneme, start, end) of each, in seconds."""
    import numpy as np

    sound = np.asarray(samples, np.float64)
    size, step = int(WINDOW * rate), max(int(HEARD_STEP * rate), 1)
    if len(sound) < size:
        return []
    starts = np.arange(0, len(sound) - size, step)
    windows = np.lib.stride_tricks.sliding_window_view(sound, size)[starts] * np.hanning(size)
    speakers = [_strengths(windows, rate, speaker) for speaker in (0, 1)]
    power = max(speakers, key=lambda strengths: strengths.max(axis=1).sum())
    pairs = _pairs(power)
    runs = [(pair, len(list(run))) for pair, run in itertools.groupby(pairs)]
    names = {number: phoneme for phoneme, (number, *_) in phoneme_ids().items()}
    found, at = [], 0
    for pair, length in runs:
        if pair is not None and length >= SHORTEST and PAIRS.index(pair) in names:
            begins = (starts[at] + size / 2) / rate
            found.append((names[PAIRS.index(pair)], begins, begins + length * step / rate))
        at += length
    return found


def _strengths(windows, rate, speaker):
    import numpy as np

    time = np.arange(windows.shape[1]) / rate
    waves = np.exp(-2j * np.pi * np.outer([frequency(t, speaker) for t in range(TONES)], time))
    return np.abs(windows @ waves.T)


def _pairs(power):
    """For each window its two tones, None where there are not two that stand out."""
    import numpy as np

    order = np.sort(power, axis=1)
    loud = order[:, -2] > 0.2 * order[:, -1].max()
    clear = loud & (order[:, -2] > 3 * order[:, -3]) & (order[:, -2] > 0.5 * order[:, -1])
    best = np.sort(np.argsort(power, axis=1)[:, -2:], axis=1)
    return [(int(a), int(b)) if ok else None for (a, b), ok in zip(best, clear, strict=True)]


def alike(samples, rate, text):
    """0..1: how alike what is heard and this text are; 1 is the very same phonemes."""
    return difflib.SequenceMatcher(None, heard(samples, rate), spoken(text), False).ratio()


def which(samples, rate, sentences):
    """(number, how alike) of the sentence that is likeliest what was said."""
    found = heard(samples, rate)
    scores = [
        difflib.SequenceMatcher(None, found, spoken(text), False).ratio() for text in sentences
    ]
    best = max(range(len(scores)), key=scores.__getitem__)
    return best, scores[best]
