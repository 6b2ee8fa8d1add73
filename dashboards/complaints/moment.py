"""The moment of the ages of open complaints on the page Complaints."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from dashboards.session import cache
from dashboards.session.complaint_figures import covered

AS_OF: Final = "complaints-as-of"
"""The key of the choice: `now`, or `end` for the end of the data."""


def moment() -> pd.Timestamp:
    """Return the moment: now, or the end of the data where somebody chose that."""
    if st.session_state.get(AS_OF) == "end":
        end = covered(cache.hour().isoformat()).until
        if not pd.isna(end):
            return end
    return cache.hour()


def local(at: pd.Timestamp) -> pd.Timestamp:
    """Return a moment on the study's clock."""
    return at.tz_convert(cache.timezone())
