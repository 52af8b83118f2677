"""What is attached to a message: real engines read it, the test plays the model."""

import io
import wave
from pathlib import Path

import av
import pytest
from PIL import Image
from PySide6.QtCore import QObject

from app import media, paths
from app.controllers import attached
from app.controllers.attaching import FRAMES, MOST
from app.controllers.turns import tainted
from app.store.draft_parts import DraftParts
from engines.messages import (
    Chat,
    Done,
    Failed,
    Listen,
    Loaded,
    Look,
    Picture,
    Prefill,
    Seen,
    Sound,
    Text,
    TextDelta,
    Unseen,
    plain,
)
from engines.written import HEADING

WAIT = 60_000
SEES = Loaded(name="Eyes", context=4096, sees=True), Done()


class Programs:
    """Stand in for the programs that look at pictures."""

    class Found:
        text = "Found by programs: a dog."

    class Read:
        text = ""

    def __init__(self):
        self.looks, self.waiting = [], []
        self.reads = []

    def find(self, look, done):
        self.looks.append(look)
        self.waiting.append(done)

    def read(self, look, done):
        self.reads.append(look)
        done(self.Read)

    def answer(self):
        self.waiting.pop(0)(self.Found)


@pytest.fixture
def programs_look():
    return Programs()


@pytest.fixture(scope="module")
def engines(qapp, tmp_path_factory):
    """What reads files: one process for all of these tests, as for all files of a person."""
    folders = paths.folders(tmp_path_factory.mktemp("own")).make()
    owner = QObject()
    files, *others = media.engines(folders, owner)
    yield files, *others
    for link in (files.link, *others):
        link.stop()


@pytest.fixture
def make(qtbot, engines, store, background, models, answering, chat, keeping, programs_look):
    """A function that makes it, as a start of Parley does."""

    def make():
        about = (store, background, models, answering, chat, keeping)
        return media.attaching(*engines, programs_look, *about)

    yield make
    qtbot.waitUntil(lambda: not background._tasks, timeout=WAIT)  # files are written until then


@pytest.fixture
def attaching(make):
    return make()


@pytest.fixture
def seeing(llm, models):
    """The open model sees."""
    llm.load(*SEES)


def png(colour="red", size=(64, 48)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def picture(folder, name="dog.png", colour="red", size=(64, 48)):
    path = folder / name
    path.write_bytes(png(colour, size))
    return str(path)


def moving(path):
    """A film of two seconds in which the colour changes."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=10)
        stream.width, stream.height = 64, 48
        for number in range(20):
            colour = (250 - 12 * number, 12 * number, 100)
            image = Image.new("RGB", (64, 48), colour)
            film.mux(stream.encode(av.VideoFrame.from_image(image)))
        film.mux(stream.encode(None))
    return path


def size(path):
    with Image.open(path) as opened:
        return opened.size


def asked(llm, kind):
    return [request for request in llm.requests if isinstance(request, kind)]


def answer_last(llm, kind, *events):
    job = len(llm.requests) - next(
        place for place, one in enumerate(reversed(llm.requests)) if isinstance(one, kind)
    )
    for event in events:
        llm.event.emit(job, event)


def see(qtbot, llm, count=1, tokens=64):
    """The model takes in the picture it is shown as the count-th."""
    qtbot.waitUntil(lambda: len(asked(llm, Look)) >= count, timeout=WAIT)
    places = [n for n, one in enumerate(llm.requests) if isinstance(one, Look)]
    name = llm.requests[places[count - 1]].hash
    for event in (Seen(name, tokens, 0.25), Done()):
        llm.event.emit(places[count - 1] + 1, event)
    return name


def chat_of(qtbot, llm, count=1):
    qtbot.waitUntil(lambda: len(asked(llm, Chat)) == count, timeout=WAIT)
    return asked(llm, Chat)[-1]


def settle(qtbot, attaching):
    qtbot.waitUntil(lambda: bool(attaching.shown()) and not attaching.pending, timeout=WAIT)
    return attaching.shown()


def states(attaching):
    return [one.state for one in attaching.shown()]


def answer(qtbot, chat, llm, text="Red."):
    answer_last(llm, Chat, TextDelta(text), Done())
    qtbot.waitUntil(lambda: not chat.busy)


def ask_about(qtbot, attaching, keeping, llm, path, words="What is this?"):
    """One question about a picture, sent and asked."""
    attaching.take([path])
    name = see(qtbot, llm, len(asked(llm, Look)) + 1)
    keeping.send(words)
    chat_of(qtbot, llm, len(asked(llm, Chat)) + 1)
    return name


def test_a_picture_is_read_shown_and_asked_about(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    attaching.take([picture(tmp_path)])
    assert states(attaching) == ["reading"] and attaching.pending
    see(qtbot, llm)
    (chip,) = attaching.shown()
    assert chip.state == "ready" and chip.words == "64 × 48 · 64 tokens · 0.2 s"
    assert size(chip.preview) == (64, 48)
    look = asked(llm, Look)[0]
    assert look.rgb[:3] == b"\xff\0\0" and (look.width, look.height) == (64, 48)
    keeping.send("What is this?")
    told = chat_of(qtbot, llm).turns[-1].parts
    assert told == (Picture(look.hash, 64, 48), Text("\n"), Text("What is this?"))
    assert attaching.shown() == []
    (shown,) = chat.turns[0].attachments
    assert (shown.name, shown.kind, shown.width) == ("dog.png", "picture", 64)
    assert size(shown.preview) == (64, 48)
    answer(qtbot, chat, llm)
    facts = dict(chat.details(chat.turns[-1].key))
    assert facts["Pictures seen"] == "1" and facts["Tokens of the pictures"] == "64"


def test_the_model_reads_it_ahead_while_the_person_types(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    attaching.take([picture(tmp_path)])
    name = see(qtbot, llm)
    ahead = asked(llm, Prefill)[-1]
    keeping.send("What is this?")
    told = chat_of(qtbot, llm)
    assert ahead.turns[-1].parts == (Picture(name, 64, 48), Text("\n"))
    assert told.turns[-1].parts[:2] == ahead.turns[-1].parts


def test_words_wait_for_the_picture_and_then_go_with_it(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    attaching.take([picture(tmp_path)])
    keeping.send("What is this?")
    assert keeping.busy and chat.draft == "What is this?"
    see(qtbot, llm)
    assert plain(chat_of(qtbot, llm).turns[-1]) == "\nWhat is this?"
    assert chat.draft == "" and not chat.turns[0].attachments[0].found


def test_a_file_that_cannot_be_read_says_so_and_keeps_the_words(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    broken = tmp_path / "broken.png"
    broken.write_bytes(png()[:60])
    attaching.take([str(broken)])
    with qtbot.waitSignal(keeping.notice, timeout=WAIT) as notice:
        keeping.send("What is this?")
    assert notice.args[0].message.startswith("broken.png")
    assert chat.draft == "What is this?" and not chat.busy and not asked(llm, Chat)
    (chip,) = attaching.shown()
    assert chip.state == "failed" and "damaged" in chip.words and chip.hint
    broken.write_bytes(png())
    attaching.retry(chip.key)
    see(qtbot, llm)
    assert states(attaching) == ["ready"]
    attaching.remove(chip.key)
    keeping.send("Never mind.")
    assert plain(chat_of(qtbot, llm).turns[-1]) == "Never mind."


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.png", None, "could not be read"),
        ("tool.exe", b"MZ\x90\0" * 20, "a program"),
        ("empty.png", b"", "empty"),
    ],
)
def test_what_nothing_reads_is_refused_in_words(
    qtbot, attaching, seeing, tmp_path, name, content, words
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    attaching.take([str(tmp_path / name)])
    (chip,) = settle(qtbot, attaching)
    assert chip.state == "failed" and words in chip.words and chip.hint


def test_what_waits_goes_when_the_picture_it_waits_for_is_removed(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    attaching.take([picture(tmp_path)])
    keeping.send("What is this?")
    with qtbot.waitSignal(attaching.settled):
        attaching.remove(attaching.shown()[0].key)
    assert chat_of(qtbot, llm).turns[-1].parts == (Text("What is this?"),)


def test_words_wait_with_the_conversation_they_are_for(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer(qtbot, chat, llm)
    first = chat.conversation
    attaching.take([picture(tmp_path, "cat.png")])
    keeping.send("And this?")
    chat.new()
    see(qtbot, llm, 2)
    assert len(asked(llm, Chat)) == 1 and chat.draft == ""
    chat.open(first)
    assert chat.draft == "And this?" and states(attaching) == ["ready"]


def test_a_pasted_picture_and_several_at_once(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    attaching.take_picture(png("blue"), "Pasted picture")
    attaching.take([picture(tmp_path), picture(tmp_path, "cat.png", "green")])
    for count in (1, 2, 3):
        see(qtbot, llm, count)
    names = [one.name for one in settle(qtbot, attaching)]
    assert names == ["Pasted picture", "dog.png", "cat.png"]
    keeping.send("Compare them.")
    told = plain(chat_of(qtbot, llm).turns[-1])
    assert told.split("\n") == [
        *("Picture 1, Pasted picture:", "", "Picture 2, dog.png:", ""),
        *("Picture 3, cat.png:", "", "Compare them."),
    ]


def test_too_many_are_refused_in_words(qtbot, attaching, tmp_path):
    path = picture(tmp_path)
    with qtbot.waitSignal(attaching.notice) as notice:
        attaching.take([path] * (MOST + 9))
    assert len(attaching.shown()) == MOST and str(MOST) in notice.args[0].message


def test_a_picture_may_be_sent_without_words(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    attaching.take([picture(tmp_path, "harbour at dusk.png")])
    see(qtbot, llm)
    keeping.send("")
    assert chat_of(qtbot, llm).turns[-1].parts[0] == Picture(asked(llm, Look)[0].hash, 64, 48)
    assert chat.title == "harbour at dusk.png" and chat.turns[0].text == ""


def test_a_model_that_does_not_see_is_told_what_programs_found(
    qtbot, attaching, keeping, chat, llm, programs_look, tmp_path
):
    attaching.take([picture(tmp_path)])
    qtbot.waitUntil(lambda: bool(programs_look.waiting), timeout=WAIT)
    assert attaching.shown()[0].state == "looking" and not asked(llm, Look)
    programs_look.answer()
    assert attaching.shown()[0].found == Programs.Found.text
    keeping.send("What is this?")
    told = chat_of(qtbot, llm).turns[-1]
    assert not [part for part in told.parts if isinstance(part, Picture)]
    assert plain(told) == (
        "The picture dog.png, 64 × 48, which you cannot see. Found by programs: a dog.\n\n"
        "What is this?"
    )
    assert chat.turns[0].attachments[0].found == Programs.Found.text


GARDEN = f"{HEADING}\n- Text in it: \n  “garden”"


@pytest.fixture
def garden(programs_look):
    """Programs that read a word in every picture."""
    programs_look.Read.text = GARDEN
    yield programs_look
    programs_look.Read.text = ""


def test_to_the_starter_programs_read_a_picture_it_sees(
    qtbot, attaching, seeing, keeping, chat, llm, garden, store, tmp_path
):
    attaching.take([picture(tmp_path)])
    name = see(qtbot, llm)
    (chip,) = attaching.shown()
    assert chip.state == "ready" and chip.found == GARDEN and chip.seen
    assert [look.hash for look in garden.reads] == [name] and not garden.looks
    shown = Picture(name, 64, 48), Text("\n"), Text(f"{GARDEN}\n\n")
    assert asked(llm, Prefill)[-1].turns[-1].parts == shown
    keeping.send("What does it say?")
    told = chat_of(qtbot, llm).turns[-1].parts
    assert told == (*shown, Text("What does it say?"))
    (shown,) = chat.turns[0].attachments
    assert shown.found == GARDEN and shown.seen  # the very words, on the page too
    answer(qtbot, chat, llm)
    store.flush()
    assert attached.about(store.branch(chat.conversation)[0].parts[0]).read == GARDEN


def test_to_another_model_that_sees_nothing_is_read(
    qtbot, attaching, keeping, chat, llm, models, garden, tmp_path
):
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF")
    models.open_file(str(other))
    llm.load(*SEES)
    attaching.take([picture(tmp_path)])
    name = see(qtbot, llm)
    keeping.send("What does it say?")
    told = chat_of(qtbot, llm).turns[-1].parts
    assert told == (Picture(name, 64, 48), Text("\n"), Text("What does it say?"))
    assert not garden.reads and not chat.turns[0].attachments[0].found
    answer(qtbot, chat, llm)
    models.open_starter()  # what it saw is read to the starter with the next question
    llm.load(*SEES)
    keeping.send("And now?")
    qtbot.waitUntil(lambda: len(garden.reads) == 1, timeout=WAIT)
    assert Text(f"{GARDEN}\n\n") in chat_of(qtbot, llm, 2).turns[0].parts
    assert chat.turns[0].attachments[0].found == GARDEN


def test_another_model_is_shown_what_waits(qtbot, attaching, models, llm, programs_look, tmp_path):
    attaching.take([picture(tmp_path)])
    qtbot.waitUntil(lambda: bool(programs_look.waiting), timeout=WAIT)
    llm.load(*SEES)  # while programs still look
    see(qtbot, llm)
    programs_look.answer()  # too late to matter
    assert states(attaching) == ["ready"] and attaching.shown()[0].found == ""
    llm.load(*SEES)
    assert states(attaching) == ["looking"]
    see(qtbot, llm, 2)
    assert states(attaching) == ["ready"]
    assert asked(llm, Look)[0] == asked(llm, Look)[1]


def test_a_picture_of_an_old_turn_is_described_for_a_model_that_does_not_see(
    qtbot, attaching, seeing, keeping, chat, llm, store, programs_look, tmp_path
):
    ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer(qtbot, chat, llm)
    llm.load()
    keeping.send("And now?")
    qtbot.waitUntil(lambda: bool(programs_look.waiting), timeout=WAIT)
    programs_look.answer()
    assert "Found by programs: a dog." in plain(chat_of(qtbot, llm, 2).turns[0])
    assert chat.turns[0].attachments[0].found == Programs.Found.text
    store.flush()
    kept = store.branch(chat.conversation)[0]
    assert attached.about(kept.parts[0]).found == Programs.Found.text


def test_what_the_model_forgot_is_shown_again_once(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    name = ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer_last(llm, Chat, Unseen((name,)), Done("unseen"))
    assert see(qtbot, llm, 2) == name
    again = chat_of(qtbot, llm, 2)
    assert again.turns == asked(llm, Chat)[0].turns
    answer(qtbot, chat, llm)
    assert chat.turns[-1].text == "Red." and chat.turns[-1].status == "done"


def test_what_cannot_be_kept_in_mind_ends_in_words(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    name = ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer_last(llm, Chat, Unseen((name,)), Done("unseen"))
    see(qtbot, llm, 2)
    chat_of(qtbot, llm, 2)
    answer_last(llm, Chat, Unseen((name,)), Done("unseen"))
    assert "so many pictures" in chat.turns[-1].error.message and not chat.busy


def test_a_picture_that_is_gone_from_the_disk_is_said(
    qtbot, attaching, seeing, keeping, chat, llm, store, tmp_path
):
    name = ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    store.attachment(chat.branch[0].parts[0].attachment).unlink()
    answer_last(llm, Chat, Unseen((name,)), Done("unseen"))
    qtbot.waitUntil(lambda: not chat.busy, timeout=WAIT)
    assert chat.turns[-1].error.message == "dog.png could not be read."


def test_stopping_while_it_is_shown_again_asks_nothing(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    name = ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer_last(llm, Chat, Unseen((name,)), Done("unseen"))
    chat.stop()
    see(qtbot, llm, 2)
    assert len(asked(llm, Chat)) == 1 and chat.turns[-1].status == "stopped"


def test_an_old_picture_is_shown_ahead_of_the_next_question(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    name = ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer(qtbot, chat, llm)
    llm.load(*SEES)  # another process: it knows nothing
    chat.keep_draft("And")
    answer_last(llm, Prefill, Unseen((name,)), Done("unseen"))
    count = len(asked(llm, Prefill))
    assert see(qtbot, llm, 2) == name
    assert len(asked(llm, Prefill)) == count + 1


def test_a_box_of_a_picture_in_the_conversation_comes_from_the_original(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    whole = Image.new("RGB", (4000, 2000), "white")
    whole.paste("blue", (3000, 1000, 4000, 2000))
    whole.save(tmp_path / "map.png")
    ask_about(qtbot, attaching, keeping, llm, str(tmp_path / "map.png"))
    answer(qtbot, chat, llm)
    assert asked(llm, Look)[0].width == 1568
    attaching.ask_about(chat.turns[0].key, "0", (0.5, 0.0, 1.0, 1.0))
    see(qtbot, llm, 2)
    (chip,) = attaching.shown()
    assert chip.box == (0.5, 0.0, 1.0, 1.0) and chip.words.startswith("2,000 × 2,000")
    attaching.box(chip.key, (0.5, 0.5, 1.0, 1.0))  # a part of the part
    see(qtbot, llm, 3)
    part = asked(llm, Look)[-1]
    assert (part.width, part.height) == (1000, 1000) and part.rgb[:3] == b"\0\0\xff"
    keeping.send("What is there?")
    told = plain(chat_of(qtbot, llm, 2).turns[-1])
    assert told.count("a part of map.png") == 2 and "Picture 3" in told
    assert chat.turns[2].attachments[1].box == (0.75, 0.5, 1.0, 1.0)


def test_chips_belong_to_a_conversation_and_survive_a_restart(
    qtbot, make, seeing, keeping, chat, llm, store, tmp_path
):
    attaching = make()
    ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer(qtbot, chat, llm)
    first = chat.conversation
    attaching.take([picture(tmp_path, "cat.png", "green")])
    see(qtbot, llm, 2)
    chat.new()
    assert attaching.shown() == []
    attaching.take([picture(tmp_path, "owl.png", "blue")])
    see(qtbot, llm, 3)
    chat.open(first)
    assert [one.name for one in attaching.shown()] == ["cat.png"]
    store.flush()
    Path(tmp_path / "cat.png").unlink()
    again = make()
    chat.new()
    assert [one.name for one in again.shown()] == ["owl.png"]
    chat.open(first)
    assert [one.name for one in again.shown()] == ["cat.png"]
    qtbot.waitUntil(lambda: len(asked(llm, Look)) >= 5, timeout=WAIT)


def test_a_chip_that_was_being_read_at_the_end_is_read_at_the_start(
    qtbot, make, seeing, chat, llm, store, tmp_path
):
    attaching = make()
    attaching.take([picture(tmp_path)])
    qtbot.waitUntil(lambda: bool(store.flush() and DraftParts(store).of(None)), timeout=WAIT)
    again = make()
    chat.new()
    assert [one.name for one in again.shown()] == ["dog.png"]
    qtbot.waitUntil(lambda: len(asked(llm, Look)) >= 1, timeout=WAIT)


def test_files_of_drafts_and_turns_are_kept_and_others_go(
    qtbot, attaching, seeing, keeping, chat, llm, store, tmp_path
):
    attaching.take([picture(tmp_path)])
    see(qtbot, llm)
    store.flush()
    kept = [part.attachment for part in DraftParts(store).of(None)[0]]
    sql = "SELECT sha256 FROM attachment"
    store.empty_bin(2**60)
    store.flush()
    assert {row[0] for row in store.rows(sql)} == set(kept)
    attaching.remove(attaching.shown()[0].key)
    store.empty_bin(2**60)
    store.flush()
    assert not store.rows(sql) and not DraftParts(store).of(None)


def test_an_edited_question_keeps_its_picture(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    ask_about(qtbot, attaching, keeping, llm, picture(tmp_path))
    answer(qtbot, chat, llm)
    chat.edit(chat.turns[0].key, "Which colour is it?")
    told = chat_of(qtbot, llm, 2).turns[-1]
    assert isinstance(told.parts[0], Picture) and plain(told) == "\nWhich colour is it?"
    assert chat.turns[0].attachments[0].name == "dog.png"


def test_a_text_file_is_quoted_and_found_again(
    qtbot, attaching, seeing, keeping, chat, llm, store, tmp_path
):
    (tmp_path / "list.md").write_text("milk ```\neggs")
    attaching.take([str(tmp_path / "list.md")])
    (chip,) = settle(qtbot, attaching)
    assert (chip.kind, chip.words, chip.state) == ("document", "3 words", "ready")
    keeping.send("What is missing?")
    told = plain(chat_of(qtbot, llm).turns[-1])
    assert told == ("The document list.md:\n````\nmilk ```\neggs\n````\n\nWhat is missing?")
    for words in ("list.md", "eggs"):
        assert [one.id for one in store.search(words)] == [chat.conversation]
    assert tainted(chat.branch[0].parts)


def test_only_as_much_of_a_document_as_fits_and_it_is_said(
    qtbot, attaching, llm, keeping, tmp_path
):
    (tmp_path / "long.txt").write_text("word " * 10_000)
    llm.load(Loaded(name="Short", context=512, sees=True), Done())
    attaching.take([str(tmp_path / "long.txt")])
    (chip,) = settle(qtbot, attaching)
    assert "beginning" in chip.hint
    llm.load(Loaded(name="Long", context=100_000, sees=True), Done())
    qtbot.waitUntil(lambda: attaching.pending, timeout=WAIT)
    (chip,) = settle(qtbot, attaching)
    assert chip.hint == "" and chip.words == "10,000 words"


def test_a_model_that_fails_to_look_says_so_and_may_try_again(
    qtbot, attaching, seeing, llm, tmp_path
):
    attaching.take([picture(tmp_path)])
    qtbot.waitUntil(lambda: len(asked(llm, Look)) == 1, timeout=WAIT)
    answer_last(llm, Look, Failed("The model stopped unexpectedly.", "Try again."))
    (chip,) = attaching.shown()
    assert (chip.state, chip.words, chip.hint) == (
        *("failed", "The model stopped unexpectedly."),
        "Try again.",
    )
    Path(tmp_path / "dog.png").unlink()
    attaching.retry(chip.key)
    see(qtbot, llm, 2)
    settle(qtbot, attaching)
    assert states(attaching) == ["ready"]


def test_words_that_come_while_others_wait_stay_in_the_message(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    attaching.take([picture(tmp_path)])
    keeping.send("What is this?")
    chat.keep_draft("The next one")
    see(qtbot, llm)
    assert plain(chat_of(qtbot, llm).turns[-1]) == "\nWhat is this?"
    assert chat.draft == "The next one"


def test_a_film_comes_as_frames_and_offers_its_words(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    film = str(moving(tmp_path / "film.mp4"))
    attaching.take([film])
    qtbot.waitUntil(lambda: attaching.shown()[0].kind == "film", timeout=WAIT)
    with qtbot.waitSignal(attaching.sounds) as given:
        attaching.write_down(attaching.shown()[0].key)
    assert given.args == [[film]]
    count = 0
    while attaching.pending:
        count += 1
        see(qtbot, llm, count)
    (chip,) = attaching.shown()
    assert count > 1 and chip.words.startswith(f"{count} pictures") and size(chip.preview)
    keeping.send("What moves?")
    told = plain(chat_of(qtbot, llm).turns[-1])
    assert "Picture 1, frame at 0:0" in told and "of film.mp4:" in told
    frames = chat.turns[0].attachments
    assert len(frames) == count and frames[-1].at > frames[0].at >= 0
    assert {one.of for one in frames} == {"film.mp4"} and count <= FRAMES


def test_a_scan_comes_as_pictures_of_its_pages(
    qtbot, attaching, seeing, keeping, chat, llm, tmp_path
):
    pages = [Image.new("RGB", (600, 800), colour) for colour in ("red", "green")]
    pages[0].save(tmp_path / "scan.pdf", save_all=True, append_images=pages[1:])
    attaching.take([str(tmp_path / "scan.pdf")])
    for count in (1, 2):
        see(qtbot, llm, count)
    (chip,) = settle(qtbot, attaching)
    assert chip.kind == "document" and chip.words.startswith("2 pages")
    keeping.send("Which colours?")
    told = plain(chat_of(qtbot, llm).turns[-1])
    assert "Picture 1, page 1 of scan.pdf:" in told and "page 2 of scan.pdf" in told
    shown = chat.turns[0].attachments
    assert [(one.kind, one.of) for one in shown] == [
        ("document", ""),
        *([("picture", "scan.pdf")] * 2),
    ]


def test_sound_goes_to_its_page(qtbot, attaching, seeing, tmp_path):
    (tmp_path / "song.dat").write_bytes(b"fLaC" + bytes(100))
    with qtbot.waitSignal(attaching.sounds, timeout=WAIT) as given:
        attaching.take([str(tmp_path / "song.dat")])
    assert given.args == [[str(tmp_path / "song.dat")]] and attaching.shown() == []


def test_a_model_that_hears_is_given_the_sound(
    qtbot, attaching, keeping, chat, llm, arrivals, tmp_path
):
    llm.load(Loaded(name="Ears", context=4096, hears=True), Done())
    with wave.open(str(tmp_path / "bell.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(32_000))
    arrivals.files.connect(attaching.take)
    arrivals.take([str(tmp_path / "bell.wav")])
    qtbot.waitUntil(lambda: len(asked(llm, Listen)) == 1, timeout=WAIT)
    heard = asked(llm, Listen)[0]
    assert (len(heard.pcm), heard.rate) == (32_000, 16_000)
    answer_last(llm, Listen, Seen(heard.hash, 25, 0.1), Done())
    (chip,) = attaching.shown()
    assert (chip.kind, chip.words) == ("sound", "0:01 · 25 tokens · 0.1 s")
    keeping.send("What rings?")
    told = chat_of(qtbot, llm).turns[-1].parts
    assert told[1] == Sound(heard.hash, 1.0) and chat.turns[0].attachments[0].kind == "sound"
    answer_last(llm, Chat, Unseen((heard.hash,)), Done("unseen"))
    qtbot.waitUntil(lambda: len(asked(llm, Listen)) == 2, timeout=WAIT)
    assert asked(llm, Listen)[1] == heard
