"""What code that should be locked in would try. Needs nothing but Python.

Run as a program with one argument it prints what succeeded, as JSON; with `report(argument)` behind
it that is its value. The argument is JSON:
secret (a file in a folder of its own), victim (a process of the same person), port, path and
abstract (where something listens), out (a folder where it may write; "" for where it stands).
"""

import ctypes
import errno
import json
import mmap
import os
import platform
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

PROBES = []
probe = PROBES.append
libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == "aarch64"
BPF, KEYCTL, IO_URING_SETUP = (280 if ARM else 321), (219 if ARM else 250), 425
NEW_USER = 0x10000000


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


@probe
def read_a_secret(at):
    Path(at.secret).read_text()


@probe
def read_the_accounts(at):
    Path("/etc/passwd").read_text()


@probe
def read_the_passwords(at):
    Path("/etc/shadow").read_text()


@probe
def list_the_home(at):
    os.listdir(Path(at.secret).parent)  # noqa: PTH208


@probe
def write_in_the_home(at):
    Path(at.secret).with_name("planted").write_text("x")


@probe
def write_to_tmp(at):
    file = Path(f"/tmp/parley-probe-{os.getpid()}")
    file.write_text("x")
    file.unlink()


@probe
def read_a_raw_disk(at):
    disks = [one.name for one in Path("/sys/block").iterdir() if Path("/dev", one.name).exists()]
    with Path("/dev", disks[0]).open("rb") as disk:
        disk.read(16)


@probe
def reach_tcp(at):
    socket.create_connection(("127.0.0.1", at.port), 2).close()


@probe
def listen_on_tcp(at):
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        here.listen(1)


@probe
def send_udp(at):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.sendto(b"x", ("127.0.0.1", at.port))


@probe
def send_udp_to_others(at):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.sendto(b"x", ("192.0.2.1", 53))


@probe
def reach_an_abstract_socket(at):
    with socket.socket(socket.AF_UNIX) as here:
        here.connect("\0" + at.abstract)


@probe
def reach_a_socket_file(at):
    with socket.socket(socket.AF_UNIX) as here:
        here.connect(at.path)


@probe
def sniff_the_network(at):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()


@probe
def ask_the_kernel_by_netlink(at):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


@probe
def signal_another(at):
    os.kill(at.victim, 0)


@probe
def see_the_processes(at):
    assert any(one.name.isdigit() for one in Path("/proc").iterdir())


@probe
def read_anothers_environment(at):
    assert Path(f"/proc/{at.victim}/environ").read_bytes()


@probe
def run_a_shell(at):
    subprocess.run(["/bin/sh", "-c", "true"], check=True)


@probe
def fork(at):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


@probe
def mount_a_folder(at):
    folder = at.out or "."
    checked(libc.mount(b"t", folder.encode(), b"tmpfs", 0, None))
    libc.umount2(folder.encode(), 2)


@probe
def own_namespaces(at):
    checked(libc.unshare(NEW_USER | 0x00020000))


@probe
def a_file_in_memory_to_run(at):
    os.close(os.memfd_create("x"))


@probe
def queue_work_past_the_filter(at):
    os.close(checked(libc.syscall(IO_URING_SETUP, 4, ctypes.create_string_buffer(256))))


@probe
def load_a_kernel_program(at):
    attributes = (ctypes.c_uint32 * 32)(2, 4, 4, 1)  # an array map of one entry
    os.close(checked(libc.syscall(BPF, 0, attributes, 128)))


@probe
def trace_another(at):
    checked(libc.ptrace(0x4206, at.victim, 0, 0))  # PTRACE_SEIZE, which does not stop it


@probe
def read_the_keys(at):
    checked(libc.syscall(KEYCTL, 0, -3, 0))


@probe
def see_a_secret_of_the_environment(at):
    assert os.environ["PARLEY_TEST_KEY"]


@probe
def take_three_gigabytes(at):
    mmap.mmap(-1, 3 << 30).close()


@probe
def write_200_megabytes(at):
    file = Path(at.out, "big")
    try:
        with file.open("wb") as target:
            for _ in range(200):
                target.write(bytes(1 << 20))
    finally:
        file.unlink()


@probe
def start_200_processes(at):
    children = []
    try:
        for _ in range(200):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)


# For single guards: what each of them alone keeps from happening.
SINGLE = {}


def single(function):
    SINGLE[function.__name__] = function
    return function


@single
def write_40_megabytes(at):
    with Path(at.out, "big").open("wb") as target:
        for _ in range(40):
            target.write(bytes(1 << 20))


@single
def open_100_files(at):
    for _ in range(100):
        os.open("/dev/null", os.O_RDONLY)


@single
def dump_core(at):
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] != 0


@single
def compute_for_long(at):
    while time.process_time() < 1.5:
        pass


@single
def sleep_for_long(at):
    time.sleep(0.8)


@single
def write_many_files(at):
    for number in range(40):
        Path(at.out, str(number)).write_text("x")
    time.sleep(1)


@single
def hold_the_rights_of_a_root(at):
    header, rights = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    checked(libc.capget(header, rights))
    assert any(rights)


@single
def print_without_end(at):
    for _ in range(60):
        os.write(1, bytes(1 << 20))
    time.sleep(1)


@single
def write_to_the_app(at):
    """To whatever its parent had open: by such a pipe it could play the engine."""
    for number in range(4, 64):
        try:
            os.write(number, b"played")
        except OSError:
            continue
        return
    raise PermissionError(errno.EPERM, "nothing is open")


def succeeded(function, at):
    try:
        function(at)
    except Exception:  # noqa: BLE001  whatever it may be
        return False
    return True


def report(argument, name=""):
    """The names of what succeeded; with a name only of that one among SINGLE."""
    at = SimpleNamespace(**json.loads(argument))
    known = [SINGLE[name]] if name else PROBES
    return [one.__name__ for one in known if succeeded(one, at)]


if __name__ == "__main__" and len(sys.argv) == 2:
    sys.stdout.write(json.dumps(report(sys.argv[1])))
