"""Sources to restore a damaged study from: other files of the same study, and the files that it was made of."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.check_documents import (
    CopyDocument,
    InputDocument,
    LayerCheckDocument,
    LogCheckDocument,
    RestoreDocument,
)
from geo.study.file import about, connect, require_sound
from geo.study.layers import complaints, facilities, parking, stalls
from geo.study.schema import POINT_KINDS

_LOOKED_AT: Final = 200
"""Files beside a study that are looked at."""

_BACKUPS: Final = re.compile("backup|备份|bak", re.IGNORECASE)
"""Names of folders with copies."""

COMPUTED: Final = frozenset(layer.name for room in (stalls, parking, complaints, facilities) for layer in room.LAYERS)
"""Layers that verbs compute anew from the others, besides those that files bring."""

_BROUGHT: Final = frozenset({"stall_places", "facilities", "facility_areas", "population", *POINT_KINDS, "other"})


def other_copies(path: Path, study_id: str | None) -> list[CopyDocument]:
    """
    Return the other files of a study, beside it and in folders of backups there, the newest first.

    Parameters
    ----------
    path
        The study.
    study_id
        Its number; None where it cannot be read: then files count whose name begins like its own.
    """
    found: list[CopyDocument] = []
    for file in _beside(path):
        if study_id is None and not file.stem.startswith(path.stem):
            continue
        try:
            facts = about(file, older=True)
            if study_id is not None and facts.get("study_id") != study_id:
                continue
            require_sound(file, "decisions", "roads", "streets", *POINT_KINDS)
            with connect(file) as connection:
                decisions = int(connection.execute("SELECT count(*) FROM decisions").fetchone()[0])
        except (StudyError, sqlite3.Error, OSError, ValueError):
            continue
        written = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
        found.append({"file": str(file), "written_at": written.isoformat(timespec="seconds"), "decisions": decisions})
    return sorted(found, key=lambda copy: copy["written_at"], reverse=True)


def _beside(path: Path) -> Iterator[Path]:
    """Yield the GeoPackages in a study's folder, and in folders of backups there."""
    home = path.resolve().parent
    try:
        folders = [home, *(each for each in sorted(home.iterdir()) if each.is_dir() and _BACKUPS.search(each.name))]
        folders += [deep for each in folders[1:] for deep in sorted(each.iterdir()) if deep.is_dir()]
        files = [
            file for folder in folders for file in sorted(folder.glob("*.gpkg")) if file.resolve() != path.resolve()
        ]
    except OSError:
        return
    yield from files[:_LOOKED_AT]


def original_files(connection: sqlite3.Connection) -> list[InputDocument]:
    """Return the files that the study's imports came from, oldest first."""
    rows = connection.execute("SELECT kind, file, sha256, at FROM imports ORDER BY at").fetchall()
    return [{"kind": str(kind), "file": str(file), "sha256": str(sha), "at": str(at)} for kind, file, sha, at in rows]


def restore_steps(
    path: Path, layers: Sequence[LayerCheckDocument], log: LogCheckDocument | None, restore: RestoreDocument
) -> list[Text]:
    """
    Return the next steps for a study that is not sound, in words.

    Parameters
    ----------
    path
        The study.
    layers
        The state of each layer.
    log
        The state of the log; None where it cannot be read.
    restore
        Other copies, and original files.
    """
    broken = [layer["layer"] for layer in layers if layer["status"] in ("damaged", "unreadable")]
    whole = [layer["layer"] for layer in layers if layer["status"] == "sound"]
    steps = []
    if whole:
        steps.append(Text(f"仍然完好：{'、'.join(whole)}", f"Still sound: {', '.join(whole)}"))
    if broken:
        steps.append(Text(f"已损坏：{'、'.join(broken)}", f"Damaged: {', '.join(broken)}"))
    if not broken and layers and log is not None and log["status"] != "broken":
        steps.append(
            Text("内容完好；空间索引等可在 QGIS 中重建", "The rows are sound; a spatial index can be made anew in QGIS")
        )
        return steps
    if restore["copies"]:
        newest = restore["copies"][0]
        steps.append(
            Text(
                f"最新的完好副本：{newest['file']}（{newest['written_at']}，决定 {newest['decisions']} 项）；"
                f"请先把 {path.name} 移到别处留存，再将副本复制到原处",
                f"The newest sound copy is {newest['file']} ({newest['written_at']}, {newest['decisions']} decisions): "
                f"move {path.name} aside and keep it, then put the copy in its place",
            )
        )
    elif broken or not layers:
        steps.append(
            Text(
                f"没有找到本研究的其他副本；请从 {path.stem} 的备份恢复",
                f"No other copy of this study was found beside it: restore it from a backup of {path.stem}",
            )
        )
    computed = sorted(set(broken) & (COMPUTED - _BROUGHT))
    if broken and set(broken) <= COMPUTED - _BROUGHT:
        steps.append(
            Text(
                f"损坏的只是计算结果（{'、'.join(computed)}），重新计算即可",
                f"Only results are damaged ({', '.join(computed)}): compute them again",
            )
        )
    for kind in sorted(set(broken) & {entry["kind"] for entry in restore["inputs"]}):
        files = [f"{entry['file']} ({entry['sha256'][:12]})" for entry in restore["inputs"] if entry["kind"] == kind]
        steps.append(
            Text(f"{kind} 导入自：{'、'.join(files)}", f"{kind} were imported from: {', '.join(files)}"),
        )
    if set(broken) & {"roads", "streets", "paths", "context", "addresses", "facilities"}:
        steps.append(
            Text(
                "道路等底图数据可用原来的 OSM 数据重新生成：jiexu build",
                "Streets and base map can be built again from their OSM extract: jiexu build",
            )
        )
    return steps
