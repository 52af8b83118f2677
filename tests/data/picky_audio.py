"""Parley's audio process on devices that take no format but their own, as PulseAudio has none."""

import os

os.environ["QT_LOGGING_RULES"] = "qt.multimedia.*=false"

from app.audio import streams
from app.audio.__main__ import main

if __name__ == "__main__":
    streams.fitting = lambda device, _: [streams.shape_of(device.preferredFormat())]
    main()
