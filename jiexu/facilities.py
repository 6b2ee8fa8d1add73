"""Markets, car parks, toilets: who has one within a walk, and where the next ones go; other lists of points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from geo.core.errors import StudyError
from geo.core.text import Text, pick
from geo.core.vocabulary import KIND_NAMES, KINDS, TIER_NAMES
from geo.facilities.candidates import SOURCES as CANDIDATES
from geo.facilities.coverage_study import Asked, check_kind, cover, set_population
from geo.facilities.decisions import decide_site
from geo.facilities.location_models import MODELS
from geo.facilities.residents import SOURCES
from geo.facilities.site_study import Wish, choose_sites
from geo.points.documents import ListDocument
from geo.points.other_lists import lists_of
from jiexu.language import language
from jiexu.shared import AsJson, Study, day, print_document, say, speaks

app = typer.Typer()

Kind = Annotated[str, typer.Option(help=f"{', '.join(KINDS)}.")]
Within = Annotated[
    float | None, typer.Option(min=1, metavar="M", help="The standard in metres; by default the rules say.")
]
Need = Annotated[
    str, typer.Option("--demand", help="residents, or points: stalls that need a hall, complaints.", show_default=True)
]


def _asked(text: str) -> Asked:
    if text not in ("residents", "points"):
        raise typer.BadParameter("--demand takes residents or points")
    return cast(Asked, text)


@app.command(epilog="Example: `jiexu coverage anyang.gpkg --kind market --within 500`")
@speaks
def coverage(
    study: Study, kind: Kind, within: Within = None, demand: Need = "residents", as_json: AsJson = False
) -> None:
    """Say who has a market, a car park or a toilet within a walk, by street, quarter and tier, and who is left out."""
    summary = cover(study, check_kind(kind), within, _asked(demand))
    if as_json:
        print_document(summary)
        return
    for row in summary["by_tier"]:
        typer.echo(f"{TIER_NAMES[row['group']].pick(language())}  {row['share']:.0%}  {row['left_out']:,.0f}")
    for gap in summary["gaps"][:_SHOWN]:
        walk = "–" if gap["walk_m"] is None else f"{gap['walk_m']:,.0f} m"
        typer.echo(f"{gap['gap_id']}  {gap['demand']:,.0f}  {walk}  {gap['streets']}")
    name = KIND_NAMES[check_kind(kind)]
    names = [SOURCES[source] for source in summary["demand"]["sources"]]
    zh, en = "、".join(each.zh for each in names), "; ".join(each.en for each in names)
    say(
        Text(
            f"{name.zh} {summary['facilities']['count']} 处；步行 {summary['within_m']:.0f} 米内覆盖 "
            f"{summary['share']:.1%}（需求 {summary['demand']['total']:,.0f}，来源：{zh}）",
            f"{summary['facilities']['count']} of the kind {name.en}; {summary['share']:.1%} have one within "
            f"{summary['within_m']:.0f} m on foot (of {summary['demand']['total']:,.0f}, from: {en})",
        )
    )


_SHOWN = 12


@app.command(epilog="Example: `jiexu site anyang.gpkg --kind toilet --count 5 --model coverage`")
@speaks
def site(
    study: Study,
    kind: Kind,
    count: Annotated[int, typer.Option(min=0, help="How many new ones at most.")] = 1,
    model: Annotated[str, typer.Option(help=f"{', '.join(MODELS)}.")] = "coverage",
    within: Within = None,
    candidates: Annotated[
        Path | None, typer.Option(help="A file of areas or points: name, capacity, price if known.")
    ] = None,
    source: Annotated[str, typer.Option("--from", help=f"Without a file: {', '.join(CANDIDATES)}.")] = "junctions",
    closable: Annotated[
        str, typer.Option(metavar="IDS", help="Facilities that may be closed, each for one more new one; or all.")
    ] = "",
    budget: Annotated[
        float | None, typer.Option(min=0, metavar="SUM", help="What new ones may cost, by the candidates' prices.")
    ] = None,
    capacity: Annotated[bool, typer.Option("--capacity", help="Facilities take no more than their capacity.")] = False,
    demand: Need = "residents",
    as_json: AsJson = False,
) -> None:
    """Choose sites for new facilities, with proof: what each adds, and how surely it is right."""
    if model not in MODELS:
        raise typer.BadParameter(f"--model takes {', '.join(MODELS)}")
    if source not in CANDIDATES:
        raise typer.BadParameter(f"--from takes {', '.join(CANDIDATES)}")
    wish = Wish(
        number=count,
        model=model,
        within_m=within,
        source=source,
        file=candidates,
        closable=tuple(part.strip() for part in closable.split(",") if part.strip()),
        budget=float("inf") if budget is None else budget,
        with_capacity=capacity,
    )
    summary = choose_sites(study, check_kind(kind), wish, _asked(demand))
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
    proof = Text("已证明最优", "proven best") if summary["proven"] else Text(
        f"与最优之差不超过 {summary['proven_gap']:.2%}", f"within {summary['proven_gap']:.2%} of the best"
    )  # fmt: skip
    say(
        Text(
            f"覆盖 {summary['share_before']:.1%} → {summary['share']:.1%}（{proof.zh}）；需求或步行相差 "
            f"{summary['stability']['off_by']:.0%} 时，最多比最优少 {summary['stability']['worst_regret']:.1%}",
            f"covered {summary['share_before']:.1%} -> {summary['share']:.1%} ({proof.en}); with demand or walks off "
            f"by {summary['stability']['off_by']:.0%} it falls short of the best by at most "
            f"{summary['stability']['worst_regret']:.1%}",
        )
    )


@app.command(
    "accept-site",
    epilog='Example: `jiexu accept-site anyang.gpkg --kind toilet --lon 114.35 --lat 36.1 --reason "…"`',
)
@speaks
def accept_site(
    study: Study,
    kind: Kind,
    lon: Annotated[float, typer.Option(min=-180, max=180, help="Longitude in degrees, WGS 84.")],
    lat: Annotated[float, typer.Option(min=-90, max=90, help="Latitude in degrees, WGS 84.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the decision.")],
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
) -> None:
    """Record that a facility will stand at a place; it counts as decided from then on."""
    typer.echo(decide_site(study, check_kind(kind), lon, lat, reason, by))


@app.command(epilog="Example: `jiexu population anyang.gpkg 社区人口.xlsx --total 543000`")
@speaks
def population(
    study: Study,
    file: Annotated[
        Path | None, typer.Argument(help="Areas or points with people, or quarters by name.", show_default=False)
    ] = None,
    total: Annotated[float | None, typer.Option(min=0, help="The known number of residents; 0 forgets it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give the population: by areas, points of a grid or quarters, or as one known number."""
    if file is None and total is None:
        raise StudyError(
            Text("没有给出人口", "No population is given"),
            Text("请给出文件，或用 --total 给出总数", "Give a file, or the number with --total"),
        )
    summary = set_population(study, file, total)
    if as_json:
        print_document(summary)
        return
    for finding in summary["findings"]:
        problem, action = (pick(finding[part], language()) for part in ("problem", "action"))
        typer.echo(f"{'' if file is None else file.name}:{finding['row'] or ''}  {problem} → {action}")
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
@speaks
def lists(
    study: Study,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="Ages and what is overdue on this day; by default now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give the figures of other lists of points: shops' stars, permits, hoardings, works and what is overdue."""
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
    zh.append(f"逾期 {len(each['overdue'])}")
    en.append(f"{len(each['overdue'])} overdue")
    return Text("，".join(zh), ", ".join(en))
