"""How a worker process is started, and what its death means."""

import signal

import pytest

from engines.process import LOG_SIZE, OLD_LOGS, SET, cause, environment, rotate


def test_only_what_is_needed_is_passed_on(tmp_path):
    ours = {
        "PATH": "/bin",
        "LC_ALL": "C",
        "OPENAI_API_KEY": "x",
        "SSH_AUTH_SOCK": "y",
        "PYTHONPATH": "z",
    }
    assert environment(ours, ()) == {"PATH": "/bin", "LC_ALL": "C", **SET}
    assert environment(ours, (tmp_path,))["CUDA_CACHE_PATH"] == str(tmp_path)


@pytest.mark.parametrize(
    ("code", "words", "detail"),
    [
        (-signal.SIGKILL, "memory", "SIGKILL"),
        (-signal.SIGBUS, "file changed", "SIGBUS"),
        (-signal.SIGILL, "processor", "SIGILL"),
        (-signal.SIGSEGV, "unexpectedly", "SIGSEGV"),
        (-99, "unexpectedly", "signal 99"),
        (0, "unexpectedly", "exit code 0"),
        (3, "unexpectedly", "exit code 3"),
    ],
)
def test_every_death_has_words(code, words, detail):
    failed = cause(code)
    assert words in failed.message and failed.hint and failed.detail == detail


def test_logs_rotate_and_stay_few(tmp_path):
    log = tmp_path / "echo.log"
    rotate(log)  # nothing there yet
    for number in range(OLD_LOGS + 3):
        log.write_bytes(bytes([65 + number]) * LOG_SIZE)
        rotate(log)
        assert not log.exists()
    logs = sorted(tmp_path.iterdir())
    assert [f.name for f in logs] == [f"echo.{n}.log" for n in range(1, OLD_LOGS + 1)]
    assert [f.read_bytes()[:1] for f in logs] == [b"G", b"F", b"E", b"D"]


def test_a_small_log_stays(tmp_path):
    log = tmp_path / "echo.log"
    log.write_text("a line\n")
    rotate(log)
    assert [f.name for f in tmp_path.iterdir()] == ["echo.log"]
