"""A job of a queue as its row has it."""

from __future__ import annotations

from pathlib import Path

from geo.core.text import Text
from geo.jobs.processes import this_process
from geo.jobs.progress import Progress
from geo.jobs.queue import Queue
from geo.jobs.queued import ACTIVE, STATE_NAMES


def test_a_job_comes_back_with_all_that_was_kept(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    number = queue.submit("a.gpkg", "stalls", {"b": [1, "街"]}, "王", {"name": "王"}).number
    waiting = queue.find(number)
    assert (waiting.study, waiting.work, waiting.arguments, waiting.by) == ("a.gpkg", "stalls", {"b": [1, "街"]}, "王")
    assert (waiting.state, waiting.active, waiting.started_at, waiting.step) == ("waiting", True, None, None)
    queue.claim(1, this_process())
    queue.note(number, Progress(Text("一", "one"), 2, 5, 0.5), [(1, 0.0), (2, 1.5)])
    running = queue.find(number)
    assert (running.step, running.number_of_step, running.steps, running.share) == (Text("一", "one"), 2, 5, 0.5)
    assert running.course == [(1, 0.0), (2, 1.5)]
    assert running.runner == this_process()
    queue.end(number, "done", result={"zones": 3})
    done = queue.find(number)
    assert (done.state, done.active, done.result, done.error) == ("done", False, {"zones": 3}, None)


def test_every_state_has_a_name_in_both_languages() -> None:
    assert set(ACTIVE) < set(STATE_NAMES)
    assert all(name.zh and name.en for name in STATE_NAMES.values())
