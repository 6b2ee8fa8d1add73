"""One queue for many processes: each job is claimed once, one for each study, and none is lost or run in secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.jobs.database import NAME
from geo.jobs.processes import this_process
from geo.jobs.queue import Queue
from tests.conftest import ROOT

ME = this_process()
CLAIMS = """
import json, sys
from pathlib import Path
from geo.jobs.processes import this_process
from geo.jobs.queue import Queue
queue, mine = Queue(Path(sys.argv[1])), []
for _ in range(40):
    job = queue.claim(1000, this_process())
    if job is not None:
        mine.append(job.number)
        queue.end(job.number, "done")
print(json.dumps(mine))
"""


def submit(queue: Queue, study: str, work: str = "stalls", **arguments: object) -> int:
    return queue.submit(study, work, arguments, "王", {}).number


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    return Queue(tmp_path)


def test_a_folder_without_work_stays_as_it_is(queue: Queue) -> None:
    assert queue.jobs() == []
    assert queue.claim(1, ME) is None
    with pytest.raises(StudyError, match="no job 7"):
        queue.find(7)
    assert not queue.database.path.exists()


def test_each_job_is_claimed_by_one_of_many_processes(queue: Queue) -> None:
    numbers = [submit(queue, f"{n}.gpkg") for n in range(60)]
    command = [sys.executable, "-c", CLAIMS, str(queue.database.folder)]
    many = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    claimed = [json.loads(each.communicate(timeout=120)[0]) for each in many]
    assert sorted(number for mine in claimed for number in mine) == numbers
    assert {job.state for job in queue.jobs()} == {"done"}


def test_one_job_runs_for_each_study_and_so_many_in_all(queue: Queue) -> None:
    first, second = submit(queue, "a.gpkg"), submit(queue, "a.gpkg", "bays")
    third, fourth = submit(queue, "b.gpkg"), submit(queue, "c.gpkg")

    def claim() -> int | None:
        job = queue.claim(2, ME)
        return None if job is None else job.number

    assert [claim(), claim(), claim()] == [first, third, None]
    queue.end(third, "done")
    assert [claim(), claim()] == [fourth, None], "the other work on a.gpkg still waits"
    queue.end(first, "failed")
    assert claim() == second


def test_the_same_work_that_waits_already_is_joined(queue: Queue) -> None:
    first = submit(queue, "a.gpkg", "bays", budget=5, night=False)
    assert submit(queue, "a.gpkg", "bays", night=False, budget=5) == first
    assert queue.submit("a.gpkg", "bays", {"night": False, "budget": 5}, "李", {}).number == first
    assert len({first, submit(queue, "a.gpkg", "bays", budget=6), submit(queue, "b.gpkg", "bays", budget=5)}) == 3
    queue.claim(1, ME)
    assert submit(queue, "a.gpkg", "bays", night=False, budget=5) != first, "it runs: the study may have changed since"


def test_nobody_fills_the_queue_without_end(queue: Queue) -> None:
    for number in range(50):
        submit(queue, "a.gpkg", "bays", budget=number)
    with pytest.raises(StudyError, match="50 jobs wait"):
        submit(queue, "a.gpkg", "bays", budget=50)
    assert submit(queue, "b.gpkg")


def test_old_jobs_are_forgotten_and_no_number_comes_again(queue: Queue) -> None:
    for _ in range(205):
        number = submit(queue, "a.gpkg")
        queue.cancel(number, "王")
    last = submit(queue, "a.gpkg")
    assert last == 206
    assert [job.number for job in queue.jobs()] == list(range(206, 5, -1))


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_by_its_runner(queue: Queue, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("a", encoding="utf-8")
    waits = queue.submit("a.gpkg", "import", {}, "王", {}, {"file": file})
    assert waits.files is not None and queue.database.kept(waits.files).is_dir()
    cancelled = queue.cancel(waits.number, "李")
    assert (cancelled.state, cancelled.stopped_by, cancelled.ended_at is None) == ("cancelled", "李", False)
    assert sorted(each.name for each in tmp_path.iterdir()) == [NAME, "points.csv"], "its file has gone with it"
    runs = submit(queue, "a.gpkg")
    queue.claim(1, ME)
    assert queue.wish(runs) is None
    assert queue.cancel(runs, "李").state == "running"
    assert queue.wish(runs) == "cancelled"
    queue.end(runs, "cancelled")
    assert queue.cancel(runs, "赵").stopped_by == "李", "it was over"
    assert not queue.end(runs, "done"), "whatever its worker says later"
    assert queue.find(runs).state == "cancelled"


@pytest.mark.parametrize(
    ("runner", "seen_at", "state"),
    [
        (ME, "2020-01-01T00:00:00.000Z", "running"),
        (ME._replace(started="1"), "2026-11-27T09:00:00.000Z", "interrupted"),
        (ME._replace(pid=2**22 + 1), "2026-11-27T09:00:00.000Z", "interrupted"),
        (ME._replace(machine="another"), "2026-11-27T09:00:00.000Z", "interrupted"),
        (ME._replace(machine="another"), "2999-01-01T00:00:00.000Z", "running"),
    ],
    ids=["lives", "another process has its number", "gone", "silent elsewhere", "heard of elsewhere"],
)
def test_a_job_without_its_runner_is_interrupted_as_of_the_last_that_was_heard(
    runner: object, seen_at: str, state: str, queue: Queue
) -> None:
    number = submit(queue, "a.gpkg")
    waits = submit(queue, "a.gpkg", "bays")
    queue.claim(1, runner)  # type: ignore[arg-type]
    with queue.database.changing() as connection:
        connection.execute("UPDATE jobs SET seen_at = ? WHERE number = ?", (seen_at, number))
    job = queue.find(number)
    assert job.state == state
    if state == "interrupted":
        assert job.ended_at == seen_at
        assert job.error is not None and "as it was" in job.error.en
        next_one = queue.claim(1, ME)
        assert next_one is not None and next_one.number == waits


def test_earlier_runs_are_of_the_same_study_where_there_are_any(queue: Queue) -> None:
    def done(study: str, work: str = "stalls") -> int:
        number = submit(queue, study, work)
        queue.claim(1, ME)
        queue.end(number, "done")
        return number

    other, of_other_work = done("b.gpkg"), done("a.gpkg", "bays")
    job = queue.find(submit(queue, "a.gpkg"))
    assert [each.number for each in queue.earlier(job)] == [other]
    queue.cancel(job.number, "")
    own = [done("a.gpkg"), done("a.gpkg")]
    assert [each.number for each in queue.earlier(queue.find(submit(queue, "a.gpkg")))] == own[::-1]
    assert of_other_work not in own
