"""The document of a job has all keys, in any state, and is JSON."""

from __future__ import annotations

import json
from pathlib import Path

from geo.background.documents import JobDocument, job_document
from geo.core.text import Text
from geo.jobs.processes import this_process
from geo.jobs.progress import Progress
from geo.jobs.queue import Queue


def test_the_document_of_a_job_follows_its_course(tmp_path: Path) -> None:
    queue = Queue(tmp_path)

    def document() -> JobDocument:
        found = job_document(queue, queue.find(number))
        assert set(found) == set(JobDocument.__annotations__)
        assert json.loads(json.dumps(found)) == found
        return found

    number = queue.submit("a.gpkg", "bays", {"night": True}, "王", {}).number
    waiting = document()
    assert (waiting["state"], waiting["title"], waiting["share"]) == (
        "waiting",
        "布设停车泊位 ｜ Place parking bays",
        0,
    )
    queue.claim(1, this_process())
    queue.note(number, Progress(Text("一", "one"), 2, 4, 0.5), [(1, 0.0), (2, 1.0)])
    running = document()
    assert (running["step"], running["step_number"], running["steps"]) == ("一 ｜ one", 2, 4)
    assert running["share"] == 0.375
    assert running["seconds_left"] is not None
    queue.end(number, "failed", error=Text("错", "wrong"))
    failed = document()
    assert (failed["state"], failed["error"], failed["seconds_left"]) == ("failed", "错 ｜ wrong", None)
    assert failed["seconds"] is not None and failed["seconds"] >= 0
