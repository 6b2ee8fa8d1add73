"""A fork of a process as its worker: ready at once, under the same limits, and gone with whoever asks."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from geo.jobs.forked import Forked, can_fork
from geo.jobs.limits import CrashError, LimitError, Limits
from geo.jobs.pool import Pool
from geo.study.file import about

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")

AMPLE = Limits(3_000_000_000, 20.0, 60.0)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    """A pool whose first worker is a fork of this process, threads of other tests or not."""
    monkeypatch.setattr("geo.jobs.pool.can_fork", lambda: True)
    found = Pool([])
    found.warm(fork=True)
    return found


def test_the_fork_answers_and_is_the_worker_of_the_next_job(pool: Pool) -> None:
    worker = pool._idle[0]
    assert isinstance(worker.process, Forked)
    assert pool.run("builtins:sum", ([1, 2, 3],), {}, AMPLE) == 6
    assert pool.run("builtins:len", ("four",), {}, AMPLE) == 4
    assert pool._idle == [worker]
    pool.close()
    assert worker.process.wait(2) is not None


def test_the_fork_has_what_is_loaded_here_and_is_another_process(pool: Pool) -> None:
    assert pool.run("os:getpid", (), {}, AMPLE) != os.getpid()
    pool.close()


def test_the_fork_reads_a_study_that_is_open_here(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert about(built)["study_id"]
    monkeypatch.setattr("geo.jobs.pool.can_fork", lambda: True)
    pool = Pool([])
    pool.warm(fork=True)
    assert pool.run("geo.study.file:about", (built,), {}, AMPLE) == about(built)
    pool.close()


def test_its_limits_are_those_of_any_worker(pool: Pool) -> None:
    with pytest.raises(LimitError) as refused:
        pool.run("builtins:bytearray", (2_000_000_000,), {}, Limits(1_000_000_000, 20.0, 60.0))
    assert refused.value.kind == "memory"
    with pytest.raises(CrashError):
        pool.run("os:abort", (), {}, AMPLE)
    assert pool.run("builtins:len", ("four",), {}, AMPLE) == 4
    pool.close()


def test_a_process_with_threads_is_not_forked() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    assert not can_fork()
    stop.set()
    thread.join()


def test_the_fork_ends_with_its_process() -> None:
    """Whoever forked is killed: nothing reads the requests any more, and the worker goes."""
    script = (
        "import os, signal\nfrom geo.jobs.pool import Pool\npool = Pool([])\npool.warm(fork=True)\n"
        "print(pool._idle[0].process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    number = int(done.stdout)
    gone = threading.Event()
    for _ in range(200):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            break
        gone.wait(0.05)
    else:
        pytest.fail("the fork is still there")
