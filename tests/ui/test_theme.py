"""Both themes can be read, and the whole application follows the one in force."""

import pytest
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette, QRawFont
from PySide6.QtWidgets import QLabel

from app.views import icons, style
from app.views.theme import DARK, LIGHT, code_font, text_font

BODY = [("text", "background"), ("text", "surface"), ("text", "raised"), ("text", "bubble")]
TEXT = [
    ("text", "sidebar"),
    ("text", "hover"),
    ("text", "chip"),
    ("text", "selection"),
    ("text", "spoken"),
    ("text_2", "spoken"),
    ("link", "spoken"),
    ("text_2", "background"),
    ("text_2", "sidebar"),
    ("text_2", "surface"),
    ("text_2", "raised"),
    ("text_2", "chip"),
    ("text_2", "hover"),
    ("muted", "background"),
    ("muted", "sidebar"),
    ("muted", "raised"),
    ("muted", "code"),
    ("muted", "hover"),
    ("link", "background"),
    ("link", "raised"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("soft_text", "accent_soft"),
    ("ok", "ok_soft"),
    ("warn", "sidebar"),
    ("danger", "background"),
    ("danger", "surface"),
    ("danger", "raised"),
]
SHAPES = [("accent", "background"), ("accent", "raised"), ("accent", "sidebar"), ("ok", "raised")]


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = (QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("pairs", "least"), [(BODY, 7.0), (TEXT, 4.5), (SHAPES, 3.0)])
def test_contrast_is_enough(theme, pairs, least):
    weak = {
        (front, back): round(contrast(getattr(theme, front), getattr(theme, back)), 2)
        for front, back in pairs
        if contrast(getattr(theme, front), getattr(theme, back)) < least
    }
    assert not weak


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_code_can_be_read(theme):
    weak = {k: v for k, v in theme.syntax.items() if contrast(v, theme.code) < 4.5}
    assert not weak


@pytest.mark.parametrize("weight", [400, 500, 600, 700])
def test_every_weight_of_the_text_has_its_own_face(fonts_loaded, weight):
    face = QRawFont.fromFont(text_font(15, QFont.Weight(weight)))
    assert (face.familyName(), face.weight()) == ("Inter", weight)
    assert QRawFont.fromFont(code_font(13)).familyName() == "JetBrains Mono"


def test_an_icon_takes_its_colour_and_density(qapp):
    drawn = icons.pixmap("plus", "#ff0000", 16, 2.0).toImage()
    assert drawn.width() == 32
    assert drawn.pixelColor(16, 16).name() == "#ff0000"


def test_the_preference_changes_the_theme_of_everything(qapp, light, preferences):
    preferences.set("theme", "light")
    look = style.Look(qapp, preferences)
    preferences.set("theme", "dark")
    assert look.theme is DARK
    assert style.current() is DARK
    assert QGuiApplication.palette().color(QPalette.ColorRole.Window).name() == DARK.background
    preferences.set("theme", "light")
    assert style.current() is LIGHT


def test_system_means_light_where_the_system_says_nothing(qapp, light, preferences):
    look = style.Look(qapp, preferences)
    assert look.theme is LIGHT


def test_words_on_screen_take_the_colour_of_the_theme(qapp, light, qtbot):
    label = QLabel("words")
    qtbot.addWidget(label)
    label.show()
    style.apply(qapp, DARK)
    assert label.palette().color(label.foregroundRole()).name() == DARK.text
