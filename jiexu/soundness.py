"""Check a study, and mask the personal data in it."""

from __future__ import annotations

from typing import Annotated

import typer

from geo.core.text import Text
from geo.study.check_documents import LogCheckDocument, PrivacyDocument, VerifyDocument
from geo.study.documents import TextDocument
from jiexu.language import language
from jiexu.shared import AsJson, NewKey, Study, errors_as_messages, print_document, say

app = typer.Typer()

_WRONG = 1
"""Exit status of a study that is not sound."""


@app.command(epilog="Example: `jiexu verify anyang.gpkg`")
@errors_as_messages
def verify(
    study: Study,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take layers that another program (QGIS) has changed as right.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a study: file, layers, log, impossible rows. Exit status 1 if something is wrong."""
    from geo.study.checks import accept_changes  # noqa: PLC0415 (verbs load what they need)
    from geo.study.checks import verify as check  # noqa: PLC0415

    if accept:
        names = accept_changes(study)
        said = ", ".join(names)
        say(
            Text(f"已接受改动：{said}", f"Changes are accepted: {said}")
            if names
            else Text("没有由其他程序改动的图层", "No layer was changed by another program")
        )
    found = check(study)
    if as_json:
        print_document(found)
    else:
        typer.echo("\n".join(_lines(found)))
    if not found["sound"]:
        raise typer.Exit(_WRONG)


@app.command(epilog="Example: `jiexu privacy anyang.gpkg --mask --forget-after 24 --by 王`")
@errors_as_messages
def privacy(
    study: Study,
    mask: Annotated[bool, typer.Option("--mask", help="Mask it, in one transaction.")] = False,
    forget_after: Annotated[
        int | None,
        typer.Option(
            metavar="MONTHS",
            help="Remove texts and identifiers of complaints received before the day so many months ago.",
        ),
    ] = None,
    by: Annotated[str, typer.Option(help="Who does it: it stands in the log.")] = "",
    new_key: NewKey = False,
    as_json: AsJson = False,
) -> None:
    """Report where a study holds personal data, by kind and count; mask it."""
    from geo.study.privacy import privacy as look  # noqa: PLC0415

    found = look(study, mask, forget_after, by, new_key=new_key)
    if as_json:
        print_document(found)
        return
    typer.echo("\n".join(_personal_lines(found)))


def _personal_lines(found: PrivacyDocument) -> list[str]:
    """Return where personal data stand, in words."""
    lines = [
        f"{each['layer']}.{each['column']}: {each['cells']}  "
        + ", ".join(f"{kind} {count}" for kind, count in each["kinds"].items())
        for each in found["columns"]
    ]
    cells = found["cells"]
    masked = Text("，已隐去", ", masked") if found["masked"] else Text("", "")
    lines.append(
        Text(f"含个人信息的单元格 {cells} 个{masked.zh}", f"{cells} cells with personal data{masked.en}").pick(
            language()
        )
    )
    if found["forget_before"]:
        rows, day, undated = found["forgotten"], found["forget_before"], found["undated"]
        lines.append(
            Text(
                f"{day} 之前的投诉：清除 {rows} 件的文本和编号；{undated} 件日期不明，未动",
                f"complaints before {day}: texts and identifiers of {rows} removed; {undated} without a sure date stay",
            ).pick(language())
        )
    if found["masked"] or found["forgotten"]:
        lines.append(
            Text(
                "备份、其他副本和已导出的文件仍有原文，请分别处理",
                "Backups, other copies and exported files still hold the old texts: see to them too",
            ).pick(language())
        )
    return lines


def _lines(found: VerifyDocument) -> list[str]:
    """Return the state of a study in words."""
    layers = found["layer_states"]
    unkept = [layer["layer"] for layer in layers if layer["status"] == "unkept"]
    sound = sum(layer["status"] == "sound" for layer in layers)
    verdict = Text("完好", "sound") if found["sound"] else Text("有问题", "something is wrong")
    lines = [f"{found['study']}: {verdict.pick(language())}"]
    lines.append(Text(f"完好的图层：{sound}/{len(layers)}", f"sound layers: {sound} of {len(layers)}").pick(language()))
    if unkept:
        lines.append(
            Text(
                f"尚无校验和（下次修改研究时建立）：{'、'.join(unkept)}",
                f"without a checksum yet (the next change of the study makes one): {', '.join(unkept)}",
            ).pick(language())
        )
    if found["log"] is not None:
        lines += _log_lines(found["log"])
    for problem in found["problems"]:
        where = ".".join(filter(None, (problem["layer"] or problem["part"], problem["column"])))
        rows = (
            ""
            if problem["rows"] is None
            else Text(f"（{problem['rows']} 行）", f" ({problem['rows']} rows)").pick(language())
        )
        lines.append(f"- {where}: {_said(problem['text'])}{rows}")
    return [*lines, *(f"→ {_said(step)}" for step in found["restore"]["steps"])]


def _log_lines(log: LogCheckDocument) -> list[str]:
    """Return the state of the log in words."""
    status = {
        "sound": Text("校验链完整", "the chain holds"),
        "unchained": Text(
            "尚无校验链（下次修改研究时建立）", "not chained yet (the next change of the study begins it)"
        ),
        "broken": Text("校验链中断", "the chain is broken"),
    }[log["status"]]
    count = log["decisions"]
    lines = [Text(f"决定 {count} 项：{status.zh}", f"{count} decisions: {status.en}").pick(language())]
    if log["chained_since"]:
        since = log["chained_since"]
        lines.append(
            Text(f"较早的决定自 {since} 起列入校验链", f"earlier decisions are chained since {since}").pick(language())
        )
    if log["head"]:
        lines.append(Text(f"链首 {log['head']}", f"head of the chain {log['head']}").pick(language()))
    for each in log["masked"]:
        who = each["by"] or "-"
        lines.append(
            Text(
                f"{each['decision_id']} 的 {each['field']} 由 {who} 于 {each['at']} 隐去",
                f"{each['field']} of {each['decision_id']} was masked on {each['at']} by {who}",
            ).pick(language())
        )
    for gone in log["forgotten"]:
        who = gone["by"] or "-"
        lines.append(
            Text(
                f"{gone['layer']} 的旧文本由 {who} 于 {gone['at']} 清除",
                f"old texts of {gone['layer']} were removed on {gone['at']} by {who}",
            ).pick(language())
        )
    return lines


def _said(text: TextDocument) -> str:
    return text[language()]
