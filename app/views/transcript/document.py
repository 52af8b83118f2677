"""Documents that can load nothing, built from pieces without any HTML."""

from PySide6.QtCore import QRectF, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QImage,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
    QTextOption,
)

from app.views.transcript.formula import Formulas
from app.views.transcript.pieces import Paragraph, Span
from app.views.transcript.style import Style

LINE_BREAK = "\u2028"
OBJECT = "\ufffc"  # stands for a picture in the characters of a document
PILL = 4  # pixels of room at both ends of inline code


class SafeDocument(QTextDocument):
    """A document whose only resources are the pictures registered with it.

    A plain QTextDocument reads local files named in its text.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._pictures: dict[str, QImage] = {}
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)
        self.setDefaultFont(font)
        self.setIndentWidth(1)  # so that an indent counts pixels, and on the right edge in RTL
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setDefaultTextOption(option)

    def register(self, name: str, picture: QImage) -> None:
        self._pictures[name] = picture

    def loadResource(self, kind: int, url: QUrl | str) -> QImage:
        name = url.toString() if isinstance(url, QUrl) else url
        return self._pictures.get(name, QImage())


def draw(
    painter: QPainter,
    document: QTextDocument,
    style: Style,
    clip: QRectF,
    selections: list[QAbstractTextDocumentLayout.Selection],
) -> None:
    """Paint the document at the painter's origin; clip is in its coordinates."""
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette = style.palette
    context.clip = clip
    if selections:
        context.selections = selections
    document.documentLayout().draw(painter, context)


def plain_document(text: str, font: QFont, leading: int) -> SafeDocument:
    """text as it is; every line a block."""
    made = SafeDocument(font)
    cursor = QTextCursor(made)
    cursor.setBlockFormat(spacing(leading))
    cursor.insertText(text)
    return made


def paint_in(document: QTextDocument, color: QColor, first_block: int = 0) -> None:
    """Give the text from a block on another colour."""
    form = QTextCharFormat()
    form.setForeground(color)
    cursor = QTextCursor(document.findBlockByNumber(first_block))
    cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(form)


def spacing(leading: int, above: int = 0) -> QTextBlockFormat:
    made = QTextBlockFormat()
    # A distance keeps the baseline of the first line; a proportion would move it.
    made.setLineHeight(leading, QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value)
    made.setTopMargin(above)
    return made


class SpanWriter:
    """Writes spans into a document; formulas become pictures as soon as they are drawn."""

    def __init__(self, document: SafeDocument, style: Style, formulas: Formulas) -> None:
        self.sources: list[str] = []  # LaTeX of each formula shown as a picture, in order
        self.waits = False  # a formula is being drawn: write again when it is ready
        self._document, self._style, self._formulas = document, style, formulas

    def write(
        self, cursor: QTextCursor, spans: tuple[Span, ...], heading: int = 0, muted: bool = False
    ) -> None:
        for place, span in enumerate(spans):
            if span.formula:
                self._write_formula(cursor, span, heading, muted)
                continue
            text = f"Picture: {span.text} ({span.link})" if span.picture else span.text
            text = text.replace("\n", LINE_BREAK)
            form = self._style.format(span, heading, muted)
            following = spans[place + 1] if place + 1 < len(spans) else None
            if text and (span.code or (following and following.code)):
                # room for the pill behind inline code, without a character that would be copied
                cursor.insertText(text[:-1], form)
                form = QTextCharFormat(form)
                form.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
                form.setFontLetterSpacing(PILL)
                text = text[-1]
            cursor.insertText(text, form)

    def _write_formula(self, cursor: QTextCursor, span: Span, heading: int, muted: bool) -> None:
        style = self._style
        color = style.theme.text_2 if muted else style.theme.text
        px = style.heading_font(heading).pixelSize() if heading else style.px
        drawn = self._formulas.get(span.text, px, color)
        if drawn is None:
            self.waits = self.waits or self._formulas.is_drawing(span.text, px, color)
            shown = Span(f"${span.text}$", code=True)
            cursor.insertText(shown.text, style.format(shown, heading, muted))
            return
        name = f"formula-{len(self.sources)}"
        picture, width, height = drawn.centred(style.x_height)
        self._document.register(name, picture)
        form = QTextImageFormat()
        form.setName(name)
        form.setWidth(width)
        form.setHeight(height)
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        cursor.insertImage(form)
        self.sources.append(f"${span.text}$")


def prose_document(
    paragraphs: tuple[Paragraph, ...], style: Style, formulas: Formulas
) -> tuple[SafeDocument, SpanWriter]:
    """A document with one block for every paragraph."""
    made = SafeDocument(style.body)
    writer = SpanWriter(made, style, formulas)
    cursor = QTextCursor(made)
    for number, paragraph in enumerate(paragraphs):
        block = spacing(style.leading, max(0, gap_above(paragraph, style)) if number else 0)
        block.setIndent(style.indent_of(paragraph.nest))
        usual = QTextCharFormat()
        usual.setFont(style.heading_font(paragraph.heading) if paragraph.heading else style.body)
        if number:
            cursor.insertBlock(block, usual)
        else:
            cursor.setBlockFormat(block)
            cursor.setBlockCharFormat(usual)
        writer.write(cursor, paragraph.spans, paragraph.heading, "q" in paragraph.nest)
    return made, writer


def gap_above(paragraph: Paragraph, style: Style) -> int:
    """Pixels above a paragraph that is not the first, beside the leading of the line before."""
    if paragraph.heading:
        return round(style.px * (1.5 if paragraph.heading < 3 else 1.2)) - style.leading
    return style.block_gap - style.leading if paragraph.loose else style.item_gap - style.leading
