"""The place of an open study finds addresses as one at hand does, and reads nothing before it is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geo.points.imports import place_in
from geo.points.study_place import StudyPlace
from geo.study.reader import Study


def test_addresses_are_found_as_by_a_place_at_hand(built: Path) -> None:
    addresses = pd.Series(["Mannerheimintie", None, "Bulevardi 12", "no such street 1"], dtype=object)
    late, ready = StudyPlace(Study(built)), place_in(Study(built))
    found, expected = late.gazetteer.locate(addresses), ready.gazetteer.locate(addresses)
    assert np.array_equal(found.lonlat, expected.lonlat, equal_nan=True)
    assert found.precision.tolist() == expected.precision.tolist()
    assert (late.crs, late.timezone) == (ready.crs, ready.timezone)


def test_nothing_is_read_for_rows_without_an_address(built: Path) -> None:
    study = Study(built)
    place = StudyPlace(study)
    found = place.gazetteer.locate(pd.Series([None, ""], dtype=object))
    assert np.isnan(found.lonlat).all()
    assert study.reads.layers == set()
