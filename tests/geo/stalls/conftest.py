"""What the tests of stalls share: a study with its zones, to decide on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def plan(planned: Path, tmp_path: Path) -> Path:
    """A copy of the sample study with its zones, that a test may change."""
    return Path(shutil.copy(planned, tmp_path / "plan.gpkg"))
