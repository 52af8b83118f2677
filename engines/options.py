"""Options: a dataclass whose fields carry the words and limits shown to the person setting them."""

from dataclasses import Field, field
from typing import Any, get_origin


def option(
    default: Any,
    label: str,
    help: str = "",
    *,
    among: tuple[str, ...] = (),
    between: tuple[float, float] | tuple[()] = (),
    unit: str = "",
    page: str = "",
    shape: str = "",
) -> Any:
    """A dataclass field with its words: label and help as on screen, allowed values or limits.

    unit stands behind the number; page groups the fields of one form; shape of a text is
    "line" or "secret" where it is no longer than a line.
    """
    about = {"label": label, "help": help, "among": among, "between": between}
    return field(default=default, metadata=about | {"unit": unit, "page": page, "shape": shape})


def chosen(about: Field[Any]) -> bool:
    """Whether the person chooses this option; one without words is filled in by the app."""
    return bool(about.metadata.get("label"))


def problem(options: type, name: str, value: Any) -> str | None:
    """Why value cannot be this option, in words a person understands; None when it can."""
    about: Field[Any] = options.__dataclass_fields__[name]
    if not chosen(about):
        return f"{name} cannot be chosen."
    label, among, between = (about.metadata[k] for k in ("label", "among", "between"))
    kind: Any = get_origin(about.type) or about.type
    if type(value) is not kind:
        return f"{label} must be {kind.__name__}, not {value!r}."
    if among and value not in among:
        return f"{label} must be one of {', '.join(among)}."
    if between and not between[0] <= value <= between[1]:
        return f"{label} must be between {between[0]} and {between[1]}."
    return None
