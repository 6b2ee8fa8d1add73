"""The queue on the command line: list, follow, cancel, run; the exit status says how a job ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.background import running
from geo.core.text import Text
from geo.jobs.processes import this_process
from geo.jobs.progress import Progress
from geo.jobs.queue import Queue
from jiexu.__main__ import app
from tests.support.commands import run


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    return Queue(tmp_path)


def jobs(queue: Queue, *arguments: str, status: int = 0) -> str:
    done = run(app, ["jobs", str(queue.database.folder), *arguments])
    assert done.exit_code == status, done.output
    return done.stdout


def submit(queue: Queue, study: str = "a.gpkg", work: str = "bays") -> str:
    rights = {"name": "王", "grants": {"*": ["planner", None, True]}, "reads_only": False, "signed_in": False}
    return str(queue.submit(study, work, {}, "王", rights).number)


def test_jobs_are_listed_newest_first_by_folder_or_study(queue: Queue) -> None:
    assert json.loads(jobs(queue, "--json")) == {"folder": str(queue.database.folder), "jobs": []}
    submit(queue)
    submit(queue, "b.gpkg", "stalls")
    queue.claim(1, this_process())
    queue.note(1, Progress(Text("一", "one"), 1, 4, 0.5), [(1, 0.0)])
    first, second = jobs(queue).splitlines()
    assert "waiting  b.gpkg  Compute zones for stalls  王" in first
    assert "running  a.gpkg  Place parking bays  王  1/4 one" in second
    (queue.database.folder / "a.gpkg").touch()
    done = run(app, ["jobs", str(queue.database.folder / "a.gpkg"), "--json"])
    assert [job["number"] for job in json.loads(done.stdout)["jobs"]] == [1]


@pytest.mark.parametrize(("state", "status"), [("done", 0), ("failed", 1), ("cancelled", 4), ("interrupted", 5)])
def test_following_a_job_ends_with_the_status_of_its_end(state: str, status: int, queue: Queue) -> None:
    number = submit(queue)
    queue.claim(1, this_process())
    queue.end(int(number), state, error=Text("错", "wrong") if state == "failed" else None)  # type: ignore[arg-type]
    assert json.loads(jobs(queue, "--follow", number, "--json", status=status))["state"] == state
    assert state in jobs(queue, "--follow", number, status=status)


def test_a_job_that_waits_is_cancelled(queue: Queue) -> None:
    number = submit(queue)
    assert json.loads(jobs(queue, "--cancel", number, "--json"))["state"] == "cancelled"
    assert queue.claim(1, this_process()) is None


def test_jobs_that_wait_are_run_without_a_server(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_FUNCTION", "tests.support.queued:do_job")
    monkeypatch.setattr(running, "MODULES", ("tests.support.queued",))
    (queue.database.folder / "a.gpkg").touch()
    number = submit(queue)
    done = run(app, ["jobs", str(queue.database.folder), "--run"])
    assert (done.exit_code, "1 jobs were run" in done.stderr) == (0, True)
    job = queue.find(int(number))
    assert job.state == "failed", "an empty file is no study"
    assert job.error is not None and "is not a Jiexu study" in job.error.en


def test_wrong_numbers_places_and_options_are_said_in_a_sentence(queue: Queue) -> None:
    for arguments in (["--follow", "7"], ["--cancel", "7"]):
        done = run(app, ["jobs", str(queue.database.folder), *arguments])
        assert (done.exit_code, "There is no job 7" in done.stderr) == (2, True)
    assert run(app, ["jobs", str(queue.database.folder / "none")]).exit_code == 2
    done = run(app, ["jobs", str(queue.database.folder), "--follow", "1", "--cancel", "1"])
    assert done.exit_code == 2
