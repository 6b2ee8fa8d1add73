"""Two people decide at once in a real browser: both decisions stand side by side, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier, find_street
from tests.browser.conftest import ARTEFACTS, Visit, serving

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser

WORDS = {
    "en": (
        "Change the tier to",
        "secondary road",
        "Reason",
        "Decided by",
        "Save the decision",
        "Theirs",
        "Yours",
        "Decide nevertheless",
    ),
    "zh": ("将等级改为", "次干道", "理由", "决定人", "保存决定", "对方的决定", "您的决定", "仍按我的决定"),
}


@pytest.mark.slow
def test_both_decisions_are_shown_and_the_second_counts_on_purpose(study: Path, visit: Visiting) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    street = find_street(study, "Mannerheimintie")
    with serving(study) as where:
        for language, (tier, chosen, reason, by, save, theirs, yours, insist) in WORDS.items():
            with visit() as look:
                look.open(f"{where}/streets?lang={language}&street={street}")
                page = look.page
                page.get_by_label(tier).click()
                page.get_by_role("option", name=chosen).click()
                page.get_by_label(reason, exact=True).fill("学校门口 near the school")
                page.get_by_label(by, exact=True).fill("王 Wang")
                decide_tier(study, street, "back_street", "夜市 night market", "李 Li")
                page.get_by_role("button", name=save).click()
                expect(page.get_by_text(theirs, exact=True)).to_be_visible()
                expect(page.get_by_text(yours, exact=True)).to_be_visible()
                expect(page.get_by_text("夜市 night market").first).to_be_visible()
                expect(page.get_by_label(reason, exact=True)).to_have_value("学校门口 near the school")
                look.settled()
                page.screenshot(path=ARTEFACTS / f"conflict-{language}.png")
                page.get_by_role("button", name=insist).click()
                expect(page.get_by_text(theirs, exact=True)).to_have_count(0)
    taken = read_layer(study, "decisions")
    assert taken["by"].tolist() == ["李 Li", "王 Wang"] * 2
    assert taken["after"].tolist() == ["back_street", "secondary"] * 2, (
        "what was chosen is not what the colleague chose"
    )
