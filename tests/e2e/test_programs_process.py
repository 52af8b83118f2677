"""Programs that speak MCP in their jailed process, from the well-behaved to the worst."""

import json
import os
import shutil
import socket
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from engines import jail, registry
from engines.errors import ParleyError
from engines.messages import (
    CallTool,
    Cancelled,
    Done,
    Failed,
    ListTools,
    ToolCall,
    ToolPicture,
    ToolResult,
    ToolsFound,
)
from engines.tools.mcp_client.engine import connected
from engines.tools.mcp_client.heard import Heard
from engines.tools.mcp_client.web import address_of
from engines.tools.strangers import digest
from tests.data import mcp_http
from tests.data.running import Running

ROOT = Path(__file__).parents[2]
SERVERS = ROOT / "tests/data/mcp_servers.py"
CHECK = CallTool(ToolCall("c1", "echo", {"text": "hello"}))


class Program(Running):
    def tools(self):
        *_, found, _ = self.ask(ListTools())
        return {one["name"]: one for one in found.tools}

    def use(self, tool, text="hello"):
        """What comes of a call of a tool as it was listed."""
        return self.ask(request_of(tool, text))


def request_of(tool, text="hello"):
    return CallTool(ToolCall("c1", tool["name"], {"text": text}), (), digest(tool))


@pytest.fixture
def start(tmp_path):
    """A function that starts the engine of a program; what it said while loading comes first."""
    running = []
    (tmp_path / "own").mkdir()

    def start(*command, granted=(), network=False, **options):
        filled = {"name": "Test program", "command": command, "own": str(tmp_path / "own")}
        made = registry.all_specs()["programs"].options(**filled | options)
        grants = {"read": granted, "write": [tmp_path / "own"], "network": network}
        program = Program("programs", made, tmp_path / "log", grace=1.0, **grants)
        running.append(program)
        return program, [e for e in program.loaded if type(e).__name__ != "Progress"]

    yield start
    for program in running:
        program.host.stop()


@pytest.fixture
def misbehaving(start):
    def started(mode, **options):
        program, said = start(sys.executable, str(SERVERS), mode, granted=[SERVERS], **options)
        return (program, said) if isinstance(said[-1], Failed) else program

    return started


def gone(pid):
    """Not there, or only its number until somebody asks for it."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def wait_until(what, seconds=20):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_published_server_works_in_the_jail(start):
    program, (loaded, ending) = start(sys.executable, "-m", "mcp_server_time")
    assert ending == Done() and loaded.jail == "" and "time" in loaded.runner
    tools = program.tools()
    assert set(tools) == {"get_current_time", "convert_time"}
    arguments = {"source_timezone": "Europe/Rome", "target_timezone": "Asia/Tokyo", "time": "12:00"}
    call = ToolCall("c1", "convert_time", arguments)
    result, ending = program.ask(CallTool(call, (), digest(tools["convert_time"])))
    assert ending == Done() and "+8.0h" in result.text or "+7.0h" in result.text
    assert (result.origin, result.error) == ("mcp", False)
    wrong = ToolCall("c2", "get_current_time", {"timezone": "Nowhere/Land"})
    result, _ = program.ask(CallTool(wrong, (), digest(tools["get_current_time"])))
    assert result.error and "Nowhere/Land" in result.text


# eight ways to misbehave


def test_a_tool_that_changed_is_not_run(misbehaving):
    program = misbehaving("changing")
    tool = program.tools()["echo"]
    found, ending = program.use(tool)
    assert isinstance(found, ToolsFound) and ending == Done()
    assert found.tools[0]["description"] != tool["description"]


def test_a_tool_that_was_added_is_not_run_and_the_others_are(misbehaving):
    program = misbehaving("adding")
    tool = program.tools()["echo"]
    assert program.use(tool)[0] == ToolResult("c1", "hello", origin="mcp")
    sneaky = CallTool(ToolCall("c1", "sneaky", {"text": "x"}), (), "")
    assert isinstance(program.ask(sneaky)[0], ToolsFound)


def test_a_flood_ends_the_call(misbehaving):
    program = misbehaving("flooding")
    (failed,) = program.use(program.tools()["echo"])
    assert "8 MB" in failed.hint and isinstance(failed, Failed)


def test_silence_ends_with_the_time_a_call_has_and_can_be_stopped_before(misbehaving):
    program = misbehaving("silent", seconds=1)
    tool = program.tools()["echo"]
    (failed,) = program.use(tool)
    assert failed.message == "Test program did not answer within 1 s."
    job = program.host.submit(request_of(tool))  # it still sleeps: the app would have ended it
    time.sleep(0.2)
    program.host.cancel(job)
    assert isinstance(program.heard(job)[-1], Cancelled | Failed)
    assert not program.host.over  # it hurried, and was not killed for being slow


def test_garbage_between_messages_is_passed_over(misbehaving):
    program = misbehaving("garbage")
    assert program.use(program.tools()["echo"])[0].text == "hello"


def test_nothing_but_garbage_is_said_in_words(misbehaving):
    _, said = misbehaving("noise")
    assert "not MCP" in said[-1].hint


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_child_left_behind_ends_with_it(misbehaving, tmp_path, end):
    program = misbehaving("forking")
    pids = tmp_path / "own/pids"
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    left = [int(pid) for pid in pids.read_text().split()]
    assert not any(map(gone, left))
    if end == "stop":
        program.host.stop()
    else:
        os.kill(program.host.pid, 9)
    wait_until(lambda: all(map(gone, left)))


def test_a_death_ends_the_call_in_words(misbehaving):
    program = misbehaving("dying")
    (failed,) = program.use(program.tools()["echo"])
    assert "ended" in failed.message


# what it may touch, and what it says


@pytest.fixture
def mixed(start, tmp_path):
    """Granted one folder, and with a secret in its environment."""
    (tmp_path / "granted").mkdir()
    (tmp_path / "granted/file").write_text("fine")
    command = (sys.executable, str(SERVERS), "mixed")
    environment = (("KEY", "canary-7731"),)
    program, _ = start(*command, granted=[SERVERS, tmp_path / "granted"], environment=environment)
    return program


def test_what_it_says_is_cleaned_and_bounded_and_it_touches_only_its_own(mixed, tmp_path):
    tools = mixed.tools()
    names = ["dirty", "long", "deep", "wide", "refusing", "picture", "secret", "peeking"]
    assert list(tools) == [*names, "calculator", "twice"]
    assert mixed.use(tools["calculator"])[0].text == "hello"  # a name like ours is only a name
    assert tools["dirty"]["description"] == "Adds reversed and hidden words"
    assert len(tools["long"]["description"]) == 1000
    wide = tools["wide"]["parameters"]
    assert "w" * 400 not in str(wide) and "p149" in wide["properties"]
    result = mixed.use(tools["dirty"])[0]
    assert result == ToolResult("c1", "Adds reversed and hidden words", True, "mcp")
    result = mixed.use(tools["long"])[0]
    assert len(result.text.encode()) <= 64_000 and "more characters" in result.text
    result = mixed.use(tools["refusing"])[0]
    assert result == ToolResult("c1", "No hello here", True, "mcp")
    picture, result, _ = mixed.use(tools["picture"])
    assert isinstance(picture, ToolPicture) and (picture.width, picture.height) == (1, 1)
    assert picture.png.startswith(b"\x89PNG") and "1 picture is shown" in result.text
    (tmp_path / "secret").write_text("private")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        at = {"secret": str(tmp_path / "secret"), "granted": str(tmp_path / "granted")}
        at["port"] = listener.getsockname()[1]
        done = mixed.use(tools["peeking"], json.dumps(at))[0].text
    if jail.probe() >= (1, True):
        assert done == "read granted, write own"
    assert mixed.use(tools["secret"])[0].text == "key: •••"
    mixed.host.stop()
    assert "canary" not in (tmp_path / "log").read_text("utf-8")


def test_with_the_network_it_connects_and_still_reads_nothing(misbehaving, tmp_path):
    (tmp_path / "secret").write_text("private")
    program = misbehaving("peeking", network=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        at = {"secret": str(tmp_path / "secret"), "granted": str(tmp_path)}
        at["port"] = listener.getsockname()[1]
        done = program.use(program.tools()["echo"], json.dumps(at))[0].text
    if jail.probe() >= (1, True):
        assert done == "write own, connect"


NODE = """
const lines = require("readline").createInterface({input: process.stdin})
const say = (id, result) => console.log(JSON.stringify({jsonrpc: "2.0", id, result}))
lines.on("line", line => {
  const {id, method, params} = JSON.parse(line)
  if (method === "initialize")
    say(id, {...params, capabilities: {tools: {}}, serverInfo: {name: "node", version: "1"}})
  else if (method === "tools/list")
    say(id, {tools: [{name: "echo", inputSchema: {type: "object"}}]})
  else if (method === "tools/call") {
    const text = require("child_process").execSync("echo from a child").toString()
    say(id, {content: [{type: "text", text}]})
  } else if (id !== undefined)
    console.log(JSON.stringify({jsonrpc: "2.0", id, error: {code: -32601, message: "unknown"}}))
})
"""


@pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine")
def test_a_program_of_node_works_in_the_jail(start, tmp_path):
    file = tmp_path / "server.js"
    file.write_text(NODE)
    program, said = start(shutil.which("node"), str(file), granted=[file])
    assert said[-1] == Done()
    assert program.use(program.tools()["echo"])[0].text == "from a child"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((sys.executable, str(SERVERS), "missing"), "There is no module of that name"),
        (("/there/is/none",), "There is no program /there/is/none."),
    ],
)
def test_what_does_not_start_says_why(start, command, words):
    _, said = start(*command, granted=[SERVERS])
    assert words in f"{said[-1].message} {said[-1].hint}"


# over HTTP


@pytest.fixture
def connect(tmp_path):
    running = []

    def connect(url, *headers, network=True):
        spec = registry.all_specs()["services"]
        made = spec.options(name="Test server", url=url, headers=headers, place="the place")
        program = Program("services", made, tmp_path / "log", grace=1.0, network=network)
        running.append(program)
        return program, program.loaded[-1]

    yield connect
    for program in running:
        program.host.stop()


def test_a_server_at_an_address_works(connect, tmp_path):
    with mcp_http.good_server() as (url, headers):
        program, ending = connect(url, ("Authorization", f"Bearer {mcp_http.KEY}"))
        assert ending == Done()
        tool = program.tools()["double"]
        call = ToolCall("c1", "double", {"number": 21})
        sent, result, _ = program.ask(CallTool(call, (), digest(tool)))
        assert result == ToolResult("c1", "42", False, "mcp")
        assert (sent.where, sent.what) == ("the place", "tools/call double")
        assert sent.sent > 50 and sent.received > 50
        program.host.stop()
    assert headers[-1][b"authorization"] == f"Bearer {mcp_http.KEY}".encode()
    assert mcp_http.KEY not in (tmp_path / "log").read_text("utf-8")


def refused(url):
    """The words with which a server is refused; asked from here, which needs no process."""
    heard = Heard()
    options = SimpleNamespace(name="Test server", seconds=5, place="")
    with pytest.raises(ParleyError) as error:
        connected(options, address_of(url, {}, 5, heard), heard, lambda part: True)
    assert "Test server" in error.value.message
    return f"{error.value.message} {error.value.hint}"


@pytest.mark.parametrize(
    ("mode", "words"),
    [("flooding", "8 MB"), ("packed", ""), ("refusing", "asks for a key"), ("nonsense", "")],
)
def test_a_bad_server_is_words(mode, words):
    with mcp_http.bad_server(mode) as (url, _):
        assert words in refused(url)


def test_it_is_not_followed_elsewhere():
    with (
        mcp_http.bad_server("nonsense") as (other, asked),
        mcp_http.bad_server("redirecting", other) as (url, _),
    ):
        assert refused(url) and not asked


def test_without_the_network_nothing_is_reached(connect):
    with mcp_http.bad_server("nonsense") as (url, asked):
        assert isinstance(connect(url, network=False)[1], Failed)
        assert not asked
