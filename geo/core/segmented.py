"""The words of a folded text, as a segmenter cuts them, and the patterns that several searches for names share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from geo.core.alternatives import any_of
from geo.core.patterns import pattern
from geo.core.personal_words import (
    AFTER_NAME,
    COMPOUND,
    ENDS,
    FORMAL,
    GIVEN_NOT,
    NEVER,
    PEOPLE,
    PLACE_AFTER,
    RARE,
    ROLES,
    SHOPS,
    SOUNDS,
    SPEECH,
    SURNAMES,
    TAIL_NOT,
    WORK,
)

HAN: Final = "[\u3400-\u9fff]"
ONE: Final = "".join(sorted(SURNAMES))
FIRST: Final = "".join(sorted(SURNAMES | {name[0] for name in COMPOUND}))
_TIE: Final = r"(?P<tie>(?:姓名|名字|信息|为|是|叫|名|[ :;,(\[<“\"'‘【《\-—])*)"
STAFF: Final = [f"{word}员" for word in ROLES if word.endswith("人")]
LEAD: Final = pattern(rf"(?P<lead>{any_of([*ROLES, *STAFF, *PEOPLE])}){_TIE}")
ROLE_WORDS: Final = frozenset([*ROLES, *STAFF])
TITLES: Final = frozenset([*FORMAL, *WORK])
_FORMAL: Final = frozenset(FORMAL)
DOING: Final = pattern(
    rf"(?:由|经|请|派|安排|让|找|联系|通知|委托|对|向|与|据|给|跟|和)(?=[{FIRST}]{HAN}{{1,3}}(?:负责|办理|处理|处置|核实|核查|牵头|跟进|接单|督办|答复|回复|回访|联系|到场|现场|协调|签收|送达|带队|同志|驾驶|经营|所有|搭建))|(?:回复|答复|告知|转告|通告|致电|@)(?=[{FIRST}]{HAN}{{1,2}}[:,@ ])"
)
FOLLOWS: Final = pattern(AFTER_NAME)
SPEAKS: Final = pattern(SPEECH)
SHOP: Final = pattern(SHOPS)
PLACE: Final = pattern(PLACE_AFTER)
SOUND: Final = "".join(sorted(SOUNDS))
DOT: Final = r"[·•・‧∙⋅.﹒]"
_PLAIN_TAGS: Final = ("nr", "x")


class Words:
    """The words of a text with their places, as the segmenter cuts and tags them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._cut([0])
        self.leads = list(LEAD.finditer(text))
        self.doings = list(DOING.finditer(text))
        cuts = set()
        for match in self.leads:
            lead = match.end("lead")
            begins = match.start() in self.at
            if match["lead"] not in _FORMAL and lead - match.start() > 1 and (begins or lead in self.at):
                cuts.add(lead)
            if match["tie"] and begins:
                cuts.add(match.end())
        cuts |= {match.end() for match in self.doings if match.start() in self.at}
        cuts -= {*self.upto, len(text)}
        if cuts:
            self._cut([0, *sorted(cuts)])

    def _cut(self, cuts: list[int]) -> None:
        """Segment the text anew between cuts, missed by the segmenter where a rare name follows: 采集员程浩."""
        at: dict[int, tuple[str, str]] = {}
        upto: dict[int, str] = {}
        tag = _segmenter().tag
        for start, end in zip(cuts, [*cuts[1:], len(self.text)], strict=True):
            place = start
            for pair in tag(self.text[start:end]):
                at[place] = pair
                word = pair[0]
                place += len(word)
                upto[place] = word
        self.at, self.upto = at, upto

    def _around(self, place: int) -> str:
        """Return the word that a place stands within, and nothing between two words."""
        if place in self.at:
            return ""
        start = place - 1
        while start > 0 and start not in self.at:
            start -= 1
        return self.at.get(start, ("", ""))[0]

    def follows(self, place: int) -> int:
        """Return how well a name may end at a place: 2 before an act or a break, 1 between two words, 0 within one."""
        if place >= len(self.text) or not "\u3400" <= self.text[place] <= "\u9fff":
            return 2
        if FOLLOWS.match(self.text, place):
            return 2 if place in self.at or not tag_of(self._around(place)) else 1
        return 1 if place in self.at else 0


@cache
def _segmenter() -> Any:
    import rjieba  # noqa: PLC0415  (slow to load, and most runs read no text)

    return rjieba


@cache
def tag_of(word: str) -> str:
    """Return the tag of a word of the dictionary, and nothing for others."""
    if not _segmenter().has_word(word):
        return ""
    tags = _segmenter().tag(word)
    return tags[0][1] if len(tags) == 1 else "?"


def plain(word: str) -> bool:
    """Tell an ordinary word of the dictionary from a name and from no word at all."""
    if word in NEVER:
        return True
    tag = tag_of(word)
    if not tag or tag.startswith(_PLAIN_TAGS):
        return False
    return len(word) != 3 or word[0] not in SURNAMES or _known(word[:2]) or _known(word[1:])


def _known(word: str) -> bool:
    return bool(tag_of(word)) and not tag_of(word).startswith(_PLAIN_TAGS)


def surname_at(text: str, place: int, rare: bool = False) -> int:
    """Return the length of the surname at a place; a rare one counts where it is asked for."""
    if text[place : place + 2] in COMPOUND:
        return 2
    letter = text[place : place + 1]
    return int(letter in SURNAMES or (rare and letter in RARE))


def end_of_sounds(words: Words, place: int, limit: int) -> int:
    """Return where a foreign name that runs from a place ends: before the first act, or with its last sound."""
    end = place
    while end < limit and (words.text[end] in SOUNDS or end < place + 2):
        if end >= place + 2 and end in words.at and FOLLOWS.match(words.text, end) and words.follows(end) == 2:
            word = words.at[end][0]
            if (len(word) > 1 and plain(word)) or SPEAKS.match(words.text, end):
                break
        end += 1
    return end


def alone(words: Words, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a stretch that has nothing but a name in it."""
    size = surname_at(words.text, start)
    name = words.text[start:end]
    given = name[size:]
    if not size or not 1 <= len(given) <= 2 or plain(name) or given in TAIL_NOT or name[-1] in ENDS:
        return
    if any(letter in GIVEN_NOT for letter in given) or name[-2:] in TITLES:
        return
    if len(name) > 2 and plain(name[:2]) and plain(name[1:]):
        return
    place = start
    while place < end and place in words.at:
        word = words.at[place][0]
        if len(word) > 1 and plain(word) and word[0] in SURNAMES:
            return
        place += len(word)
    yield start, end
