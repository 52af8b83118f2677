"""The boxes a turn is made of, one a piece, and which of them may stay when it changes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.views.transcript.box import Box
from app.views.transcript.cards import ErrorBox, ThoughtPart
from app.views.transcript.code import CodeBox
from app.views.transcript.formula import Formulas
from app.views.transcript.formula_box import FormulaBox
from app.views.transcript.highlight import Highlighter
from app.views.transcript.lines import ActionBox, CutBox, NoteBox, RuleBox, WaitingBox
from app.views.transcript.pictures import Pictures
from app.views.transcript.pieces import Code, Formula, Piece, Plain, Prose, Rule, Table
from app.views.transcript.plain import BubbleBox
from app.views.transcript.prose import ProseBox
from app.views.transcript.source import cut_plain
from app.views.transcript.style import Style
from app.views.transcript.table import TableBox
from app.views.transcript.times import Times
from app.views.transcript.tools import ToolBox


@dataclass
class Kit:
    """What boxes are made with."""

    style: Style
    formulas: Formulas
    highlighter: Highlighter
    pictures: Pictures
    times: Times = field(default_factory=Times)


def bubbles(text: str) -> Iterator[Box]:
    parts = cut_plain(text) or [("", False)]
    for place, (part, halved) in enumerate(parts):
        yield BubbleBox(part, place == 0, place == len(parts) - 1, halved)


def identity(box: Box) -> object:
    match box:
        case ThoughtPart():
            return ("thought", box.source)
        case ToolBox():
            return ("tool", box.tool, box.unfolded, box.number)
        case ErrorBox():
            return ("error", box.error)
        case ActionBox():
            turn = box.turn
            about = (turn.status, turn.facts, turn.version, turn.versions, bool(turn.text))
            return ("action", *about, turn.sound, box.aloud)
        case NoteBox():
            return ("note", box.words)
        case CutBox() | WaitingBox():
            return type(box)
    return box.identity or id(box)


def updated(box: Box, piece: Piece, kit: Kit) -> bool:
    """Let a box show a newer state of its piece, where that is less work than a new box."""
    match box, piece:
        case (ProseBox(), Prose()) if box.piece.joined == piece.joined and _kin(box.piece, piece):
            box.update(kit.times.marked(piece))
        case (CodeBox(), Code()) if box.piece.joined == piece.joined:
            box.update(piece)
        case (TableBox(), Table()) if box.piece.joined == piece.joined:
            box.update(piece)
        case _:
            return False
    return True


def _kin(old: Prose, new: Prose) -> bool:
    """Whether the room above stays the same."""
    first, later = old.paragraphs[0], new.paragraphs[0]
    return (first.heading > 0, first.loose) == (later.heading > 0, later.loose)


def make_box(piece: Piece, kit: Kit) -> Box:
    match piece:
        case Prose():
            return ProseBox(kit.times.marked(piece), kit.style, kit.formulas)
        case Code():
            return CodeBox(piece, kit.style, kit.highlighter)
        case Table():
            return TableBox(piece, kit.style, kit.formulas)
        case Formula():
            return FormulaBox(piece, kit.style, kit.formulas)
        case Rule():
            return RuleBox(piece.nest, kit.style)
        case Plain():
            return BubbleBox(piece.text, True, True, False)
