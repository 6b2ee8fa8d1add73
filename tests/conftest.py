"""What the tests share: real extracts, the sample's files, a built study to copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from geo.build import Inputs, build_study
from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots
from geo.facilities.coverage_study import cover
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
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
def built(sample: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study. Do not change it: take `study`."""
    path = tmp_path_factory.mktemp("built") / "sample.gpkg"
    build_study(path, sample)
    return path


@pytest.fixture(scope="session")
def bare(sample: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of streets alone. Do not change it."""
    path = tmp_path_factory.mktemp("bare") / "bare.gpkg"
    build_study(path, Inputs(sample.osm))
    return path


@pytest.fixture(scope="session")
def planned(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study with its zones and verdicts. Do not change it."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("planned") / "sample.gpkg"))
    plan_stalls(path)
    return path


@pytest.fixture(scope="session")
def placed(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study with all that is computed of it. Do not change it."""
    path = Path(shutil.copy(planned, tmp_path_factory.mktemp("placed") / "sample.gpkg"))
    plan_bays(path, night=True)
    find_hotspots(path)
    plan_patrols(path, 10)
    cover(path, "toilet")
    choose_sites(path, "toilet", SiteRequest(2))
    return path


@pytest.fixture
def study(built: Path, tmp_path: Path) -> Path:
    """A copy of the sample study that a test may change."""
    return Path(shutil.copy(built, tmp_path / "study.gpkg"))
