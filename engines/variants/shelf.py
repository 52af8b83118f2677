"""A shelf of variants: a folder, or an address of the web, with index.toml. It needs no server.

Everything blocks, and raises ParleyErrors in words. An address is asked only through permits,
as the hub of models is: engines/models/fetching is the one way to the network.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec
import tomli_w

from engines.errors import ParleyError
from engines.models.download import Download, Fetched
from engines.models.fetching.names import parts_of
from engines.models.fetching.troubles import HostileName, Stopped
from engines.models.fetching.web import Patience, place_of
from engines.models.hashing import sha256 as sha256_of
from engines.models.hub import Hub, Listing, Remote
from engines.variants import texts
from engines.variants.checked import SHA256, BadVariant
from engines.variants.file import ENDING, LARGEST_FILE, STEP, Opened, fresh, read
from engines.variants.toml import plain, table

INDEX = "index.toml"
LARGEST_INDEX = 1 << 20  # bytes
MOST = 1_000  # variants on one shelf
SPARE = 200 << 20  # bytes that stay free on the disk
NAMED = "shelf"  # what the folder of an address is called where a hub has repositories

log = logging.getLogger(__name__)


class Offer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry of index.toml: what is said of a variant before it is here. Members that a later
    Parley adds are passed over."""

    name: str
    file: str  # beside the index, or in a folder beside it: "tutors/patient.parley"
    size: int  # bytes
    sha256: str = ""  # of the file; "" only in a folder without an index
    line: str = ""
    version: str = ""
    id: str = ""  # the same in all versions
    digest: str = ""  # of what it says, as Opened.digest

    @property
    def key(self) -> str:
        """Which file this is, on whatever shelf."""
        return self.sha256 or self.digest


class Index(msgspec.Struct, frozen=True, omit_defaults=True):
    title: str = ""
    variants: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Shelf:
    place: str  # folder or address, as Shelves remember it
    title: str
    offers: tuple[Offer, ...]
    left_out: tuple[str, ...] = field(default=())  # what cannot be offered and why, in words


def is_address(place: str) -> bool:
    return re.match(r"https?://", place, re.IGNORECASE) is not None


def normal(place: str) -> str:
    """How a shelf is remembered: one form for each. Raises ParleyError for what is no place."""
    place = place.strip()
    if not is_address(place):
        found = Path(place).expanduser()
        if not place or not found.is_absolute():
            words = "This is no shelf."
            raise ParleyError(words, "One is a folder, or looks like https://example.org/variants.")
        return str(found)
    try:
        at = place.partition("#")[0].rstrip("/").removesuffix(f"/{INDEX}").rstrip("/")
        place_of(at)
    except ValueError as error:
        words = "This is no address of the web."
        raise ParleyError(words, "One looks like https://example.org/variants.") from error
    parts = urlsplit(at)
    if parts.query:
        raise ParleyError("The address of a shelf has no question mark.", "It is a plain folder.")
    if parts.scheme.lower() != "https" and not _is_here(parts.hostname or ""):
        raise ParleyError(
            "Anybody on the way could change what comes from this address.",
            "Use one that begins with https://.",
        )
    return at


def host_of(place: str) -> str:
    """What the seal is asked about: host or host:port; "" for a folder."""
    return place_of(place) if is_address(place) else ""


def look(
    place: str,
    *,
    proxy: str = "",
    permits: Callable[[str], bool] | None = None,
    patience: Patience = Patience(),  # noqa: B008 frozen
) -> Shelf:
    """What is on it now. place as normal() gives it."""
    if is_address(place):
        web = ShelfHub(place, proxy=proxy, permits=permits, patience=patience)
        answer, data = web.web.read(f"{place}/{INDEX}", {}, LARGEST_INDEX + 1)
        web.look(answer, INDEX)
        return read_index(data, place)
    folder = Path(place)
    try:
        if (folder / INDEX).is_file():
            with (folder / INDEX).open("rb") as file:
                return read_index(file.read(LARGEST_INDEX + 1), place)
        offers, left_out = _found(folder)
    except OSError as error:
        words = f"The shelf {folder.name or folder} cannot be read."
        raise ParleyError(words, "Is its disk connected?", str(error)) from error
    return Shelf(place, folder.name, offers, left_out)


def read_index(data: bytes, place: str) -> Shelf:
    """Entries that cannot be used are left out and told. Raises ParleyError for no index at all."""
    if len(data) > LARGEST_INDEX:
        raise ParleyError("The list of this shelf is larger than 1 MB.", "", place)
    try:
        told = table(data, INDEX)
    except BadVariant as error:
        raise ParleyError(error.message, "This may be no shelf.", error.detail) from error
    rows = told.get("variants", ())
    if not isinstance(rows, list):
        raise ParleyError("The list of this shelf cannot be understood.", "This may be no shelf.")
    offers, left_out = list[Offer](), list[str]()
    for row in rows[:MOST]:
        try:
            offers.append(_offer(row))
        except ParleyError as error:
            left_out.append(error.message)
    if len(rows) > MOST:
        left_out.append(f"Only the first {MOST:,} of {len(rows):,} are shown.")
    title = told.get("title")
    name = texts.washed_line(title)[:100] if isinstance(title, str) else ""
    return Shelf(place, name or _name(place), tuple(offers), tuple(left_out))


def make_index(folder: Path, title: str = "") -> Shelf:
    """Writes index.toml for the *.parley files in a folder, so that it may be put on the web.

    Raises ParleyError where there is no such folder or it takes nothing.
    """
    try:
        offers, left_out = _found(folder, hashed=True)
    except OSError as error:
        raise ParleyError(f"{folder} cannot be read.", "Is it a folder?", str(error)) from error
    index = Index(texts.washed_line(title)[:100] or folder.name, offers)
    text = "# A shelf of variants for Parley.\n\n" + tomli_w.dumps(plain(index))
    with fresh(folder / INDEX) as file:
        file.write(text.encode())
    return Shelf(str(folder), index.title, offers, left_out)


def fetch(
    place: str,
    offer: Offer,
    folder: Path,
    *,
    proxy: str = "",
    permits: Callable[[str], bool] | None = None,
    patience: Patience = Patience(),  # noqa: B008 frozen
    progress: Callable[[Fetched], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Opened:
    """Brings a variant below a folder of ours, verified, and opens it: nothing is taken in.

    Over the network what came stays when it breaks off, and the next call goes on from there.
    Raises ParleyError, Stopped.
    """
    folder = folder / offer.key[:16]  # names are the shelf's, and two may have the same
    if is_address(place):
        if not offer.sha256:
            raise BadVariant(f"The shelf does not say which file “{offer.name}” is.")
        hub = ShelfHub(place, proxy=proxy, permits=permits, patience=patience)
        remote = Remote(offer.file, offer.size, offer.sha256)
        listing = Listing(NAMED, offer.sha256[:40], files=(remote,))
        download = Download(hub, listing, [offer.file], folder, connections=2, spare=SPARE)
        return read(download.run(progress, cancelled)[0])
    parts = parts_of(offer.file)
    source, target = Path(place).joinpath(*parts), folder.joinpath(*parts)
    if not source.resolve().is_relative_to(Path(place).resolve()):
        raise BadVariant(f"“{offer.file}” would lie outside its shelf.")
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(source, offer, target, progress, cancelled)
    opened = read(target)
    if offer.digest not in ("", opened.digest):
        target.unlink()
        raise BadVariant(f"“{offer.name}” is another variant than its shelf says.")
    return opened


class ShelfHub(Hub):
    """A folder of the web, asked as the hub of models is."""

    def address(self, repository: str, commit: str, name: str) -> str:
        return f"{self.endpoint}/{quote(name)}"


def _copy(
    source: Path,
    offer: Offer,
    target: Path,
    progress: Callable[[Fetched], None],
    cancelled: Callable[[], bool],
) -> None:
    try:
        opened = source.open("rb")
    except OSError as error:
        words = f"“{offer.name}” is not on its shelf any more."
        raise BadVariant(words, "Look at the shelf again.", str(error)) from error
    seen, size = hashlib.sha256(), 0
    with opened, fresh(target) as written:
        while size <= offer.size and (piece := opened.read(STEP)):
            if cancelled():
                raise Stopped
            seen.update(piece)
            size += written.write(piece)
            progress(Fetched(min(size, offer.size), offer.size))
        if size != offer.size or offer.sha256 not in ("", seen.hexdigest()):
            raise BadVariant(
                f"“{offer.name}” is another file than its shelf says.", "Look at the shelf again."
            )


def _found(folder: Path, hashed: bool = False) -> tuple[tuple[Offer, ...], tuple[str, ...]]:
    """Of a folder without an index: its *.parley files."""
    offers, left_out = list[Offer](), list[str]()
    files = sorted(one for one in folder.iterdir() if _is_one(one))
    for file in files[:MOST]:
        try:
            offers.append(_made(file, hashed))
        except ParleyError as error:
            left_out.append(f"{file.name}: {error.message}")
    return tuple(offers), tuple(left_out)


def _made(file: Path, hashed: bool) -> Offer:
    opened = read(file)
    one, sha256 = opened.variant, sha256_of(file) if hashed else ""
    said = (sha256, one.line, one.version, one.id, opened.digest)
    return _offer(msgspec.to_builtins(Offer(one.name, file.name, opened.size, *said)))


def _offer(row: object) -> Offer:
    """Raises ParleyError where it is none that could be fetched."""
    try:
        one = msgspec.convert(row, Offer)
        parts_of(one.file)
    except (msgspec.ValidationError, HostileName) as error:
        name = row.get("name") if isinstance(row, dict) else ""
        shown = texts.washed_line(name)[:80] if isinstance(name, str) else ""
        raise BadVariant(f"The entry “{shown}” cannot be understood.", "", str(error)) from error
    name = texts.washed_line(one.name)[:80]
    if not name or not (SHA256.fullmatch(one.key)) or not one.file.lower().endswith(ENDING):
        raise BadVariant(f"The entry “{name}” has no hash, name or file.")
    if not 0 < one.size <= LARGEST_FILE:
        raise BadVariant(f"The entry “{name}” is larger than any variant.")
    return msgspec.structs.replace(
        one,
        name=name,
        line=texts.washed_line(one.line)[:300],
        version=texts.washed_line(one.version)[:40],
    )


def _is_one(file: Path) -> bool:
    return file.suffix.lower() == ENDING and file.is_file() and not file.is_symlink()


def _name(place: str) -> str:
    return host_of(place) if is_address(place) else Path(place).name


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
