"""Columns are found by their meaning, in Chinese and English, simplified and traditional."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.files.column_matching import FIELDS, fields_of, find_columns, mapped, propose_mapping, signature


@pytest.mark.parametrize(
    ("headers", "kind", "expected"),
    [
        (["案卷编号", "小类名称", "上报时间", "结案时间", "问题描述", "X坐标", "Y坐标"], "complaints",
         {"category": "小类名称", "received_at": "上报时间", "closed_at": "结案时间", "text": "问题描述", "lon":
         "X坐标", "lat": "Y坐标"}),
        (["Ticket", "Complaint Type", "Created Date", "Closed Date", "Longitude", "Latitude"], "complaints",
         {"complaint_id": "Ticket", "category": "Complaint Type", "received_at": "Created Date", "lon": "Longitude"}),
        (["攤位編號", "經營品種", "經度", "緯度", "地址"], "stalls", {"stall_id": "攤位編號", "goods": "經營品種",
        "lon": "經度", "address": "地址"}), (["泊位数", "停车场名称", "坐标"], "parking", {"capacity": "泊位数",
        "coordinates": "坐标"}),
    ],
)  # fmt: skip
def test_columns_are_found_by_meaning(headers: list[str], kind: str, expected: dict[str, str]) -> None:
    mapping = propose_mapping(headers, kind)
    assert {field: mapping.get(field) for field in expected} == expected
    assert len(set(mapping.values())) == len(mapping)


@pytest.mark.parametrize("kind", FIELDS)
def test_every_field_of_every_kind_is_found_under_its_own_name(kind: str) -> None:
    fields = [field for field in fields_of(kind) if field != "coordinates"]
    assert propose_mapping(fields, kind) == {field: field for field in fields}


def test_a_saved_mapping_stands_over_a_proposed_one_where_its_columns_exist() -> None:
    headers = ["编号", "大项", "经度", "纬度"]
    assert propose_mapping(headers, "complaints", {"category": "大项", "text": "没有"})["category"] == "大项"
    assert "text" not in propose_mapping(headers, "complaints", {"category": "大项", "text": "没有"})


def test_files_of_one_make_share_a_signature_whatever_the_order_of_columns() -> None:
    assert signature(["a", "b"], "stalls") == signature(["b", "a"], "stalls")
    assert signature(["a", "b"], "stalls") != signature(["a", "b"], "parking")
    assert signature(["a", "b"], "stalls") != signature(["a", "c"], "stalls")


def test_a_field_without_a_column_is_empty() -> None:
    table = pd.DataFrame({"店名": ["甲"], "x": ["1"]}, index=[2])
    found = mapped(table, {"name": "店名"}, "facilities")
    assert list(found.columns) == list(fields_of("facilities"))
    assert found.loc[2, "name"] == "甲"
    assert found.drop(columns="name").isna().all(axis=None)


def test_columns_are_found_by_aliases_in_their_order() -> None:
    table = pd.DataFrame({"人口 ": ["5"], "POP": ["6"]}, index=[2])
    assert find_columns(table, {"residents": ("pop", "人口"), "name": ()}).iloc[0].to_dict() == {
        "residents": "6",
        "name": None,
    }
