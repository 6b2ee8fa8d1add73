"""Tier inference on the page: a street's points, the accuracy of inference, and doubtful tiers."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.wording import tier_name
from dashboards.shared.widgets import marked_rows
from geo.core.text import pick
from geo.study.schema import GRADED, INGREDIENTS
from geo.tiers.audit import DOUBTS
from layers import palette


def ingredient_name(ingredient: str) -> str:
    """Return the name of an ingredient of the score."""
    return {
        "class": _("OSM class"),
        "traffic": _("Through traffic"),
        "width": _("Width"),
        "frontage": _("Frontage"),
        "attractors": _("Attractors"),
        "complaints": _("Complaints"),
    }[ingredient]


def _evidence(scores: pd.Series, street: pd.Series) -> dict[str, str]:
    """Return the measured value of each ingredient, in words."""
    rate = scores["complaints_per_km"]
    synthetic = _("synthetic")
    made_up = f" ({synthetic})" if cache.figures()["synthetic"]["complaints"] else ""
    return {
        "class": str(street["highway"]),
        "traffic": _("more than {share:.0%} of the road length").format(share=scores["traffic"]),
        "width": f"{scores['width_m']:.1f} m",
        "frontage": _("{count:.1f} shops and entrances per 100 m").format(count=scores["frontage_per_100m"]),
        "attractors": _("{count:.1f} of 4 kinds within walking distance").format(count=scores["attractors"]),
        "complaints": _("none in the study") if pd.isna(rate) else _("{rate:.1f} per km").format(rate=rate) + made_up,
    }


def points_of(street_id: str) -> None:
    """Show a street's points, ingredient by ingredient."""
    scores = cache.layer("street_scores")
    streets = cache.layer("streets")
    row = scores[scores["street_id"] == street_id]
    if row.empty:
        return
    street = streets[streets["street_id"] == street_id].iloc[0]
    if street["tier"] == "unclassified":
        return
    row = row.iloc[0]
    weights = cache.profile().group("tiers.score.weight")
    thresholds = cache.profile().group("tiers.score.threshold")
    with st.expander(_("Score: {score:.0f} of 100 points").format(score=row["score"]), icon=":material/checklist:"):
        evidence = _evidence(row, street)
        st.dataframe(
            pd.DataFrame(
                {
                    _("Ingredient"): [f"{ingredient_name(name)} /{weights[name]}" for name in INGREDIENTS],
                    _("Points given"): [row[f"{name}_points"] for name in INGREDIENTS],
                    _("Measured"): [evidence[name] for name in INGREDIENTS],
                }
            ),
            hide_index=True,
            width="stretch",
            height="content",
            column_config={
                _("Points given"): st.column_config.ProgressColumn(
                    min_value=0, max_value=max(weights.values()), format="%.1f"
                )
            },
        )
        st.caption(
            _("{first} from {high:.0f} points, {second} from {low:.0f}.").format(
                first=tier_name("demonstration"),
                high=thresholds["demonstration"],
                second=tier_name("secondary"),
                low=thresholds["secondary"],
            )
        )


def doubts() -> None:
    """List doubtful tiers; a marked row is shown on the map."""
    found = cache.doubts()
    if found.empty:
        st.success(_("No doubtful tiers"), icon=":material/check:")
        return
    language = current_language()
    kinds = [kind for kind in DOUBTS if (found["kind"] == kind).any()]
    chosen = st.pills(
        _("Kinds of doubts"),
        kinds,
        selection_mode="multi",
        format_func=lambda kind: f"{DOUBTS[kind].pick(language)} ({int((found['kind'] == kind).sum())})",
        label_visibility="collapsed",
        key="doubt-kinds",
    )
    shown = found[found["kind"].isin(chosen)] if chosen else found
    shown = shown.reset_index(drop=True)
    rows = marked_rows(
        pd.DataFrame(
            {
                _("Doubt"): shown["kind"].map(lambda kind: DOUBTS[kind].pick(language)),
                _("Street"): shown["name"].fillna(_("Unnamed street")),
                _("Reason"): shown["reason"].map(lambda text: pick(text, language)),
                "id": shown["street_id"],
            }
        ),
        "doubts",
        "doubts-table",
        height=320,
    )
    if rows and st.button(_("Show on the map"), type="primary", icon=":material/map:", key="doubt-show"):
        row = shown.iloc[rows[0]]
        state.select([row["street_id"]], go=True, at=(row["lon"], row["lat"]))
        st.rerun()


def inference_note() -> None:
    """Say how accurate inferred tiers are, held out by street and by quarter, or why nobody knows."""
    if note := cache.inference().get("accuracy_note"):
        st.caption(pick(note, current_language()))


def accuracy() -> None:
    """Show the method of grading streets off the list, and its accuracy on listed ones."""
    report = cache.inference()
    method = {"score": _("the score"), "model": _("a model trained on the official list")}[report["method"]]
    st.text(_("Streets off the list are graded by {method}.").format(method=method))
    weights = pd.DataFrame(
        {
            "name": [ingredient_name(name) for name in report["weights"]],
            "points": list(report["weights"].values()),
        }
    )
    left, right = st.columns(2)
    with left:
        st.altair_chart(
            alt.Chart(weights, title=_("Weights, of 100 points"), height=180)
            .mark_bar(color=palette.CHARTS["bar"])
            .encode(
                x=alt.X("points:Q", title=None),
                y=alt.Y("name:N", title=None, sort=weights["name"].tolist(), axis=alt.Axis(labelLimit=160)),
                tooltip=["name", "points"],
            ),
            width="stretch",
        )
    with right:
        if "accuracy" not in report:
            st.info(
                pick(report["accuracy_note"], current_language())
                if report.get("accuracy_note")
                else _("{count} listed streets are too few to test this: {least} are needed.").format(
                    count=report["listed"], least=cache.profile()["tiers.list.enough_to_learn"]
                ),
                icon=":material/info:",
            )
            return
        low, high = report["interval"]
        st.metric(
            _("Accuracy on held-out listed streets"),
            f"{report['accuracy']:.0%}",
            _("95% interval {low:.0%} to {high:.0%}, {count} streets").format(
                low=low, high=high, count=report["listed"]
            ),
            delta_color="off",
            delta_arrow="off",
        )
        inference_note()
        bins = report["calibration"]["bins"]
        st.caption(
            _("Calibration (stated confidence → observed accuracy): {pairs}").format(
                pairs=" · ".join(f"{part['confidence']:.0%} → {part['right']:.0%}" for part in bins)
            )
        )
        st.caption(_("Listed in rows, inferred in columns:"))
        st.dataframe(
            pd.DataFrame(
                {
                    "": [tier_name(tier) for tier in GRADED],
                    **{tier_name(tier): [report["confusion"][row][tier] for row in GRADED] for tier in GRADED},
                }
            ),
            hide_index=True,
            width="stretch",
        )
