"""Folders the person lets tools look into: which may be granted, and which still are."""

from collections.abc import Iterable, Sequence
from pathlib import Path


def trouble(folder: Path, own: Sequence[Path]) -> str:
    """Why no tool may look into folder, in words; "" when it may. own: Parley's own folders."""
    if not clear(str(folder)):
        return "Parley cannot remember the name of this folder. Rename it first."
    try:
        if not folder.is_dir():
            there = folder.exists()
            return f"{folder} is not a folder." if there else f"There is no folder {folder}."
        real, home = folder.resolve(strict=True), Path.home().resolve()
        mine = [one.resolve() for one in own]
    except (OSError, RuntimeError, ValueError) as error:
        return f"{folder} cannot be opened: {getattr(error, 'strerror', None) or error}."
    if home.is_relative_to(real):
        return "This is too much: keys and passwords lie there. Choose a folder inside it."
    if any(one.is_relative_to(real) or real.is_relative_to(one) for one in mine):
        return "Parley keeps its own data there, which no tool may see. Choose another folder."
    return ""


def clear(path: str) -> bool:
    """Whether the bytes of the name are text."""
    return path.isascii() or path.encode("utf-8", "replace").decode("utf-8") == path


def usable(folders: Iterable[str], own: Sequence[Path]) -> tuple[str, ...]:
    """Those that are still there, and still where they were when they were granted."""
    return tuple(
        folder
        for folder in folders
        if not trouble(Path(folder), own) and Path(folder).resolve() == Path(folder)
    )
