"""Lists of any kind: counts, ratings, working days, ages and what is overdue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.core.place import place_at
from geo.points.imports import add_points
from geo.points.other_lists import list_names, list_of, lists_of, working_days
from geo.points.reading import Options
from geo.study.file import read_layer
from geo.study.reader import Study


def test_working_days_skip_weekends() -> None:
    friday = ["2025-03-07 15:00"] * 3
    later = ["2025-03-07 16:00", "2025-03-10 09:00", "2025-03-11 02:00", "2025-03-11 03:00"]
    begin, end = (pd.to_datetime(pd.Series(times), utc=True) for times in ([*friday, None], later))
    begin, end = begin - pd.Timedelta(hours=8), end - pd.Timedelta(hours=8)
    anyang = place_at(114.3, 36.0, 114.4, 36.2)
    assert working_days(begin, end, anyang).tolist()[:3] == [0, 1, 2], "from a Friday to Monday is one working day"
    assert pd.isna(working_days(begin, end, anyang).iloc[3])


def test_any_list_has_counts_ratings_ages_and_what_is_overdue(study: Path, tmp_path: Path) -> None:
    place = read_layer(study, "roads").geometry.iloc[:40].map(lambda line: line.interpolate(0.5, normalized=True))
    rows = pd.DataFrame({"经度": [p.x for p in place], "纬度": [p.y for p in place]})
    kinds = ["店铺星级"] * 20 + ["外摆许可"] * 12 + ["围挡"] * 8
    rows["类型"] = kinds
    rows["名称"] = [f"{kind}{n}" for n, kind in enumerate(kinds)]
    rows["星级"] = [3 + n % 3 for n in range(20)] + [None] * 20
    rows["申请时间"] = ["2025-03-07 10:00"] * 40
    rows["审批时间"] = [None] * 20 + ["2025-03-10 11:00"] * 9 + ["2025-03-14 11:00"] * 3 + [None] * 8
    rows["到期时间"] = [None] * 32 + ["2025-04-01"] * 5 + ["2025-12-01"] * 3
    file = tmp_path / "名单.csv"
    rows.to_csv(file, index=False, encoding="gbk")
    add_points(study, file, "other", Study(study).profile, Options(crs="WGS84"))
    found = {each["list"]: each for each in lists_of(study, pd.Timestamp("2025-05-01", tz="UTC"))}
    assert {name: each["rows"] for name, each in found.items()} == {"店铺星级": 20, "外摆许可": 12, "围挡": 8}
    stars = found["店铺星级"]["rating"]
    assert stars
    assert stars["low"] is not None
    assert stars["high"] is not None
    assert stars["mean"] == pytest.approx(np.mean([3 + n % 3 for n in range(20)]), abs=1e-3)
    assert stars["low"] < stars["mean"] < stars["high"]
    assert found["外摆许可"]["answered"] == {
        "limit_days": 1,
        "answered": 12,
        "within_limit": 9,
        "share": 0.75,
        "median_days": 1.0,
    }
    late = found["围挡"]["overdue"]
    assert len(late) == 5
    assert all(row["days"] == pytest.approx(30.125, abs=0.05) for row in late), "from midnight in Helsinki"
    ages = found["围挡"]["age_days"]
    assert ages
    assert ages["open"] == 8
    assert sum(row["rows"] for row in found["围挡"]["by_quarter"]) == 8
    assert sum(row["overdue"] for row in found["围挡"]["by_street"]) == 5


ROWS = pd.DataFrame({"category": ["shop", None, "hoarding", None], "source": ["a.csv", "b.csv", "a.csv", "b.csv"]})


def test_a_row_is_of_its_category_else_of_its_file() -> None:
    assert list_of(ROWS).tolist() == ["shop", "b.csv", "hoarding", "b.csv"]


def test_lists_stand_in_the_order_in_which_tiles_number_them() -> None:
    assert list_names(ROWS) == ["b.csv", "hoarding", "shop"]
    assert list_names(ROWS.iloc[:0]) == []


def test_doubted_times_are_in_no_figure_of_a_list(study: Path, tmp_path: Path) -> None:
    head = "类型,名称,经度,纬度,申请时间,审批时间,到期时间\n"
    given = [
        ("好", "2025-03-07 10:00", "2025-03-07 12:00", ""),
        ("未结", "2025-03-07 10:00", "", "2025-04-01"),
        ("先批后申", "2025-03-07 10:00", "2025-03-01 10:00", ""),
        ("批于未来", "2025-03-07 10:00", "2035-03-01 10:00", ""),
        ("申于未来", "2062-03-07 10:00", "", ""),
        ("到期早于申请", "2025-03-07 10:00", "", "1990-03-01"),
    ]
    lines = [f"围挡,{name},24.9405,60.1702,{begin},{end},{due}" for name, begin, end, due in given]
    file = tmp_path / "围挡.csv"
    file.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    add_points(study, file, "other", Study(study).profile, Options(crs="WGS84"))
    (found,) = lists_of(study, pd.Timestamp("2025-05-01", tz="UTC"))
    assert found["rows"] == 6, "all are kept"
    assert found["answered"] is not None
    assert (found["answered"]["answered"], found["answered"]["share"]) == (1, 1.0)
    assert found["age_days"] is not None
    assert (found["age_days"]["open"], found["age_days"]["median"]) == (2, 54.7)
    assert [row["name"] for row in found["overdue"]] == ["未结"]
    assert sum(row["overdue"] for row in found["by_street"]) == 1
    assert found["left_out"]["answered"] == {"closed_doubted": 2}
    assert found["left_out"]["age_days"] == {"closed_doubted": 2, "received_doubted": 1}
    assert found["left_out"]["overdue"] == {"closed_doubted": 2, "due_doubted": 1}
    earlier = lists_of(study, pd.Timestamp("2025-03-07T08:30Z"))[0]
    assert earlier["answered"] is None, "approved later that day"
    assert earlier["age_days"] is not None
    assert earlier["age_days"]["open"] == 3
