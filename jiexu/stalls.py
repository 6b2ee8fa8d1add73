"""Stalls: zones, checks of a place, relocation, penalty steps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from geo.core.text import Text
from geo.files.moments import moment_of
from geo.rules.articles import article_names
from geo.rules.loader import load_profile
from geo.stalls.decisions import decide_zone
from geo.stalls.penalty_steps import STEP_NAMES, record_step, step_documents, steps_due
from geo.stalls.plan import UseKind
from geo.stalls.relocation import guidance_document
from geo.stalls.study import check_place, guide_stalls, plan_stalls
from geo.stalls.supply import CAPPED_BY
from geo.stalls.verdicts import VERDICT_NAMES
from geo.study.file import read_layer
from geo.study.reader import open_study
from jiexu.language import language
from jiexu.shared import (
    AsJson,
    OnDay,
    Study,
    bad_option,
    errors_as_messages,
    print_document,
    rule_title,
    rules_day_of,
    say,
    under_rules,
)

app = typer.Typer()


@app.command(epilog="Example: `jiexu stalls anyang.gpkg --rules our-city.yaml`")
@errors_as_messages
def stalls(
    study: Study,
    rules: Annotated[
        str | None, typer.Option(help="A profile or a YAML file, saved as the study's rules; by default its own.")
    ] = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Compute kerbs, exclusions, zones for stalls and displays, and judge the stalls."""
    opened = under_rules(study, on)
    summary = plan_stalls(opened, load_profile(rules, opened.day) if rules else None)
    if as_json:
        print_document(summary)
        return
    zh = language() == "zh"
    pitches, taken = summary["pitches"], {cap: count for cap, count in summary["capped_by"].items() if count}
    bounds = [Text(f"{CAPPED_BY[cap].zh} {n:,}", f"{CAPPED_BY[cap].en} {n:,}") for cap, n in taken.items()]
    typer.echo(
        Text(
            f"摊位：宜设 {pitches['likely']:,}（{pitches['low']:,}–{pitches['high']:,}）；"
            f"几何上限 {summary['pitches_geometric']:,}，其中扣除：{'，'.join(text.zh for text in bounds) or '无'}",
            f"pitches: {pitches['likely']:,} ({pitches['low']:,} to {pitches['high']:,}); "
            f"{summary['pitches_geometric']:,} fit the kerb, "
            f"less: {', '.join(text.en for text in bounds) or 'nothing'}",
        ).pick(language())
    )
    typer.echo(f"{summary['profile']['name']} {summary['profile']['hash']}  {summary['moment']}")
    head = ("路缘全长", "米", "摊位") if zh else ("all kerbs", "m", "pitches")
    typer.echo(f"{summary['kerb_km'] * 1000:>12,.0f} {head[1]}  {head[0]}")
    for rule, metres in summary["metres_lost"].items():
        typer.echo(
            f"{-metres:>12,.0f} {head[1]} {-summary['pitches_lost'][rule]:>8,} {head[2]}  {rule_title(rule)}  ({rule})"
        )
    left = "剩余可用" if zh else "left"
    typer.echo(f"{summary['free_m']:>12,.0f} {head[1]} {summary['pitches_at_moment']:>8,} {head[2]}  {left}")
    typer.echo(
        Text(
            f"疏导点 {summary['zones']} 处；摊位：可设 {summary['stalls']['allowed']}，"
            f"其他时段可设 {summary['stalls']['other_hours']}，不可设 {summary['stalls']['forbidden']}；"
            f"可外摆店铺 {summary['displays']} 家",
            f"{summary['zones']} zones; stalls: {summary['stalls']['allowed']} allowed, "
            f"{summary['stalls']['other_hours']} at other hours, {summary['stalls']['forbidden']} forbidden; "
            f"{summary['displays']} shops may display",
        ).pick(language())
    )
    own = summary["stall_places"]
    if own["places"]:
        typer.echo(
            Text(
                f"已有疏导点 {own['places']} 处，摊位 {own['pitches']}；与规则冲突 {own['in_conflict']} 处",
                f"{own['places']} existing places with {own['pitches']} pitches; {own['in_conflict']} in conflict with "
                "rules",
            ).pick(language())
        )
    for row in own["conflicts"]:
        typer.echo(f"  {row['name'] or row['place_id']}  {rule_title(row['rule'])}  ({row['rule']})  {row['hours']}")


@app.command(epilog="Example: `jiexu check anyang.gpkg --lon 114.352 --lat 36.103 --at 2026-05-01T19:00`")
@errors_as_messages
def check(
    study: Study,
    lon: Annotated[float, typer.Option(help="Longitude in degrees, WGS 84.")],
    lat: Annotated[float, typer.Option(help="Latitude in degrees, WGS 84.")],
    at: Annotated[str | None, typer.Option(metavar="TIME", help="A moment (2026-05-01T19:00); by default now.")] = None,
    kind: Annotated[UseKind, typer.Option(help="The proposed use.")] = "stall",
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The rules in force on this day; by default the day of --at.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check whether a stall or display may stand at a place and time, with the rules and the nearest place allowed."""
    moment = _moment(at, study)
    opened = open_study(study).under_rules_of(rules_day_of(on) or (moment and moment.date()))
    answer = check_place(opened, lon, lat, moment, kind)
    if as_json:
        print_document(answer.as_dict())
        return
    zh = language() == "zh"
    street = answer.name or ("无名道路" if zh else "unnamed street")
    typer.echo(f"{VERDICT_NAMES[answer.verdict].pick(language())}  {street} ({answer.segment_id} {answer.side})")
    if answer.hours:
        typer.echo(f"{'时段' if zh else 'hours'}: {answer.hours}")
    for rule in answer.rules:
        says = {"forbids": Text("禁止", "forbids"), "allows": Text("允许", "allows")}[rule["says"]].pick(language())
        typer.echo(
            f"  {says}  {rule_title(rule['id'])} ({rule['id']})  {rule['hours']}  {rule['distance_m']:.1f} m  "
            f"{rule['cause_id'] or ''}  {rule['source']}"
        )
    if answer.place:
        own = answer.place
        name, against = own["name"] or own["place_id"], ", ".join(map(rule_title, own["conflicts"]))
        typer.echo(
            Text(
                f"已有疏导点：{name}，摊位 {own['pitches']}，{own['hours']}；与规则冲突：{against or '无'}",
                f"existing place: {name}, {own['pitches']} pitches, {own['hours']}; in conflict with: "
                f"{against or 'no rule'}",
            ).pick(language())
        )
    if answer.nearest:
        there = answer.nearest
        name = there["name"] or there["place_id"] or there["street_id"]
        typer.echo(
            Text(
                f"最近可设处：{name}，步行 {there['walk_m']:.0f} 米，{there['at']} 起，{there['hours']}",
                f"nearest place: {name}, {there['walk_m']:.0f} m on foot, from {there['at']}, {there['hours']}",
            ).pick(language())
        )


def _moment(text: str | None, study: Path) -> dt.datetime | None:
    """Return a moment on the study's clock."""
    if text is None:
        return None
    zone = open_study(study).place.timezone
    try:
        moment = moment_of(text, zone)
    except ValueError as error:
        raise bad_option(
            Text("--at 须为时刻，如 2026-05-01T19:00", "--at takes a time like 2026-05-01T19:00")
        ) from error
    return moment.tz_convert(zone).tz_localize(None).to_pydatetime()


@app.command("guide", epilog="Example: `jiexu guide anyang.gpkg --json`")
@errors_as_messages
def relocate(study: Study, as_json: AsJson = False) -> None:
    """Relocate stalls in the way to zones and market halls with room, with the least walking in total."""
    document = guidance_document(guide_stalls(study))
    if as_json:
        print_document(document)
        return
    for move in document["moves"]:
        walk = "" if move["walk_m"] is None else f"{move['walk_m']:.0f} m"
        typer.echo(f"{move['stall_id']} → {move['to_kind']} {move['to_id'] or ''}  {walk}  ({move['reason']})")
    typer.echo(
        Text(
            f"共安置 {document['moved']} 个，无处安置 {document['without_place']} 个；总步行 "
            f"{document['total_walk_m']:,.0f} 米（与最优解之差不超过 {document['proven_gap_m']:.3f} 米）",
            f"{document['moved']} moved, {document['without_place']} without a place; "
            f"{document['total_walk_m']:,.0f} m of walking in total (at most {document['proven_gap_m']:.3f} m above "
            "the optimum)",
        ).pick(language())
    )
    for row in document["shortage"]:
        typer.echo(
            Text(
                f"  {row['name'] or row['street_id']}：缺摊位 {row['pitches']}，缺入市（厅）位 {row['hall_places']}",
                f"  {row['name'] or row['street_id']}: {row['pitches']} pitches and {row['hall_places']} places in "
                "market halls are missing",
            ).pick(language())
        )


@app.command(epilog='Example: `jiexu zone anyang.gpkg --reject Z123-0L45 --reason "盲道"`')
@errors_as_messages
def zone(
    study: Study,
    reason: Annotated[str, typer.Option(help="Why.")],
    accept: Annotated[str | None, typer.Option(metavar="ID", help="The zone to accept.")] = None,
    reject: Annotated[str | None, typer.Option(metavar="ID", help="The zone to reject.")] = None,
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
) -> None:
    """Accept or reject a zone by a decision; it is kept through every new plan and rebuild."""
    if (accept is None) == (reject is None):
        raise bad_option(Text("请给出 --accept 编号或 --reject 编号之一", "give one of --accept ID or --reject ID"))
    decision = decide_zone(study, str(accept or reject), accept is not None, reason, by)
    say(Text(f"已记录决定 {decision}", f"Decision {decision} is recorded"))


@app.command(epilog='Example: `jiexu steps anyang.gpkg --record J012 --reason "现场教育"`')
@errors_as_messages
def steps(
    study: Study,
    operator: Annotated[
        str | None,
        typer.Option("--record", metavar="OPERATOR", help="Record the step due with this operator as taken."),
    ] = None,
    reason: Annotated[str, typer.Option(help="The measure taken, for --record.")] = "",
    by: Annotated[str, typer.Option(help="Who did it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the penalty step due with each operator, or record one as taken."""
    if operator is not None:
        decision, step = record_step(study, operator, reason, by)
        name = STEP_NAMES[step]
        say(Text(f"已记录决定 {decision}：{name.zh}", f"Decision {decision} is recorded: {name.en}"))
    profile = open_study(study).profile
    due = steps_due(read_layer(study, "stalls"), read_layer(study, "decisions"), profile)
    if as_json:
        print_document(step_documents(due, profile))
        return
    for row in due.itertuples():
        flag = Text(" [困难群体]", " [hardship]").pick(language()) if row.hardship else ""
        typer.echo(
            f"{row.operator_id}{flag}  {STEP_NAMES[row.step].pick(language())}  "
            f"{row.offences + row.recorded} {'次' if language() == 'zh' else 'earlier'}  {row.stall_ids}"
        )
    for step in due["step"].unique():
        names = article_names(profile.basis(f"step.{step}"), language())
        typer.echo(f"{STEP_NAMES[step].pick(language())}{'：' if language() == 'zh' else ': '}{names}")
