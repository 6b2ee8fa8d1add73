"""The process for jobs: one answer for each job, and no more."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from geo.jobs.limits import Limits
from geo.jobs.messages import loads
from geo.jobs.worker import Job, means_memory, run, working


def answer(function: str, folder: Path, *args: object) -> Any:
    parts = b"".join(bytes(part) for part in run(Job(function, args, {}, str(folder), str(folder), Limits(1, 1, 1))))
    view = memoryview(parts)

    def read_into(target: memoryview) -> None:
        nonlocal view
        target[:] = view[: len(target)]
        view = view[len(target) :]

    return loads(read_into)


def test_a_job_is_answered_by_its_result_its_exception_or_its_panic(tmp_path: Path) -> None:
    here, folder = Path.cwd(), tempfile.tempdir
    try:
        assert answer("tests.support.jobs:doubled", tmp_path, 4) == (False, 8)
        failed, (kind, error) = answer("tests.support.jobs:refuses", tmp_path)
        assert (failed, kind, error.row) == (True, "raised", 3)
        assert answer("tests.support.jobs:panics", tmp_path) == (True, ("crash", "PanicException"))
        assert Path.cwd() == tmp_path
    finally:
        os.chdir(here)
        tempfile.tempdir = folder


def test_this_is_no_process_for_jobs() -> None:
    assert not working()
    assert means_memory(97)
    assert not means_memory(1)
