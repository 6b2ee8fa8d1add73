"""Work for queues in tests: short, endless, refused, and such as stands in the middle of a change of a study."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from geo.background import running, works
from geo.background.works import Work, text
from geo.core.errors import StudyError
from geo.core.place import place_at, place_facts
from geo.core.text import Text
from geo.jobs.dispatcher import Dispatcher
from geo.jobs.limits import Limits
from geo.jobs.progress import step
from geo.jobs.queue import Queue
from geo.jobs.queued import QueuedJob
from geo.study.file import changing
from geo.study.rights import Right, current
from geo.study.writing import write_study

ROOMY: Final = Limits(4_000_000_000, 60, 120)
WITHIN_S: Final = 60.0
HERE: Final = "tests.support.queued"


def small_study(path: Path) -> Path:
    """Write a study with nothing in it but its place."""
    extent = (24.9, 60.1, 25.0, 60.2)
    facts = {"extent": str(list(extent)), "metric_crs": "EPSG:32635", **place_facts(place_at(*extent))}
    write_study(path, {}, facts)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with nothing in it but its place. Do not change it."""
    return small_study(tmp_path_factory.mktemp("small") / "a.gpkg")


@pytest.fixture
def study(small: Path, tmp_path: Path) -> Path:
    """A copy of it in a folder of its own, for a queue."""
    return Path(shutil.copy(small, tmp_path / "a.gpkg"))


# the works


def says(study: Path, said: str = "") -> dict[str, Any]:
    """Say something: the study, the words, and whoever acts."""
    step("说话", "Say it", 1, 1)
    return {"study": study.name, "said": said, "by": current().name, "pid": os.getpid()}


def reads(study: Path, file: Path) -> dict[str, Any]:
    """Read a file."""
    return {"read": file.read_text(encoding="utf-8"), "mode": oct(file.parent.stat().st_mode & 0o777)}


def refuses(study: Path) -> dict[str, Any]:
    """Refuse to work."""
    raise StudyError(Text("不行", "It does not work"), Text("改", "Mend it"))


def fails(study: Path) -> dict[str, Any]:
    """Have a fault."""
    raise ZeroDivisionError("of ours")


def changes(study: Path, said: str = "") -> dict[str, Any]:
    """Change a study, then wait within the change for ever."""
    step("开始", "Begin", 1, 2)
    with changing(study) as connection:
        connection.execute("INSERT INTO about (key, value) VALUES (?, ?)", ("half", "done"))
        step("写入", "Write", 2, 2)
        time.sleep(600)
    return {}


def _work(name: str, right: Right = "decide", **more: Any) -> Work:
    return Work(Text("测试", f"Test {name}"), f"{HERE}:{name}", right, **more)


WORKS: Final = {
    "says": _work("says", arguments={"said": text}),
    "reads": _work("reads", "record", arguments={"file": works.kept_file}, needed=("file",), files=("file",)),
    "refuses": _work("refuses"),
    "fails": _work("fails"),
    "changes": _work("changes", arguments={"said": text}),
}


def do_job(folder: str, number: int, rights: Any) -> Any:
    """Do a job with these works too; called in a worker."""
    works.WORKS.update(WORKS)  # type: ignore[attr-defined]
    return running.do_job(folder, number, rights)


@pytest.fixture
def known_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have these works too in this process."""
    for name, work in WORKS.items():
        monkeypatch.setitem(works.WORKS, name, work)  # type: ignore[arg-type]


@contextmanager
def dispatched(folder: Path, most: int = 1, admit: Callable[[QueuedJob], Any] | None = None) -> Iterator[Dispatcher]:
    """Run the jobs of a folder's queue."""
    options: dict[str, Any] = {} if admit is None else {"admit": admit}
    dispatcher = Dispatcher(folder, f"{HERE}:do_job", lambda job: ROOMY, (HERE,), most, **options)
    dispatcher.start()
    try:
        yield dispatcher
    finally:
        dispatcher.close()


def until(holds: Callable[[], Any]) -> Any:
    """Return the first true answer of a function."""
    ends = time.monotonic() + WITHIN_S
    while not (found := holds()):
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.01)
    return found


def ended(queue: Queue, number: int) -> QueuedJob:
    """Return a job when it is over."""

    def over() -> QueuedJob | None:
        job = queue.find(number)
        return None if job.active else job

    job: QueuedJob = until(over)
    return job


def at_step(queue: Queue, number: int, step_number: int) -> QueuedJob:
    """Return a job that runs when it has come to a step."""

    def there() -> QueuedJob | None:
        job = queue.find(number)
        assert job.active, job
        return job if job.number_of_step >= step_number else None

    job: QueuedJob = until(there)
    return job
