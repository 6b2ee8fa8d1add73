"""Two people decide on one thing at once: the other's decision beside one's own, and the choice between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from dashboards.session import cache, runs
from dashboards.session.language import _, current_language
from dashboards.session.wording import outcome_name
from dashboards.shared.widgets import show_error
from geo.core.errors import JiexuError
from geo.core.text import pick
from geo.study.conflicts import ConflictError, Theirs

_SEEN: Final = "decisions-seen"
"""By form, what stood there when somebody looked at it last."""
_CLASH: Final = "decision-clash"

Decide = Callable[[str, str | None, Sequence[Theirs]], str]
"""Decides for a reason, by the newest decision that the decider has seen and those of others that they overrule."""


@dataclass(frozen=True)
class Attempt:
    """
    A decision that somebody wants to take.

    Attributes
    ----------
    key
        Of the form.
    reason, by
        As they were typed.
    outcome
        Returns the values before and after it, as they stand when it is shown.
    decide
        Takes it, and returns its number.
    saved
        Follows when it is taken.
    keep
        Takes the part of it that is on nothing of theirs, where there is one.
    """

    key: str
    reason: str
    by: str
    outcome: Callable[[], tuple[str, str]]
    decide: Decide
    saved: Callable[[str], None]
    keep: Decide | None = None


def seen(key: str) -> str | None:
    """Return the newest decision that whoever looks at a form has seen, as `looked`; None where there was none."""
    decisions = cache.layer("decisions")
    return looked(key, None if decisions.empty else str(decisions["decision_id"].iloc[-1]))


def looked(key: str, now: str | None) -> str | None:
    """
    Return a value as it was when somebody looked at a form last; call it once as the form is drawn, with the value now.

    A page that draws itself anew, for a colleague's change, has not been looked at yet.
    """
    marks: dict[str, str | None] = st.session_state.setdefault(_SEEN, {})
    last = marks.get(key, now)
    if key not in marks or not runs.by_page():
        marks[key] = now
    return last


def attempt(wanted: Attempt, seen: str | None) -> None:
    """Take a decision and draw the page anew; where somebody else decided meanwhile, show both; or say the problem."""
    st.session_state["by"] = wanted.by
    try:
        number = wanted.decide(wanted.reason, seen, ())
    except ConflictError as conflict:
        st.session_state[_CLASH] = (wanted, conflict)
        st.rerun()
    except JiexuError as error:
        show_error(error)
        return
    wanted.saved(number)
    st.rerun()


def both(key: str) -> bool:
    """Show both decisions in the place of a form where there is a conflict, and tell whether there is."""
    wanted, conflict = st.session_state.get(_CLASH, (None, None))
    if wanted is None or wanted.key != key:
        return False
    before, after = wanted.outcome()
    several = len({each.subject for each in conflict.theirs}) > 1 or wanted.keep is not None
    with st.container(border=True, key=f"conflict-{key}", gap="small"):
        st.warning(_("Somebody else decided meanwhile. Yours is not saved yet."), icon=":material/group:")
        left, right = st.columns(2)
        with left:
            st.caption(_("Theirs"))
            for each in conflict.theirs:
                _side(_who(each), *_outcome(each), each.reason, _subject(each) if several else "")
        with right:
            st.caption(_("Yours"))
            _side(wanted.by or _("You"), before, after)
            reason = st.text_input(_("Reason"), value=wanted.reason, key=f"conflict-reason-{key}")
        with st.container(horizontal=True, gap="small"):
            words = _("Keep theirs") if wanted.keep is None else _("Keep theirs, save the others")
            keep = st.button(words, icon=":material/check:", key=f"conflict-keep-{key}")
            insist = st.button(_("Decide nevertheless"), icon=":material/gavel:", key=f"conflict-insist-{key}")
    if keep and wanted.keep is None:
        del st.session_state[_CLASH]
        st.rerun()
    if keep or insist:
        decide = wanted.keep if keep and wanted.keep is not None else wanted.decide
        _again(wanted, decide, reason, conflict)
    return True


def pending(lead: str) -> bool:
    """Show both decisions where the form of a conflict is not drawn any more, by the lead of its key; tell whether."""
    wanted = st.session_state.get(_CLASH, (None, None))[0]
    return wanted is not None and wanted.key.startswith(lead) and both(wanted.key)


def _again(wanted: Attempt, decide: Decide, reason: str, conflict: ConflictError) -> None:
    try:
        number = decide(reason, conflict.seen, conflict.theirs)
    except ConflictError as newer:
        st.session_state[_CLASH] = (wanted, newer)
    except JiexuError as error:
        show_error(error)
        return
    else:
        del st.session_state[_CLASH]
        wanted.saved(number)
    st.rerun()


def _side(who: str, before: str, after: str, reason: str = "", subject: str = "") -> None:
    """Draw one side as text."""
    lines = [who, subject, f"{before} → {after}" if before else after]
    if reason:
        lines.append(_("Reason: {reason}").format(reason=pick(reason, current_language())))
    st.text("\n".join(filter(None, lines)))


def _who(each: Theirs) -> str:
    at = pd.Timestamp(each.at).tz_convert(cache.timezone()).strftime("%Y-%m-%d %H:%M")
    return f"{each.by or '?'} · {at}"


def _subject(each: Theirs) -> str:
    section = pick(each.section or "", current_language())
    return " · ".join(filter(None, (each.subject_name or each.subject, section)))


def _outcome(each: Theirs) -> tuple[str, str]:
    before, after = (pick(outcome_name(value), current_language()) for value in (each.before, each.after))
    if each.undoes:
        after += " " + _("(undoes {id})").format(id=each.undoes)
    return before, after
