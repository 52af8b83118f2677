"""A row: one turn of the conversation and the boxes it is made of."""

from collections.abc import Sequence
from time import monotonic

from msgspec.structs import replace

from app.controllers.shown import ShownTurn
from app.views.transcript import spoken
from app.views.transcript.attached import AttachedBox, attached_height
from app.views.transcript.box import Box
from app.views.transcript.boxes import Kit, bubbles, identity, make_box, updated
from app.views.transcript.cards import ErrorBox, ThoughtBox, ThoughtPart
from app.views.transcript.code import CodeBox
from app.views.transcript.found import KEY, found_boxes
from app.views.transcript.lines import (
    ActionBox,
    ChangedBox,
    CutBox,
    MoreBox,
    NoteBox,
    UnreadBox,
    WaitingBox,
)
from app.views.transcript.markdown import defines_links
from app.views.transcript.pictures import fit
from app.views.transcript.pieces import Code, Piece, Table
from app.views.transcript.pieces import words as plain_words
from app.views.transcript.plain import BubbleBox
from app.views.transcript.reader import Reader
from app.views.transcript.source import SHOWN, clean, cut_plain, shown_part
from app.views.transcript.style import Style
from app.views.transcript.table import TableBox
from app.views.transcript.tools import ToolCode, tool_boxes

GAP = 18  # above what the person said
CONTEXT = 12_000  # characters of code before a part of it
ANSWER_GAP = 4  # above an answer: the action row of what was said already stands apart


class Row:
    __slots__ = (
        "_body",
        "_pieces",
        "_reader",
        "_shown",
        "_thinking_since",
        "_unread",
        "aloud",
        "boxes",
        "editor",
        "seconds",
        "turn",
        "unfolded",
    )

    def __init__(self, turn: ShownTurn) -> None:
        self.turn = turn
        self.boxes: list[Box] | None = None  # made when the row comes into view
        self.unfolded: frozenset[object] = (
            frozenset()
        )  # "thought", "found", numbers of tools, questions
        self.editor: Box | None = None  # stands in place of the bubble while it is edited
        self.aloud = False  # it is being read out
        self.seconds: int | None = None  # the model thought, as seen on this page
        self._thinking_since = 0.0
        self._shown = 0  # characters of the text that are shown
        self._reader: Reader | None = None
        self._pieces: Sequence[Piece] = ()
        self._body: Sequence[Box] = ()  # one box a piece
        self._unread: UnreadBox | None = None

    @property
    def growing(self) -> bool:
        return self.turn.status in ("waiting", "streaming")

    @property
    def unread(self) -> bool:
        return self._unread is not None

    @property
    def body(self) -> Sequence[Box]:
        """The boxes of its text."""
        return self._body

    @property
    def source(self) -> str:
        """The clean text as far as it is shown."""
        return self._reader.text if self._reader else clean(self.turn.text[: self._shown])

    @property
    def begins(self) -> list[int]:
        """Of each box of the body, a place in the source that what it shows comes after."""
        if self._reader:
            return self._reader.begins
        begins, at = [], 0
        for box in self._body:
            begins.append(at)
            at += len(box.source) + (not box.halved) if isinstance(box, BubbleBox) else 0
        return begins

    def body_words(self, number: int) -> str:
        """The characters one box of the body shows, as nearly as can be said without a layout."""
        box = self._body[number]
        return box.source if isinstance(box, BubbleBox) else plain_words(self._pieces[number])

    @property
    def last_of_body(self) -> Box | None:
        return self._body[-1] if self._body else None

    def estimate(self, style: Style, width: int) -> int:
        """The height before anything is laid out, from the length alone."""
        turn = self.turn
        size = min(len(turn.text), SHOWN)
        lines = 1 + int(size * style.letter / width) + turn.text.count("\n", 0, SHOWN) * 3 // 5
        pictures = [picture for tool in turn.tools for picture in tool.pictures]
        drawn = sum(fit(picture, width).height() for picture in pictures)
        if turn.attachments:
            drawn += attached_height(turn.attachments, width)
        return lines * style.line + 58 + drawn

    def total(self) -> int:
        assert self.boxes is not None
        return sum(box.above + box.height for box in self.boxes)

    def close(self) -> None:
        self.boxes, self._reader, self._pieces, self._body = None, None, (), ()
        self._unread = None

    def open(self, kit: Kit, width: int) -> list[Box]:
        if self.boxes is None:
            self._shown = self._shown or shown_part(self.turn.text)
            if self.turn.role == "user":
                text = clean(self.turn.text[: self._shown])
                alone = self.turn.attachments and not text.strip()  # pictures without words
                self._body = [] if alone else list(bubbles(text))
            else:
                self._reader = Reader(clean(self.turn.text[: self._shown]))
                self._read(kit)
            self._assemble(kit, width)
        assert self.boxes is not None
        return self.boxes

    def change(self, turn: ShownTurn, kit: Kit, width: int) -> None:
        """Show a newer state of the same turn."""
        before, self.turn = self.turn, turn
        if turn.thought and turn.text and self._thinking_since and self.seconds is None:
            self.seconds = round(monotonic() - self._thinking_since)
        if self.boxes is None:
            return
        if turn.role == "user" or self._reader is None:
            if turn.text == before.text:
                self._assemble(kit, width)
                return
            self.close()
            self._shown = 0
            self.open(kit, width)
            return
        self._shown = max(self._shown, shown_part(turn.text))
        text = clean(turn.text[: self._shown])
        finished = not self.growing and defines_links(text)  # perhaps only at the end
        if not text.startswith(self._reader.text) or finished:
            self._reader = Reader(text)
        else:
            self._reader.feed(text[len(self._reader.text) :])
        self._read(kit)
        self._assemble(kit, width)

    def add(self, thought: str, text: str, kit: Kit, width: int) -> None:
        """More of an answer that is being written."""
        turn = self.turn
        if thought and not self._thinking_since:
            self._thinking_since = monotonic()
        if text and self._thinking_since and self.seconds is None:
            self.seconds = round(monotonic() - self._thinking_since)
        self.turn = replace(
            turn, thought=turn.thought + thought, text=turn.text + text, status="streaming"
        )
        if self.boxes is None:
            return
        if text and self._reader:
            self._shown = len(self.turn.text)
            self._reader.feed(clean(text))
            self._read(kit)
        self._assemble(kit, width)

    def read_on(self, kit: Kit, width: int) -> None:
        """Read another window of a long text."""
        self._read(kit)
        self._assemble(kit, width)

    def show_more(self, kit: Kit, width: int) -> None:
        start = self._shown
        self._shown = min(len(self.turn.text), start + shown_part(self.turn.text[start:]))
        if self._reader:
            self._reader.feed(clean(self.turn.text[start : self._shown]))
            self._read(kit)
            self._assemble(kit, width)
        else:
            self.boxes = None
            self.open(kit, width)

    def place_editor(self, box: Box | None, kit: Kit, width: int) -> None:
        """Show the editor in place of what was said, or what was said again."""
        self.editor = box
        if self.boxes is not None:
            self._assemble(kit, width)

    def read_out(self, aloud: bool, kit: Kit, width: int) -> None:
        """It is being read out, or no longer."""
        self.aloud = aloud
        if self.boxes is not None:
            self._assemble(kit, width)

    def unfold(self, what: object, kit: Kit, width: int) -> None:
        """Unfold or fold the thoughts or a tool."""
        self.unfolded = self.unfolded ^ {what}
        if self.boxes is not None:
            self._assemble(kit, width)

    def _read(self, kit: Kit) -> None:
        assert self._reader is not None
        self._reader.growing = self.growing
        self._reader.read_slice()
        left = self._reader.unread
        self._unread = (self._unread or UnreadBox()) if left else None
        if self._unread:
            self._unread.characters = left
        self._take(self._reader.pieces, kit)

    def _take(self, pieces: list[Piece], kit: Kit) -> None:
        """Boxes for these pieces; those whose piece is as before stay."""
        old, same = self._pieces, 0
        while same < min(len(old), len(pieces)) and (
            old[same] is pieces[same] or old[same] == pieces[same]
        ):
            same += 1
        first = same
        if same < min(len(old), len(pieces)) and updated(self._body[same], pieces[same], kit):
            same += 1
        made = [make_box(piece, kit) for piece in pieces[same:]]
        self._body = [*self._body[:same], *made]
        self._pieces = pieces
        self._join(first)

    def _join(self, first: int) -> None:
        """Tell parts of code and of tables which of them begins and which ends the whole."""
        while first and getattr(self._pieces[min(first, len(self._pieces) - 1)], "joined", False):
            first -= 1
        lead: Box | None = None
        for place in range(max(0, first - 1), len(self._body)):
            box, piece = self._body[place], self._pieces[place]
            if not isinstance(box, CodeBox | TableBox):
                continue
            following = self._pieces[place + 1] if place + 1 < len(self._pieces) else None
            last = type(following) is not type(piece) or not getattr(following, "joined", False)
            if box.last != last:
                box.last, box.width = last, -1
            joined = isinstance(piece, Code | Table) and piece.joined
            lead = lead if joined and type(lead) is type(box) else box
            if isinstance(box, TableBox) and isinstance(lead, TableBox):
                box.lead = lead
            if isinstance(box, CodeBox):
                growing = self.growing and place == len(self._body) - 1
                if box.growing and not growing:
                    box.width = -1  # laid out once more for its last colours
                box.growing = growing
                box.context = self._code_before(place) if joined else ""

    def code_of(self, box: Box) -> str:
        """All the code of the block this box begins, exactly as it was written."""
        if isinstance(box, ToolCode):
            return box.whole
        place = self._body.index(box)
        code = ""
        for piece in self._pieces[place:]:
            if not isinstance(piece, Code) or (code and not piece.joined):
                break
            code += piece.text if piece.halved else piece.text + "\n"
        return code.removesuffix("\n")

    def _code_before(self, place: int) -> str:
        """The code right before a joined part, so that its colours know where it begins."""
        before, box = self._pieces[place - 1], self._body[place - 1]
        if not isinstance(before, Code) or not isinstance(box, CodeBox):
            return ""
        return (box.context + before.text + ("" if before.halved else "\n"))[-CONTEXT:]

    def _assemble(self, kit: Kit, width: int) -> None:
        boxes = [*self._head(kit), *self._noted(kit), *self._tail(kit)]
        if self.editor:
            boxes = [box for box in boxes if not isinstance(box, BubbleBox | ActionBox)]
            boxes.append(self.editor)
        first = boxes[0]
        first.above = GAP if self.turn.role == "user" else ANSWER_GAP
        for box in boxes:
            if box.width != width and not box.height:
                box.height = box.estimate(kit.style, width)
        self.boxes = boxes

    def _head(self, kit: Kit) -> list[Box]:
        turn = self.turn
        boxes: list[Box] = [CutBox()] if turn.cut else []
        if turn.changed:
            boxes.append(ChangedBox(turn.changed))
        if turn.attachments:
            boxes.append(AttachedBox(turn.attachments, kit.pictures))
        if turn.thought:
            thinking = self.growing and not turn.text and not turn.tools
            unfolded = "thought" in self.unfolded
            boxes.append(ThoughtBox(turn.thought, self.seconds, thinking, unfolded))
            if unfolded:
                text = clean(turn.thought.strip()[-SHOWN:])
                boxes += [ThoughtPart(part) for part, _ in cut_plain(text)]
        for number, tool in enumerate(turn.tools):
            boxes += tool_boxes(
                tool, number, self.unfolded, kit.style, kit.highlighter, kit.pictures
            )
        return self._kept(boxes)

    def _noted(self, kit: Kit) -> Sequence[Box]:
        """The body, where the person interrupted with a note below it."""
        turn = self.turn
        if turn.heard < 0 or not self._body:
            return self._body
        place = spoken.last_heard(self, turn.heard) + 1
        note = self._kept([NoteBox(turn.note, kit.style)])
        return [*self._body[:place], *note, *self._body[place:]]

    def _tail(self, kit: Kit) -> list[Box]:
        turn = self.turn
        boxes: list[Box] = []
        if self._unread:
            boxes.append(self._unread)
        elif self._shown < len(turn.text):
            boxes.append(MoreBox(len(turn.text) - self._shown, kit.style))
        asks = any(tool.question for tool in turn.tools)
        if self.growing and not turn.text and (not turn.thought or turn.tools) and not asks:
            boxes.append(WaitingBox(kit.style.block_gap))
        if turn.note and not turn.error and turn.heard < 0:
            boxes.append(NoteBox(turn.note, kit.style))
        if turn.error:
            boxes.append(ErrorBox(turn.error, kit.style))
        boxes += found_boxes(turn.attachments, KEY in self.unfolded)
        boxes.append(ActionBox(turn, self.aloud))
        return self._kept(boxes)

    def _kept(self, boxes: list[Box]) -> list[Box]:
        """The same boxes, those that show nothing new as they were before."""
        before = {identity(box): box for box in self.boxes or ()}
        return [before.get(identity(box), box) for box in boxes]
