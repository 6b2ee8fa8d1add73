"""Work that is killed at any moment leaves the old study or the new one, loses nothing, and is swept."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

from benchmarks.crash_recovery import Counts, killed

KINDS = ("build", "add", "stalls", "decision")
"""The kinds of work; `python -m benchmarks.crash_recovery` kills each a thousand times."""
KILLS = 30
SEED = 7

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be forked here")


def _killed() -> list[Counts]:
    return [*killed(KINDS, KILLS, SEED)]


@pytest.fixture(scope="module")
def counts() -> dict[str, Counts]:
    """The counts by kind, from a process of their own: it forks, and must have no threads of other tests."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
        return {count.kind: count for count in apart.submit(_killed).result()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_leaves_a_sound_study_and_loses_nothing(kind: str, counts: dict[str, Counts]) -> None:
    count = counts[kind]
    assert (count.kills, count.unreadable, count.lost, count.left) == (KILLS, 0, 0, 0)
