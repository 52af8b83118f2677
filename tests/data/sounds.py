"""Sound made on the spot, files of it in every format, and broken ones."""

import math
import struct
import wave
from fractions import Fraction
from random import Random

import av

RATE = 16_000
# name of the file -> codec, rate it is written at, options of the codec
KINDS = {
    "a.wav": ("pcm_s16le", 16_000, {}),
    "float.wav": ("pcm_f32le", 48_000, {}),
    "phone.wav": ("pcm_mulaw", 8_000, {}),
    "adpcm.wav": ("adpcm_ms", 22_050, {}),
    "a.w64": ("pcm_s24le", 44_100, {}),
    "a.mp3": ("libmp3lame", 44_100, {}),
    "low.mp3": ("libmp3lame", 16_000, {"b": "24000"}),
    "a.m4a": ("aac", 44_100, {}),
    "lossless.m4a": ("alac", 44_100, {}),
    "a.aac": ("aac", 32_000, {}),
    "opus.ogg": ("libopus", 48_000, {}),
    "a.opus": ("libopus", 48_000, {}),
    "vorbis.ogg": ("vorbis", 44_100, {"strict": "experimental"}),
    "a.flac": ("flac", 44_100, {}),
    "a.aiff": ("pcm_s16be", 44_100, {}),
    "a.caf": ("pcm_s16le", 16_000, {}),
    "a.au": ("pcm_s16be", 16_000, {}),
    "a.amr": ("libopencore_amrnb", 8_000, {}),
    "a.wma": ("wmav2", 44_100, {"b": "96000"}),
    "a.webm": ("libopus", 48_000, {}),
    "film.webm": ("libopus", 48_000, {}),
    "film.mkv": ("aac", 44_100, {}),
    "film.mp4": ("aac", 44_100, {}),
}
CONTAINERS = {"m4a": "ipod", "aac": "adts", "opus": "ogg", "wma": "asf", "mkv": "matroska"}


def tone(seconds, rate=RATE, hertz=440.0, loud=9000):
    """Mono, s16."""
    count = round(seconds * rate)
    turn = 2 * math.pi * hertz / rate
    return struct.pack(f"<{count}h", *(int(loud * math.sin(turn * n)) for n in range(count)))


def silence(seconds, rate=RATE):
    return bytes(2 * round(seconds * rate))


def crossings(pcm, least=1500):
    """How often the sound swings up: its pitch times its length."""
    count, low = 0, False
    for sample in struct.unpack(f"<{len(pcm) // 2}h", pcm):
        count += low and sample > least
        low = sample < -least or (low and sample <= least)
    return count


def assembled(events):
    """The file that came as Encoded events."""
    made = bytearray()
    for one in events:
        assert one.place <= len(made)
        made[one.place : one.place + len(one.data)] = one.data
    return bytes(made)


def wav(path, pcm, rate=RATE, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return path


def encoded(path, pcm, title="", late=0):
    """A file of that name out of KINDS; pcm is RATE, mono, s16. A film gets a grey picture.

    late: seconds by which the sound begins after the film.
    """
    codec, rate, options = KINDS[path.name]
    ending = path.suffix[1:]
    with av.open(path, "w", format=CONTAINERS.get(ending, ending)) as file:
        if title:
            file.metadata["title"] = title
        picture = None
        if path.stem == "film":
            picture = file.add_stream("vp8" if ending == "webm" else "mpeg4", rate=5)
            picture.width = picture.height = 32
            picture.pix_fmt = "yuv420p"
        stream = file.add_stream(codec, rate=rate, options=options)
        stream.layout = "stereo" if codec == "vorbis" else "mono"
        for frame in frames(pcm):
            frame.pts += late * RATE
            file.mux(stream.encode(frame))
        if picture:
            show(file, picture, len(pcm) // 2 / RATE)
        file.mux(stream.encode(None))
    return path


def frames(pcm):
    for start in range(0, len(pcm), RATE * 2):
        part = pcm[start : start + RATE * 2]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(part) // 2)
        frame.sample_rate, frame.pts = RATE, start // 2
        frame.time_base = Fraction(1, RATE)
        frame.planes[0].update(part)
        yield frame


def show(file, stream, seconds):
    for number in range(round(seconds * 5)):
        frame = av.VideoFrame(32, 32, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, 5)
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def silent_film(path):
    with av.open(path, "w", format="mp4") as file:
        picture = file.add_stream("mpeg4", rate=5)
        picture.width = picture.height = 32
        picture.pix_fmt = "yuv420p"
        show(file, picture, 2)
    return path


def header(rate=RATE, channels=1, bits=16, form=1, size=0):
    """Of a WAV file, saying anything."""
    block = channels * bits // 8 & 0xFFFF
    about = struct.pack("<HHIIHH", form, channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    whole = b"WAVEfmt " + struct.pack("<I", 16) + about + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", size + 36 & 0xFFFFFFFF) + whole


def three_hours(path, spoken=b""):
    """A WAV file of silence that takes no room on the disk, with something at its end; 8 kHz."""
    size = 3 * 3600 * 8000 * 2
    with path.open("wb") as file:
        file.write(header(8000, size=size))
        file.truncate(44 + size)
        file.seek(44 + size - len(spoken))
        file.write(spoken)
    return path


def repeated_mp3(path, seconds):
    """So long without the work of making it: the packets of ten seconds again and again."""
    encoded(path.with_name("low.mp3"), tone(9) + silence(1))
    with av.open(path.with_name("low.mp3")) as file:
        packets = b"".join(bytes(one) for one in file.demux(audio=0) if one.size)
    with path.open("wb") as file:
        for _ in range(round(seconds / 10)):
            file.write(packets)


BROKEN = {}  # name -> what makes the file: from a folder for what it is made of, its bytes


def broken(ending):
    def keep(make):
        BROKEN[f"{make.__name__}.{ending}"] = make
        return make

    return keep


def whole(folder, name):
    return encoded(folder / name, tone(3)).read_bytes()


def flipped(data, seed, first=0.1, count=40):
    """With some bytes changed behind the first part."""
    dice, data = Random(seed), bytearray(data)
    for _ in range(count):
        data[dice.randrange(int(len(data) * first), len(data))] ^= dice.randrange(1, 256)
    return bytes(data)


@broken("mp3")
def empty(folder):
    return b""


@broken("mp3")
def a_text(folder):
    return b"Not a sound at all, only words.\n" * 400


@broken("mp3")
def noise(folder):
    return Random(4).randbytes(60_000)


@broken("wav")
def a_picture(folder):
    return b"\x89PNG\r\n\x1a\n" + bytes(2000)


@broken("mp3")
def a_playlist(folder):
    return b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@broken("mp3")
def a_list_of_files(folder):
    return b"ffconcat version 1.0\nfile /etc/passwd\n"


@broken("wav")
def only_a_header(folder):
    return header()


@broken("wav")
def half_a_header(folder):
    return header()[:23]


@broken("wav")
def claims_hours(folder):
    return header(size=0xFFFFFFFF) + tone(1)


@broken("wav")
def absurd_rate(folder):
    return header(rate=0xFFFFFFF0, size=32_000) + tone(1)


@broken("wav")
def one_sample_an_hour(folder):
    return header(rate=1, size=32_000) + tone(1)


@broken("wav")
def rate_of_nothing(folder):
    return header(rate=0, size=32_000) + tone(1)


@broken("wav")
def absurd_channels(folder):
    return header(channels=65_535, size=32_000) + tone(1)


@broken("wav")
def no_channel(folder):
    return header(channels=0, size=32_000) + tone(1)


@broken("wav")
def samples_of_no_bits(folder):
    return header(bits=0, size=32_000) + tone(1)


@broken("wav")
def unknown_codec(folder):
    return header(form=0x6666, size=32_000) + tone(1)


@broken("raw")
def raw(folder):
    return tone(1)


@broken("m4a")
def without_its_index(folder):
    return whole(folder, "a.m4a")[:20_000]


@broken("m4a")
def index_of_a_billion(folder):
    data = bytearray(whole(folder, "a.m4a"))
    place = data.index(b"stsz") + 12
    data[place : place + 4] = struct.pack(">I", 0x40000000)
    return bytes(data)


@broken("flac")
def cut_off(folder):
    return whole(folder, "a.flac")[:15_000]


@broken("mp3")
def cut_in_a_frame(folder):
    return whole(folder, "a.mp3")[:10_001]


@broken("flac")
def bitten_flac(folder):
    return flipped(whole(folder, "a.flac"), 1)


@broken("ogg")
def bitten_ogg(folder):
    return flipped(whole(folder, "opus.ogg"), 2)


@broken("webm")
def bitten_webm(folder):
    return flipped(whole(folder, "a.webm"), 3)


@broken("wma")
def bitten_wma(folder):
    return flipped(whole(folder, "a.wma"), 4)


@broken("m4a")
def bitten_index(folder):
    data = whole(folder, "a.m4a")
    return flipped(data, 5, data.index(b"moov") / len(data))


@broken("mp4")
def no_sound(folder):
    return silent_film(folder / "silent.mp4").read_bytes()


@broken("mp3")
def zeros(folder):
    return bytes(100_000)
