"""What a worker process may still touch once its libraries are loaded.

On Linux: Landlock for files, a seccomp filter for everything else, and limits. All three hold
until the process ends and need no rights. Other systems: a sentence that says so.
"""

import ctypes
import json
import os
import platform
import signal
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from engines import syscalls
from engines.syscalls import Needs

if sys.platform == "linux":
    import resource

FULL, CALLS, NONE = "full", "calls", "none"  # how much of the jail is closed, tightest first

OTHER_SYSTEM = "On this system a harmful model file could read your files and use the network."
NO_FILES = "This Linux cannot keep a harmful model file from reading your files (no Landlock)."
NO_CALLS = "This Linux cannot keep a harmful model file off the network (no seccomp)."
THREADS = "A library was running before the jail closed, so the model could read your files."
LOOSE = {
    CALLS: "The model could read your files, because the graphics card needs the jail open.",
    NONE: "The model is not locked in, because the graphics card needs the jail open.",
}

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CAPABILITIES_VERSION = 0x20080522
SECCOMP_FILTER, SECCOMP_ACTION_KNOWN, ALL_THREADS = 1, 2, 1

# Landlock's rights on files, in the order of their bits
RIGHTS = (
    *("execute", "write", "read", "list", "remove_dir", "remove_file", "make_char", "make_dir"),
    *("make_file", "make_socket", "make_pipe", "make_block", "make_link", "move", "truncate"),
    "ioctl",
)
RIGHT = {name: 1 << bit for bit, name in enumerate(RIGHTS)}
ON_FILES = RIGHT["execute"] | RIGHT["write"] | RIGHT["read"] | RIGHT["truncate"] | RIGHT["ioctl"]
READ = RIGHT["read"] | RIGHT["list"]
DEVICE = RIGHT["read"] | RIGHT["write"] | RIGHT["list"] | RIGHT["ioctl"]
WRITE = READ | RIGHT["write"] | RIGHT["truncate"] | RIGHT["move"]
WRITE |= RIGHT["make_dir"] | RIGHT["make_file"] | RIGHT["remove_dir"] | RIGHT["remove_file"]

BIND, CONNECT = 0b01, 0b10  # Landlock's rights on TCP ports
SIGNALS_SCOPED = 6  # the version from which Landlock keeps signals among its own

LIBRARIES = (
    *("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/dev/urandom", "/dev/zero"),
)
SYSTEM = (
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm/overcommit_memory"),
    *("/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup"),
    "/sys/kernel/mm/transparent_hugepage",
)
NETWORK = (
    *("/etc/resolv.conf", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf"),
    *("/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services"),
    *("/etc/protocols", "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies"),
    *("/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/usr/share/pki"),
)
SETTINGS = (  # of the system, without which many programs do not start
    *("/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies", "/etc/os-release"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts", "/etc/mime.types"),
)
PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store")
GPU_DRIVERS = (
    *("/usr/local/cuda", "/opt/cuda", "/opt/rocm", "/opt/amdgpu", "/opt/intel", "/usr/lib/wsl"),
    *("/etc/vulkan", "/usr/share/vulkan", "/usr/local/share/vulkan", "/etc/OpenCL", "/etc/drirc"),
    *("/usr/share/drirc.d", "/usr/share/glvnd", "/usr/share/libdrm", "/usr/share/nvidia"),
    *("/proc/driver", "/proc/devices", "/proc/modules", "/proc/version", "/proc/sys", "/sys"),
    *("/proc/stat", "/proc/cmdline", "/run/opengl-driver"),
)
CUDA_NODES = ("nvidia*", "dxg", "nvmap", "nvhost*")
GPU_NODES = (*CUDA_NODES, "dri", "kfd", "mali*")
NAMED = ("VK_DRIVER_FILES", "VK_ICD_FILENAMES")  # drivers of the person's own choice

MEGABYTE = 1 << 20
_entered = False  # this process is an engine's own


class Offer(NamedTuple):
    """What this kernel has: the version of Landlock's interface (0: none), and seccomp."""

    landlock: int
    seccomp: bool


@cache
def probe() -> Offer:
    if sys.platform != "linux":
        return Offer(0, False)
    number, known = syscalls.number_of_seccomp(), ctypes.c_uint32(syscalls.KILL_PROCESS)
    landlock = _libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    filters = number and _libc().syscall(number, SECCOMP_ACTION_KNOWN, 0, ctypes.byref(known)) == 0
    return Offer(max(landlock, 0), bool(filters))


def enter(
    read: Sequence[Path],
    write: Sequence[Path],
    gpu: bool,
    *,
    level: str = FULL,
    offer: Offer | None = None,
    network: bool = False,
    programs: bool = False,
    forks: bool = False,
) -> str:
    """Close everything but reading `read` and writing `write`; there is no way back.

    network leaves TCP, UDP and the names and certificates they need; programs the system's
    programs and those in `read` and `write`, which run in this jail as well; forks lets the
    process divide itself.

    Returns "" when all of it holds, else one sentence on what does not. Call it while only one
    thread runs: Landlock binds the calling thread and those it starts.
    """
    global _entered
    if sys.platform != "linux":
        return OTHER_SYSTEM
    _entered = True
    if level == NONE:
        return LOOSE[NONE]
    offer = offer or probe()
    among_own = programs and level == FULL and offer.landlock >= SIGNALS_SCOPED
    needs = Needs(gpu, network, programs, forks, signals=among_own or forks)
    _limit(bool(write), needs)
    if forks:
        give_up_rights()
    alone = len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    close(_rules(read, write, needs) if level == FULL else None, needs, offer)
    return gap(offer, level, alone)


def close(rules: Iterable[tuple[Path, int]] | None, needs: Needs, offer: Offer) -> None:
    """Close what the kernel offers to close; rules None leaves the files open."""
    _check(_libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    if rules is not None and offer.landlock:
        _close_files(rules, needs, offer.landlock)
    if offer.seccomp:
        _close_calls(needs)


def gap(offer: Offer, level: str = FULL, alone: bool = True) -> str:
    """What does not hold where so much is offered, in a sentence; "" when all holds."""
    if not any(offer):
        return OTHER_SYSTEM
    if not offer.seccomp:
        return NO_CALLS
    if level == CALLS:
        return LOOSE[CALLS]
    if not offer.landlock:
        return NO_FILES
    return "" if alone else THREADS


def die_with_parent() -> None:
    """Ask the kernel for the end of this process when the thread that started it ends."""
    if sys.platform == "linux":
        _check(_libc().prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0))


def give_up_rights() -> None:
    """What a root may do beyond others, as to raise its limits again."""
    if sys.platform == "linux":
        header = struct.pack("=Ii", CAPABILITIES_VERSION, 0)
        _check(_libc().capset(header, bytes(24)))


def die_before_others() -> None:
    """When memory runs out the kernel shall end the model, not the desktop."""
    if sys.platform == "linux":
        with suppress(OSError):  # some containers do not let us say so
            Path("/proc/self/oom_score_adj").write_text("500")


def has_gpu(nodes: Sequence[str] = GPU_NODES) -> bool:
    """Whether there is anything a jail could cost: a driver's device file, or NVIDIA's module,
    whose files may only appear when a card is first used, or a driver that the person named."""
    there = any(True for _ in _gpu_nodes(nodes)) or Path("/proc/driver/nvidia").exists()
    return there or (nodes == GPU_NODES and bool(named_drivers()))


def named_drivers() -> list[Path]:
    """Files of Vulkan drivers that the environment names, and the libraries these name."""
    found = []
    for path in _listed(*NAMED):
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(path.read_bytes())["ICD"]["library_path"]
            found += [path, path.parent / told]
    return [path for path in found if path.is_file()]


def gpu_lost(outside: int, inside: int) -> bool:
    """Whether a jail costs the person a graphics card, from the cards counted out- and inside."""
    return inside < outside


def tightest(count: Callable[[str], int]) -> str:
    """The tightest level under which every graphics card is still seen; count(level) asks."""
    outside = count(NONE)
    for level in (FULL, CALLS):
        if outside == 0 or not gpu_lost(outside, count(level)):
            return level
    return NONE


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _limit(writes: bool, needs: Needs) -> None:
    """No core files; bounds on files and threads that no model needs to reach.

    Not on memory: a model's mapping alone may be larger than the machine.
    """
    tasks = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 4096 * MEGABYTE if writes else 64 * MEGABYTE)
    lower(resource.RLIMIT_NPROC, tasks + 4096)  # counts all that this person runs
    if not needs.gpu:
        lower(resource.RLIMIT_NOFILE, 1024 if needs.programs else 256)


def bound_memory(limit: int) -> None:
    """A file made for it cannot take all the memory there is; limit is in bytes.

    Only in a process that entered the jail: there is no way back, and one that merely opens an
    engine, as a test or a benchmark does, has a life after it.
    """
    if _entered:
        lower(resource.RLIMIT_DATA, limit)


def lower(which: int, limit: int) -> None:
    hard = resource.getrlimit(which)[1]
    if hard == resource.RLIM_INFINITY or hard > limit:
        resource.setrlimit(which, (limit, limit))


def _rules(read: Sequence[Path], write: Sequence[Path], needs: Needs) -> Iterator[tuple[Path, int]]:
    run = RIGHT["execute"] if needs.programs else 0
    for path in read:
        yield path, READ | run
    yield from python_rules()
    for name in SYSTEM:
        yield Path(name), READ
    for path in write:
        path.mkdir(parents=True, exist_ok=True)
        yield path, WRITE | run
    if needs.gpu:
        for path in _gpu_nodes():
            yield path, DEVICE
        for path in (*map(Path, GPU_DRIVERS), *named_drivers()):
            yield path, READ
        for path in _outside_home(_listed("LD_LIBRARY_PATH")):
            yield path, READ
    if needs.network:
        for name in NETWORK:
            yield Path(name), READ
    if needs.programs:
        for name in SETTINGS:
            yield Path(name), READ
        for path in _outside_home({*map(Path, (*PROGRAMS, sys.prefix, sys.base_prefix))}):
            yield path, READ | RIGHT["execute"]


def python_rules() -> Iterator[tuple[Path, int]]:
    """What late imports may still read, and where output is thrown away."""
    for path in (*_python(), *map(Path, LIBRARIES)):
        yield path, READ
    yield Path(os.devnull), RIGHT["read"] | RIGHT["write"]


def _gpu_nodes(nodes: Sequence[str] = GPU_NODES) -> Iterator[Path]:
    for pattern in nodes:
        yield from Path("/dev").glob(pattern)


def _listed(*names: str) -> list[Path]:
    """The absolute paths in these variables of the environment."""
    parts = (part for name in names for part in os.environ.get(name, "").split(os.pathsep))
    return [Path(part) for part in parts if part.startswith("/")]


def _python() -> Iterable[Path]:
    """Where late imports may still look; never the whole home folder or one above it."""
    named = sysconfig.get_paths()
    places = {Path(named[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {Path(prefix) / "lib" for prefix in (sys.prefix, sys.base_prefix)}
    places |= {Path(entry) for entry in sys.path} - {Path(), Path.cwd()}
    places |= {Path(__file__).parent, Path(getattr(sys, "_MEIPASS", __file__))}
    return _outside_home(places)


def _outside_home(places: Iterable[Path]) -> list[Path]:
    home = Path.home().resolve()
    return [p for p in places if not home.is_relative_to(p.resolve())]


def _close_files(rules: Iterable[tuple[Path, int]], needs: Needs, version: int) -> None:
    """Landlock, as include/uapi/linux/landlock.h has it: rights later than version are left out."""
    files = (1 << 13 + (version >= 2) + (version >= 3) + (version >= 5)) - 1
    ports = BIND if needs.network else BIND | CONNECT
    scopes = [0b11] if version >= SIGNALS_SCOPED else []
    parts = [files, *([ports] if version >= 4 else []), *scopes]
    attributes = struct.pack(f"={len(parts)}Q", *parts)  # files, TCP, signals and abstract sockets
    libc = _libc()
    ruleset = _check(libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for path, rights in rules:
        _allow(ruleset, path, rights & files)
    _check(libc.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine, or not for this person: nothing to allow
    try:
        rights &= -1 if path.is_dir() else ON_FILES
        rule = struct.pack("=Qi", rights, place)
        _check(_libc().syscall(ADD_RULE, ruleset, 1, rule, 0))
    finally:
        os.close(place)


def _close_calls(needs: Needs) -> None:
    program = syscalls.filter_program(platform.machine(), os.getpid(), needs)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    number = syscalls.number_of_seccomp()
    if failed := _check(_libc().syscall(number, SECCOMP_FILTER, ALL_THREADS, header)):
        raise OSError(f"thread {failed} could not be bound by the filter")
