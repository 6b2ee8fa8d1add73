"""Markets, car parks, toilets: who has one within a walk, and where the next ones go; other lists of points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from geo.core.errors import StudyError
from geo.core.masked_words import masked
from geo.core.text import Text, pick
from geo.core.vocabulary import KIND_NAMES, KINDS, TIER_NAMES, FacilityKind, facility_kind
from geo.facilities.candidates import Source
from geo.facilities.coverage_study import cover
from geo.facilities.decisions import decide_site
from geo.facilities.facility_study import DemandSource
from geo.facilities.location_problem import Model
from geo.facilities.population import set_population
from geo.facilities.residents import SOURCES
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.points.documents import ListDocument
from geo.points.other_lists import lists_of
from geo.study.left_out import left_out_text, most_left_out
from jiexu.language import language
from jiexu.shared import (
    AsJson,
    Sheets,
    Study,
    day,
    errors_as_messages,
    print_document,
    say,
    say_finding,
    say_left_out,
)

app = typer.Typer()

STOPPED: Final = {
    "no_gain": Text("再多的点位没有增益", "More sites would gain nothing"),
    "budget": Text("预算不足以再增加点位", "The budget allows no more sites"),
}
"""Reasons for fewer sites than were asked for."""

_SHOWN: Final = 12
"""So many gaps are listed."""


def _kind(word: str) -> FacilityKind:
    """Return a kind of facility by code or name, as an option gives it."""
    try:
        return facility_kind(word)
    except StudyError as error:
        raise typer.BadParameter(error.sentence(language())) from error


Kind = Annotated[
    FacilityKind,
    typer.Option(parser=_kind, metavar="KIND", help=f"{', '.join(KINDS)}.", autocompletion=lambda: list(KINDS)),
]
Within = Annotated[
    float | None, typer.Option(min=1, metavar="M", help="The standard in metres; by default from the rules.")
]
Need = Annotated[
    DemandSource, typer.Option("--demand", help="residents, or points: stalls that need a hall, complaints.")
]


@app.command(epilog="Example: `jiexu coverage anyang.gpkg --kind market --within 500`")
@errors_as_messages
def coverage(
    study: Study, kind: Kind, within: Within = None, demand: Need = "residents", as_json: AsJson = False
) -> None:
    """Compute the coverage of markets, car parks or toilets on foot, by street, quarter and tier, and the gaps."""
    summary = cover(study, kind, within, demand)
    if as_json:
        print_document(summary)
        return
    for row in summary["by_tier"]:
        typer.echo(f"{TIER_NAMES[row['group']].pick(language())}  {row['share']:.0%}  {row['left_out']:,.0f}")
    for gap in summary["gaps"][:_SHOWN]:
        walk = "–" if gap["walk_m"] is None else f"{gap['walk_m']:,.0f} m"
        typer.echo(f"{gap['gap_id']}  {gap['demand']:,.0f}  {walk}  {gap['streets']}")
    name = KIND_NAMES[kind]
    say_left_out(summary["demand"]["left_out"])
    names = [SOURCES[source] for source in summary["demand"]["sources"]]
    zh, en = "、".join(each.zh for each in names), "; ".join(each.en for each in names)
    ways, homes = summary["walking"], summary["residents"]
    say(
        Text(
            f"可步行 {ways['open_km']:.1f} 公里；{ways['private_km']:.1f} 公里只供沿线自身出入；"
            f"{ways['closed_km']:.1f} 公里不可步行（规则 network.walk）",
            f"walked: {ways['open_km']:.1f} km; {ways['private_km']:.1f} km for their own addresses only; "
            f"{ways['closed_km']:.1f} km closed (rules network.walk)",
        )
    )
    if homes is not None:
        say(
            Text(
                f"有已测绘住宅的街道：{homes['streets_with_homes']:.0%}",
                f"streets with mapped homes: {homes['streets_with_homes']:.0%}",
            )
        )
        if homes["refused"]:
            typer.echo(pick(homes["refused"], language()))
    say(
        Text(
            f"{name.zh} {summary['facilities']['count']} 处；步行 {summary['within_m']:.0f} 米内覆盖 "
            f"{summary['share']:.1%}（需求 {summary['demand']['total']:,.0f}，来源：{zh}）",
            f"{name.en}: {summary['facilities']['count']}; {summary['share']:.1%} covered within "
            f"{summary['within_m']:.0f} m on foot (demand {summary['demand']['total']:,.0f}, from: {en})",
        )
    )


@app.command(epilog="Example: `jiexu site anyang.gpkg --kind toilet --count 5 --model coverage`")
@errors_as_messages
def site(
    study: Study,
    kind: Kind,
    count: Annotated[int, typer.Option(min=0, help="Maximum number of new facilities.")] = 1,
    model: Annotated[Model, typer.Option(help="The objective.")] = "coverage",
    within: Within = None,
    candidates: Annotated[
        Path | None, typer.Option(help="A file of areas or points: name, capacity, price if known.")
    ] = None,
    source: Annotated[Source, typer.Option("--from", help="Where candidates come from without a file.")] = "junctions",
    closable: Annotated[
        str, typer.Option(metavar="IDS", help="Comma-separated ids of facilities that may close, or `all`.")
    ] = "",
    budget: Annotated[
        float | None, typer.Option(min=0, metavar="SUM", help="Budget for new facilities, in the candidates' prices.")
    ] = None,
    capacity: Annotated[bool, typer.Option("--capacity", help="Respect the capacity of facilities.")] = False,
    seconds: Annotated[
        float | None,
        typer.Option(min=1, metavar="S", help="Computing time for all of it at most; by default from the rules."),
    ] = None,
    demand: Need = "residents",
    as_json: AsJson = False,
) -> None:
    """Choose sites for new facilities, with the gain of each, a proof and the stability of the choice."""
    request = SiteRequest(
        number=count,
        model=model,
        within_m=within,
        source=source,
        file=candidates,
        closable=tuple(part.strip() for part in closable.split(",") if part.strip()),
        budget=float("inf") if budget is None else budget,
        with_capacity=capacity,
        seconds=seconds,
    )
    summary = choose_sites(study, kind, request, demand)
    if as_json:
        print_document(summary)
        return
    for row in summary["sites"]:
        typer.echo(
            f"{row['rank']:>2}  {row['lon']:.6f},{row['lat']:.6f}  {row['name'] or '-'}  +{row['gain']:,.0f}  "
            f"{row['chosen_share']:.0%}  {row['site_id']}"
        )
    for row in summary["closed"]:
        typer.echo(f"{'关闭' if language() == 'zh' else 'close'}  {row['name'] or row['site_id']}")
    if summary["stopped_by"] in STOPPED and summary["proposed"] < max(summary["count"], 1):
        say(STOPPED[summary["stopped_by"]])
    for undone in summary["not_done"]:
        typer.echo(f"{'时限内未完成' if language() == 'zh' else 'not done in time'}: {pick(undone, language())}")
    before, after = summary["share_before"], summary["share"]
    if summary["refused"]:
        typer.echo(pick(summary["refused"], language()))
        say(
            Text(
                f"覆盖约 {before:.1%} → {after:.1%}（估算，不作最优性证明）",
                f"covered about {before:.1%} -> {after:.1%} (an estimate, without a proof)",
            )
        )
        return
    gap, stable = summary["proven_gap"] or 0.0, summary["stability"]
    proof = Text("已证明最优", "proven optimal") if summary["proven"] else Text(
        f"与可能的最优之差不超过 {gap:.2%}", f"at most {gap:.2%} from the best possible"
    )  # fmt: skip
    say(
        Text(
            f"目标值 {summary['objective']:,.1f}，任何方案不优于 {summary['bound']:,.1f}；计算用时 "
            f"{summary['computing_s']:.1f} 秒，时限 {summary['seconds']:.0f} 秒",
            f"objective {summary['objective']:,.1f}, no choice is better than {summary['bound']:,.1f}; computing time "
            f"{summary['computing_s']:.1f} s of {summary['seconds']:.0f} s",
        )
    )
    say(
        Text(
            f"覆盖 {before:.1%} → {after:.1%}（{proof.zh}）；需求或步行相差 {stable['off_by']:.0%} 时，最多比最优少 "
            f"{stable['worst_regret']:.1%}",
            f"covered {before:.1%} -> {after:.1%} ({proof.en}); with demand or walks wrong by "
            f"{stable['off_by']:.0%} it falls short of the optimum by at most {stable['worst_regret']:.1%}",
        )
    )


@app.command(
    "accept-site",
    epilog='Example: `jiexu accept-site anyang.gpkg --kind toilet --lon 114.35 --lat 36.1 --reason "…"`',
)
@errors_as_messages
def accept_site(
    study: Study,
    kind: Kind,
    lon: Annotated[float, typer.Option(min=-180, max=180, help="Longitude in degrees, WGS 84.")],
    lat: Annotated[float, typer.Option(min=-90, max=90, help="Latitude in degrees, WGS 84.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the decision.")],
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
) -> None:
    """Record that a facility will stand at a place; it counts as decided from then on."""
    typer.echo(decide_site(study, kind, lon, lat, reason, by))


@app.command(epilog="Example: `jiexu population anyang.gpkg 社区人口.xlsx --total 543000`")
@errors_as_messages
def population(
    study: Study,
    file: Annotated[
        Path | None, typer.Argument(help="Areas or points with people, or quarters by name.", show_default=False)
    ] = None,
    total: Annotated[float | None, typer.Option(min=0, help="The known number of residents; 0 removes it.")] = None,
    sheets: Sheets = None,
    as_json: AsJson = False,
) -> None:
    """Import the population: by areas, points of a grid or quarters, or as one known number."""
    if file is None and total is None:
        raise StudyError(
            Text("没有给出人口", "No population is given"),
            Text("请给出文件，或用 --total 给出总数", "Give a file, or the number with --total"),
        )
    summary = set_population(study, file, total, sheets=tuple(sheets or ()))
    if as_json:
        print_document(summary)
        return
    for finding in summary["findings"]:
        say_finding("" if file is None else masked(file.name), finding)
    known = summary["total"]
    say(
        Text(
            f"人口数据 {summary['rows']} 条，共 {summary['residents']:,.0f} 人"
            + (f"；总数校准为 {known:,.0f}" if known else ""),
            f"{summary['rows']} rows of population, {summary['residents']:,.0f} people"
            + (f"; calibrated to {known:,.0f}" if known else ""),
        )
    )


@app.command(epilog="Example: `jiexu lists anyang.gpkg`")
@errors_as_messages
def lists(
    study: Study,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day for ages and overdue rows; by default now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the figures of other lists of points: shops' stars, permits, hoardings, works, and overdue rows."""
    found = lists_of(study, None if at is None else day(at, study))
    if as_json:
        print_document(found)
        return
    for each in found:
        typer.echo(_line(each).pick(language()))


def _line(each: ListDocument) -> Text:
    zh, en = [f"{each['list']}：{each['rows']} 条"], [f"{each['list']}: {each['rows']} rows"]
    if each["rating"]:
        zh.append(f"平均 {each['rating']['mean']:.1f} 星")
        en.append(f"{each['rating']['mean']:.1f} stars on average")
    if each["answered"]:
        share, limit = each["answered"]["share"], each["answered"]["limit_days"]
        zh.append(f"{share:.0%} 在 {limit} 个工作日内办结")
        en.append(f"{share:.0%} answered within {limit} working day(s)")
    if each["age_days"]:
        zh.append(f"未结 {each['age_days']['open']} 条，已 {each['age_days']['median']:.0f} 天（中位）")
        en.append(f"{each['age_days']['open']} open for {each['age_days']['median']:.0f} days (median)")
    zh.append(f"超期 {len(each['overdue'])}")
    en.append(f"{len(each['overdue'])} overdue")
    if left_out := most_left_out(each["left_out"]):
        zh.append(left_out_text(left_out).zh)
        en.append(left_out_text(left_out).en)
    return Text("，".join(zh), ", ".join(en))
