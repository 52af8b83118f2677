"""The command line: the window, or one question in the terminal."""

import argparse
import sys
from pathlib import Path

from app import VERSION


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="parley",
        description="A local assistant. Models run on this computer; nothing leaves it.",
        epilog='`parley ask "question"` answers in the terminal; see `parley ask --help`.',
    )
    made.add_argument("files", nargs="*", help="a model (.gguf) or text files to open")
    _common(made)
    made.add_argument("--version", action="version", version=f"Parley {VERSION}")
    return made


def ask_parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="parley ask", description="Asks the model one question and prints its answer."
    )
    made.add_argument("question", nargs="*", help="read from the input when left out")
    made.add_argument("--facts", action="store_true", help="print who answered, and its figures")
    _common(made)
    return made


def _common(made: argparse.ArgumentParser) -> None:
    made.add_argument("--model", metavar="PATH", help="a GGUF file, instead of the one open last")
    made.add_argument("--data-dir", metavar="DIR", type=Path, help="keep everything in this folder")
    made.add_argument("--echo", action="store_true", help=argparse.SUPPRESS)


def main() -> int:
    words = sys.argv[1:]
    if words[:1] == ["ask"]:
        args = ask_parser().parse_args(words[1:])
        from app.ask import ask

        return ask(args)
    args = parser().parse_args(words)
    from app.main import run

    return run(args)


if __name__ == "__main__":
    raise SystemExit(main())
