"""Read the articles of law of a rule file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from geo.core.errors import RuleError
from geo.core.text import Text
from geo.rules.articles import CATEGORY, USES, Article, is_use
from geo.rules.leaf import as_day

Refused = Callable[[str, Text, Text], RuleError]
_FIELDS: Final = frozenset(Article.__dataclass_fields__)


def read_articles(node: object, refused: Refused) -> dict[str, Article | None]:
    """
    Return the articles of law of a rule file; None for one that a base has and the file takes away.

    Parameters
    ----------
    node
        What stands under `articles`.
    refused
        Makes the refusal of a path from the problem and its remedy.

    Raises
    ------
    RuleError
        If they are none.
    """
    if not isinstance(node, dict):
        raise refused(
            "articles",
            Text("这里应为法律条文", "Articles of law are expected here"),
            Text("写作 编号: {law, article, says, behind}", "Write NAME: {law, article, says, behind}"),
        )
    return {str(name): _article(f"articles.{name}", entry, refused) for name, entry in node.items()}


def _article(path: str, node: object, refused: Refused) -> Article | None:
    if node is None:
        return None
    fields = node if isinstance(node, dict) else {}
    unknown, missing = set(map(str, fields)) - _FIELDS, {"law", "article", "says", "behind"} - set(fields)
    if unknown or missing:
        raise refused(
            path,
            Text(
                f"条文字段有误：多余 {sorted(unknown)}，缺少 {sorted(missing)}",
                f"Wrong fields: unknown {sorted(unknown)}, missing {sorted(missing)}",
            ),
            Text(
                "字段为 law、article、says、behind，可加 since、until、address、checked",
                "The fields are law, article, says, behind and optionally since, until, address, checked",
            ),
        )
    behind = fields["behind"]
    wrong = [use for use in behind if not is_use(str(use))] if isinstance(behind, list) else [behind]
    if wrong or not behind:
        raise refused(
            f"{path}.behind",
            Text(f"不能作为 {wrong} 的依据", f"An article stands behind no {wrong}"),
            Text(f"可写：{'、'.join(USES)}、{CATEGORY}类别代码", f"Use some of {', '.join(USES)}, {CATEGORY}CODE"),
        )
    days = {}
    for name in ("since", "until", "checked"):
        said = fields.get(name)
        days[name] = "" if said is None else as_day(said)
        if days[name] is None:
            raise refused(
                f"{path}.{name}",
                Text(f"{said} 不是日期", f"{said} is no date"),
                Text("日期写作 2021-03-01", "Write a date as 2021-03-01"),
            )
    texts = {name: _text(f"{path}.{name}", fields[name], refused) for name in ("law", "article", "says")}
    return Article(
        **texts,
        behind=tuple(map(str, behind)),
        address=str(fields.get("address") or ""),
        **days,  # type: ignore[arg-type]
    )


def _text(path: str, node: object, refused: Refused) -> str:
    """Return a text of one language, or `{zh, en}` as it is stored."""
    if isinstance(node, str) and node.strip():
        return node
    if isinstance(node, dict) and set(node) == {"zh", "en"}:
        return str(Text(str(node["zh"]), str(node["en"])))
    raise refused(
        path,
        Text("这里应为文字", "A text is expected here"),
        Text("写文字，或 {zh: 中文, en: English}", "Write a text, or {zh: 中文, en: English}"),
    )
