"""What the tests share: real extracts, the sample's files, a built study to copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from geo.build import Inputs, build_study
from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots
from geo.facilities.coverage_study import cover
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.parking.inventory_study import inventory_parking
from geo.parking.study import plan_bays
from geo.rules import Profile, load_profile
from geo.sample import write_sample
from geo.stalls.study import STALLS, plan_stalls
from geo.study.reader import Study

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"


settings.register_profile("default", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("default")


class _ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist is not typed
    """A file's tests go to one worker, which builds the file's fixtures once; so do those of the
    browser, which share a server."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "tests/browser" if file.startswith("tests/browser/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByFile:
    return _ByFile(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: tests in a browser wait for half of their time."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


Shared = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Make a study once for all workers, and return a copy of this worker's own."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, build: Callable[[Path], object]) -> Path:
        whole = shared / "made-once" / f"{name}.gpkg"
        whole.parent.mkdir(exist_ok=True)
        with FileLock(whole.with_suffix(".lock")):
            if not whole.exists():
                fresh = whole.parent / name / "sample.gpkg"
                fresh.parent.mkdir(exist_ok=True)
                build(fresh)
                for beside in fresh.parent.glob("sample.*"):
                    shutil.copy(beside, whole.with_suffix(beside.suffix))
        copy = tmp_path_factory.mktemp(name) / "sample.gpkg"
        for beside in whole.parent.glob(f"{name}.*"):
            if beside.suffix != ".lock":
                shutil.copy(beside, copy.with_suffix(beside.suffix))
        return copy

    return make


def is_fresh(study: Path) -> bool:
    """Tell whether a study's plan is up to date."""
    return STALLS.known(Study(study)).fresh


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return a file of the shared real data, or skip: users do not have them."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.is_file():
            pytest.skip(f"the shared extract {name} is not on this machine")
        return path

    return find


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def built(sample: Inputs, made_once: Shared) -> Path:
    """The sample study. Do not change it: take `study`."""
    return made_once("built", lambda path: build_study(path, sample))


@pytest.fixture(scope="session")
def bare(sample: Inputs, made_once: Shared) -> Path:
    """A study of streets alone. Do not change it."""
    return made_once("bare", lambda path: build_study(path, Inputs(sample.osm)))


@pytest.fixture(scope="session")
def planned(built: Path, made_once: Shared) -> Path:
    """The sample study with its zones and verdicts. Do not change it."""

    def plan(path: Path) -> None:
        plan_stalls(Path(shutil.copy(built, path)))

    return made_once("planned", plan)


@pytest.fixture(scope="session")
def placed(planned: Path, made_once: Shared) -> Path:
    """The sample study with all that is computed of it. Do not change it."""

    def place(path: Path) -> None:
        shutil.copy(planned, path)
        plan_bays(path, night=True)
        inventory_parking(path)
        find_hotspots(path)
        plan_patrols(path, 10)
        cover(path, "toilet")
        choose_sites(path, "toilet", SiteRequest(2))

    return made_once("placed", place)


@pytest.fixture
def study(built: Path, tmp_path: Path) -> Path:
    """A copy of the sample study that a test may change."""
    return Path(shutil.copy(built, tmp_path / "study.gpkg"))
