"""Work that is killed at any moment leaves the old study or the new one, loses nothing, and is swept."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

KINDS = ("build", "add", "stalls", "decision")
"""The kinds of work; `python -m benchmarks.crash_recovery` kills each a thousand times."""
KILLS = 30

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be forked here")


@pytest.fixture(scope="module")
def counts() -> dict[str, list[str]]:
    """Kills, unreadable, lost, leftovers by kind, from a process of its own: it forks, and must have no threads."""
    command = [sys.executable, "-m", "benchmarks.crash_recovery", "--kills", str(KILLS), "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_leaves_a_sound_study_and_loses_nothing(kind: str, counts: dict[str, list[str]]) -> None:
    assert counts[kind] == [str(KILLS), "0", "0", "0"]
