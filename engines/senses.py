"""Messages of ears, voices and eyes: sound, pictures, documents and films. See messages.py."""

from engines.message import Message

# Requests


class Hear(Message, frozen=True):
    """The next piece of what a microphone gave. A take is what is said in one go."""

    take: int  # another number begins anew
    pcm: bytes  # interleaved samples
    rate: int  # Hz
    channels: int
    sample: str = "s16"  # or "u8", "s32", "f32": little-endian
    last: bool = False  # nothing follows in this take


class Transcribe(Message, frozen=True):
    """What is said in up to two minutes of sound."""

    pcm: bytes  # 16 kHz, mono, s16
    language: str = ""  # as "en"; "" finds out
    before: str = ""  # what was said just before it
    hotwords: str = ""  # rare words that are likely, as names in the conversation
    draft: bool = False  # quick, for the screen while the person still speaks
    patient: bool = False  # as right as can be, for files: a wide search, no hurry


class Speak(Message, frozen=True):
    """Say these words, which are ready to be spoken (engines/tts/reading.py)."""

    text: str
    speed: float = 1.0  # 2.0 is twice as fast
    speaker: int = -1  # of a voice with several; -1 is its own choice


class ReadSound(Message, frozen=True):
    """So many seconds, from at on, of the sound file this engine was opened with.

    The place is always said, because the process may be another one by now.
    """

    at: float  # seconds from the start of the file
    seconds: float
    pause: float = 0.0  # seconds before the end in which it may stop, where it is quietest


class WriteSound(Message, frozen=True):
    """Make a file of these samples, piece by piece: the last one ends it."""

    pcm: bytes  # mono, s16
    rate: int  # Hz, the same in every piece
    format: str  # "wav" or "mp3"
    last: bool = False


class Look(Message, frozen=True):
    """Take in a picture: it is encoded now and kept, so that turns need only name it."""

    hash: str  # how turns will name it
    width: int  # pixels
    height: int
    rgb: bytes  # 8 bits each, row by row from the top


class Listen(Message, frozen=True):
    """Take in sound that turns will name, for models that hear."""

    hash: str
    pcm: bytes  # mono, s16
    rate: int  # Hz


# left, top, right, bottom as shares of a picture as it stands upright
Box = tuple[float, float, float, float]


class ReadPicture(Message, frozen=True):
    """Decode the bytes of a picture file; answered by Pixels and, where asked for, a Preview."""

    data: bytes
    longest: int  # pixels of the longer side of the answer at most; it is never made larger
    preview: int = 0  # the same for a Preview; 0: none
    box: Box = (0.0, 0.0, 1.0, 1.0)  # only this part of it


class ReadDocument(Message, frozen=True):
    """Read a PDF or office document: a Page each; pages that are scans come as pictures too."""

    data: bytes
    name: str  # of the file: its ending says what it may be
    longest: int = 1568  # of the Pixels of a scanned page
    preview: int = 0


class ReadFrames(Message, frozen=True):
    """Key frames, evenly spread, of the film this engine was opened with.

    For each a Frame, Pixels and, where asked for, a Preview.
    """

    count: int
    longest: int
    preview: int = 0


class Embed(Message, frozen=True):
    """Where pictures, or words, lie in the model's space: one Vector each, in order."""

    pictures: tuple[Look, ...] = ()
    words: tuple[str, ...] = ()


class Describe(Message, frozen=True):
    """Which of these words fit a picture; without words, those the model brings. Described."""

    picture: Look
    words: tuple[str, ...] = ()


class ReadText(Message, frozen=True):
    """The text that can be seen in a picture: Lines."""

    picture: Look


class ScanPhotos(Message, frozen=True):
    """Bring what is known of the photos in these granted folders up to date.

    Progress "listing" and "looking", at last a Scanned. Stopped at any moment, it goes on there.
    """

    folders: tuple[str, ...]


class FindPhotos(Message, frozen=True):
    """The photos that fit, the best first: PhotosFound. Without any of these: all, newest first."""

    words: str = ""
    picture: bytes = b""  # a picture file of any kind: those that look like it
    like: int = 0  # key of a photo: the same
    count: int = 300  # at most, where something was asked for


class ShowPhotos(Message, frozen=True):
    """What is known of these: a Photo each; those that are gone are left out."""

    keys: tuple[int, ...]


# Events


class Heard(Message, frozen=True):
    """What became of a piece of a take."""

    take: int
    pcm: bytes  # 16 kHz, mono, s16; all pieces together are the take
    speech: tuple[float, ...] = ()  # how likely it is speech, for each further 32 ms of the take
    loud: tuple[float, ...] = ()  # the loudest sample of each of these, 0 to 1
    level: float = 0.0  # loudest sample of this piece, 0 to 1


class Word(Message, frozen=True):
    """start and end in seconds from the start of the sound it was heard in."""

    text: str
    start: float
    end: float


class Transcript(Message, frozen=True):
    """One stretch of speech as text; several may follow one another in a job."""

    text: str
    start: float = 0.0  # seconds from the start of the sound
    end: float = 0.0
    language: str = ""
    words: tuple[Word, ...] = ()  # where the model tells
    sure: float = 0.0  # mean log-probability of a token; nearer 0 is surer


class Unheard(Message, frozen=True):
    """There is no text, and why: "silence", "noise" or "unsure"; before Done."""

    why: str


class Pcm(Message, frozen=True):
    """A piece of sound: mono, s16."""

    pcm: bytes
    rate: int  # Hz


class Spoken(Message, frozen=True):
    """Where a word of Speak.text lies in its sound; comes before or with that sound."""

    place: int  # of its first character in the text
    length: int
    start: float  # seconds from the start of this job's sound
    end: float


class Encoded(Message, frozen=True):
    """Bytes of a sound file that belong at this place: the header comes again when all is known."""

    data: bytes
    place: int  # from the start of the file; never beyond what was written before


class Seen(Message, frozen=True):
    """What a Look or Listen cost; before its Done."""

    hash: str
    tokens: int  # it takes in the context
    seconds: float  # encoding took; 0.0 where it was known already
    size: int = 0  # bytes the encoder takes in memory


class Unseen(Message, frozen=True):
    """These are named in the turns and not known, or no longer: show them and ask again.

    Before Done("unseen"); nothing was answered.
    """

    hashes: tuple[str, ...]


class Pixels(Message, frozen=True):
    """A decoded picture, upright, without metadata; sizes in pixels."""

    width: int
    height: int
    rgb: bytes  # 8 bits each, row by row from the top; what was transparent is white
    whole_width: int  # of the file's picture (of the box, where one was asked for)
    whole_height: int
    format: str = ""  # "JPEG", "PNG", …
    note: str = ""  # what was left out, for people: "The first of 12 pictures."


class Preview(Message, frozen=True):
    """A small picture made from the decoded one, which the window may open: JPEG or PNG."""

    data: bytes
    width: int
    height: int


class Page(Message, frozen=True):
    """One page, sheet or slide of a document, in order; the first is 1."""

    number: int
    of: int
    text: str
    scan: bool = False  # Pixels and a Preview of it follow


class Frame(Message, frozen=True):
    """Pixels and a Preview of the film at this second follow."""

    at: float


class Vector(Message, frozen=True):
    """Where something lies in the model's space: little-endian f32, of length 1."""

    values: bytes


class Described(Message, frozen=True):
    """Words that fit a picture, the surest first, with their probabilities."""

    words: tuple[tuple[str, float], ...]
    colours: tuple[tuple[str, float], ...] = ()  # the largest first, with their shares of it


class Line(Message, frozen=True):
    """A line of text in a picture; sure from 0 to 1."""

    text: str
    box: Box
    sure: float


class Things(Message, frozen=True):
    """Separate things that are alike, on an even ground: of a drawing, counted by a program."""

    count: int
    place: str = ""  # of a single one, e.g. "in the top left corner"; "" where it is unclear


class Lines(Message, frozen=True):
    """All lines of text in a picture, as one reads them; of a drawing also what can be counted."""

    lines: tuple[Line, ...]
    things: Things | None = None
    colour: str = ""  # of the things, where they have one


class Photo(Message, frozen=True):
    """A photo in a granted folder."""

    key: int
    path: bytes  # as the file system has it
    width: int = 0  # pixels, upright; 0 where it could not be read
    height: int = 0
    taken: int = 0  # seconds of the camera's clock since 1970, else of the file
    there: bool = True  # its folder is there now


class PhotosFound(Message, frozen=True):
    keys: bytes  # little-endian u64 each, the best first
    known: int  # photos that were looked through
    model: str = ""  # whose eyes found them; "" where only names were looked at


class Scanned(Message, frozen=True):
    """What is known now."""

    folders: tuple[tuple[str, int, int, bool], ...]  # path, photos, not readable, it is there
    watched: tuple[tuple[bytes, int], ...]  # all folders in them with their times in ns
    young: int  # files that were left for the next time, because they still grow
