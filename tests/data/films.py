"""Films with a colour for each second, as small as they can be."""

import av
from PIL import Image

COLOURS = [(200, 0, 0), (0, 160, 0), (0, 0, 200), (200, 200, 0), (0, 180, 180), (180, 0, 180)]
RATE = 10  # pictures a second


def film(
    path, seconds=6, size=(64, 48), codec="mpeg4", format=None, every=RATE, sound=False, turned=0
):
    """The left half of a picture is the colour of its second, the right half is white."""
    with av.open(str(path), "w", format=format) as file:
        stream = file.add_stream(codec, RATE)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = every
        if turned:
            stream.set_display_rotation(turned)
        voice = file.add_stream("aac", 16_000, layout="mono") if sound else None
        for number in range(round(seconds * RATE)):
            image = Image.new("RGB", size, "white")
            colour = COLOURS[number // RATE % len(COLOURS)]
            image.paste(colour, (0, 0, size[0] // 2, size[1]))
            file.mux(stream.encode(av.VideoFrame.from_image(image)))
        file.mux(stream.encode())
        if voice:
            for number in range(round(seconds * 10)):
                frame = av.AudioFrame("fltp", "mono", 1600)
                frame.planes[0].update(bytes(frame.planes[0].buffer_size))
                frame.sample_rate, frame.pts = 16_000, number * 1600
                file.mux(voice.encode(frame))
            file.mux(voice.encode())
    return path
