"""Why each street gets no more bays, and the sentence where none is placed."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.parking.street_choice import WHY_NAMES, shortage, street_choice, street_documents, why_nothing

COLUMNS = ["cars", "spaces", "shortage", "room", "fresh", "by_day", "most", "bays"]


def table(*rows: tuple[float, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS, index=[f"s{number}" for number in range(len(rows))])


def test_a_street_lacks_its_cars_less_its_spaces_in_whole_bays() -> None:
    cars, spaces = pd.Series([3.2, 5.0, 1.0, 0.0]), pd.Series([1.0, 5.0, 4.0, 0.0])
    assert shortage(cars, spaces).tolist() == [3, 0, 0, 0]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ((3.0, 5.0, 0, 9, 9, 0, 9, 0), "enough_spaces"),
        ((6.0, 2.0, 4, 9, 9, 0, 9, 4), "need_met"),
        ((6.0, 2.0, 4, 9, 2, 0, 9, 2), "parked_already"),
        ((6.0, 2.0, 4, 0, 0, 7, 9, 0), "all_day_room"),
        ((6.0, 2.0, 4, 3, 3, 0, 9, 3), "no_room"),
        ((6.0, 2.0, 4, 9, 9, 0, 2, 2), "kerb_share"),
        ((6.0, 2.0, 4, 9, 9, 0, 9, 1), "served_nearby"),
    ],
)
def test_why_no_more(row: tuple[float, ...], why: str) -> None:
    assert street_choice(table(row), 1000)["why"].tolist() == [why]
    assert why in WHY_NAMES


def test_where_the_budget_is_spent_it_is_the_budget() -> None:
    found = street_choice(table((6.0, 2.0, 4, 9, 9, 0, 9, 1), (3.0, 0.0, 3, 9, 9, 0, 9, 2)), 3)
    assert found["why"].tolist() == ["budget", "budget"]
    (first, second) = street_documents(found, pd.Series({"s0": "人民路"}))
    assert (first["name"], first["need"], first["bays"], second["name"]) == ("人民路", 4, 1, None)
    assert "预算" in first["reason"]
    assert "budget" in first["reason"]


def test_where_no_bay_is_placed_a_sentence_says_why() -> None:
    enough, no_room = table((3.0, 5.0, 0, 9, 9, 0, 9, 0)), table((6.0, 2.0, 4, 0, 0, 0, 9, 0))
    for rows, budget, words in ((enough, 5, "enough spaces"), (no_room, 5, "no room"), (no_room, 0, "budget is zero")):
        said = why_nothing(rows, budget)
        assert said is not None
        assert words in said.en
        assert said.zh.endswith("未设新泊位")
    assert why_nothing(table((6.0, 2.0, 4, 9, 9, 0, 9, 4)), 5) is None
