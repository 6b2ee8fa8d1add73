"""The identifiers of rows: their own, or of their content; personal ones as pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from geo.core.text import Text
from geo.files.column_matching import fields_of
from geo.points.cleaning import identifiers
from geo.points.identities import as_read, content_identities, former_identities
from geo.study.findings import Finding
from geo.study.pseudonyms import Hidden, Pseudonyms
from geo.study.schema import COLUMNS


class Named(NamedTuple):
    """
    The identities of rows.

    Attributes
    ----------
    columns
        The fields that identify a row or a person.
    former
        Of each row without an identifier in the file: other ones that it may have in a study, as
        `geo.points.identities.with_former_identities` takes them.
    hidden
        How many different identifiers became pseudonyms, with those of content.
    """

    columns: dict[str, pd.Series]
    former: pd.DataFrame
    hidden: int


def identity_fields(kind: str) -> list[str]:
    """Return the fields of a kind that identify a row or a person: their cells stay different from one another."""
    return [field for field in fields_of(kind) if field.endswith("_id")]


def named(
    found: pd.DataFrame,
    kind: str,
    mapping: Mapping[str, str],
    pseudonyms: Pseudonyms,
    findings: list[Finding],
    clean: pd.DataFrame | None = None,
    secret: pd.Series | None = None,
) -> Named:
    """
    Return the identities of rows.

    A row has its own identifier, else one of its content; rows that share one are told apart.

    Parameters
    ----------
    found
        The fields of the kind, as text.
    kind
        The layer that the rows are for.
    mapping
        Field to column.
    pseudonyms
        In place of personal identifiers.
    findings
        Taken along.
    clean
        The same rows with their numbers and times read: they are the same content however a file writes them.
    secret
        Rows with personal data that the study does not keep; by default none but the ones with pseudonyms.
    """
    column, hidden, columns = COLUMNS[kind][0], 0, {}
    for field in identity_fields(kind):
        if field not in found:
            continue
        cells = pseudonyms.hide(found[field], field, mapping.get(field, ""))
        findings += hidden_findings(field, cells)
        columns[field], hidden = cells.column, hidden + cells.hidden
        told_less = cells.column.notna() & (cells.column != found[field])
        secret = told_less if secret is None else secret | told_less
        if field == column:
            found = found.assign(**{column: found[column].where(cells.column.notna(), None)})
    given = columns[column]
    nameless = given.isna()
    former = pd.DataFrame(index=found.index)
    if nameless.any() and secret is not None:
        rows = found[nameless]
        keyed, plain = secret[nameless].to_numpy(dtype=bool), as_read(rows, clean)
        ours, others = content_identities(plain), content_identities(plain, pseudonyms)
        earlier = {"other": ours.where(keyed, others), **former_identities(rows)}
        for version, names in earlier.items():
            told_apart = identifiers(given.where(~nameless, names), column, [])
            former[version] = told_apart.where(nameless, None).astype(object)
        given = given.where(~nameless, others.where(keyed, ours))
        hidden += int(keyed.sum())
    columns[column] = identifiers(given, column, findings)
    return Named(columns, former, hidden)


def hidden_findings(name: str, found: Hidden) -> list[Finding]:
    """Return the findings of a column of identifiers: the count of pseudonyms, and each cut number."""
    findings = [
        Finding(
            row,
            name,
            Text("编号已被 Excel 截断，不能用作编号", "Excel has cut this number: it is no identifier"),
            Text(
                "按内容另行编号；请将该列设为文本格式后重新导出",
                "Identified by its content; format the column as text and export it again",
            ),
        )
        for row in found.cut
    ]
    if found.hidden:
        findings.append(
            Finding(
                None,
                name,
                Text(
                    f"{found.hidden} 个编号是电话、证件号等个人信息",
                    f"{found.hidden} identifiers are telephone numbers, identity numbers or the like",
                ),
                Text(
                    "已换成化名；同一编号的化名不变，密钥在研究文件旁",
                    "Pseudonyms stand for them: the same for the same identifier, by the key beside the study",
                ),
            )
        )
    return findings
