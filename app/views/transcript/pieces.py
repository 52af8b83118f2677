"""What a text consists of: plain values between reading markdown and laying it out."""

from msgspec import Struct


class Span(Struct, frozen=True, gc=False):
    """Characters of one look inside a paragraph."""

    text: str  # of a formula its LaTeX, of a picture its description; "\n" breaks the line
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    formula: bool = False
    picture: bool = False
    link: str = ""  # where it leads; of a picture, where the picture would be


class Paragraph(Struct, frozen=True, gc=False):
    spans: tuple[Span, ...]
    heading: int = 0  # 1 to 6
    nest: str = ""  # what it lies in, from outside in: "l" an item of a list, "q" a quote
    marker: str = ""  # before the first line: "•", "3.", "[ ]" or "[x]"
    loose: bool = True  # stands apart from the paragraph above


class Prose(Struct, frozen=True, gc=False):
    paragraphs: tuple[Paragraph, ...]
    joined: bool = False  # goes on with the piece before it


class Code(Struct, frozen=True, gc=False):
    text: str
    language: str = ""
    nest: str = ""
    joined: bool = False
    halved: bool = False  # its last line goes on in the next part


class Table(Struct, frozen=True, gc=False):
    rows: tuple[tuple[tuple[Span, ...], ...], ...]  # the first is the heading
    alignments: tuple[str, ...]  # one a column: "left", "center", "right" or ""
    nest: str = ""
    joined: bool = False  # the heading is repeated only for the alignment


class Formula(Struct, frozen=True, gc=False):
    latex: str
    nest: str = ""


class Rule(Struct, frozen=True, gc=False):
    nest: str = ""


class Plain(Struct, frozen=True, gc=False):
    """Text shown as it is, without any markup."""

    text: str
    joined: bool = False


Piece = Prose | Code | Table | Formula | Rule | Plain


def spoken(spans: tuple[Span, ...]) -> str:
    """The characters of spans without their looks; formulas as LaTeX between dollars."""
    return "".join(f"${span.text}$" if span.formula else span.text for span in spans)


def words(piece: Piece) -> str:
    """The piece as plain text, for readers of the screen."""
    match piece:
        case Prose():
            return "\n".join(
                f"{line.marker} {spoken(line.spans)}" if line.marker else spoken(line.spans)
                for line in piece.paragraphs
            )
        case Table():
            rows = piece.rows[1:] if piece.joined else piece.rows
            return "\n".join("\t".join(spoken(cell) for cell in row) for row in rows)
        case Formula():
            return f"$${piece.latex}$$"
        case Rule():
            return ""
        case Code() | Plain():
            return piece.text
