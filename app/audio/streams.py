"""What both streams need of Qt: devices by id, and formats as plain words. Audio process only."""

from collections.abc import Iterable

from PySide6.QtMultimedia import QAudioDevice, QAudioFormat

from app.audio.messages import Device
from app.audio.samples import Shape

Sample = QAudioFormat.SampleFormat
SAMPLES = {"u8": Sample.UInt8, "s16": Sample.Int16, "s32": Sample.Int32, "f32": Sample.Float}
PERIOD = 0.017  # seconds that the system hands over at a time, at most


def id_of(device: QAudioDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")


def told(devices: Iterable[QAudioDevice]) -> tuple[Device, ...]:
    return tuple(Device(id_of(one), one.description(), one.isDefault()) for one in devices)


def chosen(devices: list[QAudioDevice], wanted: str) -> QAudioDevice | None:
    """The wanted one, else the system's choice, else any."""
    by_id = {id_of(one): one for one in devices}
    default = next((one for one in devices if one.isDefault()), devices[0] if devices else None)
    return by_id.get(wanted, default)


def qt_format(shape: Shape) -> QAudioFormat:
    made = QAudioFormat()
    made.setSampleRate(shape.rate)
    made.setChannelCount(shape.channels)
    made.setSampleFormat(SAMPLES[shape.sample])
    return made


def shape_of(form: QAudioFormat) -> Shape:
    names = {value: name for name, value in SAMPLES.items()}
    return Shape(form.sampleRate(), form.channelCount(), names.get(form.sampleFormat(), "s16"))


def period(rate: int) -> int:
    """Frames to ask the system for at a time: a power of two, which Qt insists on."""
    return max(32, min(4096, 1 << (int(rate * PERIOD).bit_length() - 1)))


def hurry(stream, rate: int) -> None:
    """Ask for short periods, where this Qt can."""
    if hasattr(stream, "setNativePeriodFrameCount"):  # since Qt 6.12
        stream.setNativePeriodFrameCount(period(rate))
