"""The tiers of streets as a result that the study keeps."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.decisions import BASE_TABLE
from geo.study.results import MadeOf, Result
from geo.tiers.documents import GradingReport

TIER_LIST: Final = "tier_list"
"""The study's table of the official list, as it was read."""

TIERS: Final[Result[GradingReport]] = Result(
    "tiers",
    Text("街道等级", "Tiers of streets"),
    MadeOf(
        layers=("segments", "paths", "facilities", "complaints", "quarters", TIER_LIST),
        rules=("tiers", "network"),
    ),
    ("roads", "streets", "street_scores", "findings", "decisions", BASE_TABLE),
    # every decision sets its street's tier, every import its streets' counts
    in_step=("vendors", "parking"),
)
