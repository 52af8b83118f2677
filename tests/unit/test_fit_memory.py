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
    command = [sys.executable, "-m", "tests.data.taking", str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=110)
    return {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", CASES)
def test_the_forecast_is_within_a_tenth_of_what_the_process_takes(taken, name):
    found = taken[name]
    assert found["forecast"] == pytest.approx(found["took"], rel=NEAR)
    assert found["took"] > 60e6  # else a tenth would mean nothing


@pytest.mark.parametrize("name", CASES)
def test_what_it_says_of_itself_holds_for_the_longest_question(taken, name):
    """said: with all that a full context would need, which is not touched before."""
    found = taken[name]
    assert found["thought"] == pytest.approx(found["said"], rel=0.15)
