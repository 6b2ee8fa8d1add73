"""The identifiers of rows: their own, or of their content; personal ones as pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from geo.points.cleaning import identifiers
from geo.points.identities import content_identities, former_identities
from geo.points.pseudonyms import Pseudonyms, hidden_findings, identity_fields
from geo.study.findings import Finding
from geo.study.schema import COLUMNS


class Named(NamedTuple):
    """
    The identities of rows.

    Attributes
    ----------
    columns
        The fields that identify a row or a person.
    former
        Of each row without an identifier in the file: the one that earlier versions gave it; None for the others.
    hidden
        How many different identifiers became pseudonyms.
    """

    columns: dict[str, pd.Series]
    former: pd.Series
    hidden: int


def named(
    found: pd.DataFrame, kind: str, mapping: Mapping[str, str], pseudonyms: Pseudonyms, findings: list[Finding]
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
    """
    column, hidden, columns = COLUMNS[kind][0], 0, {}
    for field in identity_fields(kind):
        if field not in found:
            continue
        cells = pseudonyms.hide(found[field], field, mapping.get(field, ""))
        findings += hidden_findings(field, cells)
        columns[field], hidden = cells.column, hidden + cells.hidden
        if field == column:
            found = found.assign(**{column: found[column].where(cells.column.notna(), None)})
    given = columns[column]
    nameless = given.isna()
    former = pd.Series(None, index=found.index, dtype=object)
    if nameless.any():
        rows = found[nameless]
        earlier = identifiers(given.where(~nameless, former_identities(rows)), column, [])
        former = earlier.where(nameless, None).astype(object)
        given = given.where(~nameless, content_identities(rows))
    columns[column] = identifiers(given, column, findings)
    return Named(columns, former, hidden)
