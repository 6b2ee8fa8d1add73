"""Bays that are decided on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.parking.files import _no_bays
from geo.study.conflicts import ANY, refuse_unseen
from geo.study.decisions import record, signed
from geo.study.file import now
from geo.study.reader import Study, open_study
from geo.study.rights import requires
from geo.study.versions import facts_of, version_key


class PlacedAnewError(StudyError):
    """The bays were placed anew since they were shown: whoever records them has not seen these."""

    def __init__(self, count: int) -> None:
        super().__init__(
            Text(
                f"您查看之后，泊位已重新布设（现为 {count:,} 个）",
                f"Since you looked, the bays were placed anew: now {count:,}",
            ),
            Text("请先查看新的布设，再保存决定", "Look at the new ones, then save the decision"),
        )
        self.count = count


@requires("decide")
def adopt_bays(
    study: Study | Path, reason: str, by: str = "", seen: str | None = ANY, placed: str | None = None
) -> list[str]:
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
    seen
        The newest decision that the decider knows of (None: none), or `geo.study.conflicts.ANY`.
    placed
        The version of the layer `bays` that the decider has seen; None for any.

    Returns
    -------
    decision_ids

    Raises
    ------
    ConflictError
        If bays of these streets were recorded or undone since `seen`. Nothing is changed.
    PlacedAnewError
        If the bays are others than the decider has seen. Nothing is changed.
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
        if placed is not None and facts_of(connection).get(version_key("bays"), "") != placed:
            raise PlacedAnewError(len(bays))
        refuse_unseen(connection, seen, "bays", set(bays["street_id"].astype(str)))
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
