"""Personal numbers in a folded text: telephones, identity and bank cards, permits, accounts, mail, plates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple

from geo.core.patterns import pattern

_S: Final = r"[ .()\-\u2010-\u2015\u2212·•・_/]"
"""Between the digits of one number."""
_PLAIN_AFTER: Final = r"(?!\d)(?!\.\d)"

# ---- telephones
_CHINA: Final = rf"(?:\(?(?:\+|00)?86\)?{_S}{{0,2}})?"
_MOBILE: Final = pattern(rf"(?=[(+018])(?<![\d+])(?<!\d\.)[(]?{_CHINA}\(?1(?:{_S}{{0,3}}\d){{10}}{_PLAIN_AFTER}")
_EXTENSION: Final = rf"(?:{_S}?(?:转|分机|ext\.?|x){_S}?\d{{1,6}}|-\d{{1,5}})?"
_AREA: Final = pattern(
    rf"(?=[(+08])(?<![\d+])(?<!\d[.\-])\(?{_CHINA}\(?0(?:10|2\d|[3-9]\d\d)\)?{_S}{{0,3}}[2-9](?:{_S}?\d){{6,7}}{_EXTENSION}(?!\d)",
    re.I,
)
_FREE: Final = pattern(rf"(?<![\d.+])[48]00(?:{_S}{{0,2}}\d){{7}}{_PLAIN_AFTER}")
_LOCAL: Final = pattern(
    rf"(?:电话|座机|固话|热线|传真|致电|拨打|回电|来电显示|总机|小灵通|联系方式|\btel|\bphone|\bcall|\bfax)"
    rf"[^\d\n,，。；;]{{0,6}}?(?P<it>[2-8]\d{{2,3}}{_S}?\d{{4}}){_PLAIN_AFTER}",
    re.I,
)
_LOCAL_AFTER: Final = pattern(
    rf"(?<![\d.\-+A-Za-z])[2-8]\d{{2,3}}{_S}?\d{{4}}(?= ?(?:这|那)?个?的? ?(?:电话|座机|固话|号码打|热线))|(?<=[打拨])[2-8]\d{{2,3}}{_S}?\d{{4}}{_PLAIN_AFTER}"
)
_AMERICAN: Final = pattern(
    r"(?<![\d.\-+/])(?:\+?1[ .\-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[\-.])[2-9]\d\d[\-. ]\d{4}(?![\d\-])|"
    r"(?:call|phone|tel|cell|mobile|number|contact|text)\b[^\d\n]{0,12}(?P<it>[2-9]\d\d[ \-.]?[2-9]\d\d[ \-.]?\d{4})(?!\d)",
    re.I,
)
_ABROAD: Final = pattern(r"(?<![A-Za-z0-9+])\(?(?:\+ ?\d{1,3}|0086)(?:[ ().\-]{0,2}\d){6,13}(?!\d)")
_BRITISH: Final = pattern(
    r"(?<![\d.\-])0(?:20 ?[378]\d{3} ?\d{4}|1\d{2,3} \d{3} ?\d{3,4}|1\d{3} \d{5,6}|7\d{3} \d{3} ?\d{3})(?!\d)|"
    r"(?:call|phone|tel|mobile|number|contact|text|ring)\b[^\d\n]{0,12}(?P<it>0[127]\d{8,9})(?!\d)",
    re.I,
)
_NUMERALS: Final = str.maketrans("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "00012345678911234567892")
_SPOKEN: Final = pattern(
    rf"[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖](?:{_S}?[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两\d]){{6}}"
)
_SPOKEN_AREA: Final = pattern(
    r"(?<!\d)(?:0(?:10|2\d|[3-9]\d\d)[ \-]?)[2-9]\d{6,7}(?!\d)|(?:电话|座机|固话|拨打|回电|号码)[^\d]{0,4}(?P<it>[2-8]\d{6,7})(?!\d)"
)

# ---- cards and permits
_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS: Final = "10X98765432"
_IDENTITY: Final = pattern(
    rf"(?<![\dA-Za-z])(?<!\d\.)[1-9](?:{_S}{{0,2}}\d){{14}}(?:(?:{_S}{{0,2}}\d){{2}}{_S}{{0,2}}[\dXx])?(?![\dA-Za-z])"
)
_IDENTITY_LED: Final = pattern(
    r"(?<![A-Za-z\u3400-\u9fff])ID(?:号码?|[ :,#(])*(?P<it>\d{17}[\dXx])(?![\dA-Za-z])", re.I
)
_CARD: Final = pattern(rf"(?<![\dA-Za-z])(?<!\d[.\-])[2-69](?:{_S}{{0,2}}\d){{14,18}}(?![\dA-Za-z])")
_PAPERS: Final = pattern(
    r"(?:身份证|一代证|二代证|身份号码|公民身份|护照|通行证|回乡证|台胞证|台胞|居留证|居留许可|居留身份证|居住证|驾驶证|驾照|军官证|士兵证|警官证|"
    r"残疾证|残疾人证|社保卡|社会保障卡|社保号|医保卡|学生证|老年证|退役证|退伍证|优待证|(?<!许可)(?<!产权)(?<!执照)(?<!权)证件?号码?|"
    r"\bpassport|\bID card|\bidentity card|\bdriver'?s licen[sc]e|\bSSN|\bvisa)"
    r"(?:件|号码|号|编号|的|为|是|人员|number|is|num|no\.?|#|[ :,(\"“‘'])*"
    rf"(?P<it>(?:[\u4e00-\u9fff]字第?)?[A-Z]{{0,4}}{_S}?\d(?:{_S}?[\dX*]){{4,20}}(?:\([\dA-Z]\))?)(?![\dA-Za-z])",
    re.I,
)
_PAPERS_AFTER: Final = pattern(
    r"(?<![\dA-Za-z])(?P<it>[A-Z]{1,2}\d{7,10})(?= ?[(（]?(?:护照|港澳|台胞|通行证|回乡证|passport))", re.I
)
_ACCOUNT: Final = pattern(
    rf"(?:卡号|账号|帐号|账户|帐户|银行卡|信用卡|借记卡|储蓄卡|工资卡|存折|打款[到至]|汇款?[到至]|\bcard|\baccount)[^\d\n。]{{0,8}}?(?P<it>\d(?:{_S}?\d){{11,18}})(?![\dA-Za-z])",
    re.I,
)

# ---- accounts on the net
_EMAIL: Final = pattern(
    r"[A-Za-z0-9][\w.+%\-]*(?: ?@ ?)[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*(?: ?\. ?|\.)[A-Za-z]{2,12}(?![A-Za-z0-9])", re.A
)
_WECHAT: Final = pattern(
    r"(?P<lead>微 ?信|威信|薇信|徽信|维信|卫信|卫星(?=号)|绿泡泡|[微威薇徽维][❤♥心]\ufe0f? ?|[vV][❤♥心]|[vV][信xX]|[wW][xX]|(?i:wechat|weixin)|(?<=加)[vV](?=[ :]))(?P<tie>(?:账号|帐号|号码|同号|号|名|昵称|也|就是|就|是|为|叫|加|搜|联系|id|ID|Id|is|account|handle|[ :,=(“\"'])*)"
    r"(?P<it>[A-Za-z][A-Za-z0-9_\-]{4,29}|\d[\d\-]{5,14}\d)(?![A-Za-z0-9_])"
)
_WECHAT_AFTER: Final = pattern(
    r"(?<![A-Za-z0-9_.@\-])(?P<it>(?=[A-Za-z0-9_\-]*[0-9_])[A-Za-z][A-Za-z0-9_\-]{5,19})(?= ?[(（,]?(?:这|这个)?(?:是|为)?(?:[我他她]的?|本人)?(?:加|的)?(?:微 ?信|[vV]信|[wWvV][xX](?![A-Za-z])|(?i:on wechat)))"
)
_WXID: Final = pattern(r"(?<![A-Za-z0-9])wxid_[A-Za-z0-9]+", re.I)
_WORDS: Final = frozenset(
    {
        "payment",
        "wallet",
        "group",
        "official",
        "account",
        "mini-program",
        "program",
        "message",
        "number",
        "scan",
        "store",
        "article",
        "channel",
        "video",
        "public",
    }
)
_QQ: Final = pattern(
    r"(?:(?<![A-Za-z])[qQ] ?[qQ]|扣扣|扣号|企鹅|球球|(?<![A-Za-z])[qQ](?=[号群])|(?<=[加的])[qQ](?![A-Za-z])|(?<![A-Za-z0-9])[qQ](?=:)|(?<=联系)[qQ](?![A-Za-z])|(?<![A-Za-z0-9])q(?=[1-9]\d{5,10}(?!\d))|(?P<group>群号))(?:群|账号|帐号|号码|号|也|是|为|加|联系|[ :,=(“\"'#])*"
    rf"(?P<it>[1-9]\d(?:{_S}?\d){{3,10}})(?![\dA-Za-z])"
)

# ---- plates
_PLACES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_GAP: Final = r"[ ·•・.．\-—–_]{0,2}"
_PLATE: Final = pattern(
    rf"[{_PLACES}]{_GAP}[A-HJ-NP-Z]{_GAP}(?:临{_GAP})?(?:[A-Z0-9]{_GAP}){{4}}(?:[A-Z0-9](?:{_GAP}[A-Z0-9])?|[学警挂港澳领试超临]|应急)(?![A-Z0-9])",
    re.I,
)
_ARMED: Final = pattern(
    rf"(?<![A-Z])WJ{_GAP}[{_PLACES}]?{_GAP}\d(?:{_GAP}[A-Z0-9]){{3,5}}(?![A-Z0-9])|"
    rf"(?<![\u4e00-\u9fff])(?:[军海空南北沈兰济成广京东西中]){_GAP}[A-V][A-Z]?{_GAP}\d{{4,5}}(?!\d)|"
    rf"(?<=[牌车号])(?:[军海空南北沈兰济成广东西中]){_GAP}[A-V][A-Z]?{_GAP}\d{{4,5}}(?!\d)|"
    rf"(?<![致迫即促驱使])使{_GAP}\d{{3}}{_GAP}\d{{3}}(?!\d)|(?<!\d)\d{{6}}使(?!用)",
    re.I,
)
_PLATE_LED: Final = pattern(
    r"(?:车牌照?|牌照|车号|牌号|号牌|尾号)(?:号码|号|是|为|[ :,(])*(?P<it>(?:[\u4e00-\u9fff]{2,3}[ ·]?[A-Za-z]?\d{5,7}(?!\d))|[A-HJ-NP-Z][ ·.\-]?(?=[A-Z0-9]*\d)[A-Z0-9]{5,6})(?![A-Z0-9])|"
    r"\b(?:licen[sc]e )?plates?(?: number| no\.?| #)?[ :#]{1,3}(?:is )?(?P<foreign>(?=[A-Z0-9 \-]*\d)[A-Z0-9]{2,4}[ \-]?[A-Z0-9]{2,5})(?![A-Za-z0-9])",
    re.I,
)

# ---- what only looks personal
_UNIT: Final = pattern(
    r" ?(?:元|块钱|圆|万|亿|平方|平米|㎡|㎥|m2|m²|米|公里|千米|吨|件|美金|美元|kwh|kg|立方|字节|%|‰)", re.I
)
_LABEL: Final = pattern(
    r"(?:编号|编码|单号|案号|文号|任务号|案卷号?|合同号?|许可证号?|执照号?|发票号?码?|流水号|备案号?|批号|序号|条码|信用代码|税号|表号|箱号|杆号|案件号?|"
    r"工单号?|订单号?|立案号?|字第|图斑号?|坐标|经度|纬度|面积|金额|投资|造价|总价|型号|版本|票号|井号|设备号|"
    r"(?:\b(?:GPS|SN|order|ticket|request|permit|licen[sc]e|invoice|case|block|lot|bin|bbl|pole|meter|asset|ref|reference|id)\b))"
    r"(?:号码|号|为|是|number|no\.?|#|[ :,(])*[A-Za-z]{0,6}[\-]?$",
    re.I,
)
_MONEY: Final = pattern(r"(?:[¥$€£]|人民币|RMB|共计|合计|总计) ?$", re.I)
_BEFORE_LETTERS: Final = pattern(r"[A-Za-z]+$")
_PHONE_LETTERS: Final = frozenset("tel phone mobile call ph mob t m p wx vx cell number no at on or and".split())
_DATE: Final = pattern(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


_DIGITS: Final = frozenset("0123456789")
_LATIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_SOME_DIGITS: Final = pattern(r"\d(?:[^\dA-Za-z\u3400-\u9fff]{0,3}[\dXx*]){4}|\d[A-Za-z\d]{3}|[A-Za-z]\d[A-Za-z\d]{2}")
_MANY_DIGITS: Final = pattern(r"\d(?:[^\dA-Za-z\u3400-\u9fff]{0,6}\d){6}")


class Span(NamedTuple):
    """A stretch of a text with personal data of one kind."""

    start: int
    end: int
    kind: str


def numbers(text: str) -> list[Span]:
    """
    Return the personal numbers of a folded text, in order, none over another.

    Parameters
    ----------
    text
        As `geo.core.folding.folded` returns it.
    """
    letters = set(text)
    digits = 0
    if not _DIGITS.isdisjoint(letters):
        digits = 1 + bool(_SOME_DIGITS.search(text)) + bool(_MANY_DIGITS.search(text))
    taken: list[Span] = []
    for kind, finder, signs, needed in _FINDERS:
        if needed > digits or (signs and signs.isdisjoint(letters)):
            continue
        for start, end in finder(text):
            if all(end <= span.start or start >= span.end for span in taken):
                taken.append(Span(start, end, kind))
    return sorted(taken)


def is_identity(digits: str) -> bool:
    """Tell an identity card's number: a province, a date of birth, and for eighteen characters the check character."""
    if digits[:2] not in _PROVINCES:
        return False
    born = digits[6:14] if len(digits) == len(IDENTITY_WEIGHTS) + 1 else "19" + digits[6:12]
    try:
        day = date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    if not date(1900, 1, 1) <= day <= date.today():
        return False
    return len(digits) != len(IDENTITY_WEIGHTS) + 1 or has_check_character(digits)


def has_check_character(number: str) -> bool:
    """Tell whether the last of eighteen characters is the check character of the others (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:-1], IDENTITY_WEIGHTS, strict=True))
    return number[-1].upper() == IDENTITY_CHECKS[total % 11]


def is_card(digits: str) -> bool:
    """Tell a bank card's number: the issuer's first digits, the length and the check digit (ISO/IEC 7812)."""
    issued = digits.startswith("62") or (
        len(digits) == 16 and re.match(r"4|5[1-5]|2[2-7]|35|6011|65|9", digits) is not None
    )
    issued |= len(digits) == 15 and digits[:2] in {"34", "37"}
    return issued and has_luhn_digit(digits)


def has_luhn_digit(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others (ISO/IEC 7812, Luhn)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _harmless(text: str, start: int, end: int) -> bool:
    """Tell a quantity, a sum of money and the number of a ticket or contract by the words around it."""
    before = text[max(0, start - 24) : start]
    return bool(_UNIT.match(text, end) or _LABEL.search(before) or _MONEY.search(before))


def _led_by_id(text: str) -> Iterator[tuple[int, int]]:
    """Yield an identity number after `ID:`, a label of other numbers too."""
    for match in _IDENTITY_LED.finditer(text):
        if is_identity(match["it"]):
            yield match.span("it")


def _scan(
    pattern: re.Pattern[str], text: str, right: Callable[[str], bool] | None = None, free: bool = False
) -> Iterator[tuple[int, int]]:
    """Yield the places of a pattern, or of its group `it`; after a wrong one the search goes on one character later."""
    at = 0
    while match := pattern.search(text, at):
        group = next((name for name, value in match.groupdict().items() if value and name in {"it", "foreign"}), None)
        start, end = match.span(group or 0)
        letters = _BEFORE_LETTERS.search(text, max(0, start - 12), start) if not group else None
        named = letters is not None and letters.group().lower() not in _PHONE_LETTERS
        if (
            end > start
            and (free or not (named or _harmless(text, start, end)))
            and (right is None or right(text[start:end]))
        ):
            yield start, end
            at = end
        else:
            at = match.start() + 1


def _mobile(found: str) -> bool:
    """Tell a mobile number by its digits and by how they are grouped: a date and two quantities are none."""
    bare = re.sub(rf"^\(?\(?(?:\+|00)?86(?=\D|1[3-9])\)?{_S}*", "", found)
    digits = _digits(bare)
    if len(digits) != 11 or digits[0] != "1" or digits[1] not in "3456789":
        return False
    groups = re.findall(r"\d+", bare)
    sizes = [len(group) for group in groups]
    if "." in bare and len(groups) == 2:
        return False
    if len(groups) == 1 or set(sizes) == {1}:
        return True
    if sizes[0] == 1 and len(groups) == 2:
        return False
    if sizes == [2, 3, 3, 3]:
        return True
    year = sizes[0] == 4 and groups[0][:2] == "19" and sizes[1] <= 2
    return (not year and sizes[0] >= 3 and min(sizes[1:]) >= 2) or len(groups) >= 6


def _landline(found: str) -> bool:
    digits = re.sub(r"^(?:00)?86", "", _digits(re.split(r"转|分机|ext|x", found)[0]))
    area = 3 if digits[:2] in {"01", "02"} else 4
    return not _DATE.fullmatch(digits[area:])


def _phones(text: str) -> Iterator[tuple[int, int]]:
    yield from _scan(_MOBILE, text, _mobile)
    if "0" in text:
        yield from _scan(_AREA, text, _landline)
        yield from _scan(_BRITISH, text)
    if "00" in text:
        yield from _scan(_FREE, text)
    for local in (_LOCAL, _LOCAL_AFTER):
        yield from _scan(local, text, lambda found: not _DATE.fullmatch(found))
    if "-" in text or "." in text or not _LATIN.isdisjoint(text):
        yield from _scan(_AMERICAN, text)
    if "+" in text or "0086" in text:
        yield from _scan(_ABROAD, text)


def _spoken(text: str) -> Iterator[tuple[int, int]]:
    if _SPOKEN.search(text):
        spoken = text.translate(_NUMERALS)
        yield from _scan(_MOBILE, spoken, _mobile)
        yield from _scan(_SPOKEN_AREA, spoken)


def _papers(text: str) -> Iterator[tuple[int, int]]:
    yield from _scan(_PAPERS, text, free=True)
    if not _LATIN.isdisjoint(text):
        yield from _scan(_PAPERS_AFTER, text, free=True)


def _identities(text: str) -> Iterator[tuple[int, int]]:
    yield from _led_by_id(text)
    yield from _scan(_IDENTITY, text, lambda found: is_identity(re.sub(r"[^\dXx]", "", found)))


def _cards(text: str) -> Iterator[tuple[int, int]]:
    yield from _scan(_CARD, text, lambda found: is_card(_digits(found)))
    yield from _scan(_ACCOUNT, text)


def _mail(text: str) -> Iterator[tuple[int, int]]:
    yield from _scan(_EMAIL, text, free=True)


def _wechat(text: str) -> Iterator[tuple[int, int]]:
    yield from _scan(_WXID, text, free=True)
    yield from _scan(_WECHAT_AFTER, text, free=True)
    for match in _WECHAT.finditer(text):
        account, tie, at = match["it"], match["tie"], match.start()
        if match["lead"].isascii() and _BEFORE_LETTERS.search(text, max(0, at - 3), at):
            continue
        said = bool(tie.strip()) or text[at - 1 : at] == "加" or not account.isalpha()
        if said and account.lower() not in _WORDS and not _UNIT.match(text, match.end()):
            yield match.span("it")


def _qq(text: str) -> Iterator[tuple[int, int]]:
    yield from _scan(_QQ, text)


def _plates(text: str) -> Iterator[tuple[int, int]]:
    if text.isascii() and "plate" not in (small := text.lower()) and "w" not in small:
        return  # the others have a Chinese character
    yield from _scan(_PLATE, text, lambda found: sum(letter.isdigit() for letter in found) >= 2, free=True)
    yield from _scan(_ARMED, text)
    yield from _scan(_PLATE_LED, text, free=True)


_FINDERS: Final[tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]], frozenset[str], int], ...]] = (
    ("email", _mail, frozenset("@"), 0),
    ("wechat", _wechat, frozenset("微威薇徽维卫绿vVwW"), 0),
    ("qq", _qq, frozenset("qQ扣企球群"), 2),
    ("identity", _papers, frozenset("证照胞份卡码可sSdD"), 2),
    ("identity", _identities, frozenset(), 3),
    ("bank_card", _cards, frozenset(), 3),
    ("plate", _plates, frozenset("使") | _LATIN, 1),
    ("phone", _phones, frozenset(), 3),
    ("phone", _spoken, frozenset("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"), 0),
)
"""
What is sought, in the order in which it takes hold of a stretch of text.

Beside each the characters without any of which a text has none, and the digits that it takes: none (0), one (1), some (2) or many (3).
"""
