"""House, unit and door numbers of homes in a folded text; streets, estates and public places stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from geo.core.patterns import pattern

_N: Final = r"(?:[A-Za-z]?\d{1,4}[A-Za-z]?|[一二三四五六七八九十百]{1,4})"
_SIDE: Final = r"(?:[东西南北中左右前后]|东[南北]|西[南北])"
_COURT: Final = rf"(?:{_N} ?组 ?)?[甲乙丙丁]?{_N} ?号(?!楼|线|口|门|房|室|车|出|桌|公|井|杆)(?:[\u4e00-\u9fff]{{0,2}}院|附 ?{_N} ?号)?"
_BUILDING: Final = rf"(?:{_N} ?(?:号楼|栋楼?|幢楼?|座楼?|#楼?|楼座|号(?!楼|院|线|口|门|房|室)|排|弄|支弄|楼(?=[ \-]?(?:\d{{1,2}}|[一二三四五六七八九十]) ?单元))|[A-Za-z甲乙丙丁戊] ?(?:座|栋|幢|楼))"
_UNIT: Final = rf"(?:[甲乙丙丁]?{_N}|{_SIDE}|[甲乙丙丁A-Za-z]) ?(?:单元|门(?![口前])|#)"
_FLOOR: Final = r"(?:负|地下)?(?:\d{1,2}|[一二三四五六七八九十]{1,3}) ?(?:楼|层|F)(?!上|下|道|梯|顶|盘|宇)"
_BARE: Final = r"(?<!\d)[A-Za-z]?(?:\d{3,4}|[一二三四五六七八九][〇零一二三四五六七八九]{2,3})(?![\d年月日时点分元米个家平%万号路室户房]|[.\-]\d)"
_DOOR: Final = rf"(?:(?:{_N}|[一二三四五六七八九][〇零一二三四五六七八九]{{2,3}}) ?(?:室|户(?!外)|号房?间?(?!楼|院|线|口)|房(?!间|屋|子))|{_SIDE}户|(?<=[\d一二三四五六七八九十][楼层])[东西南北](?:侧|边|门|手)?(?![\u4e00-\u9fff]?[路街区面头墙门])|{_BARE})"
_J: Final = r"[ \-—–]?"
_CHAIN: Final = pattern(
    rf"(?=[A-Za-z\d一二三四五六七八九十百甲乙丙丁戊东西南北中左右前后])(?<![\dA-Za-z\-.])(?:{_COURT}{_J})?(?:{_BUILDING}{_J}){{0,2}}(?:{_UNIT}{_J})?(?:{_FLOOR}{_J})?(?:{_DOOR})?",
)
_DASHED: Final = pattern(
    r"(?<![\dA-Za-z\-.])\d{1,3} ?[\-#—–栋] ?(?:\d{1,2} ?[\-#—–] ?)?\d{3,4}(?![\d\-年月日米元]|\.\d)(?: ?[室号户])?|(?<![\dA-Za-z\-.])\d{1,3}-\d{1,2}-\d{1,4}(?![\d\-年月日米元]|\.\d)(?: ?[室号户])?"
)
_BEFORE_THREE: Final = pattern(r"[\u4e00-\u9fff](?<![号编第型图表码期批档段标])$")
_DOOR_OF_THREE: Final = pattern(r"\d{1,2}-\d{1,2}-[1-9]\d{2,3}")
_PART: Final = {
    name: re.compile(part) for name, part in {"building": _BUILDING, "unit": _UNIT, "floor": _FLOOR}.items()
}
_ROOM: Final = pattern(
    r"(?<![\dA-Za-z\-.])\d{3,4} ?(?:室|号房)|(?<=[元楼层栋])\d{3,4} ?户(?!外|数)|"
    r"(?<=[楼层][上下])[1-9]\d{2,3}(?= ?(?:的?住户|的?业主|家(?!店|单)|户主|[开养装半天每在把常经夜敲放]))"
)
_HOME: Final = pattern(
    r"(?:家住|住在|居住|我住|住址|住户|现住|常住|租住|暂住|家庭地址|家庭住址|户籍|户口|通信地址|通讯地址|收件地址|收货地址|送货地址|邮寄地址|快递地址|寄送地址|联系地址|我家|家在|家里是|住的?是|入住|本人住|他住|她住|住于|搬到|户主家|(?<=[人民主婆爷师妈爸生士])住)"
    r"[^\n。;；!?！？]{0,26}$"
)
_ENDS_HOME: Final = pattern(r"(?:附近|旁边?|对面|门口|楼下|路口|,(?:反映|投诉|楼下|门口|门前|旁|在)).*$")
_OF_HOME: Final = pattern(r" ?(?:的)?(?:住户|业主|居民|家中|家里|家(?![具电政常属])|漏水|扰民|装修)")
_ESTATE: Final = pattern(
    r"[区苑园城院庄寓里府湾居坊郡庭邸墅都岸村轩院境庐舍公馆弄]$|府第$|家园$|花园$|公馆$|新村$|国际$|广场公寓$"
)
_OFFICE: Final = pattern(
    r"(?:政府|大厅|中心|局|委|办公|学校|教学|医院|门诊|大厦|写字楼|酒店|宾馆|商场|会议|法院|银行|邮局)[^\n,，。]{0,6}$"
)
_STREET: Final = pattern(r"(?:路|街|道|巷|胡同|里|村|弄|庄|屯|镇)$")

_ENGLISH: Final = pattern(
    r"(?<![A-Za-z])(?:(?:block|building|bldg|tower)\.? ?\w{1,3},? (?=apt|apartment|unit|flat|room))?"
    r"(?:apt|apartment|unit|flat|room(?= ?\d{1,5}[A-Za-z]?,? (?:block|building|bldg|tower)\.? ?(?:\d|[A-Z]\b))|(?<=\d, )room|(?<=\d )room)\.? ?(?:no\.? ?|# ?)?"
    r"(?:\d{1,5}[A-Za-z]?|[A-Za-z]-?\d{1,4}|[A-Z])(?![\w]|\.\d)(?:,? (?:block|building|bldg|tower)\.? ?(?:\d{1,3}[A-Za-z]?|[A-Z])(?!\w))?",
    re.I,
)
_LIVES: Final = pattern(
    r"\b(?:liv(?:e|es|ed|ing)|resid(?:e|es|ing)|home(?: address)?(?: is)?|my (?:house|address)(?: is)?)(?: at| in|:)? (?:(?:apt|unit|flat)\.? ?\w{1,5},? ?)?(?P<it>\d{1,5}[A-Za-z]?)(?= [A-Z])",
    re.I,
)

_SIGNS: Final = frozenset("号室栋幢座户元门排楼弄#")
_DASHES: Final = frozenset("-#—–栋")
_LATIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
"""Characters without any of which a text has no such address."""


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """
    Yield the stretches of a folded text that lead to the door of a home.

    A building with a door (3号楼2单元501室, 12栋1203) is a home anywhere; a building, a unit or a house number alone is
    one where the words before say that somebody lives there (家住, 住址). 文峰大道88号 and 3号楼楼下 are places.
    """
    letters = set(text)
    dashed = not _DASHES.isdisjoint(letters)
    if not _SIGNS.isdisjoint(letters) or (dashed and _DASHED.search(text)):
        yield from _chains(text)
        yield from _rooms(text)
        if dashed:
            yield from _dashes(text)
    if not _LATIN.isdisjoint(letters):
        yield from _english(text)


def _english(text: str) -> Iterator[tuple[int, int]]:
    for match in _ENGLISH.finditer(text):
        number = match.group()
        flat_tyre = number[:4].lower() == "flat" and re.match(r" (?:tire|tyre|rate|fee)", text[match.end() :])
        if not flat_tyre and (number[-1].isupper() or any(letter.isdigit() for letter in number)):
            yield match.span()
    for match in _LIVES.finditer(text):
        yield match.span("it")


def _lives(text: str, start: int) -> bool:
    """Tell whether the words before a place say that somebody lives there."""
    home = _HOME.search(text, max(0, start - 34), start)
    return home is not None and not _ENDS_HOME.search(home.group())


def _chains(text: str) -> Iterator[tuple[int, int]]:
    for match in _CHAIN.finditer(text):
        start, found = match.start(), match.group().rstrip(" -—–,、")
        if not found:
            continue
        end = start + len(found)
        parts = {name for name, pattern in _PART.items() if pattern.search(found)}
        door = re.search(rf"{_DOOR}$", found)
        beyond = door is not None and door.start() > 0
        homely = (
            _lives(text, start)
            or ("排" in found and bool(_ESTATE.search(text[:start])))
            or (beyond and bool(_OF_HOME.match(text, end)))
        )
        if (
            beyond
            and parts & {"building", "unit"}
            and _complete(found, parts, homely or not _OFFICE.search(text[max(0, start - 10) : start]))
        ) or (homely and re.search(r"[号栋幢座楼室户排弄#元门]|\d{3}", found)):
            yield start, end


def _complete(found: str, parts: set[str], homely: bool) -> bool:
    """Tell a door from the mere number of a building: 88号 5号 says less than 5号楼501."""
    strong = re.search(r"单元|号楼|栋|幢|座|[#门]|室|户|楼", found) is not None
    return homely and strong and bool(parts)


def _rooms(text: str) -> Iterator[tuple[int, int]]:
    for match in _ROOM.finditer(text):
        if not _OFFICE.search(text[max(0, match.start() - 12) : match.start()]):
            yield match.span()


def _dashes(text: str) -> Iterator[tuple[int, int]]:
    for match in _DASHED.finditer(text):
        before = text[: match.start()].rstrip(" :,")
        number = match.group()
        three = _DOOR_OF_THREE.fullmatch(number) is not None and _BEFORE_THREE.search(before) is not None
        after = re.match(r" ?(?:的)?(?:住户|业主|家(?![具电政])|户主)", text[match.end() :]) is not None
        after |= three or number[-1] in "室户" or "#" in number
        if _lives(text, match.start()) or after or _ESTATE.search(before):
            yield match.span()
