"""Plugins for tests: folders with plugin.toml and plugin.py, from the good one to the worst."""

import http.server
import threading
from contextlib import contextmanager

ABOUT = 'name = "Dice"\nline = "Rolls dice."\nversion = "1"\n'
DICE = '''
from random import randint
from parley import tool

@tool
def roll_dice(sides: int = 6) -> str:
    """Roll one die."""
    return f"It shows {randint(sides, sides)}."
'''
HEAD = "import os, socket, threading, time\nfrom pathlib import Path\nimport parley\n"
NOTES = '[[permissions.folders]]\nname = "notes"\nline = "Where your notes lie"\nwrite = true\n'


def folder(place, code=DICE, about=ABOUT, **files):
    """A plugin's folder; files by their names without the dot of the ending: words_txt="…"."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "plugin.toml").write_text(about, "utf-8")
    (place / "plugin.py").write_text(code, "utf-8")
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (place / f"{stem}.{ending}").write_text(text, "utf-8")
    return place


def tool(body, name="do", returns="str", effect="pure", given="text: str = ''", before=""):
    """Code of a plugin with one tool that does this."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = f"{HEAD}{before}\n@parley.tool(effect={effect!r})\n"
    return f'{head}def {name}({given}) -> {returns}:\n    """Does it."""\n{lines}\n'


class Page(http.server.BaseHTTPRequestHandler):
    """Thanks for what is posted, and remembers it."""

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        self.server.got.append((self.headers["X-Key"], self.rfile.read(size)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"thanks")

    def log_message(self, *_):
        pass


@contextmanager
def listening():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.got, server.place = [], f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def posting(place, name="post"):
    """About and code of a plugin that posts what it is given, twice, and says what came."""
    about = ABOUT + f'[permissions]\nnetwork = ["{place}"]\n'
    asks = f"parley.fetch('http://{place}/x', body=text.encode(), headers={{'X-Key': 'k'}})"
    body = f"{asks}\ngot = {asks}\nreturn f'{{got.status}} {{got.text}}'"
    return tool(body, name=name, effect="sends"), about
