"""What both streams need of Qt: devices by id, and formats as plain words. Audio process only."""

from PySide6.QtCore import QObject
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QAudioSource, QMediaDevices

from app.audio.messages import Device
from app.audio.samples import Shape

Sample = QAudioFormat.SampleFormat
SAMPLES = {"u8": Sample.UInt8, "s16": Sample.Int16, "s32": Sample.Int32, "f32": Sample.Float}


class Present(QObject):
    """The devices there are: Qt's, without those the sound server has seen go."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._gone: set[str] = set()

    def take(self, names: set[str]) -> None:
        """What the server has now; not every name it ever knew is one of Qt's."""
        self._seen |= names
        self._gone = self._seen - names

    def nothing(self) -> bool:
        """No device at all, so perhaps no sound server: Qt would not notice that it comes back."""
        return not self.inputs() and not self.outputs()

    def inputs(self) -> list[QAudioDevice]:
        return [one for one in QMediaDevices.audioInputs() if id_of(one) not in self._gone]

    def outputs(self) -> list[QAudioDevice]:
        return [one for one in QMediaDevices.audioOutputs() if id_of(one) not in self._gone]


def id_of(device: QAudioDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")


def told(devices: list[QAudioDevice]) -> tuple[Device, ...]:
    return tuple(Device(id_of(one), one.description(), one.isDefault()) for one in devices)


def chosen(devices: list[QAudioDevice], wanted: str) -> QAudioDevice | None:
    """The wanted one, else the system's choice, else any."""
    by_id = {id_of(one): one for one in devices}
    default = next((one for one in devices if one.isDefault()), devices[0] if devices else None)
    return by_id.get(wanted, default)


def fitting(device: QAudioDevice, wanted: Shape) -> list[Shape]:
    """What to try to open it with: as wanted, else as it likes best."""
    own = shape_of(device.preferredFormat())
    return list(
        dict.fromkeys([wanted, own] if device.isFormatSupported(qt_format(wanted)) else [own])
    )


def qt_format(shape: Shape) -> QAudioFormat:
    made = QAudioFormat()
    made.setSampleRate(shape.rate)
    made.setChannelCount(shape.channels)
    made.setSampleFormat(SAMPLES[shape.sample])
    return made


def shape_of(form: QAudioFormat) -> Shape:
    names = {value: name for name, value in SAMPLES.items()}
    return Shape(form.sampleRate(), form.channelCount(), names.get(form.sampleFormat(), "s16"))


def hurry(stream: QAudioSource | QAudioSink, rate: int, seconds: float) -> None:
    """Ask the system to hand over so much at a time at most, where this Qt can."""
    frames = 1 << (int(rate * seconds).bit_length() - 1)  # Qt takes powers of two only
    if hasattr(stream, "setNativePeriodFrameCount"):  # since Qt 6.12
        stream.setNativePeriodFrameCount(max(32, min(4096, frames)))
