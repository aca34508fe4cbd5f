"""The positive controls: what is planted must be found, or the suite proves nothing."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.faults.amounts import SEED, is_full
from tests.faults.controls import planting
from tests.faults.controls.bugs import BUGS, Bug
from tests.faults.rig import report

_SAMPLE = 1


def chosen() -> list[Bug]:
    """Return all bugs, or a few of them that the seed chooses."""
    return list(BUGS) if is_full() else Random(f"{SEED} controls").sample(BUGS, _SAMPLE)


@pytest.mark.fault("control")
@pytest.mark.parametrize("bug", chosen(), ids=lambda bug: bug.name)
def test_planted_bug_is_caught(bug: Bug, tmp_path: Path):
    tally = report.add(report.Tally(f"control: {bug.name}", runs=1))
    began = time.monotonic()
    tree = planting.copied(tmp_path)
    planting.plant(bug, tree)

    catch = planting.run(bug, tree, SEED)

    tally.seconds = time.monotonic() - began
    tally.outcome = f"caught by {catch.told}" if catch.shows(bug) else "NOT CAUGHT"
    assert catch.shows(bug), f"nothing caught: {bug.name}\n{catch.output[-3000:]}"


@pytest.mark.fault("control")
def test_the_copy_is_what_runs(tmp_path: Path):
    tree = planting.copied(tmp_path)
    program = "import backend, tests, moviemesh_ticketcode as t; print(backend, tests, t)"

    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tree,
        env=planting.environment(tree, BUGS[0], SEED),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert told.count(str(tree)) == 3, told
