"""Match a table's columns to fields by their meaning, in Chinese and English."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pandas as pd

from geo.core.masking import mask
from geo.files.header_fit import DUE, EQUAL, EXACT, HAPPENED, fold_header, header_fit

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
        "诉求地址",
        "问题地址",
        "案发地址",
        "事发位置",
        "incident address",
    ),
}
_SOURCE: Final = {"source": ("数据来源", "来源")}

FIELDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "complaints": {
        "complaint_id": (
            *("id", "工单编号", "工单号", "编号", "投诉编号", "诉求编号", "案件编号", "事件编号", "案卷号", "案卷编号"),
            *("任务号", "任务编号", "受理编号", "流水号", "ticket", "case id", "service_request_id", "unique key"),
            *("sr_number", "sr number", "report id", "request id", "case_enquiry_id", "case number"),
        ),
        "category": (
            *("小类名称", "小类", "问题小类", "事件小类", "三级分类", "三级类别", "诉求类型", "投诉类型", "事件类型"),
            *("问题类型", "案件类别", "类型", "类别", "二级分类", "诉求分类", "大类名称", "大类", "一级分类"),
            *(
                "complaint type",
                "service_name",
                "service request type",
                "sr_type",
                "request type",
                "type",
                "issue type",
            ),
        ),
        "received_at": (
            *("受理时间", "投诉时间", "时间", "上报时间", "来电时间", "诉求时间", "登记时间", "创建时间", "发生时间"),
            *("立案时间", "received", "opened", "created", "created date", "date", "requested_datetime", "open_dt"),
            *("date opened", "opened date", "date created", "reported", "request date"),
        ),
        "answered_at": (
            *("首次响应时间", "响应时间", "首次答复时间", "答复时间", "到场时间", "answered", "first response"),
            "acknowledged",
        ),
        "due_at": (
            *("处置截止时间", "要求办结时间", "应办结时间", "结案截止时间", "办结截止时间", "要求结案时间"),
            *("办结期限", "处置期限", "办理期限", "截止时间", "到期时间", "due", "due date", "expected_datetime"),
            *("deadline", "target date", "target_dt", "sla_target_dt", "expected", "expected date"),
        ),
        "closed_at": (
            *("实际办结时间", "实际结案时间", "实际完成时间", "结案时间", "办结时间", "完成时间", "关闭时间"),
            *("closed", "closed date", "closed_dt", "date closed", "处置完成时间", "处置时间", "completed", "resolved"),
            "resolved date",
        ),
        "updated_at": (
            *("更新时间", "最近更新时间", "最后更新时间", "修改时间", "最后修改时间", "updated", "updated date"),
            *("updated_datetime", "last updated", "last_modified_date", "last modified"),
        ),
        "channel": (
            *("渠道", "来源渠道", "受理渠道", "诉求渠道", "上报来源", "问题来源", "上报渠道", "诉求来源", "案件来源"),
            *("工单来源", "投诉来源", "信息来源", "origin", "request source", "open data channel type"),
        ),
        "status": (
            *("状态", "办理状态", "案件状态", "工单状态", "当前状态", "处理状态", "case status", "request status"),
            "status_description",
        ),
        "response": ("处置方式", "处理方式", "办理方式", "处置类型"),
        "subject_id": ("对象编号", "摊主编号", "当事人编号", "经营者编号"),
        "text": (
            *("诉求内容", "内容", "描述", "问题描述", "投诉内容", "事件描述", "工单内容", "诉求描述", "案件描述"),
            *("description", "notes", "descriptor", "detail", "details", "request details", "service_details"),
        ),
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
        "access": ("开放对象", "开放范围", "准入"),
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
        "street": (
            "所在道路",
            "所在街道",
            "道路",
            "路名",
            "道路名称",
            "街路名称",
            "所在街路",
            "街路",
            "街巷",
            "street name",
            "road",
        ),
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
            *("实际办结时间", "实际竣工", "实际竣工时间", "实际完成时间", "实际拆除时间", "办结时间", "竣工时间"),
            *("审批时间", "拆除时间", "注销时间", "结束时间", "closed", "end"),
        ),
        "due_at": (
            *("到期时间", "有效期至", "截止日期", "应办结时间", "要求办结时间", "处置截止时间", "计划竣工", "聘期至"),
            *("有效期", "许可截止", "expires", "due", "due date", "expected_datetime", "valid until"),
        ),
        "status": ("状态", "办理状态"),
        "text": ("内容", "描述", "备注", "说明", "notes"),
    },
}
"""For each kind of points, its fields and what their columns may be called, the likeliest first."""


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
        (-header_fit(header, field, names), order, position, field, header)
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


def unread_columns(headers: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """Return the columns of a table that no field reads, in their order."""
    read = set(mapping.values())
    return [header for header in headers if header not in read]


def equally_fit(headers: Sequence[str], kind: str, mapping: Mapping[str, str]) -> dict[str, list[str]]:
    """
    Return the columns that fit a field of times equally well, for fields with several.

    An exact name stands over all others, except over another exact one that is no worse: 结案时间 and 办结时间.

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
    names = fields_of(kind)
    for field in [name for name in (*HAPPENED, *DUE, "permit_until") if name in mapping]:
        best = header_fit(mapping[field], field, names[field])
        taken = {
            column
            for name, column in mapping.items()
            if name != field and header_fit(column, name, names[name]) >= min(best, EXACT)
        }
        equal = {fold_header(name) for name in EQUAL.get(field, ())}
        equal = equal if fold_header(mapping[field]) in equal else set()
        alike = [
            header
            for header in headers
            if header not in taken and (header_fit(header, field, names[field]) == best or fold_header(header) in equal)
        ]
        if len(alike) > 1:
            found[field] = alike
    return found


def same_field(first: str, second: str) -> bool:
    """Tell whether two headers are names of one field, of some kind of points."""
    pair = {fold_header(first), fold_header(second)}
    return any(
        pair <= {fold_header(name) for name in (field, *names)}
        for kind in FIELDS
        for field, names in fields_of(kind).items()
    )


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
    found = columns_found(table, aliases)
    return pd.DataFrame(
        {field: table[found[field]] if field in found else None for field in aliases}, index=table.index, dtype=object
    )


def columns_found(table: pd.DataFrame, aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the column of each field, as `find_columns` takes it; fields that no column serves are left out."""
    by_header = {fold_header(column): column for column in reversed(table.columns.tolist())}
    found = {
        field: next((by_header[fold_header(name)] for name in (field, *names) if fold_header(name) in by_header), None)
        for field, names in aliases.items()
    }
    return {field: column for field, column in found.items() if column is not None}
