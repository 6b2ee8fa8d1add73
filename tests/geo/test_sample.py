"""The sample's files are the same every time, and say that they are made up."""

from __future__ import annotations

from pathlib import Path

from geo.build import Inputs
from geo.sample import write_sample


def test_the_sample_is_the_same_every_time(sample: Inputs, tmp_path: Path) -> None:
    write_sample(tmp_path)
    for file in sample.points.values():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
