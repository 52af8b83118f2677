"""The system calls a jailed process is refused, as a seccomp filter put together here.

A filter is a program in classic BPF that the kernel runs before each system call
(Documentation/userspace-api/seccomp_filter.rst). Everything newer than this table is answered
with "not there", so what a later kernel adds is closed until somebody has looked at it.
"""

import errno
import platform
import struct
from typing import NamedTuple

# name:x86_64:arm64, from asm/unistd_64.h and asm-generic/unistd.h
REFUSED = """
listen:50:201 accept:43:202 accept4:288:242 uselib:134:- ptrace:101:117 process_vm_readv:310:270
process_vm_writev:311:271 process_madvise:440:440 process_mrelease:448:448 kcmp:312:272
pidfd_getfd:438:438 setpriority:141:140 ioprio_set:251:30 sched_setparam:142:118
sched_setscheduler:144:119 sched_setattr:314:274 migrate_pages:256:238 move_pages:279:239

shmget:29:194 shmat:30:196 shmctl:31:195 semget:64:190 semop:65:193 semtimedop:220:192
semctl:66:191 msgget:68:186 msgsnd:69:189 msgrcv:70:188 msgctl:71:187 mq_open:240:180
mq_unlink:241:181 mq_notify:244:184

truncate:76:45 chmod:90:- fchmodat:268:53 fchmodat2:452:452 chown:92:- fchown:93:55
lchown:94:- fchownat:260:54 utime:132:- utimes:235:- futimesat:261:- utimensat:280:88 mknod:133:-
mknodat:259:33 setxattr:188:5 lsetxattr:189:6 fsetxattr:190:7 getxattr:191:8 lgetxattr:192:9
fgetxattr:193:10 listxattr:194:11 llistxattr:195:12 flistxattr:196:13 removexattr:197:14
lremovexattr:198:15 fremovexattr:199:16 name_to_handle_at:303:264 open_by_handle_at:304:265
inotify_init:253:- inotify_init1:294:26 inotify_add_watch:254:27 fanotify_init:300:262
fanotify_mark:301:263

mount:165:40 umount2:166:39 pivot_root:155:41 chroot:161:51 move_mount:429:429 open_tree:428:428
fsopen:430:430 fsconfig:431:431 fsmount:432:432 fspick:433:433 mount_setattr:442:442
statmount:457:457 listmount:458:458 setns:308:268 unshare:272:97 quotactl:179:60
quotactl_fd:443:443 swapon:167:224 swapoff:168:225

setuid:105:146 setgid:106:144 setreuid:113:145 setregid:114:143 setresuid:117:147
setresgid:119:149 setfsuid:122:151 setfsgid:123:152 setgroups:116:159 capset:126:91
personality:135:92 lsm_set_self_attr:460:460

bpf:321:280 perf_event_open:298:241 userfaultfd:323:282 memfd_secret:447:447
io_uring_setup:425:425 io_uring_enter:426:426 io_uring_register:427:427 io_setup:206:0
io_submit:209:2 add_key:248:217 request_key:249:218 keyctl:250:219 kexec_load:246:104
kexec_file_load:320:294 init_module:175:105 finit_module:313:273 delete_module:176:106
create_module:174:- reboot:169:142 syslog:103:116 acct:163:89 modify_ldt:154:- iopl:172:-
ioperm:173:- settimeofday:164:170 clock_settime:227:112 clock_adjtime:305:266 adjtimex:159:171
sethostname:170:161 setdomainname:171:162 lookup_dcookie:212:18 vhangup:153:58
"""
# Refused as well, but to those who need them:
NO_GPU = "memfd_create:319:279"  # drivers keep compiled code in such files
NO_NETWORK = "connect:42:203 bind:49:200"
NO_SENDING = "sendto:44:206 sendmsg:46:211 sendmmsg:307:269"
NO_FORKS = "fork:57:- vfork:58:- tkill:200:130 pidfd_open:434:434 pidfd_send_signal:424:424"
NO_PROGRAMS = "execve:59:221 execveat:322:281 fchmod:91:52"
GROUPS = "setsid:112:157 setpgid:109:154"  # programs stay in the group that ends with the worker
ABSENT = "clone3:435:435 openat2:437:437"  # libraries then use clone and openat, which we can read
CHECKED = """
socket:41:198 socketpair:53:199
clone:56:220 kill:62:129 tgkill:234:131 rt_sigqueueinfo:129:138 rt_tgsigqueueinfo:297:240
prlimit64:302:261 ioctl:16:29 fcntl:72:25 open:2:- openat:257:56 prctl:157:167
"""
LAST = 462  # mseal; the same number on both. x32 calls are above it too

MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}

LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16  # in struct seccomp_data
ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
REFUSE = ERRNO | errno.EPERM
PRETEND = ERRNO | 0  # nothing is done, and the program is told that it was

CLONE_THREAD = 0x10000
CLONE_NEW = 0x7E020000  # all CLONE_NEW* but NEWTIME, which shares its bit with the exit signal
O_ACCMODE, O_TRUNC = 0x3, 0x200
PR_SET_PDEATHSIG = 1
TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: type commands into the terminal we log to
SIGNAL_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: have the kernel send the signal
EVERYBODY = 0xFFFFFFFF  # as the receiver of a signal
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
STREAM, DATAGRAM, SEQUENCE, KIND = 1, 2, 5, 0xF  # kinds of sockets, and the bits they have


class Needs(NamedTuple):
    """What a process cannot do without, and so is left open to it."""

    gpu: bool = False
    network: bool = False  # reach others over TCP and UDP; nothing listens
    programs: bool = False  # start other programs
    forks: bool = False  # divide itself, each part to be locked in further
    signals: bool = False  # to others: where Landlock keeps them among its own, or for forks


NOTHING = Needs()

Step = tuple[int, int, int, int]  # operation, jump when true, jump when false, value


def number_of_seccomp() -> int | None:
    """Of the system call itself; None where there is no table for this processor."""
    machine = MACHINES.get(platform.machine())
    return machine[2] if machine and struct.calcsize("P") == 8 else None


def numbers(table: str, column: int) -> dict[str, int]:
    rows = (entry.split(":") for entry in table.split())
    return {row[0]: int(row[1 + column]) for row in rows if row[1 + column] != "-"}


def refusals(needs: Needs) -> str:
    """The table of what a process with these needs is always refused."""
    gpu, network, programs, forks, _ = needs
    tables = (
        (gpu or programs, NO_GPU),
        (network, NO_NETWORK),
        (network or programs, NO_SENDING),
        (forks or programs, NO_FORKS),
        (programs, NO_PROGRAMS),
    )
    return " ".join((REFUSED, *(table for needed, table in tables if not needed)))


def filter_program(machine: str, pid: int, needs: Needs = NOTHING) -> bytes:
    """The filter for a process of that number: an array of struct sock_filter."""
    column, architecture, _ = MACHINES[machine]
    refused = numbers(refusals(needs), column)
    steps = [
        *_when(ARCHITECTURE_AT, architecture, [], [(RETURN, 0, 0, KILL_PROCESS)]),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, 0, 1, LAST + 1),
        (RETURN, 0, 0, ERRNO | errno.ENOSYS),
    ]
    for number in numbers(ABSENT, column).values():
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | errno.ENOSYS)]
    for number in refused.values():
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    for number in numbers(GROUPS, column).values() if needs.programs else ():
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, PRETEND)]
    checks = _checks(pid, needs)
    for name, number in numbers(CHECKED, column).items():
        steps += [(EQUAL, 0, len(checks[name]), number), *checks[name]]
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _when(at: int, value: int, then: list[Step], otherwise: list[Step]) -> list[Step]:
    return [(LOAD, 0, 0, at), (EQUAL, len(otherwise), 0, value), *otherwise, *then]


def _argument(place: int) -> Step:
    """Load the lower half of an argument, which is all the calls below look at."""
    return (LOAD, 0, 0, ARGUMENTS_AT + 8 * place)


def _only(place: int, *values: int) -> list[Step]:
    """Allow these values of an argument and refuse the rest."""
    tests: list[Step] = []
    for value in values:
        tests += [(EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]
    return [_argument(place), *tests, (RETURN, 0, 0, REFUSE)]


def _never(place: int, *values: int) -> list[Step]:
    """Refuse these values of an argument and allow the rest."""
    tests: list[Step] = []
    for value in values:
        tests += [(EQUAL, 0, 1, value), (RETURN, 0, 0, REFUSE)]
    return [_argument(place), *tests, (RETURN, 0, 0, ALLOW)]


def _opening(place: int) -> list[Step]:
    """Refuse to empty a file that is only read, and access mode 3: older Landlock lets both by."""
    return [
        _argument(place),
        (AND, 0, 0, O_ACCMODE | O_TRUNC),
        (EQUAL, 0, 1, O_TRUNC),
        (RETURN, 0, 0, REFUSE),
        (AND, 0, 0, O_ACCMODE),
        (EQUAL, 0, 1, O_ACCMODE),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]


def _sockets(allowed: bool, families: tuple[int, ...], kinds: tuple[int, ...]) -> list[Step]:
    """Sockets of these families and kinds, where any are allowed."""
    if not allowed:
        return [(RETURN, 0, 0, REFUSE)]
    steps = [_argument(0)]
    for left in range(len(families), 0, -1):
        steps.append((EQUAL, left, 0, families[left - 1]))
    steps += [(RETURN, 0, 0, REFUSE), _argument(1), (AND, 0, 0, KIND)]
    for kind in kinds:
        steps += [(EQUAL, 0, 1, kind), (RETURN, 0, 0, ALLOW)]
    return [*steps, (RETURN, 0, 0, REFUSE)]


def _checks(pid: int, needs: Needs) -> dict[str, list[Step]]:
    divides = needs.forks or needs.programs
    thread = [
        _argument(0),
        (AND, 0, 0, CLONE_NEW if divides else CLONE_THREAD | CLONE_NEW),
        (EQUAL, 0, 1, 0 if divides else CLONE_THREAD),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    signals = _never(0, EVERYBODY) if needs.signals else _only(0, pid)
    return {
        "socket": _sockets(needs.network, (AF_INET, AF_INET6), (STREAM, DATAGRAM)),
        # event loops wake themselves by a pair; one of datagrams could be sent astray
        "socketpair": _sockets(needs.network or needs.programs, (AF_UNIX,), (STREAM, SEQUENCE)),
        "clone": thread,
        "kill": signals,
        "tgkill": signals,
        "rt_sigqueueinfo": signals,
        "rt_tgsigqueueinfo": signals,
        "prlimit64": _only(0, 0, pid),
        "ioctl": _never(1, *TERMINAL_INPUT),
        "fcntl": _never(1, *SIGNAL_OWNERS),
        "open": _opening(1),
        "openat": _opening(2),
        "prctl": _never(0, *(() if divides else (PR_SET_PDEATHSIG,))),
    }
