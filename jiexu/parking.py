"""Parking bays, the inventory of parking, and surveyed widths."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.core.masked_words import masked
from geo.core.text import Text, pick
from geo.parking.decisions import adopt_bays
from geo.parking.documents import CapacityDocument, ChoiceDocument, StreetChoiceDocument, SupplyDocument
from geo.parking.files import write_bays
from geo.parking.inventory_files import write_inventory
from geo.parking.inventory_study import inventory_parking
from geo.parking.inventory_words import inventory_lines
from geo.parking.study import plan_bays
from geo.rules.loader import Profile
from geo.study.export_formats import SUFFIXES
from geo.tiers.decisions import find_street
from geo.tiers.study import add_widths
from jiexu.language import language
from jiexu.shared import (
    AsJson,
    OnDay,
    Sheets,
    Study,
    errors_as_messages,
    print_document,
    rule_title,
    say,
    say_finding,
    say_left_out,
    say_written,
    under_rules,
)

app = typer.Typer()

_Changes = Annotated[
    list[str] | None, typer.Option("--set", metavar="PARAM=VALUE", help="Another value of a rule, for this run.")
]
_Out = Annotated[Path | None, typer.Option(help=f"A drawing (.dxf), a schedule (.xlsx), or {', '.join(SUFFIXES)}.")]


@app.command(epilog="Example: `jiexu bays anyang.gpkg --night --set clearance.crossing=10 --out bays.dxf`")
@errors_as_messages
def bays(
    study: Study,
    streets: Annotated[str | None, typer.Option(help="Only these streets: names or ids between commas.")] = None,
    night: Annotated[
        bool,
        typer.Option(
            "--night",
            help="Night-time bays too, where there is no room by day; with --budget, night-time bays only.",
        ),
    ] = False,
    budget: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Maximum number of new bays: the ones that relieve the most, on streets that need some (all-day bays; "
            "with --night, night-time bays).",
        ),
    ] = None,
    changes: _Changes = None,
    out: _Out = None,
    adopt: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Record these bays as decided, street by street, for this reason."),
    ] = None,
    by: Annotated[str, typer.Option(help="Who decides, for --adopt.")] = "",
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Place parking bays along the kerbs: capacity, kerb taken by each rule, and the bays that relieve the most."""
    opened = under_rules(study, on)
    profile = _with_changes(opened.profile, changes)
    chosen = [find_street(study, name.strip()) for name in streets.split(",")] if streets else None
    summary = plan_bays(opened, profile, chosen, night, budget)
    if adopt is not None:
        decided = adopt_bays(study, adopt, by)
        say(Text(f"已记录 {len(decided)} 条决定", f"{len(decided)} decisions are recorded"))
    if out is not None:
        say_written(out, write_bays(study, out), study, "bays")
    if as_json:
        print_document(summary)
        return
    say_left_out(summary["left_out"])
    for rule, metres in summary["metres_lost"].items():
        typer.echo(f"{-metres:>12,.0f} m {-summary['bays_lost'][rule]:>8,}  {rule_title(rule)}  ({rule})")
    typer.echo(f"{summary['free_m']:>12,.0f} m")
    placed = summary["bays"]
    room = [_room(capacity, hours) for hours, capacity in summary["capacity"].items()]
    typer.echo(
        Text(
            f"泊位：全天 {placed['all_day']}，夜间 {placed['night']}，其中无障碍 {summary['accessible']}；"
            f"可容（按宽度误差）{'；'.join(text.zh for text in room)}",
            f"bays: {placed['all_day']} all day, {placed['night']} at night, {summary['accessible']} of them "
            f"accessible; capacity {'; '.join(text.en for text in room)}, by the error of estimated widths",
        ).pick(language())
    )
    typer.echo(_supply(summary["supply"]).pick(language()))
    if "choice" in summary:
        choice = summary["choice"]
        for street in choice["streets"]:
            typer.echo(_street(street).pick(language()))
        nothing = choice["nothing"]
        typer.echo(_chosen(choice).pick(language()) if nothing is None else pick(nothing, language()))


def _with_changes(profile: Profile, changes: list[str] | None) -> Profile:
    """Return rules with the values that are given for this run."""
    return profile.changed(profile.read(changes), f"{profile.name}+") if changes else profile


@app.command(epilog="Example: `jiexu parking anyang.gpkg --out 停车现状.xlsx`")
@errors_as_messages
def parking(
    study: Study,
    changes: _Changes = None,
    out: _Out = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Take the inventory of parking at kerbs: mapped sides and a model's answer elsewhere, with its accuracy."""
    opened = under_rules(study, on)
    summary = inventory_parking(opened, _with_changes(opened.profile, changes))
    if out is not None:
        say_written(out, write_inventory(study, out), study, "parking_inventory")
    if as_json:
        print_document(summary)
        return
    say_left_out(summary["left_out"])
    for line in inventory_lines(summary):
        typer.echo(line.pick(language()))


def _room(capacity: CapacityDocument, hours: str) -> Text:
    """Return how many bays fit in words."""
    names = {"all_day": Text("全天", "all day"), "night": Text("仅夜间", "at night only")}
    low, likely, high = (f"{number:,}" for number in (capacity["low"], capacity["likely"], capacity["high"]))
    return Text(f"{names[hours].zh} {likely}（{low} 至 {high}）", f"{likely} {names[hours].en} ({low} to {high})")


def _supply(supply: SupplyDocument) -> Text:
    """Return the parking that is there, and the new bays beside it, in words."""
    day, night = (f"{supply['existing'][period]:,.0f}" for period in ("day", "night"))
    hours = supply["hours"].values()
    new, over = (sum(each[name] for each in hours) for name in ("new", "on_existing"))
    signs_m = sum(supply["hours"]["all_day"]["signs_m"].values())
    return Text(
        f"路缘现有停车：白天 {day} 辆，夜间 {night} 辆；泊位中新增 {new:,} 个，位于现有停车处 {over:,} 个；"
        f"因标志或标注全天不设泊位的路缘 {signs_m:,.0f} 米",
        f"parking at kerbs now: {day} cars by day, {night} at night; of the bays {new:,} are new, {over:,} lie on that "
        f"parking; signs and tags keep {signs_m:,.0f} m of kerb from all-day bays",
    )


def _street(street: StreetChoiceDocument) -> Text:
    """Return a street in a choice of bays in words."""
    name = street["name"] or street["street_id"]
    reason = [pick(street["reason"], "zh"), pick(street["reason"], "en")]
    return Text(
        f"{name}：缺 {street['need']}（车辆 {street['cars']:.1f}，现有车位 {street['spaces']:.1f}），"
        f"新设 {street['bays']}；{reason[0]}",
        f"{name}: lacks {street['need']} ({street['cars']:.1f} cars, {street['spaces']:.1f} spaces now), "
        f"{street['bays']} new; {reason[1]}",
    )


def _chosen(choice: ChoiceDocument) -> Text:
    """Return the figures of a choice of bays in words."""
    zh = {"day": "白天", "night": "夜间"}[choice["period"]]
    en = {"day": "by day", "night": "at night"}[choice["period"]]
    return Text(
        f"{zh}：选定 {choice['chosen']} 个新泊位（预算 {choice['budget']}），"
        f"多 {choice['relieved']} 辆车在步行范围内停下（与最优解之差不超过 {choice['proven_gap']}；"
        f"贪心法 {choice['greedy_relieved']}），平均步行 {choice['mean_walk_m']} 米",
        f"{en}: {choice['chosen']} new bays of a budget of {choice['budget']}: {choice['relieved']} more cars find a "
        f"space within a walk (proven gap {choice['proven_gap']}; the greedy choice {choice['greedy_relieved']}), "
        f"{choice['mean_walk_m']} m on foot on average",
    )


@app.command(epilog="Example: `jiexu widths anyang.gpkg 路宽.csv`")
@errors_as_messages
def widths(
    study: Study,
    file: Annotated[
        Path, typer.Argument(help="Surveyed widths: CSV or XLSX of street, from, to, width (m).", show_default=False)
    ],
    sheets: Sheets = None,
    as_json: AsJson = False,
) -> None:
    """Import surveyed widths of carriageways; they override tagged and estimated ones and are kept through rebuilds."""
    summary = add_widths(study, file, sheets=tuple(sheets or ()))
    if as_json:
        print_document(summary)
        return
    for finding in summary["findings"]:
        say_finding(masked(file.name), finding)
    typer.echo(
        Text(
            f"读取 {summary['rows']} 行；现有 {summary['km']} 公里道路为实测宽度",
            f"{summary['rows']} rows read; {summary['km']} km of streets have a surveyed width now",
        ).pick(language())
    )
