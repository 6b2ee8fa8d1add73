"""Jobs run in processes of their own: they end, fail, are cancelled or killed, and the study is whole each time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.jobs.dispatcher import dispatcher_of
from geo.jobs.processes import started
from geo.jobs.queue import Queue
from geo.study.file import about
from tests.conftest import ROOT
from tests.support.queued import at_step, dispatched, ended, small, study, until

__all__ = ["small", "study"]

RIGHTS = {"name": "王", "grants": {"*": ["administrator", None, True]}, "reads_only": False, "signed_in": True}
SERVER = """
import sys, time
from pathlib import Path
from tests.support.queued import dispatched
if __name__ == "__main__":
    with dispatched(Path(sys.argv[1])):
        print("up", flush=True)
        time.sleep(600)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")


def submit(queue: Queue, work: str, study: str = "a.gpkg", **arguments: Any) -> int:
    return queue.submit(study, work, arguments, "王", RIGHTS).number


def state_of(study: Path) -> tuple[bytes, dict[str, str]]:
    """Return a study's bytes and facts, once whatever was half done is rolled back."""
    facts = about(study)
    return study.read_bytes(), facts


def worker_of(queue: Queue, number: int) -> int:
    """Return the process of the job that runs: the one with the study open."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            open_files = {str(each.readlink()) for each in (folder / "fd").iterdir()}
        except OSError:
            continue
        if str(queue.database.folder / queue.find(number).study) in open_files and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    (pid,) = found
    return pid


def test_jobs_run_in_their_order_in_another_process_with_their_rights(study: Path) -> None:
    queue = Queue(study.parent)
    first = submit(queue, "says", said="a")
    with dispatched(study.parent) as dispatcher:
        assert dispatcher_of(study.parent) is dispatcher
        second = submit(queue, "says", said="b")  # by another process: nobody pokes
        done = [ended(queue, number) for number in (first, second)]
    assert dispatcher_of(study.parent) is None
    assert [job.state for job in done] == ["done", "done"]
    assert [(job.result["said"], job.result["by"], job.result["study"]) for job in done] == [
        ("a", "王", "a.gpkg"),
        ("b", "王", "a.gpkg"),
    ]
    assert all(job.result["pid"] != os.getpid() for job in done)
    assert (done[0].step, done[0].course[0][0]) == (Text("说话", "Say it"), 1)
    assert str(done[0].ended_at) <= str(done[1].started_at)


def test_one_process_can_run_all_that_waits_and_then_leave(study: Path) -> None:
    queue = Queue(study.parent)
    numbers = [submit(queue, "says", said=str(n)) for n in range(3)]
    with dispatched(study.parent, 2) as dispatcher:
        dispatcher.run_all()
        assert {queue.find(number).state for number in numbers} == {"done"}


def test_refusals_faults_and_unknown_work_are_said_in_both_languages(study: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(study.parent / "cache"))
    queue = Queue(study.parent)
    numbers = [submit(queue, work) for work in ("refuses", "fails", "os:system")]
    with dispatched(study.parent):
        errors = [ended(queue, number).error for number in numbers]
    assert errors[0] == Text("不行。改。", "It does not work. Mend it.")
    assert errors[1] is not None and errors[1].en.startswith("Jiexu has failed, fault 2")
    assert errors[2] is not None and "There is no work 'os:system'" in errors[2].en


def test_cancelling_in_the_middle_of_a_change_ends_it_and_leaves_the_study(study: Path) -> None:
    queue, before = Queue(study.parent), state_of(study)
    number = submit(queue, "changes")
    with dispatched(study.parent):
        at_step(queue, number, 2)
        began = time.monotonic()
        queue.cancel(number, "李")
        job = ended(queue, number)
        assert time.monotonic() - began < 2
        assert (job.state, job.stopped_by, job.error) == ("cancelled", "李", None)
        assert state_of(study) == before
        after = ended(queue, submit(queue, "says"))
        assert after.state == "done"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks for the process in /proc")
def test_a_worker_that_is_killed_leaves_the_study_and_the_next_job_starts(study: Path) -> None:
    queue, before = Queue(study.parent), state_of(study)
    number, waits = submit(queue, "changes"), submit(queue, "says")
    with dispatched(study.parent):
        at_step(queue, number, 2)
        os.kill(worker_of(queue, number), signal.SIGKILL)
        assert ended(queue, number).state == "interrupted"
        assert ended(queue, waits).state == "done"
    assert state_of(study) == before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks for the process in /proc")
def test_a_server_that_is_killed_takes_its_job_along_and_another_goes_on(study: Path) -> None:
    queue, before = Queue(study.parent), state_of(study)
    number, waits = submit(queue, "changes"), submit(queue, "says")
    command = [sys.executable, "-c", SERVER, str(study.parent)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None and server.stdout.readline() == "up\n"
            at_step(queue, number, 2)
            worker = worker_of(queue, number)
        finally:
            server.send_signal(signal.SIGKILL)
    until(lambda: started(worker) is None)
    job = queue.find(number)
    assert job.state == "interrupted"
    assert str(job.started_at) <= str(job.ended_at)
    assert state_of(study) == before
    with dispatched(study.parent):
        assert ended(queue, waits).state == "done"


def test_closing_ends_its_jobs_and_says_so(study: Path) -> None:
    queue = Queue(study.parent)
    number = submit(queue, "changes")
    with dispatched(study.parent):
        at_step(queue, number, 2)
    assert queue.find(number).state == "interrupted"


def test_rights_are_asked_for_when_a_job_starts_and_while_it_runs(study: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("geo.jobs.dispatcher._SEEN_EVERY_S", 0.2)
    allowed = [True]

    def admit(job: Any) -> Any:
        if allowed[0]:
            return job.rights
        raise StudyError(Text("已无权限", "No right any more"), Text("问", "Ask"))

    queue, before = Queue(study.parent), state_of(study)
    number = submit(queue, "changes")
    with dispatched(study.parent, admit=admit):
        at_step(queue, number, 2)
        allowed[0] = False
        late = submit(queue, "says")
        jobs = [ended(queue, number), ended(queue, late)]
    assert [job.state for job in jobs] == ["failed", "failed"]
    assert all(job.error is not None and job.error.en.startswith("No right any more") for job in jobs)
    assert jobs[1].result is None
    assert state_of(study) == before
