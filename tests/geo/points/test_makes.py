"""Exports of other systems are understood as they come: columns, dates, closings."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.points.makes import MAKES, Make, make_of
from geo.points.reading import Reading, read_points
from geo.rules import load_profile

NYC = (
    "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Descriptor,Incident Address,Status,Due Date,"
    "Resolution Action Updated Date,Open Data Channel Type,Latitude,Longitude\n"
)


def read(folder: Path, text: str, name: str = "rows.csv") -> Reading:
    (folder / name).write_text(text, encoding="utf-8")
    return read_points(folder / name, None, load_profile())


def moments(column: pd.Series) -> list[str | None]:
    return [None if pd.isna(each) else f"{each:%Y-%m-%d %H:%M}" for each in column]


def test_new_york_writes_the_month_first_and_twelve_hours(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        NYC
        + "9,04/05/2026 12:30:00 AM,04/06/2026 12:05:00 PM,NYPD,Noise - Commercial,Loud Music,1 A ST,Closed,"
        + "04/05/2026 08:30:00 AM,04/06/2026 12:05:00 PM,ONLINE,51.5,0.0001\n"
        + "8,04/05/2026 01:00:00 PM,,DSNY,Rodent,Rat Sighting,2 A ST,In Progress,,,PHONE,51.5,0.0002\n",
    )
    assert found.questions == ()
    assert (found.of.kind, found.of.make.name if found.of.make else None) == ("complaints", "nyc311")
    rows = found.points.set_index("complaint_id")
    assert moments(rows["received_at"]) == ["2026-04-04 23:30", "2026-04-05 12:00"]
    assert moments(rows["closed_at"]) == ["2026-04-06 11:05", None]
    assert moments(rows["due_at"]) == ["2026-04-05 07:30", None]
    assert rows["category"].tolist() == ["noise", "Rodent"]
    assert rows["channel"].tolist() == ["ONLINE", "PHONE"]
    assert found.unread == ["Agency"]


def test_chicago_and_san_francisco_are_understood(tmp_path: Path) -> None:
    chicago = read(
        tmp_path,
        "SR_NUMBER,SR_TYPE,SR_SHORT_CODE,OWNER_DEPARTMENT,STATUS,ORIGIN,CREATED_DATE,LAST_MODIFIED_DATE,CLOSED_DATE,"
        "STREET_ADDRESS,LATITUDE,LONGITUDE\n"
        "SR1,Fly Dumping Complaint,SDR,Streets,Completed,Mobile Device,07/04/2026 09:00:00 AM,07/05/2026 09:00:00 AM,"
        "07/05/2026 09:00:00 AM,1 W A ST,51.5,0.0001\n",
    )
    row = chicago.points.iloc[0]
    assert (row["complaint_id"], row["category"], row["channel"]) == ("SR1", "litter", "Mobile Device")
    assert moments(chicago.points["received_at"]) == ["2026-07-04 08:00"]
    assert moments(chicago.points["updated_at"]) == moments(chicago.points["closed_at"]) == ["2026-07-05 08:00"]
    francisco = read(
        tmp_path,
        "CaseID,Opened,Closed,Updated,Status,Status Notes,Responsible Agency,Category,Request Type,Request Details,"
        "Address,Source,Latitude,Longitude\n"
        "77,07/04/2026 09:00:00 AM,,07/04/2026 09:05:00 AM,Open,,DPW,Illegal Postings,Posting on pole,Flyer,1 A ST,"
        "Mobile/Open311,51.5,0.0001\n",
    )
    row = francisco.points.iloc[0]
    assert (row["category"], row["text"], row["channel"]) == ("illegal_advertising", "Flyer", "Mobile/Open311")
    assert row["source"] == "rows.csv", "the channel is not the origin of the data"


def test_fixmystreet_closes_by_fixing_too(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Report ID,Title,Detail,User Name,Category,Created,Confirmed,Acknowledged,Fixed,Closed,Status,Latitude,"
        "Longitude\n"
        "1,Sofa,An old sofa,,Flytipping,2026-01-02T10:00:00,2026-01-02T10:05:00,2026-01-03T10:00:00,"
        "2026-01-04T10:00:00,,fixed - council,51.5,0.0001\n"
        "2,Bus,Late bus,,Buses,2026-01-02T10:00:00,2026-01-02T10:05:00,,,2026-01-05T10:00:00,closed,51.5,0.0001\n",
    )
    assert moments(found.points["closed_at"]) == ["2026-01-04 10:00", "2026-01-05 10:00"]
    assert moments(found.points["answered_at"]) == ["2026-01-03 10:00", None]
    assert found.points["category"].tolist() == ["litter", "Buses"]
    assert found.unread == ["Title", "User Name", "Confirmed"]


def test_the_last_update_of_a_closed_open311_case_is_its_closing(tmp_path: Path) -> None:
    head = (
        "service_request_id,status,service_name,description,requested_datetime,updated_datetime,expected_datetime,"
        "lat,long\n"
    )
    found = read(
        tmp_path,
        head
        + "1,closed,Illegal parking,x,2026-04-14T06:00:00-08:00,2026-04-15T06:00:00-08:00,2026-04-16T06:00:00-08:00,"
        + "51.5,0.1\n"
        + "2,open,Street vendor,x,2026-04-14T06:00:00-08:00,2026-04-15T06:00:00-08:00,,51.5,0.1\n",
    )
    assert moments(found.points["closed_at"]) == ["2026-04-15 14:00", None]
    assert moments(found.points["due_at"]) == ["2026-04-16 14:00", None]
    assert found.points["category"].tolist() == ["illegal_parking_motor", "unlicensed_stall"]


def test_a_case_of_the_digital_city_is_read_whole(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "任务号,问题来源,问题类型,大类名称,小类名称,小类代码,上报时间,处置截止时间,处置时间,结案时间,案件状态,X坐标,Y坐标\n"
        "202605010009,视频智能,事件,街面秩序,沿街晾挂,0511,2026-05-01 08:00:00,2026-05-01 12:00:00,2026-05-01 09:00:00,"
        "2026-05-01 10:00:00,已结案,114.35,36.1\n",
    )
    row = found.points.iloc[0]
    assert (row["complaint_id"], row["category"], row["channel"]) == ("202605010009", "hung_laundry", "视频智能")
    assert moments(found.points["closed_at"]) == ["2026-05-01 02:00"]
    assert moments(found.points["due_at"]) == ["2026-05-01 04:00"]
    assert found.unread == ["问题类型", "大类名称", "小类代码", "处置时间"]


@pytest.mark.parametrize("make", MAKES, ids=lambda make: make.name)
def test_every_make_is_told_from_the_others_by_its_headers(make: Make) -> None:
    assert make_of([*make.needs, "more"]) is make
    assert make_of(make.needs[1:]) is not make
    assert make_of(make.needs, "stalls") is None


def test_a_due_day_ends_with_the_day(tmp_path: Path) -> None:
    head = "工单编号,来电时间,诉求内容,要求办结时间,经度,纬度\n"
    days = read(tmp_path, head + "1,2026-05-01 08:00,x,2026-05-03,114.35,36.1\n")
    assert moments(days.points["due_at"]) == ["2026-05-03 15:59"]
    clock = read(tmp_path, head + "1,2026-05-01 08:00,x,2026-05-03 18:00,114.35,36.1\n")
    assert moments(clock.points["due_at"]) == ["2026-05-03 10:00"]
