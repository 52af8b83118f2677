"""The look as values: colours, fonts and measures of the light and the dark theme."""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtGui import QColor, QFont

TEXT_FAMILY, CODE_FAMILY = "Inter", "JetBrains Mono"


@dataclass(frozen=True)
class Theme:
    """Colours by role. Every text pair reaches a contrast of 4.5:1 (test_theme.py)."""

    name: str
    background: str
    sidebar: str
    panel: str
    surface: str
    raised: str
    border: str
    border_strong: str
    hover: str
    chip: str
    text: str
    text_2: str
    muted: str
    link: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    soft_text: str
    bubble: str
    code: str
    inline_code: str
    selection: str
    spoken: str  # behind the word that is being spoken
    ok: str
    ok_soft: str
    warn: str
    danger: str
    shadow: int  # alpha of the painted shadow, 0 to 255
    syntax: dict[str, str] = field(default_factory=dict)  # pygments token name -> colour

    def color(self, role: str) -> QColor:
        return QColor(getattr(self, role))


LIGHT = Theme(
    "light", background="#ffffff", sidebar="#f6f6f9", panel="#fafafc", surface="#ffffff",
    raised="#ffffff", border="#e7e7ee", border_strong="#d8d8e2", hover="#ececf2", chip="#f1f1f6",
    text="#1b1c24", text_2="#565866", muted="#656776", link="#4a46c9", accent="#5450d6",
    accent_hover="#4541c4", on_accent="#ffffff", accent_soft="#edecfc", soft_text="#4440b8",
    bubble="#eeedfd", code="#f7f7fa", inline_code="#efeff5", selection="#cfcdfb",
    spoken="#d8d5fd", ok="#16713f", ok_soft="#e4f5ec", warn="#9a5b06", danger="#c2352b",
    shadow=16,
    syntax={
        "Keyword": "#8250c4", "Operator.Word": "#8250c4", "Name.Function": "#2457c5",
        "Literal.String": "#1a7f4b", "Literal.Number": "#b35309", "Name.Builtin": "#0f7490",
        "Comment": "#6e6f7b",
    },
)  # fmt: skip
DARK = Theme(
    "dark", background="#17171c", sidebar="#111115", panel="#131318", surface="#1d1d24",
    raised="#212129", border="#2a2a34", border_strong="#383845", hover="#23232c", chip="#2c2c36",
    text="#ececf2", text_2="#b3b4c2", muted="#989aaa", link="#aaa8ff", accent="#8f8cf8",
    accent_hover="#a5a2ff", on_accent="#12121a", accent_soft="#282742", soft_text="#c0beff",
    bubble="#2b2a45", code="#101014", inline_code="#26262f", selection="#45428f",
    spoken="#3f3b80", ok="#6ccf97", ok_soft="#17301f", warn="#e3a857", danger="#ff8279",
    shadow=70,
    syntax={
        "Keyword": "#c3a6ff", "Operator.Word": "#c3a6ff", "Name.Function": "#82aaff",
        "Literal.String": "#8fd6a5", "Literal.Number": "#f0b37e", "Name.Builtin": "#76d0e0",
        "Comment": "#868899",
    },
)  # fmt: skip


def text_font(px: int, weight: Any = QFont.Weight.Normal) -> QFont:
    font = QFont(TEXT_FAMILY)
    font.setPixelSize(px)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def code_font(px: int) -> QFont:
    font = QFont(CODE_FAMILY)
    font.setPixelSize(px)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    for feature in ("calt", "liga"):  # code must not show "->" as an arrow
        font.setFeature(QFont.Tag(feature), 0)
    return font
