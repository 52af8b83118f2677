"""The conversation scrolls, grows and is laid out anew without the text jumping."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.controllers.shown import ShownError, ShownTool
from app.views.theme import DARK, text_font
from app.views.transcript.accessible import spoken_turn
from app.views.transcript.code import CodeBox
from app.views.transcript.document import SafeDocument
from app.views.transcript.lines import ChangedBox, CutBox, NoteBox, UnreadBox, WaitingBox
from app.views.transcript.pieces import Table
from app.views.transcript.table import TableBox
from app.views.transcript.view import Transcript
from tests.ui.transcripts import (
    LEFT,
    answer,
    boxes_in_view,
    click,
    conversation,
    shown_with,
    user,
)


@pytest.fixture
def transcript(qtbot, light):
    transcript = Transcript(light)
    qtbot.addWidget(transcript)
    transcript.resize(900, 700)
    transcript.show()
    qtbot.waitExposed(transcript)
    return transcript


def wait_for_all(qtbot, transcript):
    """Everything is read, drawn and coloured."""
    qtbot.waitUntil(lambda: not transcript.pending.busy, timeout=60_000)


def test_a_conversation_opens_at_its_end_and_only_what_is_in_view_is_laid_out(transcript):
    transcript.set_turns(conversation(10_000))
    assert transcript.stack.at_end
    assert transcript.stack.shown[-1].row == 9_999
    assert sum(row.boxes is not None for row in transcript.stack.rows) < 30
    bar = transcript.verticalScrollBar()
    assert bar.value() == bar.maximum() > 500_000


def test_a_short_conversation_stands_at_the_top(transcript):
    transcript.set_turns(conversation(2))
    assert transcript.verticalScrollBar().maximum() == 0
    assert 0 < transcript.stack.shown[0].y < 80


def test_no_turns_show_nothing(transcript):
    transcript.set_turns(conversation(4))
    transcript.set_turns([])
    assert not transcript.stack.shown
    transcript.grab()


def test_heights_that_become_known_never_move_what_is_in_view(transcript):
    transcript.set_turns(conversation(400))
    for _ in range(60):
        before = boxes_in_view(transcript)
        transcript.scroll_by(-97)
        after = boxes_in_view(transcript)
        moved = {after[box] - before[box] for box in before.keys() & after.keys()}
        assert moved == {97}


def test_what_is_far_away_gives_its_documents_and_boxes_back(transcript):
    transcript.set_turns(conversation(900))
    for _ in range(60):
        transcript.scroll_by(-600)
    opened = [row for row in transcript.stack.rows if row.boxes is not None]
    documents = [box for row in opened for box in row.boxes if box.document is not None]
    assert len(opened) <= 130 and len(documents) <= 300


def test_scrolling_up_and_down_again_leads_back(transcript):
    transcript.set_turns(conversation(300))
    transcript.scroll_by(-5_000)
    before = boxes_in_view(transcript)
    for step in (-300, -300, 300, 300):
        transcript.scroll_by(step)
    assert boxes_in_view(transcript) == before


def test_the_scroll_bar_leads_anywhere(transcript):
    transcript.set_turns(conversation(2_000))
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert 800 < transcript.stack.shown[0].row < 1_200
    bar.setValue(0)
    assert (transcript.stack.shown[0].row, transcript.stack.shown[0].y > 0) == (0, True)
    bar.setValue(bar.maximum())
    assert transcript.stack.at_end


@pytest.mark.parametrize(
    "change",
    [
        lambda transcript: transcript.resize(560, 640),
        lambda transcript: transcript.set_text_size(20),
        lambda transcript: transcript.set_theme(DARK),
    ],
    ids=["size", "text size", "theme"],
)
def test_what_was_read_stays_at_the_top_when_all_is_laid_out_anew(transcript, change):
    transcript.set_turns(conversation(300))
    transcript.scroll_by(-4_000)
    before = (transcript.stack.shown[0].row, transcript.stack.shown[0].index)
    change(transcript)
    assert (transcript.stack.shown[0].row, transcript.stack.shown[0].index) == before


@pytest.mark.parametrize(
    ("key", "leads"),
    [
        (Qt.Key.Key_Up, -1),
        (Qt.Key.Key_PageUp, -1),
        (Qt.Key.Key_Home, -1),
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_PageDown, 1),
        (Qt.Key.Key_End, 1),
    ],
)
def test_keys_scroll(transcript, key, leads):
    transcript.set_turns(conversation(300))
    transcript.scroll_by(-9_000)
    before = transcript.verticalScrollBar().value()
    QTest.keyClick(transcript, key)
    assert (transcript.verticalScrollBar().value() - before) * leads > 0


# an answer that is being written


def stream(qtbot, transcript, text, size=7):
    for place in range(0, len(text), size):
        transcript.add_text(text[place : place + size])
    transcript.flush()


def test_the_end_stays_in_view_while_an_answer_grows(qtbot, transcript):
    transcript.set_turns([*conversation(20), user(100, "go"), answer(101, status="streaming")])
    for _ in range(30):
        stream(qtbot, transcript, "More words for the answer. " * 4)
        assert transcript.stack.at_end
    assert transcript.newest.isHidden()


def test_a_reader_further_up_is_left_in_peace_and_a_button_leads_to_the_end(qtbot, transcript):
    transcript.set_turns([*conversation(40), user(100, "go"), answer(101, status="streaming")])
    transcript.scroll_by(-1_500)
    before = boxes_in_view(transcript)
    for _ in range(20):
        stream(qtbot, transcript, "More words for the answer. " * 8)
        assert boxes_in_view(transcript) == before
    assert transcript.newest.isVisible()
    QTest.mouseClick(transcript.newest, LEFT)
    assert transcript.stack.at_end and transcript.newest.isHidden()


def test_text_is_drawn_with_the_next_frame_not_at_every_word(qtbot, transcript):
    transcript.set_turns([user(0, "go"), answer(1, status="waiting")])
    for _ in range(50):
        transcript.add_text("word ")
    assert transcript.stack.rows[-1].turn.text == ""
    qtbot.waitUntil(lambda: transcript.stack.rows[-1].turn.text == "word " * 50)


DOCUMENT = """# Title

Some **bold** words, `code`, $x^2$ and [a link](http://a.b).

1. one
   - inner
2. two
   ```sh
   ls -l
   ```

| a | b |
|---|--:|
| 1 | 2 |

```python
def f():
    return "x"
```

> quoted
> twice

$$
y = 1
$$

---

End.
"""


def look(transcript):
    """What the boxes of the last turn are and show."""
    return [
        (type(box).__name__, box.document.toPlainText() if box.document else "", box.height)
        for box in transcript.stack.boxes(len(transcript.stack.rows) - 1)
    ]


@pytest.mark.parametrize("size", [2, 50])
def test_an_answer_looks_the_same_however_it_came(qtbot, transcript, size):
    transcript.resize(900, 1600)
    transcript.set_turns([answer(1, DOCUMENT)])
    wait_for_all(qtbot, transcript)
    whole = look(transcript)
    transcript.set_turns([answer(1, status="streaming")])
    for place in range(0, len(DOCUMENT), size):
        transcript.add_text(DOCUMENT[place : place + size])
        transcript.flush()
    transcript.change_turn(answer(1, DOCUMENT))
    wait_for_all(qtbot, transcript)
    assert look(transcript) == whole


def test_only_the_last_block_is_laid_out_again(qtbot, transcript):
    transcript.set_turns([answer(1, status="streaming")])
    stream(qtbot, transcript, DOCUMENT)
    wait_for_all(qtbot, transcript)
    before = [box.document for box in transcript.stack.boxes(0)]
    stream(qtbot, transcript, " More.")
    after = [box.document for box in transcript.stack.boxes(0)]
    assert [old is new for old, new in zip(before, after, strict=True)].count(False) == 1


def test_what_is_repainted_is_all_that_changed(qtbot, transcript):
    """What is on the screen after many small repaints is what painting all of it shows."""
    transcript.motion = False
    transcript.set_turns([*conversation(8), answer(101, status="streaming")])
    for place in range(0, len(DOCUMENT * 3), 23):
        transcript.add_text((DOCUMENT * 3)[place : place + 23])
        transcript.flush()
        QApplication.processEvents()
        if place % 5 == 0:
            wait_for_all(qtbot, transcript)
            QApplication.processEvents()
            screen = transcript.screen().grabWindow(transcript.winId()).toImage()
            whole = transcript.grab().toImage().convertToFormat(screen.format())
            assert screen == whole


def test_finished_code_is_coloured_whole(qtbot, transcript):
    """While it grows it is coloured now and then, so its last lines may still be plain."""
    begin, rest = "```python\nvalue = 'text'  # why\n", "def last():\n    return None\n"
    transcript.set_turns([answer(1, status="streaming")])
    stream(qtbot, transcript, begin)
    box = transcript.stack.boxes(0)[0]
    assert isinstance(box, CodeBox)
    qtbot.waitUntil(lambda: bool(box.document.firstBlock().layout().formats()))
    stream(qtbot, transcript, rest, size=1000)
    transcript.change_turn(answer(1, begin + rest))
    qtbot.waitUntil(lambda: bool(box.document.lastBlock().layout().formats()))


def test_dots_wait_for_the_first_word(transcript):
    transcript.set_turns([user(0, "go"), answer(1, status="waiting")])
    assert any(isinstance(shown.box, WaitingBox) for shown in transcript.stack.shown)
    transcript.add_text("Hello")
    transcript.flush()
    assert not any(isinstance(shown.box, WaitingBox) for shown in transcript.stack.shown)
    assert not transcript.painting.caret_area().isEmpty()
    transcript.change_turn(answer(1, "Hello"))
    assert transcript.painting.caret_area().isEmpty()


def test_nothing_moves_under_reduced_motion(qtbot, transcript):
    transcript.set_turns([user(0, "go"), answer(1, "Hello", status="streaming")])
    transcript.motion = False
    pictures = []
    for _ in range(3):
        qtbot.wait(80)  # longer than a pulse would take
        pictures.append(transcript.grab().toImage())
    assert pictures[0] == pictures[1] == pictures[2]


def test_what_was_just_sent_is_shown_wherever_the_reader_was(transcript):
    transcript.set_turns(conversation(60))
    transcript.scroll_by(-3_000)
    transcript.add_turn(user(100, "Just sent"))
    shown_with(transcript, "Just sent")


def test_a_cut_removes_turns_and_new_ones_follow(transcript):
    transcript.set_turns(conversation(10))
    transcript.cut(4)
    transcript.add_turn(user(50, "Edited question"))
    assert [row.turn.key for row in transcript.stack.rows] == [0, 1, 2, 3, 50]
    shown_with(transcript, "Edited question")


# how a turn looks


def boxes(transcript):
    return [shown.box for shown in transcript.stack.shown]


def test_notes_and_the_mark_of_what_is_not_seen(transcript):
    transcript.set_turns([user(0, "a"), answer(1, "b", note="Stopped by you.", cut=True)])
    assert any(isinstance(box, CutBox) for box in boxes(transcript))
    assert [box.words for box in boxes(transcript) if isinstance(box, NoteBox)] == [
        "Stopped by you."
    ]


def test_a_line_says_where_another_variant_answers(transcript):
    words = "Patient tutor answers from here on"
    transcript.set_turns([user(0, "a"), answer(1, "b", changed=words), answer(2, "c")])
    marks = [box for box in boxes(transcript) if isinstance(box, ChangedBox)]
    assert [box.words for box in marks] == [words]
    assert spoken_turn(transcript.stack.rows[1].turn).startswith(f"{words}.")


def test_thoughts_are_folded_and_unfold_on_a_click(transcript):
    transcript.set_turns([answer(1, "Yes.", thought="First this.\nThen that.")])
    with pytest.raises(AssertionError, match="not in view"):
        shown_with(transcript, "Then that.")
    click(transcript, "fold_thought")
    shown_with(transcript, "Then that.")
    click(transcript, "fold_thought")
    with pytest.raises(AssertionError, match="not in view"):
        shown_with(transcript, "Then that.")


def test_thinking_says_so_and_then_how_long_it_took(transcript):
    transcript.set_turns([user(0, "go"), answer(1, status="streaming")])
    transcript.add_thought("Let me see")
    transcript.flush()
    assert transcript.stack.boxes(1)[0].words == "Thinking…"
    transcript.add_text("Yes.")
    transcript.flush()
    assert transcript.stack.boxes(1)[0].words == "Thought for 1 s"


def test_tools_show_their_result_and_unfold(transcript):
    tools = (ShownTool("calculator", "1+1", "2"), ShownTool("units", "x", "no such unit", True))
    transcript.set_turns([answer(1, "Two.", tools=tools)])
    click(transcript, "fold_tool", number=1)
    shown_with(transcript, "no such unit")


def test_an_error_is_a_card_with_its_hint(transcript):
    error = ShownError("The engine stopped.", "Try a smaller model.", "trace")
    transcript.set_turns([answer(1, status="failed", error=error)])
    shown_with(transcript, "Try a smaller model.")


def test_words_as_long_as_the_line_wrap(transcript):
    transcript.set_turns([user(0, "x" * 500), answer(1, "y" * 500)])
    for shown in transcript.stack.shown:
        if shown.box.document is not None:
            assert shown.box.document.idealWidth() <= transcript.column.width()
            assert shown.box.height > 50


def test_arabic_stands_on_the_right(transcript):
    transcript.set_turns([answer(1, "مرحبا بالعالم\n\n- نقطة")])
    document = transcript.stack.shown[0].box.document
    line = document.firstBlock().layout().lineAt(0)
    assert line.naturalTextRect().right() > document.textWidth() - 3
    assert line.naturalTextRect().left() > document.textWidth() / 2


def read_whole(qtbot, transcript):
    qtbot.waitUntil(lambda: not transcript.stack.rows[0].unread, timeout=60_000)


def test_a_wide_table_scrolls_sideways(transcript):
    wide = "|" + "some words|" * 14 + "\n|" + "-|" * 14 + "\n|" + "some more words|" * 14
    transcript.set_turns([answer(1, wide)])
    shown = next(shown for shown in transcript.stack.shown if isinstance(shown.box, TableBox))
    assert shown.box.farthest > 100
    point = QPointF(transcript.column.center().x(), shown.y + 20)
    event = QWheelEvent(
        point,
        transcript.viewport().mapToGlobal(point),
        QPoint(),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ShiftModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(transcript.viewport(), event)
    assert shown.box.lead.shift > 0


def test_parts_of_a_long_table_have_the_same_columns(qtbot, transcript):
    rows = "".join(f"| {n} | {'word ' * (n % 9)} |\n" for n in range(200))
    transcript.set_turns([answer(1, "| a | b |\n|---|---|\n" + rows)])
    read_whole(qtbot, transcript)
    tables = [box for box in transcript.stack.boxes(0) if isinstance(box, TableBox)]
    for index in range(len(tables)):
        transcript.stack.measure(0, index)
    assert len(tables) > 3 and len({tuple(box.columns) for box in tables}) == 1
    assert sum(len(box.rows) for box in tables) == 201
    assert isinstance(tables[1].piece, Table) and tables[1].piece.joined


# very long and hostile texts


def test_a_long_answer_is_read_in_slices_while_it_is_in_view(qtbot, transcript):
    transcript.set_turns([answer(1, "Some words in a paragraph.\n\n" * 1_200)])
    assert any(isinstance(shown.box, UnreadBox) for shown in transcript.stack.shown)
    read_whole(qtbot, transcript)
    assert not any(isinstance(shown.box, UnreadBox) for shown in transcript.stack.shown)
    shown_with(transcript, "Some words")


def test_the_rest_of_a_huge_text_is_shown_on_a_click(qtbot, transcript):
    transcript.set_turns([user(0, "x" * 300_000), answer(1, "ok")])
    QTest.keyClick(transcript, Qt.Key.Key_End)
    transcript.scroll_by(-100)
    click(transcript, "more")
    transcript.scroll_by(0)
    shown = "".join(box.source for box in transcript.stack.boxes(0) if hasattr(box, "source"))
    assert len(shown) == 300_000


HOSTILE = {
    "list items": "- a\n" * 100_000,
    "wide table": "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + ("|" + "a|" * 100 + "\n") * 2000,
    "table": "|" + "a|" * 50 + "\n|" + "-|" * 50 + "\n" + ("|" + "a|" * 50 + "\n") * 2000,
    "entities": "&amp;" * 200_000,
    "word": "x" * 10_000_000,
    "quotes": "".join(">" * n + " a\n" for n in range(500)),
    "tables in quotes": "".join(">" * n + " |a|\n" + ">" * n + " |-|\n" for n in range(500)),
    "html": "<table>" * 500 + "<div>" * 20_000,
    "code": "```python\n" + "x = [1]\n" * 1_250_000,
    "brackets": "[" * 100_000,
    "formulas": "$\\frac{1}{" * 400 + "$ " + " ".join(f"$x_{{{n}}}$" for n in range(50)),
    "combining": "e" + "\u0301" * 50_000,
    "directions": "\u202e\u2066abc" * 5_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_in_small_boxes(qtbot, transcript, kind):
    """No box lays out more than one part; the rest is not even made until it is in view."""
    transcript.set_turns([user(0, "go"), answer(1, HOSTILE[kind])])
    for key in (Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_PageUp):
        QTest.keyClick(transcript, key)
        transcript.grab()
        for box in boxes(transcript):
            if box.document is not None:
                assert box.document.characterCount() < 10_000
    live = [box for box in transcript.stack.boxes(1) if box.document is not None]
    assert len(live) <= 300


# nothing is fetched and nothing is read


@pytest.fixture
def canary(tmp_path):
    picture = QImage(300, 300, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    picture.save(str(tmp_path / "canary.png"))
    return tmp_path / "canary.png"


def test_a_document_loads_no_file_even_when_it_names_one(light, canary):
    """A plain QTextDocument does; this one is 300 pixels high then."""
    document = SafeDocument(text_font(15))
    document.setHtml(f'<img src="file://{canary}"><img src="{canary}">')
    assert document.size().height() < 100
    document.register("known", QImage(str(canary)))
    document.setHtml('<img src="known">')
    assert document.size().height() >= 300


def payloads(file, server):
    """Ways to make a viewer load something."""
    targets = [f"http://{server}/a.png", f"file://{file}", str(file), f"//{server}/s/a.png"]
    targets += ["data:image/png;base64,iVBORw0KGgo=", "qrc:/x.png", "\\\\host\\share\\a.png"]
    for target in targets:
        yield f"![x]({target})"
        yield f"![x][1]\n\n[1]: {target}"
        yield f"[![x]({target})](http://{server}/l)"
        yield f"<img src='{target}' srcset='{target}'>"
        yield f"<p style='background-image:url({target})'>x</p>"
        yield f"<link rel='stylesheet' href='{target}'><style>@import '{target}';</style>"
        yield f"| a |\n|---|\n| ![x]({target}) |"
        yield f"> - ![x](<{target}>)"


def test_markdown_reaches_neither_the_network_nor_files(qtbot, transcript, canary, monkeypatch):
    import socket

    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    address = "{}:{}".format(*server.getsockname())
    asked = []
    monkeypatch.setattr(
        "app.views.transcript.document.SafeDocument.loadResource",
        lambda self, kind, url: asked.append(url) or QImage(),
    )
    turns = [answer(n, payload) for n, payload in enumerate(payloads(canary, address))]
    turns += [user(1000 + n, payload) for n, payload in enumerate(payloads(canary, address))]
    transcript.set_turns(turns)
    QTest.keyClick(transcript, Qt.Key.Key_Home)
    for _ in range(80):
        red = transcript.grab().toImage()
        assert red.size().width() > 0
        QTest.keyClick(transcript, Qt.Key.Key_PageDown)
    assert transcript.stack.at_end and asked == []
    with pytest.raises(BlockingIOError):
        server.accept()
    server.close()
