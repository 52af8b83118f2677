"""The jail against a process that was taken over, and the filter's program by itself."""

import errno
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from engines import jail, process, syscalls

ROOT = Path(__file__).parents[2]
HOSTILE = ROOT / "tests/data/hostile.py"
MOST = 0.8  # of the probes succeed without a jail, or they prove nothing


@pytest.fixture
def places(tmp_path):
    """A secret, a model, a folder to write to, a victim, and something that listens."""
    for name in ("home", "models", "out"):
        (tmp_path / name).mkdir()
    for name in ("home/secret", "home/spare", "models/model"):
        (tmp_path / name).write_text("private")
    abstract = f"parley-{os.getpid()}-{tmp_path.name}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as by_name,
        subprocess.Popen(["sleep", "600"], env={"KEY": "private"}) as victim,
    ):
        by_path.bind(str(tmp_path / "socket"))
        by_name.bind("\0" + abstract)
        by_path.listen()
        by_name.listen()
        yield {
            "secret": str(tmp_path / "home/secret"),
            "granted": str(tmp_path / "models/model"),
            "out": str(tmp_path / "out"),
            "victim": victim.pid,
            "port": tcp.getsockname()[1],
            "path": str(tmp_path / "socket"),
            "abstract": abstract,
        }
        victim.kill()


def attack(places, jailed):
    """What hostile.py could do, with the arguments of jail.enter or None for no jail."""
    ours = os.environ | {"PARLEY_TEST_KEY": "private"}
    environment = ours if jailed is None else process.environment(ours, ())
    run = subprocess.run(
        [sys.executable, HOSTILE, json.dumps(places | {"jail": jailed})],
        env=environment | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(run.stdout)


def done(results):
    return sorted(name for name, result in results.items() if result != "refused")


OFFER = jail.probe()
OFFERS = sorted({(version, True) for version in (1, 2, 3, 4, 5, 6, OFFER.landlock)})


@pytest.mark.parametrize("offer", [o for o in OFFERS if o[0] <= OFFER.landlock], ids=str)
@pytest.mark.parametrize("gpu", [False, True], ids=["", "gpu"])
def test_a_jailed_process_can_do_nothing_but_its_duty(places, offer, gpu):
    result = attack(places, {"gpu": gpu, "offer": offer})
    assert result["gap"] == ""
    allowed = {"a_file_in_memory_to_run"} if gpu else set()  # drivers need it; it cannot be run
    assert set(done(result["probes"])) <= allowed
    assert set(result["duties"].values()) == {"done"}
    assert Path(places["secret"]).read_text() == Path(places["granted"]).read_text() == "private"


def test_the_same_process_without_a_jail_can_do_most_of_it(places):
    result = attack(places, None)
    assert len(done(result["probes"])) > MOST * len(result["probes"])
    assert "see_a_secret_of_the_environment" in done(result["probes"])
    assert Path(places["secret"]).read_text() != "private"


@pytest.mark.parametrize(
    ("offer", "level", "gap", "open_to_it", "closed_to_it"),
    [
        ((0, True), jail.FULL, jail.NO_FILES, "read_a_secret", "reach_tcp"),
        ((OFFER.landlock, False), jail.FULL, jail.NO_CALLS, "send_udp", "read_a_secret"),
        ((0, False), jail.FULL, jail.OTHER_SYSTEM, "read_a_secret", "dump_core"),
        ((9, True), jail.CALLS, jail.LOOSE[jail.CALLS], "read_a_secret", "run_a_shell"),
        ((9, True), jail.NONE, jail.LOOSE[jail.NONE], "run_a_shell", None),
    ],
)
def test_what_is_not_closed_is_said(places, offer, level, gap, open_to_it, closed_to_it):
    result = attack(places, {"gpu": False, "offer": offer, "level": level})
    assert result["gap"] == gap and gap
    assert open_to_it in done(result["probes"])
    assert closed_to_it not in done(result["probes"])


def test_a_thread_from_before_is_said():
    code = (
        "import threading, time; from engines import jail;"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start();"
        "print(jail.enter([], [], False) == jail.THREADS)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    assert run.stdout == b"True\n"


def test_a_call_of_another_architecture_ends_the_process():
    """`int 0x80` reaches the 32-bit table; where the kernel has none the process dies as well."""
    code = (
        "import ctypes, mmap; from engines import jail; jail.enter([], [], False);"
        "m = mmap.mmap(-1, 4096, prot=7); m.write(bytes.fromhex('b814000000cd80c3'));"
        "at = ctypes.addressof(ctypes.c_char.from_buffer(m));"
        "print(ctypes.CFUNCTYPE(ctypes.c_int)(at)())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert run.returncode < 0 and not run.stdout


def test_no_grant_covers_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), "/", "", str(tmp_path / "lib")])
    granted = {path for path, _ in jail._rules([], [], syscalls.Needs(gpu=True, programs=True))}
    assert tmp_path / "lib" in granted
    assert not any(tmp_path.is_relative_to(path) for path in granted)


# the graphics card


@pytest.mark.parametrize(
    ("seen", "level"),
    [
        ({jail.NONE: 0}, jail.FULL),
        ({jail.NONE: 2, jail.FULL: 2}, jail.FULL),
        ({jail.NONE: 2, jail.FULL: 1, jail.CALLS: 2}, jail.CALLS),
        ({jail.NONE: 1, jail.FULL: 0, jail.CALLS: 0}, jail.NONE),
    ],
)
def test_the_jail_never_costs_a_graphics_card(seen, level):
    assert jail.tightest(seen.__getitem__) == level


def test_a_driver_the_person_named_is_let_through_and_nothing_else(tmp_path, monkeypatch):
    library, told = tmp_path / "driver.so", tmp_path / "driver.json"
    library.touch()
    told.write_text(json.dumps({"ICD": {"library_path": "driver.so"}}))
    broken = [tmp_path / f"{n}.json" for n in range(4)]
    for path, text in zip(
        broken, ("{", "[]", '{"ICD": {"library_path": "/"}}', "\xff"), strict=True
    ):
        path.write_text(text, "latin-1")
    monkeypatch.delenv("VK_DRIVER_FILES", raising=False)
    monkeypatch.setenv("VK_ICD_FILENAMES", ":".join(map(str, [told, *broken, "", "relative.json"])))
    assert jail.named_drivers() == [told, library, broken[2]]
    monkeypatch.setattr(jail, "_gpu_nodes", lambda nodes: iter(()))
    assert jail.has_gpu()
    assert jail.has_gpu(jail.CUDA_NODES) == Path("/proc/driver/nvidia").exists()
    monkeypatch.setenv("VK_ICD_FILENAMES", str(tmp_path))
    assert jail.named_drivers() == []


# the filter's program, run by a small model of the kernel's interpreter


def answer(program: bytes, number: int, *arguments: int, architecture: int) -> int:
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    steps = list(struct.iter_unpack("=HBBI", program))
    value, at = 0, 0
    while True:
        operation, yes, no, k = steps[at]
        at += 1
        if operation == syscalls.LOAD:
            (value,) = struct.unpack_from("<I", data, k)
        elif operation == syscalls.AND:
            value &= k
        elif operation == syscalls.EQUAL:
            at += yes if value == k else no
        elif operation == syscalls.AT_LEAST:
            at += yes if value >= k else no
        else:
            return k


ME, REFUSE, ABSENT = 77, syscalls.REFUSE, syscalls.ERRNO | errno.ENOSYS
CASES = [  # (call, arguments, answer)
    ("clone", (0x3D0F00,), syscalls.ALLOW),  # what pthread_create passes
    ("clone", (17,), REFUSE),
    ("clone", (0x3D0F00 | 0x10000000,), REFUSE),
    ("kill", (ME, 9), syscalls.ALLOW),
    ("kill", (ME + 1, 9), REFUSE),
    ("kill", (0, 9), REFUSE),
    ("kill", (2**64 - 1, 9), REFUSE),
    ("tgkill", (ME, 80, 6), syscalls.ALLOW),
    ("prlimit64", (0, 7), syscalls.ALLOW),
    ("prlimit64", (1, 7), REFUSE),
    ("ioctl", (0, 0x5412), REFUSE),
    ("ioctl", (0, 0x5401), syscalls.ALLOW),
    ("fcntl", (0, 8, 1), REFUSE),
    ("fcntl", (0, 3), syscalls.ALLOW),
    ("openat", (0, 0, 0o100), syscalls.ALLOW),
    ("openat", (0, 0, 0o1101), syscalls.ALLOW),  # writing: Landlock decides
    ("openat", (0, 0, 0o1000), REFUSE),
    ("openat", (0, 0, 0o1003), REFUSE),
    ("openat", (0, 0, 3), REFUSE),
    ("prctl", (1, 0), REFUSE),
    ("prctl", (15, 0), syscalls.ALLOW),
]


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_the_program_answers_on_every_processor(machine):
    column, architecture, _ = syscalls.MACHINES[machine]
    program = syscalls.filter_program(machine, ME, syscalls.Needs())
    checked = syscalls.numbers(syscalls.CHECKED, column)
    for name, arguments, expected in CASES:
        given = answer(program, checked[name], *arguments, architecture=architecture)
        assert given == expected, (name, arguments)
    for table, expected in (
        (syscalls.refusals(syscalls.NOTHING), REFUSE),
        (syscalls.ABSENT, ABSENT),
    ):
        for name, number in syscalls.numbers(table, column).items():
            assert answer(program, number, architecture=architecture) == expected, name
    programs = syscalls.filter_program(machine, ME, syscalls.Needs(programs=True))
    for number in syscalls.numbers(syscalls.GROUPS, column).values():
        assert answer(programs, number, architecture=architecture) == syscalls.PRETEND
        assert answer(program, number, architecture=architecture) == syscalls.ALLOW
    for number in (syscalls.LAST + 1, 0x40000000 + 41, 2**32 - 1):  # later calls, and x32
        assert answer(program, number, architecture=architecture) == ABSENT
    assert answer(program, 41, architecture=0x40000003) == syscalls.KILL_PROCESS


@pytest.mark.parametrize("column", [0, 1])
def test_no_number_stands_twice(column):
    everything = f"{syscalls.refusals(syscalls.NOTHING)} {syscalls.ABSENT} {syscalls.CHECKED}"
    everything += f" {syscalls.GROUPS}"
    numbers = syscalls.numbers(everything, column)
    assert len(set(numbers.values())) == len(numbers) == len(set(numbers))
    assert max(numbers.values()) <= syscalls.LAST


def able(places, **needs):
    """What loosened.py could do with these keywords of jail.enter; free=True: without a jail."""
    run = subprocess.run(
        [sys.executable, ROOT / "tests/data/loosened.py", json.dumps(needs)]
        + [places["secret"], str(places["port"]), places["out"]],
        env=process.environment(os.environ, ()) | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["gap"] == ""
    return set(found["done"])


ONLINE = {"connect", "send a datagram", "find an address"}
RUNNING = {"fork", "run a program", "talk to itself"}


def test_without_a_jail_it_can_do_all_of_it(places):
    expected = ONLINE | RUNNING | {"read the secret", "listen", "read the secret in a program"}
    assert expected | {"connect in a program", "end a program"} <= able(places, free=True)


@pytest.mark.parametrize("offer", [OFFERS[0], OFFERS[-1]], ids=str)
@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({}, {"find an address"}),  # "localhost" needs no network
        ({"network": True}, ONLINE | {"talk to itself"}),
        ({"programs": True}, RUNNING | {"find an address"}),
        ({"programs": True, "network": True}, RUNNING | ONLINE | {"connect in a program"}),
        ({"forks": True}, {"fork", "find an address", "signal the parent"}),
    ],
    ids=["nothing", "network", "programs", "both", "forks"],
)
def test_a_need_opens_the_jail_for_itself_alone(places, needs, expected, offer):
    scoped = offer[0] >= jail.SIGNALS_SCOPED
    if scoped:
        expected = expected - {"signal the parent"}
    if needs.get("programs") and scoped:
        expected = expected | {"end a program"}
    assert able(places, offer=offer, **needs) - {"find an address"} == expected - {
        "find an address"
    }
