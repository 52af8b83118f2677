"""Whether this computer runs on its battery."""

import ctypes
import sys
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")
OFF_LINE = 0  # of SYSTEM_POWER_STATUS.ACLineStatus


def on_battery(supplies: Path = SUPPLIES) -> bool:
    """False where nobody knows. Quick."""
    if sys.platform == "win32":
        status = ctypes.create_string_buffer(12)  # SYSTEM_POWER_STATUS
        known = ctypes.windll.kernel32.GetSystemPowerStatus(status)
        return bool(known) and status.raw[0] == OFF_LINE
    try:
        found = [_supply(one) for one in supplies.iterdir()]
    except OSError:
        return False
    mains = [on for kind, on in found if kind in ("Mains", "USB")]
    return ("Battery", False) in found and not any(mains)


def _supply(folder: Path) -> tuple[str, bool]:
    """Its kind, and whether it feeds the computer. A battery that discharges does so: False."""
    try:
        kind = (folder / "type").read_text().strip()
        if kind == "Battery":
            return kind, (folder / "status").read_text().strip() != "Discharging"
        return kind, (folder / "online").read_text().strip() == "1"
    except (OSError, ValueError):
        return "", False
