"""Work is submitted, done here or cancelled by whoever has the right to, and by nobody else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geo.background import cancel, do_here, submit
from geo.background.submitting import run
from geo.background.works import WORKS
from geo.core.errors import StudyError
from geo.jobs.database import NAME
from geo.jobs.queue import Queue
from geo.study.rights import NOBODY, Actor, Grant, RightError, acting
from tests.support.queued import known_works, small, study

PLANNER = Actor("王", {"a": Grant("planner")})
OFFICER = Actor("李", {"*": Grant("officer")})
VIEWER = Actor("法院", {"*": Grant("viewer")})
READER = Actor("qgis", {"*": Grant("administrator")}, reads_only=True)

__all__ = ["known_works", "small", "study"]
pytestmark = pytest.mark.usefixtures("known_works")


def test_a_job_carries_whoever_submitted_it(study: Path) -> None:
    with acting(PLANNER):
        job = submit(study, "says", {"said": "a"})
    assert (job.study, job.work, job.by, job.state) == ("a.gpkg", "says", "王", "waiting")
    assert job.rights["grants"] == {"a": ["planner", None, True]}


@pytest.mark.parametrize("actor", [OFFICER, VIEWER, READER, NOBODY], ids=lambda actor: actor.name)
def test_whoever_may_not_decide_computes_nothing(actor: Actor, study: Path) -> None:
    with acting(actor):
        for do in (submit, do_here):
            with pytest.raises(RightError):
                do(study, "says", {})
    assert not (study.parent / NAME).exists(), "nothing was written"


def test_an_officer_imports_and_a_viewer_does_not(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("text", encoding="utf-8")
    with acting(OFFICER):
        job = submit(study, "reads", {}, {"file": file})
        assert do_here(study, "reads", {}, {"file": file})["read"] == "text"
    assert job.arguments == {"file": "0.csv"}
    with acting(VIEWER), pytest.raises(RightError):
        submit(study, "reads", {}, {"file": file})


def test_rights_are_those_on_the_study(small: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(small, tmp_path / "b.gpkg"))
    with acting(PLANNER), pytest.raises(RightError):
        submit(other, "says", {})


def test_a_study_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no study"):
        submit(tmp_path / "none.gpkg", "says", {})
    with pytest.raises(StudyError, match="There is no work"):
        submit(tmp_path / "none.gpkg", "os:system", {})


def test_only_whoever_might_submit_a_job_cancels_it(study: Path) -> None:
    with acting(PLANNER):
        number = submit(study, "says", {}).number
    with acting(VIEWER), pytest.raises(RightError):
        cancel(study.parent, number)
    assert Queue(study.parent).find(number).state == "waiting"
    with acting(Actor("赵", {"*": Grant("planner")})):
        assert cancel(study.parent, number).stopped_by == "赵"


def test_a_work_is_run_by_its_function(study: Path) -> None:
    assert run(WORKS["says"], study, {"said": "a"})["said"] == "a"
