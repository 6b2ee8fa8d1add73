"""A job acts with the rights of whoever asked for it, as they are when it runs, under limits that can be set."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from geo.background import dispatcher_for, submit
from geo.background.actors import as_json
from geo.background.running import do_job
from geo.core.errors import InputError
from geo.jobs.processes import this_process
from geo.jobs.queue import Queue
from geo.study.rights import Actor, Grant, RightError, acting
from tests.support.queued import dispatched, ended, known_works, small, study

PLANNER = Actor("王", {"*": Grant("planner")})

__all__ = ["known_works", "small", "study"]


@pytest.mark.usefixtures("known_works")
def test_a_job_reads_its_copy_of_a_file_though_the_upload_is_gone(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("text", encoding="utf-8")
    with acting(PLANNER):
        number = submit(study, "reads", {}, {"file": file}).number
    file.unlink()
    with dispatched(tmp_path):
        job = ended(Queue(tmp_path), number)
    assert (job.state, job.result) == ("done", {"read": "text", "mode": "0o700"})
    assert not (tmp_path / ".jiexu-jobs").exists()


@pytest.mark.usefixtures("known_works")
def test_a_right_that_was_taken_away_meanwhile_is_gone(study: Path) -> None:
    with acting(PLANNER):
        number = submit(study, "says", {}).number
    queue = Queue(study.parent)
    queue.claim(1, this_process())
    now = Actor("王", {"*": Grant("viewer")})
    with pytest.raises(RightError):
        do_job(str(study.parent), number, as_json(now))
    assert do_job(str(study.parent), number, as_json(PLANNER))["by"] == "王"
    assert queue.find(number).state == "done", "kept by the worker: nobody cancels it any more"


@pytest.mark.usefixtures("known_works")
def test_a_dispatcher_looks_up_the_rights_of_today(study: Path) -> None:
    with acting(PLANNER):
        job = submit(study, "says", {})
    asked = []

    def now(actor: Actor) -> Actor:
        asked.append(actor)
        return Actor(actor.name, {"*": Grant("officer")})

    with pytest.raises(RightError):
        dispatcher_for(study.parent, now)._admit(job)
    assert asked == [PLANNER]
    assert dispatcher_for(study.parent)._admit(job) == as_json(PLANNER)


def test_limits_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = dispatcher_for(tmp_path)
    assert usual.most == max((os.cpu_count() or 1) // 2, 1)
    monkeypatch.setenv("JIEXU_JOBS", "3")
    monkeypatch.setenv("JIEXU_JOB_GB", "1.5")
    monkeypatch.setenv("JIEXU_JOB_HOURS", "0.5")
    made = dispatcher_for(tmp_path)
    limits = made._limits(None)  # type: ignore[arg-type]
    assert (made.most, limits.memory_bytes, limits.cpu_s) == (3, 1_500_000_000, 1800)
    monkeypatch.setenv("JIEXU_JOBS", "many")
    with pytest.raises(InputError, match="JIEXU_JOBS"):
        dispatcher_for(tmp_path)


def test_the_sample_is_planned_in_a_worker_with_steps_in_both_languages(study: Path, built: Path) -> None:
    planned = Path(shutil.copy(built, study.parent / "sample.gpkg"))
    number = submit(planned, "stalls", {}).number
    dispatcher = dispatcher_for(study.parent)
    try:
        assert dispatcher.run_all() == 1
    finally:
        dispatcher.close()
    job = dispatcher.queue.find(number)
    assert (job.state, job.error) == ("done", None)
    assert job.result["zones"] > 0
    assert [number for number, _ in job.course] == [1, 2, 3, 4, 5]
    assert job.step is not None and (job.step.zh, job.step.en) == ("写入研究文件", "Write the study")
