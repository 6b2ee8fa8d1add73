"""The tabs of the page Complaints: hot streets, spots that come back, answers, tiers and measures, patrols."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from dashboards.complaints.hot_tab import hot_streets, named
from dashboards.complaints.moment import local, moment
from dashboards.session import cache, complaint_figures
from dashboards.session.complaint_figures import Asked
from dashboards.session.language import _, current_language
from dashboards.session.wording import category_name, tier_name
from dashboards.shared import background
from dashboards.shared.widgets import each_once, left_out_caption, out_of_date, table
from geo.complaints.answer_times import RESPONSES, shares
from geo.complaints.patrol_study import PATROLS, PEOPLE
from geo.core.text import pick
from geo.stalls.penalty_steps import STEP_NAMES
from layers import palette


def tabs(complaints: pd.DataFrame, asked: Asked) -> None:
    """Draw the tabs of the complaints of the chosen time and streets."""
    names = [
        _("Hot streets"),
        _("Recurring spots"),
        _("721"),
        _("Time to close"),
        _("Tiers and measures"),
        _("Patrols"),
    ]
    hot, again, method, time, tiers, patrols = st.tabs(names)
    with hot:
        hot_streets()
    with again:
        _again()
    with method:
        _method(complaints)
    with time:
        _time(asked)
    with tiers:
        _tiers()
    with patrols:
        _patrols()


def _again() -> None:
    spots = cache.answers(moment())["repeats"]
    streets = cache.layer("roads").drop_duplicates("segment_id").set_index("segment_id")["name"]
    rows = [
        (
            named(streets.get(spot["segment_id"])),
            category_name(spot["category"]),
            spot["reports"],
            spot["relapses"],
            spot["first"][:10],
            spot["last"][:10],
            spot["complaint_ids"],
        )
        for spot in spots
    ]
    columns = [_("Street"), _("Category"), _("Reports"), _("Relapses"), _("First"), _("Last"), _("Identifiers")]
    table(pd.DataFrame(rows, columns=columns), "repeat-spots", "repeat-spots", height=360)
    profile = cache.profile()
    st.caption(
        _(
            "A relapse: the same category within {metres:.0f} m, up to {days} days after the previous complaint "
            "was closed."
        ).format(metres=profile["repeats.within"], days=profile["repeats.days"])
    )
    left_out_caption(cache.answers(moment())["left_out"]["repeats"])


def _method(complaints: pd.DataFrame) -> None:
    names = {"service": _("service"), "management": _("management"), "enforcement": _("enforcement")}
    found = shares(complaints, complaints["month"])
    if found.empty:
        st.caption(_("No complaint has a recorded response."))
        return
    long = found.melt(["group", "answered"], list(RESPONSES), "response", "share")
    long["low"] = found.melt(["group"], [f"{name}_low" for name in RESPONSES])["value"]
    long["high"] = found.melt(["group"], [f"{name}_high" for name in RESPONSES])["value"]
    long["response"] = long["response"].map(names)
    targets = pd.DataFrame(
        {"response": list(names.values()), "target": [cache.profile()[f"answer.shares.{name}"] for name in RESPONSES]}
    )
    colour = alt.Color(
        "response:N",
        title=None,
        scale=alt.Scale(domain=list(names.values()), range=[palette.RESPONSES[code] for code in names]),
    )
    y = alt.Y("share:Q", title=None, axis=alt.Axis(format="%"))
    base = alt.Chart(long, height=240)
    lines = base.mark_line(point=True).encode(
        x=alt.X("group:O", title=None),
        y=y,
        color=colour,
        tooltip=[
            alt.Tooltip("group:O"),
            alt.Tooltip("response:N"),
            alt.Tooltip("share:Q", format=".0%"),
            alt.Tooltip("answered:Q"),
        ],
    )
    bands = base.mark_area(opacity=0.15).encode(x="group:O", y=alt.Y("low:Q"), y2="high:Q", color=colour)
    rules = alt.Chart(targets).mark_rule(strokeDash=[5, 4]).encode(y="target:Q", color=colour)
    st.altair_chart(bands + lines + rules, width="stretch")
    st.caption(_("Dashed: 70 % service, 20 % management, 10 % enforcement. Bands: 95 % intervals."))
    known = cache.answers(moment())
    left_out_caption(known["left_out"]["by_month"])
    left, right = st.columns(2)
    quarters = cache.layer("quarters").set_index("quarter_id")["name"]
    for column, rows, title, label in (
        (left, known["by_street"], _("Street"), lambda row: named(row["name"])),
        (right, known["by_quarter"], _("Quarter"), lambda row: f"{row['group']} {quarters.get(row['group']) or ''}"),
    ):
        with column:
            shown = pd.DataFrame(
                [(label(row), row["answered"], *(f"{row[name]:.0%}" for name in RESPONSES)) for row in rows],
                columns=[title, _("Answered"), *names.values()],
            )
            table(shown, f"shares-{'street' if column is left else 'quarter'}", f"shares-{title}", height=260)
            left_out_caption(known["left_out"]["by_street"])


def _time(asked: Asked) -> None:
    now = moment()
    curve = complaint_figures.curve(asked)
    left, right = st.columns(2)
    with left:
        rows = pd.DataFrame({"hours": np.append(0.0, curve.hours), "open": np.append(1.0, curve.open_share)})
        chart = (
            alt.Chart(rows, title=_("Share still open, by hours since receipt"), height=230)
            .mark_line(interpolate="step-after")
            .encode(
                x=alt.X("hours:Q", title=_("Hours open"), scale=alt.Scale(type="symlog")),
                y=alt.Y("open:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            )
        )
        st.altair_chart(chart, width="stretch")
        says = _("{closed:,} closed; {open:,} still open count until {date:%Y-%m-%d} (Kaplan-Meier).")
        st.caption(says.format(closed=curve.events, open=curve.censored, date=local(now)))
        left_out_caption(curve.left_out)
        first = cache.answers(moment())["answer_hours"]
        if first and first["median"] is not None:
            st.caption(_("Median time to the first answer: {hours:.1f} h.").format(hours=first["median"]))
        channels = [
            (row["channel"], row["complaints"], row["open"], row["within_limit"], row["median_hours"], row["p90_hours"])
            for row in cache.answers(moment())["channels"]
        ]
        shown = pd.DataFrame(
            channels,
            columns=[_("Channel"), _("Complaints"), _("Open"), _("In time"), _("Median, h"), _("90 %, h")],
        )
        table(shown.round(2), "channels", "channels")
        left_out_caption(cache.answers(moment())["left_out"]["channels"])
    with right:
        late = complaint_figures.late(asked)
        roads = cache.layer("roads").drop_duplicates("segment_id").set_index("segment_id")["name"]
        st.markdown("**" + _("Overdue") + "**")
        shown = pd.DataFrame(
            {
                _("Identifier"): late["complaint_id"],
                _("Category"): each_once(late["category"], category_name),
                _("Street"): late["segment_id"]
                .map(roads)
                .map(lambda name: named(name if isinstance(name, str) else None)),
                _("Due"): late["due_at"].map(lambda due: f"{local(due):%Y-%m-%d %H:%M}"),
                _("Open, h"): late["open_hours"],
                _("Limit, h"): late["limit_hours"],
                _("Limit from"): late["limit_from"].map({"file": _("its file"), "rules": _("the rules")}),
            }
        )
        table(shown, "overdue", "overdue", height=420)
    ladder = cache.answers(moment())["ladder"]
    if ladder:
        steps = [
            (STEP_NAMES[step].pick(current_language()), count) for step, count in ladder.items() if step in STEP_NAMES
        ]
        table(pd.DataFrame(steps, columns=[_("Step"), _("Times")]), "ladder", "ladder")


def _tiers() -> None:
    known = cache.answers(moment())
    rows = pd.DataFrame(known["tiers"])
    rows = rows[rows["complaints"] > 0].assign(name=lambda table: table["tier"].map(tier_name))
    base = alt.Chart(rows, title=_("Complaints per kilometre and month"), height=45 * len(rows) + 40)
    y = alt.Y("name:N", title=None, sort=None)
    lines = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", title=None, axis=alt.Axis(tickCount=8)), x2="high:Q", y=y
    )
    tips = [alt.Tooltip("rate:Q", format=".2f"), "complaints:Q", "km:Q", "streets:Q"]
    chart = lines + base.mark_circle(size=120, color=palette.CHARTS["estimate"]).encode(x="rate:Q", y=y, tooltip=tips)
    st.altair_chart(chart, width="stretch")
    st.caption(_("Lines: 95 % intervals, adjusted for clustering by street."))
    if known["since"] and known["until"]:
        st.caption(
            _("Months from {first} to {last}: the time that the data cover.").format(
                first=known["since"][:10], last=known["until"][:10]
            )
        )
    left_out_caption(known["left_out"]["tiers"])
    st.markdown("**" + _("Before and after decisions") + "**")
    effects = [
        (
            effect["decision_id"],
            named(effect["name"]),
            effect["what"],
            f"{effect['before']} → {effect['after']}",
            f"{effect['others_before']} → {effect['others_after']}",
            pick(effect["says"], current_language()),
        )
        for effect in known["measures"]
    ]
    columns = [_("Decision"), _("Street"), _("Measure"), _("Complaints"), _("On comparable streets"), _("Result")]
    table(pd.DataFrame(effects, columns=columns), "measures", "measures")


def _patrols() -> None:
    known = cache.known(PATROLS)
    earlier = list(cache.layer("patrol_districts")["district_id"])
    absent: list[str] = []
    keep = True
    if earlier:
        keep = st.checkbox(
            _("Keep the present districts as far as possible"), value=True, key="patrol-keep",
            help=_("Streets change hands only as far as even work asks for it."),
        )  # fmt: skip
        absent = st.multiselect(
            _("Districts without a supervisor"), earlier, key="patrol-absent", disabled=not keep,
            help=_("The others take over their streets."),
        )  # fmt: skip
    absent = absent if keep else []
    people = st.number_input(
        _("Supervisors"), min_value=1, max_value=2000, value=len(earlier) or PEOPLE, key="patrol-people",
        disabled=bool(absent),
    )  # fmt: skip
    if st.button(
        _("Divide the streets"), icon=":material/groups:", type="secondary" if known.fresh else "primary", key="patrol"
    ):
        many = None if absent else int(people)
        background.start("patrols", {"people": many, "keep_earlier": keep, "without": absent})
    if known.summary is None:
        return
    found = known.summary
    out_of_date(known)
    st.caption(
        _("The heaviest district has {balance:.2f} times the mean work; no division has less than {bound:.2f}.").format(
            balance=found["balance"], bound=found["bound"]
        )
    )
    if kept := found.get("kept"):
        st.caption(_("{share:.0%} of street length is in the same district as before.").format(share=kept["share"]))
    for sentence in found.get("says", []):
        st.caption(pick(sentence, current_language()))
    left_out_caption(found.get("left_out", {}).get("districts"))
    left, right = st.columns([0.58, 0.42])
    with left:
        rows = [
            (
                row["district_id"],
                row["complaints"],
                round(row["length_m"] / 1000, 1),
                round(row["round_m"] / 1000, 1),
                # a plan of an earlier release has no bound
                round(row.get("bound_m", 0) / 1000, 1) or None,
                len(row.get("unreached", [])),
                " · ".join(row["streets"]),
            )
            for row in found["districts"]
        ]
        columns = [
            _("District"),
            _("Complaints"),
            _("km"),
            _("Round, km"),
            _("At least, km"),
            _("Unreached"),
            _("Streets"),
        ]
        table(pd.DataFrame(rows, columns=columns), "districts", "districts", height=360)
    with right:
        days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
        when = [
            (
                named(row["name"]),
                days[int(row["weekday"])],
                f"{int(row['from_hour']):02d}–{int(row['to_hour']):02d}",
                row["complaints"],
            )
            for row in found["priorities"]
        ]
        columns = [_("Street"), _("Weekday"), _("Hours"), _("Complaints")]
        table(pd.DataFrame(when, columns=columns), "priorities", "priorities", height=360)
