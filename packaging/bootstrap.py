"""Sets Parley up on this machine, then runs it, its tests or a benchmark.

    python3 packaging/bootstrap.py run [-- arguments of Parley]
    python3 packaging/bootstrap.py test [--full | --clip] [-- arguments of pytest]
    python3 packaging/bootstrap.py setup
    python3 packaging/bootstrap.py bench NAME [-- arguments]

Every part of the set-up is done once and remembered. This file is readable by any Python 3, so
that an old one hears what it lacks.
"""

import sys

if sys.version_info < (3, 8):
    sys.exit(
        "Parley's set-up needs Python 3.8 or newer to run, and Python 3.11 or newer for Parley "
        "itself; this is Python " + sys.version.split()[0] + ". Try: python3.11 " + sys.argv[0]
    )

from steps import start
from steps.arguments import Usage, read_arguments
from steps.display import display_problem
from steps.preparation import prepare
from steps.record import Record, python_of, repository


def main() -> int:
    try:
        asked = read_arguments(sys.argv[1:])
    except Usage as problem:
        print(str(problem), file=sys.stderr)
        return 2
    if asked.command == "help":
        print(__doc__)
        return 0
    problem = asked.command == "run" and display_problem(asked.rest)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    purpose = "run" if asked.command in ("run", "setup") else "test"
    anew = asked.command == "setup"
    if (anew or not Record.load().ready(purpose)) and not prepare(purpose, anew):
        return 1
    if asked.command == "setup":
        return 0
    if asked.clip:
        return start.clip_tests(asked.rest)
    if asked.command == "test":
        return start.checks(asked.rest, full=asked.full)
    if asked.command == "bench":
        return start.benchmark(asked.name, asked.rest)
    return start.become([str(python_of(repository())), "-m", "app", *asked.rest])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        sys.exit(130)
