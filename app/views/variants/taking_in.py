"""Variants that come from elsewhere: whoever brought them is asked, wherever they are."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.controllers.shown import Notice
from app.controllers.shown_variants import ShownImport
from app.controllers.variants import VariantsController
from app.views.variants.import_sheet import ImportSheet


class TakingIn(QObject):
    notice = Signal(object)  # Notice: what could not be read
    taken = Signal(str)  # key of one that is here now

    def __init__(self, variants: VariantsController, window: QWidget) -> None:
        super().__init__(window)
        self._variants, self._window = variants, window
        self.sheet: ImportSheet | None = None  # made when it is first needed
        variants.imports_ready.connect(self.show_imports)

    @Slot(object)
    def show_imports(self, found: tuple[ShownImport | Notice, ...]) -> None:
        """What was looked at is offered; what could not be read is said."""
        for one in found:
            if isinstance(one, Notice):
                self.notice.emit(one)
        if offered := tuple(one for one in found if isinstance(one, ShownImport)):
            if self.sheet is None:
                self.sheet = ImportSheet(self._window)
                self.sheet.taken.connect(self._take_in)
                self.sheet.refused.connect(self._variants.leave_out)
            self.sheet.offer(offered)

    @Slot(str, set, bool)
    def _take_in(self, key: str, wishes: set[str], as_copy: bool) -> None:
        self.taken.emit(self._variants.take_in(key, wishes, as_copy))
