"""Read rule files: every parameter and article, with its line; whatever is impossible is refused."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from geo.core.errors import RuleError
from geo.core.text import Text
from geo.rules.article_files import read_articles
from geo.rules.articles import Article
from geo.rules.leaf import DATED, Leaf, as_day
from geo.rules.units import UNITS, converted

BASE: Final = "china"
"""The profile that others extend unless they say another."""

_STATUSES: Final = ("sourced", "assumption")
_FIELDS: Final = frozenset(Leaf.__dataclass_fields__)
_NODES: Final = 100_000
"""The most nodes of a rule file."""
_MARK: Final = "tag:yaml.org,2002:timestamp"

_Node = dict[str, Any]
"""A mapping of a YAML file, not checked yet."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader that leaves dates as they are written: quoted or not, they are read in one way."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag != _MARK]
    for first, found in _Loader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class RuleFile:
    """
    The content of a rule file.

    Attributes
    ----------
    name, base
        Its name, and the profile that it extends.
    leaves
        Its parameters by dotted path.
    lines
        The line of each key by dotted path.
    articles
        Its articles by name; None for an article of the base that it takes out.
    keeps_articles
        Whether the articles of its base hold there too.
    """

    name: str
    base: str
    leaves: dict[str, Leaf]
    lines: dict[str, int]
    articles: dict[str, Article | None]
    keeps_articles: bool


def _expanded(node: yaml.Node | None, known: dict[int, int]) -> int:
    """Return the number of nodes below one, aliases counted as often as they are written."""
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) not in known:
        known[id(node)] = _NODES + 1  # until it is known: a node within itself has no end
        below = itertools.chain.from_iterable(node.value) if isinstance(node, yaml.MappingNode) else node.value
        known[id(node)] = 1 + sum(_expanded(child, known) for child in below)
    return known[id(node)]


def read_rules(file: Path) -> RuleFile:
    """
    Read a rule file.

    Raises
    ------
    RuleError
        For a file that cannot be read, or says something impossible; with the line.
    """
    return _Reader(file).read()


class _Reader:
    """The reading of one file: whatever is refused is refused with its line."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: dict[str, int] = {}

    def refused(self, path: str, problem: Text, remedy: Text) -> RuleError:
        """Return the refusal of a path."""
        return RuleError(self.file, path, problem, remedy, self.lines.get(path))

    def read(self) -> RuleFile:
        tree = self._tree()
        name, base = str(tree.pop("name", self.file.stem)), str(tree.pop("base", BASE))
        keeps = tree.pop("keep_articles", True)
        if not isinstance(keeps, bool):
            raise self.refused(
                "keep_articles",
                Text(f"这里应为 true 或 false，而不是 {keeps!r}", f"True or false is expected here, not {keeps!r}"),
                Text("不沿用上级规则的法律依据时写 false", "Write false where the articles of the base do not hold"),
            )
        articles = read_articles(tree.pop("articles", {}), self.refused)
        leaves = {path: self._leaf(path, leaf) for path, leaf in self._walk(tree, "")}
        return RuleFile(name, base, leaves, self.lines, articles, keeps)

    def _tree(self) -> _Node:
        try:
            text = self.file.read_text(encoding="utf-8")
            node = yaml.compose(text, Loader=_Loader)
            if _expanded(node, {}) > _NODES:
                raise ValueError("aliases make it grow without end")
            tree = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe one)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
            from geo.rules.loader import PROFILES  # noqa: PLC0415 (for the remedy)

            mark = getattr(error, "problem_mark", None)
            raise RuleError(
                self.file,
                "",
                Text(f"无法读取规则文件（{error}）", f"The rule file cannot be read ({error})"),
                Text(
                    f"请给出 YAML 文件，或内置规则 {'、'.join(PROFILES)}",
                    f"Give a YAML file or one of: {', '.join(PROFILES)}",
                ),
                mark.line + 1 if mark is not None else None,
            ) from error
        if not isinstance(tree, dict) or node is None:
            raise RuleError(
                self.file,
                "",
                Text("规则文件不是参数树", "The rule file is not a tree of parameters"),
                Text("请参照 docs/reference/rules.md 的示例", "Follow the example in docs/reference/rules.md"),
            )
        self._note_lines(node, "")
        return tree

    def _note_lines(self, node: yaml.Node, path: str) -> None:
        """Note the line of each key by its dotted path; a key that is repeated is refused."""
        if not isinstance(node, yaml.MappingNode):
            return
        seen = set()
        for key, child in node.value:
            here, line = (f"{path}.{key.value}" if path else str(key.value)), key.start_mark.line + 1
            self.lines[here] = line
            if here in seen:
                raise self.refused(
                    here,
                    Text("该键重复出现", "This key is repeated here"),
                    Text("请删去其中一个", "Delete one of them"),
                )
            seen.add(here)
            self._note_lines(child, here)

    def _walk(self, node: _Node, path: str) -> Iterator[tuple[str, _Node]]:
        for key, child in node.items():
            here = f"{path}.{key}" if path else str(key)
            if not isinstance(child, dict) or not child:
                raise self.refused(
                    here,
                    Text("这里应为参数或参数组", "A parameter or a group of parameters is expected here"),
                    Text(
                        "参数写作 {value, unit, source, status}", "Write a parameter as {value, unit, source, status}"
                    ),
                )
            if "value" in child or "values" in child:
                yield here, child
            else:
                yield from self._walk(child, here)

    def _leaf(self, path: str, node: _Node) -> Leaf:
        if "value" in node and "values" in node:
            raise self.refused(
                path,
                Text("value 与 values 只能写一个", "Both value and values are given"),
                Text("有日期写 values，否则写 value", "Write values where they have dates, else value"),
            )
        needed = {"unit"} if "values" in node else {"value", "unit", "source", "status"}
        unknown, missing = set(map(str, node)) - _FIELDS, needed - set(node)
        if unknown or missing:
            raise self.refused(
                path,
                Text(
                    f"参数字段有误：多余 {sorted(unknown)}，缺少 {sorted(missing)}",
                    f"Wrong fields: unknown {sorted(unknown)}, missing {sorted(missing)}",
                ),
                Text(
                    "字段为 value（或按日期的 values）、unit、source、status，"
                    "可加 since、note、address、checked、range",
                    "The fields are value (or values by date), unit, source, status and optionally since, note, "
                    "address, checked, range",
                ),
            )
        if "values" not in node:
            return self._checked(path, Leaf(**self._tidy(path, node)))
        return self._dated(path, node)

    def _dated(self, path: str, node: _Node) -> Leaf:
        """Return a parameter with values by date: each has the fields of the parameter, or its own."""
        shared = {name: entry for name, entry in node.items() if name not in ("values", "unit")}
        values: dict[str, _Node] = {}
        given = node["values"]
        if not isinstance(given, dict) or not given:
            raise self.refused(
                f"{path}.values",
                Text("values 应为日期到数值的对照", "The values are expected by date"),
                Text("例如 {2009-01-01: 12.0, 2021-03-01: 11.0}", "For example {2009-01-01: 12.0, 2021-03-01: 11.0}"),
            )
        for key, entry in given.items():
            here, day = f"{path}.values.{key}", as_day(key)
            if day is None or day in values:
                raise self.refused(
                    here,
                    Text(f"{key} 不是日期，或重复出现", f"{key} is no date, or stands here twice"),
                    Text("日期写作 2021-03-01", "Write a date as 2021-03-01"),
                )
            own = entry if isinstance(entry, dict) else {"value": entry}
            unknown, whole = set(map(str, own)) - DATED, {**shared, **own}
            missing = {"value", "source", "status"} - set(whole)
            if unknown or missing:
                raise self.refused(
                    here,
                    Text(
                        f"参数字段有误：多余 {sorted(unknown)}，缺少 {sorted(missing)}",
                        f"Wrong fields: unknown {sorted(unknown)}, missing {sorted(missing)}",
                    ),
                    Text(
                        "每个日期写数值，或 {value, source, status, …}；来源和状态可写在参数上",
                        "Write a value for each date, or {value, source, status, …}; source and status may stand at "
                        "the parameter",
                    ),
                )
            whole.setdefault("since", int(day[:4]))
            leaf = self._checked(here, Leaf(**self._tidy(here, {**whole, "unit": node["unit"]})))
            values[day] = {name: getattr(leaf, name) for name in sorted(DATED)}
        last = values[max(values)]
        return Leaf(**last, unit=node["unit"], values=dict(sorted(values.items())))

    def _tidy(self, path: str, node: _Node) -> _Node:
        """Return the fields of a parameter with `since` as a year and `checked` as a day."""
        tidy = {name: ("" if entry is None and name != "since" else entry) for name, entry in node.items()}
        for name in ("since", "checked"):
            said = tidy.get(name)
            if said in (None, ""):
                continue
            day = as_day(said)
            if day is None:
                raise self.refused(
                    path,
                    Text(f"{name} 不是日期：{said!r}", f"{name} is no date: {said!r}"),
                    Text("日期写作 2021-03-01", "Write a date as 2021-03-01"),
                )
            tidy[name] = int(day[:4]) if name == "since" else day
        if tidy.get("range") == "":
            tidy["range"] = None
        return tidy

    def _checked(self, path: str, leaf: Leaf) -> Leaf:
        if leaf.status not in _STATUSES:
            raise self.refused(
                path,
                Text(f"status 不能是 {leaf.status!r}", f"The status cannot be {leaf.status!r}"),
                Text("请写 sourced 或 assumption", "Write sourced or assumption"),
            )
        return checked(self.file, path, leaf, self.lines.get(path))


def no_such(file: Path | str, path: str, known: list[str], line: int | None = None) -> RuleError:
    """Return the refusal of a parameter that does not exist, with the nearest names."""
    nearest = difflib.get_close_matches(path, known, n=3, cutoff=0.5)
    return RuleError(
        file,
        path,
        Text("没有这个参数", "There is no such parameter"),
        Text(
            f"最相近的是：{'、'.join(nearest)}" if nearest else "请用 jiexu rules 列出的参数名",
            f"The nearest are {', '.join(nearest)}" if nearest else "Use a parameter that jiexu rules lists",
        ),
        line,
    )


def checked(file: Path | str, path: str, leaf: Leaf, line: int | None = None) -> Leaf:
    """Return a parameter; refuse one with an unknown unit, or with a value outside its unit."""
    if leaf.unit not in UNITS:
        raise RuleError(
            file,
            path,
            Text(f"未知单位 {leaf.unit!r}", f"The unit {leaf.unit!r} is unknown"),
            Text(f"可用单位：{'、'.join(UNITS)}", f"The units are {', '.join(UNITS)}"),
            line,
        )
    expected, accepts = UNITS[leaf.unit]
    span = leaf.range if isinstance(leaf.range, list) else []
    for value in (leaf.value, *span):
        if not accepts(value):
            raise RuleError(
                file,
                path,
                Text(f"数值 {value!r} 不可能", f"The value {value!r} is impossible"),
                Text(f"单位 {leaf.unit} 要求：{expected}", f"The unit {leaf.unit} takes {expected}"),
                line,
            )
    numbers = all(isinstance(value, int | float) for value in (leaf.value, *span))
    if leaf.range is not None and not (numbers and len(span) == 2 and span[0] <= leaf.value <= span[1]):
        raise RuleError(
            file,
            path,
            Text(
                f"range {leaf.range!r} 不含数值 {leaf.value!r}",
                f"The range {leaf.range!r} does not hold {leaf.value!r}",
            ),
            Text("写作 [最小, 最大]，数值在其间", "Write [least, greatest], with the value between"),
            line,
        )
    return leaf


def in_unit(file: Path, path: str, leaf: Leaf, expected: str, line: int | None) -> Leaf:
    """Return a parameter in the unit of the profile that it changes; the note says the value as it was given."""
    if leaf.unit == expected:
        return leaf

    def turned(value: Any) -> float:
        found = converted(value, leaf.unit, expected)
        if found is None:
            raise RuleError(
                file,
                path,
                Text(f"单位应为 {expected}，而不是 {leaf.unit}", f"The unit is {expected}, not {leaf.unit}"),
                Text("请改正单位和数值", "Correct the unit and the value"),
                line,
            )
        return found

    def whole(entry: Mapping[str, Any]) -> dict[str, Any]:
        note = "; ".join(filter(None, (f"{entry['value']} {leaf.unit}", str(entry["note"]))))
        span = entry["range"]
        return {
            **entry,
            "value": turned(entry["value"]),
            "note": note,
            "range": span and [turned(value) for value in span],
        }

    now = {name: getattr(leaf, name) for name in sorted(DATED)}
    return Leaf(**whole(now), unit=expected, values={day: whole(entry) for day, entry in leaf.values.items()})
