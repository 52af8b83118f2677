"""What this computer is, for people."""

from typing import TYPE_CHECKING

from app.controllers.shown import ShownMachine

if TYPE_CHECKING:
    from engines.machine import Card, Machine


def shown_machine(machine: "Machine | None", measuring: bool) -> ShownMachine:
    if machine is None:
        return ShownMachine(measuring=measuring)
    cards = " and ".join(card_words(one) for one in machine.cards) or "no graphics card"
    cores = f"{machine.cores} core{'s' if machine.cores != 1 else ''}"
    memory = f"{whole(machine.total)} of memory, {whole(machine.free)} of it free"
    return ShownMachine(f"{memory} · {cores} · {cards}", facts(machine), measuring)


def facts(machine: "Machine") -> tuple[tuple[str, str], ...]:
    speeds = machine.speeds
    found = [("Memory", f"{whole(machine.total)}, {whole(machine.free)} free")]
    found.append(("Cores", str(machine.cores)))
    if speeds.bandwidth:
        found.append(("Speed of the memory", f"{speeds.bandwidth / 1e9:.0f} GB a second"))
    if speeds.rate:
        found.append(("Read while it writes", f"{speeds.rate / 1e9:.1f} GB a second"))
    found += [(one.name, card_words(one, named=False)) for one in machine.cards]
    found.append(("Measured", "yes" if machine.measured else "not yet: speeds are guesses"))
    return tuple(found)


def card_words(card: "Card", named: bool = True) -> str:
    own = "shares the computer's memory" if card.shared else f"{whole(card.total)} of its own"
    return f"{card.name} ({own})" if named else own


def whole(size: int) -> str:
    return f"{size / 1e9:.0f} GB" if size >= 10e9 else f"{size / 1e9:.1f} GB"
