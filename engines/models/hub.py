"""The Hugging Face hub, or a mirror that speaks as it does: what is there, and where.

Everything blocks, and raises ParleyErrors in words.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from engines.errors import ParleyError
from engines.models.fetching.names import parts_of
from engines.models.fetching.troubles import Busy, HostileName, NeedsToken, NotThere, Odd
from engines.models.fetching.web import PASSING, Answer, Patience, Web, place_of

HUB = "https://huggingface.co"
LARGEST = 64 << 20  # bytes of an answer in JSON
LARGEST_FILE = 1 << 45  # bytes; none is nearly as large
MOST_FILES = 20_000
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9_][\w.-]{0,95})?", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
WANTED = ("downloads", "likes", "gated", "lastModified", "tags", "pipeline_tag")
# what a job is called at the hub
FILTERS: dict[str, dict[str, str]] = {
    "talk": {"filter": "gguf"},
    "see": {"filter": "gguf", "pipeline_tag": "image-text-to-text"},
    "listen": {"filter": "ctranslate2", "pipeline_tag": "automatic-speech-recognition"},
    "speak": {"filter": "piper", "pipeline_tag": "text-to-speech"},
    "find": {"filter": "open_clip"},
}


@dataclass(frozen=True)
class Repository:
    id: str  # "owner/name"
    downloads: int = 0  # of the last month
    likes: int = 0
    licence: str = ""  # as the hub abbreviates it: "apache-2.0"; "" where nobody says
    gated: bool = False  # its makers want to know who fetches it
    tags: tuple[str, ...] = ()
    updated: str = ""  # "2026-11-02T10:00:00.000Z"


@dataclass(frozen=True)
class Remote:
    """A file of a repository. One of the two hashes is there, in hex digits."""

    name: str  # folders and all, with "/"; always one that may lie in a folder of ours
    size: int  # bytes
    sha256: str = ""
    git_sha1: str = ""  # of "blob <size>\0" and the content, for small files


@dataclass(frozen=True)
class Listing:
    """What a repository held at one commit."""

    repository: str
    commit: str
    licence: str = ""
    gated: bool = False
    files: tuple[Remote, ...] = ()

    def file(self, name: str) -> Remote | None:
        return next((one for one in self.files if one.name == name), None)


class Hub:
    """place is what the seal is asked about; permits(place) about each further place it sends on
    to, in whatever thread asks. Without permits only the hub itself is asked."""

    def __init__(
        self,
        endpoint: str = HUB,
        token: str = "",
        proxy: str = "",
        permits: Callable[[str], bool] | None = None,
        patience: Patience = Patience(),  # noqa: B008 frozen
    ) -> None:
        self.web = Web(endpoint or HUB, token, proxy, permits, patience)
        self.endpoint, self.place, self._token = self.web.endpoint, self.web.place, bool(token)

    def search(self, words: str, job: str = "talk", limit: int = 30) -> list[Repository]:
        """The most fetched first."""
        asked = [("search", words.strip()), ("sort", "downloads"), ("limit", str(limit))]
        asked += [*FILTERS[job].items(), *(("expand", one) for one in WANTED)]
        found: list[Repository] = []
        url = f"{self.endpoint}/api/models?{urlencode(asked)}"
        while url and len(found) < limit:
            page, url = self._page(url)
            found += [one for entry in _rows(page) if (one := _repository(entry))]
        return found[:limit]

    def listing(self, repository: str, revision: str = "main") -> Listing:
        """Hostile names are left out, and so is what has no hash or size."""
        at = f"{self.endpoint}/api/models/{_checked(repository)}"
        told, _ = self._page(f"{at}/revision/{quote(revision, safe='')}", repository)
        if not isinstance(told, dict) or not COMMIT.fullmatch(_text(told.get("sha"))):
            raise Odd(self.place, f"does not say what it has of {repository}")
        commit, files = _text(told["sha"]), list[Remote]()
        url = f"{at}/tree/{commit}?recursive=true&expand=false"
        while url and len(files) < MOST_FILES:
            page, url = self._page(url, repository)
            files += [one for entry in _rows(page) if (one := _remote(entry))]
        about = _about(told)
        return Listing(repository, commit, about.licence, about.gated, tuple(files[:MOST_FILES]))

    def address(self, repository: str, commit: str, name: str) -> str:
        return f"{self.endpoint}/{_checked(repository)}/resolve/{quote(commit)}/{quote(name)}"

    def head(self, repository: str, commit: str, name: str, count: int) -> bytes:
        """The first bytes of a file, as many as it has or count."""
        wanted = {"Range": f"bytes=0-{count - 1}"}
        answer, found = self.web.read(self.address(repository, commit, name), wanted, count)
        self.look(answer, repository)
        return found

    def look(self, answer: Answer, repository: str) -> None:
        """Raises in words what a status means that is not one of success."""
        place, detail = place_of(answer.url), f"status {answer.status}"
        if answer.status in (200, 206):
            return
        if answer.status in (401, 403) and place == self.place:
            refused = answer.status == 403 or self._token
            raise NeedsToken(place, repository, refused, detail)
        if answer.status in (404, 410):
            raise NotThere(place, repository, detail)
        if answer.status in PASSING:
            raise Busy(place, 0, detail)
        raise Odd(place, "answers in a way Parley does not know", detail)

    def _page(self, url: str, repository: str = "") -> tuple[Any, str]:
        """What came, and where the next page is."""
        answer, body = self.web.read(url, {"Accept": "application/json"}, LARGEST)
        self.look(answer, repository or "the list of models")
        try:
            told = json.loads(body)
        except (ValueError, RecursionError) as error:
            words = "answers in a way Parley does not know"
            raise Odd(self.place, words, repr(error)) from error
        return told, self._next(answer.url, answer.headers)

    def _next(self, url: str, headers: Mapping[str, str]) -> str:
        """Always at the place we ask: a mirror passes on the hub's own links."""
        found = re.search(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?', headers.get("link", ""))
        if not found:
            return ""
        further = urlsplit(urljoin(url, found[1]))
        path = further.path[further.path.find("/api/") :]
        return f"{self.endpoint}{path}?{further.query}"


def _checked(repository: str) -> str:
    if not REPOSITORY.fullmatch(repository) or ".." in repository:
        raise ParleyError(f"“{repository[:100]}” is not the name of a model at the hub.")
    return repository


def _rows(page: object) -> list[dict[str, Any]]:
    return [one for one in page if isinstance(one, dict)] if isinstance(page, list) else []


def _repository(entry: dict[str, Any]) -> Repository | None:
    name = _text(entry.get("id")) or _text(entry.get("modelId"))
    return _about(entry | {"id": name}) if REPOSITORY.fullmatch(name) else None


def _about(told: dict[str, Any]) -> Repository:
    listed = told.get("tags")
    tags = tuple(_text(tag) for tag in listed) if isinstance(listed, list) else ()
    licence = next((t.partition(":")[2] for t in tags if t.startswith("license:")), "")
    return Repository(
        _text(told.get("id")),
        _count(told.get("downloads")),
        _count(told.get("likes")),
        licence,
        told.get("gated") not in (None, False, "false", ""),
        tags,
        _text(told.get("lastModified")),
    )


def _remote(entry: dict[str, Any]) -> Remote | None:
    if entry.get("type") != "file":
        return None
    name, size = entry.get("path"), entry.get("size")
    stored = entry.get("lfs") if isinstance(entry.get("lfs"), dict) else {}
    sha256 = _text(stored.get("oid")).removeprefix("sha256:")  # pyright: ignore[reportOptionalMemberAccess]
    sha256 = sha256 if SHA256.fullmatch(sha256) else ""
    blob = _text(entry.get("oid"))
    git = blob if COMMIT.fullmatch(blob) and not stored else ""
    if (
        not isinstance(name, str)
        or type(size) is not int
        or not 0 <= size <= LARGEST_FILE
        or not (sha256 or git)
    ):
        return None
    try:
        parts_of(name)
    except HostileName:
        return None
    return Remote(name, size, sha256, git)


def _text(value: object) -> str:
    return value[:500] if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if type(value) is int and value >= 0 else 0
