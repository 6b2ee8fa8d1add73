"""What the tests of facilities share: the sample study with its coverage by toilets."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geo.facilities.coverage_study import cover


@pytest.fixture(scope="module")
def covered(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study with its coverage by toilets. Do not change it."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("covered") / "sample.gpkg"))
    cover(path, "toilet")
    return path
