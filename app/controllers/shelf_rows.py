"""How models are said: rows of the shelf from what was found, what could be fetched, the hub."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from app.controllers.models import size_words
from app.controllers.shown import ShownChoice, ShownShelfModel
from engines.models.found import Found
from engines.models.packings import PACKED, Packing, packed

if TYPE_CHECKING:  # the network's library is loaded when something is asked
    from engines.models.catalogue import Entry
    from engines.models.hub import Listing, Repository

HERE, OFFER, HUB, CAME = "here:", "offer:", "hub:", "own:"  # how keys begin
LICENCES = {  # the hub's abbreviation -> as people know it
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "gpl-3.0": "GPL-3.0",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-4.0": "CC BY 4.0",
    "cc-by-sa-4.0": "CC BY-SA 4.0",
    "cc-by-nc-4.0": "CC BY-NC 4.0, not for money",
    "cc0-1.0": "CC0",
    "llama3.1": "Llama 3.1 Community License",
    "llama3.2": "Llama 3.2 Community License",
    "llama3.3": "Llama 3.3 Community License",
    "gemma": "Gemma Terms of Use",
    "other": "A licence of its makers",
}
STATED = "Stated beside the voice"
NOISE = re.compile(r"[-_. ](?:gguf|ct2|instruct|it|chat|hf|imatrix|i1|qat)(?=$|[-_. ])", re.I)
CAME_WITH = {  # job -> title, what it is good at
    "talk": ("Parley starter", "Sums, dates, units, notes and reminders, in the first minute."),
    "listen": ("Parley's own ears", "Short requests in English, as the starter understands them."),
    "speak": ("espeak-ng", "Quick and clear, like a robot, in many languages."),
    "find": ("Parley's own eyes", "A guess at what a picture shows; quick, and often wrong."),
}
PARAMETERS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,2})?)\s?([bm])(?![a-z0-9])", re.IGNORECASE)


class Fit(msgspec.Struct, frozen=True):
    """How a model fits on this machine."""

    fit: str = "unknown"  # fits, tight, large, unknown
    words: str = ""
    speed: float = 0.0  # words a second, 0 where nobody knows


UNKNOWN = Fit()


def parameters(name: str) -> int:
    """As a name tells them: 4,000,000,000 for "Qwen3-4B"; 0 where it does not."""
    found = PARAMETERS.findall(Path(name).name)
    if not found:
        return 0
    number, unit = found[0]
    return int(float(number) * (1e9 if unit in "bB" else 1e6))


def plain(name: str) -> str:
    """ "Qwen3-4B-Instruct-Q4_K_M.gguf" is "Qwen3 4B" on the screen."""
    told = name.removesuffix(".gguf").rpartition("/")[2]
    while (shorter := NOISE.sub("", PACKED.sub("", told))) != told:
        told = shorter
    return re.sub(r"[-_ ]+", " ", told).strip(" .") or name


def licence_words(licence: str) -> str:
    return LICENCES.get(licence.lower(), licence)


def came_with(job: str, in_use: bool, size: int) -> ShownShelfModel:
    title, words = CAME_WITH[job]
    return ShownShelfModel(
        CAME + job,
        job,
        title,
        words,
        size=size_words(size) if size else "",
        licence="GPL-3.0-or-later",
        facts=(("Origin", "Came with Parley"),),
        fit="fits",
        fit_words="Fits everywhere",
        state="here",
        source="Parley",
        in_use=in_use,
    )


def here(
    one: Found, job: str, entry: "Entry | None", fit: Fit, in_use: bool, removable: bool
) -> ShownShelfModel:
    """job: the one it is shown under."""
    return ShownShelfModel(
        HERE + str(one.path),
        job,
        entry.title if entry else plain(one.name),
        entry.good_at if entry else "",
        size=size_words(one.size),
        licence=entry.licence if entry else "",
        facts=facts_here(one),
        fit=fit.fit,
        fit_words=fit.words,
        state="here" if one.there else "away",
        source=one.source,
        in_use=in_use,
        removable=removable and one.there and not in_use,
    )


def told_apart(made: list[ShownShelfModel]) -> list[ShownShelfModel]:
    """Where two have one title, their packings are part of it."""
    count = Counter(row.title for row in made)

    def title(row: ShownShelfModel) -> str:
        how = packed(row.key)
        return f"{row.title} ({how})" if count[row.title] > 1 and how else row.title

    return [replace(row, title=title(row)) for row in made]


def facts_here(one: Found) -> tuple[tuple[str, str], ...]:
    rows = [("Folder" if one.job in ("listen", "find") else "File", str(one.path))]
    if len(one.files) > 1 and one.job in ("talk", "see"):
        rows.append(("Files", f"{len(one.files)}"))
    if one.projector and one.projector.suffix:  # a blob of Ollama's has no name to tell
        rows.append(("Sees through", one.projector.name))
    rows += [("Packing", packed(one.path.name)), ("Name", one.name)]
    rows.append(("Lies in the folder of", " and ".join((one.source, *one.also))))
    return tuple((label, value) for label, value in rows if value)


def offered(
    entry: "Entry", job: str, fit: Fit, listing: "Listing | None", choices: int, fetching: bool
) -> ShownShelfModel:
    size = size_in(entry, listing)
    about = f"about {size_words(entry.size)}" if not size else size_words(size)
    licence = entry.licence or (STATED if entry.job == "speak" else "")
    return ShownShelfModel(
        OFFER + entry.key,
        job,
        entry.title,
        entry.good_at,
        size=about,
        licence=licence,
        facts=facts_offered(entry.repository, entry.file, listing),
        fit=fit.fit,
        fit_words=fit.words,
        state="fetching" if fetching else "offered",
        unchecked=not size,
        choices=choices,
    )


def size_in(entry: "Entry", listing: "Listing | None") -> int:
    """Bytes of its main file as the hub has them, 0 where it was not asked or has none."""
    if listing is None:
        return 0
    if entry.file:
        found = listing.file(entry.file)
        return found.size if found else 0
    return sum(one.size for one in listing.files if "/" not in one.name and one.sha256)


def facts_offered(
    repository: str, file: str, listing: "Listing | None"
) -> tuple[tuple[str, str], ...]:
    rows = [("From", f"huggingface.co/{repository}"), ("File", file), ("Packing", packed(file))]
    if listing:
        found = listing.file(file) if file else None
        rows += [("Commit", listing.commit), ("SHA-256", found.sha256 if found else "")]
        rows.append(("Licence at the hub", licence_words(listing.licence)))
    return tuple((label, value) for label, value in rows if value)


def of_hub(
    one: "Repository", job: str, fit: Fit, listing: "Listing | None", choices: int, fetching: bool
) -> ShownShelfModel:
    owner, _, name = one.id.partition("/")
    said = [f"By {owner}" if name else ""]
    said.append(f"fetched {one.downloads:,} times in the last month" if one.downloads else "")
    said.append("its makers want to know who fetches it" if one.gated else "")
    return ShownShelfModel(
        HUB + one.id,
        job,
        plain(name or one.id),
        " · ".join(part for part in said if part),
        licence=licence_words(one.licence),
        facts=facts_offered(one.id, "", listing),
        fit=fit.fit,
        fit_words=fit.words,
        state="fetching" if fetching else "offered",
        choices=choices,
        unchecked=listing is None,
    )


def choice(one: Packing, fit: Fit, recommended: bool) -> ShownChoice:
    return ShownChoice(one.file, one.title, size_words(one.size), fit.fit, fit.words, recommended)


def marks(one: Found) -> set[str]:
    """Names by which a model of the catalogue is known again wherever it lies."""
    found = {one.path.name.casefold(), one.name.casefold()}
    for part in one.path.parts:
        if part.startswith("models--"):
            found.add(part.rpartition("--")[2].casefold())
    return found


def mark(entry: "Entry") -> str:
    name = entry.file or entry.repository
    return name.rpartition("/")[2].casefold()


def known_again(entries: "Iterable[Entry]", found: Iterable[Found]) -> "dict[Path, Entry]":
    """Which of what was found is which entry."""
    by_mark = {mark(entry): entry for entry in entries}
    made = {}
    for one in found:
        entry = next((by_mark[name] for name in marks(one) if name in by_mark), None)
        if entry and (entry.job == one.job or {entry.job, one.job} <= {"talk", "see"}):
            made[one.path] = entry
    return made
