"""Read and check rule profiles (DESIGN: rules are data; code never holds a rule's number)."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from geo.core.errors import RuleError
from geo.core.text import Text
from geo.rules.units import UNITS, converted

_FOLDER = Path(__file__).parent

PROFILES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
"""The profiles that Jiexu brings."""

_BASE = "china"
_KEPT: Final = 16
"""Profiles that studies keep are read once each."""
_LOADER: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STATUSES = ("sourced", "assumption")


@dataclass(frozen=True)
class Leaf:
    """One parameter: its value and where it comes from."""

    value: Any
    unit: str
    source: str
    status: str
    since: int | None = None
    note: str = ""


_FIELDS: Final = frozenset(Leaf.__dataclass_fields__)

ASSUMED: Final = "assumed by the developers"
"""The source of a parameter that has none; after a colon, the reason."""

_SET: Final = "set by hand"

_PER_CLASS = (
    "roads.width.lane",
    "roads.width.default_two_way",
    "roads.width.default_one_way",
    "tiers.score.class",
    "network.drive.speed",
)

_Node = dict[str, Any]
"""A mapping of a YAML file, not checked yet."""


@dataclass(frozen=True)
class Profile:
    """
    A checked rule profile.

    Attributes
    ----------
    name
        The profile's name.
    leaves
        Each parameter by its dotted path (`roads.width.lane.primary`).
    """

    name: str
    leaves: Mapping[str, Leaf]

    def __getitem__(self, path: str) -> Any:
        """Return the value of the parameter at `path`."""
        return self.leaves[path].value

    def group(self, path: str) -> dict[str, Any]:
        """Return the values directly below `path` by their last key (`group("roads.width.lane")["primary"]`)."""
        prefix = f"{path}."
        return {
            key.removeprefix(prefix): self.leaves[key].value
            for key in self.leaves
            if key.startswith(prefix) and "." not in key.removeprefix(prefix)
        }

    def of_unit(self, unit: str, groups: Sequence[str]) -> dict[str, Any]:
        """Return the values of a unit in groups of parameters, by their whole path."""
        inside = [path for path, leaf in self.leaves.items() if path.startswith(tuple(f"{group}." for group in groups))]
        return {path: self.leaves[path].value for path in inside if self.leaves[path].unit == unit}

    def below(self, path: str) -> dict[str, Leaf]:
        """
        Return the parameter at `path`, or all below it.

        Raises
        ------
        RuleError
            If there is none.
        """
        found = {key: leaf for key, leaf in self.leaves.items() if key == path or key.startswith(f"{path}.")}
        if not found:
            raise _no_such(self.name, path, list(self.leaves))
        return found

    @property
    def hash(self) -> str:
        """The first 12 hex digits of the SHA-256 of all parameters' values: equal rules, equal hash."""
        text = json.dumps({key: [leaf.value, leaf.unit] for key, leaf in sorted(self.leaves.items())})
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def changed(self, values: Mapping[str, object], name: str = "") -> Profile:
        """
        Return the profile with other values of some parameters.

        Raises
        ------
        RuleError
            For a parameter that does not exist or a value that its unit does not take.
        """
        leaves = dict(self.leaves.items())
        for path, value in values.items():
            if path not in leaves:
                raise _no_such(self.name, path, list(leaves))
            leaves[path] = _checked(
                self.name, path, replace(leaves[path], value=value, source=_SET, status="assumption")
            )
        return Profile(name or self.name, leaves)

    def read(self, changes: Sequence[str]) -> dict[str, object]:
        """
        Return changes written as `PARAM=VALUE` by parameter; a list's values are between semicolons.

        Raises
        ------
        RuleError
            For a text that is none, or a parameter that does not exist.
        """
        found: dict[str, object] = {}
        for change in changes:
            path, equals, text = (part.strip() for part in change.partition("="))
            if not equals or path not in self.leaves:
                raise _no_such(self.name, path or change, list(self.leaves))
            is_list = isinstance(self.leaves[path].value, list)
            value: object = [part.strip() for part in text.split(";")] if is_list else yaml.safe_load(text)
            if isinstance(self.leaves[path].value, float) and isinstance(value, int):
                value = float(value)
            found[path] = value
        return found

    def to_json(self) -> str:
        """Return name and parameters as text, for `profile_from_json`: a study keeps its rules in this form."""
        return json.dumps({"name": self.name, "leaves": {path: asdict(leaf) for path, leaf in self.leaves.items()}})


@lru_cache(maxsize=_KEPT)
def profile_from_json(text: str) -> Profile:
    """
    Return a profile that `Profile.to_json` wrote; parameters that came since have the base profile's values.
    """
    kept = json.loads(text)
    base = load_profile(_BASE).leaves
    leaves = {path: Leaf(**leaf) for path, leaf in kept["leaves"].items() if path in base}
    return Profile(kept["name"], {**base, **leaves})


def load_profile(name: str = _BASE) -> Profile:
    """
    Return the profile of that name, or of that YAML file.

    A file other than the base profile (`china`) says only what differs from it, or from the profile that its `base`
    names (`base: nyc`).

    Parameters
    ----------
    name
        One of `PROFILES`, or the path of a YAML file.

    Raises
    ------
    RuleError
        For a file that cannot be read, a key that does not exist, a wrong unit or an impossible value; with the line.
    """
    file = _FOLDER / f"{name}.yaml" if name in PROFILES else Path(name)
    tree = _read(file)
    if name == _BASE:
        return _complete(file, Profile(tree.name, tree.leaves))
    if tree.base not in PROFILES or tree.base == name:
        raise RuleError(
            file,
            "base",
            Text(f"没有规则 {tree.base!r}", f"There is no profile {tree.base!r}"),
            Text(f"请选择 {'、'.join(PROFILES)}", f"Choose one of: {', '.join(PROFILES)}"),
            tree.lines.get("base"),
        )
    base = load_profile(tree.base).leaves
    leaves = dict(base)
    for path, leaf in tree.leaves.items():
        line = tree.lines.get(path)
        if path not in base:
            raise _no_such(file, path, list(base), line)
        expected = base[path].unit
        value = leaf.value if leaf.unit == expected else converted(leaf.value, leaf.unit, expected)
        if value is None:
            raise RuleError(
                file,
                path,
                Text(f"单位应为 {expected}，而不是 {leaf.unit}", f"The unit is {expected}, not {leaf.unit}"),
                Text("请改正单位和数值", "Correct the unit and the value"),
                line,
            )
        stated = "" if leaf.unit == expected else f"{leaf.value} {leaf.unit}"
        note = "; ".join(filter(None, (stated, leaf.note)))
        leaves[path] = replace(leaf, value=value, unit=expected, note=note)
    return _complete(file, Profile(tree.name, leaves))


def _no_such(file: Path | str, path: str, known: list[str], line: int | None = None) -> RuleError:
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


def _complete(file: Path, profile: Profile) -> Profile:
    """Refuse a profile that keeps a highway class without saying its width and tier."""
    classes = {value.removesuffix("_link") for value in profile["roads.kept_highways"]}
    for group in _PER_CLASS:
        missing = sorted(classes - set(profile.group(group)))
        if missing:
            raise RuleError(
                file,
                group,
                Text(f"缺少道路等级 {'、'.join(missing)}", f"The classes {', '.join(missing)} are missing"),
                Text(
                    "请补上参数，或从 roads.kept_highways 中删去", "Add them, or take them out of roads.kept_highways"
                ),
            )
    return profile


@dataclass(frozen=True)
class _Tree:
    """The content of a rule file: its name, its base, its parameters, and the line of each."""

    name: str
    base: str
    leaves: dict[str, Leaf]
    lines: dict[str, int]


def _read(file: Path) -> _Tree:
    try:
        text = file.read_text(encoding="utf-8")
        node, tree = yaml.compose(text, Loader=_LOADER), yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe one)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        raise RuleError(
            file,
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
            file,
            "",
            Text("规则文件不是参数树", "The rule file is not a tree of parameters"),
            Text("请参照 docs/reference/rules.md 的示例", "Follow the example in docs/reference/rules.md"),
        )
    lines = dict(_lines(file, node, ""))
    name, base = str(tree.pop("name", file.stem)), str(tree.pop("base", _BASE))
    leaves = {path: _leaf(file, path, leaf, lines) for path, leaf in _walk(file, tree, "", lines)}
    return _Tree(name, base, leaves, lines)


def _lines(file: Path, node: yaml.Node, path: str) -> Iterator[tuple[str, int]]:
    """Yield the line of each key by its dotted path."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, child in node.value:
        here, line = (f"{path}.{key.value}" if path else str(key.value)), key.start_mark.line + 1
        if here in seen:
            raise RuleError(
                file,
                here,
                Text("该键重复出现", "This key is repeated here"),
                Text("请删去其中一个", "Delete one of them"),
                line,
            )
        seen.add(here)
        yield here, line
        yield from _lines(file, child, here)


def _walk(file: Path, node: _Node, path: str, lines: Mapping[str, int]) -> Iterator[tuple[str, _Node]]:
    for key, child in node.items():
        here = f"{path}.{key}" if path else str(key)
        if not isinstance(child, dict) or not child:
            raise RuleError(
                file,
                here,
                Text("这里应为参数或参数组", "A parameter or a group of parameters is expected here"),
                Text("参数写作 {value, unit, source, status}", "Write a parameter as {value, unit, source, status}"),
                lines.get(here),
            )
        if "value" in child:
            yield here, child
        else:
            yield from _walk(file, child, here, lines)


def _leaf(file: Path, path: str, node: _Node, lines: Mapping[str, int]) -> Leaf:
    line = lines.get(path)
    unknown, missing = set(node) - _FIELDS, {"value", "unit", "source", "status"} - set(node)
    if unknown or missing:
        raise RuleError(
            file,
            path,
            Text(
                f"参数字段有误：多余 {sorted(unknown)}，缺少 {sorted(missing)}",
                f"Wrong fields: unknown {sorted(unknown)}, missing {sorted(missing)}",
            ),
            Text(
                "字段为 value、unit、source、status，可加 since、note",
                "The fields are value, unit, source, status and optionally since, note",
            ),
            line,
        )
    leaf = Leaf(**node)
    if leaf.status not in _STATUSES:
        raise RuleError(
            file,
            path,
            Text(f"status 不能是 {leaf.status!r}", f"The status cannot be {leaf.status!r}"),
            Text("请写 sourced 或 assumption", "Write sourced or assumption"),
            line,
        )
    return _checked(file, path, leaf, line)


def _checked(file: Path | str, path: str, leaf: Leaf, line: int | None = None) -> Leaf:
    """Refuse a leaf with an unknown unit, or with a value outside its unit."""
    if leaf.unit not in UNITS:
        raise RuleError(
            file,
            path,
            Text(f"未知单位 {leaf.unit!r}", f"The unit {leaf.unit!r} is unknown"),
            Text(f"可用单位：{'、'.join(UNITS)}", f"The units are {', '.join(UNITS)}"),
            line,
        )
    expected, accepts = UNITS[leaf.unit]
    if not accepts(leaf.value):
        raise RuleError(
            file,
            path,
            Text(f"数值 {leaf.value!r} 不可能", f"The value {leaf.value!r} is impossible"),
            Text(f"单位 {leaf.unit} 要求：{expected}", f"The unit {leaf.unit} takes {expected}"),
            line,
        )
    return leaf
