"""Names of people in a folded text, known by a role before them, a title after them, or a telephone beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from geo.core.english_names import LATIN, PUBLIC, english_names
from geo.core.patterns import pattern
from geo.core.personal_numbers import Span
from geo.core.personal_titles import before_titles, marked, nicknames
from geo.core.personal_words import (
    BETWEEN,
    COMPOUND,
    ENDS,
    GIVEN_NOT,
    GLUE,
    LATER,
    LINKS,
    NEVER,
    PEOPLE,
    RARE,
    SOUNDS,
    SURNAMES,
    TAIL_NOT,
    WORD_COMPOUND,
)
from geo.core.segmented import (
    DOT,
    HAN,
    ONE,
    ROLE_WORDS,
    SPEAKS,
    TITLES,
    Words,
    alone,
    end_of_sounds,
    plain,
    surname_at,
    tag_of,
)

_AND: Final = pattern(r"[ ]?(?:[、,/&]|和|与|及|以及|跟)[ ]?")
_DOTTED: Final = pattern(rf"{HAN}{{1,10}}(?:{DOT}{HAN}{{1,10}})+")
_BESIDE: Final = pattern(
    rf"(?:^|[^\u3400-\u9fff]|[的由找向系])(?P<it>{HAN}{{2,4}})[ :：,，、(（\-—]{{0,3}}(?:(?:联系|本人)?(?:电话|手机号码?|手机|号码|座机|微信|tel|Tel|TEL)号?)?[ :：是为]{{0,3}}$"
)
_WITH_NUMBERS: Final = frozenset({"phone", "wechat"})
_SURE: Final = 2
"""How surely a name follows: 0 after 市民, 1 after 来电人, 2 after 来电人： and 我叫."""
_NAMED: Final = frozenset("我叫 名叫 叫做 姓名 户名 名为 人叫".split())
_SURE_ROLE: Final = pattern(r"[:;(【]")
_COMES: Final = frozenset("电信访函到找此这我说报反投要了过拿闹吵")
"""Characters that follow 来 where it is an act and ends no name: 来电, 来找."""
_UNSAID: Final = frozenset(
    "匿名 不详 未知 同上 保密 未留 无 隐去 拒绝 空 略 先生 女士 群众 市民 热心 本人 物业 社区".split()
)


def names(text: str, near: Sequence[Span] = (), anywhere: bool = True) -> list[tuple[int, int]]:
    """
    Return the stretches of a folded text that name somebody.

    Parameters
    ----------
    text
        As `geo.core.folding.folded` returns it.
    near
        The personal numbers of the text: a name that stands alone before a telephone is one.
    anywhere
        False for a text with no other sign of a name.
    """
    found: list[tuple[int, int]] = []
    words: Words | None = None
    if anywhere:
        words = Words(text)
        letters = set(text)
        for finder, signs in _FINDERS:
            if not signs or not signs.isdisjoint(letters):
                found.extend(finder(words))
    for span in near:
        if span.kind in _WITH_NUMBERS and (match := _BESIDE.search(text[max(0, span.start - 24) : span.start])):
            words = words or Words(text)
            start = max(0, span.start - 24) + match.start("it")
            found.extend(alone(words, start, start + len(match["it"])))
    return found


def _breaks(text: str, place: int) -> bool:
    """Tell the end of a clause."""
    return place >= len(text) or not text[place].isalnum()


def _after_leads(words: Words) -> Iterator[tuple[int, int]]:
    for match in words.leads:
        start = match.start()
        if start not in words.at and start > 0 and not any(start < end <= match.end() for end in words.upto):
            continue
        role = int(match["lead"] in ROLE_WORDS)
        said = bool(_SURE_ROLE.search(match["tie"])) or match["lead"] in _NAMED or "叫" in match["tie"]
        foreign = match["lead"].startswith("外")
        yield from _listed(words, match.end(), role + (role and said) or int(foreign))
    for match in words.doings:
        end = _chinese(words, match.end(), 0)
        if end and words.follows(end) == 2:
            yield match.end(), end


def _listed(words: Words, place: int, role: int) -> Iterator[tuple[int, int]]:
    """Yield the name at a place and the names that are listed after it."""
    text = words.text
    while end := _name(words, place, role):
        yield place, end
        more = _AND.match(text, end)
        if not more:
            return
        place, role = more.end(), min(role, 1)


def _name(words: Words, place: int, role: int) -> int:
    """Return the end of the name at a place, and 0 where there is none."""
    text = words.text
    if place >= len(text):
        return 0
    spaced = re.match(rf"[{ONE}] {HAN}(?!{HAN})", text[place : place + 4]) if role else None
    if spaced:
        return place + spaced.end()
    if text[place].isascii():
        match = LATIN.match(text, place)
        good = match and not PUBLIC.search(match.group()) and (role or " " in match.group())
        return match.end() if match and good else 0
    return (
        _dotted(words, place)
        or _long_sounded(words, place, role)
        or _chinese(words, place, role)
        or _sounded(words, place, role)
        or (_whole(words, place) if role == _SURE else 0)
    )


def _dotted(words: Words, place: int) -> int:
    """Return the end of a name of parts with dots between: 阿卜杜拉·买买提."""
    match = _DOTTED.match(words.text, place)
    if not match:
        return 0
    last = max(match.group().rfind(dot) for dot in "·•・‧∙⋅.﹒") + place + 1
    if not any(letter in SOUNDS for letter in words.text[place:last]):
        return 0
    return end_of_sounds(words, last, match.end())


def _sounded(words: Words, place: int, role: int) -> int:
    """Return the end of a name that is written by its sound: 迪丽热巴, 扎西顿珠."""
    text = words.text
    limit = place
    while limit < len(text) and limit < place + 10 and text[limit] in SOUNDS:
        limit += 1
    if limit - place < 2:
        return 0
    end = end_of_sounds(words, place, limit)
    while end - place >= 2:
        name = text[place:end]
        tagged = words.at.get(place, ("", ""))[1].startswith(("nr", "ns", "nz", "x")) or not tag_of(name)
        if (
            words.follows(end)
            and not plain(name)
            and (end - place >= 3 or (words.follows(end) == 2 and tagged and tag_of(name).startswith("nr")) or role)
        ):
            first = words.at.get(place, ("", ""))[0]
            return 0 if len(first) >= 2 and plain(first) and tag_of(first)[0] in "vadtfmrpc" else end
        end -= 1
    return 0


def _long_sounded(words: Words, place: int, role: int) -> int:
    """Return the end of a name by its sound that is longer than a Chinese one: 索朗旺堆."""
    if any(letter not in SOUNDS for letter in words.text[place : place + 4]):
        return 0
    end = _sounded(words, place, role)
    return end if end - place >= 4 and words.follows(end) == 2 else 0


def _chinese(words: Words, place: int, role: int) -> int:
    """Return the end of a surname with a given name of one or two characters."""
    text = words.text
    size = surname_at(text, place, rare=True)
    if not size:
        return 0
    first, _ = words.at.get(place, ("", ""))
    if not first and not role:
        return 0
    best = (0, 0, 0)
    for length in (size + 2, size + 1):
        rank = _rank(words, place, size, length, role)
        if rank:
            last, after = place + length - 1, place + length
            starts_next = length == size + 2 and text[last] in BETWEEN and not SPEAKS.match(text, after)
            starts_next &= text[last] != "来" or text[after : after + 1] in _COMES
            best = max(best, (rank, int(len(first) == length) - 2 * starts_next, length))
    if not best[0] and size == 2 and text[place : place + 2] in COMPOUND and text[place] in SURNAMES:
        best = max(best, (_rank(words, place, 1, 3, role), 1, 3), (_rank(words, place, 1, 2, role), 0, 2))
    return place + best[2] if best[0] else 0


def _rank(words: Words, place: int, size: int, length: int, role: int) -> int:
    """Return how much a stretch looks like a name where one is expected: from 0, not at all, to 3."""
    text = words.text
    name, end = text[place : place + length], place + length
    given = name[size:]
    if given in PEOPLE:
        return 0
    first, tag = words.at.get(place, ("", ""))
    if size == 1 and name[0] in RARE and not _rare(words, place, name, role):
        return 0
    if len(name) < length or not re.fullmatch(rf"{HAN}+", name) or any(letter in GIVEN_NOT for letter in given):
        return 0
    if name[0] in GLUE and given[0] in LINKS and not role:
        return 0
    if (
        given in TAIL_NOT
        or given in TITLES
        or name[-2:] in TITLES
        or (name in NEVER and not (role == _SURE and _breaks(text, end)))
        or name in COMPOUND
        or (given[-1] in ENDS and not (role and words.follows(end) == 2 and not plain(name)))
    ):
        return 0
    level = words.follows(end)
    if not level:
        return 0
    if size == 2 and name[:2] not in WORD_COMPOUND:
        return 1 + level
    acts = bool(SPEAKS.match(text, end))
    speaks = acts or end >= len(text) or not "\u3400" <= text[end] <= "\u9fff"
    if plain(name):
        named = len(name) == 2 and speaks and level == 2 and (role or (acts and tag_of(name)[:1] in "nz"))
        return 1 if named else 0
    start = text[place : place + 2]
    if length - size == 2 and size == 1 and plain(start):
        if given[-1] in LATER or level < 2 or not (speaks if start in NEVER else True):
            return 0
        solid = start not in NEVER and tag_of(start)[:1] in ("n", "s", "z")
        return (
            2
            if acts
            or (role == _SURE and speaks)
            or (solid and end in words.at and (role or (level == 2 and end < len(text))))
            else 0
        )
    if length - size == 1 and size == 1 and len(first) > 2 and plain(first):
        return 0
    if level == 2:
        return 3
    sure = first == name and tag.startswith("nr")
    split = first == name[:size] and words.at.get(place + size, ("", ""))[0] == given
    return 2 if sure or (role and split) or (split and words.at[place + size][1].startswith("nr")) else 1 if role else 0


def _rare(words: Words, place: int, name: str, role: int) -> bool:
    """Tell a name with a rare surname: nothing else fits, and an act or a break follows."""
    first = words.at.get(place, ("", ""))[0]
    if words.follows(place + len(name)) < 2 or plain(name) or plain(name[:2]) or (len(first) > 1 and plain(first)):
        return False
    if role or len(name) == 3:
        return True
    return first in (name, name[0]) and words.at[place][1].startswith("nr")


def _whole(words: Words, place: int) -> int:
    """Return the end of a clause that is a name though it looks like none: 山本一郎, after 来电人."""
    match = re.compile(rf"{HAN}{{2,5}}(?=[^\u3400-\u9fff]|$)").match(words.text, place)
    if not match or match.group()[:2] in _UNSAID or match.group()[0] in "已未无不均暂同待" or match.group() in _UNSAID:
        return 0
    pieces = []
    while place < match.end() and place in words.at:
        pieces.append(words.at[place][0])
        place += len(pieces[-1])
    unknown = [piece for piece in pieces if not tag_of(piece) or tag_of(piece).startswith("nr")]
    ends = match.group()[-1] in ENDS
    return (
        match.end()
        if unknown
        and not ends
        and not any(len(piece) > 1 and plain(piece) and tag_of(piece)[0] in "vadr" for piece in pieces)
        else 0
    )


_FINDERS: Final[tuple[tuple[Callable[[Words], Iterator[tuple[int, int]]], frozenset[str]], ...]] = (
    (_after_leads, frozenset()),
    (before_titles, frozenset()),
    (nicknames, frozenset("老小大阿胖")),
    (marked, frozenset("某×✕*○〇xX姓男女·•・‧")),
    (english_names, frozenset("abcdefghijklmnopqrstuvwxyz")),
)
"""Searches for names, and the characters without any of which a text has none."""
