"""How a transcript looks at one theme and text size: fonts, measures and character formats."""

from functools import cached_property

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette, QTextCharFormat, QTextFormat

from app.views.theme import Theme, code_font, text_font
from app.views.transcript.pieces import Span

COLUMN = 760  # pixels a line of text is wide at most
MARGIN = 28  # at least this much on both sides of the column
TOP, BOTTOM = 28, 20  # of the whole conversation
CODE = QTextFormat.Property.UserProperty.value + 1  # marks the format of inline code
HEADINGS = {1: 8, 2: 5, 3: 2, 4: 0, 5: 0, 6: -1}  # pixels larger than the text


class Style:
    """Everything a box needs to lay itself out and to paint."""

    def __init__(self, theme: Theme, px: int) -> None:
        self.theme, self.px = theme, px
        self.body = text_font(px)
        self.small = text_font(px - 2)
        self.caption = text_font(px - 3)
        self.caption_bold = text_font(px - 3, QFont.Weight.DemiBold)
        self.strong = text_font(px - 1, QFont.Weight.DemiBold)
        self.code = code_font(px - 2)
        self.leading = round(px * 0.47)  # between the lines of text
        self.code_leading = round(px * 0.33)
        self.block_gap = round(px * 1.1)  # between paragraphs
        self.item_gap = round(px * 0.33)
        self.indent = round(px * 1.8)  # of one level of a list
        self.quote_indent = round(px * 1.2)
        self._formats: dict[tuple[object, ...], QTextCharFormat] = {}

    def color(self, role: str) -> QColor:
        return self.theme.color(role)

    @cached_property
    def line(self) -> int:
        """Height of a line of text with its leading."""
        return round(QFontMetricsF(self.body).height()) + self.leading

    @cached_property
    def code_line(self) -> int:
        return round(QFontMetricsF(self.code).height()) + self.code_leading

    @cached_property
    def letter(self) -> float:
        """Mean width of a letter of text."""
        return QFontMetricsF(self.body).horizontalAdvance("the quick brown fox jumps over it") / 33

    @cached_property
    def x_height(self) -> float:
        return QFontMetricsF(self.body).xHeight()

    @cached_property
    def palette(self) -> QPalette:
        made = QPalette()
        made.setColor(QPalette.ColorRole.Text, self.color("text"))
        return made

    def heading_font(self, level: int) -> QFont:
        font = text_font(self.px + HEADINGS[level], QFont.Weight.DemiBold)
        if level < 3:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, -0.2)
        return font

    def indent_of(self, nest: str) -> int:
        """Pixels a paragraph stands in from the leading edge; deep nesting stops moving."""
        return sum(self.quote_indent if level == "q" else self.indent for level in nest[:10])

    def format(self, span: Span, heading: int, muted: bool) -> QTextCharFormat:
        key = (span.bold, span.italic, span.strike, span.code, bool(span.link), heading, muted)
        made = self._formats.get(key)
        if made is None:
            made = self._formats[key] = self._make_format(span, heading, muted)
        if span.link:
            made = QTextCharFormat(made)
            made.setAnchor(True)
            made.setAnchorHref(span.link)
        return made

    def _make_format(self, span: Span, heading: int, muted: bool) -> QTextCharFormat:
        font = self.heading_font(heading) if heading else QFont(self.body)
        if span.code:
            code = code_font(round(font.pixelSize() * 0.9))
            code.setWeight(font.weight() if not span.bold else QFont.Weight.Bold)
            font = code
        elif span.bold and not heading:
            font.setWeight(QFont.Weight.DemiBold)
        font.setItalic(span.italic)
        font.setStrikeOut(span.strike)
        made = QTextCharFormat()
        made.setFont(font)
        if span.code:
            made.setProperty(CODE, True)
        if span.link:
            made.setForeground(self.color("link"))
            made.setFontUnderline(True)
            line = self.color("link")
            line.setAlphaF(0.35)
            made.setUnderlineColor(line)
        elif muted:
            made.setForeground(self.color("text_2"))
        return made

    def found(self, current: bool) -> QColor:
        """Behind words that were looked for: a light from the hue of a warning."""
        hue = max(0.0, self.color("warn").hueF())
        dark = self.color("background").lightnessF() < 0.5
        strength = 0.62 if current else 0.28
        return QColor.fromHsvF(hue, 0.9 if dark else strength, 0.25 + strength / 2 if dark else 1.0)

    def syntax(self, role: str) -> QColor:
        """The colour of a kind of code: of its nearest kin that has one."""
        colors = self.theme.syntax
        while role:
            if role in colors:
                return QColor(colors[role])
            role = role.rpartition(".")[0]
        return self.color("text")


def crisp(x: float, y: float) -> QPointF:
    """The middle of a pixel, where a line one pixel wide is sharp."""
    return QPointF(round(x) + 0.5, round(y) + 0.5)
