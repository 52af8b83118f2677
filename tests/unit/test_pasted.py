"""Settings of MCP servers as people paste them: the usual forms, and words for every mistake."""

import json
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import pasted, programs
from app.programs import Program
from engines.errors import ParleyError

TIME = {"command": "python", "args": ["-m", "mcp_server_time"]}


def one(entry, **more):
    (made,) = pasted.read(json.dumps({"mcpServers": {"time": entry}} | more))
    return made


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"mcpServers": {"time": TIME}}),
        json.dumps({"servers": {"time": TIME | {"type": "stdio"}}, "inputs": []}),
        json.dumps({"mcp": {"servers": {"time": TIME}}}),
        json.dumps({"context_servers": {"time": TIME}}),
        json.dumps({"time": TIME}),
        json.dumps(TIME | {"name": "time"}),
        json.dumps({"time": {"command": "python -m mcp_server_time"}}),
        json.dumps({"time": {"command": ["python", "-m", "mcp_server_time"]}}),
        '"time": {"command": "python", "args": ["-m", "mcp_server_time"]}',
        '\ufeff "time": {"command": "python", "args": ["-m", "mcp_server_time"]},\n',
    ],
)
def test_every_usual_form_is_read(text):
    assert pasted.read(text) == [Program("time", "time", ("python", "-m", "mcp_server_time"))]


def test_an_address_with_headers_is_read():
    for name in pasted.ADDRESSES:
        entry = {name: "https://example.org/mcp", "type": "http", "headers": {"X-Key": "abc"}}
        made = one(entry)
        assert (made.url, made.headers) == ("https://example.org/mcp", {"X-Key": "abc"})
        assert made.engine == "services" and not made.on and not made.network


def test_what_is_not_text_but_plain_becomes_text():
    made = one(TIME | {"args": ["-p", 8080, True], "env": {"PORT": 1, "DEBUG": False}})
    assert made.command[1:] == ("-p", "8080", "true")
    assert made.environment == {"PORT": "1", "DEBUG": "false"}


def test_names_and_keys_are_told_apart():
    text = json.dumps({"My Server!": TIME, "my server": TIME, "мой": TIME})
    made = pasted.read(text, (Program("my-server", "My Server!", ("x",)),))
    assert [p.name for p in made] == ["My Server! 2", "my server", "мой"]
    assert len({p.key for p in made} | {"my-server"}) == 4
    assert all(programs.KEY.fullmatch(p.key) for p in made)


BAD = {  # what is pasted -> words of the answer
    "": "nothing to read",
    "   \n": "nothing to read",
    "hello": "not JSON",
    "{": "line 1, column 2",
    '{"a": {"command": "x"},}': "not JSON",
    "// note\n{}": "not JSON",
    "[]": "does not describe",
    "null": "does not describe",
    "7": "does not describe",
    '"time"': "does not describe",
    "{}": "no program",
    '{"mcpServers": {}}': "no program",
    '{"mcpServers": []}': "must have a command",
    '{"mcpServers": {"a": "npx"}}': "must have a command",
    '{"mcpServers": {"a": null}}': "must have a command",
    '{"a": {}}': "neither a command nor an address",
    '{"a": {"command": ""}}': "neither a command nor an address",
    '{"a": {"command": "  "}}': "must be a text",
    '{"a": {"command": 7}}': "must be a text",
    '{"a": {"command": {}, "url": ""}}': "neither a command nor an address",
    '{"a": {"command": []}}': "neither a command nor an address",
    '{"a": {"command": ["x", null]}}': "every entry must be a text",
    '{"a": {"command": "x", "url": "https://a.b"}}': "both a command and an address",
    '{"a": {"command": "x", "args": "y"}}': "must be a list",
    '{"a": {"command": "x", "args": {"y": 1}}}': "must be a list",
    '{"a": {"command": "x", "args": [["y"]]}}': "every entry must be a text",
    '{"a": {"command": "x", "args": [null]}}': "every entry must be a text",
    '{"a": {"command": "x", "args": ["a\\u0000b"]}}': "line break",
    '{"a": {"command": "x", "args": ["a\\nb"]}}': "line break",
    '{"a": {"command": "x", "args": ["\\ud800"]}}': "cannot be seen",
    '{"a": {"command": "x", "args": ["a\\u202eb"]}}': "cannot be seen",
    '{"a": {"command": "x\\u200b"}}': "cannot be seen",
    '{"a": {"url": "https://exam\\u00adple.org"}}': "cannot be seen",
    '{"a": {"command": "x y \'z"}}': "quote",
    '{"a": {"command": "x", "env": []}}': "names with values",
    '{"a": {"command": "x", "env": {"A B": "c"}}}': "has the name 'A B'",
    '{"a": {"command": "x", "env": {"A=B": "c"}}}': "has the name",
    '{"a": {"command": "x", "env": {"": "c"}}}': "has the name",
    '{"a": {"command": "x", "env": {"A": null}}}': "every entry must be a text",
    '{"a": {"command": "x", "env": {"A": ["b"]}}}': "every entry must be a text",
    '{"a": {"command": "x", "env": {"KEY": "${input:key}"}}}': "leaves ${input:key} open",
    '{"a": {"command": "x", "args": ["${workspaceFolder}"]}}': "open",
    '{"a": {"command": "x", "cwd": "here"}}': "whole path",
    '{"a": {"command": "x", "cwd": 7}}': "whole path",
    '{"a": {"url": "example.org"}}': "begin with http",
    '{"a": {"url": "ftp://example.org"}}': "begin with http",
    '{"a": {"url": "file:///etc/passwd"}}': "begin with http",
    '{"a": {"url": "https://"}}': "begin with http",
    '{"a": {"url": "http://a:port/"}}': "begin with http",
    '{"a": {"url": "http://[::1/"}}': "begin with http",
    '{"a": {"url": "https://a b/"}}': "begin with http",
    '{"a": {"url": {"x": 1}}}': "must be a text",
    '{"a": {"url": "https://me:secret@example.org"}}': "password",
    '{"a": {"url": "https://example.org/sse"}}': "older form",
    '{"a": {"url": "https://example.org", "type": "sse"}}': "older form",
    '{"a": {"url": "https://example.org", "headers": {"a b": "c"}}}': "has the name",
    '{"a": {"url": "https://example.org", "headers": {"a": "c\\r\\nd: e"}}}': "line break",
    '{"a": {"url": "https://example.org", "headers": {"a": "ü"}}}': "plain letters",
    "[" * 100_000: "nested",
    "{" + " " * 300_000 + "}": "too long",
    json.dumps({f"s{n}": TIME for n in range(40)}): "at most 32",
    json.dumps({"a": {"command": "x", "args": ["y" * 5000]}}): "too long",
    json.dumps({"a": {"command": "x", "args": ["y"] * 500}}): "must be a list",
    '{"a": {"command": "x", "args": [' + "9" * 5000 + "]}}": "",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:40])
def test_every_mistake_has_words(text):
    with pytest.raises(ParleyError) as error:
        pasted.read(text)
    assert BAD[text] in error.value.message
    assert error.value.message.endswith((".", "!"))


def test_there_are_enough_mistakes():
    assert len(BAD) >= 50


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(["command", "args", "env", "url", "headers", "mcpServers"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON | st.text())
def test_whatever_is_pasted_is_programs_or_words(found):
    text = found if isinstance(found, str) else json.dumps(found)
    try:
        made = pasted.read(text)
    except ParleyError as error:
        assert error.message
        return
    for program in made:
        assert bool(program.command) is not bool(program.url) and not program.on
        assert programs.read([json.loads(json.dumps(as_stored(program)))]) == [program]
        pasted.warnings(program)


def as_stored(program):
    import msgspec

    return msgspec.to_builtins(program)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("npx -y @scope/server /home", "npx fetches @scope/server anew"),
        ("npx -y @scope/server@latest", "anew"),
        ("npx -y @scope/server@1.2.3", "npx fetches @scope/server@1.2.3 from"),
        ("npx --package server@^1 run", "anew"),
        ("uvx mcp-server-git", "anew"),
        ("uvx --from mcp-server-git==2025.1.14 mcp-server-git", "from the internet: allow it"),
        ("uvx mcp-server-git@2025.1.14", "from the internet: allow it"),
        ("uv tool run mcp-server-git", "anew"),
        ("pnpm dlx server", "anew"),
        ("bash -c 'run it'", "starts a shell"),
        ("no-such-program-here --flag", "There is no program"),
    ],
)
def test_what_to_look_out_for_is_said(command, words):
    (program,) = pasted.read(json.dumps({"a": {"command": command}}))
    assert any(words in sentence for sentence in pasted.warnings(program))


def test_an_address_without_encryption_is_warned_of_beyond_this_computer():
    assert pasted.warnings(one({"url": "http://example.org/mcp"}))
    assert not pasted.warnings(one({"url": "http://127.0.0.1:9/mcp"}))
    assert not pasted.warnings(one({"url": "https://example.org/mcp"}))
    assert not pasted.warnings(one({"command": sys.executable, "args": ["-m", "x"]}))


# where a program lies, and what its words name


def test_the_folders_a_program_cannot_start_without(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    venv, real = tmp_path / "tools/venv/bin", tmp_path / "pythons/3.13/bin"
    for folder in (venv, real):
        folder.mkdir(parents=True)
    (real / "python3.13").write_text("")
    (venv / "python").symlink_to(real / "python3.13")
    script = venv / "server"
    script.write_text(f"#!{venv}/python\n")
    for file in (real / "python3.13", script):
        file.chmod(0o755)
    found = programs.places((str(script),))
    assert found == [tmp_path / "tools/venv", tmp_path / "pythons/3.13"]
    assert programs.places(("sh",)) == []
    assert programs.places(("no-such-program-here",)) == []


def test_the_folders_the_words_of_a_command_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "server/build").mkdir(parents=True)
    (tmp_path / "server/package.json").write_text("{}")
    (tmp_path / "server/build/index.js").write_text("")
    (tmp_path / "papers").mkdir()
    named = [f"{tmp_path}/server/build/index.js", f"--root={tmp_path}/papers", str(tmp_path), "/"]
    found = programs.named(("node", *named))
    assert found == [tmp_path / "server", tmp_path / "papers"]  # never all of home
    (made,) = pasted.read(json.dumps({"a": {"command": "node", "args": named}}))
    assert [f.path for f in made.folders] == [str(one) for one in found]
    assert not any(f.write for f in made.folders)


# what settings.json holds


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"key": "a"},
        {"key": "a", "name": "A"},
        {"key": "a", "name": "A", "command": ["x"], "url": "http://a"},
        {"key": "../a", "name": "A", "command": ["x"]},
        {"key": "a/b", "name": "A", "command": ["x"]},
        {"key": "", "name": "A", "command": ["x"]},
        {"key": "a", "name": "A", "command": "x"},
        {"key": "a", "name": "A", "command": ["x"], "environment": {"K": 1}},
        {"key": "a", "name": "A", "command": ["x"], "seconds": 0},
        {"key": "a", "name": "A", "command": ["x"], "folders": ["/a"]},
        {"key": "a", "name": "A", "command": ["x"], "on": "yes"},
        {"key": "a", "name": "A", "command": ["x"], "tools": {}},
        {"key": "a", "name": 7, "command": ["x"]},
    ],
)
def test_bad_entries_cost_a_line_and_no_more(entry, caplog):
    good = {"key": "b", "name": "B", "command": ["x"], "later": "a field of a newer Parley"}
    assert [one.key for one in programs.read([entry, good, good])] == ["b"]
    assert caplog.records
    caplog.clear()


def test_what_a_permission_is_bound_to_has_no_secret_in_it():
    made = one(TIME | {"env": {"KEY": "canary", "A": "b"}})
    assert made.full == "python -m mcp_server_time\n\nA KEY" and "canary" not in made.runs
    assert os.sep not in made.key
