"""Match a table's columns to fields by their meaning, in Chinese and English."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pandas as pd
from rapidfuzz import fuzz

from geo.core.masking import mask
from geo.core.name_matching import normal_name
from geo.files.crs_hints import DATUM_WORDS

PLACE_FIELDS: Final = ("lon", "lat", "coordinates", "address")
"""Fields that say where a row is, of every kind."""

_PLACE: Final[dict[str, tuple[str, ...]]] = {
    "lon": (
        "longitude",
        "lng",
        "long",
        "x",
        "x坐标",
        "经度",
        "东经",
        "百度经度",
        "高德经度",
        "横坐标",
        "point_x",
        "easting",
    ),
    "lat": ("latitude", "y", "y坐标", "纬度", "北纬", "百度纬度", "高德纬度", "纵坐标", "point_y", "northing"),
    "coordinates": (
        "坐标",
        "经纬度",
        "location",
        "coordinate",
        "lonlat",
        "latlon",
        "位置坐标",
        "geom",
        "wkt",
        "the_geom",
    ),
    "address": (
        "地址",
        "位置",
        "地点",
        "事发地址",
        "发生地址",
        "详细地址",
        "事件位置",
        "addr",
        "street address",
        "location description",
    ),
}
_COORDINATES: Final = ("lon", "lat", "coordinates")
_SOURCE: Final = {"source": ("数据来源", "来源")}

FIELDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "complaints": {
        "complaint_id": (
            "id",
            "工单编号",
            "工单号",
            "编号",
            "投诉编号",
            "案件编号",
            "事件编号",
            "案卷号",
            "任务号",
            "受理编号",
            "ticket",
            "case id",
            "service_request_id",
        ),
        "category": (
            "诉求类型",
            "类型",
            "类别",
            "投诉类型",
            "事件类型",
            "问题类型",
            "案件类别",
            "小类",
            "小类名称",
            "type",
            "complaint type",
        ),
        "received_at": (
            "受理时间",
            "投诉时间",
            "时间",
            "上报时间",
            "来电时间",
            "登记时间",
            "创建时间",
            "发生时间",
            "received",
            "opened",
            "created",
            "created date",
            "date",
            "requested_datetime",
        ),
        "answered_at": (
            "首次响应时间",
            "响应时间",
            "首次答复时间",
            "答复时间",
            "到场时间",
            "answered",
            "first response",
        ),
        "closed_at": (
            *("办结时间", "实际办结时间", "结案时间", "完成时间", "处置时间", "关闭时间", "closed", "closed date"),
        ),
        "channel": ("渠道", "来源渠道", "受理渠道", "诉求渠道", "上报来源", "问题来源"),
        "status": ("状态", "办理状态", "案件状态", "工单状态"),
        "response": ("处置方式", "处理方式", "办理方式", "处置类型"),
        "subject_id": ("对象编号", "摊主编号", "当事人编号", "经营者编号"),
        "text": ("诉求内容", "内容", "描述", "问题描述", "投诉内容", "事件描述", "工单内容", "description", "notes"),
    },
    "stalls": {
        "stall_id": ("id", "摊位编号", "摊点编号", "编号", "摊位号", "locationid", "permit"),
        "operator_id": ("经营者编号", "摊主编号", "摊主", "经营者", "经营人", "applicant", "vendor"),
        "goods": ("经营品种", "品种", "经营项目", "经营内容", "业态", "fooditems", "food items"),
        "area_m2": ("面积", "占地面积", "面积（平方米）", "面积(㎡)", "摊位面积"),
        "permit_until": ("许可截止", "许可有效期", "有效期至", "到期时间", "截止日期", "expirationdate", "expires"),
        "offences": ("违规次数", "违章次数", "违法次数", "处罚次数"),
        "hardship": ("困难群体", "是否困难", "困难", "低保", "残疾", "弱势群体", "in hardship"),
    },
    "parking": {
        "parking_id": ("id", "停车场编号", "编号", "泊位编号", "停车点编号"),
        "kind": ("类型", "类别", "停车场类型", "泊位类型"),
        "capacity": ("泊位数", "车位数", "泊位", "车位", "容量", "停车位数量", "spaces"),
        "night_only": ("仅夜间", "夜间限时", "夜间泊位", "是否夜间"),
    },
    "facilities": {
        "facility_id": ("id", "编号", "设施编号"),
        "kind": ("类型", "类别", "设施类型", "设施类别", "type"),
        "name": ("名称", "设施名称", "单位名称"),
        "capacity": ("容量", "规模", "数量", "蹲位数", "摊位数", "车位数"),
        "hours": ("营业时间", "开放时间", "服务时间", "opening_hours", "open"),
    },
    "stall_places": {
        "place_id": ("id", "编号", "序号", "疏导点编号", "点位编号", "摊群点编号"),
        "name": (
            *("名称", "疏导点名称", "便民疏导点名称", "摊群点名称", "点位名称", "市场名称", "疏导点", "摊群点", "点位"),
            *("name", "place", "title"),
        ),
        "pitches": (
            *("摊位数", "摊位数量", "摊位", "摊位个数", "可容纳摊位", "容纳摊位数", "设置摊位数", "摊点数", "容量"),
            *("stalls", "capacity", "number of pitches"),
        ),
        "area_m2": ("面积", "占地面积", "面积（平方米）", "面积(㎡)", "area"),
        "hours": (
            *("经营时间", "经营时段", "时段", "时间", "开放时间", "营业时间", "摆摊时间", "经营时间段"),
            *("opening_hours", "opening hours", "trading hours", "time"),
        ),
        "goods": ("经营品类", "业态", "品类", "经营品种", "经营范围", "经营内容", "经营项目", "经营种类"),
        "manager": (
            *("管理单位", "责任单位", "主管单位", "管理主体", "运营单位", "主办单位", "责任部门", "管理部门"),
            *("responsible", "operator", "organisation"),
        ),
        "fee": ("收费标准", "管理费", "收费", "摊位费", "收费情况", "charge", "fees"),
        "street": ("所在道路", "所在街道", "道路", "路名", "道路名称", "街路名称", "street name", "road"),
        "from": ("起点", "起始路口", "起点路口", "起", "start"),
        "to": ("止点", "终点", "终点路口", "止点路口", "止", "end"),
        "section": ("路段", "起止", "起止点", "区间", "范围", "起讫点", "extent"),
    },
    "other": {
        "other_id": ("id", "编号", "证号", "许可编号", "序号"),
        "category": ("类型", "类别", "种类", "type"),
        "name": ("名称", "店名", "店铺名称", "商户名称", "单位名称", "title"),
        "rating": ("星级", "评级", "等级", "评分", "stars"),
        "received_at": (
            *("申请时间", "受理时间", "开始时间", "登记时间", "设置时间", "开工时间", "评定时间", "received", "start"),
        ),
        "closed_at": (
            *(
                "审批时间",
                "批准时间",
                "办结时间",
                "实际办结时间",
                "结束时间",
                "竣工时间",
                "实际竣工",
                "approved",
                "end",
            ),
        ),
        "due_at": (
            *("到期时间", "有效期至", "截止日期", "应办结时间", "要求办结时间", "处置截止时间", "计划竣工", "聘期至"),
            *("expires", "due", "due date", "expected_datetime"),
        ),
        "status": ("状态", "办理状态"),
        "text": ("内容", "描述", "备注", "说明", "notes"),
    },
}
"""For each kind of points, its fields and what their columns may be called, the likeliest first."""
_HAPPENED: Final = ("received_at", "answered_at", "closed_at")
"""Fields of what has happened; what was planned or required is none of them."""
_PLANNED: Final = re.compile(r"要求|截止|计划|预计|期限|时限|应办|应结|承诺|到期|due|deadline|expected|planned|target")
_LEAST: Final = 0.82
"""How alike a header and a name must be where neither contains the other."""
_EXACT: Final = 1.5
"""Rates above are of exact names."""


def fields_of(kind: str) -> dict[str, tuple[str, ...]]:
    """Return the fields of a kind of points, the fields of its place included, with the names of their columns."""
    return {**FIELDS[kind], **_PLACE, **_SOURCE}


def propose_mapping(headers: Sequence[str], kind: str, remembered: Mapping[str, str] | None = None) -> dict[str, str]:
    """
    Propose a column for each field.

    Parameters
    ----------
    headers
        The table's columns.
    kind
        The kind of points.
    remembered
        A mapping that somebody saved for files of this kind, field to column; it counts where its columns exist.

    Returns
    -------
    mapping
        Field to column; each column serves one field, the best match first.
    """
    mapping = {field: column for field, column in (remembered or {}).items() if column in headers}
    taken = set(mapping.values())
    rated = [
        (-_rate(header, field, names), order, position, field, header)
        for order, (field, names) in enumerate(fields_of(kind).items())
        for position, header in enumerate(headers)
        if field not in mapping and header not in taken
    ]
    for rate, _, _, field, header in sorted(rated):
        if rate < 0 and field not in mapping and header not in taken:
            mapping[field] = header
            taken.add(header)
    if "coordinates" in mapping and {"lon", "lat"} <= set(mapping):
        del mapping["coordinates"]
    return mapping


def _rate(header: str, field: str, names: Sequence[str]) -> float:
    """Return how well a header fits a field, 0 where it does not: its exact name, then a longer or similar one."""
    folded = _fold(header)
    if not folded or (field in _HAPPENED and _PLANNED.search(folded)):
        return 0.0
    options = [_fold(name) for name in (field, *names)]
    if folded in options:
        return 2.0 - 0.01 * options.index(folded)  # more than `_EXACT`
    bare = next((word.sub("", folded) for word in DATUM_WORDS.values() if word.search(folded)), folded)
    if field in _COORDINATES and bare != folded and bare in options:
        # of two pairs of columns, the one in WGS 84 needs no shift
        return 2.05 if DATUM_WORDS["WGS84"].search(folded) else 1.9 - 0.01 * options.index(bare)
    inside = [option for option in options if len(option) > 1 and (option in folded if not option.isascii() else False)]
    if inside:
        return 1.0 + 0.5 * len(max(inside, key=len)) / len(folded)
    alike = max(fuzz.ratio(folded, option) / 100 for option in options)
    return alike if alike >= _LEAST and len(folded) > 3 else 0.0


def equally_fit(headers: Sequence[str], kind: str, mapping: Mapping[str, str]) -> dict[str, list[str]]:
    """
    Return the columns that fit a field of times equally well, none of them by its exact name, for fields with several.

    Parameters
    ----------
    headers
        The table's columns.
    kind
        The kind of points.
    mapping
        As `propose_mapping` returns.
    """
    found = {}
    for field in [name for name in (*_HAPPENED, "due_at", "permit_until") if name in mapping]:
        names = fields_of(kind)
        best = _rate(mapping[field], field, names[field])
        taken = {
            column for name, column in mapping.items() if name != field and _rate(column, name, names[name]) >= best
        }
        alike = [header for header in headers if header not in taken and _rate(header, field, names[field]) == best]
        if len(alike) > 1 and best < _EXACT:
            found[field] = alike
    return found


def _fold(header: str) -> str:
    return re.sub(r"[\s_\-:：()（）【】\[\]*]+", "", normal_name(header))


def signature(headers: Iterable[str], kind: str) -> str:
    """Return the signature of files of one make: the kind and the headers, personal data in them masked, hashed."""
    words = mask(pd.Series(sorted(headers), dtype=object)).tolist()
    return hashlib.sha256(json.dumps([kind, words], ensure_ascii=False).encode()).hexdigest()[:16]


def mapped(table: pd.DataFrame, mapping: Mapping[str, str], kind: str) -> pd.DataFrame:
    """Return the columns of `table` under the names of the kind's fields; a field that no column serves is empty."""
    return pd.DataFrame(
        {field: table[mapping[field]] if field in mapping else None for field in fields_of(kind)},
        index=table.index,
        dtype=object,
    )


def find_columns(table: pd.DataFrame, aliases: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """
    Return the columns of `table` under the names of `aliases`; a field that no column serves is empty.

    Parameters
    ----------
    table
        All cells as text, as `geo.files.formats.read_file` reads it.
    aliases
        For each field, what its column may be called, best first; case and spaces do not matter.
    """
    by_header = {_fold(column): column for column in reversed(table.columns.tolist())}
    found = {
        field: next((by_header[_fold(name)] for name in (field, *names) if _fold(name) in by_header), None)
        for field, names in aliases.items()
    }
    return pd.DataFrame(
        {field: table[column] if column is not None else None for field, column in found.items()},
        index=table.index,
        dtype=object,
    )
