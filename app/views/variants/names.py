"""@name in the message: the variants it may mean are listed above, and one is taken by Enter."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor

from app.controllers.shown_variants import ShownVariant
from app.controllers.variants import VariantsController
from app.views.controls import SoftCard, column
from app.views.facts import empty
from app.views.message_edit import MessageEdit
from app.views.notice import announce
from app.views.variants.choice import VariantChoice

MOST = 6
WIDTH = 340
LONGEST = 80  # letters of a name
TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Names(SoftCard):
    """Stands over the page above the message while its first word begins with @."""

    def __init__(self, variants: VariantsController, edit: MessageEdit) -> None:
        super().__init__(14)
        self._variants, self._edit = variants, edit
        self.setAccessibleName("Variants of this name")
        self.choices: list[VariantChoice] = []
        self._place = 0
        self._closed = False  # by the person, for this name
        self._lines = column(margins=(6, 6, 6, 6), gap=0)
        self.setLayout(self._lines)
        self.hide()
        edit.textChanged.connect(self._on_text)
        edit.left.connect(self._on_left)
        edit.installEventFilter(self)

    @property
    def typed(self) -> str | None:
        """What stands after @ at the beginning of the message, up to the cursor; None without."""
        cursor = self._edit.textCursor()
        block = cursor.block()
        if cursor.blockNumber() or not block.text().startswith("@"):
            return None
        said = block.text()[1 : max(1, cursor.positionInBlock())]
        return said if len(said) <= LONGEST else None

    @Slot()
    def _on_text(self) -> None:
        typed = self.typed
        self._closed = self._closed and typed is not None
        found = self._variants.find(typed)[:MOST] if typed is not None else ()
        if not found or self._closed or not self._edit.hasFocus():
            self.hide()
            return
        self._fill(found)

    def _fill(self, found: Sequence[ShownVariant]) -> None:
        empty(self._lines)
        self.choices = [VariantChoice(one) for one in found]
        for one in self.choices:
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            one.clicked.connect(self._on_click)
            self._lines.addWidget(one)
        self._light(0)
        self._put()
        if self.isHidden():
            self.show()
            names = ", ".join(one.variant.name for one in self.choices)
            announce(self._edit, f"Variants: {names}. Up and Down choose, Enter takes one.")
        self.raise_()

    def _put(self) -> None:
        """Above the message, over whatever is there."""
        window = self._edit.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        left, top, right, bottom = SoftCard.MARGIN
        self._lines.activate()
        high = sum(one.sizeHint().height() for one in self.choices) + 12 + top + bottom
        spot = self._edit.mapTo(window, QPoint(0, 0))
        self.setGeometry(spot.x() - left - 8, spot.y() - high + bottom - 18, WIDTH, high)

    def _light(self, place: int) -> None:
        self._place = place % len(self.choices)
        for number, one in enumerate(self.choices):
            one.light(number == self._place)

    @Slot()
    def _on_click(self) -> None:
        choice = self.sender()
        assert isinstance(choice, VariantChoice)
        self.take(choice)

    def take(self, choice: VariantChoice) -> None:
        """It answers from here on; what was typed of its name goes."""
        cursor = QTextCursor(self._edit.document())
        typed = self.typed or ""
        cursor.setPosition(
            len(f"@{typed}".encode("utf-16-le")) // 2, QTextCursor.MoveMode.KeepAnchor
        )
        self.hide()
        cursor.removeSelectedText()
        self._variants.use(choice.variant.key)
        announce(self._edit, f"{choice.variant.name} answers from here on.")
        self._edit.setFocus()

    @Slot()
    def _on_left(self) -> None:
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.isHidden() or event.type() != QEvent.Type.KeyPress:
            return False
        assert isinstance(event, QKeyEvent)
        key = Qt.Key(event.key())
        if key in STEPS:
            self._light(self._place + STEPS[key])
            announce(self._edit, self.choices[self._place].variant.name)
        elif key in TAKE and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.take(self.choices[self._place])
        elif key == Qt.Key.Key_Escape:
            self._closed = True
            self.hide()
        else:
            return False
        return True
