"""Opens a document or a page for the person, with the programs of their system.

What may be opened is decided by thing(), here in the jail and once more in the app.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from engines.errors import ParleyError
from engines.messages import Act
from engines.tools.folders import Folders, is_plain, told
from engines.tools.registry import Use, tool
from engines.tools.texts import LOOK, kind_of
from engines.tools.web import addresses
from engines.tools.web.addresses import Address

DOCUMENTS = (
    *(".txt", ".md", ".log", ".csv", ".json", ".tex", ".rtf", ".pdf", ".epub", ".odt", ".ods"),
    *(".odp", ".docx", ".xlsx", ".pptx", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"),
    *(".tif", ".tiff", ".heic", ".mp3", ".wav", ".ogg", ".opus", ".flac", ".m4a", ".mp4"),
    *(".mkv", ".webm", ".mov", ".avi", ".ics", ".vcf"),
)
PROGRAM = "{} may be a program or run one, so I do not open it."
BY_HAND = "The person can open it themselves."
BUNDLES = (".app", ".bundle", ".pkg", ".workflow", ".action", ".prefpane", ".plugin")


def where(arguments: Mapping[str, Any], options: Any) -> tuple[str, ...]:
    try:
        return (address(str(arguments.get("target", ""))).place,)
    except ParleyError:
        return ()


@tool("runs", "files", where, quoted="target", acts="open")
def open(
    target: Annotated[str, "a file as list_files writes it, or a whole address: https://…"],
    *,
    use: Use,
) -> str:
    """Open a document or a page of the web on the person's screen, in their own programs."""
    use.origin = "file"
    found = thing(target, use.options.folders)
    if isinstance(found, Address):
        if found.place not in use.allowed:
            raise ParleyError(f"The person did not allow {found.place}.")
        use.tell(Act("open", {"target": found.url}))
        return f"Opened {found.url}."
    use.tell(Act("open", {"target": str(found)}))
    return f"Opened {Folders(use.options.folders).name(found)}."


def is_address(target: str) -> bool:
    return "://" in target or target.strip().lower().startswith("www.")


def address(target: str) -> Address:
    """With its fragment, which a browser wants. Raises ParleyError."""
    if not is_address(target):
        raise ParleyError("This is no address.")
    found = addresses.read(target)
    fragment = urlsplit(target.strip()).fragment
    return Address(f"{found.url}#{fragment}", found.place) if fragment else found


def thing(target: str, folders: Sequence[str]) -> Address | Path:
    """What target stands for and may be opened. Raises ParleyError, worded for the model."""
    if is_address(target):
        return address(target)
    known = Folders(folders)
    path = known.find(target)
    name = known.name(path)
    with told(name):
        if path.is_dir():
            if path.suffix.lower() in BUNDLES:
                raise ParleyError(PROGRAM.format(name), BY_HAND)
            return path
        if path.suffix.lower() not in DOCUMENTS or not is_plain(path):
            raise ParleyError(PROGRAM.format(name), BY_HAND)
        with path.open("rb") as file:
            if kind_of(file.read(LOOK), path.suffix.lower()) == "a program":
                raise ParleyError(PROGRAM.format(name), BY_HAND)
    return path
