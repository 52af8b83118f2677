"""What a taken-over model process would try. Run as a program: tries all of it, prints JSON.

The one argument is JSON: jail (null, or what engines.jail.enter is to be given), secret (a file
in a folder of its own), granted (a file the jail lets us read), out (a folder it lets us write),
victim (a process of the same person), port, path and abstract (where something listens).
"""

import ctypes
import errno
import json
import mmap
import os
import platform
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from engines import jail, syscalls

REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EXDEV}  # the last: Landlock, of links
PROBES: list[Callable[[Any], Any]] = []
DUTIES: list[Callable[[Any], Any]] = []  # what an honest engine needs

probe, duty = PROBES.append, DUTIES.append
libc = ctypes.CDLL(None, use_errno=True)
TABLE = f"{syscalls.refusals(syscalls.NOTHING)} {syscalls.CHECKED} {syscalls.ABSENT}"


def call(name: str, *arguments: object) -> int:
    """A system call past every library, as an exploit would make it."""
    number = syscalls.numbers(TABLE, syscalls.MACHINES[platform.machine()][0])[name]
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


@probe
def read_a_secret(at):
    Path(at.secret).read_text()


@probe
def read_the_accounts(at):
    Path("/etc/passwd").read_text()


@probe
def list_a_folder(at):
    os.listdir(Path(at.secret).parent)  # noqa: PTH208


@probe
def list_the_processes(at):
    os.listdir("/proc")  # noqa: PTH208


@probe
def write_beside_a_secret(at):
    Path(at.secret).with_name("planted").write_text("x")


@probe
def write_to_tmp(at):
    file = Path(f"/tmp/parley-hostile-{os.getpid()}")
    file.write_text("x")
    file.unlink()


@probe
def overwrite_a_secret(at):
    Path(at.secret).write_text("gone")


@probe
def overwrite_the_model(at):
    Path(at.granted).write_text("gone")


@probe
def empty_the_model_while_reading(at):
    os.close(os.open(at.granted, os.O_RDONLY | os.O_TRUNC))


@probe
def empty_the_model_by_ioctl_mode(at):
    os.close(os.open(at.granted, 3 | os.O_TRUNC))


@probe
def empty_a_secret_by_path(at):
    os.truncate(at.secret, 0)


@probe
def make_a_secret_public(at):
    Path(at.secret).chmod(0o666)


@probe
def give_a_secret_away(at):
    os.chown(at.secret, os.getuid(), os.getgid())


@probe
def forge_the_time_of_a_secret(at):
    os.utime(at.secret, (0, 0))


@probe
def label_a_secret(at):
    os.setxattr(at.secret, "user.parley", b"x")


@probe
def link_a_secret_to_where_we_write(at):
    Path(at.out, "link").hardlink_to(at.secret)


@probe
def move_a_secret(at):
    Path(at.secret).with_name("moved").write_text("x")
    Path(at.secret).with_name("moved").rename(Path(at.out, "moved"))


@probe
def delete_beside_a_secret(at):
    Path(at.secret).with_name("spare").unlink()


@probe
def leave_a_link_where_we_write(at):
    Path(at.out, "symlink").symlink_to(at.secret)


@probe
def make_a_pipe_where_we_write(at):
    os.mkfifo(Path(at.out, "pipe"))


@probe
def watch_a_folder(at):
    watch = call("inotify_init1", 0)
    call("inotify_add_watch", watch, os.fsencode(Path(at.secret).parent), 0x100)


@probe
def open_by_handle(at):
    handle = ctypes.create_string_buffer((128).to_bytes(8, "little") + bytes(128), 136)
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, at.secret.encode(), handle, ctypes.byref(mount), 0)


@probe
def reach_tcp(at):
    socket.create_connection(("127.0.0.1", at.port), 5).close()


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
def reach_a_socket_file(at):
    with socket.socket(socket.AF_UNIX) as here:
        here.connect(at.path)


@probe
def reach_an_abstract_socket(at):
    with socket.socket(socket.AF_UNIX) as here:
        here.connect("\0" + at.abstract)


@probe
def make_a_pair_of_sockets(at):
    for end in socket.socketpair():
        end.close()


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
def signal_our_group(at):
    os.kill(0, 0)


@probe
def signal_a_thread_of_another(at):
    call("tgkill", at.victim, at.victim, 0)


@probe
def signal_by_descriptor(at):
    signal.pidfd_send_signal(os.pidfd_open(at.victim), 0)


@probe
def have_the_kernel_signal_another(at):
    import fcntl

    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, at.victim)


@probe
def survive_the_app(at):
    call("prctl", 1, 0, 0, 0, 0)


@probe
def trace_another(at):
    call("ptrace", 0x4206, at.victim, 0, 0)  # PTRACE_SEIZE, which does not stop it


@probe
def read_anothers_environment(at):
    Path(f"/proc/{at.victim}/environ").read_bytes()


@probe
def read_anothers_memory(at):
    here, there = (ctypes.c_size_t * 2)(0, 0), (ctypes.c_size_t * 2)(0, 0)
    call("process_vm_readv", at.victim, here, 1, there, 1, 0)


@probe
def limit_another(at):
    resource.prlimit(at.victim, resource.RLIMIT_NOFILE)


@probe
def slow_another_down(at):
    os.setpriority(os.PRIO_PROCESS, at.victim, 5)


@probe
def run_a_shell(at):
    subprocess.run(["/bin/sh", "-c", "true"], check=True)


@probe
def replace_ourselves(at):
    try:
        call("execve", b"/nonexistent", None, None)
    except FileNotFoundError:
        return  # it would have run


@probe
def fork(at):
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)


@probe
def fork_by_hand(at):
    if (child := call("clone", signal.SIGCHLD, None, None, None, None)) == 0:
        os._exit(0)
    os.waitpid(child, 0)


@probe
def fork_the_new_way(at):
    arguments = (ctypes.c_uint64 * 8)(0, 0, 0, 0, signal.SIGCHLD)
    if (child := call("clone3", arguments, 64)) == 0:
        os._exit(0)
    os.waitpid(child, 0)


@probe
def open_the_new_way(at):
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    os.close(call("openat2", -100, at.granted.encode(), how, 24))


@probe
def a_file_in_memory_to_run(at):
    os.close(os.memfd_create("x"))


@probe
def queue_work_past_the_filter(at):
    os.close(call("io_uring_setup", 4, ctypes.create_string_buffer(256)))


@probe
def load_a_kernel_program(at):
    attributes = (ctypes.c_uint32 * 32)(2, 4, 4, 1)  # an array map of one entry
    os.close(call("bpf", 0, attributes, 128))


@probe
def keep_a_key(at):
    call("add_key", b"user", b"parley", b"x", 1, -2)


@probe
def read_the_keys(at):
    call("keyctl", 0, -3, 0)


@probe
def count_cycles(at):
    attributes = (ctypes.c_uint32 * 32)(1, 128, 0, 0)  # software, the processor's clock
    os.close(call("perf_event_open", attributes, 0, -1, -1, 0))


@probe
def handle_faults_of_the_kernel(at):
    os.close(call("userfaultfd", 0))


@probe
def share_memory(at):
    call("shmctl", call("shmget", 0, 4096, 0o1600), 0, None)


@probe
def open_a_message_queue(at):
    os.close(call("mq_open", b"parley-hostile", os.O_CREAT | os.O_RDWR, 0o600, None))
    call("mq_unlink", b"parley-hostile")


@probe
def change_personality(at):
    call("personality", 0)


@probe
def list_mounts(at):
    call("statmount", None, None, 0, 0)


@probe
def a_call_nobody_knows_yet(at):
    if libc.syscall(syscalls.LAST + 5, -1, None, 0, None, 0) < 0:
        raise OSError(ctypes.get_errno(), "open_tree_attr")


@probe
def mount_a_folder(at):
    call("mount", b"t", at.out.encode(), b"tmpfs", 0, None)
    call("umount2", at.out.encode(), 2)


@probe
def see_a_secret_of_the_environment(at):
    if "PARLEY_TEST_KEY" not in os.environ:
        raise PermissionError(errno.EPERM, "not there")


@probe
def fill_the_disk(at):
    with Path(at.out, "big").open("wb") as file:
        try:
            os.posix_fallocate(file.fileno(), 8 << 30, 1)
        except OSError as error:
            raise PermissionError(errno.EPERM, "too large") from error


@probe
def dump_core(at):
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        raise PermissionError(errno.EPERM, "no cores")


@probe
def leave_our_root(at):
    os.chroot("/")


@probe
def own_namespaces(at):
    call("unshare", 0x10000000)


@duty
def read_the_model(at):
    assert Path(at.granted).read_bytes()


@duty
def write_where_allowed(at):
    folder = Path(at.out, "folder")
    folder.mkdir()
    file = folder / "file"
    file.write_text("long")
    file.write_text("x")
    file.rename(folder / "renamed")
    shutil.rmtree(folder)


@duty
def run_a_thread(at):
    done = []
    thread = threading.Thread(target=done.append, args=(1,))
    thread.start()
    thread.join()
    assert done


@duty
def import_late(at):
    import wave

    assert wave


@duty
def load_a_library_late(at):
    assert ctypes.CDLL("libm.so.6").abs


@duty
def map_memory(at):
    with mmap.mmap(-1, 1 << 20) as memory:
        memory[0] = 1


@duty
def random_numbers(at):
    with Path("/dev/urandom").open("rb") as source:
        assert os.urandom(8) and source.read(1)


@duty
def know_the_machine(at):
    assert Path("/proc/cpuinfo").read_text() and os.cpu_count()
    assert Path("/proc/meminfo").read_text() and Path("/proc/self/status").read_text()


@duty
def throw_output_away(at):
    Path(os.devnull).write_text("x")


@duty
def signal_ourselves(at):
    os.kill(os.getpid(), 0)


def attempt(action: Callable[[Any], Any], at: SimpleNamespace) -> str:
    try:
        action(at)
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, str(error))
        return "refused" if error.errno in REFUSALS else name
    return "done"


def main() -> None:
    at = SimpleNamespace(**json.loads(sys.argv[1]))
    gap = None
    if at.jail is not None:
        at.jail["offer"] = jail.Offer(*at.jail["offer"])
        gap = jail.enter([Path(at.granted)], [Path(at.out)], **at.jail)
    duties = {action.__name__: attempt(action, at) for action in DUTIES}
    probes = {action.__name__: attempt(action, at) for action in PROBES}
    print(json.dumps({"gap": gap, "duties": duties, "probes": probes}))  # noqa: T201


if __name__ == "__main__":
    main()
