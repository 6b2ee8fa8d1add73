"""Well-known makes of files: other systems' exports, with the columns and the dates that they are known to have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from geo.core.text import Text
from geo.files.column_matching import unread_columns
from geo.files.date_order import DateOrder
from geo.files.header_fit import fold_header
from geo.points.case_states import closed_by_status


@dataclass(frozen=True)
class Make:
    """
    A make of files.

    Attributes
    ----------
    name
        Its code.
    title
        What it is called.
    needs
        The headers that every file of it has; a file with all of them is of this make.
    columns
        For each field, what its column is called there, the best first; others are found by their meaning.
    kind
        The kind of its rows.
    dates
        The order of day and month in its texts, where they do not tell.
    else_from
        For a field, the field or the column that says the same where its own is empty.
    closed_from_updated
        Whether the last update of a closed case is its closing (Open311 GeoReport v2: "for requests with
        status=closed, this will be the date the request was closed").
    """

    name: str
    title: Text
    needs: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: str = "complaints"
    dates: DateOrder | None = None
    else_from: Mapping[str, str] = field(default_factory=dict)
    closed_from_updated: bool = False


MAKES: Final[tuple[Make, ...]] = (
    Make(
        "digital_city",
        Text("数字城管案卷", "digital city management cases"),
        ("任务号", "小类名称", "上报时间"),
        {
            "complaint_id": ("任务号",),
            "category": ("小类名称",),
            "received_at": ("上报时间",),
            "closed_at": ("结案时间",),
            "due_at": ("处置截止时间", "结案截止时间"),
            "channel": ("问题来源",),
        },
    ),
    Make(
        "hotline_12345",
        Text("12345 热线工单", "12345 hotline tickets"),
        ("工单编号", "来电时间", "诉求内容"),
        {
            "complaint_id": ("工单编号",),
            "category": ("三级分类", "二级分类", "一级分类"),
            "received_at": ("来电时间",),
            "closed_at": ("实际办结时间", "办结时间"),
            "due_at": ("要求办结时间", "应办结时间"),
            "address": ("诉求地址",),
        },
    ),
    Make(
        "nyc311",
        Text("纽约 311", "New York City 311"),
        ("unique key", "created date", "complaint type"),
        {
            "complaint_id": ("unique key",),
            "category": ("complaint type",),
            "received_at": ("created date",),
            "closed_at": ("closed date",),
            "due_at": ("due date",),
            "updated_at": ("resolution action updated date",),
            "channel": ("open data channel type",),
            "text": ("descriptor",),
            "address": ("incident address",),
            "lon": ("longitude",),
            "lat": ("latitude",),
        },
        dates="mdy",
    ),
    Make(
        "chicago311",
        Text("芝加哥 311", "Chicago 311"),
        ("sr number", "sr type", "created date"),
        {
            "complaint_id": ("sr number",),
            "category": ("sr type",),
            "received_at": ("created date",),
            "closed_at": ("closed date",),
            "updated_at": ("last modified date",),
            "channel": ("origin",),
            "address": ("street address",),
            "lon": ("longitude",),
            "lat": ("latitude",),
        },
        dates="mdy",
    ),
    Make(
        "sf311",
        Text("旧金山 311", "San Francisco 311"),
        ("caseid", "opened", "request type"),
        {
            "complaint_id": ("caseid",),
            "category": ("category", "request type"),
            "received_at": ("opened",),
            "closed_at": ("closed",),
            "updated_at": ("updated",),
            "channel": ("source",),
            "text": ("request details",),
            "address": ("address",),
            "lon": ("longitude",),
            "lat": ("latitude",),
        },
        dates="mdy",
    ),
    Make(
        "sf311_api",
        Text("旧金山 311（接口）", "San Francisco 311 (API)"),
        ("service_request_id", "requested_datetime", "service_subtype"),
        {"category": ("service_name",), "text": ("service_details",), "channel": ("source",)},
    ),
    Make(
        "fixmystreet",
        Text("FixMyStreet", "FixMyStreet"),
        ("report id", "title", "confirmed", "category"),
        {
            "complaint_id": ("report id",),
            "received_at": ("created", "confirmed"),
            "answered_at": ("acknowledged",),
            "closed_at": ("closed",),
            "text": ("detail",),
            "lon": ("longitude",),
            "lat": ("latitude",),
        },
        else_from={"closed_at": "fixed"},
    ),
    Make(
        "open311",
        Text("Open311", "Open311"),
        ("service_request_id", "requested_datetime"),
        {
            "complaint_id": ("service_request_id",),
            "category": ("service_name", "service_code"),
            "received_at": ("requested_datetime",),
            "updated_at": ("updated_datetime",),
            "due_at": ("expected_datetime",),
            "text": ("description",),
        },
        closed_from_updated=True,
    ),
)
"""The makes, those with more headers of their own before those whose headers they share."""


def make_of(headers: Iterable[str], kind: str | None = None) -> Make | None:
    """Return the make of a file by its headers, or None; with a kind, a make of other rows is none."""
    known = {fold_header(header) for header in headers}
    return next(
        (
            make
            for make in MAKES
            if (kind is None or kind == make.kind) and known.issuperset(fold_header(need) for need in make.needs)
        ),
        None,
    )


def columns_of_make(make: Make | None, headers: Sequence[str]) -> dict[str, str]:
    """Return the columns of fields that a make is known for, as far as a file has them."""
    if make is None:
        return {}
    by_header = {fold_header(header): header for header in reversed(headers)}
    wanted = {
        name: next((by_header[fold_header(n)] for n in names if fold_header(n) in by_header), None)
        for name, names in make.columns.items()
    }
    return {name: column for name, column in wanted.items() if column is not None}


def completed(found: pd.DataFrame, table: pd.DataFrame, make: Make | None) -> pd.DataFrame:
    """
    Fill the empty fields of a make from the columns that say the same there.

    Parameters
    ----------
    found
        The fields of the kind, as text.
    table
        The file's cells.
    make
        Its make, or None.
    """
    if make is None:
        return found
    result = found
    by_header = {fold_header(header): header for header in reversed(table.columns.tolist())}
    for name, other in make.else_from.items():
        column = by_header.get(fold_header(other))
        if column is not None:
            result = result.assign(**{name: result[name].where(result[name].notna(), table[column])})
    if make.closed_from_updated:
        unknown = result["closed_at"].isna() & closed_by_status(result["status"])
        result = result.assign(closed_at=result["closed_at"].where(~unknown, result["updated_at"]))
    return result


def unread_of(headers: Sequence[str], mapping: Mapping[str, str], make: Make | None) -> list[str]:
    """Return the columns of a file that nothing reads: neither a field, nor `completed`."""
    others = set() if make is None else {fold_header(other) for other in make.else_from.values()}
    return [header for header in unread_columns(headers, mapping) if fold_header(header) not in others]
