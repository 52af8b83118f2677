"""Voice files that nobody should trust, each broken in its own way.

KINDS: name -> make(folder), which gives the path of a voice to open.
"""

import json
import struct

from tests.data import tone_voice

KINDS = {}


def kind(function):
    KINDS[function.__name__] = function
    return function


def described(folder, **changes):
    """A good voice whose description was changed; None takes an entry away."""
    path = tone_voice.build(folder)
    about = path.with_name(path.name + ".json")
    content = json.loads(about.read_text("utf-8")) | changes
    about.write_text(json.dumps({k: v for k, v in content.items() if v is not None}), "utf-8")
    return path


def modelled(folder, change):
    """A good voice whose network was changed."""
    import onnx

    path = tone_voice.build(folder)
    model = onnx.load(str(path))
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def written(folder, text):
    path = tone_voice.build(folder)
    path.with_name(path.name + ".json").write_bytes(text)
    return path


@kind
def no_description(folder):
    path = tone_voice.build(folder)
    path.with_name(path.name + ".json").unlink()
    return path


@kind
def description_is_no_json(folder):
    return written(folder, b"\x00\xff{")


@kind
def description_is_a_list(folder):
    return written(folder, b"[1, 2]")


@kind
def description_is_deep(folder):
    return written(folder, b"[" * 200_000)


@kind
def description_is_huge(folder):
    return written(folder, b'{"a": "' + b"x" * (2 << 20) + b'"}')


@kind
def huge_number(folder):
    return written(folder, b'{"num_symbols": ' + b"9" * 20_000 + b"}")


@kind
def rate_of_a_million(folder):
    return described(folder, audio={"sample_rate": 1_000_000})


@kind
def rate_is_text(folder):
    return described(folder, audio={"sample_rate": "22050"})


@kind
def endless_length(folder):
    return described(folder, inference={"length_scale": float("inf")})


@kind
def a_billion_speakers(folder):
    return described(folder, num_speakers=10**9)


@kind
def speaker_out_of_range(folder):
    return described(folder, num_speakers=2, speaker_id_map={"a": 0, "b": 77})


@kind
def phoneme_out_of_range(folder):
    return described(folder, phoneme_id_map=tone_voice.phoneme_ids() | {"a": [999_999]})


@kind
def phonemes_missing(folder):
    return described(folder, phoneme_id_map={"a": [1]})


@kind
def language_is_a_path(folder):
    return described(folder, espeak={"voice": "../../../etc/passwd"})


@kind
def language_unknown(folder):
    return described(folder, espeak={"voice": "xx-nowhere"})


@kind
def needs_a_download(folder):
    return described(folder, phoneme_type="pinyin")


@kind
def speakers_that_are_not_there(folder):
    return described(folder, num_speakers=3, speaker_id_map={})


@kind
def empty_model(folder):
    path = tone_voice.build(folder)
    path.write_bytes(b"")
    return path


@kind
def zeros(folder):
    path = tone_voice.build(folder)
    path.write_bytes(bytes(1 << 20))
    return path


@kind
def cut_off(folder):
    path = tone_voice.build(folder)
    path.write_bytes(path.read_bytes()[:-1500])
    return path


@kind
def a_length_beyond_the_file(folder):
    path = tone_voice.build(folder)
    path.write_bytes(b"\x3a\xff\xff\xff\xff\x07" + path.read_bytes())
    return path


@kind
def a_pickle(folder):
    path = tone_voice.build(folder)
    path.write_bytes(b"\x80\x04cposix\nsystem\n(S'touch /tmp/x'\ntR." * 100)
    return path


@kind
def a_gguf(folder):
    path = tone_voice.build(folder)
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + bytes(4096))
    return path


@kind
def weights_in_another_file(folder):
    def change(model):
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = 1
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "/etc/passwd"

    return modelled(folder, change)


@kind
def operator_of_its_own(folder):
    def change(model):
        model.graph.node[0].domain = "evil.example"
        model.opset_import.add(domain="evil.example", version=1)

    return modelled(folder, change)


@kind
def operator_unknown(folder):
    def change(model):
        model.graph.node[0].op_type = "Launch"

    return modelled(folder, change)


@kind
def another_kind_of_model(folder):
    def change(model):
        model.graph.input[0].name = "pixels"

    return modelled(folder, change)


@kind
def not_sound(folder):
    """Infinitely loud."""

    def change(model):
        import numpy
        from onnx import numpy_helper

        for tensor in model.graph.initializer:
            if tensor.name == "loud":
                tensor.CopyFrom(
                    numpy_helper.from_array(numpy.full(256, numpy.inf, numpy.float32), "loud")
                )

    return modelled(folder, change)


@kind
def hours_of_sound(folder):
    def change(model):
        import numpy
        from onnx import numpy_helper

        for tensor in model.graph.initializer:
            if tensor.name == "frames":
                long = numpy.full(256, 3000, numpy.float32)
                tensor.CopyFrom(numpy_helper.from_array(long, "frames"))

    return modelled(folder, change)


@kind
def a_folder(folder):
    path = tone_voice.build(folder)
    path.unlink()
    path.mkdir()
    return path
