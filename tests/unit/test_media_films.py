"""Films: their pictures, evenly spread."""

import io

import av
import pytest
from PIL import Image

from engines.errors import ParleyError
from engines.media import frames
from engines.messages import Failed, Frame, Pixels
from tests.data.films import COLOURS, film
from tests.data.sounds import encoded, tone


def ask(path, *asked):
    """What the engine's child would yield, or the words of its refusal."""
    try:
        return [*frames.spread(path, *asked)]
    except ParleyError as error:
        return [Failed(error.message, error.hint)]


def colour(pixels, x=0.25, y=0.5):
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb)
    return image.getpixel((int(x * pixels.width), int(y * pixels.height)))


def near(one, other):
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", {"sound": True}),
        ("few_key_frames.mkv", {"every": 1000}),
        ("a.webm", {"codec": "libvpx"}),
        ("a.avi", {}),
        ("no_ending", {"format": "mov"}),
    ],
)
def test_pictures_are_spread_over_a_film(tmp_path, name, options):
    found = ask(film(tmp_path / name, **options), 6, 32)
    places = [one for one in found if isinstance(one, Frame)]
    pixels = [one for one in found if isinstance(one, Pixels)]
    assert [int(one.at) for one in places] == [0, 1, 2, 3, 4, 5]
    assert [type(one) for one in found] == [Frame, Pixels] * 6
    assert {(one.width, one.height, one.whole_width) for one in pixels} == {(32, 24, 64)}
    pairs = zip(pixels, COLOURS, strict=True)
    assert all(near(colour(one), expected) for one, expected in pairs)


def test_fewer_pictures_than_asked_for_where_there_are_no_more(tmp_path):
    found = ask(film(tmp_path / "a.mp4", seconds=0.5), 20, 64)
    assert 1 <= sum(isinstance(one, Frame) for one in found) <= 5


def test_a_film_that_was_turned_stands_upright(tmp_path):
    turned = film(tmp_path / "a.mp4", turned=-90)  # as telephones write it: to be turned clockwise
    _, pixels = ask(turned, 1, 64)
    assert (pixels.width, pixels.height, pixels.whole_width) == (48, 64, 48)
    assert near(colour(pixels, 0.5, 0.75), (255, 255, 255))
    assert not near(colour(pixels, 0.5, 0.25), (255, 255, 255))


def test_a_film_that_tells_no_length_is_read_in_passing(tmp_path):
    class Pipe(io.RawIOBase):
        """Takes bytes and cannot go back."""

        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.data += data
            return len(data)

    pipe = Pipe()
    with av.open(pipe, "w", format="webm", options={"live": "1"}) as file:
        stream = file.add_stream("libvpx", 10)
        stream.width, stream.height, stream.codec_context.gop_size = 64, 48, 10
        for number in range(60):
            image = Image.new("RGB", (64, 48), COLOURS[number // 10])
            file.mux(stream.encode(av.VideoFrame.from_image(image)))
        file.mux(stream.encode())
    path = tmp_path / "live.webm"
    path.write_bytes(pipe.data)
    found = ask(path, 3, 64)
    assert [one.at for one in found if isinstance(one, Frame)] == [0.0, 2.0, 4.0]
    assert near(colour(found[1]), COLOURS[0])


def cover(path):
    """A song with a picture on its cover."""
    with av.open(str(path), "w") as file:
        sound = file.add_stream("mp3", 16_000, layout="mono")
        picture = file.add_stream("mjpeg", 1)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuvj420p"
        picture.disposition = av.stream.Disposition.attached_pic
        image = av.VideoFrame.from_image(Image.new("RGB", (64, 64), "red"))
        file.mux(picture.encode(image.reformat(format="yuvj420p")))
        for number in range(20):
            frame = av.AudioFrame("s16p", "mono", 1600)
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            frame.sample_rate, frame.pts = 16_000, number * 1600
            file.mux(sound.encode(frame))
        file.mux(sound.encode())
    return path


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.m4a", lambda path: encoded(path, tone(1)), "sound without pictures"),
        ("empty.mp4", lambda path: path.write_bytes(b""), "empty"),
        ("noise.mp4", lambda path: path.write_bytes(b"noise" * 1000), "not a film"),
        ("list.mp4", lambda path: path.write_bytes(b"ffconcat version 1.0\nfile a"), "not a film"),
        ("hls.mp4", lambda path: path.write_bytes(b"#EXTM3U\n/etc/passwd"), "not a film"),
        ("gone.mp4", lambda path: None, "not there"),
    ],
)
def test_what_is_no_film_is_said(tmp_path, name, make, words):
    make(tmp_path / name)
    (failed,) = ask(tmp_path / name, 3, 64)
    assert isinstance(failed, Failed)
    assert words in failed.message
    assert failed.hint


def test_the_cover_of_a_song_is_no_film(tmp_path):
    (failed,) = ask(cover(tmp_path / "song.mp4"), 3, 64)
    assert "sound without pictures" in failed.message


def test_half_a_film_gives_what_is_in_it(tmp_path):
    whole = film(tmp_path / "a.mkv", seconds=6, every=5).read_bytes()
    (tmp_path / "half.mkv").write_bytes(whole[: len(whole) // 2])
    found = ask(tmp_path / "half.mkv", 6, 64)
    assert 1 <= sum(isinstance(one, Frame) for one in found) < 6
