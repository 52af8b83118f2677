"""`parley ask` as a person types it: a new process, the real starter, nothing played."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "resources/starter/parley-starter.gguf"


@pytest.fixture
def parley(tmp_path):
    def parley(*words, given=None):
        command = [sys.executable, "-m", "app", *words, "--data-dir", str(tmp_path / "data")]
        return subprocess.run(
            command, cwd=ROOT, input=given, capture_output=True, text=True, timeout=60
        )

    return parley


def test_the_starter_answers_and_says_who_it_is(parley):
    run = parley("ask", "hello", "--facts")
    assert run.returncode == 0, run.stderr
    answer, _, facts = run.stdout.partition("\n\n")
    assert len(answer.strip()) > 5
    assert hashlib.sha256(STARTER.read_bytes()).hexdigest() in facts
    assert "Tokens written" in facts and "First word after" in facts


def test_a_sum_goes_through_the_calculator(parley):
    run = parley("ask", "What is 17 times 24?")
    assert run.returncode == 0 and "408" in run.stdout, run.stdout + run.stderr


def test_files_go_with_the_question(parley, tmp_path):
    Image.new("RGB", (40, 30), "red").save(tmp_path / "dog.png")
    (tmp_path / "list.txt").write_text("milk")
    files = ("-f", str(tmp_path / "dog.png"), "--file", str(tmp_path / "list.txt"))
    run = parley("ask", "What is missing?", "--echo", *files)
    assert run.returncode == 0, run.stderr
    assert "I see 1 picture: 40 x 30." in run.stdout and "list.txt" in run.stdout
    assert run.stdout.split()[-3:] == ["What", "is", "missing?"]


def test_a_file_that_cannot_be_read_is_said(parley, tmp_path):
    run = parley("ask", "What is it?", "--echo", "--file", str(tmp_path / "gone.png"))
    assert run.returncode == 1 and "gone.png" in run.stderr and not run.stdout


def test_the_question_may_come_from_the_input(parley):
    assert parley("ask", given="hello").stdout.strip()


def test_a_bad_model_is_refused_in_words(parley, tmp_path):
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\xff" * 200)
    run = parley("ask", "hello", "--model", str(tmp_path / "bad.gguf"))
    assert run.returncode == 1 and "bad.gguf" in run.stderr and "Traceback" not in run.stderr


def test_a_missing_model_is_said(parley):
    run = parley("ask", "hello", "--model", "/nowhere/model.gguf")
    assert run.returncode == 1 and "/nowhere/model.gguf" in run.stderr


def test_nothing_asked_is_said(parley):
    assert parley("ask", given="  ").returncode == 2


def test_echo_exists_only_when_asked_for(parley):
    assert parley("ask", "one two", "--echo").stdout.split() == ["one", "two"]
    assert "echo" not in parley("--help").stdout.lower()
