"""Read and check rule profiles (DESIGN: rules are data; code never holds a rule's number)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from geo.errors import RuleError
from geo.text import Text

_FOLDER = Path(__file__).parent

PROFILES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
"""The profiles that Jiexu brings."""

_BASE = "china"
_STATUSES = ("sourced", "assumption")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


_UNITS: Final[dict[str, tuple[str, Callable[[Any], bool]]]] = {
    "m": ("a length of 0 m or more", lambda v: _is_number(v) and v >= 0),
    "h": ("a time of 0 hours or more", lambda v: _is_number(v) and v >= 0),
    "share": ("a number from 0 to 1", lambda v: _is_number(v) and 0 <= v <= 1),
    "degrees": ("an angle from 0 to 180 degrees", lambda v: _is_number(v) and 0 <= v <= 180),
    "km/h": ("a speed above 0 km/h", lambda v: _is_number(v) and v > 0),
    "points": ("a number of 0 or more", lambda v: _is_number(v) and v >= 0),
    "per 100 m": ("a number above 0", lambda v: _is_number(v) and v > 0),
    "per km": ("a number of 0 or more", lambda v: _is_number(v) and v >= 0),
    "ratio": ("a number above 0", lambda v: _is_number(v) and v > 0),
    "count": ("a whole number of 0 or more", lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0),
    "categories": ("a list of category codes", _is_texts),
    "flag": ("true or false", lambda v: isinstance(v, bool)),
    "osm_values": ("a list of OSM tag values", _is_texts),
    "osm_tags": (
        "a list of OSM tags like amenity=toilets",
        lambda v: _is_texts(v) and all("=" in item for item in v),
    ),
}


@dataclass(frozen=True)
class Leaf:
    """One parameter: its value and where it comes from."""

    value: Any
    unit: str
    source: str
    status: str
    since: int | None = None
    note: str = ""


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
            key.removeprefix(prefix): leaf.value
            for key, leaf in self.leaves.items()
            if key.startswith(prefix) and "." not in key.removeprefix(prefix)
        }

    @property
    def hash(self) -> str:
        """The first 12 hex digits of the SHA-256 of all parameters' values: equal rules, equal hash."""
        text = json.dumps({key: [leaf.value, leaf.unit] for key, leaf in sorted(self.leaves.items())})
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_profile(name: str = _BASE) -> Profile:
    """
    Return the profile of that name, or of that YAML file.

    A file that is not one of Jiexu's own changes parameters of the base profile (`china`): it says only what differs.

    Parameters
    ----------
    name
        One of `PROFILES`, or the path of a YAML file.

    Raises
    ------
    RuleError
        For a file that cannot be read, a key that does not exist, a wrong unit or an impossible value.
    """
    file = _FOLDER / f"{name}.yaml" if name in PROFILES else Path(name)
    own_name, leaves = _read(file)
    if name == _BASE:
        return _complete(file, Profile(own_name, leaves))
    base = load_profile(_BASE).leaves
    for path, leaf in leaves.items():
        if path not in base:
            raise RuleError(
                file,
                path,
                Text("没有这个参数", "There is no such parameter"),
                Text("请用 docs/rules.md 中列出的参数名", "Use a parameter that docs/rules.md lists"),
            )
        if leaf.unit != base[path].unit:
            raise RuleError(
                file,
                path,
                Text(
                    f"单位应为 {base[path].unit}，而不是 {leaf.unit}", f"The unit is {base[path].unit}, not {leaf.unit}"
                ),
                Text("请改正单位和数值", "Correct the unit and the value"),
            )
    return _complete(file, Profile(own_name, {**base, **leaves}))


_PER_CLASS = (
    "roads.width.lane",
    "roads.width.default_two_way",
    "roads.width.default_one_way",
    "tiers.score.class",
    "network.drive.speed",
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


def _read(file: Path) -> tuple[str, dict[str, Leaf]]:
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RuleError(
            file,
            "",
            Text(f"无法读取规则文件（{error}）", f"The rule file cannot be read ({error})"),
            Text(
                f"请给出 YAML 文件，或内置规则 {'、'.join(PROFILES)}",
                f"Give a YAML file or one of: {', '.join(PROFILES)}",
            ),
        ) from error
    if not isinstance(tree, dict):
        raise RuleError(
            file,
            "",
            Text("规则文件不是参数树", "The rule file is not a tree of parameters"),
            Text("请参照 docs/rules.md 的示例", "Follow the example in docs/rules.md"),
        )
    own_name = str(tree.pop("name", file.stem))
    return own_name, {path: _leaf(file, path, node) for path, node in _walk(file, tree, "")}


def _walk(file: Path, node: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, child in node.items():
        here = f"{path}.{key}" if path else str(key)
        if not isinstance(child, dict) or not child:
            raise RuleError(
                file,
                here,
                Text("这里应为参数或参数组", "A parameter or a group of parameters is expected here"),
                Text("参数写作 {value, unit, source, status}", "Write a parameter as {value, unit, source, status}"),
            )
        if "value" in child:
            yield here, child
        else:
            yield from _walk(file, child, here)


def _leaf(file: Path, path: str, node: dict[str, Any]) -> Leaf:
    unknown = set(node) - set(Leaf.__dataclass_fields__)
    missing = {"value", "unit", "source", "status"} - set(node)
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
        )
    leaf = Leaf(**node)
    if leaf.status not in _STATUSES:
        raise RuleError(
            file,
            path,
            Text(f"status 不能是 {leaf.status!r}", f"The status cannot be {leaf.status!r}"),
            Text("请写 sourced 或 assumption", "Write sourced or assumption"),
        )
    if leaf.unit not in _UNITS:
        raise RuleError(
            file,
            path,
            Text(f"未知单位 {leaf.unit!r}", f"The unit {leaf.unit!r} is unknown"),
            Text(f"可用单位：{'、'.join(_UNITS)}", f"The units are {', '.join(_UNITS)}"),
        )
    expected, accepts = _UNITS[leaf.unit]
    if not accepts(leaf.value):
        raise RuleError(
            file,
            path,
            Text(f"数值 {leaf.value!r} 不可能", f"The value {leaf.value!r} is impossible"),
            Text(f"单位 {leaf.unit} 要求：{expected}", f"The unit {leaf.unit} takes {expected}"),
        )
    return leaf
