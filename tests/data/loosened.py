"""What a process can do in a jail that is open for one need; prints it as JSON.

Run as: loosened.py NEEDS SECRET PORT OUT, NEEDS being the keywords of jail.enter as JSON.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from engines import jail

needs, secret, port, out = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
READ = f"print(open({secret!r}).read())"
CONNECT = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"


def run(code):
    subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.DEVNULL)


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def end_a_program():
    quiet = subprocess.DEVNULL  # where it may not be ended it must not hold our output open
    nap = [sys.executable, "-c", "import time; time.sleep(3)"]
    child = subprocess.Popen(nap, stdout=quiet, stderr=quiet)
    child.kill()
    child.wait()


def send_a_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"x", ("127.0.0.1", port))


def listen():
    with socket.create_server(("127.0.0.1", 0)):
        pass


def talk_to_itself():
    ours, theirs = socket.socketpair()
    ours.send(b"x")
    assert theirs.recv(1) == b"x"


DEEDS = {
    "read the secret": lambda: Path(secret).read_text(),
    "connect": lambda: socket.create_connection(("127.0.0.1", port), 2).close(),
    "send a datagram": send_a_datagram,
    "find an address": lambda: socket.getaddrinfo("localhost", port),
    "make a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close(),
    "make a packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close(),
    "listen": listen,
    "talk to itself": talk_to_itself,
    "fork": fork,
    "run a program": lambda: run("pass"),
    "read the secret in a program": lambda: run(READ),
    "connect in a program": lambda: run(CONNECT),
    "end a program": end_a_program,
    "signal the parent": lambda: os.kill(os.getppid(), 0),
}

offer = needs.pop("offer", None)
gap = "" if needs.pop("free", False) else jail.enter(
    [], [Path(out)], False, offer=offer and jail.Offer(*offer), **needs
)  # fmt: skip
done = []
for name, deed in DEEDS.items():
    try:
        deed()
    except (OSError, subprocess.SubprocessError, AssertionError):
        continue
    done.append(name)
sys.stdout.write(json.dumps({"gap": gap, "done": done}))
