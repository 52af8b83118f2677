"""Plugins in their jailed processes, from the well-behaved to the worst."""

import json
import os
import re
import socket
import threading
from pathlib import Path

import pytest

from engines import jail
from engines.messages import CallTool, Done, Failed, ListTools, Sent, ToolCall, ToolResult
from engines.plugins import contents
from engines.tools.plugins import Options
from engines.tools.strangers import digest
from tests.data import plugins
from tests.data.plugins import ABOUT, NOTES, tool
from tests.data.running import Running
from tests.data.surroundings import surroundings

PROBES = (Path(__file__).parents[1] / "data/probes.py").read_text()
pytestmark = pytest.mark.skipif(
    bool(jail.gap(jail.probe())), reason="plugins are off where no jail holds"
)


class Plugin(Running):
    def tools(self):
        found, ending = self.ask(ListTools())
        assert ending == Done()
        return {one["name"]: one for one in found.tools}

    def use(self, name="do", allowed=(), **given):
        """All that comes of a call of a tool as it was listed."""
        agreed = digest(self.tools()[name])
        return self.ask(CallTool(ToolCall("c1", name, given), allowed, agreed))

    def said(self, name="do", **given):
        result = self.use(name, **given)[-2]
        assert isinstance(result, ToolResult) and result.origin == "mcp"
        return result.text, result.error


@pytest.fixture
def start(tmp_path):
    """A function that starts the engine of a plugin with this code."""
    running = []

    def start(code=plugins.DICE, about=ABOUT, folders=(), write=(), network=False, **options):
        made = plugins.folder(tmp_path / f"plugin-{len(running)}", code, about)
        agreed = contents.read(made).digest
        filled = Options(str(made), agreed, tuple(folders), tuple(write), **options)
        granted = {name: Path(path) for name, path in folders}
        grants = {
            "read": [made, *(p for n, p in granted.items() if n not in write)],
            "write": [granted[name] for name in write],
            "network": network,
        }
        plugin = Plugin("plugins", filled, tmp_path / "log", **grants)
        plugin.folder = made
        running.append(plugin)
        assert plugin.loaded[-1] == Done()
        return plugin

    yield start
    for plugin in running:
        plugin.host.stop()


def broken(plugin):
    """The words about a plugin that has no tools to offer."""
    (failed,) = plugin.ask(ListTools())
    assert isinstance(failed, Failed)
    assert plugin.ask(ListTools()) == [failed]  # its keeper is there as before
    return f"{failed.message} {failed.hint}".strip()


def test_a_good_one_says_what_it_can_and_does_it(start):
    plugin = start()
    tools = plugin.tools()
    assert tools["roll_dice"]["description"] == "Roll one die."
    assert tools["roll_dice"]["parameters"]["properties"] == {"sides": {"type": "integer"}}
    assert tools["roll_dice"]["effect"] == "pure"
    assert plugin.said("roll_dice", sides=9) == ("It shows 9.", False)
    words, error = plugin.said("roll_dice", sides="many")
    assert error and "whole number" in words


def test_the_ten_lines_of_the_readme_work(start):
    told = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    about, code = re.findall(r"```(?:toml|python)\n# dice/plugin\..*?\n(.*?)```", told, re.DOTALL)
    assert len((about + code).splitlines()) <= 10
    plugin = start(code, about)
    assert plugin.tools().keys() == {"roll_dice"}
    assert plugin.said("roll_dice", sides=1) == ("It shows 1.", False)


def test_its_own_modules_and_files_are_there_and_what_it_keeps_in_memory(start, tmp_path):
    code = tool("counted.append(1)\nreturn f'{greeting()} {len(counted)} {parley.data(\"a.txt\")}'",
                before="from helper import greeting\ncounted = []\n")  # fmt: skip
    made = plugins.folder(
        tmp_path / "p", code, helper_py="def greeting(): return 'Hello'", a_txt="b"
    )
    options = Options(str(made), contents.read(made).digest)
    plugin = Plugin("plugins", options, tmp_path / "log", read=[made])
    try:
        assert plugin.said()[0] == "Hello 1 b'b'"
        assert plugin.said()[0] == "Hello 2 b'b'"
    finally:
        plugin.host.stop()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def broken(:\n", "plugin.py, line 1: SyntaxError"),
        ("x = 1\nraise RuntimeError('no luck')", "plugin.py, line 2: RuntimeError: no luck"),
        ("import no_such_library", "No module named 'no_such_library'"),
        ("import sys\nsys.exit(3)", "SystemExit"),
        ("import os\nos._exit(3)", "Dice ended unexpectedly."),
        ("x = 1", "It has no function under @tool."),
        (tool("return 1", returns="int"), "do must return str"),
        (tool("return ''", given="text"), "text has no type"),
        (tool("return ''", given="text: dict"), "cannot be told to a model"),
        (tool("return ''", given="*text: str"), "may not be *text"),
        (tool("return ''", effect="runs"), "the effect of a tool is one of"),
        (tool("return ''", effect="sends"), "plugin.toml names no address"),
        (tool("return ''").replace('"""Does it."""', ""), "needs a docstring"),
        (tool("return ''").replace("def do", "async def do"), "a plain function"),
        ("from parley import tool, nonsense", "cannot import name 'nonsense'"),
        ("big = bytearray(1 << 31)", "MemoryError"),
    ],
)  # fmt: skip
def test_a_broken_one_says_why(start, code, words):
    assert words in broken(start(code))


def test_an_endless_loop_ends_with_its_time_and_the_next_call_works(start):
    plugin = start(tool("while text == 'for ever':\n    pass\nreturn 'done'"), seconds=1)
    assert plugin.said(text="for ever") == (
        "Dice took longer than 1 seconds and was ended. Try again, or ask for less.",
        True,
    )
    assert plugin.said() == ("done", False)


def test_one_that_loops_at_its_start_is_ended_in_time_or_by_a_stop(start):
    assert "longer than 1 seconds" in broken(start("while True: pass", seconds=1))
    plugin = start("while True: pass")
    job = plugin.host.submit(ListTools())
    plugin.host.cancel(job)
    assert type(plugin.heard(job)[-1]).__name__ in ("Cancelled", "Failed")


def test_nothing_of_it_runs_between_two_calls(start, tmp_path):
    (tmp_path / "notes").mkdir()
    before = (
        "def count():\n    n = 0\n    while True:\n        n += 1\n        parley.counted = n\n"
    )
    code = tool("threading.Thread(target=count, daemon=True).start()\ntime.sleep(0.1)\nreturn 'x'",
                before=before)  # fmt: skip
    plugin = start(code)
    assert plugin.said() == ("x", False)
    [child] = children(plugin.host.pid)
    wait_until(lambda: "\nState:\tT" in Path(f"/proc/{child}/status").read_text())


def children(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += (task / "children").read_text().split()
    return found


def wait_until(what):
    for _ in range(6000):
        if what():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came to that")


ESCAPES = """
done = []
def attempt(name, deed):
    try:
        deed()
        done.append(name)
    except (OSError, MemoryError, RuntimeError):
        pass
def forked():
    if os.fork() == 0:
        os._exit(0)
def bomb():
    while True:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
attempt('read', lambda: Path(SECRET).read_text())
attempt('list', lambda: os.listdir(Path(SECRET).parent))
attempt('passwd', lambda: Path('/etc/passwd').read_text())
attempt('itself', lambda: Path(OWN).read_text())
attempt('write', lambda: Path(SECRET).write_text('x'))
attempt('tmp', lambda: Path('/tmp/escaped').write_text('x'))
attempt('connect', lambda: socket.create_connection(('127.0.0.1', PORT), 2))
attempt('socket', lambda: socket.socket())
attempt('datagram', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt('fork', forked)
attempt('program', lambda: os.execv('/bin/true', ['true']))
attempt('signal', lambda: os.kill(os.getppid(), 9))
attempt('memory', lambda: bytearray(1 << 31))
attempt('fetch', lambda: parley.fetch(f'http://127.0.0.1:{PORT}/'))
return ', '.join(done) or 'nothing'
"""


@pytest.mark.parametrize("effect", ["pure", "sends"])
def test_it_gets_nowhere(start, tmp_path, effect):
    """Also one whose keeper may use the network, and is not to for this call."""
    (tmp_path / "secret").write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        body = ESCAPES.replace("SECRET", repr(str(tmp_path / "secret"))).replace("PORT", str(port))
        body = body.replace("OWN", repr(str(tmp_path / "plugin-0/plugin.py")))
        body = body.replace("RuntimeError)", "RuntimeError, parley.Problem)")
        about = ABOUT + '[permissions]\nnetwork = ["example.org"]\n'
        plugin = start(tool(body.strip(), effect=effect), about, network=effect == "sends")
        assert plugin.said() == ("nothing", False)
        assert Path(tmp_path / "secret").read_text() == "x"
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_none_of_the_hostile_probes_succeeds(start, tmp_path):
    """The same that are tried on Python a model writes, where most succeed without a jail."""
    body = "found = report(text)\nreturn ', '.join(found) or f'none of {len(PROBES)}'"
    plugin = start(tool(body, before=f"import sys\n{PROBES}"))
    with surroundings(tmp_path) as at:
        words, error = plugin.said(text=json.dumps(at | {"out": str(tmp_path / "out")}))
    assert not error and words == "none of 31"


MISDEEDS = [
    "while True:\n    os.fork()",
    "while True:\n    threading.Thread(target=time.sleep, args=(600,)).start()",
    "kept = []\nwhile True:\n    kept.append(bytearray(1 << 20))",
    "os.write(3, b'\\xff\\xff\\xff\\x7f' + b'x' * 1000)\nreturn ''",
    "os.write(3, b'\\x05\\x00\\x00\\x00hello')\nreturn ''",
    "os.close(3)\nos.close(0)\nreturn ''",
    "os.kill(os.getpid(), 9)",
    "return 'x' * (1 << 29)",
    "return 5",
    "return chr(0xd800)",
    "raise SystemExit",
    "raise KeyboardInterrupt",
    "def deeper(n):\n    return deeper(n + 1)\nreturn deeper(0)",
]  # fmt: skip


def test_whatever_it_does_the_next_call_works(start):
    cases = [
        f"if text == {str(n)!r}:\n" + "\n".join(f"    {line}" for line in body.split("\n"))
        for n, body in enumerate(MISDEEDS)
    ]
    plugin = start(tool("\n".join([*cases, "return 'fine'"])), seconds=20)
    keeper = plugin.host.pid
    for number, body in enumerate(MISDEEDS):
        words, _ = plugin.said(text=str(number))
        assert words, body
        assert plugin.said(text="good") == ("fine", False), body
        assert plugin.host.pid == keeper and not plugin.host.over, body


def test_a_result_that_is_no_text_is_told_as_that(start):
    assert start(tool("return [5]")).said() == (
        "do gave back list and no text: its author has to mend it.",
        True,
    )


def test_what_it_may_do_in_a_folder_is_what_was_granted(start, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").write_text("fine")
    body = "at = parley.folder('notes')\nread = (at / 'a.txt').read_text()\n"
    body += "try:\n    (at / 'b.txt').write_text(text)\nexcept OSError:\n    read += ' only'\n"
    code = tool(f"{body}return read", effect="writes")
    assert start(code, ABOUT + NOTES).said()[0].startswith("The person has not chosen the folder")
    granted = [("notes", str(notes))]
    assert start(code, ABOUT + NOTES, granted).said(text="x") == ("fine only", False)
    assert not (notes / "b.txt").exists()
    assert start(code, ABOUT + NOTES, granted, ["notes"]).said(text="x") == ("fine", False)
    assert (notes / "b.txt").read_text() == "x"


def test_files_that_changed_are_not_run(start):
    plugin = start()
    assert plugin.said("roll_dice", sides=2) == ("It shows 2.", False)
    tool = plugin.tools()["roll_dice"]
    (plugin.folder / "plugin.py").write_text(plugins.DICE.replace("shows", "never showed"))
    request = CallTool(ToolCall("c1", "roll_dice", {}), (), digest(tool))
    (failed,) = plugin.ask(request)
    assert failed.message == "Dice has changed since it was allowed."
    (plugin.folder / "plugin.py").write_text(plugins.DICE)
    assert plugin.said("roll_dice", sides=2) == ("It shows 2.", False)


def test_a_tool_that_is_another_one_than_the_person_saw_is_not_run(start):
    plugin = start()
    found, ending = plugin.ask(CallTool(ToolCall("c1", "roll_dice", {}), (), "0" * 64))
    assert type(found).__name__ == "ToolsFound" and ending == Done()


@pytest.fixture
def server():
    with plugins.listening() as server:
        yield server


def test_the_network_is_asked_for_it_where_the_person_opened_it(start, server):
    plugin = start(*plugins.posting(server.place), network=True)
    sent, result, _ = plugin.use("post", allowed=(server.place,), text="hello")
    assert isinstance(sent, Sent) and (sent.where, sent.what) == (server.place, "POST /x POST /x")
    assert sent.sent > 10 and sent.received > 10 and result.text == "200 thanks"
    assert server.got == [("k", b"hello")] * 2
    words, error = plugin.said("post", text="again")  # this time it was not opened
    assert error and "was not opened" in words and len(server.got) == 2


def test_it_ends_with_its_keeper(start):
    plugin = start()
    plugin.tools()
    [child] = children(plugin.host.pid)
    os.kill(plugin.host.pid, 9)
    plugin.host.gone.wait(60)
    status = Path(f"/proc/{child}/status")
    wait_until(lambda: not status.exists() or "\nState:\tZ" in status.read_text())
