"""A variant while it is changed: what stands in the editor, kept only when the person says so."""

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.controllers.variant_data import Variant


class Draft(QObject):
    changed = Signal()  # anything of it, by the person
    replaced = Signal()  # all of it, by what is kept: the fields show it anew

    def __init__(self, kept: Variant, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept = self.variant = kept

    @property
    def dirty(self) -> bool:
        return self.variant != self._kept

    def set(self, **fields: Any) -> None:
        """Other values of some fields, as the person wrote or chose them."""
        made = replace(self.variant, **fields)
        if made != self.variant:
            self.variant = made
            self.changed.emit()

    def keep(self) -> None:
        """What stands here is what is kept now."""
        self._kept = self.variant
        self.changed.emit()

    def take_back(self) -> None:
        """What the person changed since it was kept is given up."""
        self.variant = self._kept
        self.replaced.emit()
        self.changed.emit()

    def take(self, kept: Variant) -> None:
        """Something else is kept now: fields the person did not touch follow it."""
        if kept == self._kept:
            return
        mine = {
            name: value
            for name in self.variant.__struct_fields__
            if (value := getattr(self.variant, name)) != getattr(self._kept, name)
        }
        self._kept, self.variant = kept, replace(kept, **mine)
        self.replaced.emit()
        self.changed.emit()
