"""What models were thought to take, against what the system says they take."""

import json
import subprocess
import sys

import pytest

from engines.process import ROOT
from tests.data.taking import CASES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and reads /proc")
NEAR = 0.1


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("taken")
    command, pipe = [sys.executable, "-m", "tests.data.taking", str(folder)], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin and process.stdout
        given, answers = process.stdin, process.stdout

        def ask(name: str) -> dict[str, int]:
            print(name, file=given, flush=True)  # noqa: T201
            return json.loads(answers.readline())

        yield ask
        given.close()


@pytest.mark.parametrize("name", CASES)
def test_the_forecast_is_within_a_tenth_of_what_the_process_takes(taken, name):
    found = taken(name)
    assert found["forecast"] == pytest.approx(found["took"], rel=NEAR)
    assert found["took"] > 60e6  # else a tenth would mean nothing
    # with all that a full context would need, which is not touched before
    assert found["thought"] == pytest.approx(found["said"], rel=0.2)
