"""Move the assumptions of a study's rules one at a time, and rank them by how much its answers move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from geo.assumptions.answers import ANSWERS, Answers, Outcome
from geo.assumptions.documents import AssumptionDocument, AssumptionsDocument, MoveDocument, UnmeasuredDocument
from geo.assumptions.moves import SHARE, moves_of
from geo.core.errors import RuleError
from geo.core.text import Text
from geo.rules.documents import counts_document, profile_document
from geo.rules.loader import Profile
from geo.study.reader import Study, on_study

_SHARES: Final = ("tiers_changed",)
"""Figures that are changes themselves."""

Step = Callable[[int, int, str], None]


@on_study
def rank_assumptions(
    study: Study, only: Sequence[str] = (), share: float = SHARE, on_step: Step | None = None
) -> AssumptionsDocument:
    """
    Rank the assumptions of a study's rules by how much its answers move when they move, one at a time.

    Each takes the ends of its stated range, or a fifth less and more; flags and choices their other values. Only the
    answers that read a parameter are computed again, with everything that does not read it taken over. Tiers stay as
    they are for kerbs. Nothing is written.

    Parameters
    ----------
    study
        The study, or its path.
    only
        Only these groups of parameters (`bay`, `stalls.pitch`); by default all.
    share
        How far a number without a range is moved.
    on_step
        Told the number of the parameter, how many there are, and its path.

    Returns
    -------
    ranking
        The most influential first; of equals, in the order of their paths.

    Raises
    ------
    RuleError
        For a group that does not exist.
    """
    rules = study.profile
    leaves = dict(sorted(rules.leaves.items()))
    asked = {path: leaf for path, leaf in leaves.items() if not only or any(_within(path, group) for group in only)}
    for group in only:
        if not any(_within(path, group) for path in leaves):
            raise _no_such_group(rules, group)
    base = Answers(study, rules)
    before = {name: base.outcome(name) for name in ANSWERS}
    runs = len(ANSWERS)
    assumed = {path: leaf for path, leaf in asked.items() if leaf.status == "assumption" and leaf.value is not None}
    rows, unmeasured = [], []
    for number, (path, leaf) in enumerate(assumed.items(), 1):
        reading = [name for name in ANSWERS if before[name] is not None and base.reads(name, path)]
        values = moves_of(leaf, share)
        if not reading or not values:
            unmeasured.append(UnmeasuredDocument(path=path, why="a_list" if reading else "not_read"))
            continue
        if on_step is not None:
            on_step(number, len(assumed), path)
        moves: list[MoveDocument] = []
        for value in values:
            answers = Answers(study, _moved(rules, path, value), base, path)
            for name in reading:
                moves += _moves(value, before[name] or {}, answers.outcome(name))
                runs += 1
        moves.sort(key=lambda move: (-abs(move["change"]), move["figure"], str(move["value"])))
        rows.append(
            AssumptionDocument(
                rank=0,
                path=path,
                value=leaf.value,
                unit=leaf.unit,
                moved_to=values,
                stated_range=leaf.range is not None,
                effect=abs(moves[0]["change"]) if moves else 0.0,
                moves=moves,
                source=leaf.source,
            )
        )
    rows.sort(key=lambda row: (-row["effect"], row["path"]))
    for rank, row in enumerate(rows, 1):
        row["rank"] = rank
    return {
        "profile": profile_document(rules),
        "on": study.day.isoformat(),
        "counts": counts_document(asked),
        "figures": {name: round(value, 6) for found in before.values() if found for name, value in found.items()},
        "assumptions": rows,
        "unmeasured": unmeasured,
        "runs": runs,
    }


def _within(path: str, group: str) -> bool:
    return path == group or path.startswith(f"{group}.")


def _moved(rules: Profile, path: str, value: Any) -> Profile:
    plain = Profile(rules.name, dict(rules.leaves.items()), dict(rules.articles.items()), rules.day)
    return plain.changed({path: value})


def _moves(value: object, before: Outcome, after: Outcome | None) -> list[MoveDocument]:
    """Return the figures that differ; none of an answer that the value makes impossible."""
    found = []
    for figure, old in before.items() if after is not None else ():
        new = (after or {})[figure]
        if new != old:
            change = new if figure in _SHARES else (new - old) / (abs(old) if old else 1.0)
            found.append(
                MoveDocument(
                    figure=figure, value=value, before=round(old, 6), after=round(new, 6), change=round(change, 6)
                )
            )
    return found


def _no_such_group(rules: Profile, group: str) -> RuleError:
    groups = sorted({path.partition(".")[0] for path in rules.leaves})
    return RuleError(
        rules.name,
        group,
        Text("没有这组参数", "There is no such group of parameters"),
        Text(f"可用：{'、'.join(groups)}", f"Use one of {', '.join(groups)}, or a part of one"),
    )
