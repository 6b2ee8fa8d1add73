"""The share that is done and the time left: by the course, and by earlier runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.jobs.queued import QueuedJob
from geo.jobs.time_left import seconds_left, seconds_of, share_done

START = "2026-11-27T09:00:00.000Z"
NEW = QueuedJob(1, "a.gpkg", "stalls", {}, "", {}, "running", START, START)
EARLIER = replace(
    NEW,
    state="done",
    ended_at="2026-11-27T09:01:40.000Z",  # 100 s: 10 s, 80 s, 10 s
    steps=3,
    number_of_step=3,
    course=[(1, 0.0), (2, 10.0), (3, 90.0)],
)


def after(seconds: int) -> str:
    return f"2026-11-27T09:{seconds // 60:02}:{seconds % 60:02}.000Z"


def test_steps_count_alike_before_any_run_and_by_their_time_after_one() -> None:
    second = replace(NEW, steps=3, number_of_step=2, share=0.5)
    assert share_done(NEW) == 0.0
    assert share_done(second) == pytest.approx(0.5)
    assert share_done(second, [EARLIER]) == pytest.approx(0.1 + 0.8 * 0.5)
    assert share_done(replace(second, steps=4), [EARLIER]) == pytest.approx(0.25 + 0.25 * 0.5), "another course"
    assert share_done(replace(second, state="done")) == 1.0


def test_without_earlier_runs_the_course_tells_the_time_once_there_is_some() -> None:
    assert seconds_left(NEW, at=after(5)) is None
    half = replace(NEW, steps=2, number_of_step=2)
    assert seconds_left(half, at=after(30)) == pytest.approx(30.0)


def test_earlier_runs_tell_the_time_at_once_and_the_course_corrects_it() -> None:
    assert seconds_left(replace(NEW, state="waiting", started_at=None), [EARLIER]) == 100.0
    assert seconds_left(NEW, [EARLIER], after(20)) == pytest.approx(80.0)
    slow = replace(NEW, steps=3, number_of_step=3)  # 90 % done after three minutes instead of 90 seconds
    assert seconds_left(slow, [EARLIER], after(180)) == pytest.approx(0.1 * 100 + 0.9 * 200 - 180)
    assert seconds_left(NEW, [EARLIER], after(500)) == 0.0, "never below nothing"


def test_a_long_silence_within_a_step_does_not_make_the_time_left_grow_with_the_clock() -> None:
    silent = replace(NEW, steps=4, number_of_step=3, course=[(1, 0.0), (2, 5.0), (3, 10.0)])
    assert seconds_left(silent, at=after(12)) == pytest.approx(8.0)
    assert seconds_left(silent, at=after(14)) == pytest.approx(6.0)
    assert seconds_left(silent, at=after(30)) == pytest.approx(10.0), "later than was thought: a quarter is to come"


def test_a_job_that_is_over_takes_no_time() -> None:
    assert seconds_left(EARLIER, [EARLIER]) is None
    assert seconds_of(EARLIER) == 100.0
    assert seconds_of(NEW) is None
