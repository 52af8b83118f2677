"""How a plugin stands on the page of tools."""

from collections.abc import Callable, Container

from app.controllers.live import Live
from app.controllers.plugin_offers import folder_words, plan, title
from app.controllers.shown import ShownToolSetting
from app.controllers.shown_plugins import ShownPlugin, ShownPluginFolder
from app.plugins import Agreed, Found

NEW = "Not allowed yet: nothing of it has run."
CHANGED = "Its files have changed since you allowed them, so it does not run."
SILENT = "It says nothing about this tool."


def row(
    found: Found,
    agreed: Agreed | None,
    live: Live | None,
    awake: bool,
    why: str,
    off: Container[str],
    trouble: Callable[[str], str],
) -> ShownPlugin:
    """why: what else keeps it from being used; off: names of tools that are switched off."""
    state, words, retry = state_of(found, agreed, live, awake, why)
    asked = state in ("new", "changed")
    return ShownPlugin(
        found.key,
        found.about.name,
        found.about.line,
        *(state, words, bool(agreed and agreed.on and not asked)),
        can_be_on=bool(agreed and not asked and state != "broken"),
        folders=folders_of(found, agreed, trouble) if agreed else (),
        tools=tools_of(found, agreed, off) if agreed and not asked else (),
        network=network_of(found) if agreed else "",
        seconds=agreed.seconds if agreed else 30,
        retry=retry,
        plan=plan(found, prints=agreed.prints if agreed else None) if asked else None,
        digest=found.digest,
    )


def state_of(
    found: Found, agreed: Agreed | None, live: Live | None, awake: bool, why: str
) -> tuple[str, str, str]:
    """State, words for it, and words on the button that tries again."""
    if found.trouble:
        return "broken", found.trouble, "Look again"
    if agreed is None:
        return "new", NEW, ""
    if agreed.digest != found.digest:
        return "changed", CHANGED, ""
    if not agreed.on:
        return "off", "Off", ""
    if live and live.asking:
        return "starting", "Starting…", ""
    if why:
        return "broken", why, ""
    if live and live.why:
        return "failed", live.why, "Try again"
    count = len(agreed.tools)
    tools = f"{count} tool{'s' if count != 1 else ''}"
    return ("running", f"Running · {tools}", "") if awake else ("ready", f"Ready · {tools}", "")


def folders_of(
    found: Found, agreed: Agreed, trouble: Callable[[str], str]
) -> tuple[ShownPluginFolder, ...]:
    def shown(wanted) -> ShownPluginFolder:
        path = agreed.folders.get(wanted.name, "")
        return ShownPluginFolder(
            wanted.name, folder_words(wanted), path, trouble(path) if path else ""
        )

    return tuple(map(shown, found.about.permissions.folders))


def network_of(found: Found) -> str:
    places = ", ".join(found.about.permissions.network)
    return f"{places} · each use asks you" if places else ""


def tools_of(found: Found, agreed: Agreed, off: Container[str]) -> tuple[ShownToolSetting, ...]:
    return tuple(
        ShownToolSetting(
            one["name"],
            title(found.about, one["name"]).partition(": ")[2].capitalize(),
            one["description"] or SILENT,
            one["effect"],
            one["name"] not in off,
        )
        for one in agreed.tools
    )
