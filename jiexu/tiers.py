"""Grade streets, decide on tiers, and undo decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import geopandas as gpd
import pandas as pd
import typer

from geo.core.records import document_rows, to_text
from geo.core.text import Text, pick
from geo.points.cases import placed_cases
from geo.rules.loader import load_profile
from geo.streets.cross_streets import find_section
from geo.study.decisions import standing_decisions
from geo.study.documents import DecisionDocument
from geo.study.file import read_layer
from geo.study.reader import open_study
from geo.study.schema import GRADED
from geo.tiers.audit import DOUBTS, audit_study
from geo.tiers.decisions import decide_section, decide_tier, find_street
from geo.tiers.decisions import undo as undo_decision
from geo.tiers.documents import GradingReport, grade_document
from geo.tiers.study import grade_study
from jiexu.language import language
from jiexu.shared import (
    AsJson,
    OnDay,
    Sheets,
    Study,
    bad_option,
    errors_as_messages,
    print_document,
    say,
    say_finding,
    say_left_out,
    under_rules,
)

app = typer.Typer()


@app.command(epilog='Example: `jiexu tier anyang.gpkg --street 文峰大道 --tier demonstration --reason "创建示范街"`')
@errors_as_messages
def tier(
    study: Study,
    street: Annotated[str, typer.Option(help="The street's name or id.")],
    tier: Annotated[
        str, typer.Option(help="demonstration, secondary or back_street.", autocompletion=lambda: list(GRADED))
    ],
    reason: Annotated[str, typer.Option(help="Why.")],
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
    start: Annotated[str | None, typer.Option("--from", help="A section: the cross-street where it begins.")] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="The cross-street where it ends (or 东端, north end).")
    ] = None,
) -> None:
    """Set the tier of a street or a section by a decision; it is kept through every rebuild."""
    if (start is None) != (end is None):
        raise bad_option(Text("路段须同时给出 --from 和 --to", "a section takes both --from and --to"))
    street_id = find_street(study, street, whole=start is not None)
    if start is None or end is None:
        decision = decide_tier(study, street_id, tier, reason, by)
    else:
        roads = gpd.GeoDataFrame(read_layer(study, "roads"))
        opened = open_study(study)
        section = find_section(street_id, start, end, roads, opened.profile, opened.crs)
        decision = decide_section(study, street_id, section.segment_ids, section.label, tier, reason, by)
    say(Text(f"已记录决定 {decision}", f"Decision {decision} is recorded"))


@app.command(epilog="Example: `jiexu grade anyang.gpkg --list 名单.xlsx`")
@errors_as_messages
def grade(
    study: Study,
    list_file: Annotated[Path | None, typer.Option("--list", help="The official list: CSV or XLSX.")] = None,
    sheets: Sheets = None,
    rules: Annotated[str | None, typer.Option(help="A profile or a YAML file; by default the study's profile.")] = None,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Grade the streets again; print the accuracy of inference on the list, and the doubtful tiers."""
    opened = under_rules(study, on)
    report = grade_study(opened, load_profile(rules, opened.day) if rules else None, list_file, tuple(sheets or ()))
    doubts = audit_study(opened)
    findings = read_layer(study, "findings")
    findings = findings[findings["layer"].isin(["streets", "decisions"])]
    streets = read_layer(study, "streets")
    by_source = {str(source): int(count) for source, count in streets["tier_source"].value_counts().items()}
    left_out = placed_cases(opened.again().layer("complaints")).left_out
    if as_json:
        print_document(grade_document(report, streets, doubts, findings, left_out))
        return
    typer.echo(", ".join(f"{source} {count}" for source, count in by_source.items()))
    typer.echo(_inference(report))
    say_left_out(left_out)
    typer.echo(f"\n{'待核查' if language() == 'zh' else 'doubts'}: {len(doubts)}")
    for row in doubts.itertuples():
        kind = DOUBTS[row.kind].pick(language())
        typer.echo(f"{kind}  {row.name or '-'}  {row.street_id}  {pick(row.reason, language())}")
    for finding in findings.to_dict("records"):
        say_finding(str(finding["source"]), finding)


def _inference(report: GradingReport) -> str:
    """Return a report of `geo.tiers.inference` in words."""
    zh = language() == "zh"
    method = {"score": Text("评分", "score"), "model": Text("由名单训练的模型", "model trained on the list")}
    weights = ", ".join(f"{name} {points:.0f}" for name, points in report["weights"].items())
    lines = [f"{'推断方法' if zh else 'inferred by'}: {method[report['method']].pick(language())} ({weights})"]
    lines.append(pick(report["accuracy_note"], language()))
    if "accuracy" not in report:
        return "\n".join(lines)
    low, high = report["interval"]
    lines.append(
        Text(
            f"{report['folds']} 折交叉验证：{report['listed']} 条名单街道的推断准确率 {report['accuracy']:.0%}"
            f"（95% 区间 {low:.0%}–{high:.0%}），校准误差 {report['calibration']['error']:.2f}",
            f"{report['folds']}-fold cross-validation: accuracy {report['accuracy']:.0%} on {report['listed']} listed "
            f"streets (95% interval {low:.0%}–{high:.0%}), calibration error {report['calibration']['error']:.2f}",
        ).pick(language())
    )
    for name, figures in report["compared"].items():
        lines.append(
            f"  {method[name].pick(language())}: {figures['accuracy']:.0%}, log loss {figures['log_loss']:.3f}"
        )
    lines.append(
        f"{'名单' if zh else 'listed'} ＼ {'推断' if zh else 'inferred':<12}" + "".join(f"{t:>15}" for t in GRADED)
    )
    lines += [
        f"{listed:<18}" + "".join(f"{report['confusion'][listed][tier]:>15}" for tier in GRADED) for listed in GRADED
    ]
    for part in report["calibration"]["bins"]:
        stated, right = part["confidence"], part["right"]
        lines.append(f"  {'置信度' if zh else 'confidence'} {stated:.0%} → {right:.0%} ({part['streets']})")
    return "\n".join(lines)


@app.command(epilog='Example: `jiexu decisions anyang.gpkg --undo D0003 --reason "误判"`')
@errors_as_messages
def decisions(
    study: Study,
    undo: Annotated[str | None, typer.Option(metavar="ID", help="The decision to undo.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for --undo.")] = "",
    by: Annotated[str, typer.Option(help="Who undoes it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the decisions, or undo one by a new one."""
    if undo is not None:
        number = undo_decision(study, undo, reason, by)
        say(Text(f"已记录决定 {number}，撤销 {undo}", f"Decision {number} is recorded: it undoes {undo}"))
    taken = pd.DataFrame(read_layer(study, "decisions"))
    taken["stands"] = taken["decision_id"].isin(standing_decisions(taken))
    if as_json:
        print_document(document_rows(taken.assign(at=to_text(taken["at"])), DecisionDocument))
        return
    for row in taken.itertuples():
        state = "" if row.stands else ("（已撤销）" if language() == "zh" else " (undone)")
        when = f"{row.at:%Y-%m-%d %H:%M}"
        typer.echo(
            f"{row.decision_id}{state}  {when}  {row.by or '-'}  {row.subject_name or row.subject}  "
            f"{row.before} → {row.after}  {row.reason}"
        )
