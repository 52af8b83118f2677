"""Character cards, versions 1 to 3: their JSON. Pictures and archives that carry it: card_files."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from engines.variants.checked import LARGEST_PICTURE, BadVariant, checked
from engines.variants.importing.books import OWN, lore
from engines.variants.importing.data_urls import kind, picture
from engines.variants.importing.fitting import fitted
from engines.variants.importing.macros import Macros
from engines.variants.importing.taking import BadImport, Imported, Taking
from engines.variants.importing.values import NAME, line, shown, table, tables, text, texts
from engines.variants.variant import Example, Look, Variant

SPECS = {"chara_card_v2": "Character card V2", "chara_card_v3": "Character card V3"}
FIRST = "Character card V1"
FIRST_FIELDS = {"description", "personality", "scenario", "first_mes", "mes_example"}
TAG, PICTURE = re.compile(r"<[^<>]{0,300}>"), re.compile(r"!\[[^\]]{0,200}\]\([^)]{0,500}\)")
START = re.compile(r"^\s*<START>\s*$", re.IGNORECASE | re.MULTILINE)
MARKED = re.compile(r"^[ \t]*\{\{user\}\}[ \t]*:", re.IGNORECASE | re.MULTILINE)
USER = r"\{\{user\}\}|<USER>|You|User"
SILENT = {OWN, "depth_prompt", "talkativeness", "fav"}  # taken elsewhere, or of no matter here
ITSELF = "ccdefault:"
ONLY_OURS = {  # fields of a variant for which a card has no place
    *("licence", "base", "alternatives", "openings", "sampling", "context", "longest_answer"),
    *("tools", "voice", "look", "grammar", "json_schema", "think", "minutes", "tests"),
}
PLAY = "You play {}. Stay in this role, and answer as {} would."


def recognise(content: object) -> bool:
    card = table(content)
    if _spec(card) in SPECS:
        return isinstance(card.get("data"), dict)
    return isinstance(card.get("name"), str) and len(FIRST_FIELDS & card.keys()) >= 2


def _spec(card: dict[str, Any]) -> str:
    return line(card.get("spec"))


def read(
    content: object, taking: Taking, find: Callable[[str], bytes] = lambda uri: b""
) -> Imported:
    """find: what lies beside the card under an address of its own, b"" where nothing does."""
    card = table(content)
    form = SPECS.get(_spec(card), FIRST)
    data = table(card.get("data")) if form != FIRST else card
    name = line(data.get("name") or card.get("name"), NAME)
    if not name:
        raise BadImport("the card names no character")
    macros = Macros(line(data.get("nickname"), NAME) or name, taking)
    book = lore(data.get("character_book"), macros, taking)
    examples, prose = _examples(text(data.get("mes_example")), macros, name)
    _leave(data, taking)
    variant = Variant(
        name=name,
        version=line(data.get("character_version")) or "1",
        line=_line(data, taking),
        author=line(data.get("creator")),
        origin=form,
        tags=tuple(line(one, 40) for one in texts(data.get("tags"))[:20]),
        instructions=_instructions(data, macros, book.always, prose, name),
        greeting=macros.spoken(text(data.get("first_mes"))).strip(),
        examples=examples,
        knowledge=book.knowledge,
        look=_look(data, taking, find),
    )
    return taking.done(_own(variant, data, taking), form)


def _own(variant: Variant, data: dict[str, Any], taking: Taking) -> Variant:
    """With what Parley itself put where other programs have no place for it."""
    told, variant = _told_by_parley(data), fitted(variant, taking.leave)
    for name in sorted(ONLY_OURS & told.keys()):
        try:
            found = getattr(msgspec.convert({"name": "x", name: told[name]}, Variant), name)
            if isinstance(found, Look):
                found = replace(found, picture=variant.look.picture)
            variant = checked(replace(variant, **{name: found}))
        except (msgspec.ValidationError, ValueError, BadVariant):
            taking.leave(f"What Parley had put into it as {name}, which is damaged.")
    return variant


def _told_by_parley(data: dict[str, Any]) -> dict[str, Any]:
    return table(table(data.get("extensions")).get(OWN))


def _instructions(
    data: dict[str, Any], macros: Macros, always: tuple[str, ...], prose: str, name: str
) -> str:
    own, told = text(data.get("system_prompt")).strip(), text(data.get("description")).strip()
    play = "" if _told_by_parley(data) else PLAY.format(name, name)
    parts = [own or play, told]
    for field, title in (("personality", "Personality"), ("scenario", "Scenario")):
        if said := text(data.get(field)).strip():
            parts.append(f"{title}: {said}")
    parts += always
    if prose:
        parts.append(f"This is how a conversation with {name} reads:\n\n{prose}")
    parts.append(text(_depth(data).get("prompt")).strip())
    parts.append(text(data.get("post_history_instructions")).strip())
    return "\n\n".join(one for part in parts if (one := macros.told(part).strip()))


def _depth(data: dict[str, Any]) -> dict[str, Any]:
    """Where SillyTavern keeps an instruction that it repeats near the end of a conversation."""
    return table(table(data.get("extensions")).get("depth_prompt"))


def _examples(said: str, macros: Macros, name: str) -> tuple[tuple[Example, ...], str]:
    """Questions with answers; what is written in another way comes back as prose."""
    found: list[Example] = []
    prose: list[str] = []
    for part in START.split(said):
        if not part.strip():
            continue
        pairs = _pairs(part, name)
        if pairs:
            found += [Example(macros.spoken(q), macros.spoken(a)) for q, a in pairs]
        else:
            prose.append(part.strip())
    return tuple(found), "\n\n".join(prose)


def _pairs(part: str, name: str) -> list[tuple[str, str]]:
    """Of one conversation; [] where its lines do not alternate between the two."""
    if MARKED.search(part):  # then a name before a colon is only a word of theirs
        user, of_character = r"\{\{user\}\}", r"\{\{char\}\}"
    else:
        user, of_character = USER, rf"\{{\{{char\}}\}}|<BOT>|{re.escape(name)}"
    speaker = rf"^[ \t]*(?:({user})|(?:{of_character}))[ \t]*:[ \t]?"
    marks = [*re.finditer(speaker, part, re.IGNORECASE | re.MULTILINE)]
    if not marks or part[: marks[0].start()].strip():
        return []
    ends = [one.start() for one in marks[1:]] + [len(part)]
    said: list[tuple[bool, str]] = []
    for mark, end in zip(marks, ends, strict=True):
        words, of_user = part[mark.end() : end].strip(), mark[1] is not None
        if said and said[-1][0] == of_user:
            said[-1] = (of_user, f"{said[-1][1]}\n\n{words}")
        else:
            said.append((of_user, words))
    if not said[0][0]:  # the character speaks first: nothing was asked
        said = said[1:]
    pairs = zip(said[::2], said[1::2], strict=False)
    return [(question, answer) for (_, question), (_, answer) in pairs if question and answer]


def _line(data: dict[str, Any], taking: Taking) -> str:
    """The first line of the notes for people, which a model never reads."""
    notes = text(table(data.get("creator_notes_multilingual")).get("en")) or text(
        data.get("creator_notes")
    )
    if _told_by_parley(data):
        return line(notes.split("\n\n")[0])  # what follows is for older programs
    plain = PICTURE.sub(" ", TAG.sub(" ", notes))
    first = next((one for one in plain.splitlines() if re.search(r"\w", one)), "").lstrip("#>*- ")
    if len(" ".join(plain.split())) > len(line(first)) + 5:
        taking.leave("The notes of its maker, but for their first line.")
    return line(first)


def _leave(data: dict[str, Any], taking: Taking) -> None:
    if others := texts(data.get("alternate_greetings")):
        words = "1 other greeting" if len(others) == 1 else f"{len(others)} other greetings"
        taking.leave(f"{words}: {shown(others[0])}")
    if texts(data.get("group_only_greetings")):
        taking.leave("Its greetings for groups.")
    if others := texts(data.get("source")):
        taking.leave(f"Where it says it comes from: {shown(others[0])}")
    told = table(data.get("extensions"))
    if names := [str(one) for one, value in told.items() if value and one not in SILENT]:
        taking.leave(f"What other programs keep in it: {shown(', '.join(names))}")


def _look(data: dict[str, Any], taking: Taking, find: Callable[[str], bytes]) -> Look:
    """Its main icon; of a card in a picture, without another word, that picture."""
    assets = tables(data.get("assets"))
    icons = [one for one in assets if one.get("type") == "icon"]
    icons.sort(key=lambda one: one.get("name") != "main")
    said = icons[0].get("uri") if icons else None
    uri = said if isinstance(said, str) else ITSELF
    found = picture(uri) or find(uri)
    if others := len(assets) - bool(icons):
        taking.leave(f"{others} more of the pictures and files that come with it.")
    if found and kind(found) and len(found) <= LARGEST_PICTURE:
        return Look(picture=taking.attach(f"picture.{kind(found)}", found))
    if uri != ITSELF:
        where = "" if uri.startswith("data:") else f" at {shown(uri)}"
        taking.leave(f"Its picture{where}: it is not there, too large, or no PNG, JPEG or WebP.")
    return Look()
