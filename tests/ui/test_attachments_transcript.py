"""What was given with a question stands above its words, and what programs found below them."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from app.controllers.shown import ShownAttachment
from app.views.theme import DARK
from app.views.transcript.attached import AttachedBox
from app.views.transcript.found import NOT_SEEN, SEEN, TITLE
from app.views.transcript.view import Transcript
from tests.ui.appearing import appear
from tests.ui.attached import picture, preview
from tests.ui.transcripts import answer, click, control, conversation, user


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(light)
    qtbot.addWidget(transcript)
    transcript.resize(900, 700)
    appear(qtbot, transcript)
    yield transcript
    QGuiApplication.clipboard().clear()


@pytest.fixture
def jpeg(tmp_path):
    return preview(tmp_path / "3fa1")


def box_in_view(transcript):
    return next(one for one in transcript.stack.shown if isinstance(one.box, AttachedBox))


def kinds(transcript):
    return [type(shown.box).__name__ for shown in transcript.stack.shown]


def words_of(transcript, name):
    for shown in transcript.stack.shown:
        for each in shown.box.controls():
            if each.name == name:
                return each.words
    return ""


def areas(transcript):
    return [one.rect for one in box_in_view(transcript).box.controls()]


def see(qtbot, transcript):
    transcript.grab()
    qtbot.waitUntil(lambda: not transcript.pending.busy, timeout=60_000)
    return transcript.grab().toImage()


def test_a_picture_stands_above_the_words_at_the_right(qtbot, transcript, jpeg):
    transcript.set_turns([user(1, "What is this?", attachments=(picture("0", jpeg),))])
    shown = box_in_view(transcript)
    (area,) = areas(transcript)
    assert area.right() == transcript.stack.width - 1 and (area.width(), area.height()) == (
        240,
        150,
    )
    # the red disc of the picture, left of its middle
    spot = QPoint(transcript.column.x() + area.left() + 85, shown.y + area.center().y())
    color = see(qtbot, transcript).pixelColor(spot)
    assert color.red() > 180 and color.green() < 120


def test_several_make_a_grid_that_nothing_juts_out_of(transcript, jpeg):
    several = tuple(picture(str(n), jpeg, f"{n}.jpg") for n in range(11))
    transcript.set_turns([user(1, "Which?", attachments=several)])
    places = areas(transcript)
    assert len(places) == 11 and len({place.top() for place in places}) > 1
    assert all(place.left() >= 0 and place.right() < transcript.stack.width for place in places)
    for number, place in enumerate(places):
        assert not any(place.intersects(other) for other in places[number + 1 :])


@pytest.mark.parametrize("size", [(0, 0), (1, 9000), (9000, 1), (3, 3)])
def test_odd_sizes_can_still_be_clicked(transcript, jpeg, size):
    shown = picture("0", jpeg, width=size[0], height=size[1])
    transcript.set_turns([user(1, "", attachments=(shown,))])
    (area,) = areas(transcript)
    assert min(area.width(), area.height()) >= 48 and max(area.width(), area.height()) <= 240


def test_without_words_there_is_no_empty_bubble(transcript, jpeg):
    transcript.set_turns([user(1, "", attachments=(picture("0", jpeg),))])
    assert kinds(transcript) == ["AttachedBox", "ActionBox"]


def test_frames_stand_with_their_film_and_tell_their_time(transcript, jpeg):
    film = ShownAttachment("0", "film", "goal.mp4", words="0:42 · 2 frames")
    first = picture("1", jpeg, "goal.mp4", at=0.0, of="goal.mp4")
    later = picture("2", jpeg, "goal.mp4", at=72.4, of="goal.mp4")
    transcript.set_turns([user(1, "When?", attachments=(film, first, later))])
    words = [one.words for one in box_in_view(transcript).box.controls()]
    assert words[1].startswith("Frame: goal.mp4, 0:00")
    assert words[2].startswith("Frame: goal.mp4, 1:12")
    card, one, other = areas(transcript)
    assert one.top() > card.bottom() and one.top() == other.top()


def test_frames_and_scans_alone_stand_under_what_they_are_of(transcript, jpeg):
    frames = (picture(str(n), jpeg, "0:0", at=float(n), of="goal.mp4") for n in range(3))
    scan = picture("3", jpeg, "Page 2", of="letter.pdf")
    part = picture("4", jpeg, "0:01", at=1.0, of="goal.mp4", box=(0.1, 0.1, 0.4, 0.4))
    transcript.set_turns([user(1, "When?", attachments=(*frames, scan, part))])
    words = [one.words for one in box_in_view(transcript).box.controls()]
    assert words[0].startswith("Frame: Part of goal.mp4, 0:01")
    assert words[1] == "Film: goal.mp4. 3 frames" and words[2].startswith("Frame: goal.mp4, 0:00")
    assert words[5] == "Document: letter.pdf. 1 page"
    assert words[6].startswith("Picture: letter.pdf, Page 2")


def test_a_click_opens_it(qtbot, transcript, jpeg):
    opened = []
    transcript.attached_opened.connect(lambda turn, key: opened.append((turn, key)))
    both = (picture("0", jpeg), picture("1", jpeg, "boat.png"))
    transcript.set_turns([user(7, "Which?", attachments=both)])
    click(transcript, "open_attached", number=1)
    assert opened == [(7, "1")]


def test_tab_and_enter_open_it(qtbot, transcript, jpeg):
    opened = []
    transcript.attached_opened.connect(lambda turn, key: opened.append((turn, key)))
    transcript.set_turns([user(7, "Which?", attachments=(picture("0", jpeg),))])
    transcript.setFocus()
    qtbot.keyClick(transcript, Qt.Key.Key_Tab)
    handle = QApplication.focusWidget()
    assert handle.accessibleName().startswith("Picture: harbour.jpg")
    qtbot.keyClick(handle, Qt.Key.Key_Return)
    assert opened == [(7, "0")]


def test_what_programs_found_is_folded_marked_and_can_be_copied(qtbot, transcript, jpeg):
    found = picture("0", jpeg, found="A sail boat. Text: “Aurora”")
    transcript.set_turns([user(1, "Its name?", attachments=(found,))])
    assert words_of(transcript, "fold_found") == f"{TITLE}. {NOT_SEEN}, folded"
    transcript.select_all()
    assert "Aurora" not in transcript.selected_text()
    click(transcript, "fold_found")
    transcript.select_all()
    transcript.copy()
    copied = QGuiApplication.clipboard().text()
    assert "harbour.jpg" in copied and "Its name?" in copied and "“Aurora”" in copied


def test_what_was_read_for_a_model_that_sees_says_so(transcript, jpeg):
    read = picture("0", jpeg, found="Text in it: “Aurora”", seen=True)
    transcript.set_turns([user(1, "Its name?", attachments=(read,))])
    assert words_of(transcript, "fold_found") == f"{TITLE}. {SEEN}, folded"


def test_what_a_seeing_model_saw_has_no_such_block(transcript, jpeg):
    transcript.set_turns([user(1, "Its name?", attachments=(picture("0", jpeg),))])
    assert "FoundBox" not in kinds(transcript)


def test_what_is_found_later_appears(qtbot, transcript, jpeg):
    before = user(1, "Its name?", attachments=(picture("0", jpeg),))
    transcript.set_turns([before])
    assert "FoundBox" not in kinds(transcript)
    transcript.change_turn(user(1, "Its name?", attachments=(picture("0", jpeg, found="A boat"),)))
    assert kinds(transcript) == ["AttachedBox", "BubbleBox", "FoundBox", "ActionBox"]


def test_a_screen_reader_hears_the_pictures_and_what_was_found(transcript, jpeg):
    found = picture("0", jpeg, found="A sail boat.")
    transcript.set_turns([user(1, "Its name?", attachments=(found,))])
    turn = QAccessible.queryAccessibleInterface(transcript).child(0)
    spoken = turn.text(QAccessible.Text.Name)
    assert "Picture: harbour.jpg" in spoken and f"{TITLE}: A sail boat." in spoken


def test_a_preview_that_is_gone_or_is_no_picture_leaves_its_place(qtbot, transcript, tmp_path):
    wrong = tmp_path / "svg"
    wrong.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    both = (picture("0", str(tmp_path / "gone")), picture("1", str(wrong)))
    transcript.set_turns([user(1, "Which?", attachments=both)])
    see(qtbot, transcript)
    assert len(areas(transcript)) == 2


def test_editing_the_words_keeps_the_pictures_in_view(transcript, jpeg):
    transcript.set_turns([user(1, "Its name?", attachments=(picture("0", jpeg),))])
    transcript.edit(1)
    assert kinds(transcript) == ["AttachedBox", "EditorBox"]


def test_the_dark_theme_paints_them_too(qtbot, transcript, jpeg):
    paper = ShownAttachment("1", "document", "terms.pdf", words="12 pages")
    transcript.set_turns([user(1, "", attachments=(picture("0", jpeg), paper))])
    before = see(qtbot, transcript)
    transcript.set_theme(DARK)
    assert see(qtbot, transcript) != before


def test_ten_thousand_turns_with_pictures_open_only_what_is_in_view(transcript, jpeg):
    turns = [
        user(turn.key, turn.text, attachments=(picture("0", jpeg),))
        if turn.role == "user"
        else turn
        for turn in conversation(10_000)
    ]
    transcript.set_turns(turns)
    opened = sum(row.boxes is not None for row in transcript.stack.rows)
    assert 0 < opened < 40
    # an estimate is the true height: the scroll bar does not jump
    row = next(row for row in transcript.stack.rows if row.boxes and row.turn.role == "user")
    box = row.boxes[0]
    assert box.estimate(transcript.kit.style, transcript.stack.width) == box.height


def test_an_answer_is_as_it_was(transcript):
    transcript.set_turns([answer(1, "Hello.")])
    assert kinds(transcript) == ["ProseBox", "ActionBox"]


def test_the_menu_over_a_picture_opens_copies_and_saves_it(qtbot, transcript, jpeg):
    seen = []
    transcript.attached_opened.connect(lambda *about: seen.append(("open", *about)))
    transcript.picture_copy_asked.connect(lambda *about: seen.append(("copy", *about)))
    transcript.picture_save_asked.connect(lambda *about: seen.append(("save", *about)))
    transcript.set_turns([user(7, "What?", attachments=(picture("0", jpeg),))])
    spot = control(transcript, "open_attached")
    reason = QContextMenuEvent.Reason.Mouse
    where = transcript.viewport().mapToGlobal(spot)
    QApplication.sendEvent(transcript.viewport(), QContextMenuEvent(reason, spot, where))
    menu = transcript.findChild(QMenu)
    actions = {one.text(): one for one in menu.actions()}
    for words in ("Look closer", "Copy the picture", "Save the picture as…"):
        actions[words].trigger()
    menu.close()
    assert seen == [("open", 7, "0"), ("copy", jpeg), ("save", jpeg, "harbour.jpg")]
