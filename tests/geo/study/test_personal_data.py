"""Personal data in columns: free text, identifiers that stay apart, officers who keep their names, JSON."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from geo.study.personal_data import Masker, columns_with_text, from_offices, named_again


def cells(*texts: str | None) -> pd.Series:
    return pd.Series(texts, dtype=object)


def test_free_text_is_masked_and_counted_by_kind() -> None:
    found = Masker().column(cells("联系人：王芳，13812345678", "占道经营", None, ""), "text")
    assert list(found.texts) == [0]
    assert found.kinds == {"姓名": 1, "电话": 1}
    assert "13812345678" not in found.texts[0]


def test_identifiers_stay_apart_and_the_same_in_every_column() -> None:
    masker = Masker()
    operators = masker.column(cells("13812345678", "13987654321", "13812345678", "S-7"), "operator_id").texts
    assert set(operators) == {0, 1, 2}
    assert operators[0] == operators[2] != operators[1]
    assert masker.column(cells("13812345678"), "subject").texts[0] == operators[0]
    assert Masker().column(cells("13812345678"), "operator_id").texts[0] != operators[0]
    assert masker.column(cells(*operators.values()), "operator_id").texts == {}  # done once


def test_order_numbers_that_look_like_identity_cards_are_none() -> None:
    orders = cells("110108202503010012", "110108202503010013", "110108202503010014")
    assert Masker().column(orders, "complaint_id").texts == {}
    assert len(Masker().column(cells("11010519491231002X"), "subject_id").texts) == 1


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("王科长 13812345678", "[姓名]科长 [电话]", "王科长 [电话]"),
        ("张先生", "[姓名]先生", "张先生"),
        ("user[1]", "user[1]", "user[1]"),
        ("something else", "[电话]", "[电话]"),
    ],
)
def test_an_officer_keeps_the_name_and_loses_the_number(before: str, after: str, kept: str) -> None:
    assert named_again(before, after) == kept


def test_the_column_of_officers_is_masked_so() -> None:
    found = Masker().column(cells("张先生", "张先生 13812345678"), "by")
    assert found.texts == {1: "张先生 [电话]"}
    assert found.kinds == {"电话": 1}


def test_texts_in_objects_are_masked_by_their_keys_and_numbers_stay() -> None:
    phone = "13812345678"
    row: dict[str, object] = {
        "text": f"电话{phone}",
        "area_m2": 0.13812345678,
        "segment_id": phone,
        "operator_id": phone,
    }
    row["made_of"] = {"stalls": phone}  # versions are random letters and digits
    found = Masker().column(cells(json.dumps(row), "no object", None), "row")
    after = json.loads(found.texts[0])
    assert after["text"] == "电话[电话]"
    assert [after[key] == row[key] for key in ("area_m2", "segment_id", "made_of")] == [True] * 3
    assert after["operator_id"].startswith("[电话]-")
    assert found.kinds == {"电话": 2}


def test_every_free_column_is_looked_at_and_the_public_map_is_not() -> None:
    assert {"text", "complaint_id", "subject_id", "channel", "status"} <= set(columns_with_text("complaints"))
    assert {"reason", "by", "subject"} <= set(columns_with_text("decisions"))
    assert {"problem", "action", "source"} <= set(columns_with_text("findings"))
    assert columns_with_text("roads") == ["tier_reason"]
    rows = pd.DataFrame({"source": ["OSM", "名单.xlsx", None]})
    assert from_offices(rows).tolist() == [False, True, True]
    assert from_offices(rows[[]]).all()
