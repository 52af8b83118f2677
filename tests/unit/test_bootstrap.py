"""The set-up: what it finds, what it remembers, and what it says when something is missing."""

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from steps import llama, packages, pythons, system
from steps.arguments import Asked, Usage, read_arguments
from steps.display import display_problem
from steps.environment import create
from steps.preparation import take
from steps.record import STEPS, Record, python_of, repository, tables, wanted
from steps.terminal import Problem, Progress, ToolFailed, advice, ended, run_tool, telling

ROOT = repository()
BOOTSTRAP = ROOT / "packaging" / "bootstrap.py"
CONSTRAINTS = (ROOT / "packaging" / "constraints.txt").read_text("utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")


# which Python


def interpreter(path: Path, version: str, sound: bool = True, lacks: tuple[str, ...] = ()) -> str:
    """A program that answers the probe as such a Python would."""
    facts = {
        "path": str(path),
        "version": [int(part) for part in version.split(".")],
        "sound": sound,
        "lacks": lacks,
    }
    return program(path, f"echo '{json.dumps(facts)}'")


def program(path: Path, does: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)


def test_the_newest_python_that_runs_is_taken(tmp_path: Path) -> None:
    paths = [
        interpreter(tmp_path / "python3", "3.9.2"),
        interpreter(tmp_path / "python3.11", "3.11.9"),
        interpreter(tmp_path / "python3.12", "3.12.4"),
        interpreter(tmp_path / "python3.15", "3.15.0"),  # no wheels for it yet
        interpreter(tmp_path / "python3.13", "3.13.0", sound=False),  # 32 bit, or a preview
        program(tmp_path / "python3.14", "echo 'pyenv: python3.14: command not found'; exit 127"),
        str(tmp_path / "nowhere"),
    ]
    found = pythons.newest(paths)
    assert found and found.version == (3, 12, 4)


def test_a_whole_python_is_better_than_a_newer_one_without_venv(tmp_path: Path) -> None:
    whole = interpreter(tmp_path / "python3.11", "3.11.2")
    bare = interpreter(tmp_path / "python3.13", "3.13.1", lacks=("ensurepip",))
    assert pythons.newest([bare, whole]) == pythons.probe(whole)
    assert pythons.newest([bare]) == pythons.probe(bare)
    assert pythons.newest([]) is None


def test_pythons_are_looked_for_on_the_path_and_where_pyenv_and_uv_keep_them(
    tmp_path: Path,
) -> None:
    on_path = interpreter(tmp_path / "bin" / "python3.12", "3.12.0")
    of_pyenv = interpreter(tmp_path / ".pyenv/versions/3.13.0/bin/python3.13", "3.13.0")
    of_uv = interpreter(tmp_path / ".local/share/uv/python/cpython-3.14/bin/python3.14", "3.14.0")
    found = pythons.candidates({"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)})
    assert found == [sys.executable, on_path, of_pyenv, of_uv]


def test_this_very_python_answers_the_probe() -> None:
    found = pythons.probe(sys.executable)
    assert found and found.fits and not found.lacks
    assert found.version == sys.version_info[:3]


# what the system must bring


def test_a_library_that_does_not_load_is_missing() -> None:
    names = ["libc.so.6", "libparley-has-no-such.so.7"]
    assert system.missing_libraries(names) == {"libparley-has-no-such.so.7"}


def test_the_compiler_is_tried_by_compiling() -> None:
    assert system.compiler_works()
    assert not system.compiles("#include <no_such_header>\nint main() {}\n")


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        (
            "apt",
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 g++",
        ),
        ("dnf", "sudo dnf install -y libglvnd-egl gcc-c++"),
        ("pacman", "sudo pacman -S --needed --noconfirm libglvnd gcc"),
    ],
)
def test_what_is_missing_becomes_one_line_to_run(manager: str, line: str) -> None:
    egl = next(need for need in system.LIBRARIES if need.name == "libEGL.so.1")
    assert system.install_line(manager, [egl, system.COMPILER], as_root=False) == line
    as_root = system.install_line(manager, [egl, system.COMPILER], as_root=True)
    assert as_root == line.replace("sudo ", "")


def test_the_package_manager_is_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert system.package_manager() == ""
    assert "package manager of this system" in system.what_to_install([system.COMPILER])
    program(tmp_path / "pacman", "exit 0")
    assert system.package_manager() == "pacman"
    program(tmp_path / "apt-get", "exit 0")
    assert system.package_manager() == "apt"


def test_one_line_names_no_package_twice() -> None:
    both = [need for need in system.LIBRARIES if need.pacman == "libglvnd"]
    assert len(both) == 2
    assert system.install_line("pacman", both, as_root=True).count("libglvnd") == 1


# what was done is remembered


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the record looks at, and an environment that seems to be there."""
    shutil.copytree(ROOT / "packaging" / "steps", tmp_path / "packaging" / "steps")
    shutil.copy(ROOT / "packaging" / "constraints.txt", tmp_path / "packaging")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    python_of(tmp_path).parent.mkdir(parents=True)
    python_of(tmp_path).write_text("")
    return tmp_path


def done(checkout: Path, purpose: str) -> Record:
    record = Record.load(checkout)
    for step in STEPS:
        record.add(step, purpose)
    return record


def undone(checkout: Path, purpose: str = "run") -> list[str]:
    record = Record.load(checkout)
    return [step for step in STEPS if not record.has(step, purpose)]


def test_steps_once_done_are_done_at_the_next_start(checkout: Path) -> None:
    assert not Record.load(checkout).ready("run")
    done(checkout, "run")
    assert Record.load(checkout).ready("run")


def test_what_was_done_for_testing_is_done_for_running_but_not_the_reverse(checkout: Path) -> None:
    done(checkout, "run")
    assert undone(checkout, "test") == ["system", "packages"]
    done(checkout, "test")
    assert Record.load(checkout).ready("run") and Record.load(checkout).ready("test")


def test_only_the_step_that_depends_on_a_change_is_done_again(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(checkout, "run")
    constraints = checkout / "packaging" / "constraints.txt"
    constraints.write_text(CONSTRAINTS.replace("apsw==", "apsw==1."))
    assert undone(checkout) == ["packages"]
    constraints.write_text(CONSTRAINTS)
    (checkout / "pyproject.toml").write_text(PYPROJECT.replace("line-length = 100", ""))
    assert undone(checkout) == []
    (checkout / "pyproject.toml").write_text(PYPROJECT.replace('"apsw",', '"apsw", "more",'))
    assert undone(checkout) == ["packages"]
    (checkout / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_BLAS=ON")
    assert undone(checkout) == ["llama"]


def test_a_damaged_record_or_a_lost_python_means_doing_it_again(checkout: Path) -> None:
    done(checkout, "run")
    python_of(checkout).unlink()
    assert not Record.load(checkout).ready("run")
    python_of(checkout).write_text("")
    (checkout / ".venv" / "parley-setup.json").write_text('["not", ')
    assert undone(checkout) == list(STEPS)


def test_two_checkouts_do_not_pass_for_each_other(checkout: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.copytree(checkout / "packaging", moved / "packaging")
    shutil.copy(checkout / "pyproject.toml", moved)
    assert wanted(moved, "run")["environment"] != wanted(checkout, "run")["environment"]


# no screen


def run_without_screen(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BOOTSTRAP, "run"], env=environ, capture_output=True, text=True
    )


def test_without_a_screen_run_says_so_and_how_to_go_on() -> None:
    said = run_without_screen()
    assert said.returncode == 1 and said.stdout == ""
    assert "There is no screen here" in said.stderr
    assert 'run -- ask "hello"' in said.stderr and "xvfb-run" in said.stderr
    assert "Traceback" not in said.stderr and "qt." not in said.stderr


def test_a_screen_that_nobody_serves_is_none() -> None:
    said = run_without_screen(DISPLAY=":98761")
    assert said.returncode == 1
    assert "No screen answers at :98761" in said.stderr


def test_a_screen_that_answers_is_used() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as screen:
        screen.bind("\0/tmp/.X11-unix/X98762")
        screen.listen()
        assert display_problem([], {"DISPLAY": ":98762.0"}) == ""
    assert display_problem([], {"DISPLAY": ":98762.0"}) != ""


def test_wayland_answers_through_its_socket(tmp_path: Path) -> None:
    environ = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert display_problem([], environ) != ""
    with socket.socket(socket.AF_UNIX) as screen:
        screen.bind(str(tmp_path / "wayland-7"))
        assert display_problem([], environ) == ""


@pytest.mark.parametrize("arguments", [["ask", "hello"], ["--version"], ["--help"]])
def test_what_needs_no_screen_asks_for_none(arguments: list[str]) -> None:
    assert display_problem(arguments, {}) == ""
    assert display_problem([], {}) != ""


def test_a_platform_that_draws_without_a_screen_is_let_through() -> None:
    assert display_problem([], {"QT_QPA_PLATFORM": "offscreen"}) == ""
    assert display_problem([], {"QT_QPA_PLATFORM": "xcb"}) != ""


# which build of llama.cpp


@pytest.mark.parametrize(
    ("seen", "backend", "words"),
    [
        (llama.Seen(system="linux"), "cpu", "no GPU"),
        (llama.Seen(system="linux", nvidia=True, nvcc=True, gpu=True), "cuda", "CUDA"),
        (llama.Seen(system="linux", nvidia=True, gpu=True), "cpu", "no CUDA toolkit"),
        (llama.Seen(system="linux", nvcc=True), "cpu", "no GPU"),
        (llama.Seen(system="linux", gpu=True, glslc=True, vulkan=True), "vulkan", "Vulkan"),
        (llama.Seen(system="linux", gpu=True, glslc=True), "cpu", "too old"),
        (llama.Seen(system="linux", gpu=True), "cpu", "no Vulkan to build with"),
        (llama.Seen(system="darwin", apple_silicon=True), "metal", "Metal"),
        (llama.Seen(system="darwin"), "cpu", "this processor"),
    ],
)
def test_the_backend_is_what_the_machine_has(seen: llama.Seen, backend: str, words: str) -> None:
    choice = llama.choose(seen)
    assert choice.backend == backend
    assert words in choice.words


def test_a_kept_build_is_for_one_backend_and_one_set_of_flags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folders = {llama.kept_folder("1.0", backend) for backend in llama.FLAGS}
    folders.add(llama.kept_folder("1.1", "cpu"))
    assert llama.kept_folder("1.0", "cpu") in folders
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_BLAS=ON")
    folders.add(llama.kept_folder("1.0", "cpu"))
    assert len(folders) == len(llama.FLAGS) + 2


# progress


def test_ninja_says_how_far_it_is() -> None:
    read = llama.ninja_fraction()
    lines = ["  [1/200] cc a.c", "-- Configuring", "[2/4] a build within", "  [100/200] cc b.c"]
    assert [read(line) for line in lines] == [1 / 200, None, None, 0.5]


def test_apt_downloads_in_the_first_half_and_unpacks_in_the_second() -> None:
    lines = [
        "dlstatus:1:50.0:Retrieving file 3 of 9",
        "pmstatus:libegl1:40.0:Unpacking libegl1",
        "Setting up libegl1 (1.6.0-1) ...",
        "pmstatus:broken",
    ]
    assert [system.apt_fraction(line) for line in lines] == [0.25, 0.7, None, None]


def test_elsewhere_than_on_a_terminal_progress_is_a_few_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Progress("Building") as progress:
        for number in range(1000):
            progress.show(number / 1000)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Building …" and lines[-1] == "Building: done"
    assert len(lines) == 11


# failures


def test_a_failed_tool_says_what_why_and_what_to_do(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "step.log"
    script = "echo 'compiling'; echo 'c++: fatal error: Killed signal terminated program'; exit 3"
    with pytest.raises(ToolFailed) as failed:
        run_tool(["sh", "-c", script], log)
    words = failed.value.problem("building llama.cpp.").words()
    assert "Setting Parley up failed: building llama.cpp." in words
    assert "Why:   c++: fatal error: Killed signal" in words
    assert "To do: The compiler ran out of memory" in words
    assert str(log) in words and "compiling" in log.read_text()


def test_a_tool_that_is_not_there_fails_in_words(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="no-such-tool"):
        run_tool([str(tmp_path / "no-such-tool")], tmp_path / "log")


def test_the_telling_lines_are_found_among_many() -> None:
    lines = [f"[{n}/200] cc" for n in range(200)]
    lines[150] = "/tmp/x.cpp:5:10: fatal error: vulkan/vulkan.hpp: No such file or directory"
    assert telling(lines) == lines[150]
    assert telling(["one", "two"]) == "one\ntwo"


def test_no_network_is_advised_about() -> None:
    said = "WARNING: Retrying: NewConnectionError: [Errno -3] Temporary failure in name resolution"
    assert "could not reach its package source" in advice(said)
    assert advice("all went well") == ""


def test_what_a_tool_started_ends_with_it() -> None:
    held, given = os.pipe()
    process = subprocess.Popen(
        ["sh", "-c", "sleep 600 & echo started; wait"],  # its sleep does not hear an interrupt
        stdout=subprocess.PIPE,
        pass_fds=[given],
        start_new_session=True,
    )
    os.close(given)
    with pytest.raises(KeyboardInterrupt), ended(process):
        assert process.stdout and process.stdout.readline()
        raise KeyboardInterrupt
    assert process.poll() is not None
    with os.fdopen(held, "rb") as end:
        assert end.read() == b""  # comes once the last process that held the pipe is gone


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "diary.txt").write_text("mine")
    python = pythons.probe(sys.executable)
    assert python
    with pytest.raises(Problem, match="no Python environment"):
        create(tmp_path, python, tmp_path / "log")
    assert (tmp_path / ".venv" / "diary.txt").exists()


HOLDS_THE_LOCK = """
import os, subprocess, sys
from steps.preparation import take
lock = open(sys.argv[1], "a+")
assert take(lock.fileno(), wait=False)
os.set_inheritable(lock.fileno(), True)
tool = subprocess.Popen(["sleep", "600"], close_fds=False, stdout=subprocess.DEVNULL)
print(tool.pid, flush=True)
tool.wait()
"""


def test_a_killed_set_up_holds_others_off_while_its_tool_still_runs(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with (
        subprocess.Popen(
            [sys.executable, "-c", HOLDS_THE_LOCK, str(file)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "packaging")},
        ) as holder,
        file.open("a+") as ours,
    ):
        assert holder.stdout
        tool = int(holder.stdout.readline())
        assert not take(ours.fileno(), wait=False)
        holder.kill()
        holder.wait()
        assert not take(ours.fileno(), wait=False)
        os.kill(tool, 9)
        assert take(ours.fileno(), wait=True)


# what is pinned


def names_in(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[\[<>=!; ]", name)[0].lower().replace("_", "-").replace(".", "-")
        for name in requirements
    }


def pins() -> list[str]:
    return [line for line in CONSTRAINTS.splitlines() if line and not line.startswith("#")]


def test_constraints_are_versions_and_nothing_else() -> None:
    for line in pins():
        assert re.fullmatch(r"[\w.-]+==[\w.]+(; python_version (<|>=) \"3\.12\")?", line), line
    assert "://" not in CONSTRAINTS and "--" not in CONSTRAINTS


def test_everything_the_project_names_is_pinned() -> None:
    project = tomllib.loads(PYPROJECT)["project"]
    named = names_in(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        named |= names_in(extra)
    assert named <= names_in(pins())


def test_everything_that_is_installed_here_for_parley_is_pinned() -> None:
    """Follows what each package asks for: nothing may come in at a version of pip's choice."""
    project = tomllib.loads(PYPROJECT)["project"]
    waiting = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    seen: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        extras = requirement.extras or {""}
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = next(iter(names_in([requirement.name])))
        assert name in names_in(pins()), requirement
        if name in seen:
            continue
        seen.add(name)
        if name == "llama-cpp-python":  # installed without what it asks for
            continue
        try:
            below = requires(name) or []
        except PackageNotFoundError:
            continue
        for line in below:
            marker = Requirement(line).marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(line.split(";")[0])
    assert len(seen) > 20


def test_the_reader_of_pyproject_agrees_with_tomllib() -> None:
    project = tomllib.loads(PYPROJECT)["project"]
    ours = [name for name in project["dependencies"] if name != "llama-cpp-python"]
    assert packages.requirements(PYPROJECT, ()) == ours
    tests = project["optional-dependencies"]["test"]
    assert packages.requirements(PYPROJECT, ("test",)) == ours + tests
    assert "[tool" not in tables(PYPROJECT, "project", "project.optional-dependencies")


# the command line


def test_arguments_after_two_dashes_are_passed_on_untouched() -> None:
    assert read_arguments(["run", "--", "ask", "--", "-v"]) == Asked("run", ["ask", "--", "-v"])
    assert read_arguments(["run", "ask", "hi"]) == Asked("run", ["ask", "hi"])
    assert read_arguments(["test", "--full", "--", "-k", "x"]) == Asked("test", ["-k", "x"], True)
    assert read_arguments(["test", "--clip", "--", "-x"]) == Asked("test", ["-x"], clip=True)
    assert read_arguments(["bench", "llm", "--", "a"]) == Asked("bench", ["a"], name="llm")
    assert read_arguments([]).command == "help"


@pytest.mark.parametrize("wrong", [["fly"], ["test", "--fast"], ["bench"], ["setup", "now"]])
def test_a_command_line_that_makes_no_sense_is_answered_with_one_that_does(
    wrong: list[str],
) -> None:
    with pytest.raises(Usage, match="run|bootstrap.py"):
        read_arguments(wrong)


def test_the_folder_one_stands_in_hides_no_module(tmp_path: Path) -> None:
    (tmp_path / "calendar.py").write_text("raise SystemExit('shadowed')")
    code = "import sys; from steps.start import become; become([sys.executable, '-m', 'calendar'])"
    said = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "packaging")},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0 and "January" in said.stdout


def test_an_old_python_can_read_the_set_up() -> None:
    for file in [BOOTSTRAP, *(ROOT / "packaging" / "steps").glob("*.py")]:
        ast.parse(file.read_text("utf-8"), feature_version=(3, 8))


def test_the_check_of_the_repository_is_the_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "packaging/bootstrap.py test" in script.read_text()
