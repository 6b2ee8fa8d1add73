"""Bays that are decided on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.core.text import Text
from geo.parking.files import _no_bays
from geo.study.decisions import record, signed
from geo.study.file import now
from geo.study.reader import Study, open_study
from geo.study.rights import requires


@requires("decide")
def adopt_bays(study: Study | Path, reason: str, by: str = "") -> list[str]:
    """
    Record the placed bays as decided: one decision for each street that has some, in one transaction.

    From then on the street is compared with others before and after (`geo.complaints.effects`).

    Parameters
    ----------
    study
        The study, or its path.
    reason
        Why; it may not be empty.
    by
        Who decides.

    Returns
    -------
    decision_ids

    Raises
    ------
    StudyError
        If there are no bays, the reason is empty, or the study cannot be written. Nothing is changed then.
    """
    opened = open_study(study)
    bays = opened.layer("bays")
    if bays.empty:
        raise _no_bays()
    streets = opened.table("street_lines")
    names = pd.Series(streets["name"].to_numpy(), index=streets["street_id"].to_numpy())
    at, found = now(), []
    reason, by = signed(reason, by)
    with opened.changing() as connection:
        for street, group in bays.groupby("street_id", sort=True):
            middle = group.geometry.iloc[len(group) // 2].centroid
            found.append(
                record(
                    connection,
                    reason=reason,
                    by=by,
                    at=at,
                    kind="bays",
                    subject=str(street),
                    subject_name=names.get(street),
                    before="",
                    after=str(Text(f"{len(group)} 个泊位", f"{len(group)} bays")),
                    lon=middle.x,
                    lat=middle.y,
                    street_id=str(street),
                )
            )
    return found
