"""Complaints: hot spots, responses and patrols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import typer

from geo.complaints.answer_documents import ResponseDocument
from geo.complaints.answer_times import FAR_BEHIND_DAYS
from geo.complaints.documents import ChangedStreet, HotStreet
from geo.complaints.hot_streets import CROSS_VALIDATED, Moment
from geo.complaints.patrol_documents import DistrictDocument
from geo.complaints.patrol_study import PEOPLE, plan_patrols
from geo.complaints.study import find_hotspots, response_of
from geo.core.text import Text, pick
from geo.core.vocabulary import TIER_NAMES
from geo.points.categories import CATEGORIES
from geo.study.left_out import left_out_text
from jiexu.language import language
from jiexu.shared import AsJson, Study, bad_option, day, errors_as_messages, print_document, say, say_left_out

app = typer.Typer()

_PARTS: Final = {
    "shares": Text("处置占比", "shares"),
    "hours": Text("办结用时与超期", "times and overdue complaints"),
    "tiers": Text("按等级", "by tier"),
    "weekday_hours": Text("按月和按时段", "by month and hour"),
    "repeats": Text("反复点与措施效果", "recurring spots and measures"),
}
"""The figures whose rows left out are said in words; the document has all."""


@app.command(epilog="Example: `jiexu hotspots anyang.gpkg --category unlicensed_stall --bandwidth cv`")
@errors_as_messages
def hotspots(
    study: Study,
    category: Annotated[
        str | None, typer.Option(help=f"Only this category: {', '.join(CATEGORIES)}, or as written.")
    ] = None,
    bandwidth: Annotated[
        str | None,
        typer.Option(metavar="M", help=f"The kernel's bandwidth in metres; {CROSS_VALIDATED}: by cross-validation."),
    ] = None,
    exposure: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="A column of roads to divide by; by default the length.")
    ] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="MONTH", help="The first month: 2025-03.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="MONTH", help="The last month.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="The density around this day: 2025-12-01; with --days.")
    ] = None,
    days: Annotated[
        float, typer.Option(min=1, help="Time bandwidth in days: complaints further from --at are ignored.")
    ] = 30,
    as_json: AsJson = False,
) -> None:
    """Find hot spots of complaints beyond chance, with new, lasting and fading ones."""
    months = None
    if since or until:
        months = (_month(since) if since else "0001-01", _month(until) if until else "9998-12")
    when = None if at is None else Moment(day(at, study), days)
    summary = find_hotspots(study, category, _metres(bandwidth), exposure, months, when)
    if as_json:
        print_document(summary)
        return
    for row in summary["streets"]:
        typer.echo(_hot_street(row))
    for changed in summary["worse"]:
        typer.echo(_worse(changed))
    if says := summary["change"]["says"]:
        typer.echo(pick(says, language()))
    for cluster in summary["clusters"]:
        typer.echo(
            Text(
                f"聚集区 {cluster['cluster']}：{'、'.join(cluster['streets'])}；投诉 {cluster['complaints']} 件，"
                f"涉及 {cluster['places']} 处，按平均应为 {cluster['expected']} 处，p {cluster['p_value']:.3f}",
                f"cluster {cluster['cluster']}: {', '.join(cluster['streets'])}; {cluster['complaints']} complaints "
                f"about {cluster['places']} places, {cluster['expected']} expected, p {cluster['p_value']:.3f}",
            ).pick(language())
        )
    again = summary["repeats"]
    say(
        Text(
            f"投诉 {summary['complaints']} 件，涉及 {summary['places']} 处，带宽 {summary['bandwidth_m']:.0f} 米；"
            f"自身偏高路段 {summary['high']} 段，热点片区内 {summary['hot']} 段；反复点 {again['spots']} 处",
            f"{summary['complaints']} complaints about {summary['places']} places, bandwidth "
            f"{summary['bandwidth_m']:.0f} m; {summary['high']} segments high themselves, {summary['hot']} in hot "
            f"neighbourhoods; {again['spots']} recurring spots",
        )
    )
    say_left_out(summary["left_out"]["streets"])


def _called(name: str | None) -> str:
    return name or ("无名道路" if language() == "zh" else "unnamed street")


def _hot_street(row: HotStreet) -> str:
    name, number = _called(row["name"]), row["complaints"]
    if not row["high"]:
        around = Text("", "")
        if row.get("near_ratio") is not None:
            within = _within(row["near_low"], row["near_high"])
            around = Text(
                f"周边地点为预期的 {row['near_ratio']:.1f} 倍{within}，",
                f"{row['near_ratio']:.1f} times the places expected{within}, ",
            )
        return Text(
            f"{name}  所在片区为热点（{around.zh}Gi* {row['gi_z']:.1f}，{row['hot_m']:,.0f} 米）；"
            f"自身投诉 {number} 件，不偏高",
            f"{name}  in a hot neighbourhood ({around.en}Gi* {row['gi_z']:.1f}, {row['hot_m']:,.0f} m); not high "
            f"itself: {number} complaints",
        ).pick(language())
    near = Text("；片区也是热点", "; in a hot neighbourhood too") if row["hot_neighbourhood"] else Text("", "")
    if row["ratio"] is None:
        than = Text("可比街道没有投诉", "none on comparable streets")
    else:
        within = _within(row["ratio_low"], row["ratio_high"])
        than = Text(
            f"投诉率为可比街道的 {row['ratio']:.1f} 倍{within}",
            f"{row['ratio']:.1f} times the rate of comparable streets{within}",
        )
    return Text(
        f"{name}  自身偏高：投诉 {number} 件，{than.zh}{near.zh}",
        f"{name}  high itself: {number} complaints, {than.en}{near.en}",
    ).pick(language())


def _worse(row: ChangedStreet) -> str:
    times = Text("", "")
    if row["ratio"] is not None:
        within = _within(row["low"], row["high"])
        times = Text(f"，{row['ratio']:.1f} 倍{within}", f", {row['ratio']:.1f} times as many{within}")
    if row.get("year_ratio") is not None:
        within = _within(row["year_low"], row["year_high"])
        times = Text(
            f"{times.zh}；相对全市，为去年同期的 {row['year_ratio']:.1f} 倍{within}",
            f"{times.en}; against the rest of the city {row['year_ratio']:.1f} times the same months of last "
            f"year{within}",
        )
    return Text(
        f"变差：{_called(row['name'])}  自 {row['since']} 起每月 {row['after_per_month']:.1f} 件，此前 "
        f"{row['before_per_month']:.1f} 件{times.zh}",
        f"worse: {_called(row['name'])}  {row['after_per_month']:.1f} a month since {row['since']}, "
        f"{row['before_per_month']:.1f} before{times.en}",
    ).pick(language())


def _within(low: float | None, high: float | None) -> str:
    """Return an interval in brackets."""
    if low is None:
        return ""
    return f" ({low:.1f}–{'∞' if high is None else f'{high:.1f}'})"


def _metres(text: str | None) -> float | str | None:
    if text is None or text == CROSS_VALIDATED:
        return text
    try:
        metres = float(text)
    except ValueError as error:
        raise bad_option(
            Text(f"--bandwidth 须为米数，或 {CROSS_VALIDATED}", f"--bandwidth takes metres, or {CROSS_VALIDATED}")
        ) from error
    if not 1 <= metres <= 5000:
        raise bad_option(Text("--bandwidth 须为 1 至 5000 米", "--bandwidth takes 1 to 5000 metres"))
    return metres


def _month(text: str) -> str:
    from geo.files.moments import moment_of  # noqa: PLC0415 (loads pandas, which few verbs need here)

    try:
        return f"{moment_of(text, 'UTC'):%Y-%m}"
    except ValueError as error:
        raise bad_option(Text("月份写作 2025-03", "a month is written as 2025-03")) from error


@app.command(epilog="Example: `jiexu response anyang.gpkg --json`")
@errors_as_messages
def response(
    study: Study,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The moment for ages and overdue ones: 2025-12-01T08:00; by default now."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report the responses to complaints: shares of the 721 method, times to close, overdue complaints."""
    summary = response_of(study, None if at is None else day(at, study))
    if as_json:
        print_document(summary)
        return
    zh = language() == "zh"
    if found := summary["shares"]:
        target = summary["target"]
        for title, share, low, high, aim in (
            (
                Text("服务", "service"),
                found["service"],
                found["service_low"],
                found["service_high"],
                target["service"],
            ),
            (
                Text("管理", "management"),
                found["management"],
                found["management_low"],
                found["management_high"],
                target["management"],
            ),
            (
                Text("执法", "enforcement"),
                found["enforcement"],
                found["enforcement_low"],
                found["enforcement_high"],
                target["enforcement"],
            ),
        ):
            typer.echo(
                f"{title.pick(language())} {share:.0%} ({low:.0%}–{high:.0%})  {'目标' if zh else 'target'} {aim:.0%}"
            )
    hours = summary["hours"]
    typer.echo(
        Text(
            f"办结用时：中位 {_hours(hours['median'])}，90% {_hours(hours['p90'])}；未办结 {hours['open']}，"
            f"超期未结 {len(summary['overdue'])}",
            f"time to close: median {_hours(hours['median'])}, 90 % {_hours(hours['p90'])}; {hours['open']} open, "
            f"{len(summary['overdue'])} of them overdue",
        ).pick(language())
    )
    for channel in summary["channels"]:
        in_time = "-" if channel["within_limit"] is None else f"{channel['within_limit']:.0%}"
        half = _hours(channel["median_hours"])
        typer.echo(f"  {channel['channel'] or '-'}  {channel['complaints']}  {half}  {in_time}")
    for tier in summary["tiers"]:
        within = "" if tier["low"] is None else f" ({tier['low']:.2f}–{tier['high']:.2f})"
        rate = "-" if tier["rate"] is None else f"{tier['rate']:.2f}"
        typer.echo(f"{TIER_NAMES[tier['tier']].pick(language())}  {rate}{within} /km/{'月' if zh else 'month'}")
    for effect in summary["measures"]:
        typer.echo(
            f"{effect['decision_id']}  {effect['name'] or effect['street_id']}  {pick(effect['says'], language())}"
        )
    for line in _reservations(summary):
        say(line)


def _reservations(summary: ResponseDocument) -> Iterator[Text]:
    """Return sentences on the time of the figures, and on the complaints that they leave out."""
    if summary["until"] is not None and summary["since"] is not None:
        first, last, then = (str(summary[key])[:10] for key in ("since", "until", "at"))
        yield Text(
            f"数据自 {first} 至 {last}，每月数量按此计算；未办结的时长算至 {then}",
            f"data from {first} to {last}, by which rates are per month; open complaints are aged to {then}",
        )
    if (summary["days_behind"] or 0) > FAR_BEHIND_DAYS:
        yield Text(
            f"数据止于 {summary['days_behind']:.0f} 天前：其后办结的投诉仍算未办结；"
            f"如要看当时情形，请加 --at {summary['until']}",
            f"the data end {summary['days_behind']:.0f} days earlier: complaints closed since then still count as "
            f"open; for the state of then, add --at {summary['until']}",
        )
    if nowhere := summary["without_place"]["cases"]:
        yield Text(
            f"{nowhere} 件没有位置：计入占比和用时，不计入街道、片区、等级和反复点",
            f"{nowhere} complaints without a place count in shares and times, not by street, quarter and tier, nor in "
            "recurring spots",
        )
    for name, title in _PARTS.items():
        if left_out := summary["left_out"][name]:
            says = left_out_text(left_out)
            yield Text(f"{title.zh}：{says.zh}", f"{title.en}: {says.en}")


def _hours(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} h"


@app.command(epilog="Example: `jiexu patrols anyang.gpkg --people 50`")
@errors_as_messages
def patrols(
    study: Study,
    people: Annotated[
        int | None,
        typer.Option(min=1, help=f"Number of supervisors; by default {PEOPLE}, or with --without all others."),
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(metavar="W01,…", help="Districts without a supervisor: their streets go to the neighbours."),
    ] = None,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Divide anew; by default earlier districts are kept as far as possible.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Divide the streets among supervisors by work, with a walking round for each and priorities by hour."""
    ending = tuple(name for word in (without or "").replace("，", ",").split(",") if (name := word.strip()))
    if afresh and ending:
        raise bad_option(
            Text("--afresh 与 --without 不能同用", "--afresh and --without exclude each other: one ends all districts")
        )
    summary = plan_patrols(study, people, not afresh, ending)
    if as_json:
        print_document(summary)
        return
    for row in summary["districts"]:
        typer.echo(_district(row))
    typer.echo(
        Text(
            f"最重巡查片区为平均的 {summary['balance']:.2f} 倍（不可能低于 {summary['bound']:.2f}）",
            f"the heaviest district has {summary['balance']:.2f} times the mean (no division has less than "
            f"{summary['bound']:.2f})",
        ).pick(language())
    )
    if kept := summary["kept"]:
        typer.echo(
            Text(
                f"沿用原有片区：按长度 {kept['share']:.0%} 的街道未换片区；撤销 {_listed(kept['ended'])}，"
                f"新增 {_listed(kept['added'])}",
                f"earlier districts kept: {kept['share']:.0%} of street length stays in its district; ended "
                f"{_listed(kept['ended'])}, new {_listed(kept['added'])}",
            ).pick(language())
        )
    for sentence in summary["says"]:
        typer.echo(pick(sentence, language()))
    say_left_out(summary["left_out"]["districts"])


def _listed(names: list[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(names) or "–"


def _district(row: DistrictDocument) -> str:
    streets = ("、" if language() == "zh" else ", ").join(row["streets"])
    return Text(
        f"{row['district_id']}  {streets}  {row['length_m'] / 1000:.1f} 公里，投诉 {row['complaints']} 件，"
        f"巡查 {row['round_m'] / 1000:.1f} 公里（不少于 {row['bound_m'] / 1000:.1f}），走遍 {row['stops']} 个路段",
        f"{row['district_id']}  {streets}  {row['length_m'] / 1000:.1f} km, {row['complaints']} complaints, round of "
        f"{row['round_m'] / 1000:.1f} km (none under {row['bound_m'] / 1000:.1f}) along {row['stops']} segments",
    ).pick(language())
