"""Everything the page Variants works with."""

from dataclasses import dataclass
from pathlib import Path

from app.controllers.everyone import Controllers
from app.controllers.models import ModelController
from app.controllers.shown_variants import ShownVariant
from app.controllers.toolbox import ToolboxController
from app.controllers.variant_bases import open_base
from app.controllers.variant_compare import VariantCompare
from app.controllers.variant_data import Base
from app.controllers.variant_preview import VariantPreview
from app.controllers.variant_tests import VariantTests
from app.controllers.variants import VariantsController
from app.controllers.voice import VoiceController

OWN_VOICE = "espeak"


@dataclass(frozen=True)
class Desk:
    variants: VariantsController
    tests: VariantTests
    preview: VariantPreview
    compare: VariantCompare
    toolbox: ToolboxController
    models: ModelController
    voicing: VoiceController

    def shown(self, key: str) -> ShownVariant:
        return self.variants.shown(key) or ShownVariant(key, "")

    def bases(self) -> dict[str, Base]:
        return open_base(self.models)

    def tools(self) -> dict[str, str]:
        """Name -> title of those there are."""
        return {one.name: one.title for one in self.toolbox.everything()}

    def voices(self) -> list[str]:
        """Names of those that are here, as variants name them."""
        return [Path(one.value).stem or OWN_VOICE for one in self.voicing.voices()]


def desk_of(everyone: Controllers) -> Desk:
    return Desk(
        everyone.variants,
        everyone.variant_tests,
        everyone.variant_preview,
        everyone.variant_compare,
        everyone.toolbox,
        everyone.models,
        everyone.voicing,
    )
