"""Work that is killed at any moment leaves the old study or the new one, loses nothing, and is swept."""

from __future__ import annotations

import random

import pytest

from benchmarks.crash_recovery import Work, asked, killed

KINDS = ("build", "add", "stalls", "decision")
"""The kinds of work; `python -m benchmarks.crash_recovery` kills each a thousand times."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    made = Work(tmp_path_factory.mktemp("kills"))
    asked(made.make)
    return made


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_leaves_a_sound_study_and_loses_nothing(kind: str, kills: int, work: Work) -> None:
    counts = killed(kind, work, kills, random.Random(7))  # noqa: S311 (moments)
    assert (counts.kills, counts.unreadable, counts.lost, counts.left) == (kills, 0, 0, 0)
