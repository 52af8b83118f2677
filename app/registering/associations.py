"""The file in which a desktop keeps which program opens what (mimeapps.list), line by line.

What Parley did not write stays as it is, comments too.
"""

GROUP = "[Default Applications]"


def with_default(text: str, kind: str, entry: str) -> str:
    """entry opens kind from now on; what did before comes second."""
    lines = without_default(text, kind, entry).splitlines()
    start = _start(lines)
    if start is None:
        return _joined([*lines, *([""] if lines else []), GROUP, f"{kind}={entry};"])
    place = _line(lines, start, kind)
    if place is None:
        lines.insert(start + 1, f"{kind}={entry};")
    else:
        lines[place] = f"{kind}={';'.join((entry, *_entries(lines[place])))};"
    return _joined(lines)


def without_default(text: str, kind: str, entry: str) -> str:
    lines = text.splitlines()
    start = _start(lines)
    place = None if start is None else _line(lines, start, kind)
    if place is None or entry not in _entries(lines[place]):
        return text
    left = [one for one in _entries(lines[place]) if one != entry]
    lines[place : place + 1] = [f"{kind}={';'.join(left)};"] if left else []
    return _joined(lines)


def default(text: str, kind: str) -> str:
    """The entry that opens kind, "" for none."""
    lines = text.splitlines()
    start = _start(lines)
    place = None if start is None else _line(lines, start, kind)
    return next(iter(_entries(lines[place])), "") if place is not None else ""


def _start(lines: list[str]) -> int | None:
    return next((n for n, line in enumerate(lines) if line.strip() == GROUP), None)


def _line(lines: list[str], start: int, kind: str) -> int | None:
    for place in range(start + 1, len(lines)):
        if lines[place].lstrip().startswith("["):
            return None
        if lines[place].partition("=")[0].strip() == kind:
            return place
    return None


def _entries(line: str) -> list[str]:
    return [one.strip() for one in line.partition("=")[2].split(";") if one.strip()]


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n" if lines else ""
