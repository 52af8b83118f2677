"""The models a variant may be made for, as its editor offers them."""

from app.controllers.models import ModelController
from engines.variants.variant import Base


def open_base(models: ModelController) -> dict[str, Base]:
    """The one that is open, by what it is called in a list; {} where none is."""
    loaded, facts = models.link.loaded, models.facts()
    if loaded is None or models.server:
        return {}
    about = loaded.quantisation, loaded.architecture, loaded.size
    name = facts["model"]
    described = f"{name}, {about[0]}" if about[0] and about[0] not in name else name
    base = Base(described, facts["hash"] or "", "", about[1], about[2])
    return {f"{name} (open now)": base}
