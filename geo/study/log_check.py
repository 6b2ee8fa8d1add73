"""Decisions against the chain of the log: kept, masked, changed, deleted, inserted or reordered."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.core.text import Text
from geo.study.log_chain import ENTRIES, FIELDS, HEAD, Entry, entries_in, field_digest
from geo.study.sql import statement
from geo.study.versions import facts_of


@dataclass
class LogCheck:
    """
    The state of a study's log.

    Attributes
    ----------
    decisions
        The number of decisions in the table.
    entries
        The number of entries of the chain.
    since
        Since when decisions of before are chained, in UTC; None where each was chained when it was taken.
    head
        The hash of the newest entry: written down elsewhere, it proves the whole log.
    masked
        Decision, field, when and by whom, of each masked field.
    forgotten
        Layer, when and by whom, of each removal of old texts.
    problems
        What is wrong, in words.
    """

    decisions: int = 0
    entries: int = 0
    since: str | None = None
    head: str | None = None
    masked: list[tuple[str, str, str, str]] = field(default_factory=list)
    forgotten: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Text] = field(default_factory=list)


def check_log(connection: sqlite3.Connection) -> LogCheck:
    """
    Compare the decisions with the chain.

    Parameters
    ----------
    connection
        In a transaction.
    """
    select = statement("SELECT {columns} FROM decisions ORDER BY fid", columns=FIELDS)
    rows = [dict(zip(FIELDS, row, strict=True)) for row in connection.execute(select)]
    facts, entries = facts_of(connection), entries_in(connection)
    result = LogCheck(decisions=len(rows))
    if entries is None:
        if HEAD in facts:
            result.problems.append(Text("决定日志的校验链已被删除", "The chain of the log was removed"))
        return result
    result.entries, result.head = len(entries), entries[-1].hash if entries else None
    result.since = next((entry.at for entry in entries if entry.what == "adopted"), None)
    result.masked = [
        (str(entry.decision_id), str(entry.field), str(entry.at), entry.by or "")
        for entry in entries
        if entry.what == "masked"
    ]
    result.forgotten = [
        (str(entry.field), str(entry.at), entry.by or "") for entry in entries if entry.what == "forgotten"
    ]
    result.problems += [*_links(entries, facts), *_members(entries, rows), *_fields(entries, rows)]
    return result


def _links(entries: Sequence[Entry], facts: Mapping[str, str]) -> list[Text]:
    """Return the faults of the chain itself: entries changed, missing in between, or missing at the end."""
    problems, previous, number = [], "", 0
    for entry in entries:
        about = (
            f"{entry.entry}（{entry.decision_id or entry.field}）",
            f"{entry.entry} ({entry.decision_id or entry.field})",
        )
        if entry.entry != number + 1 or entry.previous != previous:
            problems.append(
                Text(
                    f"日志条目 {about[0]} 之前有条目缺失或被替换",
                    f"Entries before entry {about[1]} are missing or replaced",
                )
            )
        if entry.hash != entry.expected():
            problems.append(Text(f"日志条目 {about[0]} 被修改", f"Entry {about[1]} of the log was changed"))
        previous, number = entry.hash, entry.entry
    kept = int(facts.get(ENTRIES) or 0)
    if len(entries) < kept:
        gone = kept - len(entries)
        problems.append(Text(f"日志缺少 {gone} 个条目", f"{gone} entries of the log are gone"))
    elif (previous, len(entries)) != (facts.get(HEAD) or "", kept):
        problems.append(
            Text("日志的末尾与研究概况所记不符", "The end of the log is not the one that the study's facts name")
        )
    return problems


def _members(entries: Sequence[Entry], rows: Sequence[Mapping[str, object]]) -> list[Text]:
    """Return the decisions that were deleted, inserted, doubled or reordered."""
    chained = [str(entry.decision_id) for entry in entries if entry.what in ("decided", "adopted")]
    there = [str(row["decision_id"]) for row in rows]
    problems = [Text(f"决定 {n} 被删除", f"Decision {n} was deleted") for n in chained if n not in set(there)]
    problems += [
        Text(f"决定 {n} 不在日志的校验链中，是后来插入的", f"Decision {n} was inserted: the chain does not have it")
        for n in dict.fromkeys(there)
        if n not in set(chained)
    ]
    doubled = [number for number, count in Counter(there).items() if count > 1]
    problems += [Text(f"决定 {n} 出现多次", f"Decision {n} stands more than once") for n in doubled]
    common = set(chained) & set(there)
    if [n for n in dict.fromkeys(there) if n in common] != [n for n in chained if n in common]:
        problems.append(Text("决定的先后顺序被改动", "The decisions were reordered"))
    return problems


def _fields(entries: Sequence[Entry], rows: Sequence[Mapping[str, object]]) -> list[Text]:
    """Return the fields of decisions that are not as the chain has them."""
    latest: dict[tuple[str, str], tuple[str, str | None]] = {}
    for entry in entries:
        for name, digest in entry.digests.items() if entry.decision_id else ():
            latest[entry.decision_id or "", name] = (digest, entry.salts.get(name))
    problems = []
    for row in rows:
        number = str(row["decision_id"])
        for name in FIELDS:
            digest, salt = latest.get((number, name), ("", None))
            if not digest:
                continue  # inserted: said above, or a column of a later version
            if salt is None:
                problems.append(
                    Text(
                        f"决定 {number} 的 {name} 无法核对：盐值缺失",
                        f"{name} of decision {number} cannot be checked: its salt is gone",
                    )
                )
            elif field_digest(salt, name, row[name]) != digest:
                problems.append(Text(f"决定 {number} 的 {name} 被改动", f"{name} of decision {number} was changed"))
    return problems
