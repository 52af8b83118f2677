"""Lore books of characters: what always holds becomes instructions, the rest a file to look up."""

import re
from typing import Any, NamedTuple

from engines.variants.importing.macros import Macros
from engines.variants.importing.taking import Taking
from engines.variants.importing.values import line, number, table, tables, text, texts
from engines.variants.names import trouble
from engines.variants.variant import Attached

FILE = "lore.md"
DECORATOR = re.compile(r"^@@@?(\w+)[^\n]*\n?", re.MULTILINE)
MOST = 5000  # entries
LONGEST = 1_000_000  # characters of the file
OWN = "parley"  # the extension in which Parley keeps what belongs to it


class Book(NamedTuple):
    always: tuple[str, ...] = ()  # texts that hold in every conversation
    knowledge: tuple[Attached, ...] = ()


def lore(value: object, macros: Macros, taking: Taking) -> Book:
    told = table(value).get("entries")
    entries = tables([*told.values()] if isinstance(told, dict) else told)  # the first is older
    if len(entries) > MOST:
        taking.leave(f"{len(entries) - MOST:,} of {len(entries):,} entries of its lore book.")
    entries = sorted(entries[:MOST], key=lambda one: number(one.get("insertion_order")) or 0)
    always: list[str] = []
    looked_up: list[str] = []
    files: list[Attached] = []
    off = 0
    taken = {FILE}
    for entry in entries:
        content = text(entry.get("content"))
        marks = {*DECORATOR.findall(content)}
        content = DECORATOR.sub("", content).strip()
        if (name := _own_file(entry)) and name not in taken:
            taken.add(name)
            files.append(taking.attach(name, entry["content"].encode(errors="replace")))
        elif entry.get("enabled") is False or (
            "dont_activate" in marks and "activate" not in marks
        ):
            off += 1
        elif not content:
            continue
        elif entry.get("constant") is True or "activate" in marks:
            always.append(macros.told(content))
        else:
            looked_up.append(macros.told(f"## {_title(entry)}\n\n{content}"))
    if off:
        taking.leave(f"{_counted(off)} of its lore book, switched off there.")
    if always:
        taking.leave(f"{_counted(len(always))} of its lore book became instructions.")
    if looked_up:
        files.append(_file(looked_up, table(value), taking))
    return Book(tuple(always), tuple(files))


def _own_file(entry: dict[str, Any]) -> str:
    """A knowledge file that Parley itself wrote as an entry."""
    name = table(table(entry.get("extensions")).get(OWN)).get("file")
    if not isinstance(name, str) or not isinstance(entry.get("content"), str):
        return ""
    return "" if trouble(name) else name


def _title(entry: dict[str, Any]) -> str:
    """By its keys, so that they are found in the file as they are in the book."""
    said = [line(entry.get("name"), 80) or line(entry.get("comment"), 80)]
    keys = texts(entry.get("keys")) + texts(entry.get("secondary_keys"))
    said += [line(one, 80) for one in keys[:20]]
    return ", ".join(dict.fromkeys(one for one in said if one)) or "Lore"


def _file(parts: list[str], book: dict[str, Any], taking: Taking) -> Attached:
    said = "\n\n".join(parts)
    if len(said) > LONGEST:
        taking.leave("The end of its lore book, which is too long.")
        said = said[:LONGEST]
    title = line(book.get("name"), 80)
    taking.leave(
        f"{_counted(len(parts))} of its lore book became the knowledge file {FILE}, "
        "looked up by what a question says and no longer by keys."
    )
    return taking.attach(FILE, f"# {title or 'Lore'}\n\n{said}\n".encode())


def _counted(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"
