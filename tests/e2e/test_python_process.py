"""Python that a model writes, in the real process with its real cells."""

import io
import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from app import paths
from engines import jail, registry
from engines.messages import CallTool, Cancelled, Done, Failed, ToolCall, ToolPicture
from engines.plotting import look
from tests.data.running import Running
from tests.data.surroundings import surroundings

pytestmark = pytest.mark.skipif(not all(jail.probe()), reason="this system has no jail")
PROBES = Path(__file__).parents[1] / "data/probes.py"
PLOT = "import matplotlib.pyplot as plt\n"


class Home:
    """The process, started anew when it died, as EngineLink does it."""

    def __init__(self, folder: Path) -> None:
        self._scratch, self._log = folder / "scratch", folder / "log"
        self._start()

    def _start(self) -> None:
        fonts = paths.resource("fonts")
        options = registry.all_specs()["python"].options(str(self._scratch), str(fonts))
        grants = {"read": (fonts,), "write": (self._scratch,)}
        running = Running("python", options, self._log, **grants)
        self.host, self.until_ended = running.host, running.heard
        loaded, ending = running.loaded
        assert loaded.jail == "" and ending == Done()

    def submit(self, tool: str, **given: object) -> int:
        if self.host.over:
            self._start()
        return self.host.submit(CallTool(ToolCall("c1", tool, given)))

    def run(self, code: str) -> list:
        job = self.submit("run_python", code=code)  # perhaps of a new process
        return self.until_ended(job)

    def says(self, code: str) -> str:
        """What the model reads; the call must have been a success, and without pictures."""
        result, ending = self.run(code)
        assert not result.error and ending == Done(), result.text
        return result.text

    def fails(self, code: str) -> str:
        *_, result, ending = self.run(code)
        assert result.error and ending == Done()
        assert self.says("'still here'") == "'still here'"
        return result.text

    def does(self, task: str, expression: str, **given: str) -> tuple[str, bool]:
        job = self.submit("algebra", task=task, expression=expression, **given)
        result, ending = self.until_ended(job)
        assert ending == Done()
        return result.text, result.error

    def cells(self) -> list[psutil.Process]:
        return psutil.Process(self.host.pid).children()

    def until_a_cell(self) -> psutil.Process:
        while not (found := self.cells()):
            time.sleep(0.005)
        return found[0]

    def left(self) -> list[Path]:
        return list(self._scratch.iterdir())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("python"))
    yield home
    assert not home.cells() and not home.left()
    home.host.stop()
    assert home.host.gone.wait(60)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("print('hello')", "hello"),
        ("1 + 1", "2"),
        ("x = 5\nprint(x)\nx * 2", "5\n10"),
        ("x = 5", "It ran and printed nothing."),
        ("", "It ran and printed nothing."),
        ("None", "It ran and printed nothing."),
        ("```python\nprint(3)\n```", "3"),
        ("import sys\nprint('careful', file=sys.stderr)", "careful"),
        ("import numpy as np\nnp.arange(3).sum()", "np.int64(3)"),
        ("import sympy\nsympy.factorint(84)", "{2: 2, 3: 1, 7: 1}"),
        ("def f(n):\n    return n and n + f(n - 1)\nf(10)", "55"),
        ("import sys\nprint('a')\nsys.exit()", "a"),
        ("print('\\x1b[31mred\\x1b[0m \\u202e\\x07ü')", "red ü"),
        ("import threading as t\nr = []\na = t.Thread(target=r.append, args=(1,))\n"
         "a.start()\na.join()\nr", "[1]"),
        ("open('a.txt', 'w').write('x')\nimport os\nos.rename('a.txt', 'a')" "\nos.remove('a')\n"
         "os.listdir()", "[]"),
    ],
)  # fmt: skip
def test_what_it_says_comes_back(home, code, text):
    assert home.says(code) == text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("a = 1\n1 / 0\nb = 2", "Line 2: ZeroDivisionError: division by zero\n    1 / 0"),
        ("def f():\n    return [][1]\n\nf()", "Line 2: IndexError: list index out of range"),
        ("x = = 1", "Line 1: SyntaxError: invalid syntax\n    x = = 1"),
        ("import pandas", "Only Python's own modules, numpy, sympy and matplotlib"),
        ("open('/etc/passwd')", "no file from outside"),
        ("open('/var/tmp/x', 'w')", "no file from outside"),
        ("import urllib.request as u\nu.urlopen('http://127.0.0.1:1')", "Operation not permitted"),
        ("import os\nos.system('ls')\nos.fork()", "no other program"),
        ("while True:\n    import os; os.fork()", "no other program"),
        ("bytearray(3 << 30)", "There are 2 GB of memory."),
        ("a = []\nwhile True:\n    a.append(bytes(1 << 26))", "MemoryError"),
        ("f = open('big', 'wb')\nfor _ in range(100):\n    f.write(bytes(1 << 20))", "32 MB"),
        ("for n in range(99):\n    open(str(n), 'w')\nimport time; time.sleep(20)", "20 files"),
        ("input()", "Nobody can type here"),
        ("print('before')\nraise ValueError('it is ' + 'so')", "before\nLine 2: ValueError: it is"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import os\nos._exit(0)", "It ended without a result."),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended by the system"),
        ("import ctypes\nctypes.string_at(0)", "ended by the system"),
        ("f = lambda: f()\nf()", "RecursionError"),
        ("print('x' * 9, end='')\nwhile True:\n    print('y' * 9999)", "printed without end"),
        ("import os\nos.write(3, b'\\x93' * 99)\nos._exit(0)", "It ended without a result."),
    ],
)
def test_what_goes_wrong_is_said_and_the_next_call_works(home, code, words):
    text = home.fails(code)
    assert words in text and len(text) < 20_000


def test_nothing_is_kept_between_two_calls(home):
    assert home.says("kept = 1\nopen('kept', 'w').write('x')") == "1"
    assert "NameError" in home.fails("kept")
    assert home.says("import os\nos.listdir()") == "[]"


@pytest.mark.full
def test_a_loop_without_end_is_ended(home):
    text = home.fails("print('begun')\nwhile True:\n    pass")
    assert text.startswith("begun\nIt was ended after")


def test_a_call_can_be_stopped_and_the_process_goes_on(home):
    pid, job = home.host.pid, home.submit("run_python", code="import time\ntime.sleep(60)")
    cell = home.until_a_cell()
    home.host.cancel(job)
    assert home.until_ended(job)[-1] == Cancelled()
    assert home.says("1") == "1" and home.host.pid == pid
    assert not psutil.pid_exists(cell.pid)


def test_the_process_may_be_killed_in_the_middle(home):
    job = home.submit("run_python", code="import time\ntime.sleep(60)")
    cell = home.until_a_cell()
    os.kill(home.host.pid, signal.SIGKILL)
    assert isinstance(home.until_ended(job)[-1], Failed)
    assert home.host.gone.wait(60)
    cell.wait(10)  # it does not outlive the one that watched it
    (left,) = home.left()
    os.utime(left, (0, 0))
    assert home.says("2") == "2" and not home.left()  # what it left behind was cleared away


# pictures


def pixels(picture: ToolPicture) -> np.ndarray:
    image = Image.open(io.BytesIO(picture.png), formats=["PNG"])
    assert image.size == (picture.width, picture.height) and image.mode == "RGB"
    return np.asarray(image, int)


def test_a_plot_comes_as_a_picture_of_the_curve(home):
    code = PLOT + "plt.plot([0, 1, 2, 3], [0, 1, 4, 9])\nplt.title('Squares')\nplt.show()"
    picture, result, _ = home.run(code)
    assert result.text == "A picture is shown." and picture.title == "Squares"
    colour = [int(look.COLOURS[0][at : at + 2], 16) for at in (1, 3, 5)]
    rows, columns = np.nonzero(np.abs(pixels(picture) - colour).sum(axis=2) < 40)
    order = np.argsort(columns)
    left, middle, right = (rows[part].mean() for part in np.array_split(order, 3))
    assert left > middle > right  # it rises, and ever more steeply
    assert middle - right > left - middle


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("plt.plot([1, 2])", 1),  # left open
        ("plt.plot([1, 2])\nplt.show()\nplt.plot([2, 1])\nplt.show()", 2),
        ("plt.figure()\nplt.plot([1])\nplt.figure()\nplt.plot([2])\nplt.show()", 2),
        ("plt.plot([1, 2])\nplt.savefig('a.png')", 1),  # once, and not twice
        ("plt.plot([1, 2])\nplt.savefig('a.png')\nplt.show()", 1),
        ("plt.plot([1, 2])\nplt.show()\nplt.savefig('a.png')", 2),  # the second is empty
        ("for n in range(9):\n    plt.figure(figsize=(1, 1))\n    plt.plot([n])", 5),
        ("import numpy as np\nfrom PIL import Image\n"
         "Image.fromarray(np.zeros((9, 9, 3), 'uint8')).save('a.png')", 1),
        ("plt.plot([1, 2])\nplt.close()", 0),
    ],
)  # fmt: skip
def test_every_figure_is_shown_once(home, code, count):
    *pictures, result, ending = home.run(PLOT + code)
    assert [type(one) for one in pictures] == [ToolPicture] * count and ending == Done()
    assert not result.error and not result.text.startswith("[<matplotlib")
    assert ("5 of 9" in result.text) is ("range(9)" in code)
    assert all(np.ptp(pixels(one)) >= 0 for one in pictures)


@pytest.mark.parametrize(
    "picture",
    [
        "b'no picture'",
        "b'\\x89PNG\\r\\n\\x1a\\n' + bytes(200)",
        "b'GIF89a' + bytes(50)",
        "huge",
    ],
)
def test_what_is_no_picture_is_not_shown(home, picture):
    code = (
        "import struct, zlib\n"
        "def chunk(k, d):\n"
        "    return struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d))\n"
        "huge = b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 60000, 60000,"
        " 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(bytes(1 << 20))) + chunk(b'IEND', b'')\n"
        f"open('a.png', 'wb').write({picture})\n" + PLOT + "plt.plot([1])"
    )
    *pictures, result, _ = home.run(code)
    assert len(pictures) == 1 and "1 of 2 pictures could be shown" in result.text


def test_what_a_picture_carries_besides_its_colours_stays_behind(home):
    code = (
        "from PIL import Image, PngImagePlugin\n"
        "about = PngImagePlugin.PngInfo()\nabout.add_text('Note', 'smuggled')\n"
        "image = Image.new('RGBA', (4000, 100), (255, 0, 0, 0))\n"
        "image.save('a.png', pnginfo=about)\nopen('a.png', 'ab').write(b'smuggled' * 9)"
    )
    picture, _, _ = home.run(code)
    assert b"smuggled" not in picture.png and b"Note" not in picture.png
    assert (picture.width, picture.height) == (2048, 51)
    assert (pixels(picture) == 255).all()  # what is transparent is paper


def test_nothing_that_hostile_code_tries_succeeds(home, tmp_path):
    source = PROBES.read_text()
    with surroundings(tmp_path) as at:
        text = home.says(f"{source}\nfound = report({json.dumps(at)!r})\n(len(PROBES), found)")
    assert text == "(31, [])"


def test_the_code_cannot_speak_to_the_app(home):
    """Every descriptor of the process is closed in its cells but the three to be heard by."""
    code = (
        "import os\nopen_here = []\nfor n in range(400):\n    try:\n        os.fstat(n)\n"
        "        open_here.append(n)\n    except OSError:\n        pass\nopen_here"
    )
    assert home.says(code) == "[0, 1, 2, 3]"


# algebra


@pytest.mark.parametrize(
    ("task", "expression", "more", "text"),
    [
        ("solve", "x^2 - 5x + 6 = 0", {}, "x = 2 or x = 3"),
        ("solve", "x^2 = 2", {}, "x = -sqrt(2) ≈ -1.414213562 or x = sqrt(2) ≈ 1.414213562"),
        ("solve", "x + y = 3; x - y = 1", {"variable": "x, y"}, "x = 2, y = 1"),
        ("solve", "x + y = 3 and x - y = 1", {}, "x = 2, y = 1"),
        ("solve", "t^2 = 9", {}, "t = -3 or t = 3"),
        ("solve", "|x - 1| = 2", {}, "x = -1 or x = 3"),
        ("solve", "x^2 < 4", {}, "(-2 < x) and (x < 2)"),
        ("solve", "a x + b = 0", {}, "x = -b/a"),
        ("solve", "x = x + 1", {}, "There is no solution."),
        ("solve", "2x = x + x", {}, "It holds for every x."),
        ("simplify", "sin^2 x + cos^2 x", {}, "1"),
        ("simplify", "1/3 + 1/6", {}, "1/2 = 0.5"),
        ("expand", "(x+1)^3", {}, "x^3 + 3*x^2 + 3*x + 1"),
        ("factor", "y = x² − 4", {}, "(x - 2)*(x + 2)"),
        ("differentiate", "f(x) = x^3", {}, "3*x^2"),
        ("differentiate", "e^(2x)", {"at": "2"}, "4*exp(2*x)"),
        ("integrate", "x^2", {}, "x^3/3 + C"),
        ("integrate", "x^2 from 0 to 1", {}, "1/3 ≈ 0.3333333333"),
        ("integrate", "exp(-x^2)", {"at": "-oo, oo"}, "sqrt(pi) ≈ 1.772453851"),
        ("integrate", "x^x", {"at": "0, 1"}, "≈ 0.7834305107"),
        ("limit", "sin(x)/x", {"at": "0"}, "1"),
        ("limit", "sin x / x as x -> 0", {}, "1"),
        ("limit", "(1 + 1/n)^n", {"at": "oo"}, "e ≈ 2.718281828"),
        ("limit", "1/x", {"at": "0"}, "There is none: -infinity from the left, infinity from the "
         "right."),
    ],
)  # fmt: skip
def test_algebra_is_exact(home, task, expression, more, text):
    assert home.does(task, expression, **more) == (text, False)


@pytest.mark.parametrize(
    ("task", "expression", "words"),
    [
        ("solve", "x +* 2 = 0", "cannot be read"),
        ("solve", "x = 1 = 2", "An equation has two sides"),
        ("factor", "x = 2", "This is an equation"),
        ("limit", "x", "at is where the variable goes"),
        ("integrate", "x^x", "no closed form"),
        ("simplify", "x" * 3000, "longer than 2000"),
        ("simplify", "", "cannot be read"),
    ],
)
def test_algebra_that_cannot_be_done_is_said(home, task, expression, words):
    text, error = home.does(task, expression)
    assert error and words in text


def test_what_algebra_reads_is_only_run_in_a_cell(home, tmp_path):
    target, pid = tmp_path / "planted", home.host.pid
    for hostile in (
        "exec('import os; os._exit(7)')",
        f"__import__('os').system('touch {target}')",
        f"open('{target}', 'w').write('x')",
        "__import__('os').kill(__import__('os').getppid(), 9)",
        "().__class__.__base__.__subclasses__()",
        "exit()",
    ):
        home.does("simplify", hostile)
    assert not target.exists()
    assert home.does("simplify", "2 + 2") == ("4", False) and home.host.pid == pid


@pytest.mark.full
def test_algebra_without_end_is_ended(home):
    text, error = home.does("simplify", "10**10**10")
    assert error and text.startswith("It was ended after") and "something easier" in text
    assert home.does("simplify", "2 + 2") == ("4", False)
