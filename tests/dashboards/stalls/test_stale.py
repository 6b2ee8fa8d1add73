"""A page whose result is out of date names what changed, in the reader's language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geo.study.reader import Study
from geo.study.versions import touch
from tests.support.pages import Serve, opened


@pytest.mark.parametrize(("language", "says"), [("en", "Out of date: parking changed"), ("zh", "已过期：停车有变化")])
def test_the_page_names_what_changed(language: str, says: str, planned: Path, tmp_path: Path, served: Serve) -> None:
    study = Path(shutil.copy(planned, tmp_path / "study.gpkg"))
    served(study)
    assert not opened("stalls", language).warning
    with Study(study).changing() as connection:
        touch(connection, "parking")
    assert [warning.value for warning in opened("stalls", language).warning] == [says]
