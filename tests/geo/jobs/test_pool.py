"""Jobs in processes of their own: limits, crashes, cancelling, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.core.errors import InputError
from geo.jobs import CrashError, KilledError, LimitError, Limits, Pool, StoppedError
from geo.jobs.worker import FORKS
from tests.conftest import ROOT

ROOMY = Limits(2_000_000_000, 20, 60)
WITHIN_S = 30


@pytest.fixture(scope="module", params=[False, True] if FORKS else [True], ids=lambda on: "itself" if on else "fork")
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    made = Pool(["json"], 1, request.param)
    yield made
    made.close()


def run(pool: Pool, name: str, *args: Any, limits: Limits = ROOMY) -> Any:
    return pool.run(f"tests.support.jobs:{name}", args, {}, limits)


def gone(pid: int) -> bool:
    """Tell whether a process ends soon."""
    ends = time.monotonic() + WITHIN_S
    while time.monotonic() < ends:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_result_comes_back_from_another_process(pool: Pool) -> None:
    assert run(pool, "doubled", 21) == 42
    assert run(pool, "process") != os.getpid()
    assert run(pool, "prints") == "said"


def test_an_exception_comes_through_with_its_fields(pool: Pool) -> None:
    with pytest.raises(InputError) as caught:
        run(pool, "refuses")
    error = caught.value
    assert (error.file, error.row, error.column, error.remedy.zh) == ("a.csv", 3, "时间", "改")
    assert error.evidence == ["x"]  # type: ignore[attr-defined]
    assert isinstance(error.__cause__, ValueError)


@pytest.mark.parametrize(
    ("name", "how"), [("aborts", "SIGABRT"), ("reads_address_zero", "SIGSEGV"), ("panics", "Panic")]
)
def test_a_job_that_takes_its_process_down_costs_nothing_else(pool: Pool, name: str, how: str) -> None:
    with pytest.raises(CrashError, match=how):
        run(pool, name)
    assert run(pool, "doubled", 2) == 4


def test_memory_is_limited(pool: Pool) -> None:
    limits = Limits(400_000_000, 20, 60)
    with pytest.raises(LimitError) as caught:
        run(pool, "grows", limits=limits)
    assert (caught.value.kind, caught.value.limits) == ("memory", limits)
    assert run(pool, "doubled", 2) == 4


def test_computing_is_limited(pool: Pool) -> None:
    with pytest.raises(LimitError) as caught:
        run(pool, "computes", limits=Limits(10**9, 1, 60))
    assert caught.value.kind == "cpu"
    assert run(pool, "doubled", 2) == 4


def test_the_clock_is_limited(pool: Pool) -> None:
    with pytest.raises(LimitError) as caught:
        pool.run("time:sleep", [60], {}, Limits(10**9, 20, 0.3))
    assert caught.value.kind == "wall"
    assert run(pool, "doubled", 2) == 4


def test_others_wait_for_their_turn(pool: Pool) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda n=n: found.append(run(pool, "doubled", n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN_S)
    assert sorted(found) == [0, 2, 4, 6, 8, 10, 12, 14]


def test_cancelling_ends_the_job(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pid"

    def interrupted(*_: object) -> None:
        while not file.exists() or not file.read_text(encoding="utf-8"):
            time.sleep(0.02)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("geo.jobs.pool._Worker._wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(pool, "notes_itself", str(file))
    assert gone(int(file.read_text(encoding="utf-8")))
    assert run(pool, "doubled", 2) == 4


def test_what_a_killed_job_leaves_in_temporary_folders_is_removed(pool: Pool, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises((LimitError, CrashError)):
        run(pool, "leaves_a_file", str(mark))
    left = Path(mark.read_text(encoding="utf-8"))
    assert not left.exists()
    assert not left.parent.exists()


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("in_place", [False, True])
def test_no_process_is_left_when_the_parent_is_killed(in_place: bool, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    script = (
        "from geo.jobs import Limits, Pool\n"
        f"Pool([], 1, {in_place}).run('tests.support.jobs:notes_itself', [{str(file)!r}], {{}}, Limits(10**9, 60, 60))"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    while not file.exists() or not file.read_text(encoding="utf-8"):
        time.sleep(0.02)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert gone(int(file.read_text(encoding="utf-8")))


def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\nfrom geo.jobs import Limits, Pool\n"
        "print(Pool([], 1).run('math:sqrt', [4.0], {}, Limits(10**9, 60, 60)))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.split() == ["once", "2.0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_of_the_parent_has_workers_of_its_own() -> None:
    script = (
        "import os\nfrom geo.jobs import Limits, Pool\n"
        "pool = Pool([], 1)\n"
        "def ask(n): return pool.run('math:sqrt', [n], {}, Limits(10**9, 60, 60))\n"
        "assert ask(4.0) == 2\n"
        "child = os.fork()\n"
        "for n in range(20): assert ask(float(n * n)) == n\n"
        "if child: assert os.waitpid(child, 0)[1] == 0; print('both')\n"
        "else: pool.close(); os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["both"]


def test_a_stranger_in_the_working_folder_is_not_loaded(tmp_path: Path) -> None:
    for name in ("geo.py", "pickle.py", "signal.py"):
        (tmp_path / name).write_text("raise RuntimeError('a stranger')", encoding="utf-8")
    script = "from geo.jobs import Limits, Pool\nprint(Pool([], 1).run('math:sqrt', [4.0], {}, Limits(10**9, 60, 60)))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.split() == ["2.0"]


def test_a_job_is_ended_on_request_and_the_process_stays_where_it_can(pool: Pool, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    before = run(pool, "process") if pool.in_place else None

    def asked() -> str | None:
        return "enough" if file.exists() and file.read_text(encoding="utf-8") else None

    with pytest.raises(StoppedError) as caught:
        pool.run("tests.support.jobs:notes_itself", [str(file)], {}, ROOMY, asked)
    assert caught.value.reason == "enough"
    assert gone(int(file.read_text(encoding="utf-8")))
    kept = [worker.process.pid for worker in pool._idle]
    assert run(pool, "doubled", 2) == 4
    if pool.in_place:
        assert run(pool, "process") != before
    elif sys.platform == "linux":
        assert [worker.process.pid for worker in pool._idle] == kept != []


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_a_kill_from_outside_is_told_from_a_limit(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        run(pool, "leaves_a_file", str(tmp_path / "mark"))
