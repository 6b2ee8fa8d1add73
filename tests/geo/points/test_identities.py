"""A row without an identifier is known by its content, in this version and in the one before."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.core.crs import WGS84
from geo.points import identities
from geo.points.identities import as_read, content_identities, former_identities, with_former_identities
from geo.study.pseudonyms import Pseudonyms

ROWS = pd.DataFrame(
    {"complaint_id": [None, None], "category": ["流动摊贩", "店外经营"], "text": ["占道", None]}, dtype=object
)


def points(names: list[str], east: float = 0.0, **columns: list[str | None]) -> gpd.GeoDataFrame:
    places = gpd.points_from_xy(114.30 + 0.01 * np.arange(len(names)) + east, [36.1] * len(names))
    table = pd.DataFrame({"complaint_id": names, **columns}, dtype=object)
    return gpd.GeoDataFrame(table, geometry=places, crs=WGS84)


def test_identities_are_the_same_in_every_version() -> None:
    assert content_identities(ROWS).tolist() == ["xcf4c87a18e88e7d5b83541ac", "x154e8fca9568c37640d03faa"]


def test_a_new_field_or_another_order_of_columns_changes_no_identity() -> None:
    later = ROWS.assign(channel=None)[["text", "channel", "category", "complaint_id"]]
    assert content_identities(later).tolist() == content_identities(ROWS).tolist()


def test_every_cell_counts_and_so_does_its_column() -> None:
    rows = pd.DataFrame({"a": ["1", "1", None, "11", None], "b": ["2", "3", "1", None, None]}, dtype=object)
    assert content_identities(rows).is_unique
    assert content_identities(rows.iloc[:1]).index.tolist() == [0]
    assert content_identities(rows.iloc[:0]).empty


def test_half_a_surrogate_pair_is_no_fault() -> None:
    assert len(content_identities(pd.DataFrame({"text": ["\ud83d"]}, dtype=object)).iloc[0]) == 25


def test_identities_of_many_rows_differ_and_have_bits_enough_for_a_million() -> None:
    rows = pd.DataFrame({"lon": [f"{114 + i * 1e-6:.6f}" for i in range(100_000)], "lat": "36.1"}, dtype=object)
    assert content_identities(rows).is_unique
    bits = 8 * identities._BYTES
    pairs = 1_000_000**2 / 2
    assert bits >= 80
    assert pairs / 2**bits < 1e-12  # the chance that any two of a million rows share one


def test_identities_of_the_first_version_are_computed_as_it_did() -> None:
    former = former_identities(ROWS)
    assert former["0.1"].tolist() == ["x5b67c3bb32", "xdfa5cca23c"]
    assert former["content"].tolist() == content_identities(ROWS).tolist()


def test_a_study_of_the_first_version_keeps_its_identifiers() -> None:
    layer = points(["x5b67c3bb32", "xdfa5cca23c", "A1"])
    former = pd.DataFrame({"0.1": ["x5b67c3bb32", "xdfa5cca23c", None]}, dtype=object)
    read = points(["xnew1", "xnew2", "A1"], duplicate_of=[None, "xnew1", "A1"])
    found = with_former_identities(read, former, layer, "complaint_id")
    assert found["complaint_id"].tolist() == ["x5b67c3bb32", "xdfa5cca23c", "A1"]
    assert found["duplicate_of"].tolist() == [None, "x5b67c3bb32", "A1"]
    assert read["complaint_id"].tolist() == ["xnew1", "xnew2", "A1"]


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (points(["xnew1", "x5b67c3bb32"]), "its present identifier is known"),
        (points(["x5b67c3bb32"], east=0.5), "the row of that name lies elsewhere: 40 bits were shared by chance"),
        (points(["A1"]), "the study knows neither"),
        (points([]), "the study is empty"),
    ],
)
def test_a_present_identifier_stays_where(layer: gpd.GeoDataFrame, why: str) -> None:
    former = pd.DataFrame({"0.1": ["x5b67c3bb32"]}, dtype=object)
    found = with_former_identities(points(["xnew1"]), former, layer, "complaint_id")
    assert found["complaint_id"].tolist() == ["xnew1"], why


def test_contents_under_a_key_cannot_be_guessed_and_differ_from_pseudonyms() -> None:
    key = Pseudonyms(b"k" * 32)
    keyed = content_identities(ROWS, key)
    assert keyed.tolist() == content_identities(ROWS[["text", "category", "complaint_id"]], key).tolist()
    assert keyed.str.fullmatch(r"xk-(?:[0-9][a-f]){12}").all()
    assert set(keyed).isdisjoint(content_identities(ROWS, Pseudonyms(b"l" * 32)))
    hidden = key.hide(pd.Series([*keyed, f"{keyed[0]}-row-7"], dtype=object), "complaint_id", "编号")
    assert hidden.hidden == 0, "an export that is imported again keeps them"


def test_an_identity_that_was_keyed_since_is_found_wherever_the_row_lies() -> None:
    former = pd.DataFrame({"content": [f"x{'a1' * 12}-row-4"], "0.1": ["x5b67c3bb32"]}, dtype=object)
    layer = points([f"x{'a1' * 12}-row-4", "x5b67c3bb32"], east=0.5)
    found = with_former_identities(points(["xk-new"]), former, layer, "complaint_id")
    assert found["complaint_id"].tolist() == [f"x{'a1' * 12}-row-4"]


def test_a_time_and_a_number_are_the_same_content_however_they_are_written() -> None:
    moment = pd.Series(pd.to_datetime(["2025-03-01T00:30Z", None], utc=True))
    clean = pd.DataFrame(
        {"received_at": moment, "area_m2": pd.array([3.5, None], dtype="Float64"), "text": ["甲", "乙"]}
    )
    one = {
        "received_at": ["2025-03-01 08:30", "某日"],
        "area_m2": ["3.50", None],
        "text": ["甲", "乙"],
        "lon": ["114.30", "1"],
    }
    two = {
        "received_at": ["2025/3/1 8:30:00", "某日"],
        "area_m2": ["3.5 平方米", None],
        "text": ["甲", "乙"],
        "lon": ["114.3", "1.0"],
    }
    same = [as_read(pd.DataFrame(rows, dtype=object), clean) for rows in (one, two)]
    assert content_identities(same[0]).tolist() == content_identities(same[1]).tolist()
    assert same[0]["received_at"].tolist()[1] == "某日", "what cannot be read counts as it is written"
