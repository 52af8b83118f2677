"""The style sheet: what Qt's own widgets look like in a theme.

A radius above half the height silently becomes none, so every round thing has a fixed height.
"""

from string import Template

from app.paths import resource
from app.views.theme import CODE_FAMILY, TEXT_FAMILY, Theme

TEMPLATE = Template("""
* { font-family: "$text_family"; outline: 0; }
QWidget { color: $text; selection-background-color: $selection; selection-color: $text; }
QMainWindow, #centre, #page, #page QScrollArea, #page #body, #welcome, #welcome #body
    { background: $background; }
#sidebar { background: $sidebar; border-right: 1px solid $border; }
#head { background: $background; border-bottom: 1px solid $border; }
#find { background: $panel; border-bottom: 1px solid $border; }
#status { background: $sidebar; border-top: 1px solid $border; }
#rule { background: $border; border: 0; min-height: 1px; max-height: 1px; }

#soft_pill { background: $accent_soft; border-radius: 17px; }
#soft_pill QLabel { color: $soft_text; font-size: 13px; }
#soft_pill QProgressBar { background: $background; }
#notice { background: $raised; border: 1px solid $border_strong; border-radius: 14px; }
#notice[place="page"] { margin-bottom: 12px; }
#card { background: $surface; border: 1px solid $border; border-radius: 14px; }
#page #card QScrollArea { background: transparent; }
#preview { background: $background; border-left: 1px solid $border; }
#pane { background: $background; border: 1px solid $border; border-radius: 14px; }
#offer { background: $accent_soft; border: 0; border-radius: 16px; }

QLabel { background: transparent; }
QLabel[role="brand"] { font-size: 17px; font-weight: 700; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="heading"] { font-size: 22px; font-weight: 600; }
QLabel[role="greeting"] { font-size: 28px; font-weight: 600; }
QLabel[role="section"] { font-size: 13px; font-weight: 600; color: $muted; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="soft"] { color: $text_2; }
QLabel[role="second"] { font-size: 13px; color: $text_2; }
QLabel[role="value"] { font-size: 13px; }
QLabel[role="caption"] { font-size: 12px; color: $muted; }
QLabel[role="badge_line"] { font-size: 12px; font-weight: 600; color: $soft_text; }
QLabel[role="badge"] { font-size: 11px; font-weight: 600; color: $ok; background: $ok_soft;
    border-radius: 8px; padding: 1px 8px; min-height: 16px; max-height: 16px; }
QLabel[role="gone"] { font-size: 13px; color: $muted; }
QLabel[role="come"] { font-size: 13px; color: $text; }
QLabel[role="danger"] { font-size: 13px; color: $danger; }
QLabel[role="code"] { font-family: "$code_family"; font-size: 13px; color: $text_2; }
QLabel[role="key"] { font-size: 12px; font-weight: 500; color: $text_2; background: $chip;
    border: 1px solid $border; border-bottom: 2px solid $border; border-radius: 6px;
    padding: 2px 7px; }

QPushButton { background: $raised; border: 1px solid $border_strong; border-radius: 10px;
    padding: 0 14px; font-size: 14px; font-weight: 500; min-height: 34px; max-height: 34px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $chip; }
QPushButton:focus { border: 2px solid $accent; padding: 0 13px; min-height: 32px;
    max-height: 32px; }
QPushButton:disabled { color: $muted; background: transparent; }
QPushButton[kind="primary"] { background: $accent; border-color: $accent; color: $on_accent; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $chip; border-color: $chip;
    color: $muted; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent;
    color: $text_2; }
QPushButton[kind="quiet"]:hover { background: $hover; color: $text; }
QPushButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="link"] { background: transparent; border: 2px solid transparent;
    border-radius: 8px; color: $link; font-size: 13px; padding: 0 6px;
    min-height: 24px; max-height: 24px; }
QPushButton[kind="link"]:hover { background: $accent_soft; }
QPushButton[kind="link"]:focus { border-color: $accent; }
QPushButton[kind="get"] { border: 2px solid transparent; border-radius: 15px;
    background: $accent_soft; color: $soft_text; font-size: 13px; font-weight: 600;
    padding: 0 12px; min-height: 26px; max-height: 26px; }
QPushButton[kind="get"]:hover { background: $selection; }
QPushButton[kind="get"]:focus { border-color: $accent; }
QPushButton[kind="get"]:disabled { background: $chip; color: $muted; }
QPushButton[kind="get"][tone="strong"] { background: $accent; color: $on_accent; }
QPushButton[kind="get"][tone="strong"]:hover { background: $accent_hover; }
QPushButton[kind="get"][tone="strong"]:focus { border-color: $text; }
QPushButton[kind="get"][tone="used"]:disabled { background: transparent; color: $ok; }
QPushButton[kind="pill"] { border-radius: 16px; min-height: 30px; max-height: 30px;
    padding: 0 30px 0 8px; font-size: 13px; background: transparent; }
QPushButton[kind="pill"]:hover, QPushButton[kind="pill"]:checked { background: $hover; }
QPushButton[kind="pill"]:focus { padding: 0 29px 0 7px; min-height: 28px; max-height: 28px; }
QPushButton[kind="status"] { background: transparent; border: 2px solid transparent;
    border-radius: 7px; padding: 0 6px; font-size: 12px; color: $text_2;
    min-height: 20px; max-height: 20px; }
QPushButton[kind="status"]:hover { background: $hover; color: $text; }
QPushButton[kind="status"]:focus { border-color: $accent; }
QPushButton[kind="status"][tone="warn"] { color: $warn; }
QPushButton[kind="segment"] { border: 2px solid transparent; border-radius: 8px;
    background: transparent; color: $text_2; font-size: 13px; padding: 0 12px;
    min-height: 24px; max-height: 24px; }
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked { background: $segment; color: $text; }
QPushButton[kind="segment"]:focus { border-color: $accent; }
#segments { background: $segments; border-radius: 10px; }

QToolButton { background: transparent; border: 2px solid transparent; border-radius: 10px;
    padding: 0; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $accent_soft; }
QToolButton:focus { border-color: $accent; }
#send { border-radius: 18px; background: $chip; }
#send[tone="on"] { background: $accent; }
#send[tone="on"]:hover { background: $accent_hover; }
#send[tone="on"]:focus { border-color: $text; }
#aside { border-radius: 22px; background: $raised; border: 1px solid $border_strong; }
#aside:hover { background: $hover; }
#aside:focus { border: 2px solid $accent; }
#take { background: $chip; border-radius: 16px; }
QToolButton::menu-indicator { image: none; }

QLineEdit { background: $background; border: 1px solid $border_strong; border-radius: 10px;
    padding: 0 11px; min-height: 34px; max-height: 34px; font-size: 14px; }
QLineEdit:focus { border: 2px solid $accent; padding: 0 10px; min-height: 32px;
    max-height: 32px; }
QLineEdit[kind="row"] { background: $raised; border: 2px solid $accent; border-radius: 8px;
    padding: 0 9px; min-height: 28px; max-height: 28px; }
QTableView { background: $background; alternate-background-color: $surface; font-size: 13px; }
QTableView::item { padding: 0 8px; border-bottom: 1px solid $border; }
QTableView::item:selected { background: $accent_soft; color: $text; }
#photo_grid { background: transparent; selection-background-color: transparent; }
#photo_grid::item, #photo_grid::item:selected { background: transparent; border: 0; padding: 0; }
QHeaderView { background: $background; }
QHeaderView::section { background: $background; color: $muted; border: 0; font-size: 12px;
    font-weight: 600; padding: 6px 8px; border-bottom: 1px solid $border_strong; }
QPlainTextEdit { background: transparent; border: 0; }
QPlainTextEdit[kind="box"] { background: $background; border: 1px solid $border_strong;
    border-radius: 10px; padding: 5px 7px; font-size: 14px; }
QPlainTextEdit[kind="box"]:focus { border: 2px solid $accent; padding: 4px 6px; }
QTextBrowser { background: transparent; border: 0; }

QComboBox { background: $raised; border: 1px solid $border_strong; border-radius: 10px;
    padding: 0 10px; min-height: 34px; max-height: 34px; font-size: 14px; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border: 2px solid $accent; padding: 0 9px; min-height: 32px;
    max-height: 32px; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border_strong;
    padding: 4px; outline: 0; selection-background-color: $hover; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 30px; padding: 0 8px; border-radius: 6px; }
QSpinBox, QDoubleSpinBox { background: $background; border: 1px solid $border_strong;
    border-radius: 10px; padding: 0; min-height: 34px; max-height: 34px; font-size: 14px; }
QSpinBox:focus, QDoubleSpinBox:focus { border: 2px solid $accent; min-height: 32px;
    max-height: 32px; }
QAbstractSpinBox QLineEdit { background: transparent; border: 0; padding: 0 11px;
    min-height: 20px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button { width: 0; border: 0; }
QSlider { min-height: 24px; max-height: 24px; background: transparent; }
QSlider::groove:horizontal { background: $border_strong; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $raised; border: 2px solid $accent; width: 12px;
    height: 12px; margin: -6px 0; border-radius: 8px; }
QSlider::handle:horizontal:hover { background: $accent_soft; }
QSlider::handle:horizontal:focus { background: $accent; border-color: $text; }

QListView { background: transparent; border: 0; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: $border_strong; border-radius: 4px;
    min-height: 36px; }
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle:horizontal { background: $border_strong; border-radius: 4px;
    min-width: 36px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $raised; border: 1px solid $border_strong; padding: 6px;
    font-size: 14px; }
QMenu[rounded="true"] { border-radius: 10px; }
QMenu::item { padding: 7px 32px 7px 12px; border-radius: 7px; background: transparent; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $muted; }
QMenu::icon { padding-left: 10px; }
QMenu::separator { height: 1px; background: $border; margin: 6px 8px; }
QMenu::right-arrow { image: url("$arrow"); width: 14px; height: 14px;
    right: 8px; }
QMenu::indicator { width: 16px; height: 16px; left: 6px; }
QMenu::indicator:checked { image: url("$check"); }
QToolTip { background: $text; color: $background; border: 0; padding: 5px 8px;
    font-size: 12px; }
QSplitter::handle { background: $border; }
QProgressBar { background: $hover; border: 0; border-radius: 3px; min-height: 6px;
    max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
""")


def sheet(theme: Theme) -> str:
    colors = {name: value for name, value in vars(theme).items() if isinstance(value, str)}
    light = theme.name == "light"  # what is chosen stands out lighter in both themes
    colors["segment"] = theme.raised if light else theme.border_strong
    colors["segments"] = theme.chip if light else theme.background
    families = {"text_family": TEXT_FAMILY, "code_family": CODE_FAMILY}
    marks = {name: resource(f"icons/menu-{name}.svg").as_posix() for name in ("arrow", "check")}
    return TEMPLATE.substitute(colors | families | marks)
