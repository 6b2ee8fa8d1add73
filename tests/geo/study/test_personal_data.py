"""Personal data in columns: free text, identifiers that stay apart, officers who keep their names, JSON."""

from __future__ import annotations

import json

import pandas as pd

from geo.study.personal_data import Masker, columns_with_text, from_offices
from geo.study.pseudonyms import Pseudonyms


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


def test_pseudonyms_are_the_ones_that_an_import_gives() -> None:
    key = Pseudonyms(b"k" * 32)
    found = Masker(key).column(cells("138 1234 5678", "13812345678-row-4", "83456789"), "operator_id").texts
    assert found == {0: key.of("13812345678"), 1: f"{key.of('13812345678')}-row-4"}
    by_header = Masker(key).column(cells("83456789"), "operator_id", "联系电话")
    assert by_header.texts == {0: key.of("83456789")}
    assert by_header.kinds == {"电话": 1}


def test_an_order_number_stays_in_every_column_that_names_it() -> None:
    orders = [f"32010519900101{n:04d}" for n in range(1, 40)]  # one of them has a valid check character by chance
    masker = Masker()
    assert masker.column(cells(*orders), "complaint_id").texts == {}
    for order in orders:
        assert masker.column(cells(order), "duplicate_of").texts == {}


def test_order_numbers_that_look_like_identity_cards_are_none() -> None:
    orders = cells("110108202503010012", "110108202503010013", "110108202503010014")
    assert Masker().column(orders, "complaint_id").texts == {}
    assert len(Masker().column(cells("11010519491231002X"), "subject_id").texts) == 1


def test_the_column_of_officers_is_masked_so() -> None:
    found = Masker().column(cells("张先生", "张先生 13812345678", "wangke"), "by")
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
    assert after["operator_id"].startswith("p-")
    assert found.kinds == {"电话": 2}


def test_every_free_column_is_looked_at_and_the_public_map_is_not() -> None:
    assert {"text", "complaint_id", "subject_id", "channel", "status"} <= set(columns_with_text("complaints"))
    assert {"reason", "by", "subject"} <= set(columns_with_text("decisions"))
    assert {"problem", "action", "source"} <= set(columns_with_text("findings"))
    assert columns_with_text("roads") == ["tier_reason"]
    rows = pd.DataFrame({"source": ["OSM", "名单.xlsx", None]})
    assert from_offices(rows).tolist() == [False, True, True]
    assert from_offices(rows[[]]).all()
