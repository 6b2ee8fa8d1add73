"""Names of people in a folded text by their form: before a title, as a nickname, or half hidden (何某)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from geo.core.alternatives import any_of
from geo.core.patterns import pattern
from geo.core.personal_words import (
    COMMON,
    COMPOUND,
    ENDS,
    FORMAL,
    GIVEN_NOT,
    GLUE,
    NEVER,
    NOT_ALONE,
    RARE,
    SHORT,
    SOUNDS,
    SURNAMES,
    TAIL_NOT,
    WARES,
    WORK,
)
from geo.core.segmented import (
    DOT,
    FOLLOWS,
    HAN,
    LEAD,
    ONE,
    PLACE,
    SHOP,
    SOUND,
    Words,
    alone,
    end_of_sounds,
    plain,
    surname_at,
    tag_of,
)

_TITLE: Final = pattern(any_of([*FORMAL, *WORK, *SHORT]))
_TITLE_KIND: Final = dict.fromkeys(SHORT, "short") | dict.fromkeys(WORK, "work") | dict.fromkeys(FORMAL, "formal")
_FREE_DOTTED: Final = pattern(rf"[{SOUND}]{{2,8}}[·•・‧][{SOUND}]{{2,8}}")
_MASKED: Final = pattern(
    rf"(?P<it>(?:{any_of(sorted(COMPOUND))}|[{ONE}])(?:某某某?|某[甲乙丙丁]?(?:{HAN}(?![\u3400-\u9fff]))?|[×✕*○〇]{{1,3}}|[xX]{{1,2}}(?![A-Za-z0-9])))"
)
_NOT_SOME: Final = pattern(
    r"某(?:[\u4e00-\u9fff]{0,5}(?:店|商行|公司|中心|超市|厂|馆|餐饮|酒楼|部)|[日天月年个些时处地种人]|小区|单位|公司|路|街|店)"
)
_CALLED: Final = pattern(
    rf"(?<![百同贵尊])姓(?P<it>{any_of(sorted(COMPOUND))}|[{ONE}])(?=的|氏|男|女|先|小姐|[,，。.!?；;、）) ]|$|业主|市民|居民|师傅|老板|摊主|商户|经理|住户|司机|人)|"
    rf"(?:(?<!{HAN})|(?<=[名位个该某]))(?P<too>[{ONE}])姓(?=市民|先生|女士|业主|居民|男子|女子|小姐|老人|师傅|村民|车主|摊主|商户|司机|群众|老板)"
)
_NICK: Final = pattern(rf"(?P<front>[老小大胖])(?P<it>[{ONE}])")
_FOND: Final = pattern(
    r"(?<![\u3400-\u9fff])阿(?P<it>[强珍明芳华英美红兰军伟杰辉福贵发龙彪标光良平宝花香玉莲秀娟霞燕凤萍丽琴慧敏静芬东文武斌勇刚峰涛超鹏飞亮云德财祥])|(?<=[叫找的和跟与给被让])阿(?P<too>[强珍明芳华英美红兰军伟杰辉福贵发龙彪标良宝花香莲秀娟霞燕凤萍琴慧敏芬斌勇刚峰涛鹏])|"
    r"小(?:[强芳娟敏丽军伟杰红英燕霞玲静涛刚勇峰磊鹏辉超婷倩雪琴慧萍莉珍])(?=说|称|反映|来电|表示|告诉|讲)"
)
_NICK_AFTER: Final = pattern(
    r"[头儿]?(?:家(?![具电])|的|说|你好|您好|在|把|又|天天|不|没|是|来|去|也|就|跟|同志|师傅|已|负责|明天|今天|给|让|处理|跟进|和|与|吵|打|住|管|卖|摆|开[门的了着]|停|每|总|老|经常|两|他|她|我|反映|投诉|来电|告诉|答应|电话|态度|[ ,，。.!！?？、；;:：（(）)]|$)"
)
_SEXED: Final = pattern(
    rf"(?:^|[ ,，。；;:：、(（])(?P<it>{HAN}{{2,4}}) ?[,，(（ 、/] ?(?:男|女)(?=[ ,，)）、/\d。]|$)"
)
_NO_NICK: Final = frozenset(
    "小康 小金 小石 小黄 小白 小方 小龙 小马 小高 小花 小米 小牛 小毛 小车 小路 小江 小包 小齐 老古 老卫 老华 老史 老万 大方 大金 大江 大石 大白 大高 小单 小成 小文 小农 小商 小沙 小水 小云 小管 小解 小苗 小麦 小曲 小查 小师 小房 小边 小安 大安 大成 大连 大全 大明 大时 老房 老路 老车 老连 老全 老边 老解 老单 老师 小区 老成 小雷 小费 小谷 小梁 小季 小时 小桂 小桑 小兰 小梅 小段 老段 小叶 小柳 小丁 小熊 小侯 小童 小伍 大段 大汤 大梁 大武 小尹".split()
) - frozenset(
    "小黄 小马 小高 小金 小白 小方 小梁 小雷 小叶 小丁 小梅 小侯 小尹 小段 小柳 老段 小童 小伍 小齐 小毛 小江 小龙 小石 小安 小文 小兰 小桂 小季 小桑 小熊 小成 小查 小万".split()
)
"""Words with 老, 小 and 大 that are no nickname."""

_NICK_WORDS: Final = frozenset("老方 老马 老黄 老高 老白 老龙 老石 老齐 小黄 小马 小高 小白".split())
"""Words of the dictionary that are a nickname where an act or a break follows."""
_GLUE_NICK: Final = frozenset("于常任应向")


def before_titles(words: Words) -> Iterator[tuple[int, int]]:
    """Yield the places of names before a title: 张先生, 李建国师傅."""
    text = words.text
    for match in _TITLE.finditer(text):
        place, end = match.span()
        if place == 0 or (end not in words.upto and not FOLLOWS.match(text, end) and end < len(text)):
            continue
        if (SHOP.match(text, end) and text[end] != "的") or (
            words.at.get(place, ("", ""))[0] not in ("", match.group()) and end not in words.upto
        ):
            continue
        start = _name_before(words, place, end, _TITLE_KIND[match.group()])
        if start >= 0:
            stop = place
            while stop > start and text[stop - 1] == " ":
                stop -= 1
            yield start, stop


def _name_before(words: Words, place: int, end: int, kind: str) -> int:
    """Return the start of the name before a title, and -1 where there is none."""
    text = words.text
    latin = re.search(r"[A-Z][A-Za-z.'’\-]+(?: [A-Z][A-Za-z.'’\-]*)* ?$", text[max(0, place - 40) : place])
    if latin and kind != "short":
        return max(0, place - 40) + latin.start()
    if kind != "short":
        foreign = re.search(rf"(?:{HAN}{{1,8}}{DOT})+{HAN}{{1,8}}$|[{SOUND}]{{1,8}}$", text[max(0, place - 24) : place])
        if foreign:
            start = max(0, place - 24) + foreign.start()
            found = _foreign_before(words, start, place)
            if found >= 0:
                return found
    for length in (4, 3, 2):
        start = place - length
        size = surname_at(text, start) if start >= 0 else 0
        if (
            size
            and 1 <= length - size <= 2
            and start in words.at
            and kind != "short"
            and _given(words, start, size, place)
        ):
            return start
    if text[max(0, place - 2) : place] in COMPOUND and (place - 2 in words.at or kind == "formal"):
        return place - 2
    return _surname_before(words, place, end, kind)


def _given(words: Words, start: int, size: int, place: int) -> bool:
    """Tell whether the stretch before a title is a whole name."""
    text = words.text
    name, given = text[start:place], text[start + size : place]
    if (
        plain(name)
        or given in TAIL_NOT
        or any(letter in GIVEN_NOT for letter in given)
        or not re.fullmatch(rf"{HAN}+", name)
    ):
        return False
    if (name[0] in GLUE and surname_at(text, start + 1) and start > 0) or name[:2] in NEVER:
        return False
    if size == 1 and len(name) > 2 and plain(name[:2]):
        return False
    last = words.upto.get(place, "")
    if len(last) > 1 and plain(last) and len(last) < len(name) and last != given:
        return False
    if (
        given
        and given[-1] in SURNAMES
        and words.at.get(place - 1, ("", ""))[0] == given[-1]
        and start > 0
        and not words.at[start][1].startswith("nr")
    ):
        return False
    return given[-1] not in ENDS


def _foreign_before(words: Words, start: int, place: int) -> int:
    text = words.text
    if re.search(DOT, text[start:place]):
        while start < place and not (start in words.at and text[start] in SOUNDS):
            start += 1
        first = start
        for match in LEAD.finditer(text, start, place):
            first = match.end()
        return first if re.search(DOT, text[first:place]) else -1
    for first in range(start, place - 1):
        name = text[first:place]
        if first in words.at and not plain(name) and len(name) >= 2 and not surname_at(text, first):
            word, tag = words.at[first]
            if (
                len(word) > 1
                and plain(word)
                and word != name
                and tag[:1] in "vadtfmrpcn"
                and tag[:2] not in ("ns", "nz", "nr")
            ):
                continue
            if len(name) >= 3 or (word == name and not plain(name)):
                return first
    return -1


def _surname_before(words: Words, place: int, end: int, kind: str) -> int:
    """Return the place of a single surname before a title, and -1 where the character belongs to a word."""
    text = words.text
    at = place - 1
    letter = text[at]
    if letter not in SURNAMES and not (letter in RARE and kind == "formal"):
        return -1
    fresh = at == 0 or not "\u3400" <= text[at - 1] <= "\u9fff"
    word, _ = words.at.get(at, ("", ""))
    pair = text[at:end]
    if letter in RARE and not fresh and word != letter:
        return -1
    if letter in GLUE and not (kind == "formal" and (fresh or LEAD.search(text[max(0, at - 6) : at]))):
        return -1
    if letter in WARES and kind != "formal" and not fresh:
        return -1
    if kind == "short":
        if plain(pair) or (letter in NOT_ALONE and not fresh) or (end < len(text) and words.follows(end) < 2):
            return -1
        if not (word in (letter, pair) or fresh or (word.startswith(pair) and not tag_of(word))) or plain(
            text[at : end + 1]
        ):
            return -1
        if text[end - 1] in "局所处科队工妈" and letter in NOT_ALONE:
            return -1
        return at
    if at >= 1 and text[at - 1] in "老小大" and at - 1 in words.at:
        return at
    if plain(pair) and kind != "formal" and pair in NEVER:
        return -1
    if word and (word == letter or word.startswith(pair) or end - at == len(word)):
        return at
    covering = words.upto.get(place, "")
    if covering and len(covering) > 1:
        return -1 if tag_of(covering) and not (fresh and covering == letter) else at
    return at if fresh or (letter in COMMON and not word and place not in words.at and not covering) else -1


def nicknames(words: Words) -> Iterator[tuple[int, int]]:
    """Yield the places of nicknames: 老王, 阿强."""
    text = words.text
    for match in _NICK.finditer(text):
        start, end = match.span()
        letter = match["it"]
        rest = text[end:]
        if start not in words.at or PLACE.match(rest) or (SHOP.match(rest) and not rest.startswith(("的", "开的"))):
            continue
        wanted = _NICK_AFTER.match(rest) is not None
        nick, own = match.group(), words.at[start][0]
        covering = words.at.get(start + 1, ("", ""))[0] if len(own) == 1 else own
        if (
            nick in _NO_NICK
            or (len(own) > 2 and tag_of(own))
            or (start and text[start - 1] in "从最很太较更至再变稍不高矮过")
        ):
            continue
        if len(covering) > 1 and covering != nick and plain(covering) and not wanted:
            continue
        if letter in COMMON and letter not in NOT_ALONE and match["front"] != "大":
            good = True
        else:
            tied = letter in GLUE and (letter not in _GLUE_NICK or match["front"] not in "老小")
            good = wanted and not tied and (nick in _NICK_WORDS or not plain(nick))
        if good:
            yield start, end + (rest[:1] in ("头", "儿") and end + 1 in words.upto)
    for match in _FOND.finditer(text):
        if not SHOP.match(text, match.end()) and not PLACE.match(text, match.end()) and words.follows(match.end()):
            yield match.start(), match.end()


def marked(words: Words) -> Iterator[tuple[int, int]]:
    """Yield 何某, 邹××, 姓王的 and the name before a sex."""
    text = words.text
    for match in _MASKED.finditer(text):
        start = match.start()
        if (match["it"][0] in GLUE and start and "\u3400" <= text[start - 1] <= "\u9fff") or _NOT_SOME.match(
            text, start + 1
        ):
            continue
        if match["it"][-1] in "×✕*○〇" and start and text[start - 1].isdigit():
            continue
        if match["it"][-1] in "xX" and (start not in words.at or (start and text[start - 1].isdigit())):
            continue
        if (
            start not in words.at
            and words.upto.get(start + 1, "X")[:1] != text[start]
            and plain(words.upto.get(start + 1, ""))
        ):
            continue
        yield match.span("it")
    for match in _CALLED.finditer(text):
        yield match.span("it" if match["it"] else "too")
    for match in _SEXED.finditer(text):
        yield from alone(words, *match.span("it"))
    for match in _FREE_DOTTED.finditer(text):
        yield (
            match.start(),
            end_of_sounds(words, max(match.group().find(dot) for dot in "·•・‧") + match.start() + 1, match.end()),
        )
