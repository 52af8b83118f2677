"""The tools of plugins as a model is told of them, and what a plugin would be allowed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.controllers.consent import hash_of
from app.controllers.offered import Offered
from app.controllers.shown import ShownPlan
from app.plugins import Agreed, Found
from app.programs import one_line
from engines.plugins.about import About, WantedFolder
from engines.tools.registry import Effect, all_tools
from engines.tools.strangers import checked, digest

EFFECTS = (Effect.PURE, Effect.READS, Effect.WRITES, Effect.SENDS)
NONE = "None"
NAMED = 8  # files
OURS = "It has a tool named {}, as Parley itself has. Its author has to rename it."
THEIRS = "It has a tool named {}, as {} has. Switch one of them off."
TOUCHES = {Effect.READS: "reads", Effect.WRITES: "writes", Effect.SENDS: "sends"}


def home_of(key: str, effect: Effect) -> str:
    """The home of those of a plugin's tools that have this effect."""
    return f"plugin {key} {effect}"


def listed(found: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """What a plugin says of its tools, checked once more on this side."""
    effects = {str(one.get("name")): one.get("effect") for one in found}
    return tuple(one | {"effect": str(effect_of(effects[one["name"]]))} for one in checked(found))


def effect_of(said: Any) -> Effect:
    """What is not known runs with the least rights."""
    return Effect(said) if said in EFFECTS else Effect.PURE


def clashes(usable: Iterable[tuple[Found, Agreed]]) -> dict[str, str]:
    """Key -> why its tools are not offered: each name belongs to one alone, the first."""
    taken: dict[str, str] = {}
    found: dict[str, str] = {}
    for plugin, agreed in usable:
        names = [one["name"] for one in agreed.tools]
        for name in names:
            if name in all_tools():
                found[plugin.key] = OURS.format(name)
            elif name in taken:
                found.setdefault(plugin.key, THEIRS.format(name, taken[name]))
        if plugin.key not in found:
            taken |= dict.fromkeys(names, plugin.about.name)
    return found


def offered(plugin: Found, agreed: Agreed, tool: Mapping[str, Any]) -> Offered:
    effect, home = effect_of(tool["effect"]), home_of(plugin.key, effect_of(tool["effect"]))
    schema = {key: tool[key] for key in ("name", "description", "parameters")}
    folders = " ".join(f"{k}={v}" for k, v in sorted(agreed.folders.items()))
    return Offered(
        schema,
        home,
        effect,
        hash_of(home, f"{agreed.digest} {folders}", schema),
        title(plugin.about, tool["name"]),
        command=version(plugin.about),
        about=tool["description"],
        own_name=tool["name"],
        digest=digest(tool),
        places=plugin.about.permissions.network if effect is Effect.SENDS else (),
        maker="plugin",
        tells=True,
    )


def title(about: About, tool: str) -> str:
    return f"{about.name}: {one_line(tool.replace('_', ' '), 60)}"


def version(about: About) -> str:
    return f"{about.name} {about.version}".strip()


def plan(
    plugin: Found, before: Found | None = None, prints: Mapping[str, str] | None = None
) -> ShownPlan:
    """What would be allowed. before: the one it takes the place of; prints: of the files that were
    allowed until now."""
    about, wants = plugin.about, plugin.about.permissions
    rows = [("Does", about.line)] if about.line else []
    for name, value in (("Version", about.version), ("By", about.author)):
        rows += [(name, value)] if value else []
    rows += [("Licence", about.licence)] if about.licence else []
    if before:
        rows.append(("Replaces", f"{version(before.about)}, which is here"))
    folders = "\n".join(map(folder_words, wants.folders))
    rows.append(("Folders", f"{folders}\nYou choose them afterwards." if folders else NONE))
    rows.append(
        ("Network", f"{', '.join(wants.network)}\nEach use asks you." if wants.network else NONE)
    )
    rows.append(("Files", files_words(plugin)))
    if prints is not None:
        rows += changes(prints, plugin.prints)
    return ShownPlan(about.name, tuple(rows))


def files_words(plugin: Found) -> str:
    count = len(plugin.prints)
    many = "1 file" if count == 1 else f"{count} files"
    return f"{many}, {max(1, round(plugin.size / 1000)):,} KB"


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which files are not what they were, as rows."""
    found = (
        ("Changed", [name for name in now if name in before and now[name] != before[name]]),
        ("New", [name for name in now if name not in before]),
        ("Gone", [name for name in before if name not in now]),
    )
    return [(words, listing(names)) for words, names in found if names]


def listing(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def folder_words(wanted: WantedFolder) -> str:
    does = "It may read and change it" if wanted.write else "It may read it"
    return f"{wanted.line or wanted.name.replace('_', ' ').capitalize()} · {does.lower()}"


def usable_folders(
    plugin: Found, agreed: Agreed, trouble: Callable[[str], str]
) -> dict[WantedFolder, str]:
    """Those the person chose and that are still what they were."""
    wanted = {one.name: one for one in plugin.about.permissions.folders}
    chosen = {wanted[n]: path for n, path in agreed.folders.items() if n in wanted}
    return {one: path for one, path in chosen.items() if not trouble(path)}
