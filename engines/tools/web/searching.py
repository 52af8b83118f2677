"""The places a search can ask, and what they answer.

MediaWiki: https://www.mediawiki.org/wiki/API:Search and Extension:TextExtracts (prop=extracts).
SearXNG: https://docs.searxng.org/dev/search_api.html. DuckDuckGo has no documented interface: the
library ddgs knows the form and the page of its version without scripts.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from engines.errors import ParleyError
from engines.tools.registry import BadArguments
from engines.tools.web.addresses import Address, read
from engines.tools.web.words import one_line

if TYPE_CHECKING:
    from engines.tools.web.network import Answer, Network

MOST = 8  # results
SECONDS = 12.0  # one place
LARGEST = 2_000_000  # bytes of an answer
TITLE, SNIPPET, ADDRESS = 150, 300, 500  # characters
DUCKDUCKGO = "html.duckduckgo.com"
LANGUAGE = re.compile(r"[a-z]{2,12}(-[a-z]{2,12})*")


@dataclass(frozen=True)
class Found:
    title: str
    address: str
    words: str = ""


@dataclass(frozen=True)
class Source:
    """ask raises ParleyError in words."""

    name: str
    place: str
    ask: Callable[["Network", str], list[Found]]
    typed: bool = False  # its address was typed by the person: it may be on their own network


def sources(options: Any) -> tuple[Source, ...]:
    """Whom a search asks: the person's own SearXNG, else Wikipedia and DuckDuckGo."""
    if options is None:
        return ()
    if options.searxng.strip():
        return _at("SearXNG", options.searxng, searxng)
    wiki = options.wikipedia.strip().lower()
    if LANGUAGE.fullmatch(wiki):
        asked = _at("Wikipedia", f"https://{wiki}.wikipedia.org", mediawiki, typed=False)
    else:
        asked = _at("The wiki", options.wikipedia, mediawiki)
    duck = (Source("DuckDuckGo", DUCKDUCKGO, duckduckgo),) if options.duckduckgo else ()
    return (*asked, *duck)


def _at(
    name: str,
    written: str,
    ask: Callable[[Address, "Network", str], list[Found]],
    typed: bool = True,
) -> tuple[Source, ...]:
    """() where there is no address."""
    try:
        address = read(written.split("?")[0].rstrip("/"))
    except BadArguments:
        return ()
    return (Source(name, address.place, partial(ask, address), typed),)


def mediawiki(base: Address, network: "Network", query: str) -> list[Found]:
    asked = {
        "action": "query",
        "format": "json",
        "formatversion": "2",
        "generator": "search",
        "gsrsearch": query,
        "gsrlimit": str(MOST),
        "prop": "extracts|info",
        "inprop": "url",
        "exintro": "1",
        "explaintext": "1",
        "exsentences": "2",
        "exlimit": "max",
    }
    path = "" if base.url.endswith("api.php") else "w/api.php"
    answer = network.ask(_with(base, path, asked), seconds=SECONDS, largest=LARGEST)
    told = _json(answer, base.place)
    if isinstance(error := told.get("error"), dict):
        words = one_line(error.get("info"), 200) or "an error without words"
        raise ParleyError(f"{base.place} refused: {words}")
    inner = told.get("query")
    listed = _dicts(inner.get("pages")) if isinstance(inner, dict) else []
    listed.sort(key=lambda page: page["index"] if isinstance(page.get("index"), int) else MOST)
    return _kept((p.get("title"), p.get("fullurl"), p.get("extract")) for p in listed)


def searxng(base: Address, network: "Network", query: str) -> list[Found]:
    path = "" if base.url.endswith("/search") else "search"
    asked = _with(base, path, {"q": query, "format": "json"})
    answer = network.ask(asked, seconds=SECONDS, largest=LARGEST)
    if answer.status == 403:
        words = f"{base.place} gives no results as JSON."
        raise ParleyError(words, "Its keeper allows it under search.formats in settings.yml.")
    told = _json(answer, base.place)
    listed = _dicts(told.get("results"))
    found = _kept((one.get("title"), one.get("url"), one.get("content")) for one in listed)
    silent = told.get("unresponsive_engines")
    if not found and isinstance(silent, list) and silent:
        names = ", ".join(_engine(one) for one in silent[:8])
        raise ParleyError(f"{base.place} found nothing, because these did not answer it: {names}.")
    return found


def duckduckgo(network: "Network", query: str) -> list[Found]:
    """The library writes the form and reads the page; its own client is not used, because that
    one would follow redirects anywhere and say it is a browser."""
    from ddgs.engines.duckduckgo import Duckduckgo
    from lxml.etree import LxmlError

    engine = Duckduckgo(timeout=int(SECONDS))
    form = engine.build_payload(query, "wt-wt", "moderate", None)
    answer = network.ask(read(engine.search_url), form, SECONDS, LARGEST)
    if answer.status == 202:
        raise ParleyError("DuckDuckGo asks for a proof that no program is searching.")
    _check(answer, "DuckDuckGo")
    try:
        results = engine.post_extract_results(
            engine.extract_results(answer.body.decode("utf-8", "replace"))
        )
    except (LxmlError, ValueError, LookupError) as error:
        words = "What DuckDuckGo sent could not be read."
        raise ParleyError(words, "", repr(error)) from error
    return _kept((one.title, _behind(one.href), one.body) for one in results)


def _with(base: Address, path: str, asked: dict[str, str]) -> Address:
    between = "" if base.url.endswith("/") or not path else "/"
    return Address(f"{base.url}{between}{path}?{urlencode(asked)}", base.place)


def _behind(address: str) -> str:
    """The page a link of DuckDuckGo's leads to by way of itself."""
    parts = urlsplit(f"https:{address}" if address.startswith("//") else address)
    if parts.netloc.endswith("duckduckgo.com") and parts.path.startswith("/l/"):
        return parse_qs(parts.query).get("uddg", [""])[0]
    return address


def _engine(silent: Any) -> str:
    """[name, why] as people read it."""
    both = [one_line(word, 40) for word in silent] if isinstance(silent, list) else []
    return " – ".join(both[:2])


def _dicts(listed: Any) -> list[dict[str, Any]]:
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _kept(listed: Any) -> list[Found]:
    """(title, address, snippet) of strangers, cleaned; what leads nowhere is left out."""
    found: dict[str, Found] = {}
    for title, address, words in listed:
        try:
            where = quote(read(one_line(address, ADDRESS)).url, safe="%/:?#[]@!$&'()*+,;=~")
        except BadArguments:
            continue
        found.setdefault(
            where, Found(one_line(title, TITLE) or where, where, one_line(words, SNIPPET))
        )
    return list(found.values())


def _check(answer: "Answer", name: str) -> None:
    if answer.status == 200:
        return
    if answer.status in (429, 503):
        wait = answer.headers.get("Retry-After", "")
        when = f" for {wait} seconds" if wait.isascii() and wait.isdigit() else " for a while"
        raise ParleyError(f"{name} wants to be left alone{when} ({answer.status}).")
    if 300 <= answer.status < 400:
        raise ParleyError(f"{name} is somewhere else now ({answer.status}).")
    raise ParleyError(f"{name} did not answer the search ({answer.status}).")


def _json(answer: "Answer", name: str) -> dict[str, Any]:
    _check(answer, name)
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ParleyError(f"What {name} sent could not be read.")
    return told
