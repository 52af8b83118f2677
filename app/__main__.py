"""The command line: the window, or one question in the terminal."""

import argparse
import sys
from pathlib import Path

from app import VERSION


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="parley",
        description="A local assistant. Models run on this computer; nothing leaves it.",
        epilog='`parley ask "question"` answers in the terminal, `parley talk` starts and stops '
        "talking, `parley shelf FOLDER` lists variants for others; each has a --help of its own.",
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
    made.add_argument(
        *("-f", "--file"),
        metavar="PATH",
        action="append",
        default=[],
        help="a picture, document or film the question is about; may be given several times",
    )
    made.add_argument("--facts", action="store_true", help="print who answered, and its figures")
    _common(made)
    return made


def talk_parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="parley talk",
        description="Starts talking to the running Parley, or stops; for desktops on which it "
        "cannot have a key of its own: bind this command to one.",
    )
    made.add_argument(
        "what",
        nargs="?",
        choices=("on", "off"),
        help="only start, or only stop: for desktops that bind press and release apart",
    )
    _common(made)
    return made


def shelf_parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="parley shelf",
        description="Writes index.toml for the variants (*.parley) in a folder. Put the folder on "
        "the web, and its address is a shelf in Parley.",
    )
    made.add_argument("folder", type=Path)
    made.add_argument("--title", default="", help="what the shelf is called")
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
    if words[:1] == ["talk"]:
        return _talk(talk_parser().parse_args(words[1:]))
    if words[:1] == ["shelf"]:
        return _shelf(shelf_parser().parse_args(words[1:]))
    return _show(parser().parse_args(words))


def _show(args: argparse.Namespace) -> int:
    from app.main import run

    return run(args)


def _talk(args: argparse.Namespace) -> int:
    """Quick, because a key may be bound to it: Qt is loaded only where no Parley runs yet."""
    from app.handing import SILENT, Silent, hand_over
    from app.paths import folders

    command = f"talk-{args.what}" if args.what else "talk"
    try:
        if hand_over(folders(args.data_dir).state, [command]) or args.what == "off":
            return 0
    except Silent:
        print(*SILENT, file=sys.stderr)
        return 1
    args.files = [command]
    return _show(args)


def _shelf(args: argparse.Namespace) -> int:
    from engines.errors import ParleyError
    from engines.variants.shelf import make_index

    try:
        shelf = make_index(args.folder.resolve(), args.title)
    except ParleyError as error:
        print(error.message, error.hint, file=sys.stderr)
        return 1
    print(f"{shelf.title}: {len(shelf.offers)} variants")
    if shelf.left_out:
        print("Left out:", *shelf.left_out, sep="\n", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
