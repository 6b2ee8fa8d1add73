"""Work that several people ask for, studies that are made in the background, and moves of a study with work on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboards.access.libraries import moved
from geo.background import cancel, dispatcher_for, refuse_if_busy, submit
from geo.background.actors import as_json
from geo.core.errors import StudyError
from geo.jobs.processes import this_process
from geo.jobs.queue import Queue
from geo.study import library_moves
from geo.study.figures import info
from geo.study.rights import Actor, Grant, RightError, acting
from tests.conftest import ROOT
from tests.support.queued import at_step, ended, known_works, small, study

__all__ = ["known_works", "small", "study"]

WANG = Actor("王", {"*": Grant("planner")})
LI = Actor("李", {"*": Grant("planner")})
BOSS = Actor("boss", {"*": Grant("administrator")})
EXTRACT = ROOT / "geo" / "sample_extract" / "helsinki.osm.pbf"


@pytest.mark.usefixtures("known_works")
def test_work_that_two_ask_for_goes_on_while_one_of_them_may(study: Path) -> None:
    with acting(WANG):
        first = submit(study, "says", {})
    with acting(LI):
        second = submit(study, "says", {})
        assert submit(study, "says", {}).number == second.number, "asking again is no third one"
    assert second.number == first.number
    assert second.by == "王, 李"
    assert [name for name, _ in second.asked] == ["王", "李"]
    may = {"王": "planner", "李": "planner"}
    dispatcher = dispatcher_for(study.parent, lambda actor: Actor(actor.name, {"*": Grant(may[actor.name])}))  # type: ignore[arg-type]
    assert dispatcher._admit(second)["name"] == "王"
    may["王"] = "viewer"
    assert dispatcher._admit(second)["name"] == "李", "it acts as the one who may still ask for it"
    may["李"] = "officer"
    with pytest.raises(RightError):
        dispatcher._admit(second)


@pytest.mark.usefixtures("known_works")
def test_whoever_asks_again_has_the_rights_of_now(study: Path) -> None:
    with acting(WANG):
        submit(study, "says", {})
    more = Actor("王", {"*": Grant("administrator")})
    with acting(more):
        job = submit(study, "says", {})
    assert (job.by, job.rights) == ("王", as_json(more))


@pytest.mark.usefixtures("known_works")
def test_work_that_runs_is_joined_by_nobody(study: Path) -> None:
    with acting(WANG):
        first = submit(study, "says", {})
    Queue(study.parent).claim(1, this_process())
    with acting(LI):
        assert submit(study, "says", {}).number != first.number


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("verb", ["rename", "archive", "remove"])
@pytest.mark.usefixtures("known_works")
def test_a_study_with_work_on_it_is_not_moved(study: Path, verb: str, running: bool) -> None:
    folder = study.parent
    with acting(WANG):
        job = submit(study, "says", {})
    if running:
        Queue(folder).claim(1, this_process())
    moves = {
        "rename": lambda: library_moves.rename(folder, "a", "b"),
        "archive": lambda: library_moves.archive(folder, "a"),
        "remove": lambda: library_moves.remove(folder, "a"),
    }
    with acting(BOSS), pytest.raises(StudyError, match=f"job {job.number}, Test says \\(王") as refused:
        moved(folder, moves[verb], "a")
    assert f"--cancel {job.number}" in refused.value.sentence("zh")
    assert study.exists()
    with acting(WANG), pytest.raises(RightError):
        moved(folder, moves[verb], "a")
    if running:
        Queue(folder).end(job.number, "done")
    else:
        cancel(folder, job.number)
    with acting(BOSS):
        moved(folder, moves[verb], "a")
    assert not study.exists()


def test_a_study_is_made_in_the_background_and_takes_its_name_at_once(tmp_path: Path) -> None:
    path = tmp_path / "林州.gpkg"
    with acting(WANG), pytest.raises(RightError):
        submit(path, "build", {"name": "helsinki.osm.pbf"}, {"file": EXTRACT})
    with acting(Actor("x", {"林州": Grant("administrator")})), pytest.raises(RightError):
        submit(path, "build", {})
    with acting(BOSS):
        job = submit(path, "build", {"name": "helsinki.osm.pbf"}, {"file": EXTRACT})
        with pytest.raises(StudyError, match=f"job {job.number}"):
            submit(path, "build", {})
    with pytest.raises(StudyError):
        refuse_if_busy(tmp_path / "林州.GPKG")
    dispatcher = dispatcher_for(tmp_path)
    try:
        dispatcher.run_all()
    finally:
        dispatcher.close()
    done = ended(Queue(tmp_path), job.number)
    assert (done.state, done.result) == ("done", {"study": "林州.gpkg"}), done.error
    assert done.steps > 3
    assert info(path)["layers"]["streets"] > 100
    assert not (tmp_path / ".jiexu-jobs").exists()
    with acting(BOSS), pytest.raises(StudyError, match="already"):
        submit(path, "build", {})


@pytest.mark.parametrize("how", ["cancelled", "interrupted"])
def test_a_build_that_is_ended_leaves_nothing(tmp_path: Path, how: str) -> None:
    path = tmp_path / "anyang.gpkg"
    with acting(BOSS):
        job = submit(path, "build", {"name": "helsinki.osm.pbf"}, {"file": EXTRACT})
    queue, dispatcher = Queue(tmp_path), dispatcher_for(tmp_path)
    dispatcher.start()
    try:
        at_step(queue, job.number, 2)
        if how == "cancelled":
            with acting(BOSS):
                cancel(tmp_path, job.number)
            ended(queue, job.number)
    finally:
        dispatcher.close()
    assert ended(queue, job.number).state == how
    left = sorted(each.name for each in tmp_path.iterdir() if not each.name.startswith("jiexu-jobs.db"))
    assert left == []


def test_an_extract_that_is_none_says_so_under_its_own_name(tmp_path: Path) -> None:
    file = tmp_path / "upload.pbf"
    file.write_bytes(b"no extract")
    with acting(BOSS):
        job = submit(tmp_path / "a.gpkg", "build", {"name": "安阳.osm.pbf"}, {"file": file})
    dispatcher = dispatcher_for(tmp_path)
    try:
        dispatcher.run_all()
    finally:
        dispatcher.close()
    found = ended(Queue(tmp_path), job.number)
    assert found.state == "failed"
    assert found.error is not None and "安阳.osm.pbf" in found.error.en
    assert not (tmp_path / "a.gpkg").exists()


def test_a_name_that_was_taken_meanwhile_is_left_alone(tmp_path: Path, small: Path) -> None:
    path = tmp_path / "a.gpkg"
    with acting(BOSS):
        job = submit(path, "build", {})
    shutil.copy(small, path)
    before = path.read_bytes()
    dispatcher = dispatcher_for(tmp_path)
    try:
        dispatcher.run_all()
    finally:
        dispatcher.close()
    assert ended(Queue(tmp_path), job.number).state == "failed"
    assert path.read_bytes() == before
