"""Rule profiles: parameters with their sources, as they hold on a day (DESIGN: rules are data)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from geo.core.errors import RuleError
from geo.core.text import Text
from geo.rules.articles import Article, articles_behind
from geo.rules.files import BASE, checked, in_unit, no_such, read_rules
from geo.rules.leaf import Leaf

_FOLDER: Final = Path(__file__).parent

PROFILES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
"""The profiles that Jiexu brings."""

_KEPT: Final = 16
"""Profiles that studies keep are read once each."""

ASSUMED: Final = "assumed by the developers"
"""The source of a parameter that has none; after a colon, the reason."""

_SET: Final = "set by hand"

_PER_CLASS: Final = (
    "roads.width.lane",
    "roads.width.default_two_way",
    "roads.width.default_one_way",
    "tiers.score.class",
    "network.drive.speed",
)


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
    articles
        The articles of law by name.
    day
        The day on which the values hold; None for a profile of which no day was asked.
    note_use
        Told each use whose articles are asked for; no part of the rules themselves.
    """

    name: str
    leaves: Mapping[str, Leaf]
    articles: Mapping[str, Article] = field(default_factory=dict)
    day: dt.date | None = None
    note_use: Callable[[str], None] | None = field(default=None, compare=False, repr=False)

    def __getitem__(self, path: str) -> Any:
        """
        Return the value of the parameter at `path`.

        Raises
        ------
        RuleError
            If it has none yet on the profile's day.
        """
        leaf = self.leaves[path]
        if leaf.value is None:
            raise self._too_early(path, leaf)
        return leaf.value

    def group(self, path: str) -> dict[str, Any]:
        """Return the values directly below `path` by their last key (`group("roads.width.lane")["primary"]`)."""
        prefix = f"{path}."
        return {
            key.removeprefix(prefix): self[key]
            for key in self.leaves
            if key.startswith(prefix) and "." not in key.removeprefix(prefix)
        }

    def of_unit(self, unit: str, groups: Sequence[str]) -> dict[str, Any]:
        """Return the values of a unit in groups of parameters, by their whole path."""
        inside = [path for path, leaf in self.leaves.items() if path.startswith(tuple(f"{group}." for group in groups))]
        return {path: self[path] for path in inside if self.leaves[path].unit == unit}

    def below(self, path: str) -> dict[str, Leaf]:
        """
        Return the parameter at `path`, or all below it.

        Raises
        ------
        RuleError
            If there is none, or the one asked for has no value yet on the profile's day.
        """
        found = {key: leaf for key, leaf in self.leaves.items() if key == path or key.startswith(f"{path}.")}
        if not found:
            raise no_such(self.name, path, list(self.leaves))
        if path in found and found[path].value is None:
            raise self._too_early(path, found[path])
        return found

    def basis(self, use: str) -> dict[str, Article]:
        """Return the articles of law in force that stand behind a use (`zone`, `step.warning`), by name."""
        if self.note_use is not None:
            self.note_use(use)
        return articles_behind(self.articles, use, self.day)

    def on(self, day: dt.date) -> Profile:
        """Return the profile with the values in force on a day; some parameters may have none yet."""
        if day == self.day:
            return self
        return replace(self, leaves={path: leaf.on(day) for path, leaf in self.leaves.items()}, day=day)

    def _too_early(self, path: str, leaf: Leaf) -> RuleError:
        return RuleError(
            self.name,
            path,
            Text(
                f"{self.day} 尚无数值：自 {leaf.first} 起才有",
                f"It has no value on {self.day}: its first is of {leaf.first}",
            ),
            Text(
                f"请选 {leaf.first} 或以后的日期，或在规则文件中补上更早的数值",
                f"Choose {leaf.first} or a later day, or give an earlier value in a rule file",
            ),
        )

    @property
    def hash(self) -> str:
        """The first 12 hex digits of the SHA-256 of all parameters' values: equal rules, equal hash."""
        text = json.dumps({key: [leaf.value, leaf.unit] for key, leaf in sorted(self.leaves.items())})
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def changed(self, values: Mapping[str, object], name: str = "") -> Profile:
        """
        Return the profile with other values of some parameters, on any day.

        Raises
        ------
        RuleError
            For a parameter that does not exist or a value that its unit does not take.
        """
        leaves = dict(self.leaves.items())
        for path, value in values.items():
            if path not in leaves:
                raise no_such(self.name, path, list(leaves))
            leaves[path] = checked(self.name, path, leaves[path].set_to(value, _SET))
        return replace(self, name=name or self.name, leaves=leaves)

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
                raise no_such(self.name, path or change, list(self.leaves))
            is_list = isinstance(self.leaves[path].value, list)
            value: object = [part.strip() for part in text.split(";")] if is_list else yaml.safe_load(text)
            if isinstance(self.leaves[path].value, float) and isinstance(value, int):
                value = float(value)
            found[path] = value
        return found

    def to_json(self) -> str:
        """Return the whole profile as text, for `profile_from_json`: a study keeps its rules in this form."""
        return json.dumps(
            {
                "name": self.name,
                "leaves": {path: asdict(leaf) for path, leaf in self.leaves.items()},
                "articles": {name: asdict(article) for name, article in self.articles.items()},
            }
        )


@lru_cache(maxsize=_KEPT)
def profile_from_json(text: str) -> Profile:
    """
    Return a profile that `Profile.to_json` wrote.

    Parameters and articles that came since are of Jiexu's own profile of that name, else of the base profile.
    """
    kept = json.loads(text)
    ours = load_profile(kept["name"] if kept["name"] in PROFILES else BASE)
    leaves = {path: Leaf(**leaf) for path, leaf in kept["leaves"].items() if path in ours.leaves}
    articles = (
        {name: Article(**{**each, "behind": tuple(each["behind"])}) for name, each in kept["articles"].items()}
        if ("articles" in kept)
        else ours.articles
    )
    return Profile(kept["name"], {**ours.leaves, **leaves}, articles)


@lru_cache(maxsize=_KEPT)
def profile_in_force(text: str, day: dt.date) -> Profile:
    """Return a profile that `Profile.to_json` wrote, with the values in force on a day."""
    return profile_from_json(text).on(day)


def load_profile(name: str = BASE, day: dt.date | None = None) -> Profile:
    """
    Return the profile of that name, or of that YAML file.

    A file other than the base profile (`china`) says only what differs from it, or from the profile that its `base`
    names (`base: nyc`). Values by date are merged parameter by parameter: before its first date, the base's hold.

    Parameters
    ----------
    name
        One of `PROFILES`, or the path of a YAML file.
    day
        The day on which its values hold; by default today.

    Raises
    ------
    RuleError
        For a file that cannot be read, a key that does not exist, a wrong unit or an impossible value; with the line.
    """
    return _whole(name).on(day or dt.date.today())


def _whole(name: str) -> Profile:
    """Return a profile with all its dates."""
    file = _FOLDER / f"{name}.yaml" if name in PROFILES else Path(name)
    found = read_rules(file)
    ours = {article: each for article, each in found.articles.items() if each is not None}
    if name == BASE:
        return _complete(file, Profile(found.name, found.leaves, ours))
    if found.base not in PROFILES or found.base == name:
        raise RuleError(
            file,
            "base",
            Text(f"没有规则 {found.base!r}", f"There is no profile {found.base!r}"),
            Text(f"请选择 {'、'.join(PROFILES)}", f"Choose one of: {', '.join(PROFILES)}"),
            found.lines.get("base"),
        )
    base = _whole(found.base)
    leaves = dict(base.leaves)
    for path, leaf in found.leaves.items():
        line = found.lines.get(path)
        if path not in base.leaves:
            raise no_such(file, path, list(base.leaves), line)
        leaves[path] = in_unit(file, path, leaf, base.leaves[path].unit, line).over(base.leaves[path])
    kept = {article: each for article, each in base.articles.items() if article not in found.articles}
    return _complete(file, Profile(found.name, leaves, {**(kept if found.keeps_articles else {}), **ours}))


def _complete(file: Path, profile: Profile) -> Profile:
    """Refuse a profile that at any time keeps a highway class without saying its width and tier."""
    days = profile.leaves["roads.kept_highways"].days
    for at in [profile.on(dt.date.fromisoformat(day)) for day in days] or [profile]:
        classes = {value.removesuffix("_link") for value in at["roads.kept_highways"]}
        for group in _PER_CLASS:
            missing = sorted(classes - set(profile.group(group)))
            if missing:
                raise RuleError(
                    file,
                    group,
                    Text(f"缺少道路等级 {'、'.join(missing)}", f"The classes {', '.join(missing)} are missing"),
                    Text(
                        "请补上参数，或从 roads.kept_highways 中删去",
                        "Add them, or take them out of roads.kept_highways",
                    ),
                )
    return profile
