"""Runs probes.py in a cell that lacks one guard, or on a kernel with less; prints JSON.

Run as: celled.py GUARD LANDLOCK NAME ARGUMENT. GUARD is the one to leave out ("" for none),
LANDLOCK the version the kernel is said to have, NAME and ARGUMENT those of probes.report.
Only here can a cell be had without a guard: nothing in Parley asks for one.
"""

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from engines import jail
from engines.sandbox import cell

guard, version, name, argument = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
offer = jail.Offer(0 if guard == "landlock" else version, guard != "seccomp")
cell.jail.probe = lambda: offer
cell.CPU, cell.WALL = 1, 0.3 if name == "sleep_for_long" else 30.0
limits = {
    which: limit
    for which, limit in cell.limits().items()
    if which != getattr(resource, f"RLIMIT_{guard.upper()}", None)
}
cell.limits = lambda: limits
match guard:
    case "wall":
        cell.WALL = 60.0
    case "files":
        cell.FILES = 1000
    case "flood":
        cell.FLOOD = 1 << 40
    case "rights":
        jail.give_up_rights = lambda: None
    case "environment":
        cell.KEPT = tuple(os.environ)
    case "descriptors":
        os.closerange = lambda low, high: None

source = Path(__file__).with_name("probes.py").read_text()
app = os.pipe()  # stands for the pipe to the app


def work():
    names = {"__name__": "probes"}
    exec(compile(source, "probes", "exec"), names)
    return json.dumps(names["report"](argument, name)).encode()


outcome = cell.Cell(Path(tempfile.mkdtemp())).run(work, files=True)
done = json.loads(outcome.answer) if outcome.answer else None
sys.stdout.write(json.dumps({"done": done, "end": outcome.end}))
