"""Words that stand for no category are counted and named once."""

from __future__ import annotations

import pandas as pd

from geo.points.unmapped import unmapped, unmapped_findings


def test_unknown_words_are_counted_the_most_frequent_first() -> None:
    words = pd.Series(["Rodent", "noise", "Graffiti", None, "Rodent"], dtype=object)
    assert unmapped(words) == [{"word": "Rodent", "count": 2}, {"word": "Graffiti", "count": 1}]
    (finding,) = unmapped_findings(words)
    assert "Rodent (2), Graffiti (1)" in finding.problem.en
    assert unmapped_findings(pd.Series(["noise"], dtype=object)) == []


def test_a_finding_names_the_first_of_many() -> None:
    (finding,) = unmapped_findings(pd.Series([f"word {number:02}" for number in range(30)], dtype=object))
    assert "and 10 more" in finding.problem.en
