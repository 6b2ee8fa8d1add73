"""The inventory of parking in words: lines of figures, its accuracy, and when not to use it."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.parking.inventory_documents import (
    InventoryGroupDocument,
    MeasuredDocument,
    ParkingDocument,
    SideAccuracyDocument,
    SpacesDocument,
)
from geo.parking.inventory_study import LIMITS, UNKNOWN
from geo.study.layers.codes import PARKING_INVENTORY, PARKING_SOURCES

ALL: Final = Text("合计", "all")


def inventory_lines(summary: ParkingDocument) -> list[Text]:
    """Return the lines that tell an inventory: by source and kind, the sums, no answer, accuracy, limits."""
    spaces = [
        Text(f"{name.zh}：{cars_text(summary['spaces'][key]).zh}", f"{name.en}: {cars_text(summary['spaces'][key]).en}")
        for key, name in (*PARKING_SOURCES.items(), ("all", ALL))
        if summary["spaces"][key]["high"]
    ]
    unknown = [
        Text(f"{UNKNOWN[reason].zh} {count}", f"{UNKNOWN[reason].en} {count:,}")
        for reason, count in summary["unknown"].items()
    ]
    lines = [*map(_group, summary["groups"]), *spaces]
    if unknown:
        lines.append(
            Text(
                f"未作判断的路侧：{'；'.join(text.zh for text in unknown)}",
                f"sides without an answer: {'; '.join(text.en for text in unknown)}",
            )
        )
    lines.append(accuracy_text(summary["accuracy"]))
    return [
        *lines,
        Text("何时不宜使用：", "When not to use this:"),
        *(Text(f"- {t.zh}", f"- {t.en}") for t in LIMITS),
    ]


def cars_text(cars: SpacesDocument | None) -> Text:
    """Return a number of cars with its interval."""
    if cars is None:
        return Text("车位数未知", "number of cars unknown")
    low, likely, high = (f"{cars[name]:,}" for name in ("low", "likely", "high"))  # type: ignore[literal-required]
    if low == high:
        return Text(f"{likely} 辆", f"{likely} cars")
    return Text(f"{likely} 辆（{low} 至 {high}）", f"{likely} cars ({low} to {high})")


def _group(group: InventoryGroupDocument) -> Text:
    source, kind, cars = PARKING_SOURCES[group["source"]], PARKING_INVENTORY[group["kind"]], cars_text(group["spaces"])
    lead = f"{group['km']:>12,.1f} km {group['sides']:>8,}  "
    return Text(
        f"{lead}{source.zh}·{kind.zh}：{cars.zh}",
        f"{lead}{source.en}, {kind.en}: {cars.en}",
    )


def accuracy_text(accuracy: SideAccuracyDocument) -> Text:
    """Return the accuracy of the model in one sentence; of a study that measured none, it says so."""
    level = f"{accuracy['level']:.0%}"
    coverage = "–" if accuracy["coverage"] is None else f"{accuracy['coverage']:.0%}"
    if accuracy["measured_on"] == "study":
        names = (Text("精确率", "precision"), Text("召回率", "recall"), Text("F1", "F1"))
        measured = (accuracy["precision"], accuracy["recall"], accuracy["f1"])
        parts = [_measured(name, each) for name, each in zip(names, measured, strict=True)]
        return Text(
            f"模型在留出街道上的准确度（{accuracy['streets']} 条有标注的街道，{accuracy['km']:.1f} 公里路侧）："
            f"{'，'.join(part.zh for part in parts)}；{level} 容量区间实际覆盖 {coverage} 的留出街道",
            f"accuracy of the model on streets left out ({accuracy['streets']} tagged streets, {accuracy['km']:.1f} km "
            f"of sides): {', '.join(part.en for part in parts)}; the {level} interval of a street's capacity held the "
            f"mapped one on {coverage} of streets left out",
        )
    known = [each for each in accuracy["places"].values() if each["f1"] is not None and each["recall"] is not None]
    f1 = [each["f1"] for each in known if each["f1"] is not None]
    span = f"{min(f1):.2f}–{max(f1):.2f}" if f1 else "–"
    return Text(
        f"本研究只有 {accuracy['streets']} 条有标注的街道，未能检验模型：推断只有量级意义。"
        f"在其他未见过标注的城市，F1 为 {span}；{level} 容量区间实际覆盖 {coverage} 的街道",
        f"this study has {accuracy['streets']} tagged streets: the model was not measured here, and its figures give "
        f"an order of magnitude only. In other places with no tag of theirs seen, F1 was {span}; the {level} interval "
        f"of a street's capacity held the mapped one on {coverage} of streets",
    )


def _measured(name: Text, found: MeasuredDocument) -> Text:
    if found["value"] is None:
        return Text(f"{name.zh} –", f"{name.en} –")
    span = "" if found["low"] is None or found["high"] is None else f"{found['low']:.2f}–{found['high']:.2f}"
    return Text(f"{name.zh} {found['value']:.2f}（{span}）", f"{name.en} {found['value']:.2f} ({span})")
